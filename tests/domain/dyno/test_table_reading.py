"""Text tables of other programs: how they are written, and what is no table."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cartech_desk.domain.dyno import table_text
from cartech_desk.domain.dyno.table_proposal import propose_mapping
from cartech_desk.domain.dyno.table_run import run_of_table
from cartech_desk.domain.dyno.table_text import FileRefused, read_table
from cartech_desk.domain.dyno.tables import MappingRefused
from tests.domain.dyno.exports import mustang, superflow, winpep

PLAIN = "Time,Speed,RPM\n0,50,2000\n0.1,51.5,2060\n0.2,53,2120\n"


def read(text, encoding="utf-8"):
    return read_table(text.encode(encoding))


def test_a_plain_table_is_read_with_its_names():
    table = read(PLAIN)
    assert table.names == ("Time", "Speed", "RPM")
    assert table.cells.tolist() == [[0, 0.1, 0.2], [50, 51.5, 53], [2000, 2060, 2120]]
    assert (table.delimiter, table.decimal, table.warnings) == (",", ".", ())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_read_in_the_encodings_of_windows(encoding):
    table = read(PLAIN.replace("Speed", "Speed °"), encoding)
    assert table.names[1] == "Speed °"
    assert table.rows == 3


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way(newline):
    assert read(PLAIN.replace("\n", newline)).rows == 3


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_columns_are_separated_by_any_usual_sign(delimiter):
    table = read(PLAIN.replace(",", delimiter))
    assert table.delimiter == delimiter
    assert table.cells[1].tolist() == [50, 51.5, 53]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_decimal_comma_is_understood(delimiter):
    table = read(PLAIN.replace(",", delimiter).replace(".", ","))
    assert table.decimal == ","
    assert table.cells[1].tolist() == [50, 51.5, 53]


def test_decimal_commas_between_commas_are_refused():
    broken = "Time,Speed\n" + "".join(f"0,{n},5{n},5\n" for n in range(10, 30))
    with pytest.raises(FileRefused, match="decimal comma"):
        read(broken)


def test_quoted_numbers_with_a_decimal_comma_are_read():
    text = "Time,Speed\n" + "".join(f'"0,{n}","5{n},5"\n' for n in range(10, 14))
    assert read(text).cells[1].tolist() == [510.5, 511.5, 512.5, 513.5]


def test_a_row_of_units_is_told_from_numbers():
    table = read("Time,Speed,RPM\ns,mph,1/min\n0,50,2000\n0.1,51,2040\n")
    assert table.names == ("Time", "Speed", "RPM")
    assert table.units == ("s", "mph", "1/min")
    assert table.rows == 2


def test_words_above_the_header_are_kept_as_words():
    table = read("Mustang Dyno\nCustomer: Ada, Blue Golf\n\n" + PLAIN)
    assert table.names == ("Time", "Speed", "RPM")
    assert table.before == ("Mustang Dyno", "Customer: Ada, Blue Golf")


def test_an_empty_last_column_is_the_end_of_the_lines():
    table = read(PLAIN.replace("\n", ",\n"))
    assert table.names == ("Time", "Speed", "RPM")
    assert table.warnings == ()


def test_a_blank_cell_is_no_sample_and_a_word_is_one_without_a_value():
    table = read("Time,Speed,RPM\n0,50,2000\n0.1,,2040\n0.2,NaN,2080\n0.3,inf,\n0.4,9e999,2160\n")
    assert table.blank[1].tolist() == [False, True, False, False, False]
    assert np.isnan(table.cells[1]).tolist() == [False, True, True, True, True]


@pytest.mark.parametrize("cell", ["1_000", "٣", "0x10", "1e", "--5", "1,5,2", "5 0"])
def test_what_only_python_takes_for_a_number_is_none(cell):
    table = read(PLAIN + f'0.3,"{cell}",2200\n0.4,55,2240\n0.5,56,2280\n')
    assert np.isnan(table.cells[1][3])


def test_short_rows_lack_samples_and_say_so():
    table = read("Time,A,B,C\n0,1,2,3\n0.1,1\n0.2,1,2,3\n0.3,1,2,3\n")
    assert table.blank[:, 1].tolist() == [False, False, True, True]
    assert any("shorter" in warning for warning in table.warnings)


def test_a_last_row_that_is_cut_off_is_left_out():
    whole = winpep().decode()
    table = read(whole[: whole.rindex("\n", 0, -1) + 40])
    assert any("cut off" in warning for warning in table.warnings)
    assert table.rows == read(whole).rows - 1


def test_a_time_of_day_becomes_seconds():
    table = read("Time,Speed\n0:01:00.5,50\n0:01:01.0,51\n0:01:01.5,52\n")
    assert table.cells[0].tolist() == [60.5, 61.0, 61.5]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"PK\x03\x04\0\0\0", "no text"),
        (b"just one line of words", "No table"),
        (b"Time,Speed\n", "No table"),
        (b"Time,Speed\na,b\nc,d\n", "No table"),
        (b"\xff\xfeT\0i\0m", "damaged"),
        (b'Time,Speed\n0,1\n0.1,2\n0.2,"3\n' + b"0.3,4\n" * 5000, "quotation"),
        (b"," * 400 + b"\n" + (b"1," * 400 + b"\n") * 3, "too large"),
    ],
)
def test_what_is_no_table_is_refused_with_a_way_out(content, said):
    with pytest.raises(FileRefused, match=said) as refused:
        read_table(content)
    assert refused.value.to_do
    assert refused.value.kept == "Nothing was imported."


def test_a_huge_file_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(table_text, "MOST_BYTES", 10)
    with pytest.raises(FileRefused, match="larger"):
        read(PLAIN)


def test_a_file_without_a_header_is_read_by_numbers_of_columns():
    table = read("0,50,2000\n0.1,51,2040\n0.2,52,2080\n")
    assert (table.names, table.has_header) == (("Column 1", "Column 2", "Column 3"), False)


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=600))
@example(b"\xef\xbb\xbf,,\n1,2,3\n")
@example(b'a;b\n1;2\n;\n"')
@example(b"Time,Speed,RPM\n0,1e308,1\n1,1e308,1\n2,-1e308,1\n")
def test_any_bytes_are_read_or_refused(content):
    examine(content)


DAMAGES = (
    st.sampled_from([winpep(), mustang(), superflow()]),
    st.lists(
        st.tuples(
            st.floats(0, 1), st.sampled_from(["flip", "drop", "double"]), st.integers(1, 255)
        ),
        min_size=1,
        max_size=12,
    ),
)


@settings(max_examples=80, deadline=None)
@given(*DAMAGES)
def test_a_damaged_export_is_read_or_refused(content, damages):
    examine(damaged(content, damages))


@pytest.mark.long
@pytest.mark.timeout(600)
@settings(max_examples=4_000, deadline=None)
@given(*DAMAGES)
def test_thousands_of_damaged_exports_are_read_or_refused(content, damages):
    examine(damaged(content, damages))


def damaged(content, damages):
    found = bytearray(content[:6000])
    for place, kind, by in damages:
        at = int(place * (len(found) - 1))
        if kind == "flip":
            found[at] ^= by
        elif kind == "drop":
            del found[at : at + by]
        else:
            found[at:at] = found[at : at + by]
    return bytes(found)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(
            st.one_of(
                st.floats().map(str),
                st.sampled_from(["", "-", "N/A", "1,5", "12:30:01", "text", "1e400"]),
            ),
            max_size=6,
        ),
        max_size=30,
    ),
    st.sampled_from([",", ";", "\t"]),
)
def test_any_table_of_cells_is_read_or_refused(rows, delimiter):
    lines = ["Time,Speed,RPM,Power,Torque".replace(",", delimiter)]
    lines += [delimiter.join(row) for row in rows]
    examine("\n".join(lines).encode())


def examine(content):
    """Read, propose and make a run; only sentences may come out of it, and finite numbers."""
    try:
        table = read_table(content)
    except FileRefused:
        return
    assert table.cells.shape == table.blank.shape == (len(table.names), table.rows)
    assert not np.isinf(table.cells).any()
    proposal = propose_mapping(table)
    try:
        run = run_of_table(table, proposal.mapping)
    except MappingRefused:
        return
    for track in run.tracks.values():
        assert (np.diff(track.t_ns) >= 0).all()
        assert (np.isfinite(track.values) == (track.quality == 0)).all()
