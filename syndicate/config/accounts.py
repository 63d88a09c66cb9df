"""Reads the accounts of a config: the settings that all accounts have, and the options of each platform's adapter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias, get_args

from syndicate.config.document import Node, Place
from syndicate.config.schema import NOT_BUILT, AccountConfig
from syndicate.config.typed import WEB, WRONG, Check, Typed, hints, told
from syndicate.config.values import address, at_least_one_photo, count, origin, positive, suggestion
from syndicate.errors import ConfigError
from syndicate.model import Account, Audience, Controls, Schedule, Secret
from syndicate.model.dataclass import dataclass
from syndicate.ports import Answering, Controlled, PartlyBuilt, Platform, Priced
from syndicate.schedule import flaw

__all__ = ["SETTINGS", "UTM", "AccountReader", "CommonSettings", "Find"]

Find: TypeAlias = Callable[[str], type[Platform]]

UTM = (
    "source",
    "medium",
    "campaign",
    "term",
    "content",
    "id",
    "source_platform",
    "creative_format",
    "marketing_tactic",
)
"""Campaign parameters without their `utm_` (support.google.com/analytics/answer/10917952, from memory)."""

SETTINGS = tuple(name for name in hints(Account) if name not in ("name", "platform"))
"""The settings that an account on any platform may have."""

_LACKS = {
    "warning": "has no content warnings",
    "sensitive": "veils no pictures",
    "replies": "does not limit who may reply",
}

_START = Place(1, 1, 0, 0)


@dataclass(frozen=True, slots=True)
class AccountReader:
    """Reads the accounts. An account's own setting replaces the one in `defaults` as a whole."""

    typed: Typed
    find: Find
    defaults: Mapping[str, Node]
    sources: list[str]
    themes: Callable[[], list[str]]
    zone: str

    def read(self, node: Node | None) -> dict[str, Any]:
        """Every account by its name; WRONG in place of one with a mistake. Mistakes in `defaults` are added too."""
        common = (*SETTINGS, "enabled", "api_url")
        self.typed.known("defaults", self.defaults, common, NOT_BUILT["accounts"], listed=common)
        usual = {name: child for name, child in self.defaults.items() if name in common}
        self._account("defaults", "", usual, self.typed)
        self.typed.values(CommonSettings, usual, {"api_url": origin})
        return {name: self._one(name, child, usual) for name, child in self.typed.named(node)}

    def _one(self, name: str, node: Node, usual: Mapping[str, Node]) -> Any:
        own = self.typed.mapping(node)
        if not own and node.value:
            return WRONG
        adapter = self._adapter(name, node, own)
        if adapter is None:
            return WRONG
        later = adapter.options_type.not_built if isinstance(adapter.options_type, PartlyBuilt) else {}
        not_built = {**NOT_BUILT["accounts"], **later}
        options = hints(adapter.options_type)
        names = {*SETTINGS, "enabled", "platform", *options}
        self.typed.known(node.where, own, names, not_built, listed=options, shown=_shown(options))
        entries = {key: child for key, child in (*usual.items(), *own.items()) if key not in not_built}
        enabled = self.typed.values(CommonSettings, entries, {}, only=["enabled"]).get("enabled", True)
        typed = self.typed if enabled else self.typed.filling()
        account = self._account(name, adapter.name, entries, typed)
        self._charges(entries.get("budget"), adapter)
        self._leads(own.get("link"), adapter)
        self._controls(own, adapter)
        values = typed.values(adapter.options_type, entries, _options(options))
        if not later.keys().isdisjoint(
            own
        ):  # another way to log in: what this one needs and does not have is no mistake
            return WRONG
        built = typed.built(adapter.options_type, node.where, node.key, values)
        account = self._answering(account, own, adapter, built)
        return WRONG if WRONG in (enabled, account, built) else AccountConfig(account, built, enabled)

    def _adapter(self, name: str, node: Node, own: Mapping[str, Node]) -> type[Platform] | None:
        platform = own.get("platform")
        if platform is None:
            self.typed.problems.add(node.key, f"{node.where}: needs 'platform'{self._guess(name)}")
        else:
            try:
                return self.find(self.typed.text(platform))
            except (ValueError, ConfigError) as fault:
                self.typed.problems.add(platform.place, f"{platform.where}: {told(fault)}")
        for key, child in own.items():
            if key != "platform":
                self.typed.problems.hide(child)
        return None

    def _guess(self, name: str) -> str:
        try:
            return f" (did you mean 'platform: {self.find(name).name}'?)"
        except ConfigError:
            return ""

    def _account(self, name: str, platform: str, entries: Mapping[str, Node], typed: Typed) -> Any:
        values = typed.values(Account, entries, _ACCOUNT, only=SETTINGS)
        for setting in ("only", "never"):
            self._filter(entries.get(setting))
        for rule in _several(entries.get("warning")):
            if isinstance(rule.value, dict):
                self._filter(rule.value.get("when"))
        again = entries.get("again")
        if again is not None and isinstance(again.value, dict):
            self._chooses(again.value.get("only"))
        self._theme(entries.get("theme"))
        values["schedule"] = self._schedule(values.get("schedule", Schedule()), entries.get("schedule"))
        return typed.built(Account, name, _START, values | {"name": name, "platform": platform})

    def _schedule(self, schedule: Any, node: Node | None) -> Any:
        """The schedule, with the site's time zone if it names none; WRONG if its hours make no sense."""
        if schedule is WRONG:
            return WRONG
        wrong = flaw(schedule)
        if wrong and node is not None:
            self.typed.problems.add(node.key, f"{node.where}: {wrong}")
            return WRONG
        named = node is not None and isinstance(node.value, dict) and "timezone" in node.value
        return schedule if named else replace(schedule, timezone=self.zone)

    def _charges(self, node: Node | None, adapter: type[Platform]) -> None:
        if node is not None and node.value is not None and not issubclass(adapter, Priced):
            self.typed.problems.add(
                node.key, f"{node.where}: {adapter.name} charges nothing for posts (leave `budget` out)"
            )

    def _leads(self, node: Node | None, adapter: type[Platform]) -> None:
        if node is not None and node.value == "bio" and adapter.limits.clickable:
            told = f"'bio' is for networks on which nobody can follow an address in a text; on {adapter.name} they can"
            self.typed.problems.add(node.place, f"{node.where}: {told}")

    def _answering(self, account: Any, own: Mapping[str, Node], adapter: type[Platform], options: Any) -> Any:
        """The account without replies and threads where its own posts cannot be answered. If it asks for them itself,
        that is a mistake; in `defaults`, they are for others.
        """
        if WRONG in (account, options) or (account.link != "reply" and account.threads is None):
            return account
        kind = adapter.answers(options) if isinstance(adapter, Answering) else None
        lacks = f"on {adapter.name} this account cannot answer its own posts"
        if account.link == "reply" and kind is None:
            account = replace(account, link=None)
            if "link" in own:
                self.typed.problems.add(own["link"].place, f"{own['link'].where}: {lacks}")
        if account.threads is not None and kind != "posts":
            account = replace(account, threads=None)
            if "threads" in own:
                told = f"on {adapter.name} answers are comments" if kind else lacks
                self.typed.problems.add(own["threads"].key, f"{own['threads'].where}: {told} (leave `threads` out)")
        return account

    def _controls(self, own: Mapping[str, Node], adapter: type[Platform]) -> None:
        """A setting of the account itself that its network cannot do is a mistake; one in `defaults` is for others."""
        known = adapter.controls if isinstance(adapter, Controlled) else Controls()
        has = {"warning": known.warning != "none", "sensitive": known.sensitive, "replies": bool(known.replies)}
        for name, lacks in _LACKS.items():
            if name in own and own[name].value is not None and not has[name]:
                self.typed.problems.add(
                    own[name].key, f"{own[name].where}: {adapter.name} {lacks} (leave `{name}` out)"
                )
        replies, allowed = own.get("replies"), ("everyone", *known.replies)
        if known.replies and replies is not None and replies.value in set(get_args(Audience)) - set(allowed):
            self.typed.problems.add(replies.place, f"{replies.where}: on {adapter.name} it is {' or '.join(allowed)}")

    def _theme(self, node: Node | None) -> None:
        if node is None or not isinstance(node.value, str):
            return
        known = self.themes()
        if node.value not in known:
            close = suggestion(node.value, known) or f" (known: {', '.join(known)})"
            self.typed.problems.add(node.place, f"{node.where}: no theme is named '{node.value}'{close}")

    def _chooses(self, node: Node | None) -> None:
        """What is posted again has to be named: all stories would be news as well."""
        self._filter(node)
        if node is not None and not (isinstance(node.value, dict) and node.value):
            self.typed.problems.add(node.key, f"{node.where}: needs a condition, such as tags: [evergreen]")

    def _filter(self, node: Node | None) -> None:
        if node is None or not isinstance(node.value, dict):
            return
        for child in _several(node.value.get("sources")):
            if isinstance(child.value, str) and child.value not in self.sources:
                close = suggestion(child.value, self.sources)
                self.typed.problems.add(child.place, f"{child.where}: no source is named '{child.value}'{close}")


