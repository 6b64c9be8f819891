"""Units and scales of on-board tests by their id (SAE J1979-DA, appendix E): a table in resources.

One bit is `mul` of the unit, and `add` stands in front; values of signed ids are two's complement.
Rates of one millivolt in a millisecond are told as volts a second, ids of ratios as "ratio".
"""

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from cartech_desk.domain.obd.pids import PidTableError
from cartech_desk.domain.resources import resource
from cartech_desk.domain.units import UnitError, known_unit


@dataclass(frozen=True, slots=True)
class Scale:
    """What two bytes of a test mean: raw * `mul` + `add`, in `unit`."""

    unit: str
    mul: float = 1.0
    add: float = 0.0
    signed: bool = False

    @property
    def ends(self) -> tuple[int, int]:
        """The least and the most raw value that there is."""
        return (-0x8000, 0x7FFF) if self.signed else (0, 0xFFFF)

    def raw(self, data: bytes) -> int:
        """Return the raw value of two bytes."""
        return int.from_bytes(data, "big", signed=self.signed)

    def value(self, raw: int) -> float:
        """Return what a raw value means; free of the last digits that binary fractions add."""
        return float(f"{raw * self.mul + self.add:.10g}")


COUNTS = Scale("count")
"""Bare counts, for ids that the table lacks and for tests whose scale the maker keeps."""
SIGNED_COUNTS = Scale("count", signed=True)
"""The same for ids from 80 on, all of which are signed (SAE J1979-DA, appendix E)."""
_FIRST_SIGNED: Final = 0x80


def scale_of(number: int) -> Scale:
    """Return the scale of an id, bare counts for one that the table lacks."""
    return scales().get(number, SIGNED_COUNTS if number >= _FIRST_SIGNED else COUNTS)


@cache
def scales() -> Mapping[int, Scale]:
    """Return the whole table by id; PidTableError where it is damaged."""
    table: dict[int, Scale] = {}
    with resource("obd/test_units.csv").open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            try:
                known_unit(row["unit"])
                table[int(row["id"], 16)] = Scale(
                    row["unit"], float(row["mul"]), float(row["add"]), bool(row["signed"])
                )
            except (KeyError, TypeError, ValueError, UnitError) as error:
                raise PidTableError(
                    f"The table of the units of tests that came with the program is damaged "
                    f"(line {number}: {error}).",
                    to_do="Install the program again.",
                ) from error
    return MappingProxyType(table)


@cache
def _names() -> Mapping[str, Mapping[int, str]]:
    content = tomllib.loads(resource("obd/monitors.toml").read_text("utf-8"))
    return {
        kind: {int(key, 16): name for key, name in rows.items()} for kind, rows in content.items()
    }


def monitor_name(monitor: int) -> str:
    """Return a monitor in words, its number where the standard leaves it to the maker."""
    return _names()["monitors"].get(monitor) or f"Monitor {monitor:02X}"


def name_of_test(test: int) -> str:
    """Return a test in words; from 80 on they are the maker's own."""
    return _names()["tests"].get(test) or f"Test {test:02X}" + " (the maker's own)" * (test >= 0x80)
