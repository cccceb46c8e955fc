"""Where a program writes one value of its configuration: in a dictionary, a text within it, or a file that it reads."""

import ast
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from whynorm.facts import Location
from whynorm.source.files import Source
from whynorm.source.places import argument_of
from whynorm.source.running import last_name, program

Key = str | int
_FILES = (".json", ".yaml", ".yml", ".toml", ".ini", ".cfg")
_LARGEST = 1 << 20


class Leaf(NamedTuple):
    """One value of a configuration, as it is written."""

    location: Location
    """With the column at which it starts; of a text, behind its quote."""
    fits: int
    """How many of the keys that lead to it are written there."""


def written_leaf(whole: object, path: Sequence[Key], was: object) -> Location | None:
    """The one place at which this value is written under these keys; None where there is none, or several."""
    found = list(_leaves(whole, tuple(path), was))
    most = max((leaf.fits for leaf in found), default=0)
    best = {leaf.location for leaf in found if leaf.fits == most}
    own = {place for place in best if place.file.endswith(".py")}  # a file may be what the program wrote of it
    return next(iter(own or best)) if len(own or best) == 1 else None


def _leaves(whole: object, path: tuple[Key, ...], was: object) -> Iterator[Leaf]:
    files: dict[str, None] = dict.fromkeys(one for one in sys.argv if one.endswith(_FILES))
    for source in program():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Dict | ast.List | ast.Tuple | ast.Call):
                yield from _in_literal(source, node, whole, path, was)
            elif isinstance(node, ast.ClassDef):
                yield from _in_class(source, node, path, was)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                if node.value.endswith(_FILES):
                    beside = os.path.join(os.path.dirname(source.file), node.value)
                    files |= dict.fromkeys((node.value, beside))
                elif path[-1:] and re.search(r"[:=]", node.value):
                    yield from _in_text(source.file, source.text, _span(source, node), path, was)
    for file in dict.fromkeys(os.path.realpath(one) for one in files if os.path.isfile(one)):
        if os.path.getsize(file) < _LARGEST:
            text = Path(file).read_text(errors="replace")
            yield from _in_text(file, text, (0, len(text)), path, was)


def _in_literal(source: Source, node: ast.expr, whole: object, path: tuple[Key, ...], was: object) -> Iterator[Leaf]:
    for start in range(len(path)):
        leaf = _descended(node, path[start:])
        if not isinstance(leaf, ast.Constant) or type(leaf.value) is not type(was) or leaf.value != was:
            continue
        if any(isinstance(key, str) for key in path[start:]) or _is_equal(node, _at(whole, path[:start])):
            yield Leaf(_place(source, leaf), len(path) - start)


def _descended(node: ast.expr, path: Sequence[Key]) -> ast.expr | None:
    """What stands in a literal under these keys."""
    at: ast.expr | None = node
    for key in path:
        if isinstance(at, ast.Dict):
            pairs = zip(at.keys, at.values, strict=True)
            at = next((value for name, value in pairs if isinstance(name, ast.Constant) and name.value == key), None)
        elif isinstance(at, ast.List | ast.Tuple) and isinstance(key, int) and key < len(at.elts):
            at = None if any(isinstance(one, ast.Starred) for one in at.elts[: key + 1]) else at.elts[key]
        elif isinstance(at, ast.Call) and isinstance(key, str):
            at = _default(at, key) or argument_of(at, key, None)
        else:
            return None
    return at


def _default(call: ast.Call, name: str) -> ast.expr | None:
    """The default of an argument of the command line: `add_argument("--num-groups", default=32)`."""
    if last_name(call) != "add_argument":
        return None
    flags = [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    named = any(flag.lstrip("-").replace("-", "_") == name for flag in flags)
    return argument_of(call, "default", None) if named else None


def _in_class(source: Source, node: ast.ClassDef, path: tuple[Key, ...], was: object) -> Iterator[Leaf]:
    """What a class gives its objects, or itself: `num_groups: int = 32`."""
    for statement in node.body:
        targets = [statement.target] if isinstance(statement, ast.AnnAssign) else getattr(statement, "targets", [])
        value = getattr(statement, "value", None)
        if not isinstance(value, ast.Constant) or type(value.value) is not type(was) or value.value != was:
            continue
        if any(isinstance(one, ast.Name) and one.id == path[-1] for one in targets):
            yield Leaf(_place(source, value), 1)


def _in_text(file: str, text: str, span: tuple[int, int], path: tuple[Key, ...], was: object) -> Iterator[Leaf]:
    """What a configuration in JSON, YAML or the like says under the last of the names, in a text or a part of it."""
    last = max((number for number, key in enumerate(path) if isinstance(key, str)), default=None)
    if last is None or len(path) - last > 2 or not isinstance(was, int | str) or isinstance(was, bool):
        return
    element = r"[\[(]\s*" + r"[^,\[\]]*,\s*" * int(path[-1]) if last < len(path) - 1 else ""
    quote = r"[\"']?" if isinstance(was, str) else ""
    name, value = re.escape(str(path[last])), re.escape(str(was))
    pattern = rf"(?<![\w-]){name}[\"']?\s*[:=]\s*{element}{quote}(?P<was>{value})(?![\w.])"
    for match in re.compile(pattern).finditer(text, *span):
        start = match.start("was")
        line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start) - 1
        yield Leaf(Location(file, line, text.splitlines()[line - 1].strip(), column), 1)


def _span(source: Source, node: ast.Constant) -> tuple[int, int]:
    """Where a text stands in its file, in characters."""
    starts = [0]
    for line in source.text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    end_line = source.lines[(node.end_lineno or node.lineno) - 1]
    behind = len(end_line.encode()[: node.end_col_offset].decode(errors="replace"))
    return starts[node.lineno - 1] + source.column(node), starts[(node.end_lineno or node.lineno) - 1] + behind


def _place(source: Source, leaf: ast.Constant) -> Location:
    place = source.location(leaf)
    if isinstance(leaf.value, str):
        written = source.lines[leaf.lineno - 1][place.column or 0 :]
        return place._replace(column=(place.column or 0) + written.index(leaf.value) if leaf.value in written else None)
    return place


def _at(whole: Any, path: Sequence[Key]) -> object:
    for key in path:
        holder: Any = whole if isinstance(whole, dict | list | tuple) else vars(whole)
        whole = holder[key]
    return whole


def _is_equal(node: ast.expr, value: object) -> bool:
    try:
        return bool(ast.literal_eval(node) == value)
    except (ValueError, TypeError, SyntaxError):
        return False
