"""What search finds in a file of format 1.3: its vehicles and runs, by what was known of them."""

from typing import TYPE_CHECKING

from cartech_desk.store.finding import Entry, keep_entries

if TYPE_CHECKING:
    from sqlalchemy import Connection


def fill(connection: "Connection") -> None:
    """Let search find what the file holds; the last used comes last."""
    vehicles = connection.exec_driver_sql(
        "SELECT id, name, coalesce(vin, ''), used FROM vehicle WHERE deleted IS NULL "
        "ORDER BY used, id"
    ).fetchall()
    keep_entries(
        connection,
        (Entry("vehicle", key, name, "", vin, used) for key, name, vin, used in vehicles),
    )
    runs = connection.exec_driver_sql(
        "SELECT dyno_run.id, dyno_run.name, coalesce(vehicle.name, vehicle_name), "
        "substr(dyno_run.started, 1, 10), operator_name, dyno_run.started FROM dyno_run "
        "JOIN dyno_session ON dyno_session.id = dyno_run.session "
        "LEFT JOIN vehicle ON vehicle.id = dyno_session.vehicle_id "
        "WHERE dyno_run.deleted IS NULL ORDER BY dyno_run.started, dyno_run.id"
    ).fetchall()
    keep_entries(
        connection,
        (
            Entry("run", key, name, f"{vehicle} · {day} · {operator}", "", started)
            for key, name, vehicle, day, operator, started in runs
        ),
    )
