"""A raw run of 20 s at 1 kHz with 16 channels to curve, peaks and repair, beside bare reads.

The run holds noise and slips of its speed column, in some rows a gap of 0.4 s, too; the channels
have clocks of their own, even or jittered as lost datagrams and busy networks leave them. Beside
it, by turns in the same process, NumPy reads the same arrays once: are all samples good and finite,
do times rise, what is the mean. The median of each counts, in time of the processor: other work on
the machine takes the clock's time, not this process's.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from table import Row

from cartech_desk.domain.channels import Channel
from cartech_desk.domain.dyno.analysis import analyse, with_correction
from cartech_desk.domain.dyno.roles import ROLE_UNITS, Role
from cartech_desk.domain.dyno.run import Conditions, RawRun, RunSetup, Track, View

SECONDS = 20.0
RATE_HZ = 1000.0
CHANNELS = 16
MASS_KG = 1200.0
MOST_MS = 15.0
MOST_CORRECTION_MS = 0.5
TURNS = 30


def rows() -> list[Row]:
    """Measure each basis, with even and with jittered clocks, and a change of correction."""
    made = []
    for words, device, jitter_s, gap in (
        ("from speed, even clocks", False, 0.0, False),
        ("from the device's power, even clocks", True, 0.0, False),
        ("from speed, jittered clocks", False, 4e-4, False),
        ("from the device's power, jittered clocks", True, 4e-4, False),
        ("from speed, even clocks, a gap", False, 0.0, True),
        ("from the device's power, jittered clocks, a gap", True, 4e-4, True),
    ):
        raw, setup = _run(device, jitter_s)
        if gap:
            raw = _with_gap(raw, 8.0, 8.4)
        result = analyse(raw, setup, View())
        assert result.peak_power is not None
        assert len(result.curve.others) >= CHANNELS - 6
        ours, bare = _usual(partial(analyse, raw, setup, View()), raw)
        made.append(
            Row(
                f"run of 20 s, 1 kHz, {CHANNELS} channels {words}, ms",
                f"{ours:.1f}",
                f"{bare:.1f} bare reads",
                ours / bare,
                f"<= {MOST_MS:.0f} ms",
                ours <= MOST_MS,
            )
        )
    switched, bare = _usual(lambda: with_correction(result, setup, "std"), raw)
    made.append(
        Row(
            "the same under another correction, ms",
            f"{switched:.3f}",
            f"{bare:.1f} bare reads",
            switched / bare,
            f"<= {MOST_CORRECTION_MS} ms",
            switched <= MOST_CORRECTION_MS,
        )
    )
    return made


def _usual(work: Callable[[], object], raw: RawRun) -> tuple[float, float]:
    """Return the median time of the work and of bare reads of the same arrays [ms], by turns."""
    ours, bare = [], []
    for _ in range(TURNS):
        began = time.process_time_ns()
        work()
        between = time.process_time_ns()
        _read(raw)
        ended = time.process_time_ns()
        ours.append(between - began)
        bare.append(ended - between)
    return float(np.median(ours)) / 1e6, float(np.median(bare)) / 1e6


def _with_gap(raw: RawRun, first_s: float, last_s: float) -> RawRun:
    """Return the run with nothing measured for a while."""
    tracks = {}
    for name, track in raw.tracks.items():
        kept = (track.t_ns < first_s * 1e9) | (track.t_ns > last_s * 1e9)
        tracks[name] = replace(
            track, t_ns=track.t_ns[kept], values=track.values[kept], quality=track.quality[kept]
        )
    return replace(raw, tracks=tracks)


def _read(raw: RawRun) -> float:
    """Read every array of a run once, as plainly as NumPy can."""
    total = 0.0
    for track in raw.tracks.values():
        assert not track.quality.any()
        assert np.isfinite(track.values).all()
        assert (np.diff(track.t_ns) > 0).all()
        total += float(track.values.mean())
    return total


def _run(device: bool, jitter_s: float) -> tuple[RawRun, RunSetup]:
    rng = np.random.default_rng(7)
    t_s = np.arange(0.0, SECONDS, 1.0 / RATE_HZ)
    # Even force for 18 s, then the lift: speed in m/s.
    gain = np.where(t_s < 18.0, 2.5 - 0.05 * t_s, -0.4)
    v = 12.0 + np.cumsum(gain) / RATE_HZ
    slipped = t_s + 0.05 * np.floor(t_s / 5.0)
    kmh = np.interp(slipped, t_s, v) * 3.6 + rng.normal(0.0, 0.02, len(t_s))
    power = MASS_KG * gain * v / 1000.0
    columns = {
        Role.SPEED: kmh,
        Role.RPM: v * 3.6 * 40.0 + rng.normal(0.0, 5.0, len(t_s)),
        Role.THROTTLE: np.where(t_s < 18.0, 98.0, 4.0) + rng.normal(0.0, 0.2, len(t_s)),
        Role.LAMBDA: rng.normal(0.88, 0.01, len(t_s)),
        Role.MANIFOLD: rng.normal(180.0, 2.0, len(t_s)),
    }
    if device:
        columns[Role.POWER] = power + rng.normal(0.0, 0.5, len(t_s))
    tracks, roles = {}, {}
    for role, values in columns.items():
        roles[role] = f"dyno_{role.value}"
        tracks[roles[role]] = _track(roles[role], ROLE_UNITS[role], t_s, values, jitter_s, rng)
    for index in range(CHANNELS - len(tracks)):
        name = f"dyno_analog_{index}"
        tracks[name] = _track(name, "V", t_s, rng.normal(2.0, 0.1, len(t_s)), jitter_s, rng)
    setup = RunSetup(
        roles=roles,
        equivalent_mass_kg=MASS_KG,
        conditions=Conditions(21.0, 98.2, 45.0, "typed"),
    )
    return RawRun("bench", "Run 1", tracks, 0, int(SECONDS * 1e9)), setup


def _track(
    name: str,
    unit: str,
    t_s: np.ndarray,
    values: np.ndarray,
    jitter_s: float,
    rng: np.random.Generator,
) -> Track:
    t_ns = np.round((t_s + rng.uniform(0.0, jitter_s, len(t_s))) * 1e9).astype(np.int64)
    return Track(
        Channel(name, name, unit, 0.0, 100.0), t_ns, values, np.zeros(len(t_s), dtype=np.uint8)
    )
