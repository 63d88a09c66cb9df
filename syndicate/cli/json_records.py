"""The records of the JSON output, field by field, and the events of the log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias, get_args

from syndicate.model import Action, State
from syndicate.model.dataclass import dataclass

Fields: TypeAlias = Mapping[str, str]
"""Each field with what it holds, in the order in which it is printed."""


@dataclass(frozen=True, slots=True)
class Record:
    """One kind of object."""

    about: str
    fields: Fields


def _or(words: tuple[str, ...]) -> str:
    return ", ".join(f"`{word}`" for word in words)


_DELIVERY: Fields = {
    "key": "32 hex digits: the [delivery's](../concepts/words.md#deliveries) name everywhere",
    "article": "the article's address",
    "account": "who posts",
    "platform": "the network",
    "action": _or(get_args(Action)),
    "state": f"{_or(get_args(State))} ([states](../concepts/delivery.md#states)); in a dry run, as a real run would"
    " record it before its claim",
    "reason": "a [code](#codes), or `null`",
    "due_at": "when it is due; `null` if there is no such time",
    "text": "the post's text; `null` before it is rendered",
    "length": "in the network's tightest unit (on Bluesky, graphemes); `null` before it is rendered",
    "limit": "the most that the network takes, in that unit; `null` before it is rendered",
    "media": '`[{"file", "mime", "width", "height", "alt"}]`; `file` is the SHA-256 of the bytes and an extension',
    "link": "the address in the post, with campaign parameters, or `null`",
    "remote_id": "the network's id of the post, or `null`",
    "permalink": "the address of the post, or `null`; it is dead where the reason is `deleted`",
    "attempts": "how many attempts were made",
    "revision": "`0`; a post that was sent again or repeats its story, and each edit, counts up from `1`",
    "part": "`0`; of a further post, its place in its [thread](../guides/threads.md)",
    "planned_at": "when it was planned",
    "posted_at": "when it was published; `null` before that",
}
_PATHS = "a list of paths"

RECORDS: Mapping[str, Record] = {
    "articles": Record(
        "An article, as its source says it; also the `article` of a [webhook](../platforms/webhook.md); a"
        " [note](../guides/notes.md) has two fields more: `form`, which is `note`, and `body`, all its words.",
        {
            "source": "the source's name in the config",
            "url": "the article's address, as the publisher gives it",
            "canonical_url": "the address that the page names as its own, or `null`",
            "guid": "the id that the source gives it, unchanged, or `null`",
            "title": "plain text",
            "summary": "plain text",
            "published": "a time; what the source says, never a guess",
            "updated": "a time, or `null`",
            "authors": "a list of names",
            "section": "a path such as `News > Travel`, or `null`",
            "categories": "a list of words",
            "language": "such as `en` or `pt-BR`, or `null`",
            "kind": "`article`, `live`, `audio` or `video`",
            "image": '`{"url", "alt", "credit"}`, or `null`',
        },
    ),
    "deliveries": Record(
        "One article for one account; `alerts.command` gets these fields"
        " [with some more](../operations/monitoring.md#the-lines).",
        _DELIVERY,
    ),
    "shown": Record(
        "A delivery, with the post that would be sent now.",
        {
            **_DELIVERY,
            "digest": "what an approval is for, where the post was rendered for this; else `null`",
            "thread": '`[{"text", "length", "limit", "link"}]`: the further posts of its'
            " [thread](../guides/threads.md), in order; `[]` where it has none, or is one of them itself",
        },
    ),
    "status": Record(
        "How things stand ([day to day](../operations/day-to-day.md)).",
        {
            "json_version": "the version of this contract",
            "version": "the version of syndicate",
            "time": "when it was asked",
            "needs_person": "whether a person is needed: `true` is exit status 1",
            "needs": '`[{"kind", "subject", "message", "command"}]`; `command` may be `null`',
            "accounts": '`[{"account", "platform", "state", "why", "since", "until", "message", "waiting",'
            ' "last_post_at"}]`; `state` is `posts`, `waits`, `paused` or `off`; `why` is `auth`, `login`, `person` or'
            " `all` for a pause, `recover` while it has to look before it posts, else a reason",
            "sources": '`[{"source", "state", "last_good_at", "next_poll_at", "failing_since", "failures", "error",'
            ' "quiet_since"}]`;'
            " `state` is `good`, `quiet`, `waiting`, `failing`, `gone` or `new`",
            "paused": '`[{"word", "since", "until"}]`; the word `""` is everything',
            "dropped": '`[{"account", "reason", "waited_for", "count"}]` since midnight, on the site\'s clock',
            "ledger": '`{"path", "bytes", "schema", "last_run_at", "daemon"}`; `schema` is `null` if there is none yet,'
            " `daemon` names the process that runs one, or `null`",
        },
    ),
    "exported": Record(
        "Where an article was posted ([word back](../guides/word-back.md)).",
        {
            "article": "the article's address",
            "posts": '`[{"account", "platform", "url", "id", "at"}]`; on Bluesky `id` is the at:// address',
        },
    ),
    "explained": Record(
        "What became of an article on one account.",
        {
            "article": "the article's address",
            "alias": "by which of its names it was found: `url`, `guid`, …",
            "account": "the account",
            "platform": "the network",
            "key": "the delivery, or `null` if none was planned",
            "state": "its state, or `null`",
            "reason": "its reason, or `null`",
            "steps": '`[{"name", "verdict", "value"}]`; `verdict` is `yes`, `no`, `waits`, `unclear` or `note`',
        },
    ),
    "account": Record(
        "An account of the config.",
        {
            "account": "its name",
            "platform": "the network",
            "state": "`posts`, `paused` or `off`",
            "paused": "`auth`, `login`, `person`, `all` or `null`",
            "identity": "whose login it is, or `null` before the first check",
            "login": "where it comes from: `config`, `signed_in`, or `needed` where somebody has to sign in",
        },
    ),
    "identity": Record(
        "Whose login it is.",
        {
            "account": "its name",
            "platform": "the network",
            "id": "the network's id",
            "name": "the network's name",
            "url": "its profile, or `null`",
            "scopes": "what the token may do, in the network's words",
            "notes": "what the network says besides",
            "signed_in_at": "when somebody signed in, or `null`",
            "renew_at": "from when on it is renewed, or `null`",
            "expires_at": "when it ends, or `null`",
        },
    ),
    "pause": Record(
        "A pause that begins.",
        {
            "account": "the account, or `null`",
            "word": 'the word, `""` for everything, `null` for an account',
            "until": "when it ends by itself, or `null`",
        },
    ),
    "resumed": Record(
        "A pause that ends.",
        {
            "account": "the account, or `null`",
            "word": 'the word, `""` for everything, `null` for an account',
            "was_paused": "whether there was a pause",
            "too_old": "how many deliveries are skipped, since they are too old by now",
        },
    ),
    "import": Record(
        "What was imported.",
        {
            "new": "how many entries were new",
            "known": "how many were known",
            "not_understood": "how many were neither an address nor a guid",
            "lines": "the first line numbers that were not understood",
        },
    ),
    "imported": Record(
        "With `--dry-run`: one line of the file.",
        {"line": "its number", "entry": "its text", "outcome": "`new`, `known` or `not_understood`"},
    ),
    "platform": Record(
        "A network.",
        {
            "platform": "its name",
            "aliases": "a list of further names",
            "certainty": "`exact`, `keyed`, `lookup` or `blind` ([uncertainty](../concepts/uncertainty.md))",
            "limit": "the most that a text may have, in its unit",
        },
    ),
    "config": Record(
        "Whether the config is good.",
        {
            "config": "its path",
            "good": "`true` or `false`",
            "sources": "how many there are",
            "accounts": "how many there are",
            "problems": "a list of lines",
        },
    ),
    "setting": Record(
        "A setting that differs from its default.",
        {
            "file": "the config that gives it",
            "setting": "its whole name, such as `accounts.masto.hashtags`",
            "value": "what the config says, as text; a secret is `***`",
            "default": "what it would be without that, as text",
            "shared": "what `defaults` says of it; `null` where that says nothing",
        },
    ),
    "recovered": Record(
        "What an account's network has of what waits.",
        {
            "account": "the account",
            "listed": "how many posts it listed; `null` where it cannot list",
            "posted": "how many deliveries were recorded as posted",
            "held": "how many were held for a person",
            "keys": "a list of these deliveries",
            "error": "why it could not be asked, or `null`",
        },
    ),
    "backup": Record(
        "A backup that was made.",
        {
            "file": "its path",
            "bytes": "its size",
            "key": "the path of the key beside it, or `null`",
            "key_kept": "where the key is",
            "earlier": "the path that the backup before has now, or `null`",
            "removed": _PATHS,
        },
    ),
    "finding": Record(
        "One check of a ledger.",
        {"check": "what was checked", "ok": "`true` or `false`", "said": "in words", "cure": "what helps, or `null`"},
    ),
    "restored": Record(
        "A backup that was put back.",
        {
            "ledger": "the path of the ledger",
            "articles": "how many it knows",
            "posted": "how many posts it has",
            "clock": "when its last run was, or `null`",
            "put_away": _PATHS,
            "key": "the path of the key, or `null`",
            "asked": "a list: what each network has, as `syndicate recover` prints it",
        },
    ),
    "pruned": Record(
        "What was forgotten.",
        {
            "deliveries": "how many posts",
            "attempts": "how many attempts",
            "characters": "how much text",
            "freed_bytes": "given back to the disk",
            "free_bytes": "free inside the file",
            "state_freed_bytes": "by how much the state file is shorter",
            "dry_run": "`true` or `false`",
        },
    ),
    "upgraded": Record("A ledger's schema.", {"before": "the version before", "schema": "the version now"}),
    "moved": Record(
        "A ledger that was copied to a server, or from there.",
        {
            "ledger": "where it is now",
            "rows": "how many rows it has in all",
            "article": "how many articles",
            "delivery": "how many deliveries",
            "account": "how many accounts",
            "source": "how many sources",
        },
    ),
    "begun": Record("A new ledger.", {"ledger": "its path", "put_away": _PATHS}),
    "rotated": Record(
        "A new key.",
        {
            "sealed": "how many secrets are sealed with it",
            "shut": "how many could be opened with no key before",
            "key": "the path of the key, or `null`",
        },
    ),
}

_ERROR = {"error": "what went wrong"}
_SOURCE = {"source": "the source"}

EVENTS: Mapping[str, tuple[str, Fields]] = {
    "daemon.started": ("The daemon runs.", {"sources": "how many", "accounts": "how many"}),
    "daemon.beside": ("Another daemon runs on this ledger.", {"note": "which, in words"}),
    "daemon.listening": ("It answers HTTP requests.", {"address": "as in the config", "port": "the port"}),
    "daemon.stopped": ("It ended as it was told to.", {}),
    "daemon.failed": ("It cannot go on, such as because its package was replaced.", _ERROR),
    "delivery.<state>": (
        "A delivery is in this state now: `delivery.posted`, `delivery.due`, `delivery.skipped`, …",
        {
            "account": "the account",
            "key": "the delivery",
            "article": "the article's address",
            "action": "`edit` or `delete`; left out for a post",
            "reason": "a [code](#codes)",
            "permalink": "the address of the post",
            "error": "in words, unless it was posted",
            "title": "the headline, of one that was dropped while it waited",
            "waited_for": "what it waited for then: a [code](#codes)",
        },
    ),
    "delivery.warning": (
        "It goes out, and something in it is not as it should be.",
        {"account": "the account", "key": "the delivery", "article": "the article's address", "warning": "in words"},
    ),
    "delivery.again": ("A story that an account's rule posts again was planned.", {"key": "the delivery"}),
    "delivery.withdrawn": ("The publisher withdrew an article; this deletion was planned.", {"key": "the deletion"}),
    "deliveries.expiring": ("Articles wait and will soon be too old.", {"told": "which, in words"}),
    "source.read": ("A poll found something new.", {**_SOURCE, "new": "articles", "planned": "deliveries"}),
    "source.baseline": ("The first poll: nothing is posted.", {**_SOURCE, "articles": "how many were recorded"}),
    "source.note": ("What a person may want to know of a poll.", {**_SOURCE, "note": "in words"}),
    "source.failed": ("A source could not be read.", {**_SOURCE, **_ERROR}),
    "media.failed": ("Pictures that were put where networks fetch them could not be removed.", _ERROR),
    "word.told": ("A place of the setting `after` was told.", {"to": "which", "events": "how many"}),
    "word.failed": (
        "A place of the setting `after` could not be told.",
        {"to": "which", **_ERROR, "hint": "what helps"},
    ),
    "account.failed": ("An account could not go on.", {"account": "the account", **_ERROR}),
    "account.renewed": ("Its login was renewed ahead of its end.", {"account": "the account"}),
    "account.looked": ("An account's network was asked what it has.", {"account": "the account", "note": "in words"}),
    "ledger.failed": ("The ledger could not be read or written.", {**_ERROR, "hint": "what helps"}),
    "ledger.note": ("What a person may want to know of the ledger.", {"note": "in words"}),
    "ledger.noticed": ("The ledger was put back, or there was a stop.", {"why": "which of them", "note": "in words"}),
    "clock.failed": ("The clock of this machine is doubted.", {**_ERROR, "hint": "what helps"}),
    "clock.differs": ("This machine's clock is not the database server's, which counts.", {"note": "by how much"}),
    "config.changed": ("The config file was changed.", {"file": "its path", "note": "in words"}),
    "config.reloaded": ("The config was read again.", {"sources": "how many", "accounts": "how many"}),
    "config.refused": (
        "The changed config has a mistake; the old one counts.",
        {**_ERROR, "hint": "what helps", "at": "when, in seconds since 1970"},
    ),
    "config.left_out": (
        "A site is left out because of a mistake in its config; the others go on.",
        {**_ERROR, "site": "its name", "at": "when, in seconds since 1970"},
    ),
    "config.note": (
        "What a person may want to know of the config or the ledger's files.",
        {"note": "in words"},
    ),
    "alert.failed": ("An alert could not be sent.", _ERROR),
    "heartbeat.failed": ("The heartbeat could not be fetched.", _ERROR),
    "watch.failed": ("Published pages could not be looked at.", _ERROR),
    "approval.approved": (
        "A person approved a delivery at the page of an alert.",
        {
            "account": "the account",
            "key": "the delivery's key",
            "article": "the article's address",
            "by": "who decided: the name that was given, or `somebody`",
        },
    ),
    "approval.skipped": (
        "A person skipped a delivery at the page of an alert.",
        {
            "account": "the account",
            "key": "the delivery's key",
            "article": "the article's address",
            "by": "who decided: the name that was given, or `somebody`",
        },
    ),
    "hook.received": (
        "Somebody named an article.",
        {"hook": "which hook", "sources": "the sources that are read"},
    ),
    "websub.subscribed": ("A hub took a subscription.", {**_SOURCE, "seconds": "how long it is good for"}),
    "websub.unsubscribed": ("A hub ended a subscription.", _SOURCE),
    "websub.denied": ("A hub refused a subscription.", {**_SOURCE, "reason": "in its words"}),
    "websub.ignored": ("News that was not signed rightly.", {**_SOURCE, "signed_with": "the method"}),
    "websub.failed": ("A hub could not be asked.", {**_SOURCE, "mode": "what it was asked", **_ERROR}),
    "bug": (
        "A mistake in syndicate itself: please report it.",
        {"where": "the part", **_SOURCE, "account": "the account", "trace": "the traceback"},
    ),
}
"""The events of the log, each with what it means and its fields. Those that are empty are left out of a line."""
