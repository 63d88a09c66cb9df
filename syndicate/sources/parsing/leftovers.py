"""Removes what systems hang onto a text: "The post … appeared first on …", "Continue reading", `[…]`, photo credits.

A sentence only goes if it names the article's headline, or if it is no sentence: prose that reads like it stays.
"""

# ruff: noqa: RUF001 - letters of other scripts are what is meant
from __future__ import annotations

import re

from syndicate.model.pattern import pattern
from syndicate.sources.parsing.html_text import text as text_of


class _Phrases:
    """Phrases that are looked for in small letters; a text in ASCII is asked for those alone that can be in it."""

    def __init__(self, listed: str) -> None:
        self.all = tuple(phrase.strip() for phrase in " ".join(listed.split()).split("|"))
        self._plain = tuple(phrase for phrase in self.all if phrase.isascii())

    def met(self, small: str) -> list[str]:
        """Those that are in a text."""
        return [phrase for phrase in (self._plain if small.isascii() else self.all) if phrase in small]


# Yoast's footer of each entry (https://yoast.com/help/rss-footer/), as its translations have it, and those like it.
_FOOTERS = _Phrases("""
    appeared first on | first appeared on | was first published | was originally published | originally appeared on
    | erschien zuerst | erschien zunächst | wurde zuerst | se publicó primero | aparece primero | apareció primero |
    se publicó por primera vez | est apparu en premier | est apparu d'abord | a été publié en premier | apparaît en
    premier | proviene da | sembra essere il primo | è stato pubblicato per la prima volta | appeared first |
    apareceu primeiro | aparece primeiro | foi publicado primeiro | verscheen eerst | is geplaatst op | verscheen
    als eerste | pochodzi z serwisu | pochodzi ze strony | pojawił się pierwszy raz | pojawił się poraz pierwszy |
    dök först upp | dukket først opp | dukkede først op | blev først udgivet | ble først publisert | publicerades
    först | julkaistiin ensi | ilmestyi ensi | pochází z | se nejdříve objevil | se objevil nejdříve | zobrazený
    najskôr | sa zobrazil ako prvý | jelent meg először | először | apare prima dată | apare mai întâi | ilk önce |
    ilk olarak | появились сначала | впервые появил | впервые опубликован | появилась сначала | спершу з'явився |
    спершу з'явиться | вперше з'явився | се појављује прво | се појави първо | pojavila se prvi puta | pojavio se
    prvi | se je najprej pojavil | εμφανίστηκε πρώτα | εμφανίστηκε πρώτη φορά | ha aparegut primer | publicouse
    primeiro | に最初に表示されました | 最初に | 最先出现 | 最早出现 | 最早發佈於 | 最早出現 | 처음 등장 |
    처음 나타 | xuất hiện đầu tiên | pertama kali
    tampil | pertama kali muncul | הופיע לראשונה | ظهرت المقالة | ظهر المقال | أولاً | اولین بار
""")
_POST = pattern(
    r"post|article|entry|story|beitrag|artikel|entrada|artículo|billet|articolo|conteúdo|artigo|bericht|artykuł"
    r"|wpis|inlägget|indlægget|opslaget|innlegget|artikkeli|příspěvek|článek|príspevok|bejegyzés|articolul|yazı"
    r"|сообщение|запис|публикац|чланак|objava|άρθρο|投稿|記事|文章|게시물|글|bàiviết|הפוסט|المقال|نوشته"
)
_NAMELESS = pattern(
    r"(?:the post|der beitrag|la entrada|l['’]article) +(?:appeared|erschien|se publicó|est apparu)", re.IGNORECASE
)
_PROMPTS = _Phrases("""
    continue reading | read more | read the rest | read on | keep reading | read the full story | read the full
    article | read the full post | read full story | read full article | read full post | read the whole story |
    read the whole article | read the whole post | full story | learn more | view post | view full post |
    weiterlesen | mehr lesen | jetzt lesen | weiter lesen | zum artikel | lire la suite | lire plus | en savoir plus
    | lire l'article | leer más | seguir leyendo | continuar leyendo | sigue leyendo | continúa leyendo | leggi
    tutto | leggi di più | continua a leggere | leggi l'articolo | continua | leia mais | ler mais | continue lendo
    | continuar lendo | continuar a ler | continue a ler | lees meer | lees verder | verder lezen | czytaj dalej |
    czytaj więcej | więcej | läs mer | fortsätt läsa | les mer | fortsett å lese | læs mere | fortsæt læsning | lue
    lisää | jatka lukemista | číst dál | číst více | celý článek | čítať ďalej | čítať viac | tovább | olvass tovább
    | citește mai mult | continuă lectura | devamını oku | okumaya devam et | читать далее | читать дальше |
    подробнее | читати далі | докладніше | прочетете повече | διαβάστε περισσότερα | συνέχεια ανάγνωσης | llegir més
    | 続きを読む | もっと読む | 阅读更多 | 继续阅读 | 阅读全文 | 閱讀更多 | 繼續閱讀 | 더 보기 | 계속 읽기 |
    đọc thêm | đọc tiếp | baca selengkapnya |
    lanjutkan membaca | קרא עוד | קראו עוד | המשך קריאה | اقرأ المزيد | أكمل القراءة | تابع القراءة | متابعة القراءة
    | ادامه مطلب
""")
_ARROWS = r"\s→»›>⟶➔➜⇒⟩"
_PROMPT = pattern(rf"[\[(]?(?:{'|'.join(_PROMPTS.all)})(?![^\W_])(?P<rest>[^\n]{{0,300}})\Z", re.IGNORECASE)
_LINKED = pattern(
    r"<a\b[^<>]{0,1000}>(?P<said>(?:[^<]|<(?!/?a\b)[^<>]{0,300}>){1,600})</a>"
    rf"[{_ARROWS}.…\])]*(?:</?[a-z][^<>]{{0,200}}>\s*)*\Z",
    re.IGNORECASE,
)
_TWO_LINKS = pattern(
    r"<a\b[^<>]{0,1000}>(?P<title>[^<]{1,500})</a>(?P<between>[^<>]{1,80})<a\b[^<>]{0,1000}>[^<]{1,200}</a>"
    r"[^<>]{0,40}(?:</?[a-z][^<>]{0,200}>\s*)*\Z",
    re.IGNORECASE,
)
_AFTER_A_SENTENCE = pattern(r"(?:\A|[.!?…:;»”\"')\]。！？]\s*|\n)\Z")
_SENTENCE_END = pattern(r"[.!?…。！？][»”\"')\]]*\Z")
_SENTENCE = pattern(r"(?<=[.!?…»”\"'])\s+|(?<=[。！？])\s*|\n")
_CUT_OFF = pattern(r"\s*[\[(]\s?(?:…|\.{3}|\. \. \.)\s?[\])][\s→»›]*\Z")
_BRACKETED_MORE = pattern(
    r"\s*[\[(](?:more|read more|mehr|weiterlesen|suite|lire la suite|más|leer más|altro|leggi tutto|mais"
    r"|leia mais|meer|lees meer"
    r"|więcej|ещё|далее|mer|mere|lisää|více|続き|更多)\s?(?:…|\.{3})?[\s→»›]*[\])]\s*\Z",
    re.IGNORECASE,
)
_CREDIT = pattern(
    r"\A(?:(?:photo|image|picture|foto|bild)s?(?:[\s-]?(?:credit|credits|courtesy|nachweis|quelle))?"
    r"|photograph|credit|bildnachweis|bildquelle|crédits?(?: photos?)?|photo d['’]illustration|imagen|imagem|immagine"
    r"|fotografía|fotografia|zdjęcie|fot\.|фото|kuva|billede|写真|图片|圖片|사진)"
    r"\s?(?:[:：©|/]|(?:by|von|par|por|di|de|av|af|door|of)(?-i:(?=\s+[^\W\d_a-z])))",
    re.IGNORECASE,
)
_SIGN = pattern(r"\A(?:©|\(c\)\s)", re.IGNORECASE)
LONGEST_CREDIT = 140
LONGEST_FOOTER = 120  # characters of a footer besides the headline
LONG_TITLE = 25  # bytes of a headline that no sentence of the text repeats by chance
END_OF_LINE = 400  # characters at the end of a text, in which a prompt to read on can be
END = 6_000  # characters at the end of a text, in which a footer can be


