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


def made_by(source: Source, node: ast.expr, call: ast.Call) -> tuple[ast.Call, str] | None:
    """What a function of the program, or a lambda, makes of one number: the call in it, and its parameter's name.

    `node` names the function, which `call` calls with that number alone.
    """
    function: ast.AST | None = node if isinstance(node, ast.Lambda) else None
    if isinstance(node, ast.Name):
        own = (one for one in source.tree.body if isinstance(one, ast.FunctionDef) and one.name == node.id)
        function = next(own, None)
    if not isinstance(function, ast.FunctionDef | ast.Lambda) or len(call.args) != 1 or call.keywords:
        return None
    given = function.args.args
    made = function.body if isinstance(function, ast.Lambda) else _returned(function)
    return (made, given[0].arg) if isinstance(made, ast.Call) and len(given) == 1 else None


def _returned(function: ast.FunctionDef) -> ast.expr | None:
    """What a function returns that does nothing else."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return body[0].value if len(body) == 1 and isinstance(body[0], ast.Return) else None
