"""A link definition as it is being typed: texts, and what they come to."""

import math
from dataclasses import dataclass, field
from typing import Any, Final

from cartech_desk.domain.dyno.link_definition import LinkDefinition, LinkRefused
from cartech_desk.domain.dyno.link_document import from_document, to_document

TEXTS: Final = ("name", "make", "model", "note")
WHOLE_PORT: Final = ("baud", "bits", "stop")
COLUMNS: Final = (
    # entry, heading, kind: text, choice, whole or number
    ("name", "Name", "text"),
    ("role", "Is the", "choice"),
    ("unit", "Unit", "text"),
    ("offset", "Byte", "whole"),
    ("column", "Column", "whole"),
    ("characters", "Letters", "whole"),
    ("coding", "Coding", "choice"),
    ("bits", "Bits", "whole"),
    ("bit", "From bit", "whole"),
    ("order", "Order", "choice"),
    ("scale", "Times", "number"),
    ("add", "Plus", "number"),
    ("lowest", "Least", "number"),
    ("highest", "Most", "number"),
)
"""The columns of the table of fields."""

_PLACES: Final = {name: (heading, kind) for name, heading, kind in COLUMNS}


@dataclass(slots=True)
class LinkDraft:
    """All texts of the form. `fields` hold one mapping each; what is empty is left out."""

    general: dict[str, str] = field(default_factory=dict)
    verified: bool = False
    port: dict[str, str] = field(default_factory=dict)
    start_up: str = ""
    poll: str = ""
    every_ms: str = ""
    packet: dict[str, str] = field(default_factory=dict)
    checksum: dict[str, str] = field(default_factory=dict)
    fields: list[dict[str, str]] = field(default_factory=list)
    never: dict[str, list[float]] = field(default_factory=dict)
    """By the field's name; not edited in the form, and kept."""


def draft_of(definition: LinkDefinition) -> LinkDraft:
    """Return a definition as texts."""
    document = to_document(definition)
    packet = {key: _shown(value) for key, value in document["packet"].items()}
    rows = []
    never = {}
    for entry in document["field"]:
        never_here = entry.pop("never", None)
        if never_here:
            never[entry["name"]] = never_here
        rows.append({key: _shown(value) for key, value in entry.items()})
    poll = document.get("poll", {})
    return LinkDraft(
        general={key: document.get(key, "") for key in TEXTS} | {"kind": document["kind"]},
        verified=document["verified"],
        port={key: _shown(value) for key, value in document["port"].items()},
        start_up="\n".join(escaped(each) for each in document.get("start_up", {}).get("send", ())),
        poll=escaped(poll.get("send", "")),
        every_ms=_shown(poll.get("every_ms", "")),
        packet={
            key: escaped(value) if key in {"sync", "terminator", "separator"} else value
            for key, value in packet.items()
        },
        checksum={key: _shown(value) for key, value in document.get("checksum", {}).items()},
        fields=rows,
        never=never,
    )


def definition_of(draft: LinkDraft) -> LinkDefinition:
    """Return what the texts come to. Errors: LinkRefused, which names the entry."""
    document: dict[str, Any] = {key: text for key, text in draft.general.items() if text.strip()}
    document["verified"] = draft.verified
    document["port"] = {
        key: _whole(f"port, {key}", text) if key in WHOLE_PORT else text
        for key, text in draft.port.items()
        if text.strip()
    }
    commands = [plain(line) for line in draft.start_up.splitlines() if line.strip()]
    if commands:
        document["start_up"] = {"send": commands}
    if draft.poll.strip():
        document["poll"] = {"send": plain(draft.poll)}
        if draft.every_ms.strip():
            document["poll"]["every_ms"] = _number("every_ms", draft.every_ms)
    document["packet"] = {
        key: _whole("packet, length", text) if key == "length" else plain(text)
        for key, text in draft.packet.items()
        if text
    }
    if draft.checksum.get("kind"):
        document["checksum"] = {
            key: text if key in {"kind", "order"} else _whole(f"checksum, {key}", text)
            for key, text in draft.checksum.items()
            if text.strip()
        }
    document["field"] = [_field(row, draft.never) for row in draft.fields if any(row.values())]
    return from_document(document)


def _field(row: dict[str, str], never: dict[str, list[float]]) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    for key, text in row.items():
        if not text.strip():
            continue
        heading, kind = _PLACES.get(key, (key, "text"))
        place = f"field “{row.get('name', '')}”, {heading.strip().lower()}"
        if kind == "whole":
            entry[key] = _whole(place, text)
        elif kind == "number":
            entry[key] = _number(place, text)
        else:
            entry[key] = text.strip()
    if row.get("name") in never:
        entry["never"] = never[row["name"]]
    return entry


def escaped(text: str) -> str:
    r"""Write line ends as a person types them: \r\n."""
    return text.replace("\\", "\\\\").replace("\r", "\\r").replace("\n", "\\n").replace("\t", "\\t")


def plain(text: str) -> str:
    r"""Read \r, \n, \t and \\ as what they stand for."""
    if text.startswith("hex:"):
        return text
    kept, letters = [], iter(text)
    for letter in letters:
        if letter != "\\":
            kept.append(letter)
            continue
        following = next(letters, "")
        kept.append({"r": "\r", "n": "\n", "t": "\t", "\\": "\\"}.get(following, "\\" + following))
    return "".join(kept)


def _shown(value: object) -> str:
    if isinstance(value, float):
        return "" if math.isinf(value) else f"{value:.12g}"
    return str(value)


def _whole(place: str, text: str) -> int:
    try:
        return int(text.strip())
    except ValueError:
        raise _no_number(place, text, "a whole number") from None


def _number(place: str, text: str) -> float:
    try:
        found = float(text.strip().replace(",", "."))
    except ValueError:
        raise _no_number(place, text, "a number") from None
    if not math.isfinite(found):
        raise _no_number(place, text, "a number")
    return found


def _no_number(place: str, text: str, wanted: str) -> LinkRefused:
    return LinkRefused(
        f"The link definition cannot be used: {place} is “{text.strip()}”, not {wanted}.",
        to_do="Mend that entry.",
    )
