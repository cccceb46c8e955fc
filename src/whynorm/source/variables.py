"""What holds the variables that a line of the program sets."""

import ast

from whynorm.facts import Location
from whynorm.source.places import source_at, statement_at

_LISTS = ("trainable_variables", "trainable_weights", "weights", "variables")


def holder_at(location: Location) -> tuple[Location, str | None]:
    """Where a line that sets variables begins, the loop around it included, and whose variables they are.

    `for v in model.trainable_variables: v.trainable = False` sets the model's.
    """
    source = source_at(location)
    statement = statement_at(source, location.line) if source is not None else None
    if source is None or statement is None:
        return location, None
    loop = next((one for one in (statement, *source.up(statement)) if isinstance(one, ast.For)), None)
    if loop is not None and isinstance(loop.iter, ast.Attribute) and loop.iter.attr in _LISTS:
        return source.location(loop), ast.unparse(loop.iter.value)
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    weight = target.value if isinstance(target, ast.Attribute) else None
    return location, ast.unparse(weight.value) if isinstance(weight, ast.Attribute) else None
