"""Runs that are kept: reading them, looking at them, putting them right, importing, reporting."""

from collections.abc import Callable, Sequence
from pathlib import Path

from cartech_desk.domain.dyno.compare import Comparison, Repeatability
from cartech_desk.domain.dyno.result import RunResult
from cartech_desk.domain.dyno.run import RawRun, View
from cartech_desk.domain.dyno.tables import Mapping as ColumnMapping
from cartech_desk.domain.dyno.tables import Proposal
from cartech_desk.domain.people import Actor
from cartech_desk.store.dyno import DynoRun, DynoSession
from cartech_desk.store.store import Store


class DynoRuns:
    """Runs of this desk. Blocking, thread-safe; results are kept in a small cache.

    Ids may be a unique start. Errors of all: NotKept, StoreError; acts also NotSignedIn,
    RightMissing.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def raw(self, run_id: str) -> RawRun:
        """Return a run as it was measured, read from its recording."""
        raise NotImplementedError

    def result(self, run_id: str, view: View) -> RunResult:
        """Return what a run comes to; the same object for the same run, version and view."""
        raise NotImplementedError

    def compare(self, a: str, b: str, view: View) -> Comparison:
        """Compare two runs. Errors: NotComparable."""
        raise NotImplementedError

    def repeatability(self, run_ids: Sequence[str], view: View) -> Repeatability:
        """Tell how well runs repeat. Errors: NotComparable."""
        raise NotImplementedError

    def change(self, run: DynoRun, by: Actor, reason: str = "") -> DynoRun:
        """Keep another name, note or set-up of a run; its summary is computed anew."""
        raise NotImplementedError

    def delete(self, run_id: str, by: Actor, reason: str = "") -> None:
        """Take a run off the tree; needs the right to delete. Its recording stays."""
        raise NotImplementedError

    def restore(self, run_id: str, by: Actor) -> None:
        """Bring a deleted run back."""
        raise NotImplementedError

    def propose(self, path: Path) -> Proposal:
        """Read the head of an export of another program and propose what its columns are.

        A mapping remembered for these headers goes first. Errors: FileRefused.
        """
        raise NotImplementedError

    def import_file(
        self,
        path: Path,
        mapping: ColumnMapping | None,
        by: Actor,
        *,
        session: DynoSession | None = None,
        vehicle_id: str = "",
        remember: bool = True,
        progress: Callable[[float], None] | None = None,
    ) -> DynoRun:
        """Keep a run of another program's file; `mapping` None takes the proposal where it is sure.

        Errors: FileRefused, MappingRefused (unsure, wrong unit, krpm taken for rpm, empty), with
        nothing kept.
        """
        raise NotImplementedError

    def settle(self) -> int:
        """Give runs that were cut off their end, as their recordings tell; returns how many."""
        raise NotImplementedError
