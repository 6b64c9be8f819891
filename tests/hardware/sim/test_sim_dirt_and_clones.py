"""Dirt and clones are as bad as asked, no worse, and the same for the same seed."""

import re
from dataclasses import fields

import pytest

from cartech_desk.hardware.errors import BadAdapterUrl
from cartech_desk.hardware.sim.options import (
    OPTIONS,
    CarOptions,
    DirtOptions,
    SimOptions,
    chips,
    dirt_mixtures,
    parse_options,
)

MS = 1_000_000


def answers(made, count: int = 40, request: str = "010D1") -> list[str]:
    return [made.ask(request) for _ in range(count)]


def test_the_same_seed_gives_the_same_dirt(connected):
    def run(seed):
        return answers(connected("ATSH7E0", "ATH1", dirt="heavy", seed=seed), 60)

    assert run("3") == run("3")
    assert run("3") != run("4")


def test_chunks_arrive_apart_and_lose_nothing(connected):
    made = connected("ATH1", "ATSH7E0", dirt="chunks:1")
    pieces = [made.server.feed(b"0902\r", made.now_ns)]
    while made.server.due_ns is not None:
        pieces.append(made.server.poll(made.server.due_ns))
    assert len(pieces) > 5
    assert b"".join(pieces).count(b"7E8") == 3
    assert b"".join(pieces).endswith(b"\r\r>")


def test_foreign_frames_come_between(connected):
    made = connected("ATH1", "ATSH7E0", dirt="foreign:1")
    assert all(re.search(r"^(3D9|1C4|7EC) ", heard, re.MULTILINE) for heard in
               ["\n".join(text.split("\r")) for text in answers(made, 5)])  # fmt: skip


def test_an_earlier_answer_comes_late(connected):
    made = connected("ATSH7E0", dirt="late:1")
    made.ask("010C1")
    assert made.ask("010D1").startswith("41 0C ")


def test_lines_come_twice(connected):
    made = connected("ATSH7E0", dirt="duplicates:1")
    assert made.ask("010D1") == "41 0D 00 \r41 0D 00 \r\r>"


def test_a_prompt_leaks(connected):
    made = connected("ATSH7E0", dirt="leaked_prompt:1")
    assert made.ask("010D1").count(">") == 2


def test_errors_take_the_place_of_answers(connected):
    made = connected("ATSH7E0", dirt="errors:1")
    assert all(re.search("ERROR|FULL", heard) for heard in answers(made, 20))


def test_ecus_interleave_and_keep_their_own_order(connected):
    made = connected("ATH1", "ATS0", dirt="interleave:1", seed="2")
    lines = [line for line in made.ask("090A").split("\r") if line.startswith("7E")]
    ids = [line[:3] for line in lines]
    assert ids != sorted(ids)
    for can_id in ("7E8", "7E9", "7EA"):
        assert [line[3:5] for line in lines if line[:3] == can_id] == ["10", "21", "22", "23"]


def test_garbage_is_never_another_hex_number(connected):
    made = connected("ATSH7E0", dirt="garbage:1")
    for heard in answers(made, 30):
        assert re.sub(r"[0-9A-F \r>]", "", heard) != ""


def test_lines_are_cut_short(connected):
    made = connected("ATSH7E0", "ATH1", dirt="truncated:1")
    assert all(len(heard) < len("7E8 03 41 0D 00 \r\r>") for heard in answers(made, 10))


def test_zero_bytes_slip_in(connected):
    assert "\0" in connected("ATSH7E0", dirt="nulls:1").ask("010D1")


def test_silence_ends_only_with_the_next_byte(connected):
    made = connected("ATSH7E0", dirt="silence:1")
    assert made.ask("010D1") == ""
    made.now_ns += 30_000 * MS
    assert made.server.poll(made.now_ns) == b""
    assert made.server.feed(b" ", made.now_ns) == b"STOPPED\r\r>"


