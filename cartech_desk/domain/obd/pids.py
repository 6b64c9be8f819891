"""Service 01 of SAE J1979: the table in resources/obd/mode01.csv, checked when it is read.

Left out are PIDs whose layout or scaling public sources tell in contradictory ways (83, 88, 8B,
8F to 92, 94, 9B, A1, A3, A7, A8, AB on): no value is better than a wrong one.
"""

import csv
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar, Final

from cartech_desk.domain.canonical import canonical
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.obd.address import FUNCTIONAL, Address
from cartech_desk.domain.obd.layout import overlapping, scaled, with_full_range
from cartech_desk.domain.obd.signals import Command, Signal
from cartech_desk.domain.resources import resource
from cartech_desk.domain.units import UnitError, known_unit

SERVICE: Final = 0x01
_MOST_PACKED_BYTES: Final = 8  # a longer one gains nothing by company

States = tuple[tuple[int, str], ...]


class PidTableError(CarTechError):
    """The table of PIDs that came with the program is damaged."""

    code: ClassVar[str] = "pid_table"


@dataclass(frozen=True, slots=True)
class Pid:
    """One PID: data bytes of its answer, at least and at most (None: open), and its signals."""

    pid: int
    shortest: int
    longest: int | None
    rate_hz: float
    signals: tuple[Signal, ...]

    @property
    def length(self) -> int | None:
        """The number of data bytes where it is fixed, else None."""
        return self.shortest if self.shortest == self.longest else None

    def command(self, address: Address = FUNCTIONAL, *, uds: bool = False) -> Command:
        """Return the command that asks this PID there; `uds` as identifier F4xx of service 22."""
        return Command(
            address=address,
            payload=bytes((0x22, 0xF4, self.pid) if uds else (SERVICE, self.pid)),
            signals=self.signals,
            length=self.length,
            packable=self.length is not None and self.length <= _MOST_PACKED_BYTES,
            rate_hz=self.rate_hz,
        )


@cache
def mode01_pids() -> Mapping[int, Pid]:
    """Return the whole table by PID; PidTableError where it is damaged."""
    return read_table(resource("obd/mode01.csv"), resource("obd/states.toml"))


@cache
def mode01_commands(address: Address = FUNCTIONAL) -> Mapping[int, Command]:
    """Return the command of every PID of the table, asked at this address."""
    return MappingProxyType({pid: row.command(address) for pid, row in mode01_pids().items()})


def read_table(table: Path, states: Path) -> Mapping[int, Pid]:
    """Read and check a table; PidTableError names the line that is wrong."""
    names = {
        name: tuple(sorted((int(raw), text) for raw, text in values.items()))
        for name, values in tomllib.loads(states.read_text("utf-8")).items()
    }
    channels = {source: row.name for row in canonical().values() for source in row.sources}
    rows: dict[int, list[dict[str, str]]] = {}
    signals: dict[int, list[Signal]] = {}
    with table.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            try:
                pid = int(row["pid"], 16)
                signals.setdefault(pid, []).append(_signal(row, names, channels))
                rows.setdefault(pid, []).append(row)
            except (KeyError, TypeError, ValueError, ZeroDivisionError, UnitError) as error:
                raise _damaged(f"line {number}: {error}") from error
    pids = {pid: _pid(pid, rows[pid], signals[pid]) for pid in sorted(rows)}
    return MappingProxyType(pids)


def _signal(
    row: Mapping[str, str], names: Mapping[str, States], channels: Mapping[str, str]
) -> Signal:
    known_unit(row["unit"])
    signal = Signal(
        id=row["id"],
        label=row["label"],
        unit=row["unit"],
        bit_offset=int(row["bit"]),
        bit_length=int(row["bits"]),
        signed=bool(row["signed"]),
        mul=float(row["mul"]),
        div=float(row["div"]),
        add=float(row["add"]),
        maximum=float(row["max"]) if row["max"] else None,
        channel=channels.get(row["id"], row["id"]),
        states=names[row["states"]] if row["states"] else (),
        gate=int(row["gate"]) if row["gate"] else None,
    )
    if signal.bit_offset < 0 or signal.bit_length < 1:
        raise ValueError("a signal needs at least one bit")
    signal = with_full_range(signal)
    if row["null"]:
        signal = _with_null(signal, int(row["null"]))
    return signal


def _with_null(signal: Signal, raw: int) -> Signal:
    """Let one end of the raw range mean "no value"."""
    value = scaled(signal, raw)
    if value == signal.maximum:
        return replace(signal, null_max=value)
    if value == signal.minimum:
        return replace(signal, null_min=value)
    raise ValueError(f"the raw value {raw} for “no value” is at neither end of the range")


def _pid(pid: int, rows: Iterable[Mapping[str, str]], signals: list[Signal]) -> Pid:
    place = f"PID {pid:02X}"
    sizes = {row["bytes"] for row in rows}
    if len(sizes) != 1:
        raise _damaged(f"{place} has several lengths")
    shortest, dash, longest = sizes.pop().partition("-")
    row = Pid(
        pid=pid,
        shortest=int(shortest),
        longest=int(shortest) if not dash else int(longest) if longest else None,
        rate_hz=max(float(row["rate_hz"]) for row in rows),
        signals=tuple(signals),
    )
    if len({one.id for one in signals}) != len(signals):
        raise _damaged(f"{place} names a signal twice")
    for one in signals:
        end = max(one.bit_offset + one.bit_length, (one.gate or 0) + 1)
        if row.longest is not None and end > 8 * row.longest:
            raise _damaged(f"{place}: {one.id} lies behind its {row.longest} bytes")
    pair = overlapping(signals)
    if pair is not None:
        raise _damaged(f"{place}: {pair[0].id} and {pair[1].id} use the same bits")
    return row


def _damaged(what: str) -> PidTableError:
    return PidTableError(
        f"The table of OBD values that came with the program is damaged ({what}).",
        to_do="Install the program again.",
    )
