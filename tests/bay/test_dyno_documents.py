"""The documents of the platform API: thin, plain, and strict JSON."""

import json

import pytest

from cartech_desk.bay.dyno_documents import (
    ROAD,
    data_document,
    started_document,
    status_document,
    stopped_document,
)
from cartech_desk.bay.dyno_status import NO_DYNO, DynoSnapshot
from cartech_desk.domain.dyno.run import RunSetup
from cartech_desk.hardware.dyno.source import SourceState
from tests.ui.dyno_double import make_result, make_run, make_session, make_source


def driven():
    return make_run(), make_result()


def test_no_dyno_is_told_as_none():
    assert status_document(NO_DYNO) == {"connected": False, "type": None, "capabilities": []}


def test_a_dyno_that_delivers_is_told_with_what_it_can():
    told = status_document(DynoSnapshot(sources=(make_source(),)))
    assert told["connected"]
    assert told["type"]
    assert "speed" in told["capabilities"]


def test_a_dyno_that_is_lost_is_not_connected():
    lost = make_source(state=SourceState.LOST)
    assert not status_document(DynoSnapshot(sources=(lost,)))["connected"]


def test_the_road_dyno_is_told_as_one():
    session = make_session(setup=RunSetup(road=True))
    assert status_document(DynoSnapshot(session=session))["type"] == ROAD


def test_a_session_that_began_has_an_id_and_a_time():
    told = started_document(make_session("s7"))
    assert told["sessionId"] == "s7"
    assert told["startTime"].startswith("20")


def test_curves_are_arrays_of_one_length_and_strict_json():
    told = data_document([driven()])
    (power,), (torque,), (mixture,) = told.values()
    lengths = {len(power[name]) for name in ("time_s", "rpm", "speed_kmh", "hp", "kw")}
    assert lengths == {len(torque["nm"])} == {len(mixture["time_s"])}
    json.dumps(told, allow_nan=False)


def test_peaks_are_corrected_and_those_of_the_best_run():
    run, result = driven()
    told = stopped_document([(run, result)], "file:///sheet.pdf")
    kw = result.peak_power.value * result.factor.value
    assert told["peak_hp"] == pytest.approx(kw / 0.745699872, abs=1e-3)
    assert told["report_url"] == "file:///sheet.pdf"


def test_a_session_without_a_peak_says_null():
    assert stopped_document([], None)["peak_hp"] is None
