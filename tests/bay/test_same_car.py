"""Whose recording it is: the same car comes back, another one does, or nobody can tell."""

import math
from concurrent.futures import Future

import pytest

from cartech_desk.bay.car_at_hand import CarAtHand
from cartech_desk.bay.identification import Identification, Likeness, compare
from cartech_desk.bay.status import CarIdentity, EcuIdentity, LinkState
from cartech_desk.domain.channels import Quality
from cartech_desk.hardware.adapter import CarLink
from cartech_desk.hardware.errors import LinkLost
from cartech_desk.store.recordings import MarkKind

URL = "elm327:/dev/scripted"
VIN, OTHER_VIN = "WVWZZZ1KZ6W000001", "WVWZZZ1KZ6W999999"
GARBLED = b"WVWZZZ1KZ6W00\x00\x00\x00\x00"
OTHER_CALIBRATION = b"\x49\x04\x01" + b"1K0907115Z  9999"


@pytest.fixture
def recorded(bay, store, until):
    """A bay that records the scripted car; with the id of the recording."""
    bay.connect(URL).result(5)
    bay.watch({"rpm": 20.0})
    until(lambda: bay.series("rpm", 60).values.size >= 5)
    recording = bay.start_recording(store.vehicles.by_vin(VIN).id).result(5)
    until(lambda: bay.snapshot().recording.samples > 10)
    return recording


@pytest.fixture
def end_when_told(bay, recorded, monkeypatch):
    """Hold back the end of the recording; call it to let it end."""
    end, asked = bay._recorder.end, []
    monkeypatch.setattr(bay._recorder, "end", lambda: asked.append(Future()) or asked[0])

    def go_on():
        assert asked
        end().result(5)
        return recorded

    return go_on


def lose(bay, car, until):
    car.link_up = False
    until(lambda: bay.snapshot().connection.state is not LinkState.CONNECTED)


def return_of(bay, car, until):
    car.link_up = True
    until(lambda: bay.snapshot().connection.state is LinkState.CONNECTED, 8)
    return bay.snapshot().connection


def marked(store, recording, kind):
    return [mark for mark in store.recordings.get(recording).marks if mark.kind is kind]


def good_values(store, recording):
    kept = store.recordings.get(recording)
    samples = store.recordings.read(recording, "rpm", kept.first_ns, kept.last_ns)
    good = samples.quality == Quality.GOOD
    return samples.t_ns[good], samples.values[good]


def test_another_car_that_a_person_connects_ends_the_recording(bay, car, store, recorded, until):
    bay.disconnect().result(3)
    assert bay.snapshot().recording.id == recorded
    car.vin = OTHER_VIN.encode()
    car.pids[0x7E8][0x0C] = b"\x40\x00"
    status = bay.connect(URL).result(5)
    assert status.error_code == "other_car"
    assert OTHER_VIN in status.happened
    assert "recording of the car before was ended" in status.happened
    until(lambda: bay.snapshot().recording.id == "")
    until(lambda: bay.snapshot().channels["rpm"].value == 4096.0)
    assert store.recordings.get(recorded).ending == "stopped"
    assert set(good_values(store, recorded)[1]) == {1726.0}


def test_the_same_car_goes_on_after_a_disconnection_with_a_gap(bay, store, recorded, until):
    bay.disconnect().result(3)
    bay.connect(URL).result(5)
    assert bay.snapshot().connection.error_code == ""
    before = bay.snapshot().recording.samples
    until(lambda: bay.snapshot().recording.samples > before + 10)
    assert bay.stop_recording().result(5) == recorded
    (gap,) = marked(store, recorded, MarkKind.GAP)
    times, _ = good_values(store, recorded)
    assert gap.t_ns in times
    assert gap.t_end_ns in times
    assert not ((times > gap.t_ns) & (times < gap.t_end_ns)).any()


def test_a_recording_stopped_after_a_disconnection_ends_with_its_gap(bay, store, recorded):
    bay.disconnect().result(3)
    bay.stop_recording().result(5)
    assert len(marked(store, recorded, MarkKind.GAP)) == 1


def test_a_car_without_a_recording_may_be_changed_without_a_word(bay, car):
    bay.connect(URL).result(5)
    bay.disconnect().result(3)
    car.vin = OTHER_VIN.encode()
    assert bay.connect(URL).result(5).error_code == ""


def test_a_car_that_cannot_be_told_from_the_one_before_ends_the_recording(
    bay, car, recorded, until
):
    bay.disconnect().result(3)
    car.vin = GARBLED
    car.others[0x7E8, b"\x09\x00"] = b"\x7f\x09\x11"
    assert bay.connect(URL).result(5).error_code == "other_car"
    until(lambda: bay.snapshot().recording.id == "")


