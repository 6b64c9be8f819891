"""A scriptable `bay.faults` and kept check-ups: a car with faults worth looking at; no threads."""

import math
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cartech_desk.bay.code_book import Imported
from cartech_desk.bay.faults import CheckedUp, Cleared, Reading
from cartech_desk.domain.faults.code import Code, Origin
from cartech_desk.domain.faults.compare import CodeChange, Difference
from cartech_desk.domain.faults.found import (
    Answered,
    CodeFound,
    CodeStatus,
    CodesTold,
    Counters,
    EcuFound,
    FaultScan,
    FrameValue,
    FreezeFrame,
    Lamp,
    Monitor,
    Readiness,
    TestResult,
)
from cartech_desk.domain.faults.meaning import Meaning, Severity
from cartech_desk.domain.people import Actor, Role
from cartech_desk.reports.drawing import Drawing, Page, Text
from cartech_desk.store.checkups import CheckupKind, CheckupSummary, KeptCheckup
from cartech_desk.store.code_tables import CodeTable

STORED, PENDING, PERMANENT = CodeStatus
VIN = "JF1VA1C60F9800001"
TOM = Actor("0192-t", "Tom Technician", Role.TECHNICIAN)
NOW = datetime(2026, 3, 4, 9, 12, tzinfo=UTC)

ECUS = (
    EcuFound(0x7E8, "ECM", ("37805-5AA-A670",), ("1A2B3C4D",)),
    EcuFound(0x7E9, "TCM", ("28101-5LJ-A53",), ("9F00E210",)),
    EcuFound(0x7EA, "ABS", (), ()),
)

_MEANINGS = (
    (
        "P0302",
        "Cylinder 2: misfire",
        "engine, ignition and combustion",
        Severity.CRITICAL,
        "Unburnt fuel overheats the catalyst within minutes while the lamp flashes.",
        ("Ignition coil or plug of cylinder 2", "Injector of cylinder 2", "Low compression"),
        (
            "Swap the coil with its neighbour and see whether the misfire follows",
            "Look at the plug: wet, oily, cracked?",
            "Measure compression",
        ),
    ),
    (
        "P0299",
        "Turbocharger: boost too low",
        "engine, charging",
        Severity.WARNING,
        "Less power; the engine is not harmed by it at once.",
        ("Leak between compressor and throttle", "Waste gate stays open", "Boost sensor"),
        ("Press the intake system with smoke", "Watch boost against its target under load"),
    ),
    (
        "P0420",
        "Catalyst, bank 1: works too little",
        "exhaust",
        Severity.WARNING,
        "The car still drives as before and fails the exhaust test.",
        ("Worn catalyst", "Leak before the second lambda probe"),
        ("Compare both lambda probes at steady 2500 rpm",),
    ),
    (
        "P0113",
        "Intake air temperature sensor 1: signal too high",
        "engine, intake",
        Severity.INFORMATION,
        "The control unit takes a value of its own instead.",
        ("Plug of the sensor", "Broken wire"),
        ("Unplug and look for corrosion",),
    ),
    (
        "U0121",
        "No communication with the brake control unit",
        "network",
        Severity.CRITICAL,
        "ABS and stability control do not work.",
        ("Supply of the control unit", "Broken data line"),
        ("Measure supply and ground at the unit",),
    ),
)


def meaning(code, vin=None):
    """The meaning of a few codes; any other is one of a maker that nobody imported."""
    del vin
    for text, description, system, severity, reason, causes, checks in _MEANINGS:
        if text == code[:5]:
            return Meaning(Code(text), description, system, severity, reason, causes, checks)
    return Meaning(
        Code(code[:5]),
        "Defined by the maker; no table of this maker was imported",
        "engine",
        Severity.WARNING,
        "What it means is not known here.",
        origin=Origin.MAKER,
        known=False,
    )


def value(name, label, unit, number, state=""):
    """One value of a frame."""
    return FrameValue(name, label, unit, number, state)


