"""Recognises entries that are not meant to be announced: drafts, and posts that WordPress protects by a password.

WordPress lists a protected post in its feeds, with a form for the password as content and a fixed sentence as excerpt
(`get_the_password_form` and `get_the_excerpt` in https://developer.wordpress.org/reference/).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from syndicate.aliases import folded
from syndicate.sources.parsing import html_text
from syndicate.sources.parsing.fields import ParseContext, words

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LOCKED = "it is behind a password"
MAILED = "it goes out by mail only"
UNPUBLISHED = "it is not published yet"
_FORM = re.compile(r"(?:\s|<(?:p|div)\b[^<>]*>)*<form\b[^<>]*(?:action=postpass|post-password-form)", re.IGNORECASE)
_BODIES = frozenset(("description", "content:encoded", "summary", "content", "atom:summary", "atom:content"))
_LONGEST = 400  # characters of markup that such an excerpt has at most
_NO_EXCERPT = """
There is no excerpt because this is a protected post.
لا يوجد مختصر لأن هذه التدوينة محمية بكلمة مرور.
Няма откъс, защото публикацията е защитена.
সংরক্ষিত বলে এই পোস্টের কোন উদ্ধৃতি নেই
Nema izvatka zbog toga što je ovo zaštićen članak.
No hi ha extracte perquè és una entrada protegida.
هیچ ده‌رکێشانێک نییه‌ له‌به‌رئه‌وه‌ی ئه‌مه‌ بابه‌تێکی پاڕێزراوه‌
Stručný obsah příspěvku zde není uveden, protože je tento příspěvek chráněn heslem.
Nid oes cyfran gan fod hwn yn gofnod wedi ei ddiogelu.
Der er intet uddrag, da dette er et beskyttet indlæg.
Es gibt keine Kurzfassung, da dies ein geschützter Beitrag ist.
Δεν υπάρχει απόσπασμα διότι το άρθρο είναι ιδιωτικό.
Mankas resumo, ĉar tiu ĉi afiŝo estas pasvorte protektita.
No hay extracto porque es un artículo protegido.
No hay extracto porque es una entrada protegida.
Katkend puudub, kuna see postitus on kaitstud.
Ez dauka laburpenik, pasahitza behar duen bidalketa babestua baita.
هیچ چکیده‌ای موجود نیست زیرا‌این یک نوشته حفاظت شده است.
Otetta ei näytetä, koska artikkeli on suojattu.
Il n’y pas d’extrait, car cet article est protégé.
Chan eil às-earrann ann a chionn 's gur e post fo dhìon a tha ann.
Non hai extracto porque este é un artigo protexido.
זהו פוסט מוגן ואין לו תקציר.
Nema izvatka jer je objava zaštićena.
Nincs kivonat, mert ez egy védett tartalmú bejegyzés.
Tidak ada kutipan karena ini adalah tulisan yang dilindungi kata sandi.
Non è disponibile alcun riassunto in quanto si tratta di un articolo protetto.
この投稿はパスワードで保護されているため抜粋文はありません。
Ora ono petik-an amargo iki tulisan sing ditutupi nanggo tembung sandi.
ამონაწერი არ არის, რადგან ეს დაცული ჩანაწერია.
잠긴 글에는 요약문이 없습니다.
Šim rakstam nav izraksta, jo tas ir aizsargāts ar paroli.
Нема извадок бидејќи ова е заштитен напис.
Tiada petikan kerana kiriman ini dilindungi.
ဤစာမူသည် ကာကွယ်ပိတ်ပင်ထားသြဖင့် ေကာက်နှုတ်ချက်မေတွ့နိုင်ပါ။
Det finnes ikke utdrag siden innlegget er beskyttet.
Er is geen uittreksel omdat dit bericht is beveiligd.
Er is geen samenvatting omdat dit bericht is beveiligd.
Brak wypisu, ponieważ wpis jest zabezpieczony hasłem.
Não há Resumo por ser um post protegido.
Não existe excerto porque se trata de um artigo protegido.
Nu există un rezumat, acesta este un articol protejat.
Цитаты нет, потому что запись защищена.
Нет цитаты, поскольку это приватная статья.
මෙය ආරක්ෂිත ලිපියක් බැවින් උපුටාගැනීමක් නොමැත.
Článok nemá zhrnutie, pretože je chránený.
Ni izvlečka, ker je prispevek zaščiten.
Nuk ka copëz sepse ky është postim i mbrojtur.
Нема исечка јер је ово заштићен чланак.
Di dieu teu aya tingkesan, lantaran ieu mah mangrupi seratan anu ditulakan.
Det finns inget utdrag eftersom det här är ett skyddat inlägg.
Hakuna zaidi kwasababu hili ni chapisho limelindwa.
ไม่มีคำตัดทอนเพราะว่านี่เป็นเรื่องที่ถูกป้องกัน
Burada alıntı yok çünkü bu yazı korumalı.
بۇ بىر قوغدالغان يازما بولغاچقا بۇ يەردە ئۈزۈندى يوق.
Цитата відсутня, оскільки це приватна публікація.
افتباس دستیاب نہیں کیونکہ یہ ایک محفوظ کیا گیا خط ہے۔
Không có trích dẫn vì bài này được bảo vệ.
无法提供摘要。这是一篇受保护的文章。
受保護的文章不會有摘要。
受保護的文章不會產生摘要。
Es gibt keinen Textauszug, da dies ein geschützter Beitrag ist.
Il n’y a pas d’extrait, car cette publication est protégée.
"""  # noqa: RUF001 - these are what is meant
"""The sentence in WordPress's own translations (https://translate.wordpress.org/projects/wp/)."""
_SENTENCES = {folded(sentence) for sentence in _NO_EXCERPT.splitlines()} - {""}
_BEGINNINGS = {sentence[:4] for sentence in _NO_EXCERPT.splitlines()} - {""}


def is_locked(*bodies: str) -> bool:
    """Whether one of an entry's texts, as markup, is what WordPress shows of a post behind a password."""
    return any(_FORM.match(body) or _is_no_excerpt(body) for body in bodies if body)


def is_draft(entry: Element, reader: ParseContext) -> bool:
    """Whether an entry says that it is a draft: `app:control` with `app:draft` (RFC 5023 section 13.1.1)."""
    names = reader.names
    return any(
        names[child.tag] == "app:draft" and words(child).casefold() == "yes"
        for control in entry
        if names[control.tag] == "app:control"
        for child in control
    )


def why_of(entry: Element, reader: ParseContext) -> str:
    """Why an entry of a feed is not meant to be announced; "" if it is."""
    names = reader.names
    named = [(names[child.tag], child) for child in entry]
    if any(name == "app:control" for name, _ in named) and is_draft(entry, reader):
        return UNPUBLISHED
    bodies = (child.text or "" for name, child in named if name in _BODIES and not len(child))
    return LOCKED if is_locked(*bodies) else ""


def _is_no_excerpt(body: str) -> bool:
    start = body[:40].lstrip().removeprefix("<p>")[:4]
    return start in _BEGINNINGS and len(body) < _LONGEST and folded(html_text.title(body)) in _SENTENCES
