"""What columns of other programs are taken for, and what is not taken without a person."""

from dataclasses import replace

import numpy as np
import pytest

from cartech_desk.domain.dyno.analysis import analyse
from cartech_desk.domain.dyno.roles import Role, Tier
from cartech_desk.domain.dyno.run import Basis, RawRun, RunSetup, View
from cartech_desk.domain.dyno.table_proposal import propose_mapping, remembered
from cartech_desk.domain.dyno.table_run import run_of_table, unsure
from cartech_desk.domain.dyno.table_text import read_table
from cartech_desk.domain.dyno.table_words import taken_apart, unit_of
from cartech_desk.domain.dyno.tables import (
    MappingRefused,
    fingerprint,
    mapping_document,
    mapping_from,
)
from tests.domain.dyno.exports import MASS_KG, mustang, pull, superflow, text_of, winpep
from tests.domain.dyno.runs import REAL_RUN

HP = 0.7456998715822702


def proposed(content):
    table = read_table(content if isinstance(content, bytes) else content.encode())
    return table, propose_mapping(table)


def roles(proposal):
    return {
        one.role: (proposal.columns[one.index].name, one.unit, one.factor)
        for one in proposal.mapping.columns
        if one.role is not None
    }


def result(content, basis=None, **setup):
    table, proposal = proposed(content)
    assert unsure(proposal) == ()
    found = run_of_table(table, proposal.mapping)
    raw = RawRun("r", "Run", found.tracks, 0, found.last_ns, None, Tier.IMPORTED)
    return analyse(raw, RunSetup(roles=found.roles, basis=basis, **setup), View("none", 3))


def peak_hp(found):
    return found.peak_power.value / HP


def test_winpep_is_known_by_its_columns():
    _, proposal = proposed(winpep())
    assert proposal.program == "Dynojet WinPEP 8"
    assert unsure(proposal) == ()
    assert roles(proposal) == {
        Role.HUMIDITY: ("(DWRT ATMO) Humidity", "percent", 1.0),
        Role.PRESSURE: ("(DWRT ATMO) Pressure", "inHg", 1.0),
        Role.TEMPERATURE: ("(DWRT ATMO) Temperature 1", "degF", 1.0),
        Role.ACCELERATION: ("(DWRT CPU) Acceleration", "m/s2", 0.44704),
        Role.DEVICE_FACTOR: ("(DWRT CPU) Correction Factor", "ratio", 1.0),
        Role.RPM: ("(DWRT CPU) Engine RPM", "rpm", 1000.0),
        Role.FORCE: ("(DWRT CPU) Force", "lbf", 1.0),
        Role.CORRECTED_POWER: ("(DWRT CPU) Power", "hp", 1.0),
        Role.POWER: ("(DWRT CPU) Power (uncorrected)", "hp", 1.0),
        Role.SPEED: ("(DWRT CPU) Speed", "mph", 1.0),
        Role.CORRECTED_TORQUE: ("(DWRT CPU) Torque", "lbft", 1.0),
        Role.TORQUE: ("(DWRT CPU) Torque (uncorrected)", "lbft", 1.0),
    }


def test_the_uncorrected_power_of_winpep_is_what_counts():
    run = pull()
    assert peak_hp(result(winpep(run, factor=1.2))) == pytest.approx(run.kw.max() / HP, rel=0.01)


def test_mustang_and_superflow_are_read_by_their_words_and_units():
    run = pull()
    for content, program in ((mustang(run), "Mustang"), (superflow(run), "SuperFlow")):
        _, proposal = proposed(content)
        assert program in proposal.program
        assert {Role.SPEED, Role.RPM, Role.POWER, Role.TORQUE} <= set(roles(proposal))
        assert peak_hp(result(content)) == pytest.approx(run.kw.max() / HP, rel=0.01)


def test_what_superflow_corrected_itself_is_not_taken_for_measured():
    _, proposal = proposed(superflow())
    assert roles(proposal)[Role.CORRECTED_POWER][0] == "STPPwr"
    assert roles(proposal)[Role.POWER][0] == "ObsPwr"


def test_a_plain_power_may_be_corrected_and_is_asked_about():
    run = pull()
    text = text_of(
        {"Time [s]": run.t, "Speed [km/h]": run.kmh, "RPM": run.rpm, "Power [kW]": run.kw}
    )
    _, proposal = proposed(text)
    assert any("corrected for the weather" in why for why in unsure(proposal))


