"""Ctrl+K: find pages, actions, channels, recordings, runs, vehicles, codes, and go there."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from cartech_desk.domain.faults.code import NoCode, parse_code
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.background import in_background
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.pages.index import LOOK_UP, PAGES
from cartech_desk.ui.pages.page import PageAction
from cartech_desk.ui.shell.finder import Finder, Found, matching
from cartech_desk.ui.shell.top_bar import vehicle_words
from cartech_desk.ui.words import lasting, local_time

if TYPE_CHECKING:
    from cartech_desk.store.dyno_words import DynoRun
    from cartech_desk.store.recordings import RecordingSummary
    from cartech_desk.store.vehicles import Vehicle

    _Kept = tuple[Sequence[RecordingSummary], Sequence[Vehicle], Sequence[tuple[DynoRun, str]]]


class CommandPalette(QObject):
    """Gathers what can be found each time it opens; what lies on disk arrives a moment later."""

    def __init__(
        self,
        finder: Finder,
        desk: DeskParts,
        acts: Acts,
        actions: Callable[[], Sequence[PageAction]],
    ) -> None:
        super().__init__(finder)
        self._finder = finder
        self._desk = desk
        self._acts = acts
        self._actions = actions
        self._kept: tuple[Found, ...] = ()
        self._at_hand: tuple[Found, ...] = ()

    def open(self) -> None:
        """Open over the window."""
        self._at_hand = (*self._page_lines(), *self._action_lines(), *self._channel_lines())
        self._finder.open(self._find, "Nothing of this name.")
        in_background(self._read_kept, self, self._arrived, self._acts.tell)

    def _find(self, typed: str) -> list[Found]:
        # Without a word: pages and actions; the rest would be a wall of names.
        if not typed.strip():
            return [found for found in self._at_hand if found.kind != "channel"]
        return [*self._code_lines(typed), *matching((*self._at_hand, *self._kept), typed)]

    def _code_lines(self, typed: str) -> list[Found]:
        """Offer to look up a fault code that was typed; no car is needed for that."""
        try:
            code = str(parse_code(typed))
        except NoCode:
            return []
        return [
            Found(
                f"What {code} means",
                lambda: self._acts.go_to("faults", (LOOK_UP, code)),
                kind="fault code",
                icon="faults",
            )
        ]

    def _page_lines(self) -> list[Found]:
        return [
            Found(
                page.title,
                lambda key=page.key: self._acts.go_to(key),
                kind="page",
                shortcut=page.shortcut,
                icon=page.icon,
                words=page.words,
            )
            for page in PAGES
        ]

    def _action_lines(self) -> list[Found]:
        return [
            Found(
                action.name, action.run, kind="action", shortcut=action.shortcut, words=action.words
            )
            for action in self._actions()
        ]

    def _channel_lines(self) -> list[Found]:
        return [
            Found(
                channel.label,
                lambda name=channel.name: self._acts.go_to("live", name),
                detail=channel.name,
                kind="channel",
                icon="live",
                words=channel.source,
            )
            for channel in self._desk.bay.available()
        ]

    def _read_kept(self) -> "_Kept":
        store = self._desk.store
        cars = {session.id: session.vehicle_name for session in store.dyno.sessions()}
        runs = [(run, cars.get(run.session, "")) for run in store.dyno.all_runs()]
        return store.recordings.list(), store.vehicles.list(), runs

    def _arrived(self, kept: "_Kept") -> None:
        recordings, vehicles, runs = kept
        self._kept = (
            *(
                Found(
                    f"{car} {run.name}, {local_time(run.started)}".strip(),
                    lambda number=run.id: self._acts.go_to("dyno", number),
                    detail=run.note,
                    kind="dyno run",
                    icon="dyno",
                )
                for run, car in runs
            ),
            *(
                Found(
                    f"{recording.vehicle_name}, {local_time(recording.anchor)}",
                    lambda number=recording.id: self._acts.go_to("recordings", number),
                    detail=f"{lasting(recording.seconds)} {recording.note}".strip(),
                    kind="recording",
                    icon="recordings",
                    words=" ".join(each.channel.name for each in recording.channels),
                )
                for recording in recordings
            ),
            *(
                Found(
                    vehicle_words(vehicle),
                    lambda chosen=vehicle: self._acts.take_vehicle(chosen),
                    detail="take at hand",
                    kind="vehicle",
                    icon="car",
                    words=vehicle.vin or "",
                )
                for vehicle in vehicles
            ),
        )
        if self._finder.isVisible() and self._finder.line.text().strip():
            self._finder.refresh()
