"""Articles, posts and deliveries as JSON: for commands, for the ledger, and for the digest that an approval is for."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any

from syndicate.addresses import without_login
from syndicate.model import (
    Article,
    Delivery,
    Image,
    Json,
    Media,
    Note,
    Override,
    OwnWords,
    Post,
    PostOverride,
    Rendered,
    Span,
)

_WORDS = (
    b'","caption":"","credit":"","width":1200,"height":630,"width":null,"height":null,"type":null,"focus":null},'
    b'"updated":"202","authors":["","categories":["","images":[{"url":"https://www.jpg","alt":"","type":"image/jpeg",'
    b'{"source":"","url":"https://www.","title":"","summary":"","guid":"https://?p=","guid":null,"canonical_url":null,'
    b'"published":"202T00:00Z","precision":"second","tz_assumed":false,"updated":null,"authors":[""],"section":null,'
    b'"section":"","categories":[],"images":[],"language":null,"language":"en","kind":"article","raw":{},'
    b'"withdrawn":false,"pictured_by":"","named_by":[]}'
)
"""What is in nearly every article; never changed, since articles that were packed with it need it."""
OWN_WORDS = "own_words"
"""Where a stored post has what the publisher's command wrote for it. It may be all that is stored so far."""
PARTS = "parts"
"""Where the stored first post of a thread has the further ones."""
OF = "of"
"""Where a stored further post has how many posts its thread has."""

_INSTANTS = ("at", "planned_at", "backing")
"""What of a post nobody sees."""

_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_SORTED = json.JSONEncoder(ensure_ascii=False, sort_keys=True)
_ARTICLE = tuple(field.name for field in fields(Article))


