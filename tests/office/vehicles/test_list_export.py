"""Lists that leave the shop as files."""

from pathlib import Path

import pytest

from cartech_desk.domain.people import NOBODY, NotSignedIn
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.office.finding import Finding
from cartech_desk.store.audit_reading import Query
from tests.office.vehicles.vehicle_book import MIA, Counter

FILE = Path("customers.csv")


@pytest.fixture
def finding(counter: Counter) -> Finding:
    return Finding(counter.store, ShopRules)


def test_a_list_that_is_exported_is_audited(counter: Counter, finding: Finding) -> None:
    with finding.exporting(MIA, "customers", FILE, "kraus"):
        pass
    found = counter.store.audit.find(Query(action="list.export"))
    assert found[0].entity.name == FILE.name
    assert any(one.before == {"search": "kraus"} for one in found)


def test_an_export_that_failed_is_recorded_as_not_done(counter: Counter, finding: Finding) -> None:
    with pytest.raises(OSError, match="full"), finding.exporting(MIA, "customers", FILE):
        raise OSError("the disk is full")
    assert len(counter.store.audit.find(Query(action="list.export"))) == 2


def test_nobody_takes_no_list_along(counter: Counter, finding: Finding) -> None:
    with pytest.raises(NotSignedIn), finding.exporting(NOBODY, "customers", FILE):
        raise AssertionError("it was written")
    assert not counter.store.audit.find(Query(action="list.export"))
