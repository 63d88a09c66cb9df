"""Runs these tests only for `-m servers`, counts them by server, and writes docs/platforms/tested.md.

A module here tests one server: its fixture `server` installs and starts it, and is a `Running`.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from tests.servers.installing import ROOT, Missing

PAGE = ROOT / "docs" / "platforms" / "tested.md"
_ROW = re.compile(r"\| ([^|]+?) \| ([^|]+?) \| ([^|]+?) \| ([^|]+?) \|")


@dataclass
class Seen:
    """What became of one server's tests. `missing` says why it did not run."""

    name: str
    version: str = ""
    missing: str = ""
    outcomes: Counter = field(default_factory=Counter)

    @property
    def line(self) -> str:
        if self.missing:
            return f"{self.name}: not tested: {self.missing}"
        counted = ", ".join(f"{self.outcomes[what]} {what}" for what in ("passed", "failed", "skipped"))
        return f"{self.name} {self.version}: {counted}"


SEEN: dict[str, Seen] = {}
"""By the path of their module."""


def pytest_ignore_collect(collection_path, config):
    wanted = "servers" in (config.option.markexpr or "")
    return None if wanted or not collection_path.name.startswith("test_") else True


@pytest.fixture(scope="module")
def server(request):
    """The running server of the module, started by its `start`; the module is skipped where that cannot be."""
    module = request.module
    seen = SEEN.setdefault(module.__name__, Seen(module.NAME))
    try:
        running = module.start(request.getfixturevalue("tmp_path_factory").mktemp("server"))
    except Missing as fault:
        seen.missing = str(fault)
        pytest.skip(f"{module.NAME}: {fault}")
    seen.version = running.version
    yield running
    running.close()


def pytest_runtest_logreport(report):
    module = report.nodeid.partition("::")[0].removesuffix(".py").replace("/", ".")
    if module in SEEN and (report.when == "call" or report.outcome != "passed"):
        SEEN[module].outcomes[report.outcome] += 1


def pytest_terminal_summary(terminalreporter):
    if SEEN:
        terminalreporter.section("real servers")
        for seen in SEEN.values():
            terminalreporter.line(seen.line)


def pytest_sessionfinish(session):
    if SEEN and not session.config.option.collectonly:
        write([seen for seen in SEEN.values() if not seen.missing and not session.config.option.keyword])


def write(found: list[Seen]) -> None:
    """Put what was tested into the page; the rows of other servers stay."""
    before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    rows = {row[0]: row for row in _ROW.findall(before) if row[0] not in ("server", "---")}
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    for seen in found:
        failed = f", {seen.outcomes['failed']} failed" if seen.outcomes["failed"] else ""
        rows[seen.name] = (seen.name, seen.version, f"{seen.outcomes['passed']} passed{failed}", today)
    table = "\n".join(f"| {' | '.join(row)} |" for _, row in sorted(rows.items()))
    PAGE.write_text(_PAGE.format(table=table), encoding="utf-8")


_PAGE = """# Tested against real servers

`make test-servers` installs these servers, starts them on this machine and runs the tests against them.
It also writes this page.

| server | version | tests | date |
|---|---|---|---|
{table}

Every adapter is also tested against [the sandbox](../sandbox.md), whose stand-ins answer as the networks do.
The sandbox's Bluesky gives the same answers as the Bluesky PDS above to 720 questions, right and wrong ones.
"""
