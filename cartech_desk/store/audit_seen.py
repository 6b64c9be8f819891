"""What a verification finds outside `desk.db`: anchors and pins, and what they say of the log."""

import sqlite3
from collections.abc import Sequence
from typing import Final

from cartech_desk.domain.audit_chain import Anchor, Break, Fault, Head, Walked, anchor_mac
from cartech_desk.store.audit_anchor import AnchorFile, AnchorUnreadable
from cartech_desk.store.audit_keeper import Known
from cartech_desk.store.audit_pin import furthest
from cartech_desk.store.database import Database

OUTSIDE: Final = frozenset({Fault.ANCHOR, Fault.REPLACED, Fault.REWRITTEN, Fault.CUT})
"""Faults that a renewal under way in another process may show for a moment."""

_RENEW: Final = "begin anew with cartech-desk audit key --renew"


class Seen:
    """The anchors as they stood before the log was looked at."""

    def __init__(self, database: Database, file: AnchorFile) -> None:
        self.file = file
        self.desk = ""
        self.anchor: Anchor | None = None
        self.problem = ""
        self.anchors: list[Anchor] = []
        try:
            with database.driver() as driver:
                row = driver.execute("SELECT desk FROM audit_head").fetchone()
        except sqlite3.DatabaseError:
            return  # told where the log itself is read
        if row is None or not isinstance(row[0], str) or not row[0].isalnum():
            return
        self.desk = row[0]
        try:
            self.anchor = file.read(self.desk)
        except AnchorUnreadable as error:
            self.problem = str(error)
        unkeyed = self._unkeyed()
        self.anchors = [one for one in (self.anchor, unkeyed) if one and one.desk == self.desk]

    def _unkeyed(self) -> Anchor | None:
        try:
            return self.file.read(self.desk, unkeyed=True)
        except AnchorUnreadable:
            return None  # it was never proven; the other one counts


def pinned(known: Known, head: Head | None) -> list[Anchor]:
    """Return the pins of this log as anchors."""
    if head is None:
        return []
    return [Anchor(pin.sequence, pin.hash) for pin in known.pins if pin.desk == head.desk]


def outside_breaks(
    seen: Seen, known: Known, head: Head | None, walked: Walked, anchors: Sequence[Anchor]
) -> list[Break]:
    """Return what anchor, pins and keys say beside the hashes that they hold."""
    if head is None:
        return []
    replaced = _replaced(seen, known, head, walked)
    if replaced is not None:
        return [replaced]
    breaks = []
    if known.fault:
        breaks.append(Break(None, Fault.REWRITTEN, known.fault))
    if any(pin.number and known.keys and not pin.is_signed(known.keys) for pin in known.pins):
        words = "The pin of this folder was not made with the desk's key: it was edited by hand."
        breaks.append(Break(None, Fault.REWRITTEN, words))
    unproven = _unproven(seen, known, head, walked)
    if unproven:
        proven = max((one.sequence for one in anchors if one is not seen.anchor), default=0)
        last = f"The last proven record is {proven}." if proven else "No record is proven."
        breaks.append(Break(None, Fault.ANCHOR, f"{unproven} {last}"))
    return breaks


def _replaced(seen: Seen, known: Known, head: Head, walked: Walked) -> Break | None:
    """Tell of another log that lay in this folder."""
    another = furthest([pin for pin in known.pins if pin.desk != head.desk])
    if another is None:
        return None
    many = another.sequence
    try:
        anchor = seen.file.read(another.desk) if another.desk.isalnum() else None
    except AnchorUnreadable:
        anchor = None
    if anchor is not None:
        many = max(many, anchor.sequence)
    what = f"A log of {many} record{'s' if many != 1 else ''}" if many else "Another log"
    return Break(
        1 if walked.records else None,
        Fault.REPLACED,
        f"{what} was in this folder; it is gone: desk.db was deleted or another one put in its "
        f"place. Put the last good copy back, or {_RENEW}.",
    )


def _unproven(seen: Seen, known: Known, head: Head, walked: Walked) -> str:
    """Say why the anchor does not prove the end of the log; empty where it does."""
    if head.sequence == 0 and not walked.records:
        return ""
    anchor = seen.anchor
    end = "nobody can prove that the end is not cut off"
    if seen.problem:
        return f"The anchor cannot be read ({seen.problem}): {end}."
    if anchor is None:
        if not known.keys and not known.pins:
            return (
                "The log was copied or moved here without its anchor and key, or they were removed "
                f"from {seen.file.path(head.desk).parent}: bring the folder keys and the keyring's "
                f"entry along from where it was, or {_RENEW}."
            )
        return f"The anchor is missing: {end}."
    if anchor.desk != head.desk:
        return f"The anchor is of another desk: {end}."
    keyed = walked.records > sum(last - first + 1 for first, last in walked.unkeyed)
    if not known.keys:
        return ""
    if anchor.mac is None:
        return f"The anchor is not signed, and the log has a key: {end}." if keyed else ""
    signed = any(
        anchor_mac(key.secret, anchor.desk, anchor.sequence, anchor.hash) == anchor.mac
        for key in known.keys
    )
    return "" if signed else f"The anchor was not made with this desk's key: {end}."
