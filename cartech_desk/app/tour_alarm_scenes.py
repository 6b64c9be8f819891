"""Scenes of the tour of Alarms and Today: calm, alarms in every state, shelving, the history.

The alarms are the simulated car's own: limits are set so that they come, a person acts on them, and
`alarms_over` takes the limits back, so that the scenes after it are calm again.
"""

from typing import Any, Final

from cartech_desk.app.tour_stage import Stage
from cartech_desk.bay.limits import Limits, Owner
from cartech_desk.domain.alarms.limit import Action, Comparison, Limit, Priority
from cartech_desk.domain.alarms.state import AlarmState
from cartech_desk.office import demo_people

_SCRIPT: Final = "flapping"
_COMING_S: Final = 60.0
_ABOVE, _BELOW = Comparison.ABOVE, Comparison.BELOW

_LIMITS: Final = (
    Limit(
        "tour_voltage", "voltage", _ABOVE, 12.0, 12.5, priority=Priority.HIGH,
        action=Action.STOP_RUN, label="Voltage high", rate_hz=5,
        to_do="Switch the engine off and check the regulator before anything boils or burns.",
    ),
    Limit(
        "tour_idle", "rpm", _ABOVE, 500, priority=Priority.MEDIUM, label="Idle speed high",
        to_do="Look for a vacuum leak, then let the idle be learnt anew.", rate_hz=5,
    ),
    Limit(
        "tour_intake", "iat", _ABOVE, 5, 10, priority=Priority.MEDIUM, label="Intake air hot",
        to_do="Let the intercooler cool before the next pull, and see that the fan blows onto it.",
        rate_hz=5,
    ),
    Limit(
        "tour_coolant", "temp", _ABOVE, 105, 110, off_delay_s=1, priority=Priority.HIGH,
        label="Coolant hot", rate_hz=10,
        to_do="Lift off and let it run at light load with the fan on; stop the engine where it "
        "keeps rising.",
    ),
    Limit(
        "tour_sensor", "temp", _ABOVE, 100, 108, off_delay_s=1, latch=True, rate_hz=10,
        label="Coolant sensor jumps", to_do="Check plug and earth of the sensor, then clear this.",
    ),
    Limit(
        "tour_load", "load", _ABOVE, 1, priority=Priority.LOW, action=Action.LAMP, rate_hz=5,
        label="Load at idle", to_do="Switch off what the alternator has to feed.",
    ),
    Limit(
        "tour_boost", "boost", _ABOVE, 130, 150, priority=Priority.CRITICAL, label="Over-boost",
        to_do="Lift off; check the wastegate and its hose before the next pull.", rate_hz=5,
    ),
)  # fmt: skip
_WAY: Final = {
    "tour_voltage": AlarmState.ACTIVE_UNACKNOWLEDGED,
    "tour_idle": AlarmState.ACTIVE_UNACKNOWLEDGED,
    "tour_intake": AlarmState.ACTIVE_ACKNOWLEDGED,
    "tour_coolant": AlarmState.RETURNED_UNACKNOWLEDGED,
    "tour_sensor": AlarmState.LATCHED,
    "tour_load": AlarmState.SHELVED,
    "tour_boost": AlarmState.OUT_OF_SERVICE,
}
"""In which state each of them shall stand."""


def alarms_empty(stage: Stage) -> None:
    """Show that limits are watched and nothing stands."""
    stage.sign_in(demo_people.MANAGER)
    stage.connect(stage.park_car(script=_SCRIPT))
    stage.wait("the vehicle", lambda: stage.window.acts.vehicle is not None)
    stage.wait("armed limits", lambda: stage.desk.bay.snapshot().alarms.armed > 0)
    _calm_down(stage)
    stage.window.open_page("alarms")
    stage.play(0.3)


