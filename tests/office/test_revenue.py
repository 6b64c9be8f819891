"""What was earned: sums over recognised jobs, whatever they are cut by."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartech_desk.domain.bay_use import taken_words
from cartech_desk.domain.people import Actor, NotSignedIn, RightMissing, Role
from cartech_desk.domain.revenue import Grouping
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.office.revenue import Revenue, StretchRefused
from cartech_desk.store.store import Store
from tests.office.revenue_book import Book, eur, forget, keep_shop, labour, part

BOSS = Actor("boss", "Ada", Role.MANAGER)
TECH = Actor("tech", "Tom", Role.TECHNICIAN)
JAN, DEC = date(2026, 1, 1), date(2026, 12, 31)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A store with two bays, a customer and a car; jobs come with each test's own year."""
    folder = tmp_path_factory.mktemp("revenue")
    store = Store(folder / "desk", folder / "keys")
    keep_shop(store)
    yield store
    store.close()


@pytest.fixture
def book(shop):
    with shop._desk.write() as connection:
        forget(connection)
        for table in ("appointment", "booking", "time_off"):
            connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608 - names of ours
    return Book(shop)


@pytest.fixture
def revenue(shop):
    return Revenue(shop, ShopRules)


def test_only_recognised_jobs_count(book, revenue):
    book.job(date(2026, 3, 2), [labour(10000, tax=1900)])
    book.job(date(2026, 3, 2), [labour(5000)], status="done", recognised=False, paid=0)
    book.job(date(2026, 3, 2), [labour(7000)], status="cancelled")
    book.job(date(2026, 3, 2), [labour(7000)], status="no_show")
    report = revenue.report(BOSS, JAN, DEC)
    assert report.total.net == eur(10000)
    assert report.total.gross == eur(11900)
    assert report.total.jobs == 1


def test_days_outside_of_the_stretch_do_not_count(book, revenue):
    for day in (
        date(2026, 1, 2),
        date(2026, 2, 28),
        date(2026, 3, 1),
        date(2026, 3, 31),
        date(2026, 4, 1),
    ):
        book.job(day, [labour(100)])
    report = revenue.report(BOSS, date(2026, 3, 1), date(2026, 3, 31))
    assert report.total.jobs == 2
    assert report.before is not None
    assert report.before.jobs == 1


def test_a_stretch_in_which_the_records_begin_is_not_compared_with(book, revenue):
    book.job(date(2026, 2, 20), [labour(100)])
    book.job(date(2026, 3, 2), [labour(100)])
    assert revenue.report(BOSS, date(2026, 3, 1), date(2026, 3, 31)).before is None
    whole = revenue.report(BOSS, date(2026, 2, 25), date(2026, 3, 1))
    assert whole.before is not None
    assert whole.before.jobs == 1


@pytest.mark.parametrize(
    ("grouping", "keys"),
    [
        (Grouping.DAY, 6),
        (Grouping.WEEK, 2),
        (Grouping.MONTH, 2),
    ],
)
def test_periods_without_a_job_are_there_too(book, revenue, grouping, keys):
    book.job(date(2026, 3, 2), [labour(100)])
    report = revenue.report(BOSS, date(2026, 2, 26), date(2026, 3, 3), grouping)
    assert len(report.slices) == keys
    assert sum(one.sums.net.minor for one in report.slices) == 100
    assert report.slices[0].first == date(2026, 2, 26)
    assert report.slices[-1].last == date(2026, 3, 3)


def test_a_week_over_new_year_is_one_week(book, revenue):
    book.job(date(2025, 12, 31), [labour(100)])
    book.job(date(2026, 1, 1), [labour(50)])
    report = revenue.report(BOSS, date(2025, 12, 29), date(2026, 1, 4), Grouping.WEEK)
    (week,) = report.slices
    assert week.key == "2026-W01"
    assert week.sums.net == eur(150)


def test_lines_are_parted_by_service_and_sum_to_the_whole(book, revenue):
    book.job(date(2026, 3, 2), [labour(12000, service="s1"), labour(3000), part(5000, cost=3000)])
    report = revenue.report(BOSS, JAN, DEC, Grouping.SERVICE)
    found = {one.label: one.sums.net.minor for one in report.slices}
    assert found == {"Dyno run": 12000, "Labour without a service": 3000, "Parts": 5000}
    assert report.total.margin == eur(2000)