def instant(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC, without a fraction where there is none; None stays None."""
    return None if moment is None else _in_utc(moment).isoformat().replace("+00:00", "Z")


def _in_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def moment(text: str | None) -> datetime | None:
    """The reverse of `instant`."""
    return None if text is None else datetime.fromisoformat(text)


def compact(value: Json) -> str:
    """JSON as the ledger stores it."""
    return _COMPACT.encode(value)


def article_record(article: Article) -> Json:
    """An article as `syndicate articles --json` prints it and the webhook sends it (DESIGN §3), with a note's words."""
    image = article.image
    return {
        "source": article.source,
        "url": without_login(article.url),
        "canonical_url": article.canonical_url and without_login(article.canonical_url),
        "guid": article.guid,
        "title": article.title,
        "summary": article.summary,
        "published": instant(article.published),
        "updated": instant(article.updated),
        "authors": list(article.authors),
        "section": article.section,
        "categories": list(article.categories),
        "language": article.language,
        "kind": article.kind,
        "image": {"url": without_login(image.url), "alt": image.alt, "credit": image.credit} if image else None,
        **({"form": "note", "body": article.body} if article.form == "note" else {}),
    }


def store_article(article: Article) -> str:
    """An article as the ledger stores it: every field, as one JSON text."""
    data = {name: getattr(article, name) for name in _ARTICLE}  # not `asdict`, which copies every value
    data |= {"published": instant(article.published), "updated": instant(article.updated)}
    data |= {"images": [asdict(image) for image in article.images], "raw": dict(article.raw)}
    if not article.content:
        del data["content"]
    if article.note is None:
        del data["note"]
    else:
        data["note"] = asdict(article.note)
    if article.override is None:
        del data["override"]
    else:
        data["override"] = override_record(article.override)
    return compact(data)


def override_record(override: Override) -> Json:
    """What an article says itself of how it is announced, as the ledger stores it."""
    return {
        "place": override.place,
        "whole": dict(override.whole.said()),
        "only": override.only,
        "named": [[name, dict(each.said())] for name, each in override.named],
        "at": instant(override.at),
        "faults": override.faults,
    } | ({"left": override.left} if override.left else {})


def _load_override(data: dict[str, Any]) -> Override:
    only = data["only"]
    return Override(
        data["place"],
        _load_post_override(data["whole"]),
        None if only is None else tuple(only),
        tuple((name, _load_post_override(each)) for name, each in data["named"]),
        moment(data["at"]),
        tuple(data["faults"]),
        tuple(data.get("left", ())),
    )


def _load_post_override(data: dict[str, Any]) -> PostOverride:
    tags = data.get("hashtags")
    return PostOverride(**data | {"hashtags": tuple(tags) if isinstance(tags, list) else tags})


def packed_article(stored: str) -> bytes:
    """What `store_article` gave, in a third of the room: for articles that are hardly ever read again."""
    import zlib

    maker = zlib.compressobj(9, zlib.DEFLATED, -13, 8, zlib.Z_DEFAULT_STRATEGY, _WORDS)
    return maker.compress(stored.encode("utf-8", "surrogatepass")) + maker.flush()


def article_fields(stored: str | bytes) -> dict[str, Any]:
    """What the ledger stores of an article, packed or not, by field."""
    return dict(json.loads(unpacked_article(stored)))


def unpacked_article(stored: str | bytes) -> str:
    """What `store_article` gave, packed or not."""
    if isinstance(stored, str):
        return stored
    import zlib

    return zlib.decompressobj(-15, zdict=_WORDS).decompress(stored).decode("utf-8", "surrogatepass")


def load_article(stored: str | bytes) -> Article:
    """The reverse of `store_article`, and of `packed_article`."""
    data = article_fields(stored)
    for name in ("authors", "categories", "named_by"):
        data[name] = tuple(data.get(name, ()))
    data["images"] = tuple(map(_load_image, data["images"]))
    if "note" in data:
        note = data["note"]
        data["note"] = Note(note["body"], tuple((words, url) for words, url in note["links"]), note["whole"])
    if "override" in data:
        data["override"] = _load_override(data["override"])
    return Article(**data | {"published": moment(data["published"]), "updated": moment(data["updated"])})


def _load_image(data: dict[str, Any]) -> Image:
    focus = data.get("focus")
    return Image(**data | {"focus": tuple(focus) if focus else None})


def media_record(media: Media) -> Json:
    """A picture as `--json` prints it: its SHA-256 instead of its bytes."""
    return {"file": media.file, "mime": media.mime, "width": media.width, "height": media.height, "alt": media.alt}


def post_record(post: Post) -> Json:
    """A post as the ledger stores it, with the SHA-256 of each picture. When it was rendered is in here, but not in the
    digest; nor is what backs its link card, which is made anew with each change of a site.
    """
    card = post.card
    backing = {"backing": asdict(card.backing)} if card and card.backing else {}
    manners = {"warning": post.warning, "sensitive": post.sensitive, "replies": post.replies}
    usual = {"warning": "", "sensitive": False, "replies": "everyone"}
    return (
        backing
        | {name: value for name, value in manners.items() if value != usual[name]}
        | {
            "text": post.text,
            "link": post.link,
            "spans": [
                {"start": span.start, "end": span.end, "kind": span.kind, "value": span.value} for span in post.spans
            ],
            "media": [media_record(media) for media in post.media],
            "card": card
            and {
                "url": card.url,
                "title": card.title,
                "description": card.description,
                "thumb": card.thumb and media_record(card.thumb),
            },
            "language": post.language,
            "at": instant(post.at),
            "planned_at": instant(post.planned_at),
            "reply_to": asdict(post.reply_to) if post.reply_to else None,
        }
    )


def freeze(rendered: Rendered) -> tuple[Json, str]:
    """A rendered post as the ledger stores it, with its length and limit; and its digest, which an approval is for."""
    record = post_record(rendered.post)
    if rendered.rest:
        record[PARTS] = [post_record(each.post) | _sizes(each) for each in rendered.rest]
    own = {} if rendered.own_words is None else {OWN_WORDS: asdict(rendered.own_words)}
    return record | _sizes(rendered) | own, digest(record)


def _sizes(rendered: Rendered) -> Json:
    return {"length": rendered.length, "limit": rendered.limit}


def posts_after(record: Json | None, part: int) -> int:
    """How many posts of its thread come after a stored one, which is this part of it."""
    known = record or {}
    return len(known[PARTS]) if PARTS in known else max(0, known.get(OF, 0) - 1 - part)


def part_post(record: Json, article: Json, **own: Any) -> Post:
    """One further post of a thread, from what `freeze` stored of it. `own` are fields that belong to this sending."""
    manners = {name: record[name] for name in ("warning", "sensitive", "replies") if name in record}
    spans = tuple(Span(**span) for span in record["spans"])
    shown = {"text": record["text"], "link": record["link"], "language": record["language"]}
    return Post(**shown, **manners, spans=spans, media=(), card=None, article=article, **own)


def own_words(stored: Json | None) -> OwnWords | None:
    """What the publisher's command wrote for a post, by what the ledger stores of it; None where that has none."""
    found = (stored or {}).get(OWN_WORDS)
    return OwnWords(**found) if found else None


def delivery_record(delivery: Delivery) -> Json:
    """A delivery as `post`, `preview` and `deliveries list` print it (DESIGN §3)."""
    post = delivery.post or {}
    return {
        "key": delivery.key,
        "article": delivery.article and without_login(delivery.article),
        "account": delivery.account,
        "platform": delivery.platform,
        "action": delivery.action,
        "state": delivery.state,
        "reason": delivery.reason,
        "due_at": instant(delivery.due_at),
        "text": post.get("text"),
        "length": post.get("length"),
        "limit": post.get("limit"),
        "media": post.get("media", []),
        "link": post.get("link"),
        "remote_id": delivery.remote_id,
        "permalink": delivery.permalink,
        "attempts": delivery.attempts,
        "revision": delivery.revision,
        "part": delivery.part,
        "planned_at": instant(delivery.planned_at),
        "posted_at": instant(delivery.posted_at),
    }


def digest(record: Json) -> str:
    """SHA-256 of a `post_record` without its instants: of what people would see."""
    seen = {name: value for name, value in record.items() if name not in _INSTANTS}
    if PARTS in seen:
        seen[PARTS] = [{name: each[name] for name in each if name not in _INSTANTS} for each in seen[PARTS]]
    return hashlib.sha256(_SORTED.encode(seen).encode()).hexdigest()
