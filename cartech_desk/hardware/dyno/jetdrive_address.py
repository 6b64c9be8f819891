"""The address of a JETDRIVE network: group or computer, port, interface."""

import ipaddress
import re
from typing import Final

from cartech_desk.hardware.dyno.errors import BadSourceUrl
from cartech_desk.hardware.dyno.source_url import SourceUrl

PORT: Final = 22344
_EVERY_COMPUTER: Final = ipaddress.IPv4Address("255.255.255.255")


def read_address(url: SourceUrl) -> tuple[str, int, str]:
    """Read `jetdrive://ADDRESS:PORT?interface=…` as these three. Errors: BadSourceUrl."""
    url.only(("interface",))
    host, colon, port = url.target.removeprefix("//").rstrip("/").partition(":")
    try:
        address = ipaddress.IPv4Address("127.0.0.1" if host == "localhost" else host)
        interface = url.options.get("interface", "")
        if interface:
            ipaddress.IPv4Address(interface)
        if colon and not re.fullmatch("[0-9]{1,5}", port):
            raise ValueError
        number = int(port or PORT)
        if not 0 < number < 65536 or address.is_unspecified or address == _EVERY_COMPUTER:
            raise ValueError
    except ValueError as error:
        raise BadSourceUrl(
            f"“{url.text}” is no address of a JETDRIVE network.",
            to_do="Write jetdrive://GROUP:PORT?interface=ADDRESS with numbers, as in "
            "jetdrive://224.0.2.10:22344?interface=192.168.1.5, or jetdrive://127.0.0.1:22344 "
            "for a dyno on this computer.",
        ) from error
    return str(address), number, interface
