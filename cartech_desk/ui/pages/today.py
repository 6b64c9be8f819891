"""Today: the bay, active alarms, the last recordings, who is signed in."""

from cartech_desk.ui.pages.page import Page


class TodayPage(Page):
    """Today: the bay, active alarms, the last recordings, who is signed in."""

    key = "today"
