"""A reading in which no control unit told its codes: it came to nothing, and says so."""

from cartech_desk.domain.faults.found import FaultScan
from cartech_desk.domain.faults.told import codes_known


def not_known_error(scan: FaultScan) -> dict[str, str] | None:
    """Return the error of a reading in which no control unit told its stored codes; else None."""
    if codes_known(scan):
        return None
    return {
        "code": "codes_not_known",
        "message": "No control unit told its stored codes: whether there are any is not known.",
    }
