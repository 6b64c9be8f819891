"""What acts have to say: refusals as banners, the rest as toasts."""

from typing import Final

from PySide6.QtCore import QObject

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import NOBODY, NotSignedIn, RightMissing
from cartech_desk.store.errors import (
    AuditBroken,
    DatabaseCorrupt,
    DatabaseLocked,
    DatabaseNewer,
    DatabaseReadOnly,
    DiskFull,
    MigrationFailed,
)
from cartech_desk.store.recordings import RecordingSummary
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.background import in_background
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.shell.banner import Banners, Tone
from cartech_desk.ui.shell.toasts import Toasts
from cartech_desk.ui.words import for_window, lasting

_OF_PAGES: Final = ("cartech_desk.domain.", "cartech_desk.office.", "cartech_desk.store.")
_OF_ALL: Final = (
    AuditBroken,
    DatabaseCorrupt,
    DatabaseLocked,
    DatabaseNewer,
    DatabaseReadOnly,
    DiskFull,
    MigrationFailed,
)
"""What ails the whole desk, wherever it was found."""


class Sentences(QObject):
    """Listens to the acts."""

    def __init__(self, desk: DeskParts, acts: Acts, banners: Banners, toasts: Toasts) -> None:
        super().__init__(acts)
        self._desk = desk
        self._acts = acts
        self._banners = banners
        self._toasts = toasts
        acts.refused.connect(self._refused)
        acts.marked.connect(lambda note: toasts.say(f"Marked: {note}" if note else "Marked."))
        acts.recording_started.connect(self._started)
        acts.recording_stopped.connect(self._stopped)

    def _refused(self, error: CarTechError) -> None:
        happened = " ".join(part for part in (error.happened, error.kept) if part)
        cause = f"refused-{error.code}"
        self._banners.clear(cause)
        sign_in = ("Sign in", lambda: self._sign_in_for(cause))
        self._banners.show_banner(
            cause,
            Tone.WARNING,
            happened,
            for_window(error.to_do),
            button=sign_in if isinstance(error, NotSignedIn | RightMissing) else None,
            dismiss=True,
            of_page=_of_page(error),
        )

    def _sign_in_for(self, cause: str) -> None:
        self._banners.clear(cause)
        self._acts.ask_to_sign_in()

    def _started(self, _recording_id: str) -> None:
        if self._desk.office.session.operator == NOBODY:
            self._toasts.offer(
                "Recording, with nobody signed in as its operator.",
                ("Sign in", self._acts.ask_to_sign_in),
            )

    def _stopped(self, recording_id: str) -> None:
        in_background(
            lambda: self._desk.store.recordings.get(recording_id),
            self,
            self._offer,
            self._acts.tell,
        )

    def _offer(self, kept: RecordingSummary) -> None:
        self._toasts.offer(
            f"Recording of {lasting(kept.seconds)} kept for {kept.vehicle_name}.",
            ("Open", lambda: self._acts.go_to("recordings", kept.id)),
        )


def _of_page(error: CarTechError) -> bool:
    """Tell whether a refusal is about what the page in front asked for, not about bay or disk."""
    return type(error).__module__.startswith(_OF_PAGES) and not isinstance(error, _OF_ALL)
