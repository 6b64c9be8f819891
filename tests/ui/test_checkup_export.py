"""A check-up exported as JSON: all its values, audited, refused without the right."""

import json

import pytest

from cartech_desk.bay.faults import Faults
from cartech_desk.domain.people import NOBODY
from cartech_desk.reports.selection import ExportRefused
from cartech_desk.store.audit_reading import Query
from tests.ui.conftest import ADMINISTRATOR
from tests.ui.faults_double import make_scan


@pytest.fixture
def kept(store):
    vehicle = store.vehicles.by_name("Blue Civic")
    return store.checkups.add(vehicle.id, make_scan(), by=ADMINISTRATOR, note="for the file")


def test_all_values_of_a_check_up_are_exported_and_audited(store, kept, tmp_path):
    path = Faults(store).sheets.write_json(kept.id, tmp_path / "it.json", ADMINISTRATOR)
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["checkup_id"] == kept.id
    assert document["vehicle"] == "Blue Civic"
    assert [one["code"] for one in document["codes"]][:2] == ["P0302", "P0299"]
    assert document["freeze_frames"][0]["values"]["EVAP_VP"] is None
    actions = [record.action for record in store.audit.find(Query())]
    assert "checkup.report" in actions


def test_another_ending_or_nobody_writes_nothing(store, kept, tmp_path):
    sheets = Faults(store).sheets
    with pytest.raises(ExportRefused):
        sheets.write_json(kept.id, tmp_path / "it.txt", ADMINISTRATOR)
    with pytest.raises(Exception, match="signed in"):
        sheets.write_json(kept.id, tmp_path / "it.json", NOBODY)
    assert not list(tmp_path.glob("it.*"))
