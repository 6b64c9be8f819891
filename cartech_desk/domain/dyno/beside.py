"""Channels beside a curve, each put onto its clock when it is first looked at."""

from collections.abc import Callable, Iterator, Mapping

from cartech_desk.domain.dyno.series import Floats


class Beside(Mapping[str, Floats]):
    """Channels by name; those of `later` are computed once, when they are first asked for.

    A run has dozens of channels and most pictures show three of them. Any thread may look: twice
    at the same moment, the same is computed twice and one of it kept.
    """

    def __init__(
        self, ready: Mapping[str, Floats], later: Mapping[str, Callable[[], Floats]]
    ) -> None:
        self._ready = dict(ready)
        self._later = dict(later)
        self._names = (*self._ready, *(name for name in self._later if name not in self._ready))

    def __getitem__(self, name: str) -> Floats:
        """Return one channel on the curve's clock. Errors: KeyError."""
        found = self._ready.get(name)
        if found is None:
            found = self._ready[name] = self._later[name]()
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def through(self, change: Callable[[Floats], Floats]) -> "Beside":
        """Return the same channels, each changed so when it is looked at."""
        return Beside({}, {name: _changed(self, name, change) for name in self._names})


def _changed(
    channels: Beside, name: str, change: Callable[[Floats], Floats]
) -> Callable[[], Floats]:
    return lambda: change(channels[name])
