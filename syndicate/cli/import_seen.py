"""`syndicate import-seen`: records what another tool has announced, so that it is not posted again."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from syndicate.aliases import site_host
from syndicate.cli.options import Shared, known, opened, shared_options
from syndicate.cli.output import print_json
from syndicate.errors import SyndicateError

if TYPE_CHECKING:
    from syndicate.ingestion.import_seen import Outcome
    from syndicate.ingestion.seen_file import Entry

NAMED = 5  # lines and hosts that a message names


class Tally:
    """Counts the outcomes of an import, and keeps examples of lines that were not understood."""

    def __init__(self) -> None:
        self.counts: Counter[Outcome] = Counter()
        self.lines: list[int] = []
        self.fault: str | None = None
        self.foreign = 0
        self.hosts: list[str] = []

    def add(self, entry: Entry, outcome: Outcome, ours: set[str | None]) -> None:
        """Count one line of the file; `ours` are the hosts of the site and its sources."""
        self.counts[outcome] += 1
        if outcome == "not_understood" and len(self.lines) < NAMED:
            self.lines.append(entry.line)
            self.fault = self.fault or entry.fault
        host = site_host(entry.text) if entry.text.startswith("http") else None
        if host and host not in ours:
            self.foreign += 1
            if host not in self.hosts and len(self.hosts) < NAMED:
                self.hosts.append(host)


@click.command()
@click.argument("file", metavar="FILE|-")
@click.option("--column", metavar="NAME|NUMBER", help="In a CSV: the column with the addresses.")
@click.option("--list", "listed", is_flag=True, help="Each line is one address, even with commas in it.")
@click.option(
    "--source", "sources", multiple=True, metavar="NAME", help="The source whose guids these are (repeatable)."
)
@click.option("--dry-run", "dry", is_flag=True, help="Show what would be imported; write nothing.")
@shared_options
@click.pass_obj
def command(shared: Shared, *, file: str, column: str | None, listed: bool, sources: tuple[str, ...], dry: bool) -> int:
    """Record what FILE lists as announced elsewhere, so that no poll posts it again.

    FILE has one address on each line (as feed2toot's cache does), or is a CSV with a column of addresses.
    """
    if column and listed:
        raise click.UsageError("use --column or --list, not both")
    from syndicate.app.doors import origins
    from syndicate.ingestion.import_seen import Whose, remember
    from syndicate.ingestion.seen_file import entries

    tally = Tally()
    stream, name = _stream(file)
    with stream, opened(shared, dry=dry, fill=True) as app:
        whose = Whose(known("source", app.config.sources, sources), [*app.config.sources])
        ours = {site_host(address) for address in origins(app.config)}
        for entry, outcome in remember(entries(stream, name, column=column, listed=listed), whose, app.ledger):
            tally.add(entry, outcome, ours)
            if dry:
                _show(entry, outcome, as_json=shared.json)
        return _sum_up(tally, name, [*app.config.sources], dry=dry, as_json=shared.json and not dry)


def _stream(file: str) -> tuple[BinaryIO, str]:
    if file == "-":
        return sys.stdin.buffer, "standard input"
    try:
        return Path(file).open("rb"), file
    except OSError as fault:
        raise SyndicateError(f"{file}: {(fault.strerror or str(fault)).lower()}") from fault


def _show(entry: Entry, outcome: Outcome, *, as_json: bool) -> None:
    if as_json:
        print_json({"line": entry.line, "entry": entry.text, "outcome": outcome})
    else:
        click.echo(f"{outcome.replace('_', ' '):<14}  {entry.text or entry.fault}")


def _sum_up(tally: Tally, name: str, sources: list[str], *, dry: bool, as_json: bool) -> int:
    """Print the counts, and problems on standard error. 1 if a line was not understood or there was none, else 0."""
    new, old, bad = (tally.counts[outcome] for outcome in ("new", "known", "not_understood"))
    if as_json:
        print_json({"new": new, "known": old, "not_understood": bad, "lines": tally.lines})
    else:
        would = "would be " if dry else ""
        click.echo(f"{name}: {new} {would}new, {old} known already, {bad} not understood", err=dry)
    if bad:
        more = ", …" if bad > len(tally.lines) else ""
        fault = f" ({tally.fault})" if tally.fault else ""
        click.echo(f"{name}: not understood: line {', '.join(map(str, tally.lines))}{more}{fault}", err=True)
        if not tally.fault:
            names = "|".join(sources) or "NAME"
            click.echo(
                f"hint: these are no addresses; if they are guids, name their source: --source {names}", err=True
            )
    if not new and not old and not bad:
        click.echo(f"{name}: is empty", err=True)
    if tally.foreign:
        more = ", …" if tally.foreign > len(tally.hosts) == NAMED else ""
        click.echo(
            f"{name}: {tally.foreign} addresses are on {', '.join(tally.hosts)}{more}, not on your site:"
            " a shortened link does not show which article it leads to",
            err=True,
        )
    return 1 if bad or not (new or old) else 0