def frame(code="P0302", ecu=0x7E8, number=0, rpm=3120.0):
    """A freeze frame of a pull at part load."""
    return FreezeFrame(
        code,
        ecu,
        number,
        (
            value("FUELSYS1", "Fuel system 1", "none", 2.0, "closed loop"),
            value("load", "Calculated load", "percent", 71.4),
            value("temp", "Coolant", "degC", 96.0),
            value("rpm", "Engine speed", "rpm", rpm),
            value("speed", "Speed", "km/h", 88.0),
            value("map", "Manifold pressure", "kPa", 148.0),
            value("timing", "Ignition timing", "deg", 8.5),
            value("iat", "Intake air", "degC", 41.0),
            value("SHRTFT1", "Short fuel trim, bank 1", "percent", 12.5),
            value("EVAP_VP", "Vapour pressure", "Pa", math.nan),
        ),
    )


def told(*ecus, but=()):
    """Everything told, but for (ecu, kind, answered, why)."""
    found = {
        (ecu.address, kind): CodesTold(ecu.address, kind, Answered.TOLD)
        for ecu in ecus
        for kind in CodeStatus
    }
    for ecu, kind, answered, why in but:
        found[ecu, kind] = CodesTold(ecu, kind, answered, why)
    return tuple(found.values())


def monitors(*left):
    """The monitors of a petrol car, complete but for these."""
    names = {
        "misfire": "Misfire",
        "fuel": "Fuel system",
        "components": "Components",
        "catalyst": "Catalyst",
        "evap": "Evaporative system",
        "o2": "Lambda probe",
        "o2_heater": "Lambda probe heater",
        "egr": "Exhaust gas recirculation",
    }
    return tuple(Monitor(key, name, key not in left) for key, name in names.items())


TESTS = (
    TestResult(
        0x7E8, 0x21, 0x83, "Catalyst, bank 1", "Oxygen storage", "ratio", 0.41, 0.5, None, False
    ),
    TestResult(
        0x7E8,
        0xA3,
        0x0B,
        "Misfire, cylinder 2",
        "Misfires, average of 10 cycles",
        "count",
        214.0,
        0.0,
        60.0,
        False,
    ),
    TestResult(
        0x7E8,
        0x01,
        0x01,
        "Lambda probe 1, bank 1",
        "Rich to lean threshold",
        "V",
        0.45,
        0.30,
        0.60,
        True,
    ),
    TestResult(
        0x7E8,
        0x39,
        0x11,
        "Evaporative system, 0.5 mm",
        "Vapour pressure",
        "Pa",
        -310.0,
        -900.0,
        40.0,
        True,
    ),
    TestResult(0x7E8, 0x71, 0x82, "Boost", "Deviation", "kPa", 3.0, None, 12.0, True),
    TestResult(0x7E8, 0xA2, 0x0C, "Misfire, cylinder 1", "Misfires, this cycle", "count", 0.0),
)


def make_scan(**changes):
    """A scan with five codes in three control units, one of which did not tell all."""
    words = {
        "at": NOW,
        "url": "sim:",
        "adapter": "ELM327 v1.5",
        "protocol": "ISO 15765-4 CAN (11 bit, 500 kbit/s)",
        "vin": VIN,
        "ecus": ECUS,
        "lamps": (Lamp(0x7E8, True, 3), Lamp(0x7E9, False, 0), Lamp(0x7EA, False, 1)),
        "codes": (
            CodeFound("P0302", 0x7E8, (STORED, PERMANENT)),
            CodeFound("P0299", 0x7E8, (STORED, PENDING)),
            CodeFound("P0113", 0x7E8, (PENDING,)),
            CodeFound("P1259", 0x7E9, (STORED,)),
            CodeFound("U0121", 0x7EA, (STORED,)),
        ),
        "codes_told": told(
            *ECUS,
            but=(
                (0x7E9, PENDING, Answered.UNKNOWN, "it did not answer in time"),
                (0x7EA, PERMANENT, Answered.UNSUPPORTED, ""),
            ),
        ),
        "frames": (frame(), frame("P0299", number=1, rpm=4250.0)),
        "since_clear": (Readiness(0x7E8, False, monitors("catalyst", "evap", "egr")),),
        "this_cycle": (
            Readiness(0x7E8, False, tuple(m for m in monitors("catalyst") if m.key != "egr")),
        ),
        "counters": Counters(23.0, 41.0, 412.0, 2100.0, 37),
        "tests": TESTS,
        "voltage": 14.1,
        "requests": 64,
        "seconds": 1.6,
    }
    return FaultScan(**{**words, **changes})


