from __future__ import annotations

import os
import sys
from datetime import timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from syndicate.config.reader import load
from syndicate.config.schema import NOT_BUILT
from syndicate.errors import ConfigError
from syndicate.model import DEFAULT_INTERVAL, Filter, PollInterval, Secret
from tests import processes
from tests.worlds.config_file import ACCOUNT, SITE, find


def test_the_least_config_is_a_site(read, tmp_path):
    config = read(SITE)
    assert config.site.name == "The Example Gazette"
    assert config.database == f"sqlite:///{tmp_path}/syndicate.db"
    assert config.ledger == tmp_path / "syndicate.db"
    assert (config.sources, config.accounts, config.lease) == ({}, {}, timedelta(seconds=60))


def test_the_old_name_of_ask_still_works_and_is_noted(read, tmp_path):
    config = read(
        f"{SITE}\nsources: {{a: {{url: 'https://a.example', similar: hold}}, b: {{url: 'https://b.example'}}}}"
    )
    assert [source.similar for source in config.sources.values()] == ["ask", "ask"]
    place = f"{tmp_path}/config.yaml:3:50: sources.a.similar"
    assert config.notes == (f"{place}: 'hold' is now called 'ask'; the old name still works",)


def test_a_whole_config_becomes_values(read, tmp_path):
    config = read(
        """\
        site: {name: Gazette, url: "https://gazette.example/", language: no, timezone: Europe/Lisbon}
        database: sqlite:///data/my.db
        templates: ./templates
        key_file: /etc/key
        lease: 2m
        network: {timeout: 10s, allow: 10.0.0.0/8, proxy: "http://u:pass@proxy.example:3128"}
        alerts: {command: [notify, --urgent]}
        sources:
          news: {url: "https://gazette.example/rss"}
          live: {type: page, url: "https://gazette.example/live", every: 1h30m, timezone: UTC, burst: off}
        defaults: {hashtags: 1, utm: {medium: social}, image: none, only: {tags: a}}
        accounts:
          one:
            platform: alias
            url: https://net.example
            token: ${TOKEN}
            id: 0123
            copies: 2
            loud: yes
            wait: 5m
            path: out
            relays: wss://one.example
            headers: {X-One: 1}
            via: 10.0.0.1
            api_url: http://127.0.0.1:8700/
            link: card
            settle: 0
            max_age: 2d
            on_unknown: assume-sent
            only: {sections: [News, "2024"], sources: news}
            never: {title: "^Quiz"}
          two: {platform: net, url: "https://net.example", token: sesame, enabled: no, utm: {}}
        """,
        TOKEN="open sesame",
    )
    assert config.site.language == "no"
    assert (config.ledger, config.templates, config.key_file) == (
        tmp_path / "data/my.db",
        tmp_path / "templates",
        Path("/etc/key"),
    )
    assert (config.lease, config.network.timeout, config.network.allow) == (
        timedelta(minutes=2),
        timedelta(seconds=10),
        ("10.0.0.0/8",),
    )
    assert config.alert_command == ("notify", "--urgent")
    assert [(s.type, s.every, s.timezone) for s in config.sources.values()] == [
        ("feed", DEFAULT_INTERVAL, "Europe/Lisbon"),
        ("page", PollInterval(timedelta(minutes=90), timedelta(minutes=90)), "UTC"),
    ]
    one, two = config.accounts["one"].account, config.accounts["two"].account
    assert (one.name, one.platform, one.image, one.link, one.hashtags) == ("one", "net", "none", "card", 1)
    assert (one.utm, two.utm) == ({"utm_medium": "social"}, {})
    assert (one.settle, one.max_age, one.on_unknown) == (timedelta(0), timedelta(days=2), "assume-sent")
    assert (one.only, two.only) == (Filter(sections=("News", "2024"), sources=("news",)), Filter(tags=("a",)))
    assert one.never == Filter(title="^Quiz")
    options = config.accounts["one"].options
    assert (options.id, options.copies, options.loud, options.wait) == ("0123", 2, True, timedelta(minutes=5))
    assert (options.path, options.relays, options.headers) == (tmp_path / "out", ("wss://one.example",), {"X-One": "1"})
    assert (options.via, options.api_url) == (IPv4Address("10.0.0.1"), "http://127.0.0.1:8700")
    assert config.accounts["one"].enabled
    assert not config.accounts["two"].enabled
    assert set(config.secrets) == {"open sesame", "sesame", "http://u:pass@proxy.example:3128"}
    assert "sesame" not in repr(config)
    assert "pass@" not in repr(config)


