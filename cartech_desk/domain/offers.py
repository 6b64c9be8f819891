"""Signals that a car delivers, from the PIDs that it says it has and from its maker's commands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cartech_desk.domain.obd.address import address_of
from cartech_desk.domain.obd.pids import SERVICE, mode01_pids
from cartech_desk.domain.obd.signals import Command, Signal
from cartech_desk.domain.obd.variants import as_told_by


@dataclass(frozen=True, slots=True)
class Offer:
    """A signal that the car delivers, and where it comes from in words.

    `standard` where it is one of the PIDs of service 01, however they are asked for.
    """

    command: Command
    signal: Signal
    says: str
    standard: bool = False


def standard_offers(
    supported: Mapping[int, frozenset[int]],
    scales: Mapping[str, float],
    *,
    extended: bool,
    uds: bool,
) -> list[Offer]:
    """Return what service 01 delivers, each PID from the lowest ECU that has it."""
    table = mode01_pids()
    offers: list[Offer] = []
    taken: set[int] = set()
    engine = min(supported, default=0)
    for ecu in sorted(supported):
        address = address_of(ecu, extended=extended)
        where = "" if ecu == engine else f" of ECU {ecu:X}"
        for pid in sorted(supported[ecu] - taken):
            row = table.get(pid)
            if row is None:
                continue
            taken.add(pid)
            command = as_told_by(row, supported[ecu], scales).command(address, uds=uds)
            if ecu <= 0xFF:  # a bus before CAN: one PID a request
                command = replace(command, packable=False)
            asked = f" (22 F4{pid:02X})" if uds else ""
            says = f"mode 01 PID {pid:02X}{asked}{where}"
            offers.extend(Offer(command, signal, says, standard=True) for signal in command.signals)
    return offers


def extra_offers(commands: Sequence[Command]) -> list[Offer]:
    """Return what commands of the maker deliver, in their order."""
    return [
        Offer(
            command,
            signal,
            f"{command.payload.hex(' ').upper()} at {command.address}",
            command.service == SERVICE,
        )
        for command in commands
        for signal in command.signals
    ]
