"""The ports of this machine as offers; slow on some machines, so never called in the GUI thread."""

from cartech_desk.ui.models.offers import Offer


def plugged_in() -> list[Offer]:
    """List the ports, likely adapters first."""
    return []
