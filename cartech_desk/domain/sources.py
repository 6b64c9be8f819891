"""From what a car can deliver to named channels, and back to what must be asked for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cartech_desk.domain.channels import Channel
from cartech_desk.domain.obd.signals import Command, Signal


@dataclass(frozen=True, slots=True)
class Source:
    """A channel that one signal of one command of one ECU delivers."""

    channel: Channel
    command: Command
    signal: Signal


@dataclass(frozen=True, slots=True)
class Derived:
    """A channel computed from others; `inputs` are channel names, in no order."""

    channel: Channel
    expression: str
    inputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything this car can deliver, by channel name."""

    sources: Mapping[str, Source]
    derived: Mapping[str, Derived]

    def channels(self) -> tuple[Channel, ...]:
        """All channels, the canonical names first, in their order."""
        raise NotImplementedError

    def needed(self, names: Iterable[str]) -> tuple[str, ...]:
        """Names of the sources that must be polled so that all of `names` can be told."""
        raise NotImplementedError

    def evaluate(self, names: Sequence[str], values: Mapping[str, float]) -> dict[str, float]:
        """Values of the derived channels among `names` (and what they need) from `values`.

        NaN where an input is missing or NaN, or where the expression has no value there.
        """
        raise NotImplementedError


def build_catalogue(
    supported: Mapping[int, frozenset[int]],
    *,
    extra: Sequence[Command] = (),
    fuel: str = "petrol",
    parameters: Mapping[str, float] | None = None,
    extended: bool = False,
) -> Catalogue:
    """Build the catalogue of one car.

    `supported` gives the mode 01 PIDs of each ECU by its response identifier (the engine's, the
    lowest, wins where several offer the same); `extra` are manufacturer commands that this car
    answers; `fuel` and `parameters` feed derived channels. Each canonical name takes the first of
    its sources, in the order of the table in resources, that the car delivers.
    """
    raise NotImplementedError
