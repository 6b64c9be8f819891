"""The contract of a wire's pure side: bytes in, packets out, nothing else."""

from typing import Generic, Protocol, TypeVar

P = TypeVar("P")


class Framer(Protocol, Generic[P]):
    """Finds packets in a stream of bytes. Never raises, never holds more than one packet's bytes.

    A packet carries `t_ns`, when its first byte came. `bad_bytes` counts what fitted nothing.
    """

    bad_bytes: int

    def feed(self, data: bytes, t_ns: int) -> list[P]:
        """Take what came at `t_ns`; return the packets that are complete."""

    def quiet(self) -> list[P]:
        """Hear that the line has been silent: return what only waited for its successor."""
