"""Reads a config of many sites: `sites` has or names the config of each, or a folder has one in each file.

A mistake in the config of one site stops that one alone. Sources and accounts get the site's name before their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from syndicate.config.accounts import Find
from syndicate.config.after import after
from syndicate.config.document import Node, Problems, parse, written
from syndicate.config.installation import INSTALLATION, installation
from syndicate.config.schema import AccountConfig, AfterConfig, Config, SiteConfig
from syndicate.config.site import SITE, one_site
from syndicate.config.typed import NAME, Typed
from syndicate.errors import ConfigError
from syndicate.model import Filter, Site, site_of
from syndicate.model.dataclass import dataclass

__all__ = ["MAIN", "in_folder", "many", "with_former"]

MAIN = "config.yaml"
"""The file with the installation's settings in a folder of sites."""
_NAMED = "a site's name has only letters (a-z), digits, - and _"


@dataclass(frozen=True, slots=True)
class _Part:
    """The config of one site: its settings, or the file that has them; `problems` gets the mistakes."""

    path: Path
    top: Mapping[str, Node] | None = None
    problems: Problems | None = None
    node: Node | None = None


@dataclass(frozen=True, slots=True)
class _Good:
    """The fields of `Config` that a site's config gives, and what reading it told."""

    path: Path
    values: Mapping[str, Any]
    problems: Problems


def in_folder(folder: Path, environ: Mapping[str, str], *, fill: bool, find: Find) -> Config:
    """The config of all sites in a folder; `MAIN` has the installation's settings, if it is there.

    Raises ConfigError.
    """
    path = folder / MAIN
    text = written(path) if path.exists() else ""
    problems = Problems(str(path), text)
    top = parse(text, problems, str(path)) if text.strip() else {}
    if "site" in top or "sites" in top:
        raise ConfigError(
            f"{folder} is a folder of sites, and {path} has a `site` or `sites` itself", hint=f"use --config {path}"
        )
    typed = Typed(problems, folder.absolute(), environ, fill)
    return _config(path, top, _files(folder), typed, find, (path, folder))


def many(path: Path, top: Mapping[str, Node], typed: Typed, find: Find) -> Config:
    """The config of a file with `sites`. Raises ConfigError for mistakes outside of these, or if no site is left."""
    node = top["sites"]
    files: tuple[Path, ...] = (path,)
    parts: dict[str, _Part] = {}
    if isinstance(node.value, str):
        folder = typed.base / Path(node.value).expanduser()
        if not folder.is_dir():
            typed.problems.add(node.place, f"sites: {folder} is no folder")
        else:
            parts, files = _files(folder), (path, folder)
    else:
        parts = dict(_written(path, typed.mapping(node), typed))
        if not parts:
            typed.problems.add(node.key, "sites: has none")
    rest = {name: child for name, child in top.items() if name != "sites"}
    return _config(path, rest, parts, typed, find, files)


def _files(folder: Path) -> dict[str, _Part]:
    found = sorted(each for each in folder.iterdir() if each.suffix in (".yaml", ".yml") and each.name != MAIN)
    if not found:
        raise ConfigError(f"{folder}: no config of a site, such as gazette.yaml, is in this folder")
    return {each.stem: _Part(each) for each in found if not each.name.startswith(".")}


def _written(path: Path, entries: Mapping[str, Node], typed: Typed) -> Iterator[tuple[str, _Part]]:
    """The sites in the file itself, and those for which it names a file."""
    for name, node in entries.items():
        if isinstance(node.value, str):
            yield name, _Part(typed.base / Path(node.value).expanduser())
        else:
            problems = typed.problems.within(node)
            yield name, _Part(path, node.value if isinstance(node.value, dict) else {}, problems, node)


def _config(
    path: Path,
    top: Mapping[str, Node],
    parts: Mapping[str, _Part],
    typed: Typed,
    find: Find,
    files: tuple[Path, ...],
) -> Config:
    """The config of these sites. Raises ConfigError for a mistake in what they share, and if no site is left."""
    for name in set(top) & set(SITE) - {"after"}:
        typed.problems.add(top[name].key, f"{name}: is a setting of one site; it stands below sites.<name>")
    rest = {name: node for name, node in top.items() if name not in SITE}
    typed.known("", rest, (*INSTALLATION, "sites"), {})
    shared, told = installation(rest, typed), after(top.get("after"), typed, None)
    typed.problems.check()
    good, broken, variables = dict[str, _Good](), dict[str, ConfigError](), dict[str, str]()
    for name, part in parts.items():
        try:
            good[name] = _read(name, part, path, typed, find)
            _claim(name, good[name], variables)
        except ConfigError as fault:
            good.pop(name, None)
            broken[name] = fault
    if not good:
        raise ConfigError("\n".join(map(str, broken.values())), hint=next(iter(broken.values())).hint)
    every = dict.fromkeys((*files, *(part.path for part in parts.values())))
    shared = (shared or {}) | {"after": {"": told} if told else {}}
    return _merged(path, shared, good, broken, typed.problems, tuple(every))


