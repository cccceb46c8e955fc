"""Where a program lets a network be trained again that it had frozen."""

import ast
from collections.abc import Iterable

from whynorm.facts import Location
from whynorm.source.files import Source
from whynorm.source.places import dotted, imported_as


def unfrozen_in(sources: Iterable[Source], name: str) -> Location | None:
    """The one line that sets `trainable` of what is named so to True; None where there is none, or several."""
    found = [
        Location(source.file, node.lineno, source.lines[node.lineno - 1].strip())
        for source in sources
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Assign) and _is_true(node.value)
        if any(dotted(target) == f"{name}.trainable" for target in node.targets)
    ]
    return found[0] if len(found) == 1 else None


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def named_in(source: Source, module: str, name: str) -> str | None:
    """How a file can name what this module has, by one of its imports: `layers.Dense` of `keras.layers`."""
    for known, stands_for in imported_as(source).items():
        if stands_for == f"{module}.{name}":
            return known
        if stands_for == module or module.startswith(f"{stands_for}."):
            return f"{known}{module.removeprefix(stands_for)}.{name}"
    return None
