"""Link definitions of the shop's own: `link list`, `add`, `check`, `capture`, `test`, `remove`."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.app.desk import open_counter
from cartech_desk.app.dyno_acts.parts import add_act
from cartech_desk.app.existing_files import add_even_so
from cartech_desk.app.numbers_asked import seconds_of
from cartech_desk.app.output import emit, say
from cartech_desk.app.paths import links_folder

if TYPE_CHECKING:
    from cartech_desk.domain.dyno.link_definition import LinkDefinition
    from cartech_desk.domain.dyno.link_trial import Trial
    from cartech_desk.hardware.dyno.definition_files import DefinitionFiles

_LOOK_S: Final = 0.2

Act = Callable[[argparse.Namespace, "DefinitionFiles"], int]


def add_acts(acts: Any) -> None:
    """Add them to `cartech-desk dyno`."""
    parser = acts.add_parser(
        "link", help="links that the shop defined", description="links that the shop defined"
    )
    own = parser.add_subparsers(metavar="act", required=True)

    add_act(own, "list", "definitions kept here, and templates to begin with", _in_folder(_list))

    from cartech_desk.app.operator import add_as

    adding = add_act(own, "add", "keep a definition under a name", _in_folder(_add))
    adding.add_argument("key", metavar="NAME", help="a-z, 0-9, - and _")
    adding.add_argument("file", metavar="FILE", help="a .toml file, or template:NAME")
    add_even_so(adding, "in the place of the one before", forced=True)
    add_as(adding)

    checking = add_act(own, "check", "read a definition and say what it means", _in_folder(_check))
    checking.add_argument("file", metavar="NAME", help="the name of one kept here, or a .toml file")

    capturing = add_act(own, "capture", "write what comes from a port to a file", _in_folder(_hear))
    capturing.add_argument("port", metavar="PORT", help="serial port, or tcp://HOST:PORT")
    capturing.add_argument("out", type=Path, metavar="FILE", help="where the capture goes")
    capturing.add_argument("--definition", metavar="NAME", help="speed, start-up and poll of this")
    capturing.add_argument("--baud", type=int, default=9600, help="speed without a definition")
    add_even_so(capturing, forced=True)
    capturing.add_argument("--seconds", type=seconds_of, default=10.0, metavar="N", help="(10)")

    testing = add_act(own, "test", "try a definition on a capture", _in_folder(_test))
    testing.add_argument("file", metavar="NAME", help="the name of one kept here, or a .toml file")
    testing.add_argument("capture", type=Path, metavar="CAPTURE", help="a file of `capture`")

    removing = add_act(own, "remove", "forget a definition", _in_folder(_remove))
    removing.add_argument("key", metavar="NAME")
    add_as(removing)


def _in_folder(act: Act) -> Callable[[argparse.Namespace], int]:
    def run(args: argparse.Namespace) -> int:
        from cartech_desk.app.operator import acting
        from cartech_desk.bay.dyno_links import LinkFiles

        with open_counter(args, demo=args.demo, forgiving=True) as counter:
            folder = links_folder(counter.data_dir)
            return act(args, LinkFiles(folder, counter.store, lambda: acting(args, counter)))

    return run


def _list(args: argparse.Namespace, files: "DefinitionFiles") -> int:
    from cartech_desk.domain.errors import CarTechError
    from cartech_desk.hardware.dyno.definition_files import templates

    kept = []
    for key in files.keys():  # noqa: SIM118 - no mapping
        try:
            kept.append({"name": key, **_told(files.load(key))})
        except CarTechError as error:
            kept.append({"name": key, "problem": error.message})
    document = {"folder": str(files.folder), "links": kept, "templates": list(templates())}
    lines = [
        f"{one['name']}: {one.get('title') or one.get('problem')}"
        + ("" if "verified" not in one else f" ({_TRUST[bool(one['verified'])]})")
        for one in kept
    ]
    text = "\n".join([*lines, "Templates, none verified: " + ", ".join(templates())])
    emit(args, document, text)
    return 0


def _add(args: argparse.Namespace, files: "DefinitionFiles") -> int:
    from cartech_desk.domain.dyno.link_definition import LinkRefused

    definition = _definition(files, args.file)
    if args.key in files.keys() and not args.even_so:  # noqa: SIM118 - no mapping
        raise LinkRefused(
            f"There is a link definition “{args.key}” already.",
            kept="It was not touched.",
            to_do="Choose another name, or let --even-so put this one in its place.",
        )
    path = files.save(args.key, definition)
    emit(
        args,
        {"name": args.key, "file": str(path), **_told(definition)},
        f"Kept as “{args.key}”. Use it as --source link:{args.key}@PORT.\n{_trust(definition)}",
    )
    return 0


def _check(args: argparse.Namespace, files: "DefinitionFiles") -> int:
    definition = _definition(files, args.file)
    lines = [definition.name, _trust(definition), *definition.doubts]
    lines += [f"  {one.name}: {one.label} [{one.unit}]" for one in definition.fields]
    emit(args, _told(definition), "\n".join(lines))
    return 0


def _hear(args: argparse.Namespace, files: "DefinitionFiles") -> int:
    import time

    from cartech_desk.app.stopping import until_told
    from cartech_desk.domain.dyno.link_definition import SerialLine
    from cartech_desk.hardware.dyno.capture import CaptureRefused, check_capture, write_capture
    from cartech_desk.hardware.dyno.listening import Listener, link_to

    if not args.even_so:
        check_capture(args.out)
    definition = _definition(files, args.definition) if args.definition else None
    line = definition.line if definition is not None else SerialLine(baud=args.baud)
    listener = Listener(link_to(args.port, line), definition)
    with until_told() as told:
        listener.start()
        try:
            deadline = time.monotonic() + args.seconds
            while not (told.is_set() or listener.problem) and time.monotonic() < deadline:
                told.wait(_LOOK_S)
        finally:
            listener.stop()
    if listener.problem:
        say(listener.problem)
    pieces = listener.pieces()[1]
    if not pieces:
        raise CaptureRefused(
            f"Nothing came from {args.port}.",
            kept="No file was written.",
            to_do="Check the cable and the speed of the line (--baud); some devices have to be "
            "asked: give a definition with a poll command.",
        )
    write_capture(args.out, pieces, args.port)
    emit(
        args,
        {"file": str(args.out), "bytes": listener.total, "problem": listener.problem},
        f"{listener.total} bytes are in {args.out}.",
    )
    return 1 if listener.problem else 0


def _test(args: argparse.Namespace, files: "DefinitionFiles") -> int:
    from cartech_desk.domain.dyno.link_trial import try_on
    from cartech_desk.hardware.dyno.capture import read_capture

    definition = _definition(files, args.file)
    trial = try_on(definition, read_capture(args.capture))
    document = {**_trial_document(trial), **_trusted(definition)}
    emit(args, document, f"{_trial_text(trial)}\n{_trust(definition)}")
    return 0 if trial.fits else 1


def _remove(args: argparse.Namespace, files: "DefinitionFiles") -> int:
    files.remove(args.key)
    emit(args, {"removed": args.key}, f"“{args.key}” is forgotten.")
    return 0


def _definition(files: "DefinitionFiles", word: str) -> "LinkDefinition":
    from cartech_desk.domain.dyno.link_definition import LinkRefused
    from cartech_desk.domain.dyno.link_document import read_definition
    from cartech_desk.hardware.dyno.definition_files import read_file, templates

    if word.startswith("template:"):
        text = templates().get(word.removeprefix("template:"))
        if text is None:
            raise LinkRefused(
                f"There is no {word}.", to_do="There are: " + ", ".join(templates()) + "."
            )
        return read_definition(text)
    return read_file(Path(word)) if word.endswith(".toml") else files.load(word)


def _told(definition: "LinkDefinition") -> dict[str, Any]:
    return {
        "title": definition.name,
        "make": definition.make,
        "model": definition.model,
        "kind": definition.kind,
        "tier": "user_defined",
        **_trusted(definition),
        "sends": [each.hex(" ") for each in (*definition.start_up, definition.poll) if each],
        "doubts": list(definition.doubts),
        "fields": [
            {
                "name": one.name,
                "label": one.label,
                "unit": one.unit,
                "role": one.role.value if one.role else None,
            }
            for one in definition.fields
        ],
    }


_TRUST: Final = {True: "checked by the shop", False: "unverified"}


def _form_of(definition: "LinkDefinition") -> str:
    """Return the template that a definition is, word for word; empty where somebody edited it."""
    from cartech_desk.domain.dyno.link_document import read_definition
    from cartech_desk.hardware.dyno.definition_files import templates

    same = (key for key, text in templates().items() if read_definition(text) == definition)
    return next(same, "")


def _trusted(definition: "LinkDefinition") -> dict[str, Any]:
    return {"verified": definition.verified, "template": _form_of(definition)}


def _trust(definition: "LinkDefinition") -> str:
    """Say how far a definition may be trusted."""
    form = _form_of(definition)
    if form:
        return (
            f"▲ Unverified: this is the template “{form}” as it came, a form to fill in. Put its "
            "offsets and scales right for the device, then try it on a capture of it."
        )
    if definition.verified:
        return "● Checked by the shop: somebody here said so."
    return "▲ Unverified: nobody has checked it on the device yet."


def _trial_document(trial: "Trial") -> dict[str, Any]:
    return {
        "fits": trial.fits,
        "verdict": trial.verdict,
        "bytes": trial.bytes,
        "packets": trial.packets,
        "skipped": trial.skipped,
        "reasons": [{"why": why, "times": times} for why, times in trial.reasons],
        "fields": [
            {
                "name": one.name,
                "unit": one.unit,
                "values": one.values,
                "invalid": one.invalid,
                "lowest": one.lowest,
                "highest": one.highest,
                "first": list(one.first),
            }
            for one in trial.fields
        ],
    }


def _trial_text(trial: "Trial") -> str:
    lines = [trial.verdict]
    lines += [f"  skipped: {why} ({times} times)" for why, times in trial.reasons]
    lines += [
        f"  {one.name}: {one.values} values, {one.lowest:g} to {one.highest:g} {one.unit}"
        + (f", {one.invalid} invalid" if one.invalid else "")
        for one in trial.fields
        if trial.packets
    ]
    return "\n".join(lines)
