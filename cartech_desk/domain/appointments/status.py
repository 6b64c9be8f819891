"""Where an appointment may go from where it stands: a table."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from cartech_desk.domain.appointments.booking import AppointmentStatus as Status

NEXT: Final[Mapping[Status, tuple[Status, ...]]] = MappingProxyType(
    {
        Status.BOOKED: (
            Status.ARRIVED,
            Status.IN_BAY,
            Status.DONE,
            Status.NO_SHOW,
            Status.CANCELLED,
        ),
        Status.ARRIVED: (
            Status.IN_BAY,
            Status.WAITING,
            Status.DONE,
            Status.BOOKED,
            Status.CANCELLED,
        ),
        Status.IN_BAY: (Status.WAITING, Status.DONE, Status.ARRIVED, Status.CANCELLED),
        Status.WAITING: (Status.IN_BAY, Status.ARRIVED, Status.DONE, Status.CANCELLED),
        Status.DONE: (Status.IN_BAY, Status.WAITING),
        Status.NO_SHOW: (Status.BOOKED, Status.ARRIVED),
        Status.CANCELLED: (Status.BOOKED,),
    }
)
"""The usual way first."""

WORDS: Final[Mapping[Status, str]] = MappingProxyType(
    {
        Status.BOOKED: "booked",
        Status.ARRIVED: "arrived",
        Status.IN_BAY: "in the bay",
        Status.WAITING: "waiting for parts",
        Status.DONE: "done",
        Status.NO_SHOW: "no show",
        Status.CANCELLED: "cancelled",
    }
)

UNFINISHED: Final = frozenset({Status.ARRIVED, Status.IN_BAY, Status.WAITING})
"""The car is here and not done: its work goes on on another day."""


def may_become(now: Status, wanted: Status) -> bool:
    """Tell whether an appointment that stands like this may stand like that next."""
    return wanted in NEXT[now]
