"""`syndicate post`: one run, which polls the sources and sends what is due."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from syndicate.cli import complain
from syndicate.cli.options import DURATION, Shared, active, known, of_sites, opened, shared_options
from syndicate.cli.output import is_terminal, print_deliveries
from syndicate.cli.scope import Scope, scope_options
from syndicate.cli.waits import Queue, others, queues, stands_for
from syndicate.errors import reworded
from syndicate.ledger.accounts import REFUSED
from syndicate.model import APPROVABLE, LATER, REASONS
from syndicate.serialization import delivery_record

if TYPE_CHECKING:
    from syndicate.app.engines.run_once import Run
    from syndicate.app.engines.run_state import RunResult
    from syndicate.app.wiring import App
    from syndicate.model import Delivery


@click.command()
@click.option("--dry-run", is_flag=True, help="Show what would be sent; send nothing, record nothing.")
@click.option("--sandbox", is_flag=True, help="Send to fake networks on this machine instead.")
@scope_options(
    article="Announce this one article, whatever its age.", backfill="Also post the newest K of each source."
)
@click.option(
    "--wait",
    type=DURATION,
    metavar="DURATION",
    default="0",
    help="Wait up to so long for retries and look-ups, such as 3m.",
)
@click.option("--again", is_flag=True, help="With --article: post it once more, in other words.")
@click.option("--text", metavar="TEXT", help='With --again: these words, such as "Updated: …"; else again.txt.j2.')
@shared_options
@click.pass_obj
def command(
    shared: Shared,
    *,
    dry_run: bool,
    sandbox: bool,
    scope: Scope,
    wait: timedelta,
    again: bool,
    text: str | None,
) -> int:
    """Read your sources, post what is new, and print each delivery.

    The first run of a source or an account posts nothing: it records what is already there.
    """
    if dry_run and sandbox:
        raise click.UsageError("use --dry-run or --sandbox, not both")
    _require_words(scope, text, again=again)
    with contextlib.ExitStack() as stack:
        app = stack.enter_context(rehearsed(shared, dry_run=dry_run, sandbox=sandbox))
        scope = within_sites(scope, app)
        run = begin(app, scope, verbose=shared.verbose)
        with stopping(run.state.stop) as stopped:
            if scope.article and again:
                run.say_again(scope.article, text, at_once=scope.at_once)
            elif scope.article:
                run.announce(scope.article, again=_again, at_once=scope.at_once)
            else:
                gather(run, app, scope, verbose=shared.verbose)
            send(run, app, wait, verbose=shared.verbose)
        run.outcome.stopped = bool(stopped)
        report(run.outcome, app, scope.accounts, shared)
        if stopped:
            app.kind.close()
            sys.stdout.flush()
            os._exit(128 + stopped[0])  # a thread may still wait for an answer nobody needs any more
        return exit_code(run.outcome, app, scope.accounts)


def _require_words(scope: Scope, text: str | None, *, again: bool) -> None:
    """Refuse options of --again that do not go together."""
    if again and not scope.article:
        raise click.UsageError("--again goes with --article")
    if text is not None and not again:
        raise click.UsageError("--text goes with --again; an article says its own words in its source (overrides)")
    if text is not None and not text.strip():
        raise click.UsageError("--text is empty")


@contextlib.contextmanager
def rehearsed(shared: Shared, *, dry_run: bool, sandbox: bool) -> Iterator[App]:
    """The app of a dry run, of a sandbox run (both above the ledger, which they only read), or of a real run."""
    if sandbox:
        from syndicate.cli.in_sandbox import in_sandbox

        with in_sandbox(shared) as app:
            yield app
        return
    with opened(shared, dry=dry_run) as app:
        yield app


def within_sites(scope: Scope, app: App) -> Scope:
    """The scope, with the sources and accounts for which its sites stand."""
    if not scope.sites:
        return scope
    sources = () if scope.article else tuple(of_sites(app.config, scope.sites, app.config.sources))
    accounts = of_sites(app.config, scope.sites, [each.name for each in app.accounts])
    if not accounts:
        raise click.UsageError(f"{', '.join(scope.sites)}: no account is switched on")
    if not sources and not scope.article:  # none would stand for all of them
        raise click.UsageError(f"{', '.join(scope.sites)}: no source; give an article with --article")
    return replace(scope, sites=(), sources=sources, accounts=tuple(accounts))


def begin(app: App, scope: Scope, *, verbose: bool = False) -> Run:
    """A pass over what was asked for; `verbose` says each fact as it happens."""
    from syndicate.app.engines.run_once import Run

    known("source", app.config.sources, scope.sources)
    active(app.config, scope.accounts)
    run = Run(app, sources=scope.sources, accounts=scope.accounts, stop=threading.Event())
    if verbose:
        from syndicate.app.monitoring.events import event

        run.state.progress = lambda delivery: click.echo(event(delivery), err=True)
    return run


def gather(run: Run, app: App, scope: Scope, *, verbose: bool = False) -> None:
    """Poll the sources. An error with one is kept for the report and does not stop the others."""
    run.poll(list(scope.sources) or list(app.config.sources), lambda name: _depth(app, name, scope.backfill))
    if scope.backfill is None:
        run.outcome.looks.update(key for polled in run.outcome.polled if polled.baseline for key in polled.keys)
    if verbose:
        for polled in run.outcome.polled:
            for each in polled.left_out:
                click.echo(f"{polled.source}: left out: {each.place}: {each.why}", err=True)
    if app.kind.takes_up_waiting:
        run.take_up_waiting()


def send(run: Run, app: App, wait: timedelta = timedelta(0), *, verbose: bool = False) -> None:
    """Deliver what is due."""
    from syndicate.cli.progress import shown

    with shown(run, verbose=verbose):
        run.deliver(wait)
    if app.kind.takes_up_waiting:
        run.show_waiting()


def _again(posts: Sequence[Delivery]) -> bool:
    """Ask whether deleted posts are sent again; no where nobody can be asked."""
    if not is_terminal(sys.stdin, sys.stderr):
        return False
    where = ", ".join(post.account for post in posts)
    return click.confirm(f"its post on {where} was deleted; send it there again?", err=True)


def _depth(app: App, name: str, backfill: int | None) -> int:
    """How many of a source's articles to plan whatever their age: --backfill, else those of a first run."""
    if backfill is not None:
        return backfill
    begun = app.ledger.sources.ensure(name, app.config.sources[name].url).baseline_at is not None
    return 0 if begun or app.ledger.articles.arrivals(name, 1) else app.kind.backfill_of_first_run


