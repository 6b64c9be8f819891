"""What is read at a stroke is what the careful way reads, whatever arrives."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from cartech_desk.domain.obd.address import FUNCTIONAL, Address
from cartech_desk.hardware.adapter import Request
from cartech_desk.hardware.elm.conversation import Heard, _Lines
from cartech_desk.hardware.elm.text import Line, parse_lines
from cartech_desk.hardware.elm.usual import Usual

ENGINE = Address(0x7E0)
WIDE = Address(0x18DA10F1, extended=True)
REQUESTS = (
    b"\x01\x0c",
    b"\x01\x04\x05\x0b\x0c\x0d\x0e",
    b"\x09\x02",
    b"\x03",
    b"\x21\x01",
    b"\x22\xf1\x90",
)


def frames(payload, padding):
    if len(payload) < 8:
        return [(bytes([len(payload)]) + payload).ljust(8, bytes([padding]))]
    first = bytes([0x10 | len(payload) >> 8, len(payload) & 255]) + payload[:6]
    rest = [
        (bytes([0x20 | (n + 1) & 15]) + payload[at : at + 7]).ljust(8, bytes([padding]))
        for n, at in enumerate(range(6, len(payload), 7))
    ]
    return [first, *rest]


def lines(address, payload, padding=0xAA):
    width = 8 if address.extended else 3
    header = f"{address.expected_response or 0x7E8:0{width}X}"
    return [header + frame.hex().upper() for frame in frames(payload, padding)]


def heard(request, texts, prompt=True):
    command = request.payload.hex().upper()
    return Heard(command, tuple(Line(text, 7) for text in texts), prompt, 5, 9)


def careful(request, reply):
    return parse_lines(
        reply.lines,
        address=request.address,
        request=request.payload,
        headers=True,
        echo=reply.command,
    )


@st.composite
def answer_to(draw, request):
    if draw(st.integers(0, 9)) == 0:
        return bytes([0x7F, request[0], draw(st.sampled_from([0x12, 0x78]))])
    repeated = 2 if request[0] == 0x22 else 1 if len(request) > 1 else 0
    begin = bytes([request[0] + 0x40]) + request[1 : 1 + repeated]
    return begin + draw(st.binary(min_size=1, max_size=40))


@st.composite
def changed(draw, texts):
    """The lines after a few changes, digits for other digits among them."""
    texts = list(texts)
    for _ in range(draw(st.integers(0, 3))):
        if not texts:
            break
        which = draw(st.integers(0, len(texts) - 1))
        text = texts[which]
        at = draw(st.integers(0, max(0, len(text) - 1)))
        kind = draw(st.sampled_from(["digit", "any", "drop", "insert", "line", "twice", "swap"]))
        if kind == "digit":
            texts[which] = text[:at] + draw(st.sampled_from("0123456789ABCDEF")) + text[at + 1 :]
        elif kind == "any":
            other = draw(st.sampled_from(" abf\0\xfcG?<\u0661"))
            texts[which] = text[:at] + other + text[at + 1 :]
        elif kind == "drop":
            texts[which] = text[:at] + text[at + 1 :]
        elif kind == "insert":
            texts[which] = text[:at] + draw(st.sampled_from("0 \0A\xfc")) + text[at:]
        elif kind == "line":
            del texts[which]
        elif kind == "twice":
            texts.insert(which, text)
        else:
            other = draw(st.integers(0, len(texts) - 1))
            texts[which], texts[other] = texts[other], texts[which]
    return texts


@settings(max_examples=500, deadline=None)
@given(
    data=st.data(),
    payload=st.sampled_from(REQUESTS),
    address=st.sampled_from([ENGINE, WIDE, FUNCTIONAL]),
)
def test_the_usual_answer_is_read_as_the_careful_reader_reads_it(data, payload, address):
    request = Request(address, payload)
    usual = Usual()
    before = heard(request, data.draw(changed(lines(address, data.draw(answer_to(payload))))))
    usual.learn(request, before, careful(request, before))
    answer = data.draw(answer_to(payload))
    for texts in (
        data.draw(changed([line.text for line in before.lines])),
        data.draw(changed(lines(address, answer))),
    ):
        reply = heard(request, texts, prompt=data.draw(st.booleans()))
        found = usual.read(request, reply)
        assert found is None or found == careful(request, reply)


def test_a_clean_answer_of_the_same_shape_is_read_at_a_stroke():
    request = Request(ENGINE, b"\x01\x0c")
    usual = Usual()
    first = heard(request, ["7E804410C1AF8AAAAAA"])
    assert usual.read(request, first) is None
    usual.learn(request, first, careful(request, first))
    found = usual.read(request, heard(request, ["7E804410C20F0555555"]))
    assert [message.payload for message in found.messages] == [b"\x41\x0c\x20\xf0"]


def test_an_answer_to_another_request_is_left_to_the_careful_reader():
    request = Request(ENGINE, b"\x01\x0c")
    usual = Usual()
    first = heard(request, ["7E804410C1AF8AAAAAA"])
    usual.learn(request, first, careful(request, first))
    assert usual.read(request, heard(request, ["7E804410D20F0555555"])) is None


def by_bytes(chunks):
    """Lines, their times and whether a prompt ended each chunk, one byte after the other."""
    done, rest, t_ns, prompts = [], "", 0, []
    for now_ns, chunk in enumerate(chunks, start=1):
        at_prompt = False
        for char in chunk.decode("latin-1"):
            if char in "\r\n>":
                if rest:
                    done.append(Line(rest, t_ns))
                rest = ""
                at_prompt = at_prompt or char == ">"
            elif char != "\0" and (char != " " or rest):
                at_prompt = False
                t_ns = t_ns if rest else now_ns
                rest += char
        prompts.append(at_prompt)
    return ([*done, Line(rest, t_ns)] if rest else done), prompts


@settings(max_examples=500)
@given(st.lists(st.lists(st.sampled_from(b"\r\n\0> A1\xfc"), max_size=12).map(bytes), max_size=6))
@example([b"7E8 04", b" 41\r", b"\r>"])
@example([b"41\r>", b" "])
def test_chunks_become_the_lines_that_stand_in_them_byte_by_byte(chunks):
    lines_of = _Lines()
    prompts = [lines_of.feed(chunk, now_ns) for now_ns, chunk in enumerate(chunks, start=1)]
    assert (list(lines_of.all()), prompts) == by_bytes(chunks)
