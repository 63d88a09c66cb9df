"""A regular expression that is compiled when it is first used."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest

import syndicate
from syndicate.model import pattern as room
from syndicate.model.pattern import pattern


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
