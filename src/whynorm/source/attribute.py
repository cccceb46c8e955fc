"""Where a class of the program gives an attribute its value."""

import ast

from whynorm.facts import Location
from whynorm.source import flow
from whynorm.source.files import is_library, read
from whynorm.source.places import imported_as


def attribute(file: str, owner: str, name: str) -> tuple[Location, str, str] | None:
    """The line that assigns `self.<name>` in this class, the value as it is written, and what is before `ModuleList`.

    None where that is not the program's file, or there is no such line.
    """
    source = None if is_library(file) else read(file)
    if source is None:
        return None
    classes = (node for node in ast.walk(source.tree) if isinstance(node, ast.ClassDef) and node.name == owner)
    values = [one for node in classes for one in flow.attribute_values(source, node, name)]
    if not values or not isinstance(values[0].node, ast.expr):
        return None
    node, there = values[0].node, values[0].source
    holder = next((own for own, full in imported_as(there).items() if full == "torch.nn"), "torch.nn")
    return there.location(node), there.segment(node), f"{holder}."
