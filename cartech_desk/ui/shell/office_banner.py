"""The banners that the audit log, what the desk does by itself and the alarms call for."""

from collections.abc import Callable, Mapping
from typing import Final

from cartech_desk.bay.status import BaySnapshot
from cartech_desk.domain.errors import CarTechError
from cartech_desk.office.audit_book import AuditBook, Verdict
from cartech_desk.ui.shell.banner import Banners, Tone
from cartech_desk.ui.words import for_window

VERIFY = "audit-verify"
KEY = "audit-key"
ALARMS = "alarms-problem"
COPY = "daily-copy"
BY_ITSELF = "by-itself "
"""Before the name of what the desk does by itself."""
_EVERY: Final = 10
"""Ticks of the clock between two looks at the audit log."""


def broken_words(verdict: Verdict) -> tuple[str, str]:
    """Say what is broken in the audit log, and what to do."""
    record = verdict.first_bad_sequence
    place = f" at record {record}" if record is not None else ""
    problem = f" {verdict.problem}" if verdict.problem else ""
    return (
        f"The audit log does not hold together{place}: somebody or something changed it.{problem}",
        "Work can go on and is recorded. Keep a copy of the data folder as it is, tell an "
        "administrator, and compare the log with its last export.",
    )


class OfficeBanner:
    """Follows the audit book and the snapshots; none of these banners can be put away."""

    def __init__(
        self,
        banners: Banners,
        audit: AuditBook,
        open_audit: Callable[[str | None], None],
        copies: Callable[[], str] = str,
        troubles: Callable[[], Mapping[str, CarTechError]] = dict,
    ) -> None:
        self._banners = banners
        self._audit = audit
        self._open = open_audit
        self._copies = copies
        """Says why the daily copy of everything could not be made, or what is missing in it."""
        self._troubles = troubles
        """Says by its name what goes wrong in what the desk does by itself."""
        self._told: tuple[str, ...] = ()
        self._ticks = 0

    def show_snapshot(self, snapshot: BaySnapshot) -> None:
        """Show, change or take away what is called for."""
        self._show_problem(snapshot.alarms.problem)
        if self._ticks % _EVERY == 0:
            self._look()
        self._ticks += 1

    def _look(self) -> None:
        verdict = self._audit.last_verdict
        if verdict is not None and not verdict.ok:
            self._banners.show_banner(
                VERIFY,
                Tone.ERROR,
                *broken_words(verdict),
                button=("Open the log", lambda: self._open("broken")),
            )
        else:
            self._banners.clear(VERIFY)
        problem = self._audit.key_problem
        if problem:
            self._banners.show_banner(
                KEY,
                Tone.WARNING,
                f"New records of the audit log are not keyed: {problem}",
                "They are chained and kept; unlock the keyring, then start the desk again.",
                button=("Open the log", lambda: self._open(None)),
            )
        else:
            self._banners.clear(KEY)
        if self._ticks:  # no start waits for what a day will bring
            self._look_at_copies()
            self._look_at_troubles()

    def _look_at_copies(self) -> None:
        problem = self._copies()
        if problem:
            self._banners.show_banner(
                COPY,
                Tone.WARNING,
                f"Daily copy: {problem}",
                "Looked at again every ten minutes. The folder is chosen under Settings, Backups.",
            )
        else:
            self._banners.clear(COPY)

    def _look_at_troubles(self) -> None:
        troubles = self._troubles()
        for name, error in troubles.items():
            self._banners.show_banner(
                f"{BY_ITSELF}{name}",
                Tone.WARNING,
                f"{name}: {' '.join(filter(None, (error.happened, error.kept)))}",
                for_window(error.to_do),
            )
        for name in self._told:
            if name not in troubles:
                self._banners.clear(f"{BY_ITSELF}{name}")
        self._told = tuple(troubles)

    def _show_problem(self, problem: str) -> None:
        if problem:
            self._banners.show_banner(
                ALARMS,
                Tone.ERROR,
                problem,
                "Alarms are still watched, seen and heard; what happens now may miss in their "
                "history.",
            )
        else:
            self._banners.clear(ALARMS)