def test_every_mistake_is_told_at_once_with_its_place_its_line_and_what_was_meant(mistakes):
    assert mistakes("""\
        site: {name: Gazette, url: "https://gazette.example/"}
        sources:
          news:
            url: https://gazette.example/rss
            evry: 5m
        defaults: {theme: headlin}
        accounts:
          masto:
            platform: net
            url: https://net.example
            token: ${MASTODON_TOKEN}
            threads: 3
          other: {platform: net, url: net.example, tokn: sesame}
        """) == (
        "config.yaml:5:5: sources.news: unknown key 'evry' (did you mean 'every'?)\n"
        "    evry: 5m\n"
        "config.yaml:6:19: defaults.theme: no theme is named 'headlin' (did you mean 'headline'?)\n"
        "    defaults: {theme: headlin}\n"
        "config.yaml:11:12: accounts.masto.token needs the environment variable MASTODON_TOKEN (it is not set)\n"
        "    token: ${MASTODON_TOKEN}\n"
        "config.yaml:12:14: accounts.masto.threads: should be settings, each `name: value`, not a single value\n"
        "    threads: 3\n"
        "config.yaml:13:3: accounts.other: needs 'token'\n"
        "    other: {platform: net, url: net.example, tokn: ***}\n"
        "config.yaml:13:31: accounts.other.url: 'net.example' is no web address:"
        " it has to begin with https:// or http:// and a host\n"
        "    other: {platform: net, url: net.example, tokn: ***}\n"
        "config.yaml:13:44: accounts.other: unknown key 'tokn' (did you mean 'token'?)\n"
        "    other: {platform: net, url: net.example, tokn: ***}"
    )


BOMB = b"a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + b"".join(
    b"a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 10)) for n in range(1, 9)
)
"""Nine lines that stand for a billion values."""

