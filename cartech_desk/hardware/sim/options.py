"""What can be chosen about the simulated car."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CarOptions:
    """How one simulated car behaves.

    `latency_ms` and `jitter_ms` are the ECUs' turn-around; `pending` and `busy` the probability
    that a physically addressed request is met with 7F xx 78 first, or with 7F xx 21 instead;
    `faults` names of `faults.FAULTS` present from the start; `script` the name of a driving
    script; `ignition` False for a car that is off; `extended` a car that speaks 29-bit
    identifiers.
    """

    seed: int = 1
    latency_ms: float = 0.0
    jitter_ms: float = 0.0
    pending: float = 0.0
    busy: float = 0.0
    faults: tuple[str, ...] = ()
    script: str = "demo"
    ignition: bool = True
    extended: bool = False