@contextlib.contextmanager
def stopping(stop: threading.Event) -> Iterator[list[int]]:
    """Meanwhile, Ctrl-C, SIGTERM and a closed terminal set `stop`; the list has the signal that came.

    Where SIGHUP is ignored, as by nohup, it stays so. SIGUSR1 does nothing.
    """
    received: list[int] = []

    def handle(number: int, _frame: object) -> None:
        received.append(number)
        stop.set()

    ending = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        ending.append(signal.SIGHUP)
    before = {number: signal.signal(number, handle) for number in ending}
    before[signal.SIGUSR1] = signal.signal(signal.SIGUSR1, lambda *_: None)
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def report(outcome: RunResult, app: App, accounts: tuple[str, ...], shared: Shared, *, listed: bool = True) -> None:
    """Print deliveries on standard output; notes, errors and what needs a person on standard error. Sends alerts."""
    from syndicate.app import advice

    for polled in outcome.polled:
        for note in advice.notes(polled):
            click.echo(f"{polled.source}: {note}", err=True)
        if polled.baseline:
            click.echo(app.kind.note_of_baseline(polled.source, polled.seen), err=True)
    for fault in outcome.faults:
        complain(fault)
    _tell_dropped(outcome, verbose=shared.verbose)
    for note in dict.fromkeys([*app.notes, *outcome.notes]):
        click.echo(f"note: {note}", err=True)
    waiting = queues(outcome, _ended(outcome, app, accounts), app, accounts)
    if listed:
        _list(outcome, app, accounts, waiting, as_json=shared.json)
    for delivery in _ended(outcome, app, accounts):
        if not stands_for(waiting, delivery, outcome):
            _explain(delivery)
    _remind(app, outcome, accounts)
    _tell_of_nothing(outcome, as_json=shared.json)
    if app.kind.sends_alerts:
        _alert(app, outcome)


