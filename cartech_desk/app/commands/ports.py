"""`cartech-desk ports`: adapters and serial ports found."""

import argparse
from typing import Any, Final

from cartech_desk.app.output import emit, say
from cartech_desk.app.waiting import still
from cartech_desk.hardware.ports import Port, Probe, list_ports, probe, suggestions

NAME: Final = "ports"
HELP: Final = "adapters and serial ports found"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `ports` understands."""
    parser.add_argument("--probe", action="store_true", help="open each port and ask what is there")
    parser.add_argument(
        "--url", action="append", default=[], metavar="URL", help="probe this adapter address, too"
    )


def run(args: argparse.Namespace) -> int:
    """List the ports; with `--probe` ask each, with `--url` ask that address."""
    ports = list_ports()
    probes = {}
    for url in [*(port.url for port in ports if args.probe and not port.in_use), *args.url]:
        say(f"Asking {url} …")
        with still(f"Still asking {url}"):
            probes[url] = probe(url)
    entries = [_entry(port, probes.get(port.url)) for port in ports]
    known = {port.url for port in ports}
    entries += [
        {"url": url, "port": url.partition(":")[2], **_found(found)}
        for url, found in probes.items()
        if url not in known
    ]
    hints = [_entry(port, None) for port in suggestions()]
    emit(args, {"ports": entries, "suggestions": hints}, _text(entries, hints))
    return 0


def _entry(port: Port, found: Probe | None) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "url": port.url,
        "port": port.port,
        "name": port.name,
        "probably": port.probably,
        "kind": port.kind,
        "in_use": port.in_use,
        "serial_number": port.serial_number or None,
    }
    return entry | (_found(found) if found is not None else {})


def _found(found: Probe) -> dict[str, Any]:
    if found.identity is None:
        error = found.error
        code, message = (error.code, error.message) if error is not None else ("error", "")
        return {"found": None, "error": {"code": code, "message": message}}
    return {
        "found": {
            "chip": found.identity.chip,
            "firmware": found.identity.firmware,
            "quirks": list(found.identity.quirks),
            "baud": found.baud,
        },
        "error": None,
    }


def _text(entries: list[dict[str, Any]], hints: list[dict[str, Any]]) -> str:
    lines = [_line(entry) for entry in entries] or [
        "No serial ports. Plug the adapter in, or pair it, and run this again."
    ]
    lines.append("")
    lines += [f"Not looked at: {hint['url']} ({hint['probably']})" for hint in hints]
    lines.append("Without an adapter: sim: is the built-in car.")
    return "\n".join(lines)


def _line(entry: dict[str, Any]) -> str:
    parts = [f"{entry['url']:<32}"]
    if "probably" in entry:
        parts.append(entry["probably"])
        if entry["name"] not in (entry["port"], "", entry["port"].rpartition("/")[2]):
            parts.append(f"“{entry['name']}”")
    if entry.get("in_use"):
        parts.append("[in use]")
    if entry.get("found"):
        chip, firmware = entry["found"]["chip"], entry["found"]["firmware"]
        parts.append(f"→ {firmware}" if firmware.startswith(chip) else f"→ {chip} ({firmware})")
    elif entry.get("error"):
        parts.append(f"→ {entry['error']['message']}")
    return "  ".join(parts)
