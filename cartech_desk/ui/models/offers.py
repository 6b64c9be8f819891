"""What the Connect page offers: what was used last, what is plugged in, the simulated car."""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from cartech_desk.hardware.adapters import SCHEMES, parse_adapter_url
from cartech_desk.store.layouts import LayoutStore
from cartech_desk.ui.words import wire_name


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can be connected to; `likely` ones come first."""

    url: str
    what: str
    place: str
    icon: str = "usb"
    note: str = ""
    likely: bool = False


SIMULATED: Final = Offer("sim:", "Simulated car", "built in, nothing to plug in", icon="simulate")
ON_ROLLERS: Final = Offer(
    "sim:rollers?script=dyno",
    "Simulated car on the rollers, for the dyno",
    "built in; its dyno is sim:rollers",
    icon="simulate",
)
WIFI_PORT: Final = 35000
"""The port at which Wi-Fi adapters listen unless they were told otherwise."""

_KIND: Final = "adapter"
_NAME: Final = "last"
_REMEMBERED: Final = 3
_HOST: Final = re.compile(r"(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]*)(\.[A-Za-z0-9_-]+)*\.?")
_ICONS: Final = {"can": "can", "sim": "simulate"}


class NotAnAddress(ValueError):
    """What was typed is no address; the message says so in words."""


def wifi_url(typed: str) -> str:
    """Make an adapter URL of `host`, `host:port` or `[address]:port`; NotAnAddress says why not."""
    text = typed.strip().removeprefix("tcp://")
    if not text:
        raise NotAnAddress("Give the adapter's address, such as 192.168.0.10.")
    bracketed = re.fullmatch(r"\[([^\]]+)\](?::(.*))?", text)
    if bracketed:
        host, port_text = bracketed.group(1), bracketed.group(2)
        known = _is_ip(host)
    else:
        host, colon, after = text.partition(":")
        port_text = after if colon else None
        # Figures and points alone must be a whole IP address: 192.168.0 is a slip, not a name.
        known = _is_ip(host) if re.fullmatch(r"[\d.]+", host) else bool(_HOST.fullmatch(host))
    if not known:
        raise NotAnAddress(f"“{host}” is no address. It looks like 192.168.0.10.")
    if port_text is None:
        port = WIFI_PORT
    elif port_text.isascii() and port_text.isdigit() and 1 <= int(port_text) <= 65535:
        port = int(port_text)
    else:
        raise NotAnAddress("After the colon stands the port, a number from 1 to 65535.")
    return f"elm327:tcp://{f'[{host}]' if bracketed else host}:{port}"


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def checked_url(typed: str) -> str:
    """Return an adapter URL without blanks around it.

    NotAnAddress where it is none at all, BadAdapterUrl where its options cannot be read.
    """
    text = typed.strip()
    scheme, _, rest = text.partition(":")
    if scheme not in SCHEMES or not (rest.partition("?")[0] or scheme == "sim"):
        raise NotAnAddress(
            f"“{text}” is no adapter address. It begins with elm327: or can:, as in elm327:COM5."
            if text
            else "Give the adapter's address, such as elm327:COM5."
        )
    return parse_adapter_url(text).text


def arranged(
    plugged_in: Sequence[Offer], used: Sequence[str], usual: Sequence[Offer] = ()
) -> list[Offer]:
    """Put in order: connected last time, likely adapters, ports, usual addresses, simulated."""
    by_url = {offer.url: offer for offer in (*plugged_in, *usual, SIMULATED, ON_ROLLERS)}
    ordered: list[Offer] = []
    for place, url in enumerate(used):
        note = "connected last time" if place == 0 else "used before"
        offer = by_url.pop(url, None)
        if offer is None:
            offer = _away(url)
        if offer is not None:
            ordered.append(replace(offer, note=_joined(note, offer.note), likely=place == 0))
    # Sorting keeps the order within each kind.
    return [*ordered, *sorted(by_url.values(), key=lambda offer: not offer.likely)]


def _joined(*notes: str) -> str:
    return " · ".join(note for note in notes if note)


def _away(url: str) -> Offer | None:
    """Offer what is reached over a network or a bus; a serial port that is gone is not offered."""
    scheme = url.partition(":")[0]
    if scheme == "elm327" and "tcp://" not in url:
        return None
    what = {"can": "CAN interface", "sim": "Simulated car"}.get(scheme, "Wi-Fi adapter")
    return Offer(url, what, wire_name(url), icon=_ICONS.get(scheme, "wifi"))


def used_before(layouts: LayoutStore) -> list[str]:
    """Return the URLs that were connected, the last one first."""
    document = layouts.load(_KIND, _NAME) or {}
    urls = document.get("urls", [])
    return [url for url in urls if isinstance(url, str)] if isinstance(urls, list) else []


def remember(layouts: LayoutStore, url: str) -> list[str]:
    """Put a URL that connected first among those used; returns them all."""
    urls = [url, *(old for old in used_before(layouts) if old != url)][:_REMEMBERED]
    layouts.save(_KIND, _NAME, {"urls": urls})
    return urls
