"""What the Faults page shows: one scan with everything that is said beside it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from cartech_desk.domain.faults.compare import Difference
from cartech_desk.domain.faults.found import FaultScan
from cartech_desk.domain.faults.meaning import Meaning
from cartech_desk.store.checkups import CheckupKind, KeptCheckup
from cartech_desk.ui.models.fault_words import full_code

KINDS = {
    CheckupKind.CHECKUP: "check-up",
    CheckupKind.BEFORE_CLEAR: "before clearing",
    CheckupKind.AFTER_CLEAR: "after clearing",
}
"""Why a snapshot was kept, in words."""


@dataclass(frozen=True, slots=True)
class ShownFaults:
    """A scan in sight. `kept` None where it was only read; `now` where it is of this connection.

    `before` is when the check-up was that it is compared with, None for the first one; `cleared`
    where it is compared with what was there before a clearing.
    """

    scan: FaultScan
    meanings: Mapping[str, Meaning] = field(default_factory=dict)
    kept: KeptCheckup | None = None
    difference: Difference | None = None
    before: datetime | None = None
    vehicle_id: str = ""
    vehicle_name: str = ""
    now: bool = True
    cleared: bool = False

    @property
    def checkup_id(self) -> str:
        """Id of the kept check-up, or nothing."""
        return self.kept.id if self.kept is not None else ""


def meanings_of(
    scan: FaultScan,
    difference: Difference | None,
    explain: Callable[[str, str | None], Meaning],
) -> dict[str, Meaning]:
    """Look up every code that is in sight."""
    codes = [full_code(one) for one in scan.codes]
    codes += [one.code for one in scan.frames if one.code]
    if difference is not None:
        codes += [full_code(one) for one in (*difference.gone, *difference.untold)]
    return {code: explain(code, scan.vin) for code in dict.fromkeys(codes)}


def explained_anew(
    shown: ShownFaults, explain: Callable[[str, str | None], Meaning]
) -> ShownFaults:
    """Look up what is in sight once more: a maker's table came or went."""
    return replace(shown, meanings=meanings_of(shown.scan, shown.difference, explain))
