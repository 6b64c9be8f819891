"""The desk's voice: tones for alarms through the machine's own loudspeaker.

Tones are made here, no file is needed. All dealings with the sound system are in one thread of its
own: some sound servers take seconds to answer, and no alarm waits for that.
"""

import logging
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from functools import cache
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.alarms.limit import Level

RATE_HZ: Final = 44_100
TRY_AGAIN_S: Final = 10.0
"""Where nothing can be heard it is tried again so often."""
STALLED_S: Final = 3.0
"""An output that asks for no more sound for so long is gone: its plug was pulled."""
_VOLUME: Final = 0.6
_RAMP_S: Final = 0.008
"""Without a ramp every beginning and end of a tone clicks."""
_JOIN_S: Final = 0.3
_HANGS: Final = (
    "No alarm can be heard: the sound system of the machine does not answer. Look at the lamps; "
    "start the desk anew between two runs if that lasts."
)
_log = logging.getLogger(__name__)

Beat = tuple[float, float]
"""A tone of so many hertz (0 for a pause) for so many seconds."""

PATTERNS: Final[dict[Level, tuple[Beat, ...]]] = {
    Level.WARNING: ((880.0, 0.16), (0.0, 0.10), (660.0, 0.16), (0.0, 1.58)),
    Level.TRIP: ((1320.0, 0.12), (0.0, 0.05), (1100.0, 0.12), (0.0, 0.05)),
}
"""A slow double tone for a warning, a fast one without a rest for a trip."""


class Player(Protocol):
    """One open output of the sound system."""

    def start(self, samples: Generator[Any, int, None]) -> None:
        """Play what the generator yields for each number of frames sent to it."""

    def stop(self) -> None:
        """Stop playing."""

    def close(self) -> None:
        """Let go of it."""


def pattern(level: Level) -> NDArray[np.int16]:
    """Return one round of the sound for a level, 16 bit, mono; to be played again and again."""
    parts = []
    for hertz, seconds in PATTERNS[level]:
        t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
        tone = np.sin(2 * np.pi * hertz * t)
        if hertz:
            ramp = np.minimum(1.0, np.minimum(t, t[-1] - t) / _RAMP_S)
            tone = ramp * (tone + 0.3 * np.sin(4 * np.pi * hertz * t)) / 1.3
        parts.append(tone)
    return np.round(np.concatenate(parts) * _VOLUME * 32767).astype(np.int16)


def rounds(
    samples: NDArray[np.int16], asked: Callable[[int], None] = lambda _: None
) -> Generator[NDArray[np.int16], int, None]:
    """Yield as many frames as are asked for, round after round; `asked` hears how many."""
    place = 0
    frames = yield samples[:0]
    while True:
        asked(frames)
        at = (place + np.arange(frames)) % len(samples)
        place = (place + frames) % len(samples)
        frames = yield samples[at].reshape(-1, 1)


_ONE_AT_A_TIME: Final = threading.Lock()


def open_player() -> Player:
    """Open the machine's usual output. Errors: whatever miniaudio raises, and ImportError."""
    import miniaudio

    _quieten_alsa()
    # Without this list it would take the null backend, which plays to nobody.
    real = [backend for backend in miniaudio.Backend if backend is not miniaudio.Backend.NULL]
    # Two devices that are made at once can end the process in miniaudio's own code.
    with _ONE_AT_A_TIME:
        player: Player = miniaudio.PlaybackDevice(
            output_format=miniaudio.SampleFormat.SIGNED16,
            nchannels=1,
            sample_rate=RATE_HZ,
            buffersize_msec=60,
            backends=real,
            app_name="CarTech Desk",
        )
    return player


@cache
def _quieten_alsa() -> object:
    """Keep ALSA from writing some dozen lines on standard error each time it finds no card."""
    if not sys.platform.startswith("linux"):
        return None
    import ctypes

    # snd_lib_error_handler_t of alsa/error.h; what varies behind the fifth argument is not read.
    kind = ctypes.CFUNCTYPE(
        None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p
    )
    handler = kind(lambda *_: None)
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libasound.so.2").snd_lib_error_set_handler(handler)
    return handler  # kept by the cache: ALSA goes on calling it


