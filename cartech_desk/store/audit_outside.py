"""What a process may write of the log outside `desk.db`: its anchor, once it fits what it found.

An anchor that does not fit, or that is missing beside a log with records, is left as it is: it is
what tells of the tampering, until an administrator begins anew with a new key.
"""

import logging
import sqlite3
from typing import Any

from cartech_desk.domain.audit import GENESIS
from cartech_desk.domain.audit_chain import anchor_mac
from cartech_desk.store.audit_anchor import AnchorFile, AnchorUnreadable
from cartech_desk.store.audit_end import LAST_NUMBER, End, hex_of
from cartech_desk.store.audit_keeper import KeyKeeper
from cartech_desk.store.database import Database

_LOG = logging.getLogger(__name__)


class Outside:
    """Anchor and pins as one process writes them."""

    def __init__(self, database: Database, anchor: AnchorFile, keeper: KeyKeeper) -> None:
        self._database = database
        self._anchor = anchor
        self._keeper = keeper
        self._fits: bool | None = None
        self._proven: tuple[int, bytes] | None = None
        self.signs = False
        """Whether records may carry MACs: the anchor does so before the first one."""

    def make_ready(self) -> None:
        """Look for key and anchor before an append; waits once for the key, and not for long."""
        if not self._keeper.known:
            self._keeper.keys()
        if self._fits is None and not self._keeper.fault:
            self._fits = self._begin()
        if not self.signs and self._keeper.known:
            if self._fits:
                self._sign()
            self.signs = True

    def follow(self, end: End) -> None:
        """Let the anchor follow a commit, where it may."""
        if not end.desk or not self._fits or self._keeper.fault:
            return
        if end.key is not None:
            self._proven = (end.sequence, end.digest)
        self._anchor.follow(
            end.desk, end.sequence, end.digest, end.key.secret if end.key is not None else None
        )

    def begin_anew(self, end: End) -> None:
        """Put a new anchor in place of what was there, which is kept aside."""
        self._anchor.put_aside(end.desk)
        self._write(end.desk, end.sequence, end.digest, end.key.secret if end.key else None)
        self._fits = self.signs = True

    def close(self) -> None:
        """End what is under way, and raise the pins to what this process wrote."""
        self._anchor.close()
        if self._proven is not None and not self._keeper.fault:
            self._keeper.proven(*self._proven)
        self._keeper.settle()

    def _begin(self) -> bool:
        """Tell whether the anchor fits the log as this process finds it; an empty log gets one."""
        rows = self._database.glance(
            "SELECT desk, max(sequence, (SELECT coalesce(max(sequence), 0) FROM audit)) "
            "FROM audit_head"
        )
        if not rows:
            return False
        desk, last = str(rows[0][0]), rows[0][1]
        try:
            anchor = self._anchor.read(desk)
        except AnchorUnreadable:
            return False
        if anchor is None:
            if last == 0:
                keys = self._keeper.known
                self._write(desk, 0, GENESIS, keys[-1].secret if keys else None)
            return bool(last == 0)
        keys = self._keeper.known
        if anchor.desk != desk or (
            keys
            and anchor.mac is not None
            and all(
                anchor_mac(key.secret, desk, anchor.sequence, anchor.hash) != anchor.mac
                for key in keys
            )
        ):
            return False
        if anchor.sequence == 0:
            return True
        found = self._database.glance(
            "SELECT hash FROM audit WHERE sequence = ?", (min(anchor.sequence, LAST_NUMBER),)
        )
        return bool(found) and found[0][0] == anchor.hash

    def _sign(self) -> None:
        """Give an anchor from before there was a key its MAC, before any record carries one."""
        desk = str(self._database.glance("SELECT desk FROM audit_head")[0][0])
        anchor = self._anchor.read(desk)
        if anchor is None or anchor.mac is not None:
            return
        if self._database.glance("SELECT 1 FROM audit WHERE mac IS NOT NULL LIMIT 1"):
            self._fits = False
            return
        self._write(desk, anchor.sequence, anchor.hash, self._keeper.known[-1].secret)

    def _write(self, desk: str, sequence: int, digest: bytes, secret: bytes | None) -> None:
        try:
            self._anchor.write(desk, sequence, digest, secret)
        except OSError as error:
            _LOG.warning("the anchor of the audit log cannot be written: %s", error)

    def words(self, driver: sqlite3.Connection, desk: str) -> dict[str, Any]:
        """Return what head and anchor say, for the record of a renewal."""
        head = driver.execute("SELECT sequence, hash FROM audit_head").fetchone()
        try:
            anchor = self._anchor.read(desk) if desk else None
        except AnchorUnreadable:
            anchor = None
        return {
            "head": None if head is None else f"{head[0]}:{hex_of(head[1])}",
            "anchor": None if anchor is None else f"{anchor.sequence}:{anchor.hash.hex()}",
        }
