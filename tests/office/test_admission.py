"""Whoever was disabled or given another role since the sign-in does nothing any more."""

import numpy as np
import pytest

from cartech_desk.bay import recording_acts
from cartech_desk.bay.limits import Limits, Owner, OwnerKind
from cartech_desk.domain.alarms.limit import Comparison, Limit
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.people import Actor, NotSignedIn, RightMissing, Role
from cartech_desk.office.audit_book import AuditBook, Query
from cartech_desk.office.people import NotAdmitted, People
from cartech_desk.office.session import Session
from cartech_desk.store.recordings import Columns
from cartech_desk.store.store import Store

from .conftest import COST

MIA = {"email": "mia@shop.example", "password": "six quiet lathes spin"}
RPM = Limit("rpm_high", "rpm", Comparison.ABOVE, 6500.0, 7000.0)


@pytest.fixture
def mia(people, ada):
    """A manager, at the desk."""
    people.add(ada.actor, name="Mia Manager", certification="", role=Role.MANAGER, **MIA)
    return people.sign_in(**MIA).actor


@pytest.fixture
def elsewhere(store):
    """The people of another program on the same folder."""
    other = Store(store.folder)
    yield People(other, Session(), cost=COST)
    other.close()


@pytest.fixture
def recording(store):
    channel = Channel("rpm", "Engine speed", "rpm", 0, 8000, 0)
    vehicle = store.vehicles.by_name("Blue Golf")
    writer = store.recordings.begin(vehicle.id, [channel], anchor_ns=0)
    t_ns = np.arange(100) * 100_000_000
    writer.write({"rpm": Columns(t_ns, np.arange(100.0), np.zeros(100, np.uint8))})
    return writer.close().id


def acts(store, vehicle, recording, path):
    book, limits = AuditBook(store), Limits(store)
    owner = Owner(OwnerKind.VEHICLE, vehicle.id)
    return {
        "limit": lambda by: limits.set(owner, RPM, by, anyway=True),
        "profile": lambda by: limits.set_profile(vehicle.id, "diesel", by),
        "delete": lambda by: recording_acts.delete(store, recording, by),
        "export": lambda by: recording_acts.export(store, recording, path / "a.csv", by),
        "read": lambda by: book.find(by, Query()),
        "actors": book.actors,
        "audit export": lambda by: book.export(by, Query(), path / "a.csv"),
    }


WHICH = ("limit", "profile", "delete", "export", "read", "actors", "audit export")


@pytest.mark.parametrize("which", WHICH)
def test_who_was_disabled_elsewhere_does_nothing_any_more(
    people, ada, mia, elsewhere, store, recording, records, tmp_path, which
):
    act = acts(store, store.vehicles.by_name("Blue Golf"), recording, tmp_path)[which]
    elsewhere.disable(ada.actor, mia.id)
    before = len(records())
    with pytest.raises(NotAdmitted, match="may not sign in here any more"):
        act(mia)
    assert len(records()) == before
    assert not list(tmp_path.glob("*.csv"))
    assert not store.recordings.get(recording).deleted


@pytest.mark.parametrize("which", WHICH)
def test_a_role_of_before_counts_no_more(
    people, ada, mia, elsewhere, store, recording, tmp_path, which
):
    act = acts(store, store.vehicles.by_name("Blue Golf"), recording, tmp_path)[which]
    elsewhere.change_role(ada.actor, mia.id, Role.TECHNICIAN)
    with pytest.raises(RightMissing, match="is a technician now"):
        act(mia)


def test_who_still_may_is_let_past(people, mia, store, recording, tmp_path):
    vehicle = store.vehicles.by_name("Blue Golf")
    for act in acts(store, vehicle, recording, tmp_path).values():
        act(mia)
    assert store.recordings.get(recording).deleted


def test_whom_nobody_knows_is_refused_and_a_command_without_a_person_is_not(people, ada, store):
    with pytest.raises(NotAdmitted):
        store.audit.admit(Actor("no-such-id", "Forged", Role.ADMINISTRATOR))
    store.audit.admit(Actor.at_command_line("root"))
    with pytest.raises(NotSignedIn):
        AuditBook(store).find(Actor.at_command_line("root"), Query())


def test_a_result_is_recorded_though_the_person_was_disabled_meanwhile(
    people, ada, mia, elsewhere, store, recording, tmp_path, records
):
    def disable(_fraction):
        if elsewhere.list()[1].standing == "active":
            elsewhere.disable(ada.actor, mia.id)

    recording_acts.export(store, recording, tmp_path / "a.csv", mia, progress=disable)
    assert records()[-1][2]["phase"] == "result"
    assert records()[-1][2]["after"]["done"] is True


def test_who_has_to_go_is_signed_out_on_the_record(people, ada, mia, elsewhere, session, records):
    elsewhere.disable(ada.actor, mia.id)
    people.refresh()
    people.refresh()
    assert session.operator.id == ""
    ends = [record for record in records() if record[0] == "session.end"]
    ((_action, who, body),) = ends
    assert (who, body["entity"]["name"], body["after"]) == (
        "CarTech Desk",
        "Mia Manager",
        {"why": "disabled"},
    )
