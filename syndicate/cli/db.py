"""`syndicate db`: backs the ledger up, checks it, puts a backup back, and makes it smaller."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from syndicate.cli.options import DURATION, Shared, loaded, shared_options
from syndicate.cli.output import print_json
from syndicate.serialization import instant

if TYPE_CHECKING:
    from syndicate.app.backups import Backup
    from syndicate.app.checking import LedgerFinding
    from syndicate.app.restoring import Restored
    from syndicate.config.schema import Config
    from syndicate.delivery.look_first import Looked
    from syndicate.ledger import Ledger

FILE = click.Path(dir_okay=True, path_type=Path)
KEPT = {
    "beside": "the key that opens its sessions is in {}: keep both together, and secret",
    "environment": "its sessions are opened by $SYNDICATE_KEY, which is not in the backup: keep that apart",
    "key_file": "its sessions are opened by the key_file of the config, which is not in the backup: keep that apart",
}

MOVED = ("article", "delivery", "account", "source")


@click.group()
@shared_options
def command() -> None:
    """Back up, check, restore and prune the ledger."""


@command.command()
@click.argument("file", type=FILE)
@click.option("--keep", type=click.IntRange(min=1), metavar="N", help="Keep the newest N; older ones get their time.")
@shared_options
@click.pass_obj
def backup(shared: Shared, *, file: Path, keep: int | None) -> None:
    """Write a backup of the ledger to FILE, with its key beside it; everything may go on running meanwhile.

    A FILE that is there is never overwritten: with --keep, it gets the time at which it was made into its name.
    """
    from syndicate.app import clock
    from syndicate.app.backups import back_up
    from syndicate.app.ledger_server import require_file

    config = loaded(shared, fill=True)
    require_file(config)
    made = back_up(config, os.environ.get("SYNDICATE_KEY"), file, keep, clock.now())
    if shared.json:
        print_json(_backup_record(made))
        return
    _note(made.note)
    click.echo(f"{made.file}: {_megabytes(made.size)}")
    if made.earlier and made.earlier not in made.removed:
        click.echo(f"the one before is {made.earlier.name} now")
    for old in made.removed:
        click.echo(f"removed {old.name}")
    if made.place in KEPT:
        click.echo(KEPT[made.place].format(made.key), err=True)


@command.command()
@click.argument("file", type=FILE, required=False)
@shared_options
@click.pass_obj
def check(shared: Shared, *, file: Path | None) -> int:
    """Check the ledger, or a backup FILE: integrity, schema, log and key. Writes nothing; 1 if anything is wrong."""
    from syndicate.app.checking import checked, checked_on_server

    config = loaded(shared, fill=True)
    if config.server and file is None:
        findings = checked_on_server(config, os.environ, config.server)
    else:
        findings = checked(config, os.environ, file or config.ledger)
    for found in findings:
        if shared.json:
            print_json(_finding_record(found))
        else:
            click.echo(f"{found.check:<10} {'ok' if found.ok else 'BAD'}  {found.said}".rstrip())
    for cure in dict.fromkeys(found.cure for found in findings if found.cure):
        click.echo(f"hint: {cure}", err=True)
    return int(not all(found.ok for found in findings))


@command.command()
@click.argument("file", type=FILE)
@shared_options
@click.pass_obj
def restore(shared: Shared, *, file: Path) -> None:
    """Put the backup FILE in the ledger's place; what was there gets the time into its name, and nothing is deleted.

    Refused while a daemon or a run uses the ledger. Before anything is posted, the networks are asked what they have.
    """
    from syndicate.app import clock
    from syndicate.app.ledger_server import require_file
    from syndicate.app.restoring import restore as put_back
    from syndicate.cli import recover

    config = loaded(shared, fill=True)
    require_file(config)
    done = put_back(config, os.environ.get("SYNDICATE_KEY"), file, clock.now)
    if shared.json:
        found = _ask_networks(shared, config)
        print_json(_restored_record(done, config.ledger) | {"asked": [recover.record(each) for each in found]})
        return
    held = done.contents
    last = f"; its last run was at {instant(held.clock.replace(microsecond=0))}" if held.clock else ""
    click.echo(f"{config.ledger}: restored, {held.articles} articles, {held.posted} posts{last}")
    for old in done.away:
        click.echo(f"put away: {old.name}")
    if done.key:
        click.echo(f"the key of the backup is {done.key.name} now")
    recover.tell(_ask_networks(shared, config))


def _ask_networks(shared: Shared, config: Config) -> list[Looked]:
    """What the networks have of what the restored ledger does not know; none where they cannot be asked now."""
    from syndicate.cli import recover
    from syndicate.cli.options import opened

    if config.recover == "off" or config.filled:
        why = "the config says recover: off" if config.recover == "off" else "secrets of the config are not set"
        click.echo(f"note: the networks were not asked what they have: {why}", err=True)
        return []
    with opened(shared) as app:
        recover.notice(app)
        return recover.asked(app, [account.name for account in app.accounts])


@command.command()
@shared_options
@click.pass_obj
def state(shared: Shared) -> None:
    """Make the ledger from the state file, and note in that file that a run begins; commit it before you post.

    If that run never ends, the next one is in doubt of what it sent where a network cannot say what it has.
    """
    from syndicate.app import clock
    from syndicate.app.ledger import open_real
    from syndicate.app.state_file import StateFile
    from syndicate.errors import ConfigError

    config = loaded(shared)
    if config.state is None:
        raise ConfigError("the config has no `state`", hint="docs/guides/ci.md says what it is for")
    ledger = open_real(config, os.environ, clock.now, begins=True)
    try:
        if ledger.sources.any_read():
            StateFile(config, config.state).begin(ledger)
    finally:
        ledger.close()


@command.command()
@click.option("--older", type=DURATION, metavar="DURATION", default="90d", show_default=True, help="Finished so long.")
@click.option("--dry-run", is_flag=True, help="Only say how much would be forgotten.")
@click.option("--vacuum", is_flag=True, help="Write the whole file anew once; everything else waits meanwhile.")
@shared_options
@click.pass_obj
def prune(shared: Shared, *, older: timedelta, dry_run: bool, vacuum: bool) -> None:
    """Forget the posts and attempts of stories that were finished long ago; their names are kept for ever."""
    from syndicate.app.shrinking import prune as forget
    from syndicate.cli.progress import told

    with _opened(shared) as ledger, told() as tell:
        done = forget(ledger, older, pretend=dry_run, vacuum=vacuum, tell=tell)
        shorter = 0 if dry_run else _state_pruned(loaded(shared, fill=True), ledger, older)
    what = done.what
    if shared.json:
        print_json(
            {
                "deliveries": what.deliveries,
                "attempts": what.attempts,
                "characters": what.characters,
                "freed_bytes": done.freed,
                "free_bytes": done.free,
                "state_freed_bytes": shorter,
                "dry_run": dry_run,
            }
        )
        return
    verb = "would be forgotten" if dry_run else "forgotten"
    click.echo(f"{verb}: {what.deliveries} posts ({_megabytes(what.characters)}), {what.attempts} attempts")
    if not dry_run:
        click.echo(f"given back to the disk: {_megabytes(done.freed)}; free inside the file: {_megabytes(done.free)}")
        if shorter:
            click.echo(f"the state file is shorter by {_megabytes(shorter)}")
        if done.fixed:
            click.echo("hint: this file cannot give room back until syndicate db prune --vacuum was run once", err=True)


def _state_pruned(config: Config, ledger: Ledger, older: timedelta) -> int:
    """By how many bytes the state file is shorter, if there is one."""
    if config.state is None or config.server or not config.state.exists():
        return 0
    from syndicate.app.state_file import StateFile

    return StateFile(config, config.state).prune(ledger, older)


@command.command()
@shared_options
@click.pass_obj
def upgrade(shared: Shared) -> None:
    """Bring the ledger to this version's schema, as the first run would."""
    from syndicate.ledger.copies import contents
    from syndicate.ledger.database import VERSION

    config = loaded(shared, fill=True)
    if config.server:
        from syndicate.app.ledger_server import upgraded

        before = upgraded(config)
    else:
        before = contents(config.ledger).schema
        with _opened(shared):
            pass
    after = max(before, VERSION)  # a newer version may have been here
    if shared.json:
        print_json({"before": before, "schema": after})
    else:
        click.echo(f"schema {after}" if before == after else f"schema {before} → {after}")


