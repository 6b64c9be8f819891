import pytest

from cartech_desk.app.upkeep import DeskFault
from cartech_desk.bay.status import BaySnapshot, ConnectionStatus
from cartech_desk.office.audit_book import Verdict
from cartech_desk.ui.shell.banner import Banners, Tone
from cartech_desk.ui.shell.office_banner import OfficeBanner, broken_words


@pytest.fixture
def banner(qtbot, office):
    banners = Banners()
    qtbot.addWidget(banners)
    opened = []
    made = OfficeBanner(banners, office.audit, opened.append)
    made.banners, made.opened = banners, opened
    return made


def look(banner):
    for _ in range(10):
        banner.show_snapshot(BaySnapshot(0, ConnectionStatus()))


def test_a_broken_log_names_the_first_broken_record_and_cannot_be_put_away(banner, office):
    office.audit.last_verdict = Verdict(False, 90, 41, "Its hash does not match what it says.")
    look(banner)
    shown = banner.banners.banner("audit-verify")
    assert shown.tone is Tone.ERROR
    assert "record 41" in shown.headline.text()
    assert "hash does not match" in shown.headline.text()
    assert shown.detail.text()
    words = [shown.buttons.itemAt(place).widget().text() for place in range(shown.buttons.count())]
    assert words == ["Open the log"]
    shown.buttons.itemAt(0).widget().click()
    assert banner.opened == ["broken"]


def test_a_log_that_holds_together_shows_nothing(banner, office):
    office.audit.last_verdict = Verdict(True, 90)
    look(banner)
    assert banner.banners.banner("audit-verify") is None


def test_a_key_that_is_gone_is_a_warning_as_long_as_it_is(banner, office):
    office.audit.key_problem = "the keyring is locked."
    look(banner)
    shown = banner.banners.banner("audit-key")
    assert shown.tone is Tone.WARNING
    assert "keyring is locked" in shown.headline.text()
    office.audit.key_problem = ""
    look(banner)
    assert banner.banners.banner("audit-key") is None


def test_a_break_without_a_record_is_told_too():
    assert "at record" not in broken_words(Verdict(False, 0, None, "The anchor is gone."))[0]


def test_a_daily_copy_that_could_not_be_made_stays_told_until_one_is(qtbot, office):
    banners = Banners()
    qtbot.addWidget(banners)
    told = ["The disk that holds /copies is full."]
    banner = OfficeBanner(banners, office.audit, lambda _what: None, lambda: told[0])
    for _ in range(20):
        banner.show_snapshot(BaySnapshot(0, ConnectionStatus()))
    shown = banners.banner("daily-copy")
    assert "Settings, Backups" in shown.detail.text()
    assert shown.tone is Tone.WARNING
    assert "disk that holds /copies is full" in shown.headline.text()
    told[0] = ""
    for _ in range(10):
        banner.show_snapshot(BaySnapshot(0, ConnectionStatus()))
    assert banners.banner("daily-copy") is None


def test_what_goes_wrong_in_what_the_desk_does_by_itself_stays_told_with_what_to_do(qtbot, office):
    banners = Banners()
    qtbot.addWidget(banners)
    fault = DeskFault("The desk met a mistake of its own.", to_do="It is tried again by itself.")
    troubles = {"E-mails": fault}
    banner = OfficeBanner(banners, office.audit, lambda _what: None, troubles=lambda: troubles)
    banner.banners = banners
    look(banner)
    assert banners.banner("by-itself E-mails") is None  # no start waits for it
    look(banner)
    shown = banners.banner("by-itself E-mails")
    assert shown.tone is Tone.WARNING
    assert shown.headline.text() == "E-mails: The desk met a mistake of its own."
    assert shown.detail.text() == "It is tried again by itself."
    troubles = {}
    look(banner)
    assert banners.banner("by-itself E-mails") is None