def test_a_power_that_is_force_times_speed_is_uncorrected():
    run = pull()
    text = text_of(
        {
            "Time [s]": run.t,
            "Speed [km/h]": run.kmh,
            "Force [N]": run.force,
            "RPM": run.rpm,
            "Power [kW]": run.kw,
        }
    )
    _, proposal = proposed(text)
    assert unsure(proposal) == ()


@pytest.mark.parametrize("factor", [0.975, 0.99, 1.005, 1.015, 1.025, 1.03])
def test_a_power_that_was_corrected_at_the_sea_is_not_taken_for_uncorrected(factor):
    run = pull()
    columns = {
        "Time [s]": run.t,
        "Speed [km/h]": run.kmh,
        "Force [N]": run.force,
        "RPM": run.rpm,
        "Power [kW]": run.kw * factor,
        "Torque [Nm]": run.nm * factor,
    }
    _, proposal = proposed(text_of(columns))
    assert sum("corrected for the weather" in why for why in unsure(proposal)) == 2


def test_the_power_of_the_wheels_goes_before_that_of_the_engine():
    run = pull()
    columns = {
        "Time [s]": run.t,
        "Speed [km/h]": run.kmh,
        "RPM": run.rpm,
        "Engine Power measured [kW]": run.kw * 1.15,
        "Wheel Power measured [kW]": run.kw,
    }
    _, proposal = proposed(text_of(columns))
    assert roles(proposal)[Role.POWER][0] == "Wheel Power measured [kW]"
    del columns["Wheel Power measured [kW]"]
    _, proposal = proposed(text_of(columns))
    assert any("said of the engine" in why for why in unsure(proposal))


@pytest.mark.parametrize("name", ["Boost [psia]", "Manifold Boost (psia)"])
def test_a_pressure_that_counts_from_nothing_is_no_boost(name):
    run = pull()
    columns = {
        "Time [s]": run.t,
        "Speed [km/h]": run.kmh,
        "RPM": run.rpm,
        name: np.full(len(run.t), 28.0),
    }
    _, proposal = proposed(text_of(columns))
    assert Role.BOOST not in roles(proposal)
    assert roles(proposal)[Role.MANIFOLD][1] == "psi"


def test_units_that_are_not_written_are_proven_by_the_other_columns():
    run = pull()
    metric = {"Time": run.t, "Speed": run.kmh, "Force": run.force, "RPM": run.rpm, "Power": run.kw}
    _, proposal = proposed(text_of(metric))
    assert unsure(proposal) == ()
    assert [roles(proposal)[one][1] for one in (Role.SPEED, Role.FORCE, Role.POWER)] == [
        "km/h",
        "N",
        "kW",
    ]


def test_a_unit_that_nothing_proves_is_asked_about():
    run = pull()
    _, proposal = proposed(text_of({"Time": run.t, "Speed": run.kmh, "RPM": run.rpm}))
    assert any("“Speed”: Its unit is not written" in why for why in unsure(proposal))


def test_thousands_of_rpm_are_told_by_their_numbers_and_asked_about():
    run = pull()
    text = text_of({"Time": run.t, "Speed [mph]": run.kmh / 1.609344, "RPM": run.rpm / 1000})
    _, proposal = proposed(text)
    assert roles(proposal)[Role.RPM][2] == 1000.0
    assert any("too low for rpm" in why for why in unsure(proposal))


def test_thousands_of_rpm_that_fit_power_and_torque_are_sure():
    run = pull()
    text = text_of(
        {
            "Time": run.t,
            "RPM": run.rpm / 1000,
            "Observed power [kW]": run.kw,
            "Observed torque [Nm]": run.nm,
            "Speed [km/h]": run.kmh,
        }
    )
    assert unsure(proposed(text)[1]) == ()


