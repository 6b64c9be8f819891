"""What is watched: from channels and rates that somebody wants to commands and rates for the wire.

A `Watch` remembers the rates across cars; each change of the rates or of the car makes a new
`Plan`, which the feed and the driver's thread take over. Whoever makes the change, plans are made
and declared one after the other, so that what is kept is always what is polled.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from cartech_desk.domain.canonical import canonical
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.obd.address import Address
from cartech_desk.domain.obd.signals import Command
from cartech_desk.domain.sources import Catalogue

VOLTAGE: Final = "voltage"
VOLTAGE_HZ: Final = 0.5
"""How often the adapter is asked for its voltage where the car does not tell it."""
RAREST_HZ: Final = 0.001
FASTEST_HZ: Final = 10_000.0
EMPTY: Final = Catalogue({}, {})


class BadRate(CarTechError):
    """A channel is asked at a rate that makes no sense."""

    code = "bad_rate"


@dataclass(frozen=True, slots=True)
class Fetch:
    """One signal of a command's answer and the channel that it is."""

    signal: str
    channel: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be polled for one car.

    `asked` gives every channel that will be told, inputs of derived ones included, with its rate;
    `rates_hz` every command; `fetches` what each command's answer is for, by address and payload;
    `missing` names that this car does not deliver. `for_limits` are the channels among `asked`
    that nobody asked for: they are polled for limits alone; `for_runs` those that dyno runs alone
    need. `limits_hz` are the commands that limits need, whoever else wants them too.
    """

    catalogue: Catalogue = EMPTY
    asked: Mapping[Channel, float] = field(default_factory=dict)
    rates_hz: Mapping[Command, float] = field(default_factory=dict)
    fetches: Mapping[tuple[Address, bytes], tuple[Fetch, ...]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    adapter_voltage: bool = False
    for_limits: frozenset[str] = frozenset()
    for_runs: frozenset[str] = frozenset()
    limits_hz: Mapping[Command, float] = field(default_factory=dict)

    @property
    def aside(self) -> frozenset[str]:
        """The channels that are polled though no person asked for them."""
        return self.for_limits | self.for_runs


def voltage_channel() -> Channel:
    """Return the channel that the adapter's own voltmeter delivers."""
    row = canonical()[VOLTAGE]
    return Channel(row.name, row.label, row.unit, row.minimum, row.maximum, row.decimals, "adapter")


def make_plan(
    catalogue: Catalogue, rates_hz: Mapping[str, float], *, adapter_voltage: bool
) -> Plan:
    """Plan these channels at these rates (Hz, above 0) for a car.

    Inputs that only a derived channel wants are asked as often as makes sense for them; what
    somebody asks for by name is asked as wanted.
    """
    by_name: dict[str, float] = {}
    asked: dict[Channel, float] = {}
    missing: list[str] = []
    voltage = False
    for name, rate_hz in rates_hz.items():
        if name in catalogue.sources:
            asked[catalogue.sources[name].channel] = rate_hz
            by_name[name] = max(rate_hz, by_name.get(name, 0.0))
        elif name in catalogue.derived:
            asked[catalogue.derived[name].channel] = rate_hz
            for leaf in catalogue.needed([name]):
                sensible = min(rate_hz, catalogue.sources[leaf].command.rate_hz)
                by_name[leaf] = max(sensible, by_name.get(leaf, 0.0))
        elif name == VOLTAGE and adapter_voltage:
            asked[voltage_channel()] = min(rate_hz, VOLTAGE_HZ)
            voltage = True
        else:
            missing.append(name)
    commands: dict[Command, float] = {}
    fetches: dict[tuple[Address, bytes], list[Fetch]] = {}
    for name, rate_hz in by_name.items():
        source = catalogue.sources[name]
        command = source.command
        asked[source.channel] = rate_hz
        commands[command] = max(rate_hz, commands.get(command, 0.0))
        fetches.setdefault((command.address, command.payload), []).append(
            Fetch(source.signal.id, name)
        )
    return Plan(
        catalogue,
        asked,
        commands,
        {key: tuple(some) for key, some in fetches.items()},
        tuple(missing),
        voltage,
    )


