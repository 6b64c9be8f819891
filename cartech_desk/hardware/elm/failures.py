"""What the adapter reported, in words for the person at the bay."""

from typing import Final

from cartech_desk.hardware.elm.statuses import Status
from cartech_desk.hardware.elm.text import Parsed
from cartech_desk.hardware.errors import (
    AdapterBusy,
    BusFault,
    CarSilent,
    HardwareError,
    LinkLost,
    NoAnswer,
    RequestFailed,
    StillPending,
    Unreadable,
)

_CABLE: Final = "Check the plug in the car; if it stays, disconnect and connect again."
_AGAIN: Final = "Try again; if it stays, disconnect and connect again."
_IGNITION: Final = "Is the ignition on?"

_OF_A_REQUEST: Final[dict[Status, tuple[type[HardwareError], str, str]]] = {
    Status.CAN_ERROR: (
        BusFault,
        "The adapter cannot send on the car's CAN bus (CAN ERROR).",
        "Switch the ignition on and check the plug in the car.",
    ),
    Status.BUS_ERROR: (BusFault, "The car's bus is disturbed (BUS ERROR).", _CABLE),
    Status.BUS_BUSY: (BusFault, "The car's bus never fell silent (BUS BUSY).", _AGAIN),
    Status.FEEDBACK_ERROR: (
        BusFault,
        "The adapter does not see its own signal on the bus (FB ERROR).",
        _CABLE,
    ),
    Status.DATA_ERROR: (BusFault, "An answer arrived damaged (DATA ERROR).", _AGAIN),
    Status.RX_ERROR: (BusFault, "An answer arrived damaged (RX ERROR).", _AGAIN),
    Status.BUFFER_FULL: (
        BusFault,
        "The adapter was sent more than it could hand on (BUFFER FULL).",
        "Use a faster connection to the adapter, or fewer channels.",
    ),
    Status.OUT_OF_MEMORY: (BusFault, "The adapter ran out of memory.", _AGAIN),
    Status.BUS_INIT_ERROR: (
        NoAnswer,
        "The car's diagnostic line does not wake up (BUS INIT: ERROR).",
        _IGNITION,
    ),
    Status.UNABLE_TO_CONNECT: (
        NoAnswer,
        "The adapter answers, the car no longer does (UNABLE TO CONNECT).",
        _IGNITION,
    ),
    Status.STOPPED: (AdapterBusy, "The adapter was interrupted (STOPPED).", _AGAIN),
    Status.ACTIVITY_ALERT: (AdapterBusy, "The adapter is about to fall asleep.", _AGAIN),
    Status.INTERNAL_ERROR: (
        AdapterBusy,
        "The adapter reports a fault of its own.",
        "Pull the adapter out of the car and plug it in again.",
    ),
    Status.LOW_VOLTAGE_RESET: (
        LinkLost,
        "The adapter lost its power for a moment and started anew (LV RESET).",
        "Check the car's battery and the plug, then connect again.",
    ),
    Status.LOW_POWER_ALERT: (
        LinkLost,
        "The adapter went to sleep (LP ALERT).",
        "Switch the ignition on, then connect again.",
    ),
    Status.UNKNOWN_COMMAND: (
        Unreadable,
        "The adapter did not understand the request (?).",
        _AGAIN,
    ),
}

_OF_A_SEARCH: Final[dict[Status, str]] = {
    Status.BUS_INIT_ERROR: "The adapter answers, but the car's diagnostic line does not wake up.",
    Status.CAN_ERROR: "The adapter answers, but it cannot send on the car's CAN bus.",
    Status.FEEDBACK_ERROR: "The adapter answers, but it does not see its own signal on the bus.",
    Status.BUS_ERROR: "The adapter answers, but the car's bus is disturbed.",
    Status.BUS_BUSY: "The adapter answers, but the car's bus never falls silent.",
}


def reset(statuses: tuple[Status, ...]) -> HardwareError | None:
    """Return the error of an adapter that has forgotten its set-up, else None."""
    for status in (Status.LOW_VOLTAGE_RESET, Status.LOW_POWER_ALERT):
        if status in statuses:
            return _made(status)
    return None


def restarted(banner: str) -> LinkLost:
    """Return the error of an adapter that greeted in the middle of the work."""
    return LinkLost(
        f"The adapter started anew in the middle of the work (“{banner}”).",
        to_do="Check the adapter's power and the plug in the car, then connect again.",
    )


def of_request(parsed: Parsed, *, prompt: bool) -> HardwareError:
    """Say why a reply without any answer or refusal is one."""
    for status in parsed.statuses:
        if status in _OF_A_REQUEST and not (status is Status.UNKNOWN_COMMAND and parsed.unreadable):
            return _made(status)
    if parsed.unreadable:
        return Unreadable(
            f"An answer came that cannot be read: {parsed.unreadable[0]}.", to_do=_AGAIN
        )
    if Status.NO_DATA in parsed.statuses:
        return NoAnswer(
            "The car did not answer this request.",
            to_do="The car may not know it; otherwise check that the ignition is on.",
        )
    if not prompt:
        return AdapterBusy("The adapter did not finish the request in time.", to_do=_AGAIN)
    if parsed.strays or parsed.foreign:
        piece = (parsed.strays or parsed.foreign)[0]
        return Unreadable(f"What came answers something else: “{piece}”.", to_do=_AGAIN)
    return Unreadable("The adapter came back without any answer.", to_do=_AGAIN)


def still_pending() -> RequestFailed:
    """Return the error of an ECU that asked for time (NRC 78) and then never answered."""
    return StillPending(
        "The ECU asked for more time and then did not answer.",
        to_do="Wait until the car has finished, then try again.",
    )


def of_search(parsed: Parsed, *, prompt: bool) -> HardwareError:
    """Say why no car was found."""
    if parsed.unreadable or parsed.strays:
        piece = (parsed.unreadable or parsed.strays)[0]
        return Unreadable(
            f"The car answers, but its answer cannot be read: {piece}.",
            to_do="Check the plug in the car and try again; if it stays, try another adapter.",
        )
    for status in parsed.statuses:
        if status in (Status.LOW_VOLTAGE_RESET, Status.LOW_POWER_ALERT):
            return _made(status)
        if status in _OF_A_SEARCH:
            return CarSilent(_OF_A_SEARCH[status], to_do="Is the ignition on? Is the plug home?")
    if not prompt:
        return CarSilent(
            "The adapter answers, but its search for the car came to no end.",
            to_do="Is the ignition on? Pull the adapter out and plug it in again.",
        )
    return CarSilent("The adapter answers, the car does not.", to_do=_IGNITION)


def _made(status: Status) -> HardwareError:
    kind, happened, to_do = _OF_A_REQUEST[status]
    return kind(happened, to_do=to_do)
