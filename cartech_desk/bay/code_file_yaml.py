"""The rows of a maker's table of fault codes in YAML, each value with where it stands.

Only plain text, lists and groups are taken: values are read as they are written, so that no code or
word becomes a number or a yes; references (`*name`), which can make a small file huge, and tags
(`!!int`), which ask for another meaning, are refused.
"""

from collections.abc import Iterator
from typing import Any, Final

import yaml

from cartech_desk.bay import code_file
from cartech_desk.bay.code_file import COLUMNS, Cell, Cells, check_columns, refused, too_many

_DEEPEST: Final = 6
_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SHAPE: Final = "A list of groups with code and description, or maker and codes."


def yaml_rows(name: str, text: str) -> Iterator[tuple[int, Cells]]:
    """Yield every row with its line. Errors: CodeTableRefused."""
    root = _read(name, text)
    maker: Cell | None = None
    if isinstance(root, yaml.MappingNode):
        groups = _group(name, root)
        for key, (at, _node) in groups.items():
            if key not in ("maker", "codes"):
                raise refused(name, f"there is no field “{key[:40]}”", _SHAPE, at)
        if "codes" not in groups:
            raise refused(name, "the field “codes” is missing", _SHAPE, _cell(root))
        if "maker" in groups:
            maker = _text_cell(name, "maker", groups["maker"][1])
        root = groups["codes"][1]
    for line, cells in _listed(name, root):
        yield line, cells if maker is None or "maker" in cells else {**cells, "maker": maker}


def _listed(name: str, root: Any) -> Iterator[tuple[int, Cells]]:
    if isinstance(root, yaml.MappingNode):
        for code, (at, node) in _group(name, root).items():
            text = _text_cell(name, "description", node)
            yield at.line, {"code": Cell(code, at.line, at.column), "description": text}
        return
    if not isinstance(root, yaml.SequenceNode):
        raise refused(name, "it is no list of codes", _SHAPE, _cell(root))
    for row in root.value:
        at = _cell(row)
        if not isinstance(row, yaml.MappingNode):
            raise refused(name, "this is no group of fields", _SHAPE, at)
        groups = _group(name, row)
        check_columns(name, [Cell(key, at.line, at.column) for key, (at, _node) in groups.items()])
        yield at.line, {key: _value(name, key, node) for key, (_at, node) in groups.items()}


def _value(name: str, key: str, node: Any) -> Cell:
    if key in ("causes", "checks") and isinstance(node, yaml.SequenceNode):
        parts = [_text_cell(name, key, part).text for part in node.value]
        at = _cell(node)
        return Cell(" | ".join(parts), at.line, at.column)
    return _text_cell(name, key, node)


def _group(name: str, node: Any) -> dict[str, tuple[Cell, Any]]:
    found: dict[str, tuple[Cell, Any]] = {}
    for key, value in node.value:
        cell = _text_cell(name, "a field's name", key)
        word = cell.text.strip()
        word = word.lower() if word.lower() in (*COLUMNS, "codes") else word
        if word in found:
            raise refused(name, f"“{word[:40]}” stands there twice", "Leave one of both.", cell)
        found[word] = cell, value
    return found


def _text_cell(name: str, key: str, node: Any) -> Cell:
    at = _cell(node)
    if not isinstance(node, yaml.ScalarNode):
        raise refused(name, f"{key} is no text", "Write one text.", at)
    value = "" if node.tag == "tag:yaml.org,2002:null" else str(node.value)
    return Cell(" ".join(value.split("\n")).strip(), at.line, at.column)


def _cell(node: Any) -> Cell:
    mark = node.start_mark
    return Cell("", mark.line + 1, mark.column + 1)


def _read(name: str, text: str) -> Any:
    try:
        _check_events(name, text)
        root = yaml.compose(text, _LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = None if mark is None else Cell("", mark.line + 1, mark.column + 1)
        why = str(getattr(error, "problem", None) or "a character that YAML does not allow")
        raise refused(name, f"it is no YAML ({why})", "Put that right.", where) from error
    if root is None:
        raise refused(name, "it holds no codes", "Choose another file.", None)
    return root


def _check_events(name: str, text: str) -> None:
    """Refuse what no table needs before anything is built of it: it may be huge."""
    room: list[int] = []
    for event in yaml.parse(text, _LOADER):
        if isinstance(event, yaml.AliasEvent):
            raise refused(name, "it holds a reference (*)", "Write the value itself.", _cell(event))
        if isinstance(event, yaml.CollectionEndEvent):
            room.pop()
        elif isinstance(event, yaml.NodeEvent):
            tag = getattr(event, "tag", None)
            if tag:
                raise refused(
                    name, f"it holds a tag ({tag[:40]})", "Write plain text.", _cell(event)
                )
            if room:
                room[-1] -= 1
                if room[-1] < 0:
                    raise too_many(name)
            if isinstance(event, yaml.SequenceStartEvent):
                room.append(code_file.MOST)
            elif isinstance(event, yaml.MappingStartEvent):
                room.append(2 * (code_file.MOST + len(COLUMNS)))
            if len(room) > _DEEPEST:
                raise refused(name, "its groups are nested too deeply", _SHAPE, _cell(event))
