"""The config of a daemon that runs: a change is noticed once, and read again only when it is right."""

import os

import pytest

from syndicate.app.engines.config_file import ConfigFile
from syndicate.app.engines.installed import Package
from syndicate.errors import ConfigError

CONFIG = "site: {name: G, url: 'https://gazette.example'}\nsources: {news: {url: 'https://gazette.example/rss'}}\n"


@pytest.fixture
def path(tmp_path):
    found = tmp_path / "config.yaml"
    found.write_text(CONFIG, encoding="utf-8")
    return found


def test_a_change_is_noticed_once_and_what_was_only_touched_is_none(path):
    file = ConfigFile(path, {})
    assert not file.changed()
    os.utime(path, (1, 1))
    assert not file.changed()
    path.write_text(f"{CONFIG}# more\n", encoding="utf-8")
    assert file.changed()
    assert not file.changed()
    path.unlink()
    assert not file.changed()
    path.write_text(CONFIG, encoding="utf-8")
    assert file.changed()


def test_what_was_read_again_is_no_change_any_more(path):
    file = ConfigFile(path, {})
    running = file.read(_config(path))
    path.write_text(f"{CONFIG}accounts: {{}}\n", encoding="utf-8")
    file.read(running)
    assert not file.changed()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("database: sqlite:///other.db\n", "database cannot be changed while the daemon runs"),
        ("listen: {address: '127.0.0.1:1'}\n", "listen cannot be changed while the daemon runs"),
        ("sorces: {}\n", "unknown key 'sorces'"),
    ],
)
def test_a_config_with_a_mistake_or_for_another_process_is_refused(path, more, told):
    file, running = ConfigFile(path, {}), _config(path)
    path.write_text(f"{CONFIG}{more}", encoding="utf-8")
    with pytest.raises(ConfigError, match=told):
        file.read(running)


def test_a_package_that_was_replaced_is_noticed(tmp_path, monkeypatch):
    import sys
    from types import SimpleNamespace

    import syndicate

    module = tmp_path / "syndicate" / "made.py"
    module.parent.mkdir()
    module.write_text("one = 1\n", encoding="utf-8")
    monkeypatch.setattr(syndicate, "__file__", str(module.parent / "__init__.py"))
    monkeypatch.setitem(sys.modules, "syndicate.made", SimpleNamespace(__file__=str(module)))
    package = Package()
    assert package.replaced() is None
    module.write_text("two = 22\n", encoding="utf-8")
    assert "was replaced while it ran" in package.replaced()
    module.unlink()
    module.parent.rmdir()
    assert "is gone" in package.replaced()


def _config(path):
    from syndicate.app.wiring import load

    return load(path, {})
