"""Whenever a template's time is over, it is told in one line that names the template, and its line if there is one."""

import sys

import pytest

from syndicate.errors import RenderError
from syndicate.rendering import jinja, template_faults
from syndicate.rendering.harmless import TooSlow

NAME = "mastodon/post.txt.j2"
SHOWN = f"templates/{NAME}"


@pytest.fixture
def made(tmp_path):
    """An environment with a template of this source."""

    def make(source):
        path = tmp_path / "templates" / NAME
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
        return jinja.environment([tmp_path / "templates"])

    return make


def told(environment):
    try:
        return jinja.run(environment, NAME, {}, lambda name: f"templates/{name}" if name == NAME else SHOWN)
    except RenderError as fault:
        return str(fault)


def over(*_, **__):
    raise TooSlow("takes longer than a text may")


def test_its_time_is_over_while_another_fault_of_it_is_being_handled(made):
    environment = made("a\n{{ 1 // 0 }}")
    environment.handle_exception = over
    assert told(environment) == f"{SHOWN}:2: takes longer than a text may"


def test_its_time_is_over_while_another_fault_of_it_is_being_told(made, monkeypatch):
    environment, place = made("a\n{{ 1 // 0 }}"), template_faults._place

    def once(*arguments):
        monkeypatch.setattr(template_faults, "_place", place)
        over()

    monkeypatch.setattr(template_faults, "_place", once)
    assert told(environment).startswith(f"{SHOWN}:2: ZeroDivisionError")


@pytest.mark.parametrize("source", ["a\n{{ 1 // 0 }}", "a\n{% for a in range(3) %}{{ a }}{% endfor %}"])
def test_its_time_may_be_over_at_any_step(made, source):
    """At every 29th line of Python that is run for it, but for the few around it: there, the worker catches it."""
    around = {jinja.run.__code__, jinja._run.__code__, jinja._told.__code__, told.__code__}

    def ended_at(number):
        environment, left = made(source), [number]

        def step(frame, event, _argument):
            if event == "line" and frame.f_code not in around:
                left[0] -= 1
                if left[0] == 0:
                    over()
            return step

        sys.settrace(step)
        try:
            return told(environment), left[0] > 0
        finally:
            sys.settrace(None)

    number, ended, lines = 1, False, set()
    while not ended:
        said, ended = ended_at(number)
        assert said.startswith(SHOWN) or said == "a\n012", (number, said)
        lines.add(said.partition(": ")[0])
        number += 29
    assert number > 200
    assert f"{SHOWN}:2" in lines