def _read(name: str, part: _Part, main: Path, shared: Typed, find: Find) -> _Good:
    """Read the config of one site. Raises ConfigError with every mistake in it."""
    if not NAME.fullmatch(name):
        raise ConfigError(f"{part.path}: '{name}': {_NAMED}")
    problems, top = part.problems, part.top
    if problems is None or top is None:
        text = written(part.path)
        problems = Problems(str(part.path), text)
        top = parse(text, problems, str(part.path))
    base = part.path.absolute().parent
    start = part.node.key if part.node else shared.start
    typed = Typed(problems, base, shared.environ, shared.fill, prefix(name), start)
    for each in set(top) & {*INSTALLATION, "sites"}:
        problems.add(top[each].key, f"{each}: is a setting of the installation; it stands at the top of {main}")
    own = {key: node for key, node in top.items() if key not in (*INSTALLATION, "sites")}
    typed.known("", own, SITE, {})
    values = one_site(own, typed, find)
    problems.check()
    assert values is not None
    return _Good(part.path, values, problems)


def with_former(config: Config, running: Config) -> Config:
    """A config that was read again, in which a site with a mistake stays as it is in the running one."""
    kept = {name: running.sites[name] for name in config.broken if name in running.sites}
    if not kept:
        return config
    secrets = {*config.secrets, *running.secrets}
    return replace(
        config,
        sources={**config.sources} | {name: each for name, each in running.sources.items() if site_of(name) in kept},
        accounts={**config.accounts} | {name: each for name, each in running.accounts.items() if site_of(name) in kept},
        sites={**config.sites} | kept,
        after={**config.after} | {site: told for site, told in running.after.items() if site in kept},
        secrets=tuple(sorted(secrets, key=lambda secret: (-len(secret), secret))),
    )


def prefix(site: str) -> str:
    """What the names of a site's environment variables begin with: THE_GAZETTE_ for the-gazette."""
    word = re.sub(r"\W", "_", site.replace("-", "_")).upper()
    return f"_{word}_" if word[:1].isdigit() else f"{word}_"


def _claim(site: str, good: _Good, variables: dict[str, str]) -> None:
    """See that no two sites read one variable: a token would be that of another site. Raises ConfigError."""
    for name in sorted(good.problems.variables):
        other = variables.setdefault(name, site)
        if other != site:
            raise ConfigError(
                f"{good.path}: the environment variable {name} would be read by the sites {other} and {site}",
                hint="give it another name in one of them",
            )


def _merged(
    path: Path,
    shared: Mapping[str, Any],
    good: Mapping[str, _Good],
    broken: Mapping[str, ConfigError],
    top: Problems,
    files: tuple[Path, ...],
) -> Config:
    told = [top, *(each.problems for each in good.values())]
    secrets = {secret for each in told for secret in each.secrets}
    sites = {name: _site(each) for name, each in good.items()}
    return Config(
        path=path,
        site=_standing_for([each.site for each in sites.values()]),
        **{**shared, "after": shared["after"] | _after(good)},
        sources={
            f"{site}/{name}": replace(source, name=f"{site}/{name}")
            for site, each in good.items()
            for name, source in each.values["sources"].items()
        },
        accounts={
            f"{site}/{name}": _qualified(site, entry)
            for site, each in good.items()
            for name, entry in each.values["accounts"].items()
        },
        secrets=tuple(sorted(secrets, key=lambda secret: (-len(secret), secret))),
        filled=frozenset(top.filled).union(*(_filled(site, each) for site, each in good.items())),
        notes=tuple(note for each in told for note in each.notes),
        sites=sites,
        broken=broken,
        files=files,
    )


def _after(good: Mapping[str, _Good]) -> dict[str, AfterConfig]:
    """Who hears of each site, with the names that sources have in the end."""
    return {site: _heard(site, each.values["after"][""]) for site, each in good.items() if each.values["after"]}


def _heard(site: str, told: AfterConfig) -> AfterConfig:
    front, wordpress = told.front_matter, told.wordpress
    return replace(
        told,
        front_matter=front and replace(front, source=f"{site}/{front.source}"),
        wordpress=wordpress and replace(wordpress, source=f"{site}/{wordpress.source}"),
    )


def _site(good: _Good) -> SiteConfig:
    own = {name: good.values[name] for name in ("templates", "breaking", "people") if name in good.values}
    return SiteConfig(good.values["site"], good.path, **own)


def _standing_for(sites: list[Site]) -> Site:
    """What stands for all sites together where one name, address and time zone is needed."""
    zones, languages = {each.timezone for each in sites}, {each.language for each in sites}
    if len(sites) == 1:
        return sites[0]
    shared: dict[str, Any] = {"timezone": zones.pop()} if len(zones) == 1 else {}
    shared |= {"language": languages.pop()} if len(languages) == 1 else {}
    return Site(f"{len(sites)} sites", sites[0].url, **shared)


def _qualified(site: str, entry: AccountConfig) -> AccountConfig:
    """An account with its site's name, also before the sources that its filters name."""
    account = entry.account
    warning = tuple(replace(rule, when=rule.when and _filter(site, rule.when)) for rule in account.warning)
    only, never = (listed and _filter(site, listed) for listed in (account.only, account.never))
    named = replace(account, name=f"{site}/{account.name}", only=only, never=never, warning=warning)
    return replace(entry, account=named)


def _filter(site: str, listed: Filter) -> Filter:
    return replace(listed, sources=tuple(f"{site}/{name}" for name in listed.sources))


def _filled(site: str, good: _Good) -> set[str]:
    """The settings that have a stand-in, under the names that accounts have in the end."""
    found = set()
    for where in good.problems.filled:
        if where.startswith("defaults."):
            found |= {f"accounts.{site}/{name}.{where}" for name in good.values["accounts"]}
        else:
            section, _, rest = where.partition(".")
            found.add(f"{section}.{site}/{rest}")
    return found
