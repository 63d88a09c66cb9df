"""Makes a JSON Schema of the config from the same dataclasses, for editors that check the file while you type."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import MISSING, Field, fields
from datetime import timedelta
from typing import Annotated, Any, get_origin, get_type_hints

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from syndicate.config.accounts import SETTINGS, UTM
from syndicate.config.descriptions import DESCRIPTIONS
from syndicate.config.schema import (
    AfterConfig,
    AlertSettings,
    ApprovalSettings,
    Bucket,
    Config,
    FrontMatterConfig,
    Listen,
    MediaConfig,
    NetworkConfig,
    Sftp,
    SourceConfig,
    WebhookConfig,
    WordPressConfig,
)
from syndicate.config.site import SITE
from syndicate.config.typed import hints
from syndicate.errors import ConfigError
from syndicate.model import (
    Account,
    AgainRule,
    BreakingRules,
    Budget,
    Filter,
    Json,
    Schedule,
    Site,
    TextCommand,
    ThreadRules,
    WarningRule,
)
from syndicate.platforms import ALIASES, find, names

__all__ = ["TITLE", "json_schema"]

TITLE = "The configuration of syndicate"

_REFERENCE: Json = {"type": "string", "pattern": r"\$\{[^}]+\}"}
_DURATION: Json = {"type": "string", "pattern": r"^ *(0|(\d+d)? *(\d+h)? *(\d+m)? *(\d+s)?) *$"}
_RANGE: Json = {"type": "string", "pattern": r"^ *(\d+[dhms] *)+ to *(\d+[dhms] *)+$"}
_NAME: Json = {"pattern": "^[A-Za-z0-9_-]+$"}


def json_schema() -> Json:
    """The JSON Schema: every setting with its description, and every platform with its options."""
    top = _section(Config, "", only=("database", "templates", "lease", "key_file", "recover", "state"))
    top["properties"] |= {
        "site": _section(Site, "site"),
        "sources": _named(_source(), "sources"),
        "defaults": _described(
            {**_closed({**_common(), "api_url": _api_url()}), "type": ["object", "null"]}, "defaults"
        ),
        "accounts": _named(_account(), "accounts"),
        "network": _section(NetworkConfig, "network"),
        "alerts": _section(AlertSettings, "alerts"),
        "listen": _section(Listen, "listen"),
        "approvals": _section(ApprovalSettings, "approvals"),
        "media": _media(),
        "breaking": _section(BreakingRules, "breaking"),
        "after": _after(),
        "people": _described(_of(Mapping[str, Mapping[str, str] | None] | None), "people"),
    }
    one = {name: top["properties"][name] for name in SITE}
    inside = {**_closed(one), "required": ["site"]}
    top["properties"]["sites"] = _described(
        {"anyOf": [{"type": "string"}, _named({"anyOf": [{"type": "string"}, inside]}, "sites")]}, "sites"
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": TITLE,
        **top,
        "anyOf": [{"required": ["site"]}, {"required": ["sites"]}],
        "$defs": {"conditions": _section(Filter, "conditions"), "schedule": _schedule()},
    }


class _AsTyped(GenerateJsonSchema):
    """Allows what people may type in YAML, where that is more than the plain JSON type."""

    def str_schema(self, schema: Any) -> JsonSchemaValue:
        """Any single value: an id of digits needs no quotes. Only secrets have a shortest length."""
        secret = {"writeOnly": True} if schema.get("min_length") else {}
        return super().str_schema(schema) | {"type": ["string", "number", "boolean"]} | secret

    def int_schema(self, schema: Any) -> JsonSchemaValue:
        """A whole number, or a reference such as `${NAME}`."""
        return {"anyOf": [super().int_schema(schema), _REFERENCE]}

    def bool_schema(self, schema: Any) -> JsonSchemaValue:
        """A boolean, or one of the words of YAML 1.1."""
        return {"anyOf": [super().bool_schema(schema), {"enum": ["yes", "no", "on", "off"]}, _REFERENCE]}

    def timedelta_schema(self, schema: Any) -> JsonSchemaValue:  # noqa: ARG002 - pydantic's signature
        """A number and a unit, or several; 0 needs none."""
        return {"anyOf": [_DURATION, {"const": 0}, _REFERENCE]}

    def tuple_schema(self, schema: Any) -> JsonSchemaValue:
        """A single value may stand for a list of one."""
        listed = super().tuple_schema(schema)
        return {"anyOf": [listed, listed["items"]]} if "items" in listed else listed


def _media() -> Json:
    media = _section(MediaConfig, "media", leave_out=("s3", "sftp"))
    for name, kind in (("s3", Bucket), ("sftp", Sftp)):
        media["properties"][name] = _section(kind, f"media.{name}")
    return media


def _after() -> Json:
    parts = {"front_matter": FrontMatterConfig, "webhook": WebhookConfig, "wordpress": WordPressConfig}
    after = _section(AfterConfig, "after", leave_out=tuple(parts))
    for name, kind in parts.items():
        after["properties"][name] = _section(kind, f"after.{name}")
    return after


def _source() -> Json:
    source = _section(SourceConfig, "sources", leave_out=("name",))
    burst = {"anyOf": [{"type": "integer", "minimum": 1}, {"enum": ["off", False]}, _REFERENCE], "default": 10}
    source["properties"]["burst"] = _described(burst, "sources.burst")
    del source["properties"]["timezone"]["default"]  # the site's
    source["properties"]["every"] = _described({"anyOf": [_of(timedelta), _RANGE]}, "sources.every")
    similar = {"anyOf": [{"enum": ["ask", "post", "skip"]}, {"const": "hold", "deprecated": True}], "default": "ask"}
    source["properties"]["similar"] = _described(similar, "sources.similar")
    preflight = {"anyOf": [_of(timedelta), {"enum": ["off", False]}], "default": "1h"}
    source["properties"]["preflight"] = _described(preflight, "sources.preflight")
    named = {"anyOf": [{"type": "string"}, {"const": False}], "default": "off"}
    source["properties"]["overrides"] = _described(named, "sources.overrides")
    return source


def _account() -> Json:
    """An account: which settings it may have depends on its `platform`."""
    known = [*names(), *ALIASES]
    return {
        "type": "object",
        "properties": {"platform": {"enum": known, "description": DESCRIPTIONS["accounts.platform"]}},
        "required": ["platform"],
        "allOf": [case for name in known for case in _cases(name)],
    }


def _cases(name: str) -> list[Json]:
    try:
        options = find(name).options_type
    except ConfigError:  # a plugin that does not load
        return []
    own, said = _section(options, "options"), _said(options)
    about = " ".join((options.__doc__ or "").split("\n\n", 1)[0].split())
    settings = {
        setting: schema | ({"description": said[setting]} if setting in said else {})
        for setting, schema in own["properties"].items()
    }
    then = _closed({"platform": True, "api_url": _api_url(), **_common(), **settings}, own.get("required", ()))
    return [
        {
            "if": {"properties": {"platform": {"const": name}}, "required": ["platform"]},
            "then": then | {"description": about},
        }
    ]


def _said(options: type) -> dict[str, str]:
    """The descriptions of an adapter's options: the text beside the type in `Annotated[type, text]`."""
    found = get_type_hints(options, include_extras=True)
    annotated = {name: hint.__metadata__ for name, hint in found.items() if get_origin(hint) is Annotated}
    return {name: text for name, extras in annotated.items() for text in extras if isinstance(text, str)}


