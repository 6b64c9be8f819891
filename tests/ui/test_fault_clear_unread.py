"""Codes that could not be read: cleared only when a person says so a second time."""

from concurrent.futures import Future

from cartech_desk.bay.awaited import failed
from cartech_desk.bay.faults import Reading, SnapshotLacks
from cartech_desk.ui.widgets.fault_clear_form import ClearForm


def test_what_nobody_has_seen_is_cleared_at_the_second_press(qtbot):
    pressed = []

    def clear(reason):
        pressed.append(("seen", reason))
        return failed(SnapshotLacks((0x7E9,)))

    def unread(reason):
        pressed.append(("unseen", reason))
        return Future()

    form = ClearForm(
        "Blue Golf",
        2,
        clear,
        reading=Reading,
        cancel=lambda: None,
        done=lambda _cleared: None,
        bug=lambda _error: None,
        unread=unread,
    )
    qtbot.addWidget(form)
    form.reason.setText("hose replaced")
    form.take.click()
    qtbot.waitUntil(lambda: not form.working and form.take.text() == "Clear all the same")
    assert "control unit 7E9" in form.words.text()
    assert "command line" not in form.words.text()
    assert "--" not in form.words.text()
    form.take.click()
    assert pressed == [("seen", "hose replaced"), ("unseen", "hose replaced")]