@command.command()
@shared_options
@click.pass_obj
def new(shared: Shared) -> None:
    """Begin a new ledger where the old one is lost: the next run records what is listed, and posts nothing of it."""
    from syndicate.app import clock
    from syndicate.app.ledger_server import require_file
    from syndicate.app.restoring import begin

    config = loaded(shared, fill=True)
    require_file(config)
    away = begin(config, clock.now)
    if shared.json:
        print_json({"ledger": str(config.ledger), "put_away": [str(old) for old in away]})
        return
    click.echo(f"{config.ledger}: a new ledger; the next run takes what is listed as seen")
    for old in away:
        click.echo(f"put away: {old.name}")
    click.echo("hint: syndicate post --backfill K posts the newest K of each source all the same", err=True)


@command.command("import")
@click.argument("file", type=FILE)
@shared_options
@click.pass_obj
def import_(shared: Shared, *, file: Path) -> None:
    """Copy the ledger's FILE to the PostgreSQL server that the config names; nothing is posted again.

    Refused while a daemon or a run uses FILE, and where the server has a ledger already. FILE stays as it is.
    """
    from syndicate.app.ledger_moving import import_file

    config = loaded(shared, fill=True)
    _moved(shared, import_file(config, file), config.ledger_name)
    if not shared.json:
        click.echo(f"hint: move {file} away, so that nothing uses it any more; keep its key", err=True)