def test_a_line_counts_for_who_did_it_else_for_the_jobs_technician(book, revenue):
    book.job(date(2026, 3, 2), [labour(12000, technician="t2"), part(5000, cost=1)])
    book.job(date(2026, 3, 3), [labour(700)], technician="")
    report = revenue.report(BOSS, JAN, DEC, Grouping.TECHNICIAN)
    found = {one.label: one.sums.net.minor for one in report.slices}
    assert found == {"Eve": 12000, "Tom": 5000, "Nobody named": 700}


def test_jobs_are_parted_by_bay(book, revenue):
    book.job(date(2026, 3, 2), [labour(100)], bay="b2")
    book.job(date(2026, 3, 2), [labour(50)], bay="")
    report = revenue.report(BOSS, JAN, DEC, Grouping.BAY)
    assert [(one.label, one.sums.net.minor) for one in report.slices] == [
        ("Lift", 100),
        ("No bay named", 50),
    ]


def test_the_average_ticket_is_rounded_half_up(book, revenue):
    for net in (100, 101):
        book.job(date(2026, 3, 2), [labour(net)])
    assert revenue.report(BOSS, JAN, DEC).total.average == eur(101)


def test_parts_whose_cost_nobody_noted_are_told(book, revenue):
    book.job(date(2026, 3, 2), [part(5000)])
    (warning,) = revenue.report(BOSS, JAN, DEC).warnings
    assert "50.00 EUR" in warning


def test_another_currency_is_in_no_sum_and_told(book, revenue):
    book.job(date(2026, 3, 2), [labour(100)], currency="USD")
    report = revenue.report(BOSS, JAN, DEC)
    assert report.total.jobs == 0
    assert "1 job in USD" in report.warnings[0]


@pytest.mark.parametrize(
    ("column", "name"),
    [("net", "net"), ("labour_net", "labour"), ("parts_cost", "parts_cost"), ("tax", "tax")],
)
def test_what_lines_do_not_tell_stands_as_a_slice_of_its_own(book, revenue, shop, column, name):
    key = book.job(date(2026, 3, 2), [labour(100)])
    with shop._desk.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER IF EXISTS revenue_entry_stays")
        connection.exec_driver_sql(
            f"UPDATE revenue_entry SET {column} = {column} + 30 WHERE job_id = ?",  # noqa: S608
            (key,),
        )
    report = revenue.report(BOSS, JAN, DEC, Grouping.SERVICE)
    assert getattr(report.slices[-1].sums, name) == eur(30)
    assert sum(getattr(one.sums, name).minor for one in report.slices) == (
        getattr(report.total, name).minor
    )
    assert any("do not agree" in words for words in report.warnings)


def test_outstanding_is_what_is_invoiced_and_not_paid(book, revenue):
    late = book.job(date(2026, 3, 2), [labour(1000)], status="done", recognised=False, paid=300)
    book.invoice(late, 1000, "2026-01-15", number=1)
    taken_back = book.job(date(2026, 3, 2), [labour(80)], status="done", recognised=False, paid=0)
    book.invoice(taken_back, 80, "2026-01-15", number=2)
    book.invoice(taken_back, 80, None, number=3, kind="credit_note", taken_back="i2")
    report = revenue.report(BOSS, JAN, DEC)
    assert report.still_open.outstanding == eur(700)
    assert report.still_open.overdue == eur(700)
    assert report.still_open.not_invoiced == eur(80)


def test_behind_a_slice_stand_its_jobs(book, revenue):
    book.job(date(2026, 3, 2), [labour(12000, service="s1"), part(5000, cost=3000)])
    book.job(date(2026, 3, 3), [labour(40)])
    found, total = revenue.jobs(BOSS, JAN, DEC, grouping=Grouping.SERVICE, key="s1")
    assert total == 1
    assert found[0].part == eur(12000)
    assert found[0].net == eur(17000)
    assert found[0].parts_margin == eur(2000)
    assert found[0].customer == "Jane Roe"


