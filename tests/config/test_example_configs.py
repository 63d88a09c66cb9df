"""Each config in examples/configs loads as it is, and says on top what it is for."""

from __future__ import annotations

import shutil

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from syndicate.config.editor import json_schema
from syndicate.config.reader import load
from tests.worlds.pages import ROOT

CONFIGS = sorted((ROOT / "examples" / "configs").glob("*.yaml"))


def test_there_is_one_for_each_use():
    names = {path.stem for path in CONFIGS}
    assert names == {"agency", "blog", "ci", "many-sites", "newsroom", "static-site"}
    page = (ROOT / "docs" / "reference" / "config.md").read_text(encoding="utf-8")
    for name in names:
        assert f"examples/configs/{name}.yaml" in page


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_it_loads_and_fits_the_schema(tmp_path, path):
    (tmp_path / "content" / "posts").mkdir(parents=True)
    (tmp_path / "wire").mkdir()
    mine = shutil.copy(path, tmp_path / path.name)
    config = load(mine, {}, fill=True)
    assert config.sources
    assert config.enabled
    assert config.broken == {}
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert all(len(line) <= 100 for line in text.splitlines())
    assert [*Draft202012Validator(json_schema()).iter_errors(YAML(typ="safe", pure=True).load(text))] == []
