"""A regular expression that is compiled when it is first used."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest

import syndicate
from syndicate.model import pattern as room
from syndicate.model.pattern import compiled_late, pattern


def test_it_is_compiled_once_and_when_it_is_first_used(monkeypatch):
    made, compiled = [], re.compile
    monkeypatch.setattr(room.re, "compile", lambda *given: (made.append(given), compiled(*given))[1])
    word = pattern("[a-z]+", re.IGNORECASE)
    assert made == []
    assert word.findall("Night train") == ["Night", "train"]
    assert word.sub("x", "a b") == "x x"
    assert (word.pattern, word.fullmatch("1")) == ("[a-z]+", None)
    assert made == [("[a-z]+", re.IGNORECASE)]


def test_a_mistake_is_met_when_it_is_used():
    with pytest.raises(re.error):
        pattern("(").search("x")


SOMEBODY_ELSES = """
import re
WORD = re.compile("[a-z]+", re.I | re.X)
BYTES = re.compile(b"[0-9]")
"""


def test_only_the_modules_named_compile_late_and_only_meanwhile():
    def imported(name):
        module = {"__name__": name}
        exec(SOMEBODY_ELSES, module)
        return module

    with compiled_late(["theirs"]):
        theirs, others = imported("theirs"), imported("others")
    after = imported("theirs")
    kinds = [[type(each[name]) for name in ("WORD", "BYTES")] for each in (theirs, others, after)]
    assert kinds == [[room._Pattern] * 2, [re.Pattern] * 2, [re.Pattern] * 2]
    assert theirs["WORD"].findall("Night train 7") == ["Night", "train"]
    assert theirs["BYTES"].search(b"Platform 7").group() == b"7"
    assert theirs["WORD"].flags == others["WORD"].flags


def test_patterns_are_compiled_at_once_again_after_an_import_that_failed():
    with pytest.raises(ImportError), compiled_late([__name__]):
        raise ImportError
    assert type(re.compile("a")) is re.Pattern


def test_no_pattern_of_ours_has_a_mistake():
    seen = 0
    for module in pkgutil.walk_packages(syndicate.__path__, "syndicate."):
        if ".cards" in module.name or module.name.endswith("__main__"):
            continue
        held = vars(importlib.import_module(module.name)).values()
        for value in (each for one in held for each in (one if isinstance(one, tuple) else (one,))):
            if type(value) is room._Pattern:
                seen += 1
                assert isinstance(value.pattern, str)
    assert seen > 80