@pytest.mark.parametrize(
    ("name", "values", "unit"),
    [
        ("Time", np.arange(0, 10, 0.05), "s"),
        ("Time [ms]", np.arange(0, 10_000, 50.0), "ms"),
        ("Time", np.arange(0, 10_000, 50.0), "ms"),
        ("Time (sec)", np.arange(0, 200, 1.0), "s"),
        ("Elapsed time s", np.arange(0, 10, 0.05), "s"),
        ("Time", np.arange(0, 200, 1.0), ""),
    ],
)
def test_the_unit_of_time_is_read_told_or_asked(name, values, unit):
    count = len(values)
    text = text_of({name: values, "Speed [km/h]": np.linspace(50, 150, count)})
    _, proposal = proposed(text)
    assert proposal.mapping.time_unit == unit
    assert bool(unsure(proposal)) is (unit == "")


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        (98.4, "kPa"),
        (984.0, "hPa"),
        (29.1, "inHg"),
        (390.0, "mmHg"),
        (738.0, None),
        (14.2, "psi"),
        (300.0, None),
    ],
)
def test_station_pressure_is_told_by_what_air_can_have(written, unit):
    run = pull()
    text = text_of(
        {
            "Time": run.t,
            "Speed [mph]": run.kmh,
            "Barometer": np.full(len(run.t), written),
        }
    )
    _, proposal = proposed(text)
    assert bool(unsure(proposal)) is (unit is None)
    assert unit is None or roles(proposal)[Role.PRESSURE][1] == unit


@pytest.mark.parametrize(
    ("word", "unit", "factor"),
    [
        ("MPH", "mph", 1.0),
        ("km/h", "km/h", 1.0),
        ("kph", "km/h", 1.0),
        ("ft-lbs", "lbft", 1.0),
        ("lb·ft", "lbft", 1.0),
        ("N-m", "Nm", 1.0),
        ("[°F]", "degF", 1.0),
        ("in-Hg", "inHg", 1.0),
        ("1/min", "rpm", 1.0),
        ("rpm x 1000", "rpm", 1000.0),
        ("mph/s", "m/s2", 0.44704),
        ("m/s²", "m/s2", 1.0),
        ("BHP", "hp", 1.0),
        ("PS", "PS", 1.0),
    ],
)
def test_units_are_known_in_the_ways_in_which_people_write_them(word, unit, factor):
    found = unit_of(word)
    assert (found.unit, found.factor) == (unit, factor)


def test_a_name_is_taken_apart():
    named = taken_apart("(DWRT CPU) Power (uncorrected)")
    assert (named.device, named.words, named.unit) == ("DWRT CPU", "power uncorrected", None)
    assert taken_apart("Roller Speed [km/h]").words == "roller speed"


def test_a_remembered_mapping_serves_the_same_columns_only():
    table, proposal = proposed(winpep())
    document = mapping_document(proposal.mapping, table.names)
    again = mapping_from(document, table.names)
    assert remembered(proposal, again).mapping == proposal.mapping
    assert fingerprint(table) == fingerprint(read_table(winpep(pull(seconds=6))))
    assert fingerprint(table) != fingerprint(read_table(mustang()))


def test_a_mapping_finds_its_columns_by_name_in_another_order():
    run = pull()
    one = {"Time": run.t, "Speed [mph]": run.kmh, "RPM": run.rpm}
    table, proposal = proposed(text_of(one))
    document = mapping_document(proposal.mapping, table.names)
    other = read_table(
        text_of({name: one[name] for name in ("RPM", "Time", "Speed [mph]")}).encode()
    )
    found = mapping_from(document, other.names)
    assert found.time == 1
    assert {m.role: m.index for m in found.columns} == {Role.SPEED: 2, Role.RPM: 0}
    with pytest.raises(MappingRefused, match="no column “Speed"):
        mapping_from(document, ("Time", "RPM", "Velocity"))


# What cannot be


def told(content, **changes):
    """Make a run of a file with some meanings changed by role: (unit, factor) or None for out."""
    table, proposal = proposed(content)
    columns = tuple(
        one
        if one.role is None or one.role.value not in changes
        else replace(one, unit=changes[one.role.value][0], factor=changes[one.role.value][1])
        for one in proposal.mapping.columns
        if one.role is None or changes.get(one.role.value, ...) is not None
    )
    mapping = replace(proposal.mapping, columns=columns)
    if "time" in changes:
        mapping = replace(mapping, time_unit=changes["time"])
    return run_of_table(table, mapping)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rpm": ("rpm", 1.0)}, "thousands of rpm"),
        ({"speed": ("km/h", 1.0)}, "mph and km/h"),
        ({"power": ("kW", 1.0)}, "hp and kW"),
        ({"torque": ("Nm", 1.0)}, "lb·ft and N·m"),
        ({"acceleration": ("m/s2", 1.0)}, "mph/s and m/s²"),
        ({"speed": ("degC", 1.0)}, "measures temperature, not speed"),
        ({"speed": ("parsec", 1.0)}, "no unit that the desk knows"),
        ({"speed": ("mph", -1.0)}, "above 0"),
        ({"speed": ("mph", float("nan"))}, "above 0"),
        ({"time": "ms"}, "would last"),
        ({"time": "h"}, "would last"),
        ({"time": "kg"}, "no unit of time"),
        ({"time": ""}, "no unit of time"),
    ],
)
def test_a_wrong_unit_is_refused_by_what_it_would_mean(changes, said):
    with pytest.raises(MappingRefused, match=said) as refused:
        told(winpep(), **changes)
    assert refused.value.kept == "Nothing was imported."


