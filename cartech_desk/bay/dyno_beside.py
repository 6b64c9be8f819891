"""What runs beside each other have to be told apart by before anybody reads a gain off them."""

from collections.abc import Sequence

from cartech_desk.domain.dyno.result import RunResult
from cartech_desk.domain.people import Actor, NotSignedIn
from cartech_desk.store.dyno import DynoRun
from cartech_desk.store.store import Store


def unlike_corrections(runs: Sequence[DynoRun], results: Sequence[RunResult]) -> str:
    """Say that some of these runs are corrected for the weather and others are not; else empty.

    What stands between them then is the weather, and no part of the car.
    """
    bare = [one for one, result in zip(runs, results, strict=True) if result.factor.why_not]
    if not bare or len(bare) == len(runs):
        return ""
    names = " and ".join(one.name for one in bare)
    done = [
        f"{one.name} by {result.factor.correction.name}, factor {result.factor.value:.3f}"
        for one, result in zip(runs, results, strict=True)
        if not result.factor.why_not
    ]
    why = next(result.factor.why_not for result in results if result.factor.why_not)
    return (
        f"Not comparable as they stand: {names} {'is' if len(bare) == 1 else 'are'} not corrected "
        f"({why}) and {', '.join(done)}. Part of the difference is the weather alone: look at all "
        "of them uncorrected, or type the air of the one that lacks it."
    )


def same_samples(runs: Sequence[DynoRun]) -> str:
    """Say which of these runs hold the same samples: a file that was imported twice; else empty."""
    found: dict[str, list[str]] = {}
    for one in runs:
        if one.samples_sha256:
            found.setdefault(one.samples_sha256, []).append(one.name)
    twice = [names for names in found.values() if len(names) > 1]
    if not twice:
        return ""
    told = "; ".join(" and ".join(names) for names in twice)
    return f"These are the same run kept twice, sample by sample: {told}."


def require_person(store: Store, by: Actor) -> None:
    """Let a change of what numbers come from pass: once a shop is founded, somebody answers for it.

    Errors: NotSignedIn.
    """
    if by.role is None and store.people.shop() is not None:
        raise NotSignedIn(
            "Nobody is signed in who answers for this change.",
            kept="Nothing was changed.",
            to_do="Sign in first; on the command line name yourself with --as E-MAIL.",
        )