TOP = [
    ("lease: 20s", "2:8: lease (20s) has to be longer than network.timeout (30s)"),
    ("network: {timeout: 90s}", "2:20: lease (60s) has to be longer than network.timeout (90s)"),
    ("lease: 5", "2:8: lease: a duration needs a unit: 5s, 5m, 5h or 5d"),
    ("lease:", "2:1: lease: is empty"),
    ("lease: [5m]", "2:8: lease: should be one value, not a list"),
    ("templats: ./t", "2:1: unknown key 'templats' (did you mean 'templates'?)"),
    ("zzz: 1", "2:1: unknown key 'zzz' (known: accounts, after, alerts, approvals, breaking, database, defaults,"),
    ("listen: {address: x}", "2:19: listen.address: 'x' is no host and port, such as 127.0.0.1:8701"),
    ("listen: {address: '::1:8701'}", "2:19: listen.address: '::1:8701' is no host and port, such as 127.0.0.1:8701"),
    ("listen: {address: 'localhost:99999'}", "2:19: listen.address: 'localhost:99999' is no host and port"),
    ("listen: {token: a-secret-token-0001}", "2:1: listen: needs 'address'"),
    (
        "listen: {address: 'h:1', token: fifteen-letters}",
        "2:33: listen.token: has to have at least 16 characters; `openssl rand -hex 32` makes one",
    ),
    (
        "listen: {address: 'h:1', token: a-secret-token-0001, public: 'http://gazette.example'}",
        "2:62: listen.public: has to begin with https://, so that nobody can read or change what is sent there",
    ),
    (
        "listen: {address: 'h:1', token: a-secret-token-0001, public: 'https://gazette.example/?x=1'}",
        "2:62: listen.public: may have only scheme, host, port and path",
    ),
    (
        "listen: {address: 'h:1', public: 'https://gazette.example'}",
        "2:1: listen: `public` needs a `token`: without one, anybody could read the metrics",
    ),
    ("approvals: {}", "2:1: approvals: needs 'base'"),
    ("approvals: {base: 'http://gazette.example'}", "2:19: approvals.base: has to begin with https://"),
    (
        "approvals: {base: 'https://gazette.example'}",
        "2:1: approvals: needs `listen` with a `token`: without one, anybody could read the metrics",
    ),
    ("media: x", "2:8: media: should be settings"),
    ("alerts: {command: mail -s hello}", "2:19: alerts.command: should be a list of words: [mail, -s, hello]"),
    (
        "database: postgresql://u@h",
        "2:11: database: that is no address of a database, such as postgresql://user@host/name",
    ),
    ("database: sqlite://", "2:11: database: 'sqlite://' is no database, such as sqlite:///syndicate.db"),
    ("database: 'sqlite:///:memory:'", "2:11: database: 'sqlite:///:memory:' is no database"),
    ("network: {allow: [intern.example, 10.0.0.0/33]}", "2:18: network.allow: '10.0.0.0/33' is neither a range"),
    ("network: {timeout: 0}", "2:20: network.timeout: has to be longer than 0"),
    ("network: [x]", "2:10: network: should be settings, each `name: value`, not a list"),
    (
        "sources: {n: 'https://a.example'}",
        "2:14: sources.n: should be settings, each `name: value`, not a single value",
    ),
    ("sources: {n: {type: feed}}", "2:11: sources.n: needs 'url'"),
    (
        "sources: {n: {url: 'https://a.example', type: fed}}",
        "2:47: sources.n.type: 'fed' is none of feed, page, sitemap, wordpress, ghost, folder, ninjs, newsml, jsonl",
    ),
    (
        "sources: {n: {url: 'https://a.example/x', type: folder}}",
        "2:20: sources.n.url: a folder is a path on this machine, such as ./content, not 'https://a.example/x'",
    ),
    (
        "sources: {n: {url: ./x, type: folder, link: 'https://a.example/{slog}'}}",
        "2:45: sources.n.link: unknown placeholder '{slog}' (did you mean '{slug}'?)",
    ),
    (
        "sources: {n: {url: ./x, type: folder, link: 'https://a.example/{year}'}}",
        "2:45: sources.n.link: needs {slug} or {path}: otherwise all articles have the same address",
    ),
    ("sources: {n: {url: ./x, type: folder, link: '/{slug}'}}", "2:45: sources.n.link: "),
    (
        "sources: {n: {url: 'https://a.example', link: 'https://a.example'}}",
        "2:41: sources.n.link: only sources of type folder take a link",
    ),
    ("sources: {n: {url: 'https://a.example', burst: 0}}", "2:48: sources.n.burst: has to be at least 1, and is 0"),
    ("sources: {n: {url: 'https://a.example', burst: many}}", "2:48: sources.n.burst: "),
    ("sources: {n: {url: './c', type: folder, overrides: title}}", "2:52: sources.n.overrides: 'title' says"),
    ("sources: {n: {url: './c', type: folder, overrides: 'my field'}}", "2:52: sources.n.overrides: 'my field' is no"),
    (
        "sources: {n: {type: page, url: 'https://a.example', overrides: social}}",
        "2:53: sources.n.overrides: only sources of type",
    ),
    ("sources: {n: {url: 'https://a.example', similar: held}}", "2:50: sources.n.similar: "),
    (
        "sources: {n: {url: 'https://a.example', preflight: true}}",
        "2:52: sources.n.preflight: 'true' is no duration",
    ),
    ("sources: {n: {url: 'https://a.example', every: 0}}", "2:48: sources.n.every: has to be longer than 0"),
    (
        "sources: {n: {url: 'https://a.example', every: 6h to 5m}}",
        "2:48: sources.n.every: '6h to 5m' should have the shorter time first, such as 5m to 6h",
    ),
    (
        "sources: {n: {url: 'https://a.example', timezone: Lisbon}}",
        "2:51: sources.n.timezone: 'Lisbon' is no time zone",
    ),
    ("sources: {my news: {url: 'https://a.example'}}", "2:11: sources.my news: a name has only letters (a-z),"),
    ("sources: {n: {url: 'https://a.example'}, n: {url: x}}", "2:42: sources.n: is given twice (first on line 2)"),
    ("sources: {n: {url: !env 'https://a.example'}}", "2:20: sources.n.url: the tag !env is not supported"),
    ("sources: {[a]: x}", "2:11: sources: a key has to be a plain word"),
]


