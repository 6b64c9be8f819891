"""What may be set about the dyno bench."""

from dataclasses import dataclass, field

from cartech_desk.bay.dyno_triggers import Triggers
from cartech_desk.domain.dyno.run import View


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
