"""`make bench`: figures from real processes into one file, a page and a picture; what is missing is never invented."""

from __future__ import annotations

import json
import re
import sys
from xml.etree import ElementTree as ET

import pytest

from bench import benchmarks, figures, machine, plot
from bench.page import Figures, amount

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def docs(tmp_path):
    (tmp_path / "images").mkdir()
    return tmp_path


@pytest.fixture
def part(tmp_path, monkeypatch):
    """Makes a part of a script's text, in a folder of its own; gives `main` for all parts made so."""
    monkeypatch.setattr(benchmarks, "HERE", tmp_path)
    parts: dict[str, list[str]] = {}

    def make(name: str, text: str, *words: str) -> dict[str, list[str]]:
        (tmp_path / f"{name}.py").write_text(f"import sys\nsys.path[:0] = {sys.path!r}\n{text}", encoding="utf-8")
        parts[name] = [f"{name}.py", *words]
        return parts

    return make


def test_the_page_and_the_picture_are_made_of_the_figures():
    for path, text in benchmarks.pages(benchmarks.known()).items():
        assert path.read_text(encoding="utf-8") == text, "run python bench/benchmarks.py --page"


def test_a_part_is_run_and_its_figures_stand_with_when_and_how_busy_it_was(docs, part, capsys):
    parts = part("help", "from bench.figures import note\nnote('help', 's', [0.25, 0.1, 0.123456])\nprint('seen')\n")
    assert benchmarks.main([], docs, parts) == 0
    stored = json.loads((docs / "benchmarks.json").read_text(encoding="utf-8"))
    assert stored["parts"]["help"]["figures"] == {"help": {"unit": "s", "values": [0.25, 0.1, 0.1235]}}
    assert stored["parts"]["help"]["load"] >= 0
    assert stored["machine"] == machine.kind()
    page = (docs / "benchmarks.md").read_text(encoding="utf-8")
    assert "| `syndicate --help` | 100 ms | 124 ms | 3 |" in page
    assert "seen" in capsys.readouterr().out


def test_what_was_not_measured_says_so_and_why(docs, part):
    parts = part(
        "peers", "from bench.figures import note_missing\nnote_missing('peer one/barkr', 'it did not start')\n"
    )
    benchmarks.main([], docs, parts)
    page = (docs / "benchmarks.md").read_text(encoding="utf-8")
    assert "| barkr | it did not start |" in page
    assert "| crier | not measured |" in page
    assert "| 4 | not measured |  |" in page
    assert re.search(r"\d", page.partition("## Cards")[2].partition("1200")[0]) is None


def test_a_fleet_tells_its_figures_as_lines_of_json(docs, part):
    lines = [{"workers": 1, "per_second": 101.25}, {"workers": 2, "per_second": 160, "bottleneck": "the two cores"}]
    text = "import json\nprint('three words first')\n" + "".join(f"print(json.dumps({each!r}))\n" for each in lines)
    benchmarks.main([], docs, part("fleet", text))
    page = (docs / "benchmarks.md").read_text(encoding="utf-8")
    assert "| 1 | 101 1/s |  |\n| 2 | 160 1/s | the two cores |\n| 4 | not measured |  |" in page
    assert "2 workers" in (docs / "images" / "benchmarks.svg").read_text(encoding="utf-8")


def test_one_part_again_leaves_the_others_and_one_that_fails_is_told(docs, part, capsys):
    parts = part("good", "from bench.figures import note\nnote('help', 's', [0.1])\n")
    parts = part("bad", "from bench.figures import note\nnote('hook', 's', [2])\nsys.exit('no network')\n")
    assert benchmarks.main(["good"], docs, parts) == 0
    assert benchmarks.main(["bad"], docs, parts) == 1
    assert "failed, or over a bound: bad" in capsys.readouterr().out
    stored = benchmarks.known(docs)["parts"]
    assert [stored["good"]["exit"], stored["bad"]["exit"]] == [0, 1]
    assert "over a bound, or failed" in (docs / "benchmarks.md").read_text(encoding="utf-8")


def test_figures_of_another_machine_are_not_kept():
    old = {"machine": {"cores": 64}, "parts": {"run": {"figures": {}}}}
    assert benchmarks.merged(old, {"cores": 2}, {"peers": {}}) == {"machine": {"cores": 2}, "parts": {"peers": {}}}
    assert [*benchmarks.merged(old, {"cores": 64}, {"peers": {}})["parts"]] == ["run", "peers"]


def test_a_part_that_is_not_there_and_a_page_of_nothing_are_refused_in_one_line(docs, capsys):
    for words, said in ((["cadrs"], "no part is named cadrs"), (["--page"], "measure first, without --page")):
        with pytest.raises(SystemExit) as ended:
            benchmarks.main(words, docs)
        assert ended.value.code == 2
        assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [(0.0612, "s", "61.2 ms"), (1.234, "s", "1.23 s"), (0.00002, "s", "20 µs"), (1234.5, "1/s", "1,234 1/s")],
)
def test_a_value_is_shown_as_a_person_reads_it(value, unit, shown):
    assert amount(value, unit) == shown


def test_the_last_of_two_figures_with_one_name_counts(tmp_path, monkeypatch):
    monkeypatch.setenv(figures.VARIABLE, str(tmp_path / "figures"))
    figures.note("claim", "s", [1])
    figures.note_pairs("claim", [(1, 2), (3, 4)])
    found = figures.read(tmp_path / "figures")
    assert found["claim"]["values"] == [1, 3]
    assert found["claim/ratio"]["values"] == [0.5, 0.75]
    assert Figures({"parts": {"one": {"figures": found}}}).middle("claim/ratio") == "0.625 ×"


def test_the_picture_says_what_it_shows_in_both_schemes_and_keeps_within_its_edges():
    found = {
        "peer hundred/syndicate": {"unit": "s", "values": [0.7, 0.8, 0.9]},
        "peer hundred/slow": {"unit": "s", "values": [3, 4]},
        "claim": {"unit": "s", "values": [0.0004]},
        "new entry": {"unit": "ms", "values": [4]},
    }
    text = plot.drawn({"parts": {"all": {"figures": found}}})
    root = ET.fromstring(text)
    assert root.find(f"{SVG}title").text
    about = root.find(f"{SVG}desc").text
    assert "syndicate 800 ms, slow 3.5 s" in about
    assert "claim a delivery 0.4 ms, poll a feed with one new story 4 ms" in about
    assert "Deliveries a second, by workers: not measured" in about
    assert "prefers-color-scheme: dark" in root.find(f"{SVG}style").text
    for bar in root.iter(f"{SVG}rect"):
        assert float(bar.get("x")) >= 0
        assert float(bar.get("x")) + float(bar.get("width")) <= plot.WIDTH
    assert sum(float(bar.get("width")) == plot.INNER for bar in root.iter(f"{SVG}rect")) == 1
