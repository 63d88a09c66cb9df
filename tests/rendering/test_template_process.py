"""Whatever a template does, it ends: with one line that names it, and within a little memory and time."""

import os
import signal
from pathlib import Path

import pytest

from syndicate.errors import RenderError
from syndicate.rendering import template_process, template_worker
from syndicate.rendering.environment import Templates
from syndicate.rendering.template_process import TemplateProcess
from tests.worlds.template_bombs import LARGE, NAMES, REFUSED, SLOW, SPINNING, UNSTOPPABLE


@pytest.fixture
def render(tmp_path):
    """Renders a template by a process that ends a text after three tenths of a second."""
    process = TemplateProcess(seconds=0.3)

    def render(source, name="mastodon/post.txt.j2"):
        path = tmp_path / "templates" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
        return Templates([tmp_path / "templates"], process).render("mastodon", "post.txt.j2", NAMES)

    def again():
        try:
            return Templates([tmp_path / "templates"], process).render("mastodon", "post.txt.j2", NAMES)
        except RenderError as caught:
            return str(caught)

    render.process, render.again, render.folder = process, again, tmp_path / "templates"
    yield render
    process.close()


def fault(render, source, **names):
    with pytest.raises(RenderError) as caught:
        render(source, **names)
    return str(caught.value)


def test_what_has_no_end_ends_with_its_template_and_line(render, monkeypatch):
    monkeypatch.setattr(template_process, "STRIKES", 100)
    for kind, source in SLOW.items():
        said = fault(render, source)
        assert said == "templates/mastodon/post.txt.j2:2: takes longer than 0.3 s of processor time", kind
    assert render("{% macro m() %}still here{% endmacro %}{{ m() }}") == "still here"


def test_what_is_too_large_ends_with_its_template_and_line(render):
    for kind, source in LARGE.items():
        said = fault(render, source)
        assert said.startswith("templates/mastodon/post.txt.j2:2: "), (kind, said)
        assert "memory" in said or "takes longer" in said, (kind, said)
    for kind, source in REFUSED.items():
        said = fault(render, source)
        assert said.startswith("templates/mastodon/post.txt.j2:2: "), (kind, said)
        assert "memory" not in said, (kind, said)


def test_a_single_step_without_end_is_ended_with_its_process_and_names_its_line_too(render):
    said = fault(render, UNSTOPPABLE)
    assert said == "templates/mastodon/post.txt.j2:3: takes too long, and cannot be stopped in between"
    assert render.process._child.process is None or render.process._child.process.poll() is None
    assert render.again() == said, "it is not tried again at once"


def test_an_included_template_is_the_one_that_is_named(render):
    render(UNSTOPPABLE, name="parts/foot.j2")
    said = fault(render, "{% include 'parts/foot.j2' %}")
    assert said.startswith("templates/parts/foot.j2:3: ")


def test_a_template_that_takes_too_long_rests_until_it_is_mended(render):
    def spent():
        return Path(f"/proc/{render.process._child.process.pid}/stat").read_text().split()[13:15]

    fault(render, SPINNING)
    for _ in range(template_process.STRIKES - 1):
        assert "takes longer" in render.again()
    source = Path(render.folder / "mastodon/post.txt.j2")
    before, changed = spent(), source.stat().st_mtime_ns
    assert "takes longer" in render.again()
    assert spent() == before, "the process was not even asked"
    source.write_text("{{ 'x' | center(3) }}")
    os.utime(source, ns=(changed, changed + 10**9))
    assert render.again() == " x "


def test_a_process_that_somebody_kills_is_one_line_and_the_next_text_gets_another(render):
    assert render("{{ 'x' | center(3) }}") == " x "
    os.kill(render.process._child.process.pid, signal.SIGKILL)
    render.process._child.process.wait()
    assert render("{{ 'x' | center(5) }}") == "  x  "


def test_the_process_gets_no_secrets_and_little_memory(render, monkeypatch):
    monkeypatch.setenv("MASTODON_TOKEN", "secret")
    assert render("{{ 'x' | center(3) }}") == " x "
    place = Path(f"/proc/{render.process._child.process.pid}")
    assert b"MASTODON_TOKEN" not in (place / "environ").read_bytes()
    assert f"{template_worker.MEMORY}" in (place / "limits").read_text()


def test_marks_survive_the_way_there_and_back(render):
    source = "{% macro all() %}{{ link }} {{ article.hashtags }} {{ article.title | fit }}{% endmacro %}{{ all() }}"
    plain = source.replace("{% macro all() %}", "").replace("{% endmacro %}{{ all() }}", "")
    assert render(source) == render(plain)


def test_a_closed_process_renders_nothing(render):
    render.process.close()
    assert fault(render, "{{ 'x' | center(3) }}") == "the run is ending"