def clean_scan(**changes):
    """A scan of a car that says itself that it has no codes."""
    words = {
        "lamps": tuple(Lamp(ecu.address, False, 0) for ecu in ECUS),
        "codes": (),
        "codes_told": told(*ECUS),
        "frames": (),
        "since_clear": (Readiness(0x7E8, False, monitors()),),
        "this_cycle": (Readiness(0x7E8, False, monitors()),),
        "counters": Counters(),
        "tests": tuple(one for one in TESTS if one.passed),
    }
    return make_scan(**{**words, **changes})


def unsure_scan(**changes):
    """A scan without a code of a car whose gearbox said nothing readable."""
    unknown = tuple(
        (0x7E9, kind, Answered.UNKNOWN, "its answer was damaged") for kind in CodeStatus
    )
    return clean_scan(codes_told=told(*ECUS, but=unknown), **changes)


def scripted_difference(before, now):
    """What changed, by code and control unit alone."""
    old = {(one.code, one.ecu): one for one in before.codes}
    new = {(one.code, one.ecu): one for one in now.codes}
    return Difference(
        new=tuple(one for key, one in new.items() if key not in old),
        gone=tuple(one for key, one in old.items() if key not in new),
        changed=tuple(
            CodeChange(old[key], one)
            for key, one in new.items()
            if key in old and old[key].status != one.status
        ),
        same=tuple(one for key, one in new.items() if key in old and old[key].status == one.status),
        sentences=("The lamp is lit now; it was off.",) if now.mil and not before.mil else (),
    )


class ScriptedCheckups:
    """What `store.checkups` offers, the newest first."""

    def __init__(self):
        self.kept = []

    def put(self, checkup):
        self.kept.insert(0, checkup)
        return checkup

    def list(self, vehicle_id=None, *, search="", limit=500):
        del search
        found = [one for one in self.kept if vehicle_id in (None, one.vehicle_id)]
        return tuple(
            CheckupSummary(
                one.id,
                one.vehicle_id,
                one.vehicle_name,
                one.scan.vin,
                one.kind,
                one.taken,
                one.operator.name if one.operator else "",
                tuple(code.code for code in one.scan.codes),
                one.scan.mil,
                one.scan.complete,
                one.scan.clean,
                one.note,
                tuple(dict.fromkeys(f"{lost.ecu:X}" for lost in one.scan.unknown)),
            )
            for one in found[:limit]
        )

    def get(self, checkup_id):
        return next(one for one in self.kept if one.id == checkup_id)

    def before(self, checkup):
        older = [
            one
            for one in self.kept
            if one.vehicle_id == checkup.vehicle_id
            and one.taken < checkup.taken
            and one.kind is CheckupKind.CHECKUP
        ]
        return older[0] if older else None

    def last(self, vehicle_id):
        found = [
            one
            for one in self.kept
            if one.vehicle_id == vehicle_id and one.kind is CheckupKind.CHECKUP
        ]
        return found[0] if found else None


class ScriptedSheets:
    """What `bay.faults.sheets` offers: one page with a line on it."""

    def __init__(self):
        self.calls = []

    def drawing(self, checkup_id, *, units="metric", look=None):
        self.calls.append(("drawing", checkup_id, units))
        line = Text(60.0, 80.0, f"Check-up {checkup_id}", 12.0)
        return Drawing((Page(595.0, 842.0, (line,)),), "Check-up", "")

    def write(self, checkup_id, path, by, *, units="metric", look=None):
        self.calls.append(("write", checkup_id, by, units))
        path.write_bytes(b"%PDF-1.4")
        return path

    def write_json(self, checkup_id, path, by):
        self.calls.append(("write_json", checkup_id, by))
        path.write_bytes(b"{}")
        return path

    def printed(self, checkup_id, printer, by):
        self.calls.append(("printed", checkup_id, printer, by))


