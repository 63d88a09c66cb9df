"""Accounts, with the rules by which they post."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

from syndicate.model.dataclass import dataclass


class Secret(str):
    """A string that prints as `***`, also inside other objects."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Lets the config read one; pydantic is loaded only where a config is."""
        from pydantic_core import core_schema

        return core_schema.no_info_after_validator_function(cls, core_schema.str_schema(min_length=1))


Audience: TypeAlias = Literal["everyone", "followers", "mentioned", "nobody"]
"""Who may reply to a post. `mentioned`: only those whom it mentions."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions on an article. Every field that is not empty has to match, by any of its values.

    `raw`: every field of the source that is named, by any of the values that are given for it.
    """

    sections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    title: str | None = None
    authors: tuple[str, ...] = ()
    kind: tuple[Literal["article", "live", "audio", "video"], ...] = ()
    raw: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WarningRule:
    """A content warning in words, for the articles that meet every condition."""

    text: str
    when: Filter = Filter()


@dataclass(frozen=True, slots=True)
class TextCommand:
    """The publisher's own command that writes an account's posts."""

    command: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ThreadRules:
    """How an article goes out in several posts, each in reply to the one before: at most so many `posts`.

    "teaser": the usual post, and the beginning of the text after it; "whole": all of the text.
    """

    posts: int = 3
    form: Literal["teaser", "whole"] = "teaser"


@dataclass(frozen=True, slots=True)
class Hours:
    """Times of the week on a local clock, as the publisher `said` them: "Mon-Fri 07:00-23:00".

    `spans` are minutes since Monday 00:00, end exclusive; an end beyond 10,080 is in the next week.
    """

    said: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    """When an account may post, and how much. No `windows`: at any hour that is not `quiet`.

    `per_hour` and `per_day` count any 60 minutes and any 24 hours. `breaking` "at once": breaking news
    ignores hours and spacing. `timezone` is an IANA name. `catch_up`: after a stop of an hour or
    more so many of the newest articles go out and the older ones are skipped, or "all" go out.
    """

    windows: tuple[Hours, ...] = ()
    quiet: tuple[Hours, ...] = ()
    spacing: timedelta = timedelta(0)
    per_hour: int | None = None
    per_day: int | None = None
    breaking: Literal["wait", "at once"] = "wait"
    timezone: str = "UTC"
    catch_up: int | Literal["all"] = 5


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that an account's posts may cost in a calendar month of its time zone, if its network charges."""

    monthly_usd: float


@dataclass(frozen=True, slots=True)
class AgainRule:
    """Which stories an account posts again by itself: those that `only` names, once the last post is `after` old.

    Each at most `times`, and `per_day` of them in any 24 hours.
    """

    only: Filter
    after: timedelta = timedelta(days=90)
    times: int = 1
    per_day: int = 1


@dataclass(frozen=True, slots=True)
class Account:
    """One login on one platform, named by the publisher, with what planning and rendering need.

    `link` None means: a card where a picture leaves room for one or we make it ourselves, else in the text; and "bio",
    words that lead to an address in the profile, where nobody can follow one in a text; "reply", in a reply.
    `settle` None means the platform's own. `only` None lets every article pass.
    `photos`: of several, at most so many; None: as many as the network takes.
    `theme` names the folder of the card's design; None: one that suits the article.
    `notes`: what becomes of articles without a headline; `note_link`: when one that goes out whole has its address too.
    `delay`: an article is announced once it has stayed unchanged that long. `warning`: the first rule that fits.
    `text` None: the template writes the posts. `threads` None: an article is one post. `again` None: no story is
    posted again by itself.
    """

    name: str
    platform: str
    image: Literal["card", "photo", "photos", "none"] = "card"
    photos: int | None = None
    theme: str | None = None
    alt_text: Literal["required", "optional"] = "required"
    link: Literal["text", "card", "reply", "bio", "none"] | None = None
    hashtags: int = 3
    utm: Mapping[str, str] = field(default_factory=dict)
    max_age: timedelta = timedelta(hours=24)
    only: Filter | None = None
    never: Filter | None = None
    on_unknown: Literal["hold", "retry", "assume-sent"] = "hold"
    settle: timedelta | None = None
    language: str | None = None
    delay: timedelta = timedelta(0)
    schedule: Schedule = Schedule()
    budget: Budget | None = None
    approve: bool = False
    on_edit: Literal["ignore", "edit"] = "ignore"
    on_withdrawn: Literal["alert", "delete"] = "alert"
    warning: tuple[WarningRule, ...] = ()
    sensitive: bool = False
    replies: Audience = "everyone"
    notes: Literal["whole", "link", "skip"] = "whole"
    note_link: Literal["when cut", "always", "never"] = "when cut"
    text: TextCommand | None = None
    threads: ThreadRules | None = None
    again: AgainRule | None = None


@dataclass(frozen=True, slots=True)
class BreakingRules:
    """What makes an article breaking news: any one of these that matches it, or the source's own mark."""

    tags: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    title: str | None = None


NO_RULES = BreakingRules()
"""Only the source's own mark makes an article breaking news."""


@dataclass(frozen=True, slots=True)
class FloodLimits:
    """When new articles of a source wait for approval: more than `burst` in one reading or in an hour (None: no
    limit), those that look like an earlier article, and those that lead elsewhere.

    `hosts` are the hosts of the site and of the configured sources; None: links may lead anywhere.
    """

    burst: int | None = None
    similar: Literal["ask", "post", "skip"] = "post"
    hosts: frozenset[str] | None = None


NO_LIMITS = FloodLimits()
"""No new article waits for approval."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose token it is, and the limits the server states: names of `Limits` fields to values.

    `expires_at` is when the token ends, `scopes` what it may do, in the network's own words, where the network says so.
    `notes` are for the person who checks the account, one line each. `software` is what the server runs, by its name in
    lower case and its version: "takahe 0.11"; the adapter gets it back in its credentials.
    """

    id: str
    name: str
    url: str | None = None
    limits: Mapping[str, int] = field(default_factory=dict)
    expires_at: datetime | None = None
    scopes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    software: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """A question of signing in, answered in words. A `secret` answer is typed without being shown."""

    words: str
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """A page on which a person allows it. The answer is the whole address to which the page then leads, or its code."""

    words: str
    address: str


@dataclass(frozen=True, slots=True)
class Choose:
    """A question of signing in with a list of answers: each a value, and the words that are shown for it."""

    words: str
    choices: tuple[tuple[str, str], ...]


Question: TypeAlias = Ask | Visit | Choose
"""What signing in asks of a person."""
