"""The page of the audit log: search, detail, verification, export, rights."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtWidgets import QPlainTextEdit

from cartech_desk.domain.audit import AuditRecord, Entity, read_body
from cartech_desk.domain.audit_chain import Verdict
from cartech_desk.domain.people import Actor, Role
from cartech_desk.domain.units import UnitSystem
from cartech_desk.ui.models.audit_rows import PAGE
from cartech_desk.ui.models.audit_said import as_recorded, said_rows
from cartech_desk.ui.pages.audit import AuditPage
from cartech_desk.ui.theme.states import State

START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
ADA = Actor("0192-a", "Ada Administrator", Role.ADMINISTRATOR)
TOM = Actor("0192-t", "Tom Technician", Role.TECHNICIAN)


def record(sequence, **changes):
    made = AuditRecord(
        sequence=sequence,
        at=START + timedelta(seconds=sequence),
        actor=ADA,
        action="limit.set",
        entity=Entity("limit", "boost", "Boost", "golf"),
        before={"trip": "180.0", "on_delay_s": "0.5"},
        after={"trip": "185.5", "on_delay_s": "0.5"},
        reason="another wastegate",
        hash=bytes(32),
        keyed=True,
    )
    return replace(made, **changes)


@pytest.fixture
def page(desk, acts, office, qtbot):
    office.audit.records = [record(sequence) for sequence in range(1, 451)]
    made = AuditPage(desk, acts)
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    return made


def opened(page, qtbot):
    page.shown()
    qtbot.waitUntil(lambda: bool(page.table.rows))
    return page


def texts(widget):
    from PySide6.QtWidgets import QLabel

    return [label.text() for label in widget.findChildren(QLabel)]


def test_the_newest_record_is_chosen_and_shown_with_what_changed(page, qtbot):
    opened(page, qtbot)
    said = texts(page.detail)
    assert page.detail.record.sequence == 450
    for words in ("Limit set", "Boost", "Ada Administrator, administrator", "180.0", "185.5"):
        assert words in said
    assert "on delay" not in said


def test_a_record_is_said_in_peoples_words_local_time_and_shown_units():
    came = datetime(2026, 11, 22, 9, 17, 6, 9097, tzinfo=UTC)
    after = {
        "state": "active_unacknowledged",
        "raised": came.isoformat(timespec="microseconds"),
        "worst_value": "119.25",
        "unit": "degC",
    }
    rows = said_rows(record(1, action="alarm.raise", before=None, after=after), UnitSystem.METRIC)
    assert rows == (
        ("state", "", "not acknowledged"),
        ("came", "", f"{came.astimezone():%Y-%m-%d %H:%M:%S}"),
        ("worst value", "", "119.25 °C"),
    )
    assert said_rows(record(1, before=None, after=after), UnitSystem.IMPERIAL)[2][2] == "246.65 °F"


def test_a_limit_is_said_in_the_units_of_what_it_watches():
    limit = {"watches": "boost", "trip": "180.0", "deadband": "5.0", "trip_delay_s": "0.5"}
    other = {**limit, "trip": "190.0", "trip_delay_s": "1.25", "action": "stop_run"}
    rows = said_rows(record(1, before=limit, after=other), UnitSystem.METRIC)
    assert rows[:2] == (("trip", "1.8 bar", "1.9 bar"), ("trip after", "0.5 s", "1.25 s"))
    assert rows[2][2] == "lamp, sound, advice to stop the run"


def test_values_that_differ_are_never_said_alike():
    limit = {"watches": "rpm", "trip": "7000.0"}
    other = {"watches": "rpm", "trip": "7000.0001"}
    rows = said_rows(record(1, before=limit, after=other), UnitSystem.METRIC)
    assert rows == (("trip", "7000.0", "7000.0001"),)


def test_what_did_not_change_is_left_out(page, office, qtbot):
    same = {"watches": "rpm", "trip": "7000.0"}
    assert said_rows(record(1, before=same, after=same), UnitSystem.METRIC) == ()
    office.audit.records = [record(1, before=same, after=same)]
    opened(page, qtbot)
    assert "Nothing differs before and after." in texts(page.detail)


def test_what_stands_under_the_fold_is_what_the_hash_is_made_of():
    body = as_recorded(record(7))
    assert read_body(body, digest=bytes(32), keyed=True) == record(7)


def test_the_raw_record_and_its_hash_are_seen_under_a_fold_that_stays_open(page, qtbot):
    opened(page, qtbot)
    raw = page.detail.findChild(QPlainTextEdit)
    assert not raw.isVisible()
    page.detail.fold.click()
    assert raw.isVisible()
    assert '"sequence":"450"' in raw.toPlainText()
    assert any("00000000 00000000" in words for words in texts(page.detail))
    page.view.selectRow(1)
    assert page.detail.findChildren(QPlainTextEdit)[-1].isVisible()


def test_records_are_read_a_page_at_a_time(page, qtbot):
    opened(page, qtbot)
    assert len(page.table.rows) < 450
    page.view.scrollToBottom()
    qtbot.waitUntil(lambda: len(page.table.rows) == 2 * PAGE)
    page.view.scrollToBottom()
    qtbot.waitUntil(lambda: len(page.table.rows) == 450)
    assert page.table.complete
    assert page.count.text() == "450 records"


def test_a_hundred_thousand_records_are_not_loaded_at_once(page, office, qtbot):
    office.audit.records = [record(sequence) for sequence in range(1, 20_001)]
    opened(page, qtbot)
    assert len(page.table.rows) <= 2 * PAGE


def test_what_is_typed_and_chosen_is_looked_for(page, office, qtbot):
    opened(page, qtbot)
    qtbot.waitUntil(lambda: page.filter.offered)
    page.filter.act.setCurrentIndex(page.filter.act.findData("limit.set"))
    page.filter.person.setCurrentIndex(page.filter.person.findData(ADA.id))
    page.filter.words.setText("wastegate")
    page.filter.period.setCurrentIndex(4)

    def asked():
        query = office.audit.calls[-1][2]
        assert (query.action, query.actor, query.text) == ("limit.set", ADA.id, "wastegate")
        assert query.since < query.until

    qtbot.waitUntil(lambda: office.audit.calls[-1][2].text == "wastegate")
    asked()


def test_verifying_says_that_the_log_is_whole(page, office, acts, qtbot):
    opened(page, qtbot)
    office.audit.verdict = Verdict(True, 450, head_sequence=450, head_hash="ab" * 32)
    page.verify()
    assert not page.verify_button.isEnabled()
    qtbot.waitUntil(lambda: page.lamp.state is State.CONNECTED)
    assert "450 records whole" in page.lamp.words
    assert page.problem.isHidden()


def test_records_since_the_verification_are_counted(page, office, qtbot):
    office.audit.last_verdict = Verdict(True, 444, head_sequence=444)
    opened(page, qtbot)
    assert page.lamp.words == "444 records whole, 6 more since"


def test_a_broken_log_opens_its_first_broken_record(page, office, qtbot):
    opened(page, qtbot)
    problem = "Record 40 was changed: its hash does not fit its words."
    office.audit.verdict = Verdict(False, 39, 40, problem)
    page.verify()
    qtbot.waitUntil(lambda: page.detail.record is not None and page.detail.record.sequence == 40)
    assert page.lamp.state is State.TRIP
    assert "broken at record 40" in page.lamp.words
    assert problem in texts(page.detail)
    assert page.problem.words.text() == problem
    row = next(n for n, one in enumerate(page.table.rows) if one.sequence == 40)
    assert page.table.index(row, 0).data() == "40"
    assert page.table.index(row, 3).data() == "BROKEN  Limit set"
    assert "Record 40, not proven: see above what does not fit" in texts(page.detail)
    page.view.selectRow(row - 1)
    assert any("broken before it, at record 40" in words for words in texts(page.detail))
    page.view.selectRow(row + 1)
    assert "Record 39, signed by this desk" in texts(page.detail)
    page.elsewhere.click()
    qtbot.waitUntil(lambda: page.table.rows[0].sequence == 450)


def test_warnings_and_a_missing_key_are_told(page, office, qtbot):
    office.audit.last_verdict = Verdict(True, 450, warnings=("Record 3 carries no MAC.",))
    office.audit.key_problem = "The key is gone."
    opened(page, qtbot)
    assert page.lamp.state is State.WARNING
    assert page.notes.text() == "Record 3 carries no MAC.\nThe key is gone."
    assert page.notes.isVisible()


def test_a_technician_reads_nothing_but_may_verify(page, office, qtbot):
    opened(page, qtbot)
    office.session.enter(TOM)
    qtbot.waitUntil(lambda: page.pages.currentWidget() is page.refused)
    assert page.table.rows == []
    assert page.detail.record is None
    assert "Tom Technician (technician) is at the desk now" in page.refused.words.text()
    assert page.refused.button.text() == "Let another person take over"
    assert not page.export_button.isEnabled()
    assert "A manager or administrator may read" in page.export_button.toolTip()
    office.audit.verdict = Verdict(True, 450)
    page.verify()
    qtbot.waitUntil(lambda: page.lamp.state is State.CONNECTED)


def test_exporting_asks_for_a_file_and_says_where_it_is(page, office, acts, qtbot, tmp_path):
    opened(page, qtbot)
    page.ask_path = lambda usual: tmp_path / usual.name
    page.export()
    qtbot.waitUntil(lambda: any("Exported to" in words for words, _ in acts.told.toasts))
    name, by, _query, path = next(call for call in office.audit.calls if call[0] == "export")
    assert (name, by, path.suffix) == ("export", ADA, ".pdf")


def test_a_record_that_cannot_be_read_is_shown_as_it_is(page, office, qtbot):
    office.audit.records = [
        record(1, problem="it is not JSON", reason="{broken", action=""),
    ]
    opened(page, qtbot)
    said = texts(page.detail)
    assert "Cannot be read" in said
    assert "{broken" in said


def test_rows_are_copied_as_text(page, qtbot, qapp):
    opened(page, qtbot)
    page.view.selectRow(0)
    page.view.copy()
    assert qapp.clipboard().text().splitlines()[0] == "No.\tTime\tPerson\tAct\tWhat\tReason"
