"""Lays the status out as lines of text for a terminal: what needs a person first, what is good counted."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import click

from syndicate.app.monitoring.status import AccountStatus, Need, SourceStatus, Status
from syndicate.app.monitoring.titles import TitleStatus, titles
from syndicate.cli.terminal import style
from syndicate.ledger.accounts import REFUSED
from syndicate.model import REASONS

NARROW, WIDE = 60, 100  # columns between which the screen is laid out
NEEDS, BAD = 8, 10  # lines that a part shows at most; the rest is counted
GOOD = 6  # accounts or sources in order that are named; where there are more, they are only counted
TITLES = 12  # sites of which accounts and sources are listed; of more, each site is one line
NAME, TITLE_NAME = 18, 26  # columns of a name at most, and of a site's
RED, YELLOW, GREEN = "red", "yellow", "green"
STATES = {
    "auth": "login refused",
    "login": "needs a login",
    "person": "paused",
    "all": "paused with everything",
    "rate_limited": "asked to wait",
    "unavailable": "network not reached",
    "window": "outside its hours",
    "spacing": "spacing",
    "behind": "spacing",
    "cap": "limit reached",
    "recover": "looks before it posts",
}
"""Why an account does not post, in two or three words."""
SIZES = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


class _Page:
    """The width, and how times are written: in the site's zone, without the date where it is today."""

    def __init__(self, status: Status) -> None:
        self.width = min(max(shutil.get_terminal_size((80, 24)).columns, NARROW), WIDE)
        self._zone = ZoneInfo(status.zone)
        self._now = status.at.astimezone(self._zone)

    def clock(self, at: datetime | None) -> str:
        """03:12 today, Sat 22:40 within a week, else with the date."""
        if at is None:
            return "–"
        local = at.astimezone(self._zone)
        if local.date() == self._now.date():
            return f"{local:%H:%M}"
        near = abs(self._now - local) < timedelta(days=6)
        return f"{local:%a %H:%M}" if near else f"{local:%Y-%m-%d %H:%M}"

    def cut(self, text: str, used: int = 0) -> str:
        """It as one line that fits beside what is used."""
        text, room = re.sub(r"[\r\n\t]+", " ", text), self.width - used
        return text if len(text) <= room else text[: room - 1].rstrip() + "…"


def screen(status: Status) -> list[str]:
    """The lines of the screen."""
    page = _Page(status)
    local = status.at.astimezone(ZoneInfo(status.zone))
    told = f"{local:%a %Y-%m-%d %H:%M %Z} (all times {local:%Z})"
    lines = [page.cut(f"{click.unstyle(status.site)} · {told}"), ""]
    lines += _needs(status.needs, page)
    by_title = titles(status)
    if len(by_title) > TITLES:
        lines += _titles(by_title, page)
    else:
        lines += _accounts(status.accounts, page)
        lines += _sources(status.sources, page)
    lines += _paused(status, page)
    lines += _dropped(status, page)
    return [*lines, *_ledger(status, page)]


def _head(text: str) -> str:
    return style(text, bold=True)


def _mark(sign: str, colour: str) -> str:
    return style(sign, fg=colour)


def _needs(needs: Sequence[Need], page: _Page) -> Iterator[str]:
    """What waits for a person, each with the command below it."""
    if not needs:
        yield style("Nothing needs you.", fg=GREEN)
        yield ""
        return
    yield style("1 thing needs you" if len(needs) == 1 else f"{len(needs)} things need you", fg=RED, bold=True)
    width = _names([need.subject for need in needs[:NEEDS]])
    for need in needs[:NEEDS]:
        yield f"  {_mark('✗', RED)} {_fit(need.subject, width)}  {page.cut(need.message, width + 6)}"
        if need.command:
            yield f"    {'':<{width}}  {style(need.command, fg='cyan')}"
    if len(needs) > NEEDS:
        yield f"    and {len(needs) - NEEDS} more: syndicate status --json"
    yield ""


