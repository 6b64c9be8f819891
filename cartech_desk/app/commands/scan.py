"""`cartech-desk scan`: connect, identify the car, read all that it says of its faults."""

import argparse
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from typing import Any, Final

from cartech_desk.app.codes_unread import not_known_error
from cartech_desk.app.known_car import known_cars
from cartech_desk.app.output import emit, say
from cartech_desk.app.paths import settings_file
from cartech_desk.app.scan_text import Explain, scan_lines
from cartech_desk.app.settings import SettingsFile
from cartech_desk.app.vin_text import vin_document, vin_words
from cartech_desk.app.waiting import still
from cartech_desk.bay.connection import Connection
from cartech_desk.bay.fault_scan import read_faults
from cartech_desk.bay.identification import identify
from cartech_desk.bay.pace import Pace
from cartech_desk.bay.wire import Wire
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.faults.code import parse_code
from cartech_desk.domain.faults.found import FaultScan
from cartech_desk.domain.faults.meaning import meaning_of
from cartech_desk.domain.faults.told import code_asked
from cartech_desk.domain.faults.written import told_scan
from cartech_desk.hardware.adapter import AdapterIdentity
from cartech_desk.hardware.adapters import make_adapter
from cartech_desk.hardware.errors import LinkLost

NAME: Final = "scan"
HELP: Final = "connect, identify the car, read its faults"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `scan` understands."""
    parser.add_argument(
        "--adapter",
        required=True,
        metavar="URL",
        help="elm327:PORT, elm327:tcp://HOST:PORT, can:INTERFACE:CHANNEL or sim:",
    )


def run(args: argparse.Namespace) -> int:
    """Identify the car behind an adapter and read its faults. Errors: HardwareError.

    Exit status 1 where the car went away, or no control unit told its stored codes.
    """
    settings = SettingsFile(settings_file(args.settings)).values.bay_settings()
    began = time.monotonic()
    with closing(make_adapter(args.adapter)) as adapter, known_cars(args) as known:
        wire = Wire(
            adapter,
            Pace(settings.min_gap_s, settings.max_requests_per_s),
            Connection(args.adapter),
        )
        if known is not None:
            known.prepare(adapter)
        say(f"Opening {args.adapter} …")
        with still(f"Still looking for an adapter at {args.adapter}"):
            wire.open()
        say("Looking for the car …")
        with still("Still looking for the car"):
            link = wire.connect_car()
        found = identify(wire.ask, link, _tell)
        noticed = adapter.outdated_adapter
        if known is not None:
            noticed += known.noticed(found)
            known.keep(adapter, found)
        identity = adapter.identity
        named = _named(identity.chip, identity.firmware) if identity else ""
        with still("Still reading; an ECU asks for time"):
            scan = read_faults(
                wire.ask,
                found,
                url=args.adapter,
                adapter=named,
                voltage=_voltage(wire),
                progress=lambda words, _: _tell(words) if words else None,
            )
    scan = replace(scan, warnings=(*scan.warnings, *noticed))
    explain = _explaining(args, scan)
    document = told_scan(scan, explain)
    document["vin_facts"] = vin_document(scan.vin)
    unknown = not_known_error(scan)
    if unknown is not None:
        document["error"] = unknown
        say(unknown["message"])
    document["adapter"] = _adapter(args.adapter, identity)
    for ecu, told in zip(scan.ecus, document["ecus"], strict=True):
        told["pids"] = len(found.supported.get(ecu.address, ()))
    document["seconds"] = round(time.monotonic() - began, 2)
    emit(args, document, "\n".join(_lines(named, scan, explain)))
    return 0 if scan.complete and unknown is None else 1


def _tell(step: str) -> None:
    say(f"{step[:1].upper()}{step[1:]} …")


def _voltage(wire: Wire) -> float | None:
    try:
        return wire.voltage()
    except LinkLost:
        return None  # the reading finds out, and keeps what it can


def _adapter(url: str, identity: AdapterIdentity | None) -> dict[str, Any]:
    return {
        "chip": identity.chip if identity else "",
        "firmware": identity.firmware if identity else "",
        "quirks": list(identity.quirks) if identity else [],
        "url": url,
    }


def _named(chip: str, firmware: str) -> str:
    """Name an adapter once: most firmware begins with the chip's name."""
    return firmware if firmware.startswith(chip) else f"{chip} {firmware}"


def _explaining(args: argparse.Namespace, scan: FaultScan) -> Explain:
    """Return what explains codes; the makers' tables are opened only for codes that need them."""
    asked = {code_asked(found) for found in scan.codes}
    known = {code: meaning_of(parse_code(code)) for code in asked}
    makers = sorted(code for code, meaning in known.items() if not meaning.known)
    if makers:
        from cartech_desk.app.desk import open_counter
        from cartech_desk.bay.code_book import CodeBook

        try:
            with open_counter(args) as counter:
                book = CodeBook(counter.store)
                known.update({code: book.meaning(code, scan.vin) for code in makers})
        except CarTechError as error:
            say(f"Imported tables of codes could not be read. {error.message}")
    return lambda code: known[code] if code in known else meaning_of(parse_code(code))


def _lines(adapter: str, scan: FaultScan, explain: Explain) -> Iterable[str]:
    yield f"Adapter   {adapter or '-'}"
    yield f"Protocol  {scan.protocol}"
    yield f"VIN       {vin_words(scan.vin)}"
    for ecu in scan.ecus:
        yield f"ECU {ecu.address:<8X} {ecu.name or '-'}"
        for place, calibration in enumerate(ecu.calibration_ids):
            cvn = f", CVN {ecu.cvns[place]}" if place < len(ecu.cvns) else ""
            yield f"    calibration {calibration}{cvn}"
    yield from scan_lines(scan, explain)
    yield from (f"▲ {warning}" for warning in scan.warnings)