def test_a_vin_is_remembered_through_a_meeting_without_one(bay, car, recorded, until):
    lose(bay, car, until)
    car.vin = GARBLED
    nameless = return_of(bay, car, until)
    assert (nameless.car.vin, nameless.error_code) == (None, "")
    lose(bay, car, until)
    car.vin = OTHER_VIN.encode()
    assert return_of(bay, car, until).error_code == "other_car"
    until(lambda: bay.snapshot().recording.id == "")


def test_a_car_without_a_legible_vin_and_with_other_calibrations_is_another_one(
    bay, car, recorded, until
):
    lose(bay, car, until)
    car.vin = GARBLED
    car.others[0x7E8, b"\x09\x04"] = OTHER_CALIBRATION
    status = return_of(bay, car, until)
    assert status.error_code == "other_car"
    assert VIN in status.happened
    until(lambda: bay.snapshot().recording.id == "")


def test_another_car_is_still_another_one_where_its_first_meeting_was_broken_off(
    bay, car, recorded, until, monkeypatch
):
    real, broken_off = CarAtHand._try_signals, []

    def broken(self, wire, step):
        if not broken_off:
            broken_off.append(wire)
            raise LinkLost("The cable is out.", to_do="Plug it in.")
        real(self, wire, step)

    monkeypatch.setattr(CarAtHand, "_try_signals", broken)
    lose(bay, car, until)
    car.vin = OTHER_VIN.encode()
    assert return_of(bay, car, until).error_code == "other_car"
    assert broken_off
    until(lambda: bay.snapshot().recording.id == "")


def test_no_reading_of_another_car_reaches_a_recording_that_is_still_being_ended(
    bay, car, store, until, end_when_told
):
    lose(bay, car, until)
    car.vin = OTHER_VIN.encode()
    car.pids[0x7E8][0x0C] = b"\x40\x00"
    return_of(bay, car, until)
    until(lambda: bay.snapshot().channels["rpm"].value == 4096.0)
    assert set(good_values(store, end_when_told())[1]) == {1726.0}


def test_a_time_without_answers_that_nobody_noticed_is_marked(bay, car, store, recorded, until):
    car.pending_s = 2.2  # to the readings it is the same whether the car or the laptop slept
    until(lambda: bay.snapshot().channels["rpm"].stale)
    car.pending_s = 0.0
    until(lambda: not math.isnan(bay.snapshot().channels["rpm"].value))
    assert bay.snapshot().connection.reconnects == 0
    bay.stop_recording().result(5)
    (gap,) = marked(store, recorded, MarkKind.GAP)
    assert gap.t_end_ns - gap.t_ns > 2e9


def identification(vin, *ecus):
    link = CarLink("CAN", False, tuple(ecu.address for ecu in ecus))
    return Identification(link, CarIdentity(vin, ecus))


ENGINE = EcuIdentity(0x7E8, "ECM", ("8P0907115H",), ("16F4019A",))
FLASHED = EcuIdentity(0x7E8, "ECM", ("8P0907115J",), ("16F4019A",))
MUTE = EcuIdentity(0x7E8)
GEARBOX = EcuIdentity(0x7E9, "TCM", ("02E300042",), ())


@pytest.mark.parametrize(
    ("before", "now", "likeness"),
    [
        ((VIN, ENGINE), (VIN, FLASHED), Likeness.SAME),
        ((VIN, ENGINE), (OTHER_VIN, ENGINE), Likeness.OTHER),
        ((VIN, ENGINE), (None, ENGINE), Likeness.SAME),
        ((VIN, ENGINE), (None, FLASHED), Likeness.OTHER),
        ((VIN, ENGINE), (None, ENGINE, GEARBOX), Likeness.OTHER),
        ((VIN, ENGINE), (None, MUTE), Likeness.OTHER),
        ((VIN, MUTE), (None, MUTE), Likeness.UNTOLD),
        ((None, ENGINE), (None, ENGINE), Likeness.SAME),
        ((None, ENGINE), (None, FLASHED), Likeness.OTHER),
        ((None, ENGINE), (None, MUTE), Likeness.UNTOLD),
        ((None, ENGINE), (VIN, MUTE), Likeness.UNTOLD),
        ((None, MUTE), (None, MUTE), Likeness.UNTOLD),
    ],
)
def test_two_meetings_are_compared_by_all_that_was_told(before, now, likeness):
    assert compare(identification(*before), identification(*now)) is likeness