def _common() -> Json:
    """The settings of every account, without those that are not built yet."""
    elsewhere = ("only", "never", "schedule", "budget", "warning", "text", "again", "threads")
    common: Json = _section(Account, "accounts", only=SETTINGS, leave_out=elsewhere)["properties"]
    common["utm"]["propertyNames"] = {"enum": list(UTM)}
    conditions = {"anyOf": [{"$ref": "#/$defs/conditions"}, {"type": "null"}]}
    for name in ("only", "never"):
        common[name] = _described(conditions, f"accounts.{name}")
    rule = _section(WarningRule, "warning", leave_out=("when",))
    rule["properties"]["when"] = _described({"$ref": "#/$defs/conditions"}, "warning.when")
    one = {"anyOf": [_of(str), rule]}
    common["warning"] = _described({"anyOf": [one, {"type": "array", "items": one}]}, "accounts.warning")
    text = _section(TextCommand, "text") | {"type": ["object", "null"]}
    common["text"] = _described(text, "accounts.text")
    again = _section(AgainRule, "again", leave_out=("only",)) | {"type": ["object", "null"], "required": ["only"]}
    again["properties"]["only"] = _described({"$ref": "#/$defs/conditions", "minProperties": 1}, "again.only")
    common["again"] = _described(again, "accounts.again")
    threads = _section(ThreadRules, "threads") | {"type": ["object", "null"]}
    common["threads"] = _described(threads, "accounts.threads")
    common["schedule"] = _described({"$ref": "#/$defs/schedule"}, "accounts.schedule")
    common["budget"] = _section(Budget, "budget") | {"description": DESCRIPTIONS["accounts.budget"]}
    return common | {"enabled": _described(_of(bool) | {"default": True}, "accounts.enabled")}


def _schedule() -> Json:
    schedule = _section(Schedule, "schedule", leave_out=("windows", "quiet"))
    for name in ("windows", "quiet"):
        schedule["properties"][name] = _described(_of(tuple[str, ...]), f"schedule.{name}")
    del schedule["properties"]["timezone"]["default"]  # the site's
    return schedule


def _api_url() -> Json:
    return _described(_of(str), "options.api_url")


def _named(schema: Json, section: str) -> Json:
    """A section of entries under names that the publisher chooses; it may be empty."""
    whole = {"type": ["object", "null"], "propertyNames": _NAME, "additionalProperties": schema}
    return _described(whole, section)


def _section(kind: type, section: str, *, only: Collection[str] = (), leave_out: Collection[str] = ()) -> Json:
    types = hints(kind)
    wanted = [
        field
        for field in fields(kind)
        if field.name in types and field.name not in leave_out and (not only or field.name in only)
    ]
    properties = {
        field.name: _described(_of(types[field.name]) | _default(field), f"{section}.{field.name}".lstrip("."))
        for field in wanted
    }
    required = [field.name for field in wanted if field.default is MISSING and field.default_factory is MISSING]
    return _described(_closed(properties, required), section)


def _of(hint: Any) -> Json:
    return TypeAdapter(hint).json_schema(schema_generator=_AsTyped)


def _default(field: Field[Any]) -> Json:
    if isinstance(field.default, timedelta):
        return {"default": _spelled(field.default)}
    return {"default": field.default} if isinstance(field.default, str | int) else {}


def _spelled(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    unit, size = next((unit, size) for unit, size in (("h", 3600), ("m", 60), ("s", 1)) if seconds % size == 0)
    return f"{seconds // size}{unit}"


def _described(schema: Mapping[str, Any], name: str) -> Json:
    return {**schema, **({"description": DESCRIPTIONS[name]} if name in DESCRIPTIONS else {})}


def _closed(properties: Mapping[str, Any], required: Collection[str] = ()) -> Json:
    schema = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    return schema | ({"required": list(required)} if required else {})
