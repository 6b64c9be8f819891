"""Alarms: those that stand now, and what was."""

from cartech_desk.ui.pages.page import Page


class AlarmsPage(Page):
    """Alarms: those that stand now, and what was."""

    key = "alarms"
