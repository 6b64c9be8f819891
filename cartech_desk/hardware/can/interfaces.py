"""From a `can:` URL to a python-can interface, its channel and checked options."""

import inspect
import logging
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from cartech_desk.hardware.adapters import AdapterUrl
from cartech_desk.hardware.errors import BadAdapterUrl, PortNotFound

OBD_BITRATES: Final = (500_000, 250_000)
"""The bit rates of ISO 15765-4, the usual one first."""

SERIAL_PORTS: Final = frozenset({"slcan", "robotell", "seeedstudio", "serial"})
"""Interfaces whose channel is a serial port."""
BITRATE_ELSEWHERE: Final = frozenset({"socketcan", "socketcand", "serial"})
"""Interfaces whose bit rate is set outside of python-can."""
NOT_OFFERED: Final[dict[str, str]] = {
    "udp_multicast": "It would send a car's frames to everybody on the network.",
}
_RESERVED: Final = frozenset(
    {"self", "channel", "can_filters", "timing", "fd", "data_bitrate", "listen_only", "state"}
)
"""Options that the desk sets itself, or that have no place on an OBD bus."""
_KNOWN_EXTRA: Final[dict[str, dict[str, type]]] = {
    "kvaser": {"bitrate": int, "accept_virtual": bool, "receive_own_messages": bool},
    "vector": {"bitrate": int},
    "gs_usb": {"bitrate": int, "index": int},
    "systec": {"bitrate": int, "device_number": int},
    "pcan": {"auto_reset": bool},
}
"""Options that these interfaces take without naming them in their signature."""

# python-can tells of packages that it would like; without a handler that lands on standard error.
# Whoever sets up logging of the whole program still hears it.
logging.getLogger("can").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class CanChannel:
    """A channel of a python-can interface as the URL names it.

    `bitrate` in bit/s, None where none was given; `extended` True for 29-bit identifiers only,
    False for 11-bit only, None for both; `options` go to python-can as they are.
    """

    interface: str
    channel: str
    bitrate: int | None = None
    extended: bool | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def wire(self) -> str:
        """What must have one owner: the port's real name, or interface and channel."""
        if self.interface not in SERIAL_PORTS or "://" in self.channel:
            return f"{self.interface}:{self.channel}"
        if sys.platform == "win32":
            return self.channel.upper()
        return os.path.realpath(self.channel)

    @property
    def bitrate_settable(self) -> bool:
        """Whether this interface takes a bit rate from us."""
        if self.interface in BITRATE_ELSEWHERE or self.interface == "virtual":
            return False
        return "bitrate" in _options_of(self.interface)


def read_channel(url: AdapterUrl) -> CanChannel:
    """Read what stands behind `can:`; BadAdapterUrl or PortNotFound say what does not fit."""
    interface, _, channel = url.target.partition(":")
    if interface in NOT_OFFERED:
        raise BadAdapterUrl(
            f"The interface “{interface}” is not offered. {NOT_OFFERED[interface]}",
            to_do="Use the interface that the adapter is plugged into.",
        )
    if interface not in interface_names():
        raise BadAdapterUrl(
            f"“{interface}” is no CAN interface that this desk knows.",
            to_do=f"Use one of {', '.join(sorted(interface_names()))}.",
        )
    if not channel:
        raise BadAdapterUrl(
            f"“{url.text}” does not say which channel of “{interface}”.",
            to_do="Add it after a colon, as in can:slcan:/dev/ttyACM0 or can:pcan:PCAN_USBBUS1.",
        )
    options = dict(url.options)
    bitrate = _bitrate(interface, options.pop("bitrate", None))
    extended = _yes_or_no("extended", options.pop("extended")) if "extended" in options else None
    return CanChannel(interface, channel, bitrate, extended, _checked(interface, options))


@cache
def interface_names() -> frozenset[str]:
    """Names of the interfaces that python-can brings, or that were installed beside it."""
    from can.interfaces import VALID_INTERFACES

    return frozenset(VALID_INTERFACES) - NOT_OFFERED.keys()


@cache
def bus_class(interface: str) -> type:
    """Return python-can's class for an interface; PortNotFound where its driver is missing."""
    import importlib

    from can.interfaces import BACKENDS

    module_name, class_name = BACKENDS[interface]
    try:
        found: type = getattr(importlib.import_module(module_name), class_name)
    except Exception as error:  # vendors' modules raise whatever they like at import
        raise PortNotFound(
            f"The driver of “{interface}” cannot be loaded on this computer ({error}).",
            to_do="Install the manufacturer's driver and its Python package, or use another "
            "interface of this adapter (many also speak slcan).",
        ) from None
    return found


def _bitrate(interface: str, text: str | None) -> int | None:
    if text is None:
        return None
    if interface in BITRATE_ELSEWHERE:
        raise BadAdapterUrl(
            f"The bit rate of “{interface}” is set on the device itself, not in the address.",
            to_do="Leave ?bitrate= out; for SocketCAN set it with “ip link set can0 up type can "
            "bitrate 500000”.",
        )
    if not text.isdecimal() or not 10_000 <= int(text) <= 1_000_000:
        raise BadAdapterUrl(
            f"“{text}” is no bit rate of a CAN bus.",
            to_do="Use ?bitrate=500000 or 250000, or leave it out: the desk finds it.",
        )
    return int(text)


def _checked(interface: str, options: Mapping[str, str]) -> dict[str, Any]:
    if not options:
        return {}
    known = _options_of(interface)
    checked: dict[str, Any] = {}
    for name, text in options.items():
        if name not in known:
            names = ", ".join(sorted({"bitrate", "extended", *known}))
            raise BadAdapterUrl(
                f"“{name}” is no option of the interface “{interface}”.",
                to_do=f"Its options are {names}.",
            )
        checked[name] = _value(name, text, known[name])
    return checked


def _options_of(interface: str) -> dict[str, type]:
    """Names and types of the options that python-can's class for this interface takes."""
    parameters = inspect.signature(bus_class(interface)).parameters.values()
    known = {
        p.name: _type_of(p)
        for p in parameters
        if p.name not in _RESERVED and p.kind is not inspect.Parameter.VAR_KEYWORD
    }
    return known | _KNOWN_EXTRA.get(interface, {})


def _type_of(parameter: inspect.Parameter) -> type:
    for candidate in (bool, int, float):
        if candidate.__name__ in str(parameter.annotation):
            return candidate
    if isinstance(parameter.default, (bool, int, float)):
        return type(parameter.default)
    return str


def _value(name: str, text: str, kind: type) -> Any:
    if kind is bool:
        return _yes_or_no(name, text)
    if kind is str:
        return text
    try:
        return kind(text)
    except ValueError:
        raise BadAdapterUrl(
            f"“{text}” is no value for “{name}”.",
            to_do=f"Write {name}= and a number.",
        ) from None


def _yes_or_no(name: str, text: str) -> bool:
    choices = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    choice = choices.get(text.lower())
    if choice is None:
        raise BadAdapterUrl(f"“{text}” is no value for “{name}”.", to_do=f"Write {name}=1 or =0.")
    return choice
