"""`dataclass` of the standard library, cheaper to declare: what a class needs is written when it is first used.

The standard one looks at each field and compiles six methods for each class while a module is imported, a quarter of
the start of a command; most of these classes are never made in it. Ours notes the names and the defaults. `__init__` is
compiled where more than a few are made, and the fields, of which the standard library's functions ask, are made by it.
"""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(cls: Any = None, /, *, frozen: bool = False, slots: bool = False, eq: bool = True) -> Any:
        """As `dataclasses.dataclass`, with the options that we use."""
        if cls is None:
            return lambda cls: dataclass(cls, frozen=frozen, slots=slots, eq=eq)
        own = set(vars(cls))
        made = _laid_out(cls, slots=slots)
        made.__init__ = _init_of(made, frozen=frozen)
        methods = {"__repr__": _repr}
        if eq:
            methods |= {"__eq__": _eq, "__hash__": _hash if frozen else None}
        if frozen:
            methods |= {"__setattr__": _refuse, "__delattr__": _refuse}
            methods |= {"__getstate__": _state, "__setstate__": _restore} if slots else {}
        for name, method in methods.items():
            if name not in own:
                setattr(made, name, method)
        return made


_GIVEN: dict[type, dict[str, Any]] = {}
"""The fields of each class, those of its bases first: default, `dataclasses.field`, or MISSING."""


def _laid_out(cls: type, *, slots: bool) -> type:
    """The class with its fields noted, and with slots if it is to have them."""
    types = vars(cls).get("__annotations__", {})
    names = [name for name, kind in types.items() if not str(kind).startswith(("ClassVar", "typing.ClassVar"))]
    own = {name: vars(cls).get(name, dataclasses.MISSING) for name in names}
    inherited: dict[str, Any] = {}
    for base in reversed(cls.__mro__[1:]):
        inherited |= _GIVEN.get(base, {})
    content = {name: value for name, value in vars(cls).items() if name not in ("__dict__", "__weakref__")}
    if slots:
        content = {name: value for name, value in content.items() if name not in own}
        content["__slots__"] = tuple(name for name in own if name not in inherited)
        made = type(cls)(cls.__name__, cls.__bases__, content)
        made.__qualname__ = cls.__qualname__
    else:
        made = cls
        for name, default in own.items():
            if isinstance(default, dataclasses.Field):
                delattr(made, name)
    _GIVEN[made] = inherited | own
    fields = _Fields(made, {"__annotations__": types, **_set(own)})
    for name, value in {"__match_args__": tuple(_GIVEN[made]), "__dataclass_fields__": fields}.items():
        setattr(made, name, value)
    return made


def _set(given: dict[str, Any]) -> dict[str, Any]:
    return {name: default for name, default in given.items() if default is not dataclasses.MISSING}


class _Fields:
    """`__dataclass_fields__` of a class until somebody asks for them: the standard library makes them then."""

    def __init__(self, cls: type, content: dict[str, Any]) -> None:
        self._cls = cls
        self._content = content

    def __get__(self, _instance: Any, _owner: Any) -> dict[str, Any]:
        cls: Any = self._cls
        told = {"__module__": cls.__module__, "__doc__": "x"}  # without one it parses a signature to write one
        sketch: Any = type(cls.__name__, cls.__bases__, self._content | told)
        drawn: Any = dataclasses.dataclass(init=False, repr=False, eq=False)(sketch)
        cls.__dataclass_params__ = drawn.__dataclass_params__
        cls.__dataclass_fields__ = drawn.__dataclass_fields__
        found: dict[str, Any] = drawn.__dataclass_fields__
        return found


def _among(cls: type, what: str) -> list[str]:
    """The names of the fields of which `what` holds: `compare` or `repr`."""
    given = next(_GIVEN[each] for each in cls.__mro__ if each in _GIVEN)
    return [
        name for name, default in given.items() if not isinstance(default, dataclasses.Field) or getattr(default, what)
    ]


def _init_of(cls: type, *, frozen: bool) -> Any:
    """`__init__` of a class. It sets the fields one by one at first, and is compiled where many are made."""
    made = 0

    def __init__(self: Any, *values: Any, **named: Any) -> None:  # noqa: N807 - it is one
        nonlocal made
        made += 1
        if made <= _FEW and _is_filled(self, cls, values, named, frozen=frozen):
            return
        compiled = _compiled(cls, frozen=frozen)
        if vars(cls).get("__init__") is __init__:
            cls.__init__ = compiled  # type: ignore[misc]
        compiled(self, *values, **named)

    return __init__


