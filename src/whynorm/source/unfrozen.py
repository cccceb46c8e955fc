"""Where a program lets a network be trained again that it had frozen."""

import ast
from collections.abc import Iterable

from whynorm.facts import Location
from whynorm.source.files import Source
from whynorm.source.places import dotted, imported_as


def unfrozen_in(sources: Iterable[Source], name: str) -> tuple[Location, ...] | None:
    """The lines that let what is named so be trained: they set its `trainable`, and not to False.

    None where there are such lines for something else alone, which may hold it.
    """
    lines = [
        (
            dotted(target) == f"{name}.trainable",
            Location(source.file, node.lineno, source.lines[node.lineno - 1].strip()),
        )
        for source in sources
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Assign) and not (isinstance(node.value, ast.Constant) and not node.value.value)
        for target in node.targets
        if isinstance(target, ast.Attribute) and target.attr == "trainable"
    ]
    own = tuple(line for same, line in lines if same)
    return own if own or not lines else None


def named_in(source: Source, module: str, name: str) -> str | None:
    """How a file can name what this module has, by one of its imports: `layers.Dense` of `keras.layers`."""
    for known, stands_for in imported_as(source).items():
        if stands_for == f"{module}.{name}":
            return known
        if stands_for == module or module.startswith(f"{stands_for}."):
            return f"{known}{module.removeprefix(stands_for)}.{name}"
    return None