def _titles(found: Sequence[TitleStatus], page: _Page) -> Iterator[str]:
    """Those that need a person first, then those where something waits; how many are good."""
    bad, good = [each for each in found if each.state != "good"], [each for each in found if each.state == "good"]
    yield f"{_head('Titles')}  {len(found)} · one of them: syndicate status --site NAME"
    width = min(max((len(each.name) for each in bad[:BAD]), default=0), TITLE_NAME)
    for each in bad[:BAD]:
        needs = ["needs you"] if each.needs and not each.told else []
        queue = [f"{each.waiting:,} waiting"] if each.waiting else []
        told = " · ".join([*needs, *each.told, *queue, f"last post {page.clock(each.last_post_at)}"])
        mark = _mark("✗", RED) if each.state == "bad" else _mark("…", YELLOW)
        yield f"  {mark} {_fit(each.name, width)}  {page.cut(told, width + 6)}"
    if len(bad) > BAD:
        rest = bad[BAD:]
        wait = sum(each.state == "waits" for each in rest)
        parts = [f"{len(rest) - wait} need you"] if wait < len(rest) else []
        parts += [f"in {wait} something waits"] if wait else []
        yield page.cut(f"    and {len(rest)} more: {', '.join(parts)}")
    if good:
        last = max((each.last_post_at for each in good if each.last_post_at), default=None)
        number = sum(each.waiting for each in good)
        waits = f" · {number:,} waiting" if number else ""
        others = "others are" if bad else "are"
        yield f"  {_mark('✓', GREEN)} {len(good)} {others} good · last post {page.clock(last)}{waits}"
    yield ""


def _accounts(accounts: Sequence[AccountStatus], page: _Page) -> Iterator[str]:
    """Those that do not post first; of those that do, a few, and how many more."""
    bad = [each for each in accounts if each.state in ("paused", "waits")]
    good = [each for each in accounts if each.state == "posts"]
    off = sum(each.state == "off" for each in accounts)
    shown = [*bad[:BAD], *(good if len(good) <= GOOD else [])]
    if not accounts:
        yield f"{_head('Accounts')}  none in the config"
    else:
        yield _head("Accounts")
    width = _names([each.name for each in shown])
    words = [_words(each, page) for each in shown]
    column = min(max(map(len, words), default=0), page.width - width - 36)
    for each, told in zip(shown, words, strict=True):
        yield _account(each, told, (width, column), page)
        if each.said:
            yield f"    {'':<{width}}  {page.cut(each.said, width + 6)}"
    if len(bad) > BAD:
        yield f"    and {len(bad) - BAD} more that do not post"
    if len(good) > GOOD:
        last = max((each.last_post_at for each in good if each.last_post_at), default=None)
        waiting = sum(each.waiting for each in good)
        queue = f" · {waiting:,} waiting" if waiting else ""
        yield f"  {_mark('✓', GREEN)} {len(good)} {'others ' if bad else ''}post · last post {page.clock(last)}{queue}"
    if off:
        yield f"    {off} switched off"
    yield ""


def _words(each: AccountStatus, page: _Page) -> str:
    """The state of an account, with since or until when."""
    said = STATES.get(each.why or "", str(each.why)) if each.why else each.state
    if each.until:
        return f"{said} until {page.clock(each.until)}"
    return f"{said} since {page.clock(each.since)}" if each.since else said


def _account(each: AccountStatus, words: str, widths: tuple[int, int], page: _Page) -> str:
    mark = _mark("✓", GREEN) if each.state == "posts" else _mark("…", YELLOW)
    mark = _mark("✗", RED) if each.why in REFUSED else mark
    waiting = f"{each.waiting:,} waiting" if each.waiting else ""
    name, column = widths
    return (
        f"  {mark} {_fit(each.name, name)}  {words:<{column}}  {waiting:>13}  last post {page.clock(each.last_post_at)}"
    )


