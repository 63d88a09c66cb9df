"""The docs say what the program does: each command, setting, error and example is held against the code."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import sys
from dataclasses import fields
from pathlib import Path
from typing import get_args

import click
import pytest

from syndicate import errors, ports
from syndicate.cli import cli
from syndicate.config.reader import load
from syndicate.config.schema import NOT_BUILT, AlertSettings, Config, Listen, NetworkConfig, SourceConfig
from syndicate.model import (
    REASONS,
    Account,
    AgainRule,
    Article,
    BreakingRules,
    Budget,
    Delivery,
    Filter,
    Image,
    Limits,
    Schedule,
    Site,
    State,
)
from syndicate.platforms import GONE, find, names
from syndicate.rendering.jinja import NAMES
from syndicate.rendering.view import ArticleView
from syndicate.sandbox.faults import FAULTS, STEPS, FaultPlan, read_plan
from syndicate.sandbox.networks import stand_ins
from syndicate.serialization import article_record, delivery_record
from tests import processes
from tests.worlds.pages import DOCS, ROOT, generator, read

PAGES = sorted(
    [*(ROOT / f"{name}.md" for name in ("README", "CHANGELOG", "CONTRIBUTING", "SECURITY")), *DOCS.rglob("*.md")]
)
FENCE = re.compile(r"^```(?P<language>[^\n`]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def where(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def written(*, generated: bool = True) -> str:
    """All pages as one text; without `generated`, only those that a person wrote."""
    made = set() if generated else {DOCS / "reference" / "commands.md"}
    return "\n".join(page.read_text(encoding="utf-8") for page in PAGES if page not in made)


def blocks(language: str) -> list[tuple[str, str]]:
    """Every block of one language: the page and line where it begins, and its text."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for match in FENCE.finditer(text):
            if match["language"] == language:
                line = text.count("\n", 0, match.start()) + 1
                found.append((f"{where(page)}:{line}", match["text"]))
    return found


def prose(page: Path) -> str:
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def named(name: str, text: str) -> bool:
    """Whether a word stands in `text` as code."""
    return re.search(rf"`[^`\n]*(?<![\w-]){re.escape(name)}(?![\w-])[^`\n]*`", text) is not None


# Generated pages


def test_generated_pages_are_what_the_code_says_now() -> None:
    for path, text in generator().pages().items():
        assert path.read_text(encoding="utf-8") == text, f"{where(path)} is stale: run python docs/generate.py"


def test_every_command_and_option_has_its_place_in_the_reference() -> None:
    page = read("reference/commands.md")
    for name, command in generator().commands():
        assert f"## `{name}`\n" in page, name
        section = page.partition(f"## `{name}`\n")[2].partition("\n## ")[0]
        for parameter in command.params:
            for option in parameter.opts if isinstance(parameter, click.Option) else ():
                assert option in section, f"{name} {option}"


def test_every_command_is_shown_at_work_and_not_only_listed() -> None:
    text = written(generated=False)
    for name, command in generator().commands():
        if not isinstance(command, click.Group):
            assert name in text, f"{name} stands in no page that a person wrote"


# Settings


@pytest.mark.parametrize(
    "kind",
    [
        Config,
        Site,
        SourceConfig,
        NetworkConfig,
        AlertSettings,
        Listen,
        Account,
        Filter,
        Schedule,
        Budget,
        AgainRule,
        BreakingRules,
    ],
)
def test_every_setting_is_documented(kind: type) -> None:
    ours = (
        {"path", "site", "sources", "accounts", "network", "alert_command", "alert_urls"}
        | {"secrets", "filled", "notes", "broken", "files"}
        if kind is Config
        else {"name"}
    )
    page = read("reference/config.md")
    for entry in fields(kind):
        if entry.name not in ours or kind is Site:
            assert named(entry.name, page), f"{kind.__name__}.{entry.name}"


