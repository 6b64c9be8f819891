"""What can be done wherever one is, whichever page is in front."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cartech_desk.ui.pages.page import PageAction
from cartech_desk.ui.shell.operator_button import LOCK_KEY, TAKE_OVER_KEY

if TYPE_CHECKING:
    from cartech_desk.ui.shell.window import Window


def done_anywhere(window: "Window") -> Sequence[PageAction]:
    """Return the acts of the window itself, with their keys."""
    acts = window.acts
    return (
        PageAction("Start or stop the recording", acts.toggle_recording, "Ctrl+R", "log rec"),
        PageAction("Set a mark in the recording", acts.mark, "M", "note event"),
        PageAction("Choose the vehicle at hand", window.vehicle_choice.open, "Ctrl+L", "car vin"),
        PageAction(
            "Acknowledge the worst alarm", acts.acknowledge_worst, "F9", "ack accept warning"
        ),
        PageAction("Silence the sound of alarms", window.silence, "F10", "quiet mute horn"),
        PageAction(
            "Take over, or sign in", window.keeper.take_over, TAKE_OVER_KEY, "who person switch"
        ),
        PageAction("Lock the desk", window.keeper.lock, LOCK_KEY, "away screen"),
        PageAction("Sign out", window.keeper.sign_out, "", "log off leave person"),
        *window.secrets.actions(),
        PageAction("Undo what was just deleted", window.undo, "Ctrl+Z", "take back restore"),
        PageAction("Find anything", window.palette_of_commands.open, "Ctrl+K", "palette search"),
        PageAction("Hide the rail, or show it", window.toggle_rail, "F11", "full screen wide"),
        PageAction("Disconnect from the car", window.stop_trying, "", "adapter unplug"),
        PageAction("Close the desk", window.close, "Ctrl+Q", "quit exit"),
    )
