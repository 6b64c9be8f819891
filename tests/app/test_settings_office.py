"""Settings of the shop and its mail: what they take, and what the office makes of them."""

from datetime import date

import pytest
from pydantic import ValidationError

from cartech_desk.app.settings import Settings, SettingsFile, load_settings
from cartech_desk.app.settings_office import LineRefused, Mail, Shop, TextLine
from cartech_desk.domain.shop_rules import ShopRules


def rules(**given):
    return Shop(zone="Europe/Berlin", **given).rules(
        address="Main Street 1", paper="letter", logo=None, currency=given.pop("currency", "EUR")
    )


def test_the_defaults_are_those_of_the_rules():
    made = Shop(zone="UTC").rules(address="", paper="a4", logo=None, currency="EUR")
    assert made == ShopRules()


def test_hours_tax_and_labour_become_rules():
    made = rules(monday="7-9", sunday="10:00 to 11:30", tax_pct=8.1, labour_rate="95,50")
    assert made.hours[0] == ((420, 540),)
    assert made.hours[6] == ((600, 690),)
    assert made.tax_bp == 810
    assert made.labour_rate_minor == 9550


@pytest.mark.parametrize(("currency", "minor"), [("EUR", 9500), ("JPY", 95), ("KWD", 95_000)])
def test_an_hour_of_labour_is_in_the_shop_s_currency(currency, minor):
    made = Shop(labour_rate="95").rules(address="", paper="a4", logo=None, currency=currency)
    assert made.labour_rate_minor == minor


def test_a_price_between_two_cents_is_rounded_half_up():
    assert rules(labour_rate="95.005").labour_rate_minor == 9501


@pytest.mark.parametrize("rate", [0.0, 0.07, 2.5, 7.7, 8.25, 19.0, 100.0])
def test_a_rate_of_tax_is_exact(rate):
    assert rules(tax_pct=rate).tax_bp == round(rate * 100)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("zone", "Moon/Base"),
        ("zone", "../etc"),
        ("monday", "8-25"),
        ("holidays_of", "Bavaria"),
        ("closed", ["24.12.2026"]),
        ("tax_pct", 19.005),
        ("tax_pct", -1),
        ("labour_rate", "-5"),
        ("labour_rate", "much"),
        ("invoice_prefix", "a b"),
        ("phone", "1\n2"),
        ("text_moved", ["Hi {nobody}"]),
        ("slot_min", 7),
    ],
)
def test_what_cannot_stand_is_refused(field, value):
    with pytest.raises(ValidationError):
        Shop(**{field: value})


@pytest.mark.parametrize(
    ("field", "value"),
    [("server", "mail server"), ("server", "a\r\nb"), ("sender", "nobody"), ("port", 0)],
)
def test_a_mail_server_that_cannot_be_is_refused(field, value):
    with pytest.raises(ValidationError):
        Mail(**{field: value})


def test_days_are_put_in_order_and_texts_of_several_lines_come_back(tmp_path):
    file = SettingsFile(tmp_path / "settings.toml")
    values = file.values.model_copy(deep=True)
    values.shop.closed = ["2026-12-31", "2026-12-24"]
    values.shop.text_confirmation = TextLine.read_lines("See you {date}\n\nDear {customer}\n")
    file.save(values)
    again = load_settings(file.path)
    made = again.shop_rules()
    assert made.closed == (date(2026, 12, 24), date(2026, 12, 31))
    assert made.templates == {"confirmation": "See you {date}\n\nDear {customer}"}
    assert str(again.shop.text_confirmation[0]) == "See you {date}"


def test_a_line_that_cannot_be_shown_is_refused():
    with pytest.raises(LineRefused):
        TextLine.read_lines("a\x00b")


def test_the_password_is_no_setting():
    assert not any("password" in name for name in Mail.model_fields)


@pytest.mark.parametrize(
    ("made", "given"),
    [
        (Shop, {"holidays_of": "ZZ"}),
        (Shop, {"holidays_of": "DE-XX"}),
        (Shop, {"subscription": "/srv/desk.db"}),
        (Shop, {"email": "nonsense"}),
        (Shop, {"email": "desk@"}),
        (Mail, {"sender": "[a]@b"}),
        (Mail, {"sender": "a..b@shop.example"}),
    ],
)
def test_what_nobody_knows_or_could_reach_is_refused(made, given):
    with pytest.raises(ValidationError):
        made(**given)


def test_the_address_on_papers_may_be_empty_and_is_kept_without_what_stands_around_it():
    assert Shop(email=" desk@shop.example ").email == "desk@shop.example"
    assert Shop(email=" ").email == ""


def test_the_rules_know_which_account_the_mail_password_is_for():
    given = {"server": "mail.example", "user": "shop", "sender": "desk@shop.example"}
    made = Settings(mail=given).shop_rules()
    assert (made.mail_account, made.sender) == ("shop at mail.example:587", "desk@shop.example")


@pytest.mark.parametrize(
    ("given", "unsent"),
    [
        ({}, "no mail server is set"),
        ({"server": "mail.example"}, "no sender is set"),
        ({"server": "mail.example", "sender": "desk@shop.example"}, ""),
    ],
)
def test_the_rules_say_why_no_mail_leaves(given, unsent):
    assert Settings(mail=given).shop_rules().unsent == unsent
