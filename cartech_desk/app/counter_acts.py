"""Acts of the counter's commands: run, and those that customers and vehicles share."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Protocol

from cartech_desk.app.command_acts import add_act
from cartech_desk.app.desk import Counter, open_counter
from cartech_desk.app.numbers_asked import limit_of
from cartech_desk.app.operator import acting, add_as
from cartech_desk.app.output import emit
from cartech_desk.app.vehicle_text import pair_document
from cartech_desk.domain.people import Actor
from cartech_desk.domain.vehicles.doubles import Pair
from cartech_desk.office.office import Office
from cartech_desk.store.errors import NotKept

Act = Callable[[Counter, argparse.Namespace], None]


def run_act(args: argparse.Namespace) -> int:
    """Do the act that `args.act` is, at the counter. Errors: CarTechError."""
    with open_counter(args, demo=args.demo) as counter:
        act: Act = args.act
        act(counter, args)
    return 0


def add_rooms(parser: argparse.ArgumentParser, rooms: Sequence[ModuleType]) -> None:
    """Add the acts of modules that each have `add_acts(acts)`."""
    acts = parser.add_subparsers(metavar="act")
    for room in rooms:
        room.add_acts(acts)


def add_reason(parser: argparse.ArgumentParser) -> None:
    """Let it be said why."""
    parser.add_argument("--reason", default="", metavar="TEXT", help="for the audit log")


def add_deleted(parser: argparse.ArgumentParser) -> None:
    """Let a list show what is off the lists."""
    parser.add_argument(
        "--deleted", action="store_true", help="those that were deleted, the last one first"
    )


class _Room(Protocol):
    def named(self, text: str) -> Any: ...
    def doubles(self, *, limit: int = 100) -> tuple[Pair, ...]: ...
    def join(self, by: Actor, kept_id: str, other_id: str, *, reason: str = "") -> Any: ...
    def tell_apart(self, by: Actor, one_id: str, other_id: str, *, reason: str = "") -> None: ...
    def delete(self, by: Actor, record_id: str, /, *, reason: str = "") -> None: ...
    def deleted_as(self, text: str) -> Any: ...
    def restore(self, by: Actor, record_id: str, /) -> Any: ...


@dataclass(frozen=True, slots=True)
class RecordActs:
    """Acts that each kind of record has: found twice, joined, told apart, deleted, restored.

    `thing` is its word, `names` by what it is found, `which` how that is helped with. `called`
    returns how one is called that others were joined into.
    """

    thing: str
    names: str
    which: str
    room: Callable[[Office], _Room]
    document: Callable[[Any], dict[str, Any]]
    called: Callable[[Any], str]

    def add_of_one(
        self, acts: Any, name: str, words: str, act: Act, *, as_whom: bool = True
    ) -> argparse.ArgumentParser:
        """Add an act on one record."""
        parser = add_act(acts, name, words, act)
        if as_whom:
            add_as(parser)
        parser.add_argument(self.thing, metavar=self.names, help=self.which)
        return parser

    def add_acts(self, acts: Any) -> None:
        """Add all of them."""
        thing = self.thing
        doubles = add_act(acts, "doubles", f"{thing}s that may be one", self._doubles)
        doubles.add_argument("--limit", type=limit_of, default=100, metavar="N")
        words = f"make two {thing}s one, which cannot be undone"
        joining = self.add_of_one(acts, "join", words, self._join)
        joining.add_argument(
            "other", metavar="OTHER", help="joined into the first one, and off the lists then"
        )
        add_reason(joining)
        words = f"say that two {thing}s are two"
        apart = self.add_of_one(acts, "apart", words, self._apart)
        apart.add_argument("other", metavar="OTHER")
        add_reason(apart)
        add_reason(self.add_of_one(acts, "delete", f"take a {thing} off the lists", self._delete))
        self.add_of_one(acts, "restore", f"put a deleted {thing} back", self._restore)

    def _one(self, counter: Counter, args: argparse.Namespace) -> Any:
        return self.room(counter.office).named(getattr(args, self.thing))

    def _doubles(self, counter: Counter, args: argparse.Namespace) -> None:
        found = self.room(counter.office).doubles(limit=args.limit)
        lines = [
            f"{one.title} | {one.other.title}: {', '.join(one.other.reasons)}" for one in found
        ]
        emit(
            args,
            {"doubles": [pair_document(one) for one in found]},
            "\n".join(lines) or f"No {self.thing} seems to be here twice.",
        )

    def _join(self, counter: Counter, args: argparse.Namespace) -> None:
        by = acting(args, counter)
        room = self.room(counter.office)
        one, other = self._one(counter, args), room.named(args.other)
        made = room.join(by, one.id, other.id, reason=args.reason)
        text = f"{other.name} is {self.called(made)} now."
        emit(args, {self.thing: self.document(made)}, text)

    def _apart(self, counter: Counter, args: argparse.Namespace) -> None:
        by = acting(args, counter)
        room = self.room(counter.office)
        one, other = self._one(counter, args), room.named(args.other)
        room.tell_apart(by, one.id, other.id, reason=args.reason)
        emit(args, {"apart": [one.id, other.id]}, f"{one.name} and {other.name} are two.")

    def _delete(self, counter: Counter, args: argparse.Namespace) -> None:
        by = acting(args, counter)
        one = self._one(counter, args)
        self.room(counter.office).delete(by, one.id, reason=args.reason)
        text = f"{one.name} is off the lists; restore puts it back: {one.id}"
        emit(args, {"deleted": one.id}, text)

    def _restore(self, counter: Counter, args: argparse.Namespace) -> None:
        by = acting(args, counter)
        room, word = self.room(counter.office), getattr(args, self.thing)
        try:
            one = room.deleted_as(word)
        except NotKept:
            one = room.named(word)  # said then: it is not deleted, or not here at all
        made = room.restore(by, one.id)
        emit(args, {self.thing: self.document(made)}, f"{made.name} is back.")