def test_jobs_are_paged_searched_and_sorted_by_the_query(book, revenue):
    for net in range(1, 8):
        book.job(date(2026, 3, net), [labour(net)])
    page, total = revenue.jobs(BOSS, JAN, DEC, limit=3, offset=3, sort="net", descending=True)
    assert ([one.net.minor for one in page], total) == ([4, 3, 2], 7)
    assert revenue.jobs(BOSS, JAN, DEC, "civic jane")[1] == 7
    assert revenue.jobs(BOSS, JAN, DEC, "100%")[1] == 0


def booked(book, bay, starts, ends, status="done"):
    with book.store._desk.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO appointment (id, starts, ends, zone, bay_id, status, uid, created) "
            "VALUES (?, ?, ?, 'UTC', ?, ?, ?, ?)",
            (starts, starts, ends, bay, status, starts, starts),
        )


def test_a_bay_is_taken_by_what_is_booked_and_by_what_came_without(book, revenue):
    day = "2026-03-02"  # a Monday, open 8:00 to 12:00 and 13:00 to 17:00
    booked(book, "b1", f"{day}T08:00:00.000000+00:00", f"{day}T10:00:00.000000+00:00")
    booked(book, "b1", f"{day}T15:00:00.000000+00:00", f"{day}T16:00:00.000000+00:00", "no_show")
    key = book.job(date(2026, 3, 2), [labour(1)], bay="b1")
    with book.store._desk.write() as connection:
        for status, at in (("in_bay", "09:00"), ("done", "13:30")):
            connection.exec_driver_sql(
                "INSERT INTO job_history (job_id, status, at, by_id, by_name) "
                "VALUES (?, ?, ?, '', '')",
                (key, status, f"{day}T{at}:00.000000+00:00"),
            )
    first, other = revenue.report(BOSS, date(2026, 3, 2), date(2026, 3, 2)).bays
    assert (first.open_min, first.booked_min, first.worked_min) == (480, 120, 150)
    assert first.pct == pytest.approx(56.25)
    assert other.pct == 0.0


def test_a_booked_car_that_was_in_the_bay_for_minutes_took_it_for_under_one_per_cent(book, revenue):
    day = "2026-03-02"
    booked(book, "b1", f"{day}T08:00:00.000000+00:00", f"{day}T10:00:00.000000+00:00")
    key = book.job(date(2026, 3, 2), [labour(1)], bay="b1")
    with book.store._desk.write() as connection:
        connection.exec_driver_sql("UPDATE appointment SET job_id = ?", (key,))
        for status, at in (("in_bay", "09:00"), ("done", "09:03")):
            connection.exec_driver_sql(
                "INSERT INTO job_history (job_id, status, at, by_id, by_name) "
                "VALUES (?, ?, ?, '', '')",
                (key, status, f"{day}T{at}:00.000000+00:00"),
            )
    report = revenue.report(BOSS, date(2026, 3, 2), date(2026, 3, 2))
    assert report.bays[0].booked_min + report.bays[0].worked_min == 3
    assert taken_words(report.utilisation_pct) == "under 1 %"
    assert [taken_words(one) for one in (0.0, 0.5, 56.25)] == ["0 %", "under 1 %", "56 %"]


def test_a_closed_day_has_no_use_of_a_bay(book, revenue):
    report = revenue.report(BOSS, date(2026, 3, 1), date(2026, 3, 1))  # a Sunday
    assert report.utilisation_pct is None


@pytest.mark.parametrize(
    ("first", "last"),
    [(DEC, JAN), (date(2000, 1, 1), DEC), (date(1, 1, 1), date(1, 1, 2)), (JAN, date.max)],
)
def test_a_stretch_that_is_none_is_refused(revenue, first, last):
    with pytest.raises(StretchRefused):
        revenue.report(BOSS, first, last)


def test_who_may_not_see_it_sees_nothing(revenue, tmp_path):
    with pytest.raises(RightMissing):
        revenue.report(TECH, JAN, DEC)
    with pytest.raises(RightMissing):
        revenue.jobs(TECH, JAN, DEC)
    with pytest.raises(NotSignedIn):
        revenue.report(Actor.at_command_line("root"), JAN, DEC)