def test_rpm_in_thousands_are_refused_even_where_nothing_else_tells():
    run = pull()
    text = text_of({"Time": run.t, "Speed [km/h]": run.kmh, "RPM": run.rpm / 1000})
    with pytest.raises(MappingRefused, match="krpm"):
        told(text, rpm=("rpm", 1.0))
    assert told(text, rpm=("rpm", 1000.0)).roles[Role.RPM] == "dyno_rpm"


def test_two_columns_for_one_role_are_refused():
    table, proposal = proposed(winpep())
    speed = next(m for m in proposal.mapping.columns if m.role is Role.SPEED)
    double = tuple(
        replace(m, role=Role.SPEED, unit="mph") if m.index == speed.index + 1 else m
        for m in proposal.mapping.columns
        if m.role is not Role.CORRECTED_TORQUE
    )
    with pytest.raises(MappingRefused, match="Both"):
        run_of_table(table, replace(proposal.mapping, columns=double))


def test_columns_that_the_file_has_not_are_refused():
    table, proposal = proposed(winpep())
    for broken in (
        replace(proposal.mapping, time=99),
        replace(proposal.mapping, columns=(replace(proposal.mapping.columns[0], index=77),)),
        replace(proposal.mapping, columns=()),
    ):
        with pytest.raises(MappingRefused):
            run_of_table(table, broken)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"Time": np.arange(20) / 10, "Speed [mph]": np.zeros(20)}, "nothing moved"),
        ({"Time": np.arange(20) / 10, "Gear": np.ones(20)}, "No column is said"),
        ({"Time": np.arange(3) / 10, "Speed [mph]": np.arange(3) + 50.0}, "3 rows"),
        (
            {
                "Time": np.r_[np.arange(20) / 10, np.arange(20) / 10],
                "Speed [mph]": np.arange(40) + 50.0,
            },
            "goes back in row 21",
        ),
        (
            {"Time": np.arange(20) / 10, "Humidity": np.full(20, 40.0)},
            "No speed was chosen",
        ),
    ],
)
def test_a_file_without_a_run_is_refused(columns, said):
    with pytest.raises(MappingRefused, match=said):
        told(text_of(columns))


def test_blank_cells_are_no_samples_of_the_run():
    table, proposal = proposed(winpep())
    run = run_of_table(table, proposal.mapping)
    rpm, force = (run.tracks[run.roles[role]] for role in (Role.RPM, Role.FORCE))
    assert len(force.t_ns) - len(rpm.t_ns) == 3
    assert rpm.t_ns[0] == 150_000_000


def test_absurd_weather_is_kept_raw():
    run = pull()
    run.kpa[:] = 12.0
    run.c[:] = 300.0
    table, proposal = proposed(winpep(run))
    found = run_of_table(table, proposal.mapping)
    assert found.tracks[found.roles[Role.PRESSURE]].values[0] == pytest.approx(12.0, abs=0.01)


def test_mass_and_losses_are_found_where_only_speed_is_taken():
    run = pull()
    found = result(winpep(run), Basis.SPEED)
    mark = next(one for one in found.quality if one.key == "mass_found")
    assert f"{MASS_KG:.0f} kg" in mark.why
    assert peak_hp(found) == pytest.approx(run.kw.max() / HP, rel=0.015)


@pytest.mark.skipif(not REAL_RUN.is_file(), reason=f"{REAL_RUN.name} is not here")
def test_a_real_file_of_winpep_is_taken_without_a_question():
    _, proposal = proposed(REAL_RUN.read_bytes())
    assert unsure(proposal) == ()
    assert roles(proposal)[Role.RPM][2] == 1000.0
    assert roles(proposal)[Role.POWER][0] == "(DWRT CPU) Power (uncorrected)"
