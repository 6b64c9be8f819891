"""Bytes dropped, doubled, flipped, replaced, cut and inserted in every serial stream.

See `damage.py` for what is asserted. JETDRIVE, whose datagrams UDP's checksum guards, has its own
in `test_jetdrive_fuzz.py`.
"""

import pytest

NAMES = ("innovate", "aem", "plx", "hondata", "magtrol", "simpledyno")
MOST_NEAR = 0.10
"""Of damages, how many may pass within a step of the guard, where there is no sum."""


def held(streams, damage, name, count, seed):
    stream = next(one for one in streams.STREAMS if one.name == name)
    tally = damage.judge(streams, stream, count, seed)
    assert tally.damages >= count
    assert tally.wrong == []
    assert tally.stuck == []
    assert tally.agreed <= 1 + count // 2500
    assert tally.near <= MOST_NEAR * tally.damages
    return tally


@pytest.mark.parametrize("name", NAMES)
def test_no_wrong_value_without_a_mark_and_no_stuck_reader(streams, damage, name):
    held(streams, damage, name, 500, 11)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", NAMES)
def test_nor_after_a_hundred_thousand_damages(streams, damage, name, seed):
    tally = held(streams, damage, name, 7500, 1000 + seed)
    if name == "hondata":  # has a sum
        assert tally.near <= 0.001 * tally.damages


@pytest.mark.parametrize("name", NAMES)
def test_a_stream_cut_at_every_place_is_heard_whole(streams, damage, name):
    stream = next(one for one in streams.STREAMS if one.name == name)
    frames = stream.frames(4)
    whole = b"".join(frames)
    began_ns = streams.BEGAN_NS

    def heard(pieces):
        found = streams.hear(stream.make(), pieces)
        return [(r.channel, r.value) for r in found if not r.channel.endswith("_clock")]

    expected = heard([(began_ns, whole)])
    assert expected
    for cut in range(len(whole) + 1):
        assert heard([(began_ns, whole[:cut]), (began_ns + 1, whole[cut:])]) == expected
    one_by_one = [(began_ns + n, whole[n : n + 1]) for n in range(len(whole))]
    assert heard(one_by_one) == expected
