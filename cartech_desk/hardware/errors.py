"""What can go wrong on a wire, in words for the person at the bay."""

from typing import ClassVar

from cartech_desk.domain.errors import CarTechError


class HardwareError(CarTechError):
    """Base of everything that goes wrong between the desk and the car."""

    code: ClassVar[str] = "hardware"


class BadAdapterUrl(HardwareError):
    """The adapter URL cannot be read."""

    code = "bad_adapter_url"


class PortNotFound(HardwareError):
    """The port or host does not exist, or nobody listens there."""

    code = "port_not_found"


class PortBusy(HardwareError):
    """Another program, or another part of this one, holds the port."""

    code = "port_busy"


class PortDenied(HardwareError):
    """The operating system refuses access to the port."""

    code = "port_denied"


class LinkLost(HardwareError):
    """The wire went away while it was in use."""

    code = "link_lost"


class NotAnAdapter(HardwareError):
    """Something answers on this port, and it is no OBD adapter."""

    code = "not_an_adapter"


class AdapterSilent(HardwareError):
    """Nothing answers on this port."""

    code = "adapter_silent"


class CarSilent(HardwareError):
    """The adapter answers, the car does not."""

    code = "car_silent"


class ProtocolNotSpoken(HardwareError):
    """The car speaks a protocol that this adapter or this desk does not."""

    code = "protocol_not_spoken"


class RequestFailed(HardwareError):
    """Base of the failures of one request; the link itself may be well."""

    code = "request_failed"


class NoAnswer(RequestFailed):
    """Nobody answered this request in time."""

    code = "no_answer"


class StillPending(NoAnswer):
    """An ECU asked for time (NRC 78) and had not answered when the wait for it ended."""

    code = "still_pending"


class BusFault(RequestFailed):
    """The adapter reports an error of the bus (CAN ERROR, BUS ERROR, BUFFER FULL, …)."""

    code = "bus_fault"


class Unreadable(RequestFailed):
    """An answer came and cannot be read; it is neither a value nor "nothing found"."""

    code = "unreadable"


class AdapterBusy(RequestFailed):
    """The adapter was interrupted or is still busy with the request before."""

    code = "adapter_busy"


class AdapterLacks(RequestFailed):
    """This adapter cannot do what the request needs (an extended address, a long request)."""

    code = "adapter_lacks"
