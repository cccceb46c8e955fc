"""Where a program sets an attribute of layers that are already built: `for m in net.modules(): m.momentum = 0.01`."""

import ast
from collections.abc import Iterable

from whynorm.facts.history import Assigned
from whynorm.source.files import Source, read


def assigned_in(files: Iterable[str], name: str, value: object) -> Assigned | None:
    """The one line in these files that gives an attribute of this name this value, other than `self`'s own."""
    found = [
        Assigned(source.location(given), name, ast.unparse(given))
        for source in map(read, files)
        if source is not None
        for given in _given(source, name)
        if isinstance(given, ast.Constant) and given.value == value and type(given.value) is type(value)
    ]
    return found[0] if len(found) == 1 else None


def _given(source: Source, name: str) -> Iterable[ast.expr]:
    """What is assigned to the attribute, in a statement or by `setattr`."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Assign):
            targets = [one for one in node.targets if isinstance(one, ast.Attribute) and one.attr == name]
            if any(not isinstance(one.value, ast.Name) or one.value.id != "self" for one in targets):
                yield node.value
    for call in source.called.get("setattr", ()):
        if len(call.args) == 3 and isinstance(call.args[1], ast.Constant) and call.args[1].value == name:
            yield call.args[2]
