"""A reading of faults that gives what a test says, and people who may clear or not."""

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime

from cartech_desk.bay.fault_scan import ScanCancelled
from cartech_desk.domain.faults.found import (
    Answered,
    CodeFound,
    CodeStatus,
    CodesTold,
    EcuFound,
    FaultScan,
    Lamp,
)
from cartech_desk.domain.people import Actor, Role
from cartech_desk.store.audit_reading import Query

ENGINE, GEARBOX = 0x7E8, 0x7E9
URL = "elm327:/dev/scripted"
VIN = "WVWZZZ1KZ6W000001"
OTHER_VIN = "1HGCM82633A004352"
STORED, PENDING, PERMANENT = CodeStatus
TECHNICIAN = Actor("0192-t", "Tom Technician", Role.TECHNICIAN)
AT_COMMAND_LINE = Actor.at_command_line("somebody")


def scan_of(*codes, complete=True, unknown=()):
    """Return a scan of two ECUs, all told but for (ecu, kind)."""
    found = tuple(
        code if isinstance(code, CodeFound) else CodeFound(code, ENGINE, (STORED,))
        for code in codes
    )
    return FaultScan(
        datetime(2026, 11, 22, 9, tzinfo=UTC),
        URL,
        "ELM327 v1.5",
        "CAN",
        vin=VIN,
        ecus=(EcuFound(ENGINE, "ECM"), EcuFound(GEARBOX, "TCM")),
        lamps=(Lamp(ENGINE, bool(found), len(found)),),
        codes=found,
        codes_told=tuple(
            CodesTold(ecu, kind, Answered.UNKNOWN if (ecu, kind) in unknown else Answered.TOLD)
            for ecu in (ENGINE, GEARBOX)
            for kind in CodeStatus
        ),
        complete=complete,
    )


class Reads:
    """Stands for `read_faults`: gives scans in their order, the last for ever.

    While `held` is set it waits between two requests; `begun` tells that it began. `asked` holds
    what was to be read each time.
    """

    def __init__(self):
        self.scans = [scan_of()]
        self.asked = []
        self.held, self.begun = threading.Event(), threading.Event()

    def __call__(self, ask, found, *, url, adapter, parts, voltage, progress, cancelled):
        self.asked.append(parts)
        progress("reading stored codes", 0.5)
        self.begun.set()
        while self.held.is_set():
            if cancelled():
                raise ScanCancelled("The reading was ended.", to_do="Read again.")
            time.sleep(0.002)
        scan = self.scans.pop(0) if len(self.scans) > 1 else self.scans[0]
        if isinstance(scan, Exception):
            raise scan
        if callable(scan):
            scan = scan()
        told = {"url": url, "adapter": adapter, "voltage": voltage}
        return replace(scan, at=datetime.now(UTC), vin=found.car.vin, **told)


def acts(store):
    """Return action, phase and what came of it of each audit record, the oldest first."""
    return [
        (one.action, one.phase.value, (one.after or {}).get("done"))
        for one in reversed(store.audit.find(Query()))
    ]


def record(store, action, phase="act"):
    """Return the newest audit record of an action."""
    return next(
        one
        for one in store.audit.find(Query())
        if one.action == action and one.phase.value == phase
    )