def test_no_setting_is_without_words() -> None:
    wordless = re.findall(r"^\| `(\w+)` \| [^|]* \|\s*\|$", read("reference/config.md"), re.MULTILINE)
    assert wordless == []


def test_every_setting_that_is_not_built_stands_commented_out_in_the_example() -> None:
    example = (ROOT / "config.example.yaml").read_text(encoding="utf-8")
    later = [line for line in example.splitlines() if line.lstrip().startswith("#")]
    for name in {name for settings in NOT_BUILT.values() for name in settings}:
        assert any(f"{name}:" in line for line in later), name


@pytest.mark.parametrize("name", names())
def test_every_platform_has_a_page_with_its_options_its_certainty_and_its_limit(name: str) -> None:
    page, adapter = read(f"platforms/{name}.md"), find(name)
    assert f"Certainty: `{adapter.certainty}`." in page
    assert f"{adapter.limits.text:,}" in page
    for entry in fields(adapter.options_type):
        if entry.name != "api_url":
            assert f"{entry.name}:" in page, entry.name
    for heading in ("## What is certain", "## Limits", "## Sources"):
        assert heading in page


@pytest.mark.parametrize("name", GONE)
def test_a_platform_that_is_gone_has_a_page_with_the_reason(name: str) -> None:
    assert GONE[name][0] in read(f"platforms/{name}.md")


# Words of the program


def leaves(kind: type[Exception]) -> set[str]:
    below = kind.__subclasses__()
    found = {leaf for child in below for leaf in leaves(child)}
    return found | ({kind.__name__} if kind.__module__ == errors.__name__ else set())


def test_every_error_is_explained() -> None:
    page = read("reference/errors.md")
    for name in leaves(errors.SyndicateError):
        assert f"`{name}`" in page, name


def test_every_state_and_every_reason_is_explained() -> None:
    page = read("concepts/delivery.md")
    for state in get_args(State):
        assert f"| `{state}` |" in page, state
    for reason in REASONS:
        assert f"| `{reason}` |" in page, reason


def test_every_field_of_the_json_is_explained() -> None:
    page = read("reference/json.md")
    article = article_record(Article("news", "https://gazette.example/1", "Title"))
    row = dict.fromkeys(entry.name for entry in fields(Delivery))
    delivery = delivery_record(Delivery(**row))  # type: ignore[arg-type]
    for name in [*article, *delivery]:
        assert f"`{name}`" in page, name


def test_every_template_variable_and_filter_is_explained() -> None:
    page = read("guides/templates.md")
    for name in NAMES:
        assert named(name, page), name
    for owner, kind in {"article": ArticleView, "site": Site}.items():
        for entry in fields(kind):
            assert named(f"{owner}.{entry.name}", page), f"{owner}.{entry.name}"
    for kind in (Account, Limits, Image):
        for entry in fields(kind):
            assert named(entry.name, page), f"{kind.__name__}.{entry.name}"
    for name in ("fit", "mention", "hashtag", "drop", "priority", "part()"):
        assert named(name, page), name


def test_every_ability_of_an_adapter_is_explained() -> None:
    page = read("guides/own-network.md")
    abilities = {name for name, kind in vars(ports).items() if getattr(kind, "_is_runtime_protocol", False)}
    assert {"Priced", "Redirectable"} <= abilities
    for name in abilities - {"Guarded", "Paged", "WritesBack"}:  # which are a client's and a source's
        assert f"| `{name}` |" in page, name


def test_every_word_of_a_fault_plan_is_explained() -> None:
    page = read("sandbox.md")
    keys = ("platform", "step", "fault", "after", "count", "retry_after", "seconds", "probability", "seed")
    for word in (*FAULTS, *STEPS, *keys):
        assert named(word, page), word


# Examples