@command.command()
@click.argument("file", type=FILE)
@shared_options
@click.pass_obj
def export(shared: Shared, *, file: Path) -> None:
    """Write the ledger on the PostgreSQL server to a new FILE, which SQLite and syndicate can use."""
    from syndicate.app.ledger_moving import export_file

    _moved(shared, export_file(loaded(shared, fill=True), file), str(file))


def _moved(shared: Shared, rows: dict[str, int], place: str) -> None:
    if shared.json:
        print_json({"ledger": place, "rows": sum(rows.values()), **{name: rows[name] for name in MOVED}})
        return
    click.echo(f"{place}: {rows['article']} articles, {rows['delivery']} deliveries, {sum(rows.values())} rows in all")


def _opened(shared: Shared) -> Any:
    import contextlib

    from syndicate.app import clock
    from syndicate.app.ledger import open_real

    return contextlib.closing(open_real(loaded(shared, fill=True), os.environ, clock.now))


def _note(note: str | None) -> None:
    if note:
        click.echo(f"note: {note}", err=True)


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"


def _backup_record(made: Backup) -> dict[str, Any]:
    return {
        "file": str(made.file),
        "bytes": made.size,
        "key": str(made.key) if made.key else None,
        "key_kept": made.place,
        "earlier": str(made.earlier) if made.earlier else None,
        "removed": [str(old) for old in made.removed],
    }


def _finding_record(found: LedgerFinding) -> dict[str, Any]:
    return {"check": found.check, "ok": found.ok, "said": found.said, "cure": found.cure}


def _restored_record(done: Restored, ledger: Path) -> dict[str, Any]:
    return {
        "ledger": str(ledger),
        "articles": done.contents.articles,
        "posted": done.contents.posted,
        "clock": instant(done.contents.clock),
        "put_away": [str(old) for old in done.away],
        "key": str(done.key) if done.key else None,
    }
