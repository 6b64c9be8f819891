"""What keeps a booking from being made, and what is asked about first."""

from collections.abc import Sequence
from typing import ClassVar

from cartech_desk.domain.appointments.calendar import Conflict, Doubt, Free
from cartech_desk.domain.errors import NOTHING_CHANGED, CarTechError


class Overlap(CarTechError):
    """A bay or technician is taken then: `in_way` says by what, `next_free` when it is not."""

    code: ClassVar[str] = "overlap"

    def __init__(
        self, happened: str, to_do: str, in_way: Sequence[Conflict], next_free: Free | None
    ) -> None:
        super().__init__(happened, kept=NOTHING_CHANGED, to_do=to_do)
        self.in_way = tuple(in_way)
        self.next_free = next_free


class AskedFirst(CarTechError):
    """Something speaks against it that may be meant: ask, then do it with `even_so`."""

    code: ClassVar[str] = "asked_first"

    def __init__(self, doubts: Sequence[tuple[Doubt, str]]) -> None:
        super().__init__(
            " ".join(sentence for _, sentence in doubts),
            kept=NOTHING_CHANGED,
            to_do="Choose another time, or confirm it (on the command line with --even-so).",
        )
        self.doubts = tuple(doubts)


class StatusRefused(CarTechError):
    """An appointment cannot go from where it stands to there."""

    code: ClassVar[str] = "status_refused"


class MailRefused(CarTechError):
    """An e-mail cannot be written or sent like this."""

    code: ClassVar[str] = "mail_refused"