@dataclass(frozen=True, slots=True)
class CommonSettings:
    """The settings of every account that are not in `model.Account`."""

    enabled: bool = True
    api_url: str | None = None


def _several(node: Node | None) -> list[Node]:
    """The items of a list; one value counts as a list of one."""
    listed = node.value if node else None
    return listed if isinstance(listed, list) else [node] if node else []


def _shown(options: Mapping[str, Any]) -> set[str]:
    """The settings that contain no secret, whose values may be printed."""
    public = {name for name, hint in options.items() if not _is_secret(hint)}
    return {*SETTINGS, *NOT_BUILT["accounts"], *public, "enabled", "platform"}


def _is_secret(hint: Any) -> bool:
    return Secret in (hint, *get_args(hint))


def _options(options: Mapping[str, Any]) -> dict[str, Check]:
    checks: dict[str, Check] = {
        name: _secret_address if _is_secret(hint) else address for name, hint in options.items() if name in WEB
    }
    return checks | {"api_url": origin}


def _secret_address(text: str) -> str:
    try:
        return address(text)
    except ValueError:
        raise ValueError("is no web address: it has to begin with https:// or http:// and a host") from None


def _campaign(names: Mapping[str, str]) -> dict[str, str]:
    for name, value in names.items():
        if name.startswith("utm_"):
            raise ValueError(f"write '{name[4:]}', not '{name}'")
        if name not in UTM:
            raise ValueError(f"unknown name '{name}'{suggestion(name, UTM)}")
        if not value:
            raise ValueError(f"'{name}' is empty")
    return {f"utm_{name}": value for name, value in names.items()}


_ACCOUNT: dict[str, Check] = {
    "hashtags": count,
    "photos": at_least_one_photo,
    "utm": _campaign,
    "max_age": positive,
}