@pytest.mark.parametrize(("text", "told"), TOP)
def test_a_mistake_is_told_at_its_place(mistakes, text, told):
    assert mistakes(SITE + text + "\n").startswith(f"config.yaml:{told}")


ACCOUNTS = [
    (
        "theme: front-page",
        "theme: no theme is named 'front-page' (known: headline, live, opinion, opinion-dark, quote)",
    ),
    ("alt_text: never", "alt_text: 'never' is none of required, optional"),
    ("image: foto", "image: 'foto' is none of card, photo, photos, none (did you mean 'photo'?)"),
    ("hashtags: -1", "hashtags: cannot be below 0, and is -1"),
    ("hashtags: true", "hashtags: should be a whole number, not 'true'"),
    ("max_age: 0", "max_age: has to be longer than 0"),
    ("settle: soon", "settle: 'soon' is no duration, such as 90s, 5m, 1h30m or 2d"),
    ("enabled: maybe", "enabled: should be true or false, not 'maybe'"),
    ("on_unknown: drop", "on_unknown: 'drop' is none of hold, retry, assume-sent"),
    ("utm: {utm_medium: x}", "utm: write 'medium', not 'utm_medium'"),
    ("utm: {campain: x}", "utm: unknown name 'campain' (did you mean 'campaign'?)"),
    ("utm: {medium: ''}", "utm: 'medium' is empty"),
    ("utm: {medium: [a]}", "utm.medium: should be one value, not a list"),
    ("utm: social", "utm: should be settings, each `name: value`, not a single value"),
    ("only: {tagz: x}", "only: unknown key 'tagz' (did you mean 'tags'?)"),
    ("only: [x]", "only: should be settings, each `name: value`, not a list"),
    ("never: {title: '('}", "never.title: is no regular expression: missing ), unterminated subpattern at position 0"),
    ("never: {sources: nws}", "never.sources: no source is named 'nws' (did you mean 'news'?)"),
    ("api_url: https://a.example/v1", "api_url: may have only scheme, host and port, such as https://a.example"),
    ("visibility: publik", "visibility: 'publik' is none of public, private (did you mean 'public'?)"),
    ("copies: many", "copies: should be a whole number, not 'many'"),
    ("wait: 5", "wait: a duration needs a unit: 5s, 5m, 5h or 5d"),
    ("relays: {a: b}", "relays: should be one value, not a mapping"),
    ("hook: ''", "hook: is empty"),
    ("via: here", "via: Input is not a valid IPv4 address"),
    *((f"{name}: 1", f"{name}: not built yet") for name in NOT_BUILT["accounts"]),
    ("client_id: abc", "client_id: OAuth 2 is not built yet; use token"),
]


@pytest.mark.parametrize(("text", "told"), ACCOUNTS)
def test_a_mistake_in_an_account_names_the_setting(mistakes, text, told):
    found = mistakes(f"{SITE}sources: {{news: {{url: 'https://a.example'}}}}\naccounts: {{a: {ACCOUNT}, {text}}}}}\n")
    first, line = found.split("\n")
    assert f": accounts.a.{told}" in first
    assert "sesame" not in line


def test_a_mistake_in_the_defaults_is_told_once_and_even_without_accounts(mistakes):
    two = f"accounts:\n  a: {ACCOUNT}}}\n  b: {ACCOUNT}}}\n"
    for accounts in ("", two):
        found = mistakes(f"{SITE}defaults: {{hashtags: many, api_url: x, tokn: 1, threads: 3}}\n{accounts}")
        assert found.count("defaults.hashtags") == 1
        assert found.count("config.yaml:") == 4


