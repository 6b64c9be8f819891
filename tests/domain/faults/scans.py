"""Scans of every kind, for properties."""

import math
from datetime import UTC, datetime

from hypothesis import strategies as st

from cartech_desk.domain.faults import found as f

ECUS = st.sampled_from([0x7E8, 0x7E9, 0x10, 0x18DAF110])
WORDS = st.text(st.characters(codec="utf-8"), max_size=12)
CODES = st.from_regex(r"[PCBU][0-3][0-9A-F]{3}", fullmatch=True)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
STATUSES = st.lists(st.sampled_from(f.CodeStatus), min_size=1, unique=True).map(tuple)
COUNTED = st.none() | st.floats(0, allow_infinity=False)
BYTES = st.none() | st.integers(0, 255)


def several(strategy):
    return st.lists(strategy, max_size=3).map(tuple)


MONITORS = st.builds(f.Monitor, key=WORDS, name=WORDS, complete=st.booleans())
READINESS = st.builds(f.Readiness, ecu=ECUS, compression=st.booleans(), monitors=several(MONITORS))
SCANS = st.builds(
    f.FaultScan,
    at=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)).map(
        lambda at: at.replace(fold=0)
    ),
    url=WORDS,
    adapter=WORDS,
    protocol=WORDS,
    uds=st.booleans(),
    vin=st.none() | WORDS,
    ecus=several(
        st.builds(
            f.EcuFound,
            address=ECUS,
            name=WORDS,
            calibration_ids=several(WORDS),
            cvns=several(WORDS),
        )
    ),
    lamps=several(st.builds(f.Lamp, ecu=ECUS, on=st.booleans(), codes=st.integers(0, 127))),
    codes=several(
        st.builds(
            f.CodeFound,
            code=CODES,
            ecu=ECUS,
            status=STATUSES,
            failure_type=BYTES,
            status_byte=BYTES,
        )
    ),
    codes_told=several(
        st.builds(
            f.CodesTold,
            ecu=ECUS,
            kind=st.sampled_from(f.CodeStatus),
            answered=st.sampled_from(f.Answered),
            why=WORDS,
        )
    ),
    frames=several(
        st.builds(
            f.FreezeFrame,
            code=st.just("") | CODES,
            ecu=ECUS,
            frame=st.integers(0, 255),
            values=several(
                st.builds(
                    f.FrameValue,
                    name=WORDS,
                    label=WORDS,
                    unit=WORDS,
                    value=FINITE | st.just(math.nan),
                    state=WORDS,
                )
            ),
        )
    ),
    since_clear=several(READINESS),
    this_cycle=several(READINESS),
    counters=st.builds(
        f.Counters,
        lamp_km=COUNTED,
        lamp_min=COUNTED,
        cleared_km=COUNTED,
        cleared_min=COUNTED,
        warm_ups=st.none() | st.integers(0, 255),
    ),
    tests=several(
        st.builds(
            f.TestResult,
            ecu=ECUS,
            monitor=st.integers(0, 255),
            test=st.integers(0, 255),
            name=WORDS,
            test_name=WORDS,
            unit=WORDS,
            value=FINITE | st.just(math.nan),
            minimum=st.none() | FINITE,
            maximum=st.none() | FINITE,
            passed=st.none() | st.booleans(),
        )
    ),
    voltage=st.none() | FINITE,
    warnings=several(WORDS),
    complete=st.booleans(),
    requests=st.integers(0, 10_000),
    seconds=st.floats(0, 1e6),
)
