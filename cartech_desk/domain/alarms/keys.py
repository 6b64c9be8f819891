"""What alarms are called: each kind has its own beginning."""

from typing import Final

SIGNAL: Final = "signal:"
LIMIT: Final = "limit:"
DESK: Final = "desk:"


def limit_alarm(limit_key: str) -> str:
    """Key of a limit's alarm."""
    return f"{LIMIT}{limit_key}"


def signal_alarm(channel: str) -> str:
    """Key of the alarm that a channel has no value."""
    return f"{SIGNAL}{channel}"


def desk_alarm(what: str) -> str:
    """Key of an alarm of the desk's own ("link", "recording", "limits")."""
    return f"{DESK}{what}"
