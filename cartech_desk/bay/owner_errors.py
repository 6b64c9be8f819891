"""What ends a connection, or what was asked of it, beside what the wire says."""

from cartech_desk.hardware.errors import HardwareError


class NotConnected(HardwareError):
    """What was asked needs a car, and none is connected."""

    code = "not_connected"


class GivenUp(HardwareError):
    """A connection was ended by a person while it was being made."""

    code = "given_up"


class DeskFault(HardwareError):
    """The desk itself failed while it was connected."""

    code = "desk_fault"


def not_connected() -> NotConnected:
    """Return what everything ends with that needs a car where none is connected."""
    return NotConnected("No car is connected.", to_do="Connect an adapter first.")


def given_up(url: str) -> GivenUp:
    """Return what an attempt ends with that a person ended."""
    return GivenUp(f"The connection to {url} was given up.", to_do="Connect again.")


def desk_fault(bug: Exception, to_do: str) -> DeskFault:
    """Return what a person is told of an error that nobody foresaw."""
    return DeskFault(
        f"The desk failed while it was connected ({type(bug).__name__}: {bug}).",
        kept="What was recorded is kept.",
        to_do=to_do,
    )