@pytest.mark.parametrize(
    ("place", "text"), [block for block in blocks("yaml") if re.search("^site:", block[1], re.MULTILINE)]
)
def test_a_config_that_is_shown_loads(place: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    config = load(path, {}, fill=True)
    assert config.accounts or config.sources, place


SITES = [block for block in blocks("yaml") if re.search("^sites:", block[1], re.MULTILINE)]
PARTS = [block for block in blocks("yaml") if not re.search("^sites?:", block[1], re.MULTILINE)]
THEMES = [block for block in PARTS if block[0].startswith("docs/guides/cards.md")]


@pytest.mark.parametrize(("place", "text"), SITES)
def test_a_config_of_many_sites_that_is_shown_loads(place: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    one = next(block for where, block in blocks("yaml") if "many-sites" in where and block.startswith("site:"))
    (tmp_path / "sites" / "gazette.yaml").write_text(one, encoding="utf-8")
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
    config = load(tmp_path / "config.yaml", {}, fill=True)
    assert not config.broken, place
    assert "gazette/masto" in config.accounts
    told = {str(fault) for fault in load(tmp_path / "config.yaml", {"GAZETTE_MASTODON_TOKEN": "t"}).broken.values()}
    assert all("BOTE_MASTODON_TOKEN (it is not set)" in each for each in told)


@pytest.mark.parametrize(("place", "text"), THEMES)
def test_a_part_of_a_theme_that_is_shown_loads(place: str, text: str, tmp_path: Path) -> None:
    from syndicate.rendering.cards import theme
    from syndicate.rendering.environment import builtin_templates

    (tmp_path / "cards" / "mine").mkdir(parents=True)
    (tmp_path / "cards" / "mine" / "theme.yaml").write_text(text, encoding="utf-8")
    assert theme.load("mine", [tmp_path, builtin_templates()]), place


def test_every_setting_of_a_theme_and_every_word_of_a_card_is_explained() -> None:
    from syndicate.rendering.cards.theme import _CHECKS

    page = read("guides/cards.md")
    for name in _CHECKS:
        assert f"`{name}`" in page, name
    used = {
        name
        for path in (ROOT / "templates/cards").glob("*/*.j2")
        for name in re.findall(r"card\.\w+", path.read_text())
    }
    assert len(used) > 15
    for name in used:
        assert name in page, name


@pytest.mark.parametrize(("place", "text"), [block for block in PARTS if block not in THEMES])
def test_a_part_of_a_config_that_is_shown_loads_with_a_site(place: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(f'site: {{name: Gazette, url: "https://gazette.example/"}}\n{text}', encoding="utf-8")
    assert load(path, {}, fill=True), place


@pytest.mark.parametrize(("place", "text"), blocks("json"))
def test_json_that_is_shown_is_json(place: str, text: str) -> None:
    assert json.loads(text), place


def test_the_fault_plan_that_is_shown_is_one() -> None:
    plans = [text for place, text in blocks("json") if place.startswith("docs/sandbox.md")]
    assert plans
    for text in plans:
        FaultPlan(stand_ins(), read_plan(text.encode()))


def calls() -> list[tuple[str, list[str]]]:
    """Every call of syndicate in a console block: where it stands, and its words."""
    found = []
    for place, text in blocks("console"):
        for line in text.splitlines():
            if line.startswith("$ "):
                steps = [step.strip() for step in line.removeprefix("$ ").split(" | ")]
                found += [
                    (f"{place}: {line}", shlex.split(step)[1:]) for step in steps if step.startswith("syndicate ")
                ]
    return found


@pytest.mark.parametrize(("place", "words"), calls())
def test_a_command_that_is_shown_can_be_typed(place: str, words: list[str]) -> None:
    command: click.Command = cli
    context = None
    rest = words
    while True:
        context = command.make_context("syndicate", list(rest), parent=context)
        if not isinstance(command, click.Group):
            return
        rest = [*context._protected_args, *context.args]
        assert rest, place
        _, following, rest = command.resolve_command(context, rest)
        assert following, place
        command = following


@pytest.mark.parametrize(("place", "text"), blocks("ini"), ids=[place for place, _ in blocks("ini")])
def test_a_systemd_unit_that_is_shown_is_one(place: str, text: str, tmp_path: Path) -> None:
    """systemd says nothing about it, and it keeps the daemon's hands off the rest of the machine."""
    for line in ("UMask=0077", "ProtectSystem=strict", "PrivateTmp=yes", "NoNewPrivileges=yes", "OOMPolicy=continue"):
        assert line in text.splitlines(), place
    judge = shutil.which("systemd-analyze")
    if judge is None:
        pytest.skip("no systemd here")
    unit = tmp_path / "gazette.service"
    here = re.sub(r"ExecStart=\S+", f"ExecStart={sys.executable}", text.replace("User=gazette\n", ""))
    unit.write_text(here.replace("WorkingDirectory=/srv/gazette", f"WorkingDirectory={tmp_path}"), encoding="utf-8")
    told = processes.run([judge, "verify", "--man=no", str(unit)], check=False)
    assert (told.returncode, told.stdout + told.stderr) == (0, ""), place


def test_there_are_examples_to_check() -> None:
    shown = {place.partition(":")[0] for place, _ in calls()}
    assert {"README.md", "docs/tutorial.md", "docs/guides/when-something-is-held.md"} <= shown
    assert len(blocks("yaml")) > 5
    assert len(blocks("json")) > 2


def test_a_console_block_has_a_prompt() -> None:
    assert [place for place, text in blocks("console") if not text.startswith("$ ")] == []


def test_every_block_names_its_language() -> None:
    assert [place for place, _ in blocks("")] == []


def test_the_example_of_the_guide_on_templates_is_what_comes_out(tmp_path: Path, monkeypatch, capsys) -> None:
    """Its config, its template and its page, run through its command; boxes and line breaks are the terminal's."""
    from syndicate.cli import main

    page = DOCS / "guides" / "templates.md"
    text = page.read_text(encoding="utf-8")
    config, template, shown = (
        FENCE.search(text, text.index(f"```{kind}"))["text"] for kind in ("yaml", "jinja", "console")
    )
    (tmp_path / "config.yaml").write_text(config, encoding="utf-8")
    (tmp_path / "templates" / "x").mkdir(parents=True)
    (tmp_path / "templates" / "x" / "post.txt.j2").write_text(template, encoding="utf-8")
    (tmp_path / "night-train.html").write_bytes((Path(__file__).parent / "night-train.html").read_bytes())
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main([*shlex.split(shown.splitlines()[0])[2:], "--json"])
    record = json.loads(capsys.readouterr().out)
    assert ended.value.code == 0
    printed = " ".join(re.sub("[│╭╮╰╯─]", " ", shown).split())
    assert " ".join(record["text"].split()) in printed
    assert f"{record['length']} of {record['limit']}" in printed


# Form


@pytest.mark.parametrize("page", PAGES, ids=where)
def test_a_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(prose(page)):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"{where(page)}: {target}"
        if anchor:
            assert anchor in anchors(there), f"{where(page)}: {target}"


def test_every_page_is_reached_from_the_first() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        targets = [target.partition("#")[0] for target in LINK.findall(prose(page)) if "://" not in target]
        waiting += [(page.parent / target).resolve() for target in targets if target]
    assert sorted(map(where, set(PAGES) - reached)) == []


@pytest.mark.parametrize("page", PAGES, ids=where)
def test_no_page_says_simply_or_just(page: Path) -> None:
    assert re.findall(r"\b(?:simply|just)\b", prose(page), re.IGNORECASE) == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "commands.md"], ids=where)
def test_a_line_holds_one_sentence(page: Path) -> None:
    """Lists, tables and headings aside; a promise in bold may lead its sentence."""
    lines = [line for line in prose(page).splitlines() if not re.match(r"\s*(?:[-#|<]|\d+\.)", line)]
    assert [line for line in lines if re.search(r"[a-z`)*][.!?] [A-Z`*]", line)] == []


def test_the_readme_stays_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < 120
