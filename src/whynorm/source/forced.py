"""Where a program writes the mode of a layer at the layer's own call."""

import ast
from collections.abc import Sequence

from whynorm.facts import Location
from whynorm.source.files import read
from whynorm.source.places import covers, dotted


def forced_at(built: Location, names: Sequence[str], mode: str) -> Location | None:
    """The one call of a layer that gives it `training=True` (or another `mode`); None where there are several.

    `names` are what the layer is called in the file where it is built; it may be called on that very line.
    """
    source = read(built.file)
    if source is None:
        return None
    given = [
        call
        for call in source.calls
        if any(
            one.arg == mode and isinstance(one.value, ast.Constant) and one.value.value is True for one in call.keywords
        )
    ]
    here = [call for call in given if covers(call, built.line) and isinstance(call.func, ast.Call)]
    found = here or [call for call in given if (dotted(call.func) or "").rpartition(".")[2] in names]
    return source.location(found[0]) if len(found) == 1 else None
