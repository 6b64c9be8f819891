"""Limits: what is watched, for each profile and vehicle."""

from cartech_desk.ui.pages.page import Page


class LimitsPage(Page):
    """Limits: what is watched, for each profile and vehicle."""

    key = "limits"