def unlinked(markup: str, title: str) -> str:
    """The HTML without a last sentence that is known by its links: to read on, or to the article and its site."""
    if not markup.rstrip().endswith((">", ".", "…", "»", "→", "]", ")")) or "</a>" not in markup[-END:].lower():
        return markup
    start = max(0, len(markup) - END)
    end = markup[start:].rstrip()
    found = _TWO_LINKS.match(end, _last_but_one(end, "<a"))
    said = text_of(found[0].partition("</a>")[2]) if found else ""
    if found and (_same(text_of(found["title"]), title) or _has_any(_FOOTERS, said)):
        opening = max(end.rfind(">", 0, found.start()) + 1, _last_sentence(end, found.start()))
        if found.start() - opening <= 60:
            return markup[:start] + end[:opening]
    found = _last_link(end)
    if found:
        prompt = _PROMPT.match(text_of(found["said"]).strip(" [("))
        if prompt and _says_nothing(prompt["rest"], title):
            return markup[:start] + end[: found.start()]
    return markup


def _last_but_one(text: str, sign: str) -> int:
    """Where the last but one of these signs stands; the end of the text without one."""
    small = text.lower()
    place = small.rfind(sign, 0, max(small.rfind(sign), 0))
    return place if place >= 0 else len(text)


def _last_link(end: str) -> re.Match[str] | None:
    """The link with which the HTML ends."""
    start = end.lower().rfind("<a")
    return _LINKED.match(end, start) if start >= 0 else None


