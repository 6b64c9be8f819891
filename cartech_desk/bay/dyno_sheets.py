"""Issuing sheets: from runs to a PDF, a workbook or JSON, with a trace in the audit log."""

from collections.abc import Sequence
from pathlib import Path

from cartech_desk.bay.dyno_runs import DynoRuns
from cartech_desk.domain.dyno.run import View
from cartech_desk.domain.people import Actor
from cartech_desk.domain.units import UnitSystem
from cartech_desk.reports.dyno_sheet import Paper, Sheet
from cartech_desk.store.store import Store

ENDINGS = (".pdf", ".xlsx", ".json")


class DynoSheets:
    """Sheets of this desk. Blocking, thread-safe."""

    def __init__(self, store: Store, runs: DynoRuns) -> None:
        self._store = store
        self._runs = runs

    def sheet(
        self,
        run_ids: Sequence[str],
        view: View,
        by: Actor,
        *,
        paper: Paper = Paper.A4,
        units: UnitSystem = UnitSystem.METRIC,
        power_unit: str = "hp",
        table_step_rpm: int = 500,
        address: str = "",
        logo: Path | None = None,
        raw: bool = False,
    ) -> Sheet:
        """Gather what a sheet of these runs says: one run, two as a comparison, more as a session.

        Errors: NotKept; LogoRefused (no PNG or JPEG, too large); SheetRefused (no run).
        """
        raise NotImplementedError

    def write(self, sheet: Sheet, path: Path, by: Actor) -> Path:
        """Write a sheet; the file's ending says as what. Recorded with correction and smoothing.

        Errors: NotSignedIn, RightMissing; ExportRefused, ExportFailed with nothing left half.
        """
        raise NotImplementedError
