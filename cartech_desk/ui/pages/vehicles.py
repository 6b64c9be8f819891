"""Vehicles that this desk has met, and what is kept of each: check-ups, recordings, runs."""

from cartech_desk.ui.pages.page import Page


class VehiclesPage(Page):
    """See the module."""

    key = "vehicles"
