"""What another constructor is given in the place of a call: the number that the call had, as it was written."""

import ast

from whynorm.facts.change import Rename
from whynorm.source.files import Source


def handing_on(edit: Rename, source: Source, call: ast.Call) -> str:
    """The new arguments, with the call's only one, where it is no plain number, in the place of the number it was."""
    alone = len(call.args) == 1 and not call.keywords and not isinstance(call.args[0], ast.Constant | ast.Starred)
    return given_to(edit, source.segment(call.args[0])) if alone else edit.arguments or ""


def given_to(edit: Rename, text: str) -> str:
    """The new arguments, with this text in the place of the number that the call was given."""
    made = ast.parse(f"f({edit.arguments})", mode="eval").body
    assert isinstance(made, ast.Call)
    parts = [*map(ast.unparse, made.args)]
    for one in made.keywords:
        counts = edit.number is not None and isinstance(one.value, ast.Constant) and one.value.value == edit.number
        parts.append(f"{one.arg}={text if counts else ast.unparse(one.value)}")
    return ", ".join(parts)