def _sources(sources: Sequence[SourceStatus], page: _Page) -> Iterator[str]:
    """Those that cannot be read first; of the good ones a few, and how many more."""
    order = ("gone", "failing", "waiting", "quiet", "new")
    bad = sorted((each for each in sources if each.state in order), key=lambda each: order.index(each.state))
    good = [each for each in sources if each.state == "good"]
    shown = [*bad[:BAD], *(good if len(good) <= GOOD else [])]
    yield _head("Sources") + ("" if sources else "  none in the config")
    width = _names([each.name for each in shown])
    for each in shown:
        yield from _source(each, width, page)
    if len(bad) > BAD:
        rest = [each.state for each in bad[BAD:]]
        yield f"    and {len(rest)} more: {', '.join(f'{rest.count(word)} {word}' for word in order if word in rest)}"
    if len(good) > GOOD:
        last = max((each.last_good_at for each in good if each.last_good_at), default=None)
        coming = min((each.next_poll_at for each in good if each.next_poll_at), default=None)
        others = "others are" if bad else "are"
        read = f"last read {page.clock(last)} · next {page.clock(coming)}"
        yield f"  {_mark('✓', GREEN)} {len(good)} {others} good · {read}"
    yield ""


def _source(each: SourceStatus, width: int, page: _Page) -> Iterator[str]:
    name, coming = _fit(each.name, width), f"next {page.clock(each.next_poll_at)}"
    read = f"last read {page.clock(each.last_good_at)}"
    if each.state in ("gone", "failing"):
        since = f"since {page.clock(each.failing_since)}" if each.failing_since else ""
        times = f"{each.failures} times" if each.failures > 1 else "once"
        word = "gone for good" if each.state == "gone" else "cannot be read"
        yield page.cut(f"  ✗ {name}  {word} {since}, {times} · {read} · {coming}").replace("✗", _mark("✗", RED), 1)
        if each.error:
            yield f"    {'':<{width}}  {page.cut(each.error, width + 6)}"
    elif each.state == "waiting":
        yield f"  {_mark('…', YELLOW)} {name}  its server asks us to wait · {read} · {coming}"
    elif each.state == "quiet":
        yield f"  {_mark('…', YELLOW)} {name}  nothing new since {page.clock(each.quiet_since)} · {read} · {coming}"
    elif each.state == "new":
        yield f"  {_mark('…', YELLOW)} {name}  not read yet"
    else:
        yield f"  {_mark('✓', GREEN)} {name}  good · {read} · {coming}"


def _paused(status: Status, page: _Page) -> Iterator[str]:
    if not status.paused:
        return
    yield _head("Paused")
    for each in status.paused[:BAD]:
        what = f"articles with '{each.word}'" if each.word else "everything"
        until = page.clock(each.until) if each.until else "somebody resumes it"
        yield page.cut(f"  … {what} since {page.clock(each.since)}, until {until}").replace("…", _mark("…", YELLOW), 1)
    if len(status.paused) > BAD:
        yield f"    and {len(status.paused) - BAD} more"
    yield ""


def _dropped(status: Status, page: _Page) -> Iterator[str]:
    if not status.dropped:
        return
    yield _head("Dropped today")
    width = _names([each.account for each in status.dropped[:BAD]])
    for each in status.dropped[:BAD]:
        waited = REASONS.get(each.waited_for)  # type: ignore[call-overload] # of the table, or not
        told = f"{each.count:,}: {REASONS.get(each.reason, each.reason)}"  # type: ignore[call-overload]
        told += f" ({waited})" if waited else ""
        yield f"  {_mark('✗', RED)} {_fit(each.account, width)}  {page.cut(told, width + 6)}"
    if len(status.dropped) > BAD:
        yield f"    and {sum(each.count for each in status.dropped[BAD:]):,} more"
    yield ""


def _ledger(status: Status, page: _Page) -> Iterator[str]:
    ledger = status.ledger
    size = next((f"{ledger.size / unit:.1f} {name}" for unit, name in SIZES if ledger.size >= unit), "0 kB")
    daemon = f"daemon runs ({ledger.daemon})" if ledger.daemon else "no daemon"
    yield page.cut(f"Ledger {ledger.path} · {size} · schema {ledger.schema}")
    yield page.cut(f"Last run {page.clock(ledger.last_run_at)} · {daemon} · syndicate {status.version}")


def _names(names: Sequence[str]) -> int:
    return min(max(map(len, names), default=0), NAME)


def _fit(name: str, width: int) -> str:
    """The name in so many columns; a longer one is cut."""
    return f"{name:<{width}}" if len(name) <= width else f"{name[: width - 1]}…"