def _last_sentence(text: str, end: int) -> int:
    """Where the sentence begins that `end` is in."""
    return max((found.end() for found in _SENTENCE.finditer(text, max(0, end - 100), end)), default=0)


def trimmed(text: str, title: str) -> str:
    """The text without footers, prompts and brackets at its end. Paragraphs are divided by blank lines."""
    if not may_trail(text, title):
        return text
    for _ in range(4):
        before, text = text, _cut_off(_unprompted(_unfooted(text.rstrip(), title), title))
        if before == text:
            break
    return text


def may_trail(text: str, title: str) -> bool:
    """Whether something may hang at the end of a text: it ends in no sentence, was cut off, or names the headline."""
    tail = text[-END:].casefold()
    word = max(title.casefold().split(), key=len, default="appeared").strip("\"'“”„«»‘’…")
    return not text.endswith((".", "!", "?")) or "…" in tail or "..." in tail or word in tail


def _unfooted(text: str, title: str) -> str:
    """Without "The post … appeared first on …", a paragraph or the last sentence, if it names the headline."""
    limit = len(title) + LONGEST_FOOTER
    tail = text[-limit:]
    if not _has_any(_FOOTERS, tail):
        return text
    starts = [found.end() for found in _SENTENCE.finditer(tail)]
    for start in reversed(starts if len(text) > limit else [0, *starts]):
        said = tail[start:]
        if _has_any(_FOOTERS, said) and _names(said, title):
            return text[: len(text) - len(said)].rstrip()
    return text


def _has_any(phrases: _Phrases, text: str) -> bool:
    return bool(phrases.met(text.casefold().replace("’", "'")))


def _names(said: str, title: str) -> bool:
    """Whether a sentence is about the article by its headline, and says not much else.

    A short headline may stand in a sentence of the text ("The fog appeared first on the river"), so the sentence has
    to call it a post.
    """
    mine, theirs = _letters(said), _letters(title)
    if not theirs:
        return _NAMELESS.match(said) is not None
    if theirs not in mine:
        return False
    return len(theirs.encode()) >= LONG_TITLE or _POST.search(mine.replace(theirs, " ", 1)) is not None


def _unprompted(text: str, title: str) -> str:
    """Without "Continue reading …" at the end, with or without the headline."""
    tail = text[-END_OF_LINE:]
    bare = _BRACKETED_MORE.search(tail)
    if bare:
        return text[: len(text) - len(tail) + bare.start()]
    small = tail.casefold().replace("’", "'")
    if len(small) != len(tail):
        return text
    for start in sorted({small.rfind(phrase) for phrase in _PROMPTS.met(small)}, reverse=True):
        begun = start - (start > 0 and tail[start - 1] in "[(")
        before, prompt = text[: len(text) - len(tail) + begun], _PROMPT.match(tail.replace("’", "'"), begun)
        if prompt and _AFTER_A_SENTENCE.search(before[-5:]) and _is_prompt(prompt["rest"], title, before):
            return before.rstrip()
    return text


def _is_prompt(rest: str, title: str, before: str) -> bool:
    """Whether what follows the prompt makes it none of the text's own sentences, which end in a full stop."""
    return _says_nothing(rest, title) and (rest.strip() != "." or before.rstrip().endswith(("…", "...", "]")))


def _says_nothing(rest: str, title: str) -> bool:
    """Whether it is only arrows and brackets, or the headline."""
    said = _letters(rest)
    return not said or _same(rest, title)


def _same(said: str, title: str) -> bool:
    """Whether it is the headline, perhaps shortened, however it is punctuated."""
    mine, theirs = _letters(said), _letters(title)
    return bool(mine) and (mine == theirs or (min(len(mine), len(theirs)) > 7 and (mine in theirs or theirs in mine)))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _cut_off(text: str) -> str:
    """With "…" for WordPress's "[…]", unless a sentence ends before it."""
    found = _CUT_OFF.search(text[-30:])
    if not found:
        return text
    head = text[: len(text) - len(text[-30:]) + found.start()].rstrip()
    return head if not head or _SENTENCE_END.search(head) else head.rstrip(" ,;:–—-") + "…"


def is_credit(line: str) -> bool:
    """Whether a line above the text is the credit of a picture."""
    if len(line) > LONGEST_CREDIT or re.search(r"[.!?]\s+\S+\s+\S", line):
        return False
    return _SIGN.match(line) is not None or (
        _CREDIT.match(line) is not None and not (line.lower().startswith("credit") and line.endswith("."))
    )
