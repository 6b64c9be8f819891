"""A scan as JSON: for the database, the check-up's file and the command line, and back."""

from collections.abc import Callable, Mapping
from typing import Any

from cartech_desk.domain.faults.found import FaultScan
from cartech_desk.domain.faults.meaning import Meaning


def scan_document(scan: FaultScan) -> dict[str, Any]:
    """Return the whole scan as plain JSON values, exact enough for `scan_of`; NaN is null."""
    raise NotImplementedError


def scan_of(document: Mapping[str, Any]) -> FaultScan:
    """Read what `scan_document` wrote. Errors: ScanUnreadable names what is wrong."""
    raise NotImplementedError


def told_scan(scan: FaultScan, explain: Callable[[str], Meaning]) -> dict[str, Any]:
    """Return the document of `cartech-desk scan --json` (and of GET /api/ecu/fault-codes).

    `codes` [{code, description, severity, status, ecu}], `freeze_frames` [{code, ecu, frame,
    values, units}] with numbers (words for states, null for no value) by name, `readiness`
    {since_clear, this_cycle} each [{ecu, ignition, monitors: [{key, name, complete}]}], `mil`
    true, false or null, `tests` [{ecu, monitor, name, test, test_name, value, unit, min, max,
    passed}], `counters`, `clean`, `complete`, `warnings`. ECUs are hex text ("7E8").
    """
    raise NotImplementedError
