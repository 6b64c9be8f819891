"""What may be set about a bay."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cartech_desk.bay.dyno_settings import DynoSettings
from cartech_desk.domain.sources import OwnChannel


@dataclass(frozen=True, slots=True)
class BaySettings:
    """What may be set about acquisition; defaults are safe for a car on the road.

    `min_gap_s` between the end of an answer and the next request, `max_requests_per_s` over all
    ECUs; `pretrigger_s` of history that a recording begins with; `stale_after_s` for channels
    that were asked 1 Hz or faster (slower ones: three periods); `fuel` names the row of the
    stoichiometry table; `parameters` are constants for expressions (injector_cc_min, tyre_m, …);
    `signal_sets` are files of maker's signals to try on every car (OBDb JSON v3), `own` channels
    that the shop made up; `dyno` what may be set about the dyno bench.
    """

    min_gap_s: float = 0.0
    max_requests_per_s: float = 100.0
    pretrigger_s: float = 30.0
    stale_after_s: float = 2.0
    ring_s: float = 600.0
    fuel: str = "petrol"
    parameters: Mapping[str, float] | None = None
    signal_sets: tuple[Path, ...] = ()
    own: tuple[OwnChannel, ...] = ()
    dyno: DynoSettings = field(default_factory=DynoSettings)