def _is_filled(self: Any, cls: type, values: tuple[Any, ...], named: dict[str, Any], *, frozen: bool) -> bool:
    """Set the fields of an object as its `__init__` would. False where the arguments do not fit; nothing is set."""
    given = _GIVEN[cls]
    content = dict(zip(given, values, strict=False))
    if len(values) > len(given) or not content.keys().isdisjoint(named) or not named.keys() <= given.keys():
        return False
    content |= named
    if any(name not in content and _has_none(default) for name, default in given.items()):
        return False
    keep = object.__setattr__ if frozen else setattr
    for name, default in given.items():
        if name in content:
            value = content[name]
        elif not isinstance(default, dataclasses.Field):
            value = default
        elif default.default_factory is dataclasses.MISSING:
            value = default.default
        else:
            value = default.default_factory()
        keep(self, name, value)
    if hasattr(cls, "__post_init__"):
        self.__post_init__()
    return True


def _has_none(default: Any) -> bool:
    """Whether a field has no default of its own."""
    if isinstance(default, dataclasses.Field):
        return default.default is dataclasses.MISSING and default.default_factory is dataclasses.MISSING
    return default is dataclasses.MISSING


def _compiled(cls: type, *, frozen: bool) -> Any:
    names: dict[str, Any] = {"_missing": dataclasses.MISSING}
    given, lines = ["self"], []
    for name, default in _GIVEN[cls].items():
        field = default if isinstance(default, dataclasses.Field) else dataclasses.field(default=default)
        if field.default is not dataclasses.MISSING:
            names[f"_default_{name}"] = field.default
            given.append(f"{name}=_default_{name}")
        elif field.default_factory is not dataclasses.MISSING:
            names[f"_make_{name}"] = field.default_factory
            given.append(f"{name}=_missing")
            lines.append(f"if {name} is _missing: {name} = _make_{name}()")
        else:
            given.append(name)
    lines += _setting(cls, names) if frozen else [f"self.{name} = {name}" for name in _GIVEN[cls]]
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    exec(f"def __init__({', '.join(given)}):\n " + "\n ".join(lines or ["pass"]), names)  # noqa: S102 - names of our own
    made = names["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


def _setting(cls: type, names: dict[str, Any]) -> list[str]:
    """Lines that set the fields of a frozen object; `names` gets what they need.

    One with many fields belongs meanwhile to a class of the same layout that lets them be set, which takes a ninth of
    the time of `object.__setattr__`. This is not possible for one of a class below, which may have another layout.
    """
    fields, slots = list(_GIVEN[cls]), vars(cls).get("__slots__")
    names["_set"] = object.__setattr__
    if slots is None or cls.__bases__ != (object,) or len(fields) < _MANY:
        return [f"_set(self, '{name}', {name})" for name in fields]

    def below(made: Any, given: dict[str, Any]) -> None:
        for name in fields:
            object.__setattr__(made, name, given[name])

    names |= {"_below": below, "_own": cls, "_open": type(cls.__name__, (), {"__slots__": slots})}
    return [
        "if self.__class__ is not _own: _below(self, locals())",
        "else:",
        " _set(self, '__class__', _open)",
        *(f" self.{name} = {name}" for name in fields),
        " self.__class__ = _own",
    ]


_FEW = 8
"""Objects of a class that are made without a compiled `__init__`: one takes as long to compile as 14 to 19 to fill."""

_MANY = 6
"""Fields from which on it is worth to change the class twice."""

_GETTERS: dict[Any, Callable[[Any], Any]] = {}


def _values(self: Any) -> Any:
    """The values by which two of a class are compared."""
    getter = _GETTERS.get(type(self))
    if getter is None:
        names = _among(type(self), "compare")
        getter = _GETTERS[type(self)] = operator.attrgetter(*names) if names else lambda _: ()
    return getter(self)


def _repr(self: Any) -> str:
    shown = (f"{name}={getattr(self, name)!r}" for name in _among(type(self), "repr"))
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _eq(self: Any, other: object) -> Any:
    return _values(self) == _values(other) if type(other) is type(self) else NotImplemented


def _hash(self: Any) -> int:
    return hash(_values(self))


def _refuse(self: Any, name: str, *_: object) -> None:
    raise dataclasses.FrozenInstanceError(f"{type(self).__qualname__}.{name} cannot be changed")


def _state(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _restore(self: Any, state: list[Any]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)