class ScriptedFaults:
    """The methods of `bay.faults`; `instant` ends what is begun at once, else a test does it."""

    def __init__(self, checkups):
        self.checkups = checkups
        self.calls = []
        self.instant = True
        self.refuse = None
        """Raised at once by the next act."""
        self.next_scan = make_scan()
        self.after_clear = clean_scan()
        self.reading = Reading()
        self.future = None
        self.book = self
        self.sheets = ScriptedSheets()
        self._number = 0
        self.imported = []
        """Tables of makers, the newest first; `refuse_table` is raised by the next import."""
        self.refuse_table = None
        self.makers_words = {}

    def tables(self):
        return tuple(self.imported)

    def import_table(self, path, *, by, maker=""):
        self.calls.append(("import_table", path.name, by, maker))
        error, self.refuse_table = self.refuse_table, None
        if error is not None:
            raise error
        table = CodeTable(f"t{path.name}", path.name, (maker or "Subaru",), 1, NOW, by.name)
        self.imported.insert(0, table)
        self.makers_words["P1259"] = "Valve timing solenoid: stuck"
        return Imported(table)

    def remove(self, table, *, by):
        self.calls.append(("remove", table, by))
        found = next(one for one in self.imported if one.id == table)
        self.imported.remove(found)
        self.makers_words.clear()
        return found

    def cancel(self):
        self.calls.append(("cancel",))

    def scan(self):
        self.calls.append(("scan",))
        return self._begin(lambda: self.next_scan)

    def check_up(self, vehicle_id, *, by, note=""):
        self.calls.append(("check_up", vehicle_id, by, note))
        return self._begin(lambda: self._kept(vehicle_id, by, note))

    def clear(self, vehicle_id, *, by, reason):
        self.calls.append(("clear", vehicle_id, by, reason))
        return self._begin(lambda: self._cleared(vehicle_id, by, reason))

    def meaning(self, code, vin=None):
        words = self.makers_words.get(code[:5])
        found = meaning(code, vin)
        return found if words is None else replace(found, description=words, known=True)

    def find(self, words, limit=100):
        """What `bay.faults.book` offers: every known meaning in which all words occur."""
        wanted = words.casefold().split()
        known = [meaning(row[0]) for row in _MEANINGS]
        texts = [f"{one.code} {one.description}".casefold() for one in known]
        return [
            one
            for one, text in zip(known, texts, strict=True)
            if all(word in text for word in wanted)
        ][:limit]

    def checked_up(self, checkup_id):
        kept = self.checkups.get(checkup_id)
        before = self.checkups.before(kept)
        changed = scripted_difference(before.scan, kept.scan) if before is not None else None
        return CheckedUp(kept, before, changed)

    def keep(self, vehicle_id, scan, kind=CheckupKind.CHECKUP, by=TOM, note="", name="Blue Civic"):
        """Keep a scan as the store would."""
        self._number += 1
        made = KeptCheckup(f"c{self._number}", vehicle_id, name, kind, scan.at, by, scan, note)
        return self.checkups.put(made)

    def _begin(self, make):
        error, self.refuse = self.refuse, None
        if error is not None:
            raise error
        self.future = Future()
        self.finish = lambda: self.future.set_result(make())
        if self.instant:
            self.finish()
        return self.future

    def _kept(self, vehicle_id, by, note):
        kept = self.keep(vehicle_id, self.next_scan, by=by, note=note)
        before = self.checkups.before(kept)
        changed = scripted_difference(before.scan, kept.scan) if before is not None else None
        return CheckedUp(kept, before, changed)

    def _cleared(self, vehicle_id, by, reason):
        before = self.keep(vehicle_id, self.next_scan, CheckupKind.BEFORE_CLEAR, by, reason)
        after = self.keep(
            vehicle_id,
            replace(self.after_clear, at=self.next_scan.at + timedelta(seconds=6)),
            CheckupKind.AFTER_CLEAR,
            by,
            reason,
        )
        back = tuple(
            one for one in self.after_clear.codes if set(one.status) != {CodeStatus.PERMANENT}
        )
        stay = tuple(one for one in self.after_clear.codes if CodeStatus.PERMANENT in one.status)
        words = "All codes were cleared." if not back else "One code came back at once."
        cleared = tuple(ecu.address for ecu in ECUS)
        return Cleared(before, after, cleared, {}, back, stay, words)


def put_faults_on(bay, store):
    """Give a bay and its store scripted faults and check-ups."""
    checkups = ScriptedCheckups()
    store.checkups = checkups
    bay.faults = ScriptedFaults(checkups)
    return bay.faults
