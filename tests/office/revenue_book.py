"""Writes jobs into a store as the job room leaves them, for tests of what is made of them."""

from cartech_desk.domain.money import Money


def eur(minor):
    return Money(minor, "EUR")


def forget(connection):
    """Delete all jobs and what was earned with them, which the office never does."""
    run = connection.exec_driver_sql
    for trigger in ("issued_is_kept", "revenue_entry_is_kept", "revenue_share_is_kept"):
        run(f"DROP TRIGGER IF EXISTS {trigger}")
    for table in ("revenue_share", "revenue_entry", "job_history", "job_line", "issued", "job"):
        run(f"DELETE FROM {table}")  # noqa: S608 - names of ours


class Book:
    """Writes jobs as the job room leaves them."""

    number = 0

    def __init__(self, store):
        self.store = store

    def job(
        self,
        day,
        lines,
        *,
        status="paid",
        bay="b1",
        technician="t1",
        currency="EUR",
        recognised=True,
        paid=None,
        appointment="",
        opened=None,
    ):
        """Keep a job; `lines` are (kind, net, tax, milli, unit cost, service, technician)."""
        Book.number += 1
        key = f"j{Book.number}"
        net = {
            kind: sum(one[1] for one in lines if one[0] == kind)
            for kind in ("labour", "part", "other")
        }
        tax = sum(one[2] for one in lines)
        cost = sum((one[3] * (one[4] or 0) + 500) // 1000 for one in lines if one[0] == "part")
        whole = sum(net.values())
        opened = opened or f"{day}T08:00:00.000000+00:00"
        with self.store._desk.write() as connection:
            run = connection.exec_driver_sql
            run(
                "INSERT INTO job (id, number, vehicle_id, customer_id, appointment_id, title, "
                "status, bay_id, technician_id, opened, currency, labour_net, parts_net, "
                "other_net, parts_cost, net, tax, gross, paid, recognised, recognised_day) "
                "VALUES (?, ?, 'v1', 'c1', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    key,
                    Book.number,
                    appointment,
                    f"Job {Book.number}",
                    status,
                    bay,
                    technician,
                    opened,
                    currency,
                    net["labour"],
                    net["part"],
                    net["other"],
                    cost,
                    whole,
                    tax,
                    whole + tax,
                    whole + tax if paid is None else paid,
                    f"{day}T16:00:00+00:00" if recognised else None,
                    f"{day}" if recognised else None,
                ),
            )
            for place, (kind, amount, of_tax, milli, unit_cost, service, who) in enumerate(lines):
                run(
                    "INSERT INTO job_line (id, job_id, place, kind, words, quantity_milli, "
                    "unit_price, unit_cost, net, tax, service_id, technician_id) "
                    "VALUES (?, ?, ?, ?, 'x', ?, ?, ?, ?, ?, ?, ?)",
                    (
                        f"{key}-{place}",
                        key,
                        place,
                        kind,
                        milli,
                        1,
                        unit_cost,
                        amount,
                        of_tax,
                        service,
                        who,
                    ),
                )
            if recognised and status not in ("cancelled", "no_show"):
                self._count(connection, key, day, bay, technician, currency, lines)
        return key

    def _count(self, connection, key, day, bay, technician, currency, lines):
        names = {"labour": "labour", "part": "parts", "other": "other"}
        shares = {}
        for kind, net, tax, milli, cost, service, who in lines:
            share = shares.setdefault((service or names[kind], who or technician), [0] * 7)
            share[0] += net
            share[1 + list(names).index(kind)] += net
            share[5] += tax
            if kind == "part":
                share[4] += (milli * (cost or 0) + 500) // 1000
                share[6] += net if cost is None else 0
        sums = [sum(one[n] for one in shares.values()) for n in range(7)]
        number = connection.exec_driver_sql(
            "INSERT INTO revenue_entry (job_id, sign, at, day, bay_id, currency, net, labour_net, "
            "parts_net, other_net, parts_cost, tax, without_cost) "
            "VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING number",
            (key, f"{day}T16:00:00+00:00", f"{day}", bay, currency, *sums),
        ).scalar_one()
        for (service, who), share in shares.items():
            connection.exec_driver_sql(
                "INSERT INTO revenue_share VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (number, service, who, *share),
            )

    def invoice(self, key, gross, due, *, number, kind="invoice", taken_back=""):
        with self.store._desk.write() as connection:
            connection.exec_driver_sql(
                "INSERT INTO issued (id, kind, number, series, sequence, job_id, issued, "
                "issued_day, due_day, currency, net, tax, gross, body, credits, by_id, by_name) "
                "VALUES (?, ?, ?, ?, ?, ?, '2026-01-01T00:00:00+00:00', '2026-01-01', ?, 'EUR', "
                "?, 0, ?, '{}', ?, '', '')",
                (f"i{number}", kind, f"{number}", kind, number, key, due, gross, gross, taken_back),
            )


def labour(net, *, tax=0, service="", technician=""):
    return ("labour", net, tax, 1000, None, service, technician)


def part(net, *, cost=None, milli=1000, tax=0):
    return ("part", net, tax, milli, cost, "", "")


def keep_shop(store):
    """Keep a car, its owner, two bays, two technicians and a service."""
    with store._desk.write() as connection:
        run = connection.exec_driver_sql
        run(
            "INSERT INTO vehicle (id, name, name_key, make, model, plate, created, used) VALUES "
            "('v1', 'Blue Civic', 'blue civic', 'Honda', 'Civic', 'AB12 CDE', "
            "'2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00')"
        )
        run(
            "INSERT INTO customer (id, number, name, name_key, created) VALUES "
            "('c1', 1, 'Jane Roe', 'jane roe', '2026-01-01T00:00:00+00:00')"
        )
        for place, (key, kind, name) in enumerate(
            (
                ("b1", "bay", "Dyno bay"),
                ("b2", "bay", "Lift"),
                ("t1", "technician", "Tom"),
                ("t2", "technician", "Eve"),
            )
        ):
            run(
                "INSERT INTO resource (id, kind, name, place) VALUES (?, ?, ?, ?)",
                (key, kind, name, place),
            )
        run(
            "INSERT INTO service (id, code, code_key, name, minutes, price, currency) VALUES "
            "('s1', 'DYN', 'dyn', 'Dyno run', 60, 12000, 'EUR')"
        )
