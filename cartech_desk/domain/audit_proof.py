"""The quick proof that a body of the audit log is what a desk writes.

It reads the body as `domain.audit.checked` does and comes to the same end in half the time: around
what was before and after, which may hold anything, a record has the same keys in the same order,
and patterns prove these as they stand; only the two values between are read and written again.
"""

import re
from datetime import datetime
from typing import Final

from cartech_desk.domain.audit import json_of, scan
from cartech_desk.domain.people import Role

# A text as canonical JSON writes it: only quote, backslash and control characters are escaped,
# and those that have a short escape by that one. Possessive, so that nothing is tried twice.
_TEXT: Final = r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\bfnrt]|u00(?:0[0-7bef]|1[0-9a-f])))*+"'
_NUMBER: Final = r"[1-9][0-9]{0,18}"  # nothing above 2 ** 63
_ROLE: Final = "|".join(["null", *(f'"{role.value}"' for role in Role)])

_who: Final = re.compile(
    rf'\{{"action":{_TEXT},"actor":\{{"id":{_TEXT},"name":{_TEXT},"role":(?:{_ROLE})\}},"after":'
).match
_when: Final = re.compile(
    r',"at":"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}\+00:00)","before":'
).match
_what: Final = re.compile(
    rf',"entity":\{{"id":{_TEXT},"kind":{_TEXT},"name":{_TEXT},"vehicle":{_TEXT}\}},'
    rf'"intent":(?:null,"phase":"(?:act|intent)"|"{_NUMBER}","phase":"result"),'
    rf'"reason":{_TEXT},"sequence":"({_NUMBER})"\}}'
).fullmatch
_instant: Final = datetime.fromisoformat


def proven(body: str) -> str | None:
    """Return the sequence that stands in a body, None where it is not as a desk writes it.

    What is wrong then `domain.audit.checked` says.
    """
    try:
        who = _who(body)
        if who is None:
            return None
        begin = who.end()
        after, end = scan(body, begin)
        if after is not None and (type(after) is not dict or json_of(after) != body[begin:end]):
            return None
        when = _when(body, end)
        if when is None:
            return None
        _instant(when[1])
        begin = when.end()
        before, end = scan(body, begin)
        if before is not None and (type(before) is not dict or json_of(before) != body[begin:end]):
            return None
    except (ValueError, RecursionError, StopIteration):
        return None
    what = _what(body, end)
    return None if what is None else what[1]
