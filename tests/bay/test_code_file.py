"""A maker's table in a file: taken whole, or refused with file, line and column."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartech_desk.bay import code_file
from cartech_desk.bay.code_file import CodeTableRefused, read_code_table
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.faults.meaning import MakerCode, Severity

CSV = """code,description,maker,severity,system,causes,checks
P1410,Tumble valve open,Subaru,warning,Air intake,Stuck flap | Worn motor,Move the flap

p1411,"Tumble valve, closed",Subaru,,,,
"""
YAML = """
maker: Subaru
codes:
  - code: P1410
    description: Tumble valve open
    severity: warning
    system: Air intake
    causes: [Stuck flap, Worn motor]
    checks: Move the flap
  - {code: p1411, description: "Tumble valve, closed"}
"""
ROWS = [
    MakerCode(
        "Subaru",
        "P1410",
        "Tumble valve open",
        Severity.WARNING,
        "Air intake",
        ("Stuck flap", "Worn motor"),
        ("Move the flap",),
    ),
    MakerCode("Subaru", "P1411", "Tumble valve, closed"),
]


@pytest.fixture
def read(tmp_path):
    def act(content, name="sub.csv", maker=""):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return [row.code for row in read_code_table(path, maker)]

    return act


@pytest.fixture
def refusal(read):
    def act(content, name="sub.csv", maker="Subaru"):
        with pytest.raises(CodeTableRefused) as refused:
            read(content, name, maker)
        assert refused.value.happened.startswith(name)
        assert refused.value.kept == "Nothing was imported."
        assert refused.value.to_do
        return refused.value.happened

    return act


def test_a_csv_is_read_whole(read):
    assert read(CSV) == ROWS


def test_a_yaml_says_the_same(read):
    assert read(YAML, "sub.yaml") == ROWS


def test_a_csv_of_a_spreadsheet_may_have_other_separators_ends_and_a_mark_of_utf_8(read):
    text = "Description;Code\r\nKlappe öffnet nicht, stündlich;P1410\r\n"
    assert read(b"\xef\xbb\xbf" + text.encode(), maker="BMW") == [
        MakerCode("BMW", "P1410", "Klappe öffnet nicht, stündlich")
    ]


def test_the_shortest_yaml_names_code_and_text(read):
    assert read("maker: VW\ncodes:\n  P1410: no\n  P1411: 12\n", "vw.yml") == [
        MakerCode("VW", "P1410", "no"),
        MakerCode("VW", "P1411", "12"),
    ]


def test_a_row_keeps_its_own_maker_beside_the_one_named(read):
    makers = [row.maker for row in read("code,description,maker\nP1,x,\n".replace("P1,", "P1410,")
        + "P1411,y,Mazda\n", maker="Ford")]  # fmt: skip
    assert makers == ["Ford", "Mazda"]


def test_a_maker_is_spelled_as_in_its_first_row(read):
    rows = read("code,description,maker\nP1410,x,Ford\nP1411,y,FORD\n")
    assert {row.maker for row in rows} == {"Ford"}


@pytest.mark.parametrize(
    ("content", "place", "why"),
    [
        ("code,descr\nP1410,x\n", "line 1, column 2", "no column “descr”"),
        ("code\nP1410\n", "line 1, column 1", "“description” is missing"),
        ("code,description,code\nP1410,x,P1\n", "line 1, column 3", "twice"),
        ("code,description\nP1410\n", "line 2, column 2", "1 columns"),
        ("code,description\nP1410,x,y\n", "line 2, column 3", "3 columns"),
        ("code,description\nP1410,x\n\nP14,y\n", "line 4, column 1", "no trouble code"),
        ("code,description\nP1410-11,x\n", "line 2, column 1", "failure type"),
        ("code,description\nP1410, \n", "line 2, column 2", "description is missing"),
        ("code,description\n,x\n", "line 2, column 1", "code is missing"),
        ("code,description\nP1410,x\nP1411,y\np1410,z\n", "line 4, column 1", "line 2 already"),
        ("code,description,severity\nP1410,x,awful\n", "line 2, column 3", "no severity"),
        ("code,description\nP1410,x\x07y\n", "line 2, column 2", "no text"),
        (f"code,description\nP1410,{'x' * 301}\n", "line 2, column 2", "too long"),
        (f"code,description,causes\nP1410,x,{'a|' * 11}\n", "line 2, column 3", "too many"),
        ('code,description\nP1410,"two\nlines"\nP14,y\n', "line 2, column 2", "no text"),
        ('code,description\nP1410,"open\n', "line 2", "no CSV"),
        (b"code,description\nP1410,\xe4hnlich\n", "line 2, column 7", "byte E4"),
        (b"\xff\xfec\x00o\x00d\x00e\x00", "line 1, column 1", "byte FF"),
        ("code,description\n", "", "holds no codes"),
        ("", "", "holds no codes"),
    ],
)
def test_a_wrong_csv_is_refused_at_its_place(refusal, content, place, why):
    said = refusal(content)
    assert place in said
    assert why in said


@pytest.mark.parametrize(
    ("content", "place", "why"),
    [
        ("codes: [\n", "line 2", "no YAML"),
        ("- code: P1410\n", "line 1, column 3", "“description” is missing"),
        ("- {code: P1410, descr: x}\n", "line 1, column 17", "no column “descr”"),
        ("- {code: P1410, description: x, code: P1}\n", "column 33", "twice"),
        ("- {code: P1410, description: [x]}\n", "line 1, column 30", "no text"),
        ("- {code: P14, description: x}\n", "line 1, column 10", "no trouble code"),
        ("- P1410\n", "line 1, column 3", "no group of fields"),
        ("maker: Ford\n", "line 1, column 1", "“codes” is missing"),
        ("maker: Ford\nyear: 2011\ncodes: []\n", "line 2, column 1", "no field “year”"),
        ("codes: P1410\n", "line 1, column 8", "no list"),
        ("codes: {P1410: x, P1410: y}\n", "line 1, column 19", "twice"),
        ("codes: {P1410: x, p1410: y}\n", "line 1, column 19", "already"),
        ("- {code: P1410, description: !!int x}\n", "line 1, column 30", "a tag"),
        ("!!python/object:os.system\n- x\n", "line 1, column 1", "a tag"),
        ("a: &a [x]\ncodes: [*a]\n", "line 2, column 9", "reference"),
        ("codes: " + "[" * 9 + "]" * 9, "line 1", "too deeply"),
        ("- code: P1410\n  description: ~\n", "line 2, column 16", "description is missing"),
        ("", "", "holds no codes"),
        ("codes: []\n", "", "holds no codes"),
        ("- code: P1410\n  description: \x01\n", "", "no YAML"),
    ],
)
def test_a_wrong_yaml_is_refused_at_its_place(refusal, content, place, why):
    said = refusal(content, "sub.yaml")
    assert place in said
    assert why in said


def test_a_row_without_a_maker_is_refused(refusal):
    said = refusal("code,description\nP1410,x\n", maker="")
    assert "line 2, column 1" in said
    assert "of which maker" in said


def test_a_file_that_is_too_large_is_refused_unread(refusal, monkeypatch):
    monkeypatch.setattr(code_file, "LARGEST", 40)
    assert "larger" in refusal("code,description\n" + "P1410,x\n" * 9)


def test_a_table_of_too_many_codes_is_refused(refusal, monkeypatch):
    monkeypatch.setattr(code_file, "MOST", 2)
    assert "more than 2" in refusal("code,description\nP1410,x\nP1411,x\nP1412,x\n")


@pytest.mark.parametrize(
    "content",
    ["[{code: P1410}, {code: P1411}, {code: P1412}, !!int", "codes: [a, b, c, !!int"],
)
def test_too_many_codes_in_yaml_are_refused_before_anything_is_built(refusal, monkeypatch, content):
    monkeypatch.setattr(code_file, "MOST", 2)
    assert "more than 2" in refusal(content, "sub.yaml")


def test_too_many_names_in_a_group_are_refused_before_anything_is_built(refusal, monkeypatch):
    monkeypatch.setattr(code_file, "MOST", 2)
    names = ", ".join(f"P14{number:02}: x" for number in range(40))
    assert "more than 2" in refusal(f"codes: {{{names}, !!int", "sub.yaml")


def test_one_code_of_one_maker_in_two_spellings_is_a_double(refusal):
    said = refusal("code,description,maker\nP1410,x,Volkswagen\nP1410,y,VOLKSWAGEN AG\n")
    assert "line 3, column 1" in said
    assert "line 2 already" in said


def test_one_code_of_two_makers_is_no_double(read):
    rows = read("code,description,maker\nP1410,x,Ford\nP1410,y,Fordson\n")
    assert [row.maker for row in rows] == ["Ford", "Fordson"]


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_what_is_no_file_is_said_plainly(tmp_path, name):
    with pytest.raises(CodeTableRefused) as refused:
        read_code_table(tmp_path / name, "Ford")
    assert refused.value.to_do.startswith("Name")


@settings(max_examples=150)
@given(
    st.binary(max_size=80)
    | st.text("codesriptnP14 :,;|\"'[]{}-&*#\n\t", max_size=80).map(
        lambda text: f"code,description\nP1410,{text}".encode()
    )
    | st.text("codesriptnP14 :,;|\"'[]{}-&*#\n\t", max_size=80).map(
        lambda text: f"- code: P1410\n  description: {text}".encode()
    ),
    st.sampled_from(["a.csv", "a.yaml"]),
)
def test_any_bytes_are_refused_in_words_or_read_whole(tmp_path_factory, content, name):
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(content)
    kept = ""
    rows = ()
    try:
        rows = read_code_table(path, "Ford")
    except CarTechError as error:
        kept = error.kept
    assert bool(rows) != (kept == "Nothing was imported.")
