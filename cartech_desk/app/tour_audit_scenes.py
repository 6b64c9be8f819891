"""Scenes of the tour within the Audit log page: read, verified, and broken for real."""

import json
from contextlib import closing
from pathlib import Path
from typing import Final

from cartech_desk.app.tour_stage import Stage
from cartech_desk.domain.audit import canonical
from cartech_desk.office import demo_people
from cartech_desk.store.database import Database

_RECORD_S: Final = 8.0
_HELD_UP: Final = "alarm.acknowledge"
"""What somebody would rather have had another person do."""


def audit(stage: Stage) -> None:
    """Read the log, with a record chosen whose before and after differ."""
    stage.sign_in()
    stage.window.open_page("audit")
    page = stage.window.page
    stage.wait("the audit log", lambda: bool(page.table.rows))
    for row, record in enumerate(page.table.rows):
        if record.before and record.after:
            page.view.selectRow(row)
            break
    stage.play(0.3)


def audit_verified(stage: Stage) -> None:
    """Verify it."""
    page = stage.window.page
    page.verify()
    stage.wait("the verification", page.verify_button.isEnabled)
    stage.play(0.3)


def audit_broken(stage: Stage) -> None:
    """Change a record behind the desk's back, and verify: the banner stays from now on."""
    stage.window.rail.set_pinned(False)
    stage.sign_in()
    changed = change_a_record(stage.desk.data_dir / "desk.db")
    stage.window.open_page("audit")
    page = stage.window.page
    page.verify()
    stage.wait("the verification", page.verify_button.isEnabled)
    stage.wait(
        "the broken record",
        lambda: page.detail.record is not None and page.detail.record.sequence == changed,
    )
    stage.play(1.5)


def live_audit_broken(stage: Stage) -> None:
    """Go on working on another page: a car, a recording, and the banner above them."""
    stage.connect(stage.park_car())
    stage.wait("the vehicle", lambda: stage.window.acts.vehicle is not None)
    stage.window.open_page("live")
    stage.window.acts.start_recording("The desk goes on working")
    stage.wait("a recording", lambda: bool(stage.recording()))
    stage.play(_RECORD_S)


def over(stage: Stage) -> None:
    """End the recording."""
    if stage.recording():
        stage.window.acts.stop_recording()
        stage.wait("the end of the recording", lambda: not stage.recording())


def change_a_record(database: Path) -> int:
    """Put another person's name into one record, the triggers dropped; returns its sequence."""
    with closing(Database(database)) as file, file.write_plainly() as by_hand:
        guards = by_hand.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
        ).fetchall()
        for name, _ in guards:
            by_hand.execute(f'DROP TRIGGER "{name}"')
        sequence, body = by_hand.execute(
            "SELECT sequence, body FROM audit ORDER BY action = ? DESC, sequence DESC LIMIT 1",
            (_HELD_UP,),
        ).fetchone()
        document = json.loads(body)
        document["actor"]["name"] = demo_people.ADMINISTRATOR.name
        by_hand.execute(
            "UPDATE audit SET body = ? WHERE sequence = ?", (canonical(document), sequence)
        )
        for _, sql in guards:
            by_hand.execute(sql)
    return int(sequence)