class Sounder:
    """Sounds for alarms; the speaker that the window gives its bay.

    `sound` may be called from any thread, never waits and never fails: where nothing can be heard,
    `problem` says so and it is tried again every ten seconds; so it does where what is wanted does
    not play for three, for whatever reason.
    """

    def __init__(
        self,
        opener: Callable[[], Player] = open_player,
        *,
        try_again_s: float = TRY_AGAIN_S,
        stalled_s: float = STALLED_S,
    ) -> None:
        self._open = opener
        self._try_again_s = try_again_s
        self._stalled_s = stalled_s
        self._frames = self._frames_before = 0
        self._problem = ""
        self._wanted = Level.NONE
        self._wanted_s = 0.0
        """Since when something is wanted that is not playing (monotonic)."""
        self._playing = Level.NONE
        self._player: Player | None = None
        self._wake = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None

    @property
    def problem(self) -> str:
        """Why nothing can be heard, a sentence; empty where all is well."""
        if self._problem or self._wanted in (Level.NONE, self._playing):
            return self._problem
        silent_s = time.monotonic() - self._wanted_s
        return _HANGS if silent_s >= self._stalled_s else ""

    def start(self) -> None:
        """Start the thread; it looks at once whether there is anything to sound with."""
        if self._thread is None:
            self._stopping = False
            self._thread = threading.Thread(target=self._work, name="sounder", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Be silent and end the thread; one that hangs in the sound system is left behind."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._stopping = True
            self._wake.set()
            thread.join(_JOIN_S)

    def sound(self, level: Level) -> None:
        """Sound for this level from now on; NONE is silence."""
        if level is not self._wanted:
            if self._wanted in (Level.NONE, self._playing):  # else it is waited for already
                self._wanted_s = time.monotonic()
            self._wanted = level
            self._wake.set()

    # Below: the sounder's thread alone.

    def _work(self) -> None:
        self._look()
        while not self._stopping:
            woken = self._wake.wait(self._patience_s())
            self._wake.clear()
            if self._stopping:
                break
            if self._player is not None and not woken and not self._plays():
                continue
            if self._problem:
                self._look()
            if self._wanted is not self._playing:
                self._change(self._wanted)
        self._be_silent()

    def _patience_s(self) -> float | None:
        if self._problem:
            return self._try_again_s
        return self._stalled_s if self._player is not None else None

    def _plays(self) -> bool:
        if self._frames != self._frames_before:
            self._frames_before = self._frames
            return True
        self._be_silent()
        self._refused(OSError("the output asks for no more sound"))
        return False

    def _played(self, frames: int) -> None:
        """Count in the sound system's own thread."""
        self._frames += frames

    def _look(self) -> None:
        """Find out whether anything could be heard, before an alarm has to be."""
        try:
            self._open().close()
        except Exception as error:
            self._refused(error)
        else:
            self._problem = ""

    def _change(self, level: Level) -> None:
        self._be_silent()
        if level is Level.NONE:
            return
        try:
            # Opened for each alarm: what was plugged in since is found.
            player = self._player = self._open()
            samples = rounds(pattern(level), self._played)
            next(samples)
            player.start(samples)
        except Exception as error:
            self._refused(error)
            self._be_silent()
        else:
            self._playing, self._problem = level, ""

    def _be_silent(self) -> None:
        player, self._player = self._player, None
        self._playing = Level.NONE
        if player is not None:
            try:
                player.stop()
                player.close()
            except Exception as error:
                _log.info("the sound system did not let go: %s", error)

    def _refused(self, error: Exception) -> None:
        if not self._problem:
            _log.warning("no alarm can be heard: %s", error)
        self._problem = (
            "No alarm can be heard: the machine has no loudspeaker that works. Look at the lamps; "
            "plug one in or switch it on, it is found within ten seconds."
        )
