"""What may be set about the dyno bench."""

from dataclasses import dataclass, field

from cartech_desk.domain.dyno.view import View


@dataclass(frozen=True, slots=True)
class Triggers:
    """When a run begins and ends by itself.

    It begins when speed rises above `start_kmh` or the throttle above `start_throttle_pct`
    (None: not by this), and ends `tail_s` after speed has fallen `lift_kmh` below the highest one,
    the throttle was let go, or nothing came from the dyno for `silence_s`; never longer than
    `longest_s`. Between runs the bench arms itself again where `again` is set.
    """

    start_kmh: float | None = 40.0
    start_throttle_pct: float | None = None
    lift_kmh: float = 8.0
    tail_s: float = 2.0
    silence_s: float = 3.0
    longest_s: float = 180.0
    again: bool = True


@dataclass(frozen=True, slots=True)
class DynoSettings:
    """What may be set about the bench; `altitude_m` is the shop's.

    `view` is how the run under way is looked at. `equivalent_mass_kg` and `roller_m` are the
    rollers' own, for sessions that say nothing else.
    """

    triggers: Triggers = field(default_factory=Triggers)
    altitude_m: float | None = None
    links_folder: str = ""
    """Where the shop's own link definitions lie; empty: `links` in the data folder."""
    view: View = field(default_factory=View)
    equivalent_mass_kg: float | None = None
    roller_m: float | None = None