def _tell_of_nothing(outcome: RunResult, *, as_json: bool) -> None:
    """On a terminal, say that there was nothing to do: cron writes a mail for each line."""
    quiet = not (outcome.began or outcome.faults or outcome.notes or outcome.stopped)
    begun = all(polled.baseline is False for polled in outcome.polled)
    if outcome.polled and quiet and begun and not as_json and is_terminal(sys.stderr):
        number = len(outcome.polled)
        read = "your source has" if number == 1 else f"your {number} sources have"
        click.echo(f"nothing to post: {read} nothing new", err=True)


def _list(
    outcome: RunResult, app: App, accounts: tuple[str, ...], waiting: Mapping[str, Queue], *, as_json: bool
) -> None:
    """Print the deliveries of the run; of an account that has to wait, one line for people where there are many."""
    zone, width = app.config.site.timezone, max(map(len, app.config.accounts)) if waiting else None
    alone = [each for each in _ended(outcome, app, accounts) if as_json or not stands_for(waiting, each, outcome)]
    print_deliveries(_records(alone, outcome, app), as_json=as_json, zone=zone, width=width)
    for account, queue in waiting.items():
        if queue.whole and (as_json or queue.listed):
            found = map(delivery_record, others(outcome, app, account))
            print_deliveries(found, as_json=as_json, zone=zone, width=width)
        elif not as_json and not queue.listed:
            click.echo(queue.line(width or 0, zone))


def _alert(app: App, outcome: RunResult) -> None:
    """Send the alerts of this run and its heartbeat, and print what begins to be in danger."""
    from syndicate.app.monitoring.alerts import observe, send_alerts
    from syndicate.app.monitoring.heartbeat import PATIENCE, Beat, run_is_healthy
    from syndicate.app.monitoring.ways import Ways

    url = app.config.heartbeat
    healthy = run_is_healthy(outcome.polled, outcome.faults) and not outcome.stopped
    beat = Beat(url, app.doors.network(timeout=PATIENCE)) if url is not None and healthy else None
    for told in observe(app.ledger, app.accounts, app.config.sources):
        click.echo(f"note: {told}", err=True)
    ways = Ways(app.config.alert_command, app.config.alert_urls)
    if ways:
        from syndicate.app.approval_addresses import approval_addresses

        for complaint in send_alerts(app.ledger, ways, decide=approval_addresses(app)):
            click.echo(complaint, err=True)
    if beat is not None and (fault := beat.fault()):
        click.echo(f"alerts.heartbeat: {fault}", err=True)


def records(outcome: RunResult, app: App, accounts: tuple[str, ...]) -> list[dict[str, Any]]:
    """The record of each delivery of the run, as this kind of run prints it."""
    return _records(_ended(outcome, app, accounts), outcome, app)


def _records(deliveries: Iterable[Delivery], outcome: RunResult, app: App) -> list[dict[str, Any]]:
    """With the further posts that a thread which waits would have, where they were rendered."""
    several, listed = [*deliveries], list[dict[str, Any]]()
    planned = {delivery.key for delivery in several}
    for delivery in several:
        first_look = delivery.key in outcome.looks
        listed.append(app.kind.record(delivery, outcome.claimed.get(delivery.key), first_look=first_look))
        recording = app.kind.recordings.get(delivery.key)
        if recording is not None and recording.rendered is not None and recording.rendered.rest:
            from syndicate.app.dry_run import unplanned

            listed += [each for each in unplanned(listed[-1], delivery, recording) if each["key"] not in planned]
    return listed


def exit_code(outcome: RunResult, app: App, accounts: tuple[str, ...]) -> int:
    """1 if a person should look at something, else 0. A pause that a person chose is no such thing."""
    paused, waiting = app.lanes.paused(), queues(outcome, _ended(outcome, app, accounts), app, accounts)
    unsent = {account for account, queue in waiting.items() if not queue.expected}
    for delivery in _ended(outcome, app, accounts):
        late = delivery.state in ("failed", "due") and delivery.reason not in LATER
        if late and not stands_for(waiting, delivery, outcome):
            unsent.add(delivery.account)
    left = any(paused.get(account) in (None, *REFUSED) for account in unsent)
    refused = not set(REFUSED).isdisjoint(paused.values())
    unclear = app.ledger.deliveries.has_unanswered()
    if outcome.unheard:
        from syndicate.delivery.write_back import needs_person

        refused = refused or any(map(needs_person, outcome.unheard))
    return int(bool(outcome.faults or app.config.broken or left or refused or unclear or outcome.dropped))


