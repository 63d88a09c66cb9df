"""Our `dataclass` is the standard library's, whatever is asked of one."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import field
from typing import Any, ClassVar

import pytest

from syndicate.model.dataclass import _FEW, dataclass


@dataclass(frozen=True, slots=True)
class Train:
    """A value."""

    name: str
    wagons: int = 7
    stops: list[str] = field(default_factory=list)
    driver: str = field(default="", repr=False, compare=False)

    @property
    def long(self) -> bool:
        """A property stays one."""
        return self.wagons > 10


@dataclass(frozen=True, slots=True)
class Checked:
    """A value that is checked when it is made."""

    wagons: int

    def __post_init__(self) -> None:
        if self.wagons < 0:
            raise ValueError("fewer than none")


@dataclass
class Station:
    """What may be changed."""

    name: str
    trains: list[Train] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Named:
    """A value with a text of its own."""

    name: str

    def __repr__(self) -> str:
        return f"<{self.name}>"


@dataclass(frozen=True, slots=True, eq=False)
class Itself:
    """Equal to itself alone."""

    name: str


@dataclass(frozen=True, slots=True)
class Longer(Named):
    """A value with the fields of another."""

    wagons: int = 1


@dataclass(frozen=True, slots=True)
class Counted:
    gauge: ClassVar[int] = 1435
    name: str
    wagons: int = 1


@dataclass(frozen=True, slots=True)
class Timetable:
    """A value with so many fields that they are set in another way."""

    line: str
    first: int
    last: int
    every: int = 20
    stops: list[str] = field(default_factory=list)
    valid: bool = True

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("ends before it begins")


class Holiday(Timetable):
    """One of a class below it."""


class Special(Train):
    """One of a class of its own, which has no fields of its own."""


STANDARD = dataclasses.make_dataclass(
    "Train",
    [("name", str), ("wagons", int, 7), ("driver", str, field(default="", repr=False, compare=False))],
    frozen=True,
)


def test_values_are_taken_by_place_by_name_and_by_default() -> None:
    train = Train("night", stops=["north"])
    assert (train.name, train.wagons, train.stops, train.driver) == ("night", 7, ["north"], "")
    assert Train("night").stops is not Train("night").stops
    assert Train("night", 12).long


@pytest.mark.parametrize(("values", "named"), [((), {}), (("a", 1, [], "", 5), {}), (("a",), {"speed": 1})])
def test_values_that_are_missing_or_too_many_are_refused(values: tuple[Any, ...], named: dict[str, Any]) -> None:
    for kind in (Train, STANDARD):
        with pytest.raises(TypeError, match=r"__init__\(\)"):
            kind(*values, **named)


def test_a_frozen_one_does_not_change() -> None:
    train = Train("night")
    with pytest.raises(dataclasses.FrozenInstanceError):
        train.name = "day"  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del train.name
    assert train.name == "night"
    assert dataclasses.replace(train, name="day") == Train("day")


@pytest.mark.parametrize("kind", [Timetable, Holiday])
def test_one_with_many_fields_is_as_any_other(kind: type[Timetable]) -> None:
    found = kind("S1", 5, last=23, stops=["north"])
    assert type(found) is kind
    assert [found.line, found.first, found.last, found.every, found.stops] == ["S1", 5, 23, 20, ["north"]]
    assert found.valid
    assert found == kind("S1", 5, 23, 20, ["north"])
    assert kind("S1", 5, 23).stops is not kind("S1", 5, 23).stops
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.line = "S2"  # type: ignore[misc]
    with pytest.raises(ValueError, match="ends before"):
        kind("S1", 5, 4)
    with pytest.raises(TypeError, match=r"__init__\(\)"):
        kind("S1", 5)  # type: ignore[call-arg]
    assert dataclasses.replace(found, every=10) == kind("S1", 5, 23, 10, ["north"])
    assert copy.deepcopy(found) == found


def test_it_has_slots_and_no_dictionary() -> None:
    assert not hasattr(Train("night"), "__dict__")
    assert Train.__match_args__ == ("name", "wagons", "stops", "driver")


def test_two_are_compared_by_their_fields_and_by_their_class() -> None:
    assert Train("night", driver="Ada") == Train("night", driver="Bea")
    assert Train("night") != Train("day")
    assert Train("night") != STANDARD("night")
    assert Named("night") != Longer("night")
    assert hash(Named("night")) == hash(Named("night"))
    assert {Named("night"), Named("night"), Named("day")} == {Named("day"), Named("night")}
    assert Itself("a") != Itself("a")


def test_one_that_may_change_has_no_hash() -> None:
    station = Station("north")
    station.name = "south"
    assert station == Station("south")
    with pytest.raises(TypeError):
        hash(station)


def test_what_is_shown_names_the_fields_but_secrets() -> None:
    assert repr(Train("night", driver="Ada")) == "Train(name='night', wagons=7, stops=[])"
    assert repr(STANDARD("night", driver="Ada")) == "Train(name='night', wagons=7)"
    assert repr(Named("night")) == "<night>"


def test_a_value_is_checked_when_it_is_made_each_time() -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match="fewer"):
            Checked(-1)
    assert Checked(1).wagons == 1


def test_fields_of_another_come_first() -> None:
    longer = Longer("night", 3)
    assert (longer.name, longer.wagons) == ("night", 3)
    assert dataclasses.asdict(longer) == {"name": "night", "wagons": 3}
    assert Named("night").name == "night"


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_it_can_be_copied_and_sent_to_another_process(again: Any) -> None:
    train = Train("night", 3, ["north"], "Ada")
    twin = again(train)
    assert twin == train
    assert twin.driver == "Ada"


def test_the_standard_library_finds_its_fields_and_they_stay_the_same() -> None:
    found = dataclasses.fields(Train)
    assert [(each.name, each.type) for each in found[:2]] == [("name", "str"), ("wagons", "int")]
    assert [each.default for each in found[:2]] == [dataclasses.MISSING, 7]
    assert found[2].default_factory is list
    assert not found[3].repr
    assert not found[3].compare
    assert dataclasses.fields(Train("night"))[0] is found[0]
    assert [each.name for each in dataclasses.fields(Longer)] == ["name", "wagons"]
    assert dataclasses.is_dataclass(Checked)
    assert not dataclasses.is_dataclass(test_it_has_slots_and_no_dictionary)


def test_what_belongs_to_the_class_is_no_field() -> None:
    assert Counted("goods") == Counted("goods", 1)
    assert (Counted.gauge, Counted.__match_args__) == (1435, ("name", "wagons"))
    assert [each.name for each in dataclasses.fields(Counted)] == ["name", "wagons"]


def test_one_of_a_class_below_is_shown_and_compared_by_the_same_fields() -> None:
    assert repr(Special("night")) == "Special(name='night', wagons=7, stops=[])"
    assert Special("night", driver="Ada") == Special("night")
    assert Special("night") != Train("night")
    assert [each.name for each in dataclasses.fields(Special("night"))] == ["name", "wagons", "stops", "driver"]


def test_the_first_of_a_class_are_as_those_that_are_made_when_it_is_compiled() -> None:
    @dataclass(frozen=True, slots=True)
    class Ticket:
        name: str
        zones: int = 3
        stops: list[str] = field(default_factory=list)
        checked: bool = field(default=False, compare=False)

        def __post_init__(self) -> None:
            if self.zones < 0:
                raise ValueError("fewer than none")

    written = vars(Ticket)["__init__"]
    made = []
    for number in range(3 * _FEW):
        for values, named in [((), {}), (("a", 1, [], True, 5), {}), (("a",), {"name": "b"}), (("a",), {"zone": 1})]:
            with pytest.raises(TypeError, match=r"__init__\(\)"):
                Ticket(*values, **named)  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="fewer"):
            Ticket("night", -1)
        made.append([Ticket("night"), Ticket("night", zones=number), Ticket(name="day", checked=True)])
    assert vars(Ticket)["__init__"] is not written
    assert all(one == Ticket("night") and one.stops is not made[0][0].stops for one, _, _ in made[1:])
    assert [two.zones for _, two, _ in made] == [*range(3 * _FEW)]
    assert all((three.name, three.zones, three.stops, three.checked) == ("day", 3, [], True) for _, _, three in made)
    with pytest.raises(dataclasses.FrozenInstanceError):
        made[0][0].name = "late"  # type: ignore[misc]
