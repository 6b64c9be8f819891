"""Scenes of the tour about limits: those of a vehicle, the editor with its trial, profiles, Live.

They come after the recordings: the trial needs one that was made with the vehicle at hand.
"""

from collections.abc import Callable
from typing import Any, Final

from cartech_desk.app.tour_stage import Stage
from cartech_desk.bay.limits import Limits, Owner
from cartech_desk.domain.alarms.limit import Action, Comparison, Level, Limit, Priority
from cartech_desk.domain.alarms.state import UNACKNOWLEDGED
from cartech_desk.office import demo_people

_PROFILE: Final = "turbo_petrol"
_ALARM_S: Final = 60.0
_REVS: Final = Limit(
    "rpm_shop",
    "rpm",
    Comparison.ABOVE,
    warning=2500.0,
    trip=4000.0,
    deadband=100.0,
    off_delay_s=20.0,
    latch=True,
    priority=Priority.HIGH,
    action=Action.LAMP,
    label="Run-in revs",
    to_do="Keep it below 2,500 rpm until the engine is run in.",
    rate_hz=10.0,
)


def limits(stage: Stage) -> None:
    """Show the limits of the vehicle at hand, with a profile."""
    stage.sign_in(demo_people.MANAGER)
    vehicle = stage.window.acts.vehicle
    owner = Owner.vehicle(vehicle.id if vehicle is not None else "")
    acts, by = Limits(stage.desk.store, stage.desk.bay), stage.desk.office.session.actor
    if vehicle is not None:
        acts.set_profile(vehicle.id, _PROFILE, by)
    stage.window.open_page("limits", owner)
    page = stage.window.page
    stage.wait("the limits", lambda: page.loaded is not None and page.list.choose("coolant_high"))
    stage.wait("a trial", lambda: page.trial.result is not None)
    stage.play(0.5)


def limit_trial(stage: Stage) -> None:
    """Type a limit that the recorded drive would have passed."""
    page = stage.window.page
    page.trial.fold.setChecked(True)
    page.list.choose("rpm_high")
    _type(stage, "warning", "3000")
    _type(stage, "trip", "4500")
    _type(stage, "deadband", "200")
    stage.wait("occurrences", _tried(stage))
    stage.play(0.4)


def limit_wrong(stage: Stage) -> None:
    """Type a trip that comes before the warning."""
    _type(stage, "trip", "2000")
    stage.wait("the error", lambda: bool(stage.window.page.editor.fields.fields["trip"].error))
    stage.play(0.4)


def limit_copy(stage: Stage) -> Any:
    """Copy the limits of a profile."""
    from cartech_desk.ui.widgets.limit_changes import LimitChangesForm

    page = stage.window.page
    page.take_back()
    page.trial.fold.setChecked(False)
    page.does.copy()
    stage.wait("the question", lambda: bool(page.findChildren(LimitChangesForm)))
    return page.findChildren(LimitChangesForm)[-1]


def limit_profile(stage: Stage) -> None:
    """Show the limits of a profile."""
    page = stage.window.page
    page.show_owner(Owner.profile(_PROFILE))
    stage.wait("the profile", lambda: page.loaded.sheet.owner == Owner.profile(_PROFILE))
    page.list.choose("boost_high")
    stage.wait("the trial", lambda: page.trial.result is not None)
    stage.play(0.4)


def limits_technician(stage: Stage) -> None:
    """Show that a technician reads everything and edits nothing."""
    stage.sign_in(demo_people.TECHNICIAN)
    stage.window.open_page("limits", _at_hand(stage))
    page = stage.window.page
    stage.wait("who may edit", lambda: bool(page.editor.rights.text()))
    stage.play(0.4)


def live_limits(stage: Stage) -> None:
    """Let an alarm stand on Live, with the limits as bands and lines."""
    stage.sign_in(demo_people.MANAGER)
    bay, window = stage.desk.bay, stage.window
    acts = Limits(stage.desk.store, bay)
    owner = _at_hand(stage)
    if owner.id:
        acts.set(owner, _REVS, stage.desk.office.session.actor, anyway=True)
    stage.connect(stage.park_car())
    window.open_page("live")
    alarm = f"limit:{_REVS.key}"

    def tripped() -> bool:
        standing = bay.snapshot().alarms.standing
        return any(one.key == alarm and one.worst is Level.TRIP for one in standing)

    stage.wait("a trip", tripped, _ALARM_S)
    stage.play(3.0)


def live_limits_acknowledged(stage: Stage) -> None:
    """Acknowledge it."""
    window, bay = stage.window, stage.desk.bay
    window.acts.acknowledge_all()
    stage.wait(
        "the answer",
        lambda: not any(one.state in UNACKNOWLEDGED for one in bay.snapshot().alarms.announced),
    )
    stage.play(0.5)


def _at_hand(stage: Stage) -> Owner:
    vehicle = stage.window.acts.vehicle
    return Owner.vehicle(vehicle.id if vehicle is not None else "")


def _type(stage: Stage, name: str, text: str) -> None:
    line = stage.window.page.editor.fields.lines[name]
    line.setText(text)
    line.textEdited.emit(text)


def _tried(stage: Stage) -> Callable[[], bool]:
    def tried() -> bool:
        result = stage.window.page.trial.result
        return result is not None and bool(result.occurrences)

    return tried