def test_a_clone_refuses_what_it_lacks(bench):
    made = bench(chip="clone_v21")
    made.now_ns += 200 * MS
    for command in ("ATAL", "ATCAF0", "ATCFC0", "AT@1", "ATFCSM1", "ATAT2"):
        assert made.ask(command) == "?\r\r>", command
    assert made.ask_all("ATAT1", "ATCAF1", "ATI") == ["OK\r\r>", "OK\r\r>", "ELM327 v2.1\r\r>"]


def test_a_clone_is_deaf_for_a_while_after_echo_off(bench):
    made = bench(chip="clone_v21")
    assert made.server.feed(b"ATI\r", made.now_ns) == b""
    made.now_ns += 110 * MS
    assert made.ask("ATI") == "ELM327 v2.1\r\r>"


def test_a_clone_sends_a_stray_byte_after_reset(bench):
    made = bench(chip="clone_v21")
    made.now_ns += 200 * MS
    assert made.ask("ATZ").endswith("ELM327 v2.1\r\r>\xfc")


def test_a_clone_echoes_although_told_not_to(bench):
    made = bench(chip="clone_echo")
    assert made.ask("ATE0") == "ATE0\rOK\r\r>"
    assert made.ask("ATI") == "ATI\rELM327 v1.5\r\r>"


def test_a_clone_says_ok_to_headers_and_shows_none(connected):
    made = connected(chip="clone_headers")
    assert made.ask("ATH1") == "OK\r\r>"
    made.ask("ATSH7E0")
    assert made.ask("010D1") == "41 0D 00 \r\r>"


def test_a_clone_does_not_wait_for_a_pending_answer(connected):
    made = connected("ATSH7E0", chip="clone_echo", pending="1")
    assert "41 0D" not in made.ask("010D"), "adaptive timing was faster"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("colour", "red"),
        ("seed", "x"),
        ("seed", "-1"),
        ("latency_ms", "-5"),
        ("latency_ms", "nan"),
        ("latency_ms", "fast"),
        ("faults", "misfire,wings"),
        ("script", "rally"),
        ("chip", "elm999"),
        ("clone", ""),
        ("dirt", "foggy"),
        ("dirt", "chunks:2"),
        ("dirt", "chunks"),
        ("bits", "12"),
        ("ignition", "maybe"),
        ("pending", "1.1"),
        ("drop_after_s", "soon"),
    ],
)
def test_an_option_that_cannot_be_is_refused_in_one_sentence(name, text):
    with pytest.raises(BadAdapterUrl) as refused:
        parse_options({name: text})
    assert refused.value.happened.endswith(".")
    assert refused.value.to_do


def test_options_reach_the_car_and_the_adapter():
    chosen = parse_options(
        {"seed": "9", "latency_ms": "20", "faults": "misfire,lean", "dirt": "light,late:0.5",
         "clone": "clone_echo", "bits": "29", "ignition": "off", "drop_after_s": "3"}
    )  # fmt: skip
    assert chosen.car == CarOptions(
        seed=9, latency_ms=20.0, faults=("misfire", "lean"), extended=True, ignition=False
    )
    assert chosen.adapter.seed == 9
    assert chosen.adapter.chip == "clone_echo"
    assert chosen.adapter.dirt.late == 0.5
    assert chosen.adapter.dirt.chunks == 1.0
    assert parse_options({}) == SimOptions()


def test_every_kind_of_dirt_and_chip_can_be_chosen():
    kinds = {kind.name for kind in fields(DirtOptions)}
    assert {kind for name in dirt_mixtures() for kind in kinds
            if getattr(dirt_mixtures()[name], kind)} == kinds  # fmt: skip
    assert {"elm327", "stn"} <= set(chips())
    assert {"seed", "latency_ms", "dirt", "faults", "chip", "script", "drop_after_s"} <= set(
        OPTIONS
    )
