"""Refusals of acts on limits that a page or a command may answer by asking."""

from typing import ClassVar

from cartech_desk.domain.alarms.limit import LimitRefused


class ChannelUnknown(LimitRefused):
    """A limit names a channel that nobody knows; it can be set all the same with `anyway`."""

    code: ClassVar[str] = "channel_unknown"


class ReasonMissing(LimitRefused):
    """An act that weakens the watch needs a reason."""

    code: ClassVar[str] = "reason_missing"


class ImportDoubtful(LimitRefused):
    """A file that may not be meant so; it can be imported all the same with `confirmed`."""

    code: ClassVar[str] = "import_doubtful"


def reason_missing() -> ReasonMissing:
    """Return the refusal of switching a limit off without a reason."""
    return ReasonMissing(
        "A limit is put out of service for a reason only.",
        kept="It stays in service.",
        to_do="Say why, in a few words.",
    )
