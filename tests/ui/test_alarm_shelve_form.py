"""The form that shelves an alarm: what is asked for is what is chosen."""

from concurrent.futures import Future

from cartech_desk.ui.widgets.alarm_shelve_form import ShelveForm


def test_an_own_time_is_seen_only_where_it_is_chosen(qtbot):
    form = ShelveForm("Coolant hot", lambda _seconds, _reason: Future(), lambda _seconds: "")
    qtbot.addWidget(form)
    form.show()
    assert form.seconds == 15 * 60
    assert not form.number.isVisible()
    assert "15 min" in form.back.text()
    form.own.click()
    assert form.number.isVisible()
    assert form.unit.isVisible()
    assert form.seconds == 30 * 60
