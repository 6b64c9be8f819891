"""Ports where an adapter may be, and what is really there.

`list_ports` only reads what the operating system knows; nothing is opened. `probe` opens one
adapter and asks. Network addresses are suggested and never scanned.
"""

import os
import re
import sys
import threading
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from cartech_desk.domain.resources import resource
from cartech_desk.hardware.adapter import Adapter, AdapterIdentity
from cartech_desk.hardware.adapters import make_adapter
from cartech_desk.hardware.errors import AdapterSilent, HardwareError, NotAnAdapter

ORDER: Final = ("adapter", "perhaps", "virtual", "other")
"""Kinds of ports, the likeliest adapter first."""

PROBE_S: Final = 12.0


@dataclass(frozen=True, slots=True)
class Port:
    """A serial port, or a suggested network address.

    `url` opens it; `port` is its name or address, `name` what the system calls the device,
    `probably` what it seems to be, `kind` one of `ORDER`; `in_use` None where that cannot be told
    without opening it. `suggested` marks an address that nobody has seen here.
    """

    url: str
    port: str
    name: str
    probably: str
    kind: str
    in_use: bool | None = None
    serial_number: str = ""
    suggested: bool = False


@dataclass(frozen=True, slots=True)
class Probe:
    """What is at an URL: an identity, or the error that says why not."""

    url: str
    identity: AdapterIdentity | None = None
    baud: int | None = None
    error: HardwareError | None = None


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: re.Pattern[str] | None
    vid: int | None
    pid: int | None
    probably: str
    kind: str
    driver: str = "elm327"


@dataclass(frozen=True, slots=True)
class _Table:
    text: tuple[_Rule, ...] = ()
    usb: tuple[_Rule, ...] = ()
    name: tuple[_Rule, ...] = ()
    network: tuple[Mapping[str, str], ...] = field(default=())


def list_ports() -> tuple[Port, ...]:
    """Return the serial ports of this computer, the likeliest adapters first."""
    from serial.tools import list_ports as system  # takes a while, and only this list needs it

    found = [_described(port) for port in system.comports()]
    taken = _open_elsewhere({port.port for port in found})
    free = False if sys.platform == "linux" else None  # elsewhere only opening it would tell
    marked = [
        replace(port, in_use=True if port.port in taken or _ours(port.port) else free)
        for port in found
    ]
    return tuple(sorted(marked, key=lambda port: (ORDER.index(port.kind), port.port)))


def suggestions() -> tuple[Port, ...]:
    """Return the network addresses that Wi-Fi adapters usually have."""
    return tuple(
        Port(
            url=entry["url"],
            port=entry["url"].partition("tcp://")[2],
            name=entry["name"],
            probably=entry["probably"],
            kind="perhaps",
            suggested=True,
        )
        for entry in _table().network
    )


def probe(url: str, deadline_s: float = PROBE_S) -> Probe:
    """Open the adapter that an URL names, see what it is, and close it again.

    Takes at most about `deadline_s` seconds. Never raises a HardwareError: it is in the result.
    """
    try:
        adapter = make_adapter(url)
    except HardwareError as error:
        return Probe(url, error=error)
    timer = threading.Timer(deadline_s, adapter.interrupt)
    timer.daemon = True
    timer.start()
    try:
        identity = adapter.open()
        return Probe(url, identity, getattr(adapter, "baud", None))
    except HardwareError as error:
        return Probe(url, error=_too_slow(adapter, deadline_s) if adapter.interrupted else error)
    finally:
        timer.cancel()
        adapter.close()


def _too_slow(adapter: Adapter, deadline_s: float) -> HardwareError:
    """Say what the driver would have said at its end, from whether anything was heard."""
    to_do = "Give the baud rate if you know it (elm327:PORT?baud=…), or choose another port."
    if adapter.signs.heard_ns:
        return NotAnAdapter(
            f"What talks at {adapter.wire} is no OBD adapter: it was not understood within "
            f"{deadline_s:g} s.",
            to_do=to_do,
        )
    return AdapterSilent(
        f"Nothing answered at {adapter.wire} within {deadline_s:g} s.", to_do=to_do
    )


def _described(port: Any) -> Port:
    """Put words to one port of pyserial's list."""
    name = next(
        (text for text in (port.product, port.description) if text and text != "n/a"),
        port.name or port.device,
    )
    rule = _rule(port)
    probably = rule.probably if rule else "serial port"
    target = port.device
    url = f"can:slcan:{target}" if rule and rule.driver == "slcan" else f"elm327:{target}"
    kind = rule.kind if rule else "other"
    serial_number = port.serial_number or ""
    return Port(url, port.device, name, probably, kind, serial_number=serial_number)


def _rule(port: Any) -> _Rule | None:
    table = _table()
    texts = " ".join(filter(None, (port.description, port.product, port.manufacturer)))
    names = " ".join(filter(None, (port.device, port.hwid, port.description)))
    for rule in table.text:
        if rule.pattern is not None and rule.pattern.search(texts):
            return rule
    for rule in table.usb:
        if port.vid is not None and rule.vid == port.vid and rule.pid in (None, port.pid):
            return rule
    for rule in table.name:
        if rule.pattern is not None and rule.pattern.search(names):
            return rule
    return None


@cache
def _table() -> _Table:
    document = tomllib.loads(resource("adapters.toml").read_text(encoding="utf-8"))
    return _Table(
        _rules(document["text"]),
        _rules(document["usb"]),
        _rules(document["name"]),
        tuple(document["network"]),
    )


def _rules(entries: Iterable[Mapping[str, Any]]) -> tuple[_Rule, ...]:
    return tuple(
        _Rule(
            re.compile(entry["pattern"], re.IGNORECASE) if "pattern" in entry else None,
            entry.get("vid"),
            entry.get("pid"),
            entry["probably"],
            entry["kind"],
            entry.get("driver", "elm327"),
        )
        for entry in entries
    )


def _ours(port: str) -> bool:
    return Adapter.holds(port.upper() if sys.platform == "win32" else os.path.realpath(port))


def _open_elsewhere(ports: set[str]) -> set[str]:
    """Find which ports some process of this user holds open; known on Linux only."""
    if sys.platform != "linux" or not ports:
        return set()
    by_target = {os.path.realpath(port): port for port in ports}
    taken: set[str] = set()
    for folder in Path("/proc").glob("[0-9]*/fd"):
        try:
            handles = list(folder.iterdir())
        except OSError:
            continue  # the process ended, or belongs to somebody else
        for handle in handles:
            try:
                target = str(handle.readlink())
            except OSError:
                continue  # the file was closed meanwhile
            if target in by_target:
                taken.add(by_target[target])
    return taken
