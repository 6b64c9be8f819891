"""The ports of this machine as offers. Slow on some machines: never called in the GUI thread."""

from typing import Final

from cartech_desk.ui.models.offers import Offer

_LIKELY: Final = frozenset({"adapter", "perhaps"})
_SIGNS: Final = (("bluetooth", "bluetooth"), ("rfcomm", "bluetooth"), ("can:", "can"))
"""What the words of a port hold, and the icon that it then wears."""


def plugged_in() -> list[Offer]:
    """List the serial ports, the likeliest adapters first."""
    from cartech_desk.hardware.ports import Port, list_ports

    def offer(port: Port) -> Offer:
        words = f"{port.url} {port.name} {port.probably}".lower()
        shown = next((icon for sign, icon in _SIGNS if sign in words), "usb")
        place = port.port if port.port.endswith(port.name) else f"{port.port} · {port.name}"
        return Offer(
            port.url,
            port.probably[:1].upper() + port.probably[1:],
            place,
            icon=shown,
            note="in use by a program" if port.in_use else "",
            likely=port.kind in _LIKELY and not port.in_use,
        )

    return [offer(port) for port in list_ports()]


def usual_wifi() -> list[Offer]:
    """List the addresses that Wi-Fi adapters usually have, whether one is there or not."""
    from cartech_desk.hardware.ports import suggestions

    return [
        Offer(port.url, port.name, port.port, icon="wifi", note="join its network first")
        for port in suggestions()
    ]