def _ended(outcome: RunResult, app: App, accounts: tuple[str, ...]) -> list[Delivery]:
    if outcome.ended is None:
        rest = app.ledger.deliveries.several([key for key in outcome.began if key not in outcome.posted])
        found = outcome.posted | {delivery.key: delivery for delivery in rest}
        outcome.ended = [found[key] for key in outcome.began if key in found]
    return [delivery for delivery in outcome.ended if not accounts or delivery.account in accounts]


def _explain(delivery: Delivery) -> None:
    """Print what went wrong with one delivery, in the network's words."""
    if delivery.state == "sending":
        click.echo(f"{delivery.account}: another run is sending it just now ({delivery.article})", err=True)
    if delivery.reason in LATER:
        return
    if delivery.reason == "preflight" and delivery.error:
        click.echo(f"{delivery.account}: {delivery.state}: {delivery.error} ({delivery.article})", err=True)
    if delivery.state in ("failed", "due") and (delivery.error or delivery.reason):
        reason = delivery.error or (REASONS[delivery.reason] if delivery.reason else "")
        click.echo(f"{delivery.account}: {delivery.state}: {reason} ({delivery.article})", err=True)


def _tell_dropped(outcome: RunResult, *, verbose: bool) -> None:
    """Print what was dropped while it waited: one line for each account and cause; if `verbose`, each as an event."""
    if not outcome.dropped:
        return
    from syndicate.app import advice
    from syndicate.app.monitoring.drops import grouped
    from syndicate.app.monitoring.events import drop_fact, line

    for drop in outcome.dropped if verbose else ():
        click.echo(line(*drop_fact(drop)), err=True)

    for group in grouped(outcome.dropped):
        click.echo(group.line, err=True)
    click.echo(f"hint: {advice.SEND_ANYWAY}", err=True)


def _remind(app: App, outcome: RunResult, accounts: tuple[str, ...]) -> None:
    """Print which accounts are paused, and which deliveries wait for a person or a look-up."""
    for what, there in (("source", app.config.sources), ("account", app.accounts)):
        if not there and not outcome.began:
            click.echo(f"nothing is posted: {app.config.path} has no {what}", err=True)
    for name, why_paused in app.lanes.paused().items():
        if accounts and name not in accounts and why_paused not in REFUSED:
            continue
        from syndicate.app import advice
        from syndicate.delivery.explain import RESUMES
        from syndicate.ledger.accounts import PAUSED

        click.echo(f"{name}: {PAUSED[why_paused]}", err=True)
        click.echo(f"hint: run {advice.command(RESUMES[why_paused], account=name)}", err=True)
    for fault in outcome.unheard:
        complain(reworded(fault, f"after: {fault}; it is told later"))
    _remind_of_waiting(app, outcome)
    others = [found for found in _ended(outcome, app, ()) if accounts and found.account not in accounts]
    left = sorted({found.account for found in others if found.state == "due" and found.reason not in LATER})
    if left and app.kind.reminds:
        click.echo(f"also planned for {', '.join(left)}: the next run without --account sends it", err=True)
    for delivery in app.ledger.deliveries.search(states=("unknown", "held")):
        where = f"{delivery.account}: {delivery.state}: {delivery.error or 'no answer'} ({delivery.article})"
        click.echo(where, err=True)
        if delivery.state == "held":
            key = delivery.key[:8]
            click.echo(
                f"hint: look at the network, then run syndicate deliveries resolve {key} --sent URL or --not-sent",
                err=True,
            )
        elif delivery.key in outcome.tried:
            click.echo("hint: the next run checks whether it arrived; --wait 3m waits for that", err=True)


def _remind_of_waiting(app: App, outcome: RunResult) -> None:
    """Print which networks asked for a long wait, and how many articles of earlier runs wait for an approval: without
    one they expire.
    """
    for name, trouble in app.lanes.troubled().items():
        click.echo(f"{name}: waits: {trouble}", err=True)
    waiting = app.ledger.deliveries.search(states=("planned",))
    articles = {row.anchor for row in waiting if row.reason in APPROVABLE and row.key not in outcome.began}
    if articles and app.kind.reminds:
        click.echo(f"articles that wait for your approval: {len(articles)}", err=True)
        click.echo("hint: look at them with syndicate preview, then run syndicate deliveries approve or skip", err=True)
