"""What proves that the samples of a run are those that were measured.

SHA-256 over: the line `cartech-dyno-samples-1`, then for each channel that has samples, in order
of its name: name and unit in UTF-8, each ended by a zero byte, the number of samples (u64), their
times in nanoseconds from the run's start (i64), values (f64, NaN always as 7ff8000000000000) and
qualities (u8). Numbers are little-endian. No set-up, correction or smoothing goes into it.
"""

import hashlib
from typing import Final

import numpy as np

from cartech_desk.domain.dyno.run import RawRun

FIRST_LINE: Final = b"cartech-dyno-samples-1\n"


def samples_sha256(run: RawRun) -> str:
    """Return the hash of a run's samples as 64 hexadecimal digits."""
    digest = hashlib.sha256(FIRST_LINE)
    for name in sorted(run.tracks):
        track = run.tracks[name]
        if not len(track.t_ns):
            continue
        digest.update(name.encode("utf-8", "replace") + b"\0")
        digest.update(track.channel.unit.encode("utf-8", "replace") + b"\0")
        digest.update(len(track.t_ns).to_bytes(8, "little"))
        digest.update((track.t_ns - run.first_ns).astype("<i8").tobytes())
        values = track.values.astype("<f8")
        values[np.isnan(values)] = np.nan
        digest.update(values.tobytes())
        digest.update(track.quality.astype("u1").tobytes())
    return digest.hexdigest()
