"""Where the audit log ends: a walk over its rows compared with its head and the anchors outside."""

from collections.abc import Sequence

from cartech_desk.domain.audit_chain import Anchor, Break, Fault, Head, MacKey, Walked, head_mac


def head_break(walked: Walked, head: Head | None, keys: Sequence[MacKey]) -> Break | None:
    """Compare a walk that found nothing broken with the head in `desk.db`."""
    after = walked.sequence + 1
    if head is None:
        return Break(
            after,
            Fault.CUT,
            "The head of the log is gone from desk.db: whether records were cut off its end "
            "cannot be told by it.",
        )
    if head.sequence > walked.sequence:
        return Break(
            after, Fault.CUT, f"{_those(after, head.sequence)} cut off the end of the log."
        )
    if walked.seen.get(head.sequence) != head.hash:
        return Break(
            max(1, head.sequence),
            Fault.REWRITTEN,
            f"Record {head.sequence} is not the one that the head of the log knows: records were "
            "cut off its end and others written in their place.",
        )
    if head.sequence < walked.sequence:
        return Break(
            head.sequence + 1,
            Fault.INSERTED,
            f"{_those(head.sequence + 1, walked.sequence)} put in behind the end of the log.",
        )
    newest = max(keys, key=lambda key: key.number, default=None)
    # A first key is kept with the record that will be its first, before that is written.
    if newest is not None and newest.since is not None and walked.sequence < newest.since - 1:
        return Break(
            after,
            Fault.CUT,
            f"{_those(after, newest.since)} cut off the end of the log: the desk's key was in use "
            f"at record {newest.since}.",
        )
    rewritten = Break(
        after,
        Fault.CUT,
        "The head of the log was written anew by somebody without the desk's key: records after "
        f"record {walked.sequence} may have been cut off.",
    )
    if head.mac is None:
        return rewritten if walked.last_keyed else None
    signed = any(
        head_mac(key.secret, head.desk, head.sequence, head.hash) == head.mac for key in keys
    )
    return rewritten if keys and not signed else None


def anchor_break(walked: Walked, anchor: Anchor) -> Break | None:
    """Compare a walk with what an anchor outside knows.

    A walk that broke before the anchor's record says nothing about it.
    """
    when = f" of {anchor.at:%Y-%m-%d %H:%M} UTC" if anchor.at is not None else ""
    if anchor.sequence > walked.sequence:
        if walked.broken is not None:
            return None
        after = walked.sequence + 1
        return Break(
            after,
            Fault.CUT,
            f"{_those(after, anchor.sequence)} cut off the end of the log, or an older copy of "
            "desk.db was put in its place, or a copy of this folder was worked in with the same "
            f"keys: the anchor{when} knows them.",
        )
    if not walked.seen.get(anchor.sequence, b"").startswith(anchor.hash):
        return Break(
            max(1, anchor.sequence),
            Fault.REWRITTEN,
            f"Record {anchor.sequence} is not the one that the anchor{when} knows: the log was "
            "written anew up to there.",
        )
    return None


def _those(first: int, last: int) -> str:
    return f"Record {first} was" if first == last else f"Records {first} to {last} were"
