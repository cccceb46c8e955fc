"""Where a program lets a network be trained again that it had frozen."""

import ast
from collections.abc import Iterable

from whynorm.facts import Location
from whynorm.source.files import Source
from whynorm.source.places import dotted


def unfrozen_in(sources: Iterable[Source], name: str) -> tuple[Location, ...] | None:
    """The lines that let what is named so be trained: they set its `trainable`, and not to False.

    None where there are such lines for something else alone, which may hold it.
    """
    lines = [
        (
            dotted(target) == f"{name}.trainable",
            source.location(node),
        )
        for source in sources
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Assign) and not (isinstance(node.value, ast.Constant) and not node.value.value)
        for target in node.targets
        if isinstance(target, ast.Attribute) and target.attr == "trainable"
    ]
    own = tuple(line for same, line in lines if same)
    return own if own or not lines else None
