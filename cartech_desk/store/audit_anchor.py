"""The anchor of the audit log: its head's sequence and hash in a small file outside `desk.db`.

It is written after each commit, in a thread of its own, and may be older than the head after a
power cut; one that is newer shows that the log's end was cut off, or an older copy of the database
put in its place.
"""

import json
import logging
import threading
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cartech_desk.domain.audit_chain import Anchor, anchor_mac
from cartech_desk.store.private_file import write_private

_MOST_BYTES: Final = 4096
_PAUSE_S: Final = 0.2
"""Between two anchors: a thousand acts in a second need no thousand files."""
_PATIENCE_S: Final = 1.0

_LOG = logging.getLogger(__name__)


class AnchorUnreadable(Exception):
    """There is an anchor, and it cannot be read; the text says why."""


class AnchorFile:
    """The anchor of one desk: `<folder>/<desk id>.anchor`. Thread-safe."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._written = 0
        self._wanted: tuple[str, int, bytes, bytes | None] | None = None
        self._woken = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()
        self._told = False

    def path(self, desk: str) -> Path:
        """Return where the anchor of this desk lies."""
        return self._folder / f"{desk}.anchor"

    def unkeyed_path(self, desk: str) -> Path:
        """Return where an anchor without a MAC lies: never in place of one that has one."""
        return self._folder / f"{desk}.anchor.unkeyed"

    def read(self, desk: str, *, unkeyed: bool = False) -> Anchor | None:
        """Return the anchor; None where there is none. Errors: AnchorUnreadable."""
        path = self.unkeyed_path(desk) if unkeyed else self.path(desk)
        try:
            with path.open("rb") as file:
                raw = file.read(_MOST_BYTES + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise AnchorUnreadable(error.strerror or str(error)) from error
        try:
            document = json.loads(raw.decode("utf-8"))
            mac = document["mac"]
            return Anchor(
                sequence=int(str(document["sequence"])),
                hash=_hash(document["hash"]),
                desk=str(document["desk"]),
                at=datetime.fromisoformat(document["at"]).astimezone(UTC),
                mac=None if mac is None else _hash(mac),
            )
        except (ValueError, TypeError, KeyError, RecursionError, OverflowError) as error:
            raise AnchorUnreadable("it is not what the desk writes there") from error

    def follow(self, desk: str, sequence: int, digest: bytes, secret: bytes | None) -> None:
        """Put the head down soon; of many that come at once only the last. Raises nothing."""
        with self._woken:
            waits = self._wanted
            if waits is None or waits[1] <= sequence:
                self._wanted = (desk, sequence, digest, secret)
            if waits is not None:
                return  # the thread comes to it after its pause
            self._closing.clear()
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="audit-anchor", daemon=True)
                self._thread.start()
            self._woken.notify()

    def flush(self) -> None:
        """Put down now what waits. Raises nothing."""
        with self._woken:
            wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self._put_down(wanted)

    def close(self) -> None:
        """Put down what is wanted, and end the thread."""
        self._closing.set()
        with self._woken:
            self._woken.notify()
            thread = self._thread
        if thread is not None:
            thread.join(_PATIENCE_S)

    def _run(self) -> None:
        while True:
            with self._woken:
                self._woken.wait_for(lambda: self._wanted is not None or self._closing.is_set())
                wanted, self._wanted = self._wanted, None
                if wanted is None:
                    return
            self._put_down(wanted)
            self._closing.wait(_PAUSE_S)

    def _put_down(self, wanted: tuple[str, int, bytes, bytes | None]) -> None:
        try:
            self.write(*wanted)
        except OSError as error:
            # The act is done and durable; the older anchor is told by every verification.
            if not self._told:
                _LOG.warning("the anchor of the audit log cannot be written: %s", error)
            self._told = True

    def write(self, desk: str, sequence: int, digest: bytes, secret: bytes | None) -> None:
        """Put the head down. Of two threads the later record wins. Errors: OSError."""
        mac = anchor_mac(secret, desk, sequence, digest).hex() if secret is not None else None
        at = datetime.now(UTC).isoformat(timespec="seconds")
        text = (
            f'{{"desk": "{desk}", "sequence": {sequence}, "hash": "{digest.hex()}", '
            f'"at": "{at}", "mac": {json.dumps(mac)}}}\n'
        )
        with self._lock:
            if sequence < self._written:
                return
            # Not durable: an older anchor after a power cut is still true.
            path = self.path(desk)
            if secret is None and self._stands_keyed(desk):
                path = self.unkeyed_path(desk)
            write_private(path, text.encode(), durable=False)
            self._written = sequence

    def _stands_keyed(self, desk: str) -> bool:
        try:
            anchor = self.read(desk)
        except AnchorUnreadable:
            return True
        return anchor is not None and anchor.mac is not None

    def put_aside(self, desk: str) -> None:
        """Keep an anchor that no longer fits under another name, so that a new one can begin."""
        with self._woken:
            self._wanted = None
        with self._lock:
            self._written = 0
            stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
            for path in (self.path(desk), self.unkeyed_path(desk)):
                with suppress(OSError):
                    path.replace(path.with_name(f"{path.name}.{stamp}.old"))


def _hash(text: str) -> bytes:
    found = bytes.fromhex(text)
    if len(found) != 32:
        raise ValueError(text)
    return found
