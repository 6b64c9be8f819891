"""Logos of papers that were issued, each kept once: a paper is drawn again as it was."""

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection


def keep_logo(connection: "Connection", content: bytes) -> str:
    """Keep a logo and return its key; empty for none."""
    if not content:
        return ""
    key = hashlib.sha256(content).hexdigest()
    connection.exec_driver_sql(
        "INSERT INTO paper_logo (sha256, content) VALUES (?, ?) ON CONFLICT DO NOTHING",
        (key, content),
    )
    return key


def logo_kept(connection: "Connection", key: str) -> bytes:
    """Return a logo by its key; none where it has none, or it is not as it was kept."""
    found = connection.exec_driver_sql(
        "SELECT content FROM paper_logo WHERE sha256 = ?", (key,)
    ).scalar()
    if not isinstance(found, bytes) or hashlib.sha256(found).hexdigest() != key:
        return b""
    return found