@settings(max_examples=8)
@given(
    st.lists(
        st.tuples(
            st.dates(JAN, DEC),
            st.lists(
                st.tuples(
                    st.sampled_from(["labour", "part", "other"]),
                    st.integers(0, 10**7),
                    st.integers(0, 10**6),
                    st.integers(1, 5000),
                    st.one_of(st.none(), st.integers(0, 10**5)),
                    st.sampled_from(["", "s1"]),
                    st.sampled_from(["", "t1", "t2"]),
                ),
                min_size=1,
                max_size=4,
            ),
            st.sampled_from(["", "b1", "b2"]),
        ),
        max_size=6,
    )
)
def test_slices_sum_to_the_whole_to_the_cent_whatever_they_are_cut_by(shop, jobs):
    book = Book(shop)
    with shop._desk.write() as connection:
        forget(connection)
    for day, lines, bay in jobs:
        book.job(day, lines, bay=bay)
    net = sum(one[1] for _, lines, _ in jobs for one in lines)
    tax = sum(one[2] for _, lines, _ in jobs for one in lines)
    for grouping in Grouping:
        report = Revenue(shop, ShopRules).report(BOSS, JAN, DEC, grouping)
        assert report.total.net.minor == net
        assert sum(one.sums.net.minor for one in report.slices) == net
        assert sum(one.sums.tax.minor for one in report.slices) == tax
        assert sum(one.sums.margin.minor for one in report.slices) == report.total.margin.minor
        behind = sum(
            job.part.minor
            for one in report.slices
            if one.sums.net.minor
            for job in Revenue(shop, ShopRules).jobs(
                BOSS, one.first or JAN, one.last or DEC, grouping=grouping, key=one.key
            )[0]
        )
        assert behind == net


def test_a_csv_holds_the_slices_and_defuses_words(book, revenue, tmp_path, shop):
    with shop._desk.write() as connection:
        connection.exec_driver_sql("UPDATE service SET name = '=1+1' WHERE id = 's1'")
    book.job(date(2026, 3, 2), [labour(12050, service="s1")])
    report = revenue.report(BOSS, JAN, DEC, Grouping.SERVICE)
    path = revenue.export(BOSS, report, tmp_path / "out.csv")
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("service,from,to,jobs,revenue [EUR]")
    assert lines[1].startswith("'=1+1,2026-01-01,2026-12-31,1,120.50")
    jobs = revenue.export(BOSS, report, tmp_path / "jobs.csv", jobs=True)
    assert "Jane Roe" in jobs.read_text(encoding="utf-8-sig")


def test_a_workbook_holds_figures_slices_charts_and_jobs(book, revenue, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book.job(date(2026, 3, 2), [labour(12050, service="s1"), part(100, cost=60)])
    report = revenue.report(BOSS, JAN, DEC)
    path = revenue.export(BOSS, report, tmp_path / "out.xlsx")
    found = openpyxl.load_workbook(path)
    assert found.sheetnames == ["Revenue", "Month", "Services", "Bays", "Jobs", "Unpaid"]
    assert found["Month"]["C4"].value == 121.5
    assert len(found["Month"]._charts) == 1
    assert found["Jobs"]["F2"].value == float(Decimal("121.50"))


def test_a_file_of_another_kind_is_refused_with_nothing_written(book, revenue, tmp_path):
    from cartech_desk.reports.selection import ExportFailed, ExportRefused

    report = revenue.report(BOSS, JAN, DEC)
    with pytest.raises(ExportRefused):
        revenue.export(BOSS, report, tmp_path / "out.doc")
    with pytest.raises(ExportFailed):
        revenue.export(BOSS, report, tmp_path / "none" / "out.csv")
    assert not list(tmp_path.iterdir())


def test_an_export_is_in_the_audit_log(book, revenue, tmp_path, shop):
    from cartech_desk.store.audit_reading import Query

    report = revenue.report(BOSS, JAN, DEC)
    revenue.export(BOSS, report, tmp_path / "out.csv")
    found = shop.audit.find(Query(action="revenue.export"), limit=1)
    assert found[0].actor == BOSS


def test_the_day_of_now_is_the_shops(revenue):
    assert abs(revenue.today - datetime.now().astimezone().date()) <= timedelta(days=1)
