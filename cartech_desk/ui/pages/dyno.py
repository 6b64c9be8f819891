"""Dyno: one big Start, the curve as it is driven, and every run beside every other."""

from cartech_desk.ui.pages.page import Page


class DynoPage(Page):
    """The dyno bench."""

    key = "dyno"
