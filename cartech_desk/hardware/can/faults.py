"""What python-can and its drivers raise, in the words of the shop.

Drivers wrap what the system told them; the number it gave is somewhere along the chain of causes.
"""

import errno
import sys
import traceback
from collections.abc import Iterator
from typing import Final

from cartech_desk.hardware.can.interfaces import CanChannel
from cartech_desk.hardware.errors import (
    BadAdapterUrl,
    BusFault,
    HardwareError,
    LinkLost,
    PortBusy,
    PortDenied,
    PortNotFound,
)

_ABSENT: Final = frozenset({errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.ECONNREFUSED})
_BUSY_WORDS: Final = ("exclusively lock", "already in use", "being used", "is busy", "in use by")
_NO_DRIVER_WORDS: Final = ("not installed", "library", "driver", "cannot import", "unavailable")
_UNSENT_WORDS: Final = ("transmit buffer full", "transmit queue", "buffer is full", "timed out")
_PCAN_UNSENT: Final = frozenset({0x00001, 0x00008, 0x00010, 0x00080, 0x40000})
"""PCAN-Basic: transmit buffer full, bus heavy, bus off, transmit queue full, bus passive."""

NOT_ACKNOWLEDGED: Final = "Nobody on the bus acknowledges what is sent."


def opening_fault(error: BaseException, channel: CanChannel) -> HardwareError:
    """Say why the channel could not be opened."""
    # A driver that fails half-way leaves its open port in the frames of the traceback: on Windows
    # the port stays unusable as long as those live.
    for link in _chain(error):
        traceback.clear_frames(link.__traceback__)
    name = f"{channel.interface} {channel.channel}"
    numbers, text = _numbers(error), _text(error)
    lower = text.lower()
    if errno.EAFNOSUPPORT in numbers:
        return PortNotFound(
            "This computer's system has no SocketCAN.",
            to_do="Load its CAN modules (modprobe can_raw), or use slcan with the adapter's port.",
        )
    if any(word in lower for word in _BUSY_WORDS) or numbers & {errno.EBUSY, errno.EAGAIN}:
        return _busy(name)
    if numbers & {errno.EACCES, errno.EPERM}:
        # Windows says "access denied" where another program holds the port
        return _busy(name) if sys.platform == "win32" else _denied(name)
    if numbers & _ABSENT or "no such" in lower or "not found" in lower or "not exist" in lower:
        return _absent(name)
    if errno.ENETDOWN in numbers:
        return _down(channel)
    if _named(error, "ValueError", "TypeError", "KeyError", "ArgumentError"):
        return BadAdapterUrl(
            f"{name} does not take what the adapter address asks of it ({text}).",
            to_do="Check the channel, the bit rate and the options in the address.",
        )
    if _named(error, "CanInterfaceNotImplementedError", "NameError", "AttributeError") or any(
        word in lower for word in _NO_DRIVER_WORDS
    ):
        return PortNotFound(
            f"The driver of “{channel.interface}” cannot be used on this computer ({text}).",
            to_do="Install the manufacturer's driver and its Python package.",
        )
    return PortNotFound(
        f"{name} cannot be opened ({text}).",
        to_do="Check that the adapter is plugged in and powered, then try again.",
    )


def sending_fault(error: BaseException, channel: CanChannel) -> BusFault | LinkLost:
    """Say why a frame could not be sent: BusFault where the bus is at fault, else LinkLost."""
    numbers, lower = _numbers(error), _text(error).lower()
    code = getattr(error, "error_code", None)
    unsent = (
        errno.ENOBUFS in numbers
        or any(word in lower for word in _UNSENT_WORDS)
        or (channel.interface == "pcan" and code in _PCAN_UNSENT)
    )
    # a serial port that takes no more bytes is a dead adapter, not a quiet bus
    if unsent and not _named(error, "SerialTimeoutException"):
        return BusFault(
            NOT_ACKNOWLEDGED,
            to_do="Turn the ignition on, seat the plug, and check the bit rate.",
        )
    return lost(channel, error)


def lost(channel: CanChannel, error: BaseException | None = None) -> LinkLost:
    """Say that the adapter went away."""
    if error is not None and errno.ENETDOWN in _numbers(error):
        down = _down(channel)
        return LinkLost(down.happened, to_do=down.to_do)
    return LinkLost(
        f"The CAN adapter at {channel.interface} {channel.channel} is gone.",
        to_do="Check its cable; the desk connects again as soon as it is back.",
    )


def _busy(name: str) -> PortBusy:
    return PortBusy(
        f"{name} is in use by another program.",
        to_do="Close the other program, or unplug the adapter and plug it in again.",
    )


def _denied(name: str) -> PortDenied:
    return PortDenied(
        f"This user may not open {name}.",
        to_do="Add the user to the group that owns the port (on Debian: dialout) and log in anew.",
    )


def _absent(name: str) -> PortNotFound:
    return PortNotFound(
        f"{name} does not exist.",
        to_do="Plug the adapter in and look it up again (cartech-desk ports).",
    )


def _down(channel: CanChannel) -> PortNotFound:
    return PortNotFound(
        f"{channel.interface} {channel.channel} is switched off.",
        to_do=f"Switch it on: ip link set {channel.channel} up type can bitrate 500000.",
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or link.__context__


def _numbers(error: BaseException) -> set[int]:
    numbers = {getattr(link, "errno", None) for link in _chain(error)}
    numbers |= {getattr(link, "error_code", None) for link in _chain(error)}
    return {number for number in numbers if isinstance(number, int)}


def _text(error: BaseException) -> str:
    return str(error).strip().rstrip(".") or type(error).__name__


def _named(error: BaseException, *names: str) -> bool:
    """Whether the error is of a class with one of these names (drivers bring classes of theirs)."""
    return any(base.__name__ in names for base in type(error).__mro__)
