"""`cartech-desk scan`: connect, identify the car, read stored codes."""

import argparse
import time
from contextlib import closing
from typing import Any, Final

from cartech_desk.app.output import emit, say
from cartech_desk.app.paths import settings_file
from cartech_desk.app.settings import SettingsFile
from cartech_desk.app.waiting import still
from cartech_desk.bay.codes import StoredCodes, read_stored_codes
from cartech_desk.bay.connection import Connection
from cartech_desk.bay.identification import Identification, identify
from cartech_desk.bay.pace import Pace
from cartech_desk.bay.wire import Wire
from cartech_desk.hardware.adapter import AdapterIdentity
from cartech_desk.hardware.adapters import make_adapter

NAME: Final = "scan"
HELP: Final = "connect, identify the car, read stored codes"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `scan` understands."""
    parser.add_argument(
        "--adapter",
        required=True,
        metavar="URL",
        help="elm327:PORT, elm327:tcp://HOST:PORT, can:INTERFACE:CHANNEL or sim:",
    )


def run(args: argparse.Namespace) -> int:
    """Identify the car behind an adapter and read its codes. Errors: HardwareError."""
    settings = SettingsFile(settings_file(args.settings)).values.bay_settings()
    began = time.monotonic()
    with closing(make_adapter(args.adapter)) as adapter:
        wire = Wire(
            adapter,
            Pace(settings.min_gap_s, settings.max_requests_per_s),
            Connection(args.adapter),
        )
        say(f"Opening {args.adapter} …")
        with still(f"Still looking for an adapter at {args.adapter}"):
            wire.open()
        say("Looking for the car …")
        with still("Still looking for the car"):
            link = wire.connect_car()
        found = identify(wire.ask, link, _tell)
        say("Reading stored codes …")
        codes = read_stored_codes(wire.ask, link)
        identity = adapter.identity
    document = _document(args.adapter, identity, found, codes)
    document["seconds"] = round(time.monotonic() - began, 2)
    emit(args, document, _text(document, codes))
    return 0


def _tell(step: str) -> None:
    say(f"{step[:1].upper()}{step[1:]} …")


def _document(
    url: str, adapter: AdapterIdentity | None, found: Identification, codes: StoredCodes
) -> dict[str, Any]:
    return {
        "connected": True,
        "adapter": {
            "chip": adapter.chip if adapter else "",
            "firmware": adapter.firmware if adapter else "",
            "quirks": list(adapter.quirks) if adapter else [],
            "url": url,
        },
        "protocol": found.link.protocol,
        "vin": found.car.vin,
        "ecus": [
            {
                "address": f"{ecu.address:X}",
                "name": ecu.name,
                "calibration_ids": list(ecu.calibration_ids),
                "cvns": list(ecu.cvns),
                "pids": len(found.supported.get(ecu.address, ())),
            }
            for ecu in found.car.ecus
        ],
        "codes": [{"code": code.code, "ecu": f"{code.ecu:X}"} for code in codes.codes],
        "warnings": [*found.car.warnings, *codes.warnings],
    }


def _named(chip: str, firmware: str) -> str:
    """Name an adapter once: most firmware begins with the chip's name."""
    return firmware if firmware.startswith(chip) else f"{chip} {firmware}"


def _text(document: dict[str, Any], codes: StoredCodes) -> str:
    adapter = document["adapter"]
    lines = [
        f"Adapter   {_named(adapter['chip'], adapter['firmware'])}",
        f"Protocol  {document['protocol']}",
        f"VIN       {document['vin'] or '-'}",
    ]
    for ecu in document["ecus"]:
        lines.append(f"ECU {ecu['address']:<8} {ecu['name'] or '-'}")
        lines += [
            f"    calibration {calibration}"
            + (f", CVN {ecu['cvns'][place]}" if place < len(ecu["cvns"]) else "")
            for place, calibration in enumerate(ecu["calibration_ids"])
        ]
    if document["codes"]:
        lines += [f"{code['code']}  told by ECU {code['ecu']}" for code in document["codes"]]
    elif codes.warnings:
        lines.append("Whether codes are stored is not known.")
    else:
        lines.append("No stored codes.")
    lines += [f"▲ {warning}" for warning in document["warnings"]]
    return "\n".join(lines)
