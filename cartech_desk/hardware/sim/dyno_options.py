"""What can be chosen about the simulated dyno, beside the car on its rollers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from cartech_desk.hardware.errors import BadAdapterUrl
from cartech_desk.hardware.sim.option_values import DYNO, integer, number, one_of, switch

RESTART_S: Final = 3.0
"""So long the dyno's software is away when it begins anew."""


@dataclass(frozen=True, slots=True)
class DynoOptions:
    """How one simulated dyno behaves; the same seed, car and options give the same readings.

    Times are those of the car's script [s]. `rate` readings a second of the fast channels; `noise`
    of the sensors (0: none, 1: a good dyno); `slips` how many seconds lie between two slips of the
    speed column (0: none); `dropouts` probability that a second begins with 0.3 s of nothing;
    `jump_at` when the device's clock jumps by `jump_s` (0: never); `silent_at` when it falls
    silent for `silent_s` (0: never, or for good); `restart_at` when its software begins anew as
    another host, without a farewell, and is away for `RESTART_S` (0: never); `clear_at` when
    JETDRIVE lets its channels be forgotten and names them with other ids (0: never); `second` a
    weather station as another provider that uses the same channel ids; `names` whether JETDRIVE
    tells names by itself ("first") or only when "asked"; `names_after` how many seconds late;
    `loss` and `double` probability that a datagram is lost or comes twice. `humidity` of the test
    cell's air in percent.
    """

    seed: int = 1
    rate: int = 100
    noise: float = 1.0
    slips: float = 5.0
    dropouts: float = 0.0
    jump_at: float = 0.0
    jump_s: float = 5.0
    silent_at: float = 0.0
    silent_s: float = 0.0
    restart_at: float = 0.0
    clear_at: float = 0.0
    second: bool = False
    names: str = "first"
    names_after: float = 0.0
    loss: float = 0.0
    double: float = 0.0
    humidity: float = 44.0

    def is_silent(self, time_s: float) -> bool:
        """Tell whether the dyno says nothing at this time of the car's script."""
        if 0 < self.restart_at <= time_s < self.restart_at + RESTART_S:
            return True
        if not 0 < self.silent_at <= time_s:
            return False
        return not self.silent_s or time_s < self.silent_at + self.silent_s


@dataclass(frozen=True, slots=True)
class DynoOption:
    """How an option is read, and what it is in words for the command line."""

    read: Callable[[str, str], Any]
    words: str


def _names() -> Mapping[str, object]:
    return {"first": None, "asked": None}


DYNO_OPTIONS: Final[dict[str, DynoOption]] = {
    "seed": DynoOption(integer(0, 2**31, DYNO), "the same seed gives the same readings"),
    "rate": DynoOption(integer(1, 1000, DYNO), "readings a second of its fast channels (100)"),
    "noise": DynoOption(number(0, 100, DYNO), "of its sensors; 0 none, 1 a good dyno's"),
    "slips": DynoOption(number(0, 1e6, DYNO), "seconds from slip to slip of its speed; 0 none"),
    "dropouts": DynoOption(number(0, 1, DYNO), "probability a second of 0.3 s of nothing"),
    "jump_at": DynoOption(number(0, 1e6, DYNO), "second of the drive at which its clock jumps"),
    "jump_s": DynoOption(number(-1e6, 1e6, DYNO), "by how many seconds it jumps (5)"),
    "silent_at": DynoOption(number(0, 1e6, DYNO), "second of the drive at which it falls silent"),
    "silent_s": DynoOption(number(0, 1e6, DYNO), "for how long; 0 for good"),
    "restart_at": DynoOption(
        number(0, 1e6, DYNO), "second at which its software begins anew, as another host"
    ),
    "clear_at": DynoOption(
        number(0, 1e6, DYNO), "second at which it gives its channels other ids, and says so"
    ),
    "second": DynoOption(
        partial(switch, what=DYNO), "on: a weather station that uses the same channel ids"
    ),
    "names": DynoOption(one_of(_names, DYNO), "first, or asked: channel names only on request"),
    "names_after": DynoOption(number(0, 1e6, DYNO), "seconds until it tells channel names"),
    "loss": DynoOption(number(0, 1, DYNO), "probability that a datagram is lost"),
    "double": DynoOption(number(0, 1, DYNO), "probability that a datagram comes twice"),
    "humidity": DynoOption(number(0, 100, DYNO), "of the air in the test cell, in percent (44)"),
}
"""Options by name, as an address (`sim:rollers?rate=200`) or the command line gives them."""


def parse_dyno_options(texts: Mapping[str, str]) -> DynoOptions:
    """Read options. Errors: BadAdapterUrl for an unknown name or a value that cannot be."""
    values: dict[str, Any] = {}
    for name, text in texts.items():
        option = DYNO_OPTIONS.get(name)
        if option is None:
            raise BadAdapterUrl(
                f"The simulated dyno has no option “{name}”.",
                to_do=f"Use one of {', '.join(sorted(DYNO_OPTIONS))}.",
            )
        values[name] = option.read(name, text)
    return DynoOptions(**values)