class Watch:
    """The rates that are wanted and the car at hand; `plan` is what follows from both.

    People want channels at rates (`set_rates`), and so do limits (`set_limit_rates`) and dyno runs
    (`set_run_rates`), whether anybody looks at them or not: each channel is asked at the highest
    of these.
    `declare` is told of each plan before it is polled, in the thread that changes it.
    """

    def __init__(self, declare: Callable[[Plan], None] | None = None) -> None:
        self._declare = declare
        self._lock = threading.Lock()
        self._rates_hz: dict[str, float] = {}
        self._limit_rates_hz: dict[str, float] = {}
        self._run_rates_hz: dict[str, float] = {}
        self._catalogue = EMPTY
        self._adapter_voltage = False
        self.plan = Plan()

    def set_rates(self, rates_hz: Mapping[str, float]) -> Plan:
        """Want these channels from now on; BadRate, and nothing changes, for a senseless rate."""
        for name, rate_hz in rates_hz.items():
            if not RAREST_HZ <= rate_hz <= FASTEST_HZ:
                raise BadRate(
                    f"{name} cannot be asked {rate_hz:g} times a second.",
                    kept="The rates are as they were.",
                    to_do=f"Give a rate from {RAREST_HZ:g} to {FASTEST_HZ:g} Hz.",
                )
        with self._lock:
            self._rates_hz = dict(rates_hz)
            return self._remake()

    def set_limit_rates(self, rates_hz: Mapping[str, float]) -> Plan:
        """Ask for these channels at least so often from now on, since limits watch them."""
        with self._lock:
            if dict(rates_hz) == self._limit_rates_hz:
                return self.plan
            self._limit_rates_hz = dict(rates_hz)
            return self._remake()

    def set_run_rates(self, rates_hz: Mapping[str, float]) -> Plan:
        """Ask for these channels at least so often from now on, since dyno runs need them."""
        with self._lock:
            if dict(rates_hz) == self._run_rates_hz:
                return self.plan
            self._run_rates_hz = dict(rates_hz)
            return self._remake()

    def set_car(self, catalogue: Catalogue, *, adapter_voltage: bool) -> Plan:
        """Plan for another car, or for another set of its signals."""
        with self._lock:
            self._catalogue, self._adapter_voltage = catalogue, adapter_voltage
            return self._remake()

    def channels(self) -> tuple[Channel, ...]:
        """Return what the car delivers, canonical names first, the adapter's voltage included."""
        with self._lock:
            channels = self._catalogue.channels()
            own = self._catalogue.sources.keys() | self._catalogue.derived.keys()
            if not self._adapter_voltage or VOLTAGE in own:
                return channels
        order = {name: place for place, name in enumerate(canonical())}
        return tuple(
            sorted(
                (*channels, voltage_channel()),
                key=lambda channel: order.get(channel.name, len(order)),
            )
        )

    def _remake(self) -> Plan:
        plan = self._planned(self._rates_hz)
        if self._limit_rates_hz or self._run_rates_hz:
            wanted = {channel.name for channel in plan.asked}
            rates_hz = _highest(self._rates_hz, self._limit_rates_hz)
            for_limits = {c.name for c in self._planned(rates_hz).asked} - wanted
            whole = self._planned(_highest(rates_hz, self._run_rates_hz))
            for_runs = {c.name for c in whole.asked} - wanted - for_limits
            plan = replace(
                whole,
                missing=plan.missing,
                for_limits=frozenset(for_limits),
                for_runs=frozenset(for_runs),
                limits_hz=self._planned(self._limit_rates_hz).rates_hz,
            )
        if self._declare is not None:
            self._declare(plan)
        self.plan = plan
        return plan

    def _planned(self, rates_hz: Mapping[str, float]) -> Plan:
        return make_plan(self._catalogue, rates_hz, adapter_voltage=self._adapter_voltage)


def _highest(some: Mapping[str, float], others: Mapping[str, float]) -> dict[str, float]:
    """Return the rates of both, the higher one where both want a channel."""
    rates_hz = dict(some)
    for name, rate_hz in others.items():
        rates_hz[name] = max(rate_hz, rates_hz.get(name, 0.0))
    return rates_hz
