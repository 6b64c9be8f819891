"""People: who may sign in, and what each role may do."""

from cartech_desk.ui.pages.page import Page


class PeoplePage(Page):
    """People: who may sign in, and what each role may do."""

    key = "people"
