"""What the watch over the limits says: of what the car has not, and of what is wrong now."""

from dataclasses import replace

from cartech_desk.bay.alarm_status import AlarmsSnapshot, Unwatched
from cartech_desk.bay.status import BaySnapshot, ConnectionStatus, LinkState
from cartech_desk.domain.alarms.limit import Comparison, Limit
from cartech_desk.ui.models.alarm_watch_words import nothing_stands, watch_words
from cartech_desk.ui.shell.status_bar import safety_words
from cartech_desk.ui.theme.states import State

OIL = Limit("oil_low", "oil_pressure", Comparison.BELOW, 100, label="Oil pressure")
COOLANT = Limit("temp_high", "temp", Comparison.ABOVE, 110, label="Coolant hot")
ABSENT = Unwatched(OIL, "This car does not tell Oil pressure.", absent=True)
MISSED = Unwatched(COOLANT, "There is no value of Coolant.")


def test_what_a_car_has_not_is_said_and_no_warning():
    alarms = AlarmsSnapshot(armed=8, unwatched=(ABSENT,))
    watch = watch_words(alarms)
    assert watch.state is State.CONNECTED
    assert watch.words == "8 limits are watched. 1 more would need what this car has not."
    assert "does not tell Oil pressure" in watch.more
    assert safety_words(alarms, connected=True) == (State.CONNECTED, "8 limits armed")
    snapshot = BaySnapshot(0, ConnectionStatus(LinkState.CONNECTED), alarms=alarms)
    assert nothing_stands(snapshot).words == "No alarm stands. 8 limits are watched."


def test_a_vehicle_without_a_profile_is_told_to_be_watched_in_part():
    general = AlarmsSnapshot(limits=(COOLANT,), armed=5, vehicle_id="v1")
    watch = watch_words(general)
    assert watch.state is State.WARNING
    assert "has no profile" in watch.words
    assert "No vehicle is chosen" in watch_words(replace(general, vehicle_id="")).words
    of_its_kind = watch_words(replace(general, profile="diesel"))
    assert (of_its_kind.state, of_its_kind.words) == (State.CONNECTED, "5 limits are watched.")


def test_what_cannot_be_watched_now_is_a_warning_beside_it():
    alarms = AlarmsSnapshot(armed=8, unwatched=(ABSENT, MISSED))
    watch = watch_words(alarms)
    assert watch.state is State.WARNING
    assert "1 limit is not: Coolant hot." in watch.words
    assert safety_words(alarms, connected=True) == (
        State.WARNING,
        "1 of 9 limits cannot be watched",
    )


def test_a_car_that_has_nothing_of_what_the_limits_need_is_a_warning():
    alarms = AlarmsSnapshot(unwatched=(ABSENT,))
    assert safety_words(alarms, connected=True)[0] is State.WARNING
    assert safety_words(alarms, connected=False) == (State.OFF, "limits not armed")