def test_an_adapters_own_words_stand_at_the_account(mistakes):
    found = mistakes(f"{SITE}accounts:\n  a: {ACCOUNT}, copies: 10}}\n")
    assert found.startswith("config.yaml:3:3: accounts.a: 10 copies are too many\n")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("platform: nett", "3:17: accounts.a.platform: unknown platform 'nett' (known: net)"),
        ("platform: gone", "3:17: accounts.a.platform: it closed in 2019 (use net)"),
        ("platform: [net]", "3:17: accounts.a.platform: should be one value, not a list"),
        ("enabled: true", "3:3: accounts.a: needs 'platform'"),
    ],
)
def test_an_account_has_a_platform_that_exists(mistakes, text, told):
    found = mistakes(f"{SITE}accounts:\n  a: {{{text}, token: open-sesame, x: [open-sesame]}}\n")
    assert found.startswith(f"config.yaml:{told}")
    assert "open-sesame" not in found


def test_an_account_named_as_a_platform_hears_what_it_lacks(mistakes):
    assert "needs 'platform' (did you mean 'platform: net'?)" in mistakes(f"{SITE}accounts: {{net: {{token: x}}}}\n")


def test_what_is_missing_is_named_together(mistakes):
    assert "accounts.a: needs 'url' and 'token'\n" in mistakes(f"{SITE}accounts: {{a: {{platform: net}}}}\n")


def test_a_secret_never_shows_in_a_message(mistakes):
    found = mistakes(
        f"""\
        {SITE}
        accounts:
          a: {{platform: net, url: "open-sesame", token: open-sesame, copies: x}}
          b:
            platform: net
            url: https://net.example
            token: "open-\\
              sesame"
            token: open-sesame
            clientsecret: open-sesame
            client_secret: open-sesame
            copies: ${{COPIES}}
        """.replace("        ", ""),
        COPIES="open-sesame",
    )
    assert "sesame" not in found
    assert found.count("config.yaml:") == 6


def test_an_empty_section_is_none(read):
    config = read(SITE + "sources:\naccounts:\ndefaults:\nnetwork:\nalerts:\n")
    assert (config.sources, config.accounts, config.alert_command) == ({}, {}, ())


def test_an_accounts_own_setting_replaces_the_default_whole(read):
    config = read(
        f"{SITE}defaults: {{utm: {{medium: social}}, only: {{tags: a}}}}\n"
        f"accounts: {{a: {ACCOUNT}, utm: {{campaign: x}}, only: }}}}\n"
    )
    assert config.accounts["a"].account.utm == {"utm_campaign": "x"}
    assert config.accounts["a"].account.only is None


def test_merged_mappings_are_understood(read):
    config = read(
        f"{SITE}accounts:\n  a: &a {ACCOUNT}, hashtags: 1}}\n"
        "  b: {<<: *a, hashtags: 2}\n  c: {<<: [*a, {copies: 3}]}\n"
    )
    assert [account.account.hashtags for account in config.accounts.values()] == [1, 2, 1]
    assert config.accounts["c"].options.copies == 3


# What stands outside


def test_references_are_put_in_also_inside_longer_texts(read, tmp_path):
    (tmp_path / "token").write_text("from a file\n")
    config = read(
        f"{SITE}accounts:\n"
        "  a: {platform: net, url: 'https://${HOST}/x', token: '${file:token}', id: 'a$${b}$c',"
        " hook: 'x-${HOST}-${HOST}'}\n",
        HOST="net.example",
    )
    options = config.accounts["a"].options
    assert (options.url, options.token, options.id) == ("https://net.example/x", "from a file", "a${b}$c")
    assert isinstance(options.token, Secret)
    assert set(config.secrets) == {"net.example", "from a file", "x-net.example-net.example"}
    assert list(config.secrets) == sorted(config.secrets, key=len, reverse=True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("${TOKEN}", "accounts.a.hook needs the environment variable TOKEN (it is not set)"),
        ("x${EMPTY}", "accounts.a.hook needs the environment variable EMPTY (it is empty)"),
        ("${file:/nowhere/x}", "accounts.a.hook needs the file /nowhere/x (no such file or directory)"),
        ("${file:empty}", "accounts.a.hook needs the file empty (it is empty)"),
        ("${file:latin}", "accounts.a.hook needs the file latin (it is not UTF-8 text)"),
        ("${TOKEN", "accounts.a.hook: '${TOKEN' has no closing brace (for a plain ${, write $${)"),
        ("${TOKEN:-x}", "accounts.a.hook: '${TOKEN:-x}' is not understood"),
        ("${}", "accounts.a.hook: '${}' is not understood"),
    ],
)
def test_what_is_not_there_is_named(mistakes, tmp_path, text, told):
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "latin").write_bytes(b"\xe9")
    found = mistakes(f"{SITE}accounts:\n  a: {ACCOUNT}, hook: '{text}'}}\n", EMPTY="")
    assert told in found


