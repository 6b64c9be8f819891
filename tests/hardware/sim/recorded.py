"""A recording made of the simulated car: the frames between a scan tool and it, in a file."""

from pathlib import Path

import can

from cartech_desk.hardware.sim.bus import Bus, Frame
from cartech_desk.hardware.sim.car import SimulatedCar
from cartech_desk.hardware.sim.frames import segment

FUNCTIONAL, FUNCTIONAL_29BIT = 0x7DF, 0x18DB33F1
START_S = 1_700_000_000.0
GAP_NS = 80_000_000
SESSION = (
    *(f"01{base:02X}" for base in range(0x00, 0xC0, 0x20)),
    *("0900", "0902", "0904", "0906", "090A", "0101", "0141", "0121014D", "03", "07", "0A"),
    *("010C", "010D", "0105", "010C", "010C", "020200", "020C00", "0600"),
)


def frames_of(car: SimulatedCar, requests=SESSION, *, to: int | None = None) -> list[Frame]:
    """Ask the car like a plain scan tool, one request after the other; every frame on the bus."""
    bus, extended = Bus(car), car.extended
    target = to or (FUNCTIONAL_29BIT if extended else FUNCTIONAL)
    now_ns, seen = 1_000_000_000, []
    for request in requests:
        asked = segment(bytes.fromhex(request))[0]
        seen.append(Frame(now_ns, target, asked))
        for frame in bus.send(target, asked, extended=extended, now_ns=now_ns):
            seen.append(frame)
            if frame.data[0] >> 4 == 1:
                own = frame.can_id - 8
                if extended:
                    own = 0x18DA00F1 | (frame.can_id & 0xFF) << 8
                flow_ns = frame.t_ns + 1_000_000
                go_on = b"\x30\x00\x00".ljust(8, b"\0")
                seen.append(Frame(flow_ns, own, go_on))
                seen += bus.send(own, go_on, extended=extended, now_ns=flow_ns)
        now_ns = max(now_ns, *(frame.t_ns for frame in seen)) + GAP_NS
    return sorted(seen, key=lambda frame: frame.t_ns)


def write(path: Path, frames: list[Frame], *, extended: bool = False) -> Path:
    """Write frames with python-can's writer for the file's ending."""
    with can.Logger(path) as logger:
        for frame in frames:
            logger.on_message_received(
                can.Message(
                    timestamp=START_S + frame.t_ns / 1e9,
                    arbitration_id=frame.can_id,
                    is_extended_id=extended,
                    data=frame.data,
                    channel=0,
                )
            )
    return path
