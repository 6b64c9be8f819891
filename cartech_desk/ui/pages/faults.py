"""Codes of the car at hand, freeze frames, readiness, tests, check-ups and clearing."""

from cartech_desk.ui.pages.page import Page


class FaultsPage(Page):
    """See the module."""

    key = "faults"