def test_a_rehearsal_fills_in_what_is_not_set(read):
    config = read(
        f"{SITE}accounts:\n"
        "  a: {platform: net, url: '${U}', token: '${T}', copies: '${C}', loud: '${L}', wait: '${W}',"
        " visibility: '${V}', id: 'x${I}', path: '${file:nowhere}', hook: '${SET}'}\n",
        fill=True,
        SET="really",
    )
    options = config.accounts["a"].options
    assert (options.url, options.token, options.id) == ("https://a.sandbox.example", "sandbox-a-token", "xsandbox-a-id")
    assert (options.copies, options.loud, options.wait, options.visibility) == (1, True, timedelta(minutes=1), "public")
    assert options.hook == "really"


def test_an_account_that_is_off_needs_no_secrets(read):
    config = read(f"{SITE}accounts: {{a: {{platform: net, url: '${{U}}', token: '${{T}}', enabled: false}}}}\n")
    assert not config.accounts["a"].enabled


# What is no config


@pytest.mark.parametrize(
    ("data", "told", "hint"),
    [
        (b"", ": is empty", "run syndicate init"),
        (b"# nothing\n", ": is empty", "run syndicate init"),
        (b"null\n", ": is empty", "run syndicate init"),
        (b"- a\n- b\n", ":1:1: should contain settings such as `site:`, not a list", "run syndicate init"),
        (b"hello\n", ":1:1: should contain settings such as `site:`, not a single value", "run syndicate init"),
        (b"a: 1\nsite:\n  name: \xe9\n", ":3:9: not UTF-8 text (byte 0xe9)", "save the file as UTF-8"),
        (b"site: {name: a\nb: c\n", ":2:2: not valid YAML: expected ',' or '}'", "close the { with a }"),
        (b"a: b: c\n", ":1:5: not valid YAML: mapping values are not allowed", "put quotes around what follows a:"),
        (b"a:\n  b 1\n  c: 2\n", ":3:4: not valid YAML: mapping values are not", "the line before has no colon"),
        (b"a:\n  b: 1\n   c: 2\n", ":3:5: not valid YAML: mapping values", "give this line as many spaces in front"),
        (b"a:\n  b: 1\n c: 2\n", ":3:2: not valid YAML: this line stands further in", "give it as many spaces"),
        (b"a: 1\nb 2\n", ":2:4: not valid YAML: a name without a colon", "write name: value"),
        (b"a: 'b' c\n", ":1:8: not valid YAML: text after the end of a value", "put quotes around the whole"),
        (b"a:\n\t- b\n", ":2:1: not valid YAML: a tab where only spaces are allowed", "indent with spaces"),
        (b"a: 'b\n", ":1:4: not valid YAML: these quotes are never closed", "close them"),
        (b"a: @b\n", ":1:4: not valid YAML: found character '@'", "put quotes around the value"),
        (b'a: "b\\d"\n', ":1:4: not valid YAML: found unknown escape character", "use '\u2026' instead"),
        (b"a: *b\n", ":1:4: not valid YAML: found undefined alias 'b'", "put quotes around the value: a *"),
        (b"a: [1\n", ":1:6: not valid YAML: expected ',' or ']'", "close the [ with a ]"),
        (b"a: {b: ${C}}\n", ":1:9: not valid YAML: expected", 'put quotes around it: "${C}"'),
        (BOMB, ":5:5: its aliases stand for more than", "write out what is meant there"),
        (b"a: &b {<<: *b}\n", ":1:1: 'site' is missing", None),
        (
            b"a: &b [*b, *b, *b]\n",
            ":1:4: its aliases stand for more than 100,060",
            "write out what is meant there",
        ),
        (b"a: 1\n--- \nb: 1\n", ":2:1: not valid YAML: a second document begins here", "a file holds one config"),
        (b"a: 1\nb: \x07\n", ":2:4: not valid YAML: a control character", "remove it"),
        (b"[" * 3000, ": not valid YAML: nested too deeply", "remove some"),
        (b"a: " + b"[" * 50 + b"]" * 50, ":1:1: 'site' is missing", None),
        (b"a: &a [*a]\n", ":1:1: 'site' is missing", None),
        (b"sources: {}\n", ":1:1: 'site' is missing: the publisher's `name` and `url`", None),
    ],
)
def test_what_is_no_config_is_one_clear_line(tmp_path, data, told, hint):
    path = tmp_path / "config.yaml"
    path.write_bytes(data)
    with pytest.raises(ConfigError) as caught:
        load(path, {}, find=find)
    assert str(caught.value).startswith(f"{path}{told}")
    for line in str(caught.value).splitlines():  # one for each mistake, with the line at fault below it
        assert line.startswith((str(path), "  "))
    assert (caught.value.hint or "").startswith(hint or "\n") or caught.value.hint is hint


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("  token: abc: d, ef", "token: ***"),
        ("  token: ${TOKEN} x: y", "token: ***"),
        ("  x: {app_password: ab, b: c: d}", "x: {app_password: ***"),
        ("  heartbeat: https://a.example/?key=0123456789: d", "heartbeat: https://a.example/?*** d"),
        ("  x: tgram://0123:abc/chat: d", "x: tgram://*** d"),
        ("  database: postgresql://u:pw@db.example/n: d", "database: postgresql://u:***@db.example/n: d"),
        ("  name: Gazette: d", "name: Gazette: d"),
    ],
)
def test_a_line_that_is_no_yaml_is_shown_without_what_may_be_a_secret(tmp_path, line, shown):
    path = tmp_path / "config.yaml"
    path.write_text(f"a:\n{line}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path, {}, find=find)
    assert str(caught.value).splitlines()[1].strip() == shown


def test_a_config_that_is_not_there_says_how_to_begin(tmp_path):
    with pytest.raises(ConfigError, match=r"config\.yaml: no such file") as caught:
        load(tmp_path / "config.yaml", {}, find=find)
    assert caught.value.hint == "run syndicate init"


def test_a_directory_without_the_config_of_a_site_is_no_config(tmp_path):
    with pytest.raises(ConfigError, match=r"no config of a site, such as gazette\.yaml, is in this folder"):
        load(tmp_path, {}, find=find)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + (SITE + "leas: 5m\r\n").replace("\n", "\r\n").encode())
    with pytest.raises(ConfigError, match=r":2:1: unknown key 'leas'"):
        load(path, {}, find=find)


def test_the_real_platforms_answer_to_their_names(write):
    with pytest.raises(ConfigError) as caught:
        load(write(f"{SITE}accounts:\n  a: {{platform: googleplus}}\n  b: {{platform: mastodn}}\n"), {})
    assert "accounts.a.platform: Google+ closed on 2 April 2019" in str(caught.value)
    assert "(did you mean 'mastodon'?)" in str(caught.value)
    keys = "api_key: '${K}', api_secret: b, access_token: c, access_secret: d"
    config = load(write(f"{SITE}accounts: {{a: {{platform: twitter, {keys}}}}}\n"), {"K": "k"})
    assert config.accounts["a"].account.platform == "x"


def test_a_load_costs_neither_pydantic_nor_the_adapters_it_does_not_name(write):
    path = write(f"{SITE}accounts: {{a: {{platform: folder, path: posts}}}}\n")
    code = (
        "import sys; from syndicate.config.reader import load; load(sys.argv[1], {});"
        "print(*sorted({'pydantic', 'difflib', 'syndicate.platforms.x'} & sys.modules.keys()))"
    )
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = processes.run([sys.executable, "-c", code, path], env=environ)
    assert done.stdout.strip() == ""
