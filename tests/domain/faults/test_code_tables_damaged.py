"""A damaged table of generic codes is never half read: file and line are named."""

import pytest

from cartech_desk.domain.faults.advice import advice_rows
from cartech_desk.domain.faults.code_files import CodeTablesDamaged
from cartech_desk.domain.faults.dangers import dangers
from cartech_desk.domain.faults.failure_types import failure_types
from cartech_desk.domain.faults.generic import generic_table
from cartech_desk.domain.faults.notes import notes
from cartech_desk.domain.faults.severity import severity_rules

TABLES = {
    "components_P0.csv": "component,name,system,kind\nwastegate,wastegate,Boost,solenoid\n",
    "circuits.csv": (
        "what,text,group\nlow,signal too low,low\nhigh,signal too high,high\n@two,low high,\n"
    ),
    "rows_P0.csv": '# on top\ncode,component,where,what,text\nP0245,wastegate,"A, bank 1",@two,\n',
    "severity.csv": "codes,component,what,system,severity,reason\n,,,Boost,warning,So it is.\n",
    "advice.csv": "for,group,causes,checks\n*,low,Wire of the {part},Look\n",
    "dangers.csv": "danger,systems,components,codes,checks\nhot,Boost,,,Wait\n",
    "notes.csv": "code,note\nP0245,A note.\n",
    "failure_types.csv": "byte,text\n11,short to ground\n",
}
READERS = {
    "components": generic_table,
    "circuits": generic_table,
    "rows": generic_table,
    "severity": severity_rules,
    "advice": advice_rows,
    "dangers": dangers,
    "notes": notes,
    "failure_types": failure_types,
}


@pytest.fixture
def folder(tmp_path):
    for name, text in TABLES.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def test_a_row_of_whats_takes_one_code_after_the_other(folder):
    table = generic_table(folder)
    assert table["P0245"].description == "Wastegate A, bank 1: signal too low"
    assert table["P0246"].description == "Wastegate A, bank 1: signal too high"


@pytest.mark.parametrize(
    ("name", "added", "said"),
    [
        ("components_P0.csv", "wastegate,other,Boost,solenoid\n", "line 3"),
        ("components_P0.csv", "egr,EGR valve,,solenoid\n", "line 3"),
        ("circuits.csv", "low,again,low\n", "line 5"),
        ("rows_P0.csv", "P0300,piston,,low,\n", "line 4"),
        ("rows_P0.csv", "P0300,wastegate,,melted,\n", "melted"),
        ("rows_P0.csv", "P0246,wastegate,B,low,\n", "P0246"),
        ("rows_P0.csv", "P1234,wastegate,,low,\n", "P1234"),
        ("rows_P0.csv", "P0FFF,wastegate,,low high,\n", "P1000"),
        ("rows_P0.csv", "P03,wastegate,,low,\n", "line 4"),
        ("rows_P0.csv", "P0300,wastegate,,low high,Both at once\n", "line 4"),
        ("rows_P0.csv", "P0300,wastegate,,\n", "line 4"),
        ("severity.csv", ",,,Boost,awful,So it is.\n", "awful"),
        ("severity.csv", ",,,Boost,warning,\n", "line 3"),
        ("severity.csv", "P03,,,,warning,So it is.\n", "line 3"),
        ("advice.csv", "*,low,Again,\n", "line 3"),
        ("advice.csv", "kind:pump,,,\n", "line 3"),
        ("dangers.csv", "cold,,,,Wait\n", "line 3"),
        ("dangers.csv", "cold,Boost,,,\n", "line 3"),
        ("notes.csv", "P0245,Again.\n", "line 3"),
        ("notes.csv", "P0246,\n", "line 3"),
        ("failure_types.csv", "11,again\n", "line 3"),
        ("failure_types.csv", "1FF,too long\n", "line 3"),
        ("failure_types.csv", "XY,no byte\n", "XY"),
    ],
)
def test_a_wrong_line_is_named(folder, name, added, said):
    with (folder / name).open("a") as file:
        file.write(added)
    kind = name.removesuffix(".csv").removesuffix("_P0")
    with pytest.raises(CodeTablesDamaged) as damaged:
        READERS[kind](folder)
    assert name in damaged.value.happened
    assert said in damaged.value.happened


@pytest.mark.parametrize("name", TABLES)
def test_other_columns_are_named(folder, name):
    path = folder / name
    path.write_text(path.read_text("utf-8").replace(",", ",other_", 1), "utf-8")
    kind = name.removesuffix(".csv").removesuffix("_P0")
    with pytest.raises(CodeTablesDamaged, match="the columns are"):
        READERS[kind](folder)
