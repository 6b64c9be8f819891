"""How a recording ended, where even that did not get into the database."""

from cartech_desk.store.presence import ending_left, is_alive
from cartech_desk.store.recordings import Ending, RecordingSummary
from cartech_desk.store.store import Store


def ending_of(store: Store, recording: RecordingSummary) -> Ending:
    """Return how it ended; what its writer left word of where a full disk took no more.

    Such a recording stands as open in the database until there is space again.
    """
    database = store.folder / "recordings.db"
    if recording.ending is not Ending.OPEN or is_alive(database, recording.id):
        return recording.ending
    return ending_left(database, recording.id)
