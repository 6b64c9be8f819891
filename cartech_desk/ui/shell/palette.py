"""Ctrl+K: find pages, actions, channels, vehicles, customers, jobs, runs, codes, and go there."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

from cartech_desk.domain.faults.code import NoCode, parse_code
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.background import in_background
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.pages.index import LOOK_UP, PAGES, Group, page_entry
from cartech_desk.ui.pages.page import PageAction
from cartech_desk.ui.shell.finder import Finder, Found, matching
from cartech_desk.ui.shell.nearly import fits, nearly
from cartech_desk.ui.shell.office_search import OfficeSearch

if TYPE_CHECKING:
    from cartech_desk.store.finding import Entry

_KINDS: Final = {
    "vehicle": ("vehicles", "car", "vehicle"),
    "customer": ("customers", "customer", "customer"),
    "job": ("jobs", "jobs", "job"),
    "appointment": ("calendar", "calendar", "appointment"),
    "part": ("parts", "parts", "part"),
    "order": ("parts", "parts", "purchase order"),
    "run": ("dyno", "dyno", "dyno run"),
    "recording": ("recordings", "recordings", "recording"),
}
"""Page, icon and word of each kind that the office finds."""
_SEEN_FROM_THE_BAY: Final = "today"
_ENOUGH: Final = 5
"""Where so many fit as they were typed, no page and no action that is only near is offered."""


class CommandPalette(QObject):
    """Gathers what can be found each time it opens; what lies on disk arrives after each key."""

    def __init__(
        self,
        finder: Finder,
        desk: DeskParts,
        acts: Acts,
        actions: Callable[[], Sequence[PageAction]],
        front: Callable[[], str] = lambda: "live",
    ) -> None:
        super().__init__(finder)
        self._finder = finder
        self._desk = desk
        self._acts = acts
        self._actions = actions
        self._front = front
        self._office = OfficeSearch(finder, desk, acts)
        self._at_hand: tuple[Found, ...] = ()

    def open(self) -> None:
        """Open over the window."""
        self._at_hand = (*self._page_lines(), *self._action_lines(), *self._channel_lines())
        self._office.make_ready()
        self._finder.open(self._find, "Nothing of this name.")

    @property
    def reading(self) -> bool:
        """Whether something that was asked for is still to come."""
        return self._office.searching

    def _find(self, typed: str) -> list[Found]:
        # Without a word: pages and actions; the rest would be a wall of names.
        if not typed.strip():
            return [found for found in self._at_hand if found.kind != "channel"]
        known = matching(self._at_hand, typed)
        entries = self._office.found(typed)
        fitting = [entry for entry in entries if fits(entry, typed)]
        only_near = [entry for entry in entries if entry not in fitting]
        # What is only near comes once all is known: Enter chooses what stands first.
        sparse = self._office.answered(typed) and len(known) + len(fitting) < _ENOUGH
        near = nearly([one for one in self._at_hand if one not in known], typed) if sparse else []
        return [
            *self._code_lines(typed),
            *known,
            *map(self._kept_line, fitting),
            *near,
            *map(self._kept_line, only_near),
        ]

    def _kept_line(self, entry: "Entry") -> Found:
        page, picture, kind = _KINDS.get(entry.kind, ("today", "search", entry.kind))
        if entry.kind == "vehicle":
            return self._vehicle_line(entry)
        return Found(
            entry.title,
            lambda: self._acts.go_to(page, entry.ref),
            detail=entry.detail,
            kind=kind,
            icon=picture,
        )

    def _vehicle_line(self, entry: "Entry") -> Found:
        """In the bay a vehicle is taken at hand; at the counter its record is opened."""
        front = page_entry(self._front())
        in_bay = front.group is Group.BAY or front.key == _SEEN_FROM_THE_BAY
        return Found(
            entry.title,
            (lambda: self._take(entry.ref))
            if in_bay
            else (lambda: self._acts.go_to("vehicles", entry.ref)),
            detail=" · ".join(filter(None, (entry.detail, "take at hand" if in_bay else ""))),
            kind="vehicle",
            icon="car",
        )

    def _take(self, vehicle_id: str) -> None:
        store = self._desk.store.vehicles
        in_background(lambda: store.get(vehicle_id), self, self._acts.take_vehicle, self._acts.tell)

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
