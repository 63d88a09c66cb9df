from __future__ import annotations

import re
from pathlib import Path

import pytest

from syndicate import platforms
from syndicate.config.editor import json_schema
from syndicate.config.reader import load
from syndicate.config.typed import hints

PAGE = (Path(__file__).parents[2] / "docs/reference/config.md").read_text(encoding="utf-8")


def settings(node):
    """Every setting of the schema, with its description and default."""
    if isinstance(node, dict):
        yield from ((name, child) for name, child in node.get("properties", {}).items() if isinstance(child, dict))
        for child in node.values():
            yield from settings(child)
    elif isinstance(node, list):
        for child in node:
            yield from settings(child)


def test_the_page_lists_every_setting_as_the_schema_has_it():
    sections = {"site", "sources", "defaults", "accounts", "network", "alerts", "breaking", "listen", "platform"}
    for name, schema in settings(json_schema()):
        if name in sections and f"`{name}`" in PAGE:
            continue
        if "description" in schema:
            assert re.search(rf"^\| `{name}` \|.*\| {re.escape(schema['description'])} \|$", PAGE, re.MULTILINE), name


@pytest.mark.parametrize("name", platforms.names())
def test_the_page_has_every_platform_with_its_options(name):
    section = PAGE.split(f"\n### {name}\n")[1].split("\n#")[0]
    assert set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE)) == set(hints(platforms.find(name).options_type)) - {
        "api_url"
    }


def test_its_yaml_loads(tmp_path):
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert blocks
    for block in blocks:
        path = tmp_path / "config.yaml"
        path.write_text(block, encoding="utf-8")
        load(path, {}, fill=True)
