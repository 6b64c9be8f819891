"""The end of recordings whose writer is gone: marked, and their last minute put in order."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from cartech_desk.store import presence
from cartech_desk.store.compaction import compact
from cartech_desk.store.database import Database
from cartech_desk.store.errors import StoreError
from cartech_desk.store.recording_list import BEING_REMOVED
from cartech_desk.store.recording_words import Ending

_LOG: Final = logging.getLogger(__name__)

DamageTold = Callable[[], AbstractContextManager[None]]
"""Takes a block that cannot be unpacked for what it is."""


def settle(database: Database, damage_told: DamageTold) -> None:
    """Mark the end of recordings whose writer is gone; what cannot be done now waits."""
    for number, recording_id, ending in database.glance(
        "SELECT no, id, ending FROM recording WHERE no IN (SELECT no FROM recording "
        "WHERE ending = 'open' UNION SELECT recording FROM journal) AND deleted IS NOT ?",
        (BEING_REMOVED,),
    ):
        if presence.is_alive(database.path, recording_id):
            continue
        try:
            _settle_one(database, number, recording_id, Ending(ending), damage_told)
        except StoreError as error:
            # On a full or busy disk it can wait: what is kept can be read as it stands.
            _LOG.warning("recording %s is not in order yet: %s", recording_id, error)
        except Exception:
            _LOG.exception("recording %s could not be put in order", recording_id)


def _settle_one(
    database: Database, number: int, recording_id: str, ending: Ending, damage_told: DamageTold
) -> None:
    if ending is Ending.OPEN:
        left = presence.ending_left(database.path, recording_id)
        with database.write() as connection:
            connection.exec_driver_sql(
                "UPDATE recording SET ending = ?, version = version + 1 "
                "WHERE no = ? AND ending = 'open'",
                (left.value, number),
            )
    with damage_told():
        compact(database, number)
    presence.remove(database.path, recording_id)
