"""The audit log: search, what changed, verification, export."""

from cartech_desk.ui.pages.page import Page


class AuditPage(Page):
    """The audit log: search, what changed, verification, export."""

    key = "audit"
