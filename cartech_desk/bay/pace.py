"""How fast the car may be asked at the most, whoever asks."""


class Pace:
    """Keeps the minimum gap and the maximum rate. Pure: time is passed in.

    `min_gap_s` lies between the end of one request and the start of the next, `1 / max_per_s`
    between two starts, so that no second holds more than `max_per_s` of them.
    """

    def __init__(self, min_gap_s: float, max_per_s: float) -> None:
        if max_per_s <= 0 or min_gap_s < 0:
            raise ValueError("the maximum rate must be above 0, the gap not below")
        self._gap_ns = round(min_gap_s * 1e9)
        self._spacing_ns = round(1e9 / max_per_s)
        self.earliest_ns = 0
        """When the next request may start."""

    def began(self, now_ns: int) -> None:
        """Note that a request starts."""
        self.earliest_ns = max(self.earliest_ns, now_ns + self._spacing_ns)

    def ended(self, now_ns: int) -> None:
        """Note that all of its answers are there, or given up."""
        self.hold(now_ns + self._gap_ns)

    def hold(self, until_ns: int) -> None:
        """Let nothing start before `until_ns`."""
        self.earliest_ns = max(self.earliest_ns, until_ns)