def alarms_standing(stage: Stage) -> None:
    """Show an alarm in every state that there is."""
    stage.window.acts.start_recording("Alarms of a warm idle")
    _set_limits(stage)
    # The sensor jumps for the first seconds of the script, which begins with the car.
    stage.connect(stage.park_car(script=_SCRIPT))
    by, alarms = stage.desk.office.session.actor, stage.desk.bay.alarms
    keys = {f"limit:{key}": state for key, state in _WAY.items()}
    stage.wait("all alarms", lambda: len(_standing(stage) & keys.keys()) == len(keys), _COMING_S)
    for key in ("limit:tour_intake", "limit:tour_sensor"):
        alarms.acknowledge(_id_of(stage, key), by).result()
    alarms.shelve(_id_of(stage, "limit:tour_load"), 3600.0, "headlamps on", by).result()
    stage.wait("every state", lambda: _states(stage, keys) == keys, _COMING_S)
    stage.window.open_page("alarms")
    stage.play(0.5)
    listed = stage.window.page.list
    listed.choose(listed.rows.rows[0].id)


def alarms_below(stage: Stage) -> None:
    """Show those further down: latched, shelved, out of service."""
    listed = stage.window.page.list
    listed.choose(listed.rows.rows[-1].id)
    stage.play(0.2)


def alarms_shelve(stage: Stage) -> Any:
    """Shelve one as a technician, who may not do so until tomorrow."""
    from cartech_desk.ui.widgets.alarm_shelve_form import ShelveForm

    stage.sign_in(demo_people.TECHNICIAN)
    page = stage.window.page
    page.list.choose(_id_of(stage, "limit:tour_idle"))
    page.doing.shelve_chosen()
    form = stage.window.findChildren(ShelveForm)[-1]
    form.reason.setText("valve adapted, idle is being learnt")
    return form


def alarms_history(stage: Stage) -> None:
    """Show what was, from the first one out."""
    page = stage.window.page
    page.turn()
    stage.wait("the history", lambda: bool(page.history.table.rows))
    stage.play(0.3)


def today_alarms(stage: Stage) -> None:
    """Show the first page while alarms stand."""
    stage.window.page.turn()
    stage.window.open_page("today")
    stage.play(0.5)


def alarms_over(stage: Stage) -> None:
    """Take the limits back and show the first page of a calm day."""
    stage.sign_in(demo_people.MANAGER)
    by, owner = stage.desk.office.session.actor, Owner.vehicle(stage.window.acts.vehicle.id)
    acts = Limits(stage.desk.store, stage.desk.bay)
    for limit in _LIMITS:
        acts.remove(owner, limit.key, by)
    if stage.recording():
        stage.window.acts.stop_recording()
        stage.wait("the end of the recording", lambda: not stage.recording())
    _calm_down(stage)
    stage.window.open_page("today")
    stage.play(0.5)


def _set_limits(stage: Stage) -> None:
    by, owner = stage.desk.office.session.actor, Owner.vehicle(stage.window.acts.vehicle.id)
    acts = Limits(stage.desk.store, stage.desk.bay)
    acts.set_all(owner, _LIMITS, by)
    acts.put_out_of_service(owner, "tour_boost", by, "another turbo, its map is not known yet")


def _calm_down(stage: Stage) -> None:
    """Acknowledge and clear what earlier scenes left, until no alarm stands any more."""
    by, alarms = stage.desk.office.session.actor, stage.desk.bay.alarms

    def calm() -> bool:
        alarms.acknowledge_all(by).result()
        for one in alarms.snapshot().announced:
            if one.state is AlarmState.LATCHED:
                alarms.clear(one.id, by).result()
        return not alarms.snapshot().announced

    stage.wait("calm", calm)


def _standing(stage: Stage) -> set[str]:
    return {one.key for one in stage.desk.bay.snapshot().alarms.standing}


def _states(stage: Stage, keys: dict[str, AlarmState]) -> dict[str, AlarmState]:
    standing = stage.desk.bay.snapshot().alarms.standing
    return {one.key: one.state for one in standing if one.key in keys}


def _id_of(stage: Stage, key: str) -> str:
    standing = stage.desk.bay.snapshot().alarms.standing
    return next(str(one.id) for one in standing if one.key == key)
