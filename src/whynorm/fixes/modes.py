"""Edits that put a model into a mode."""

import ast

from whynorm.facts.change import Infer, Ready
from whynorm.fixes.desk import Desk
from whynorm.source.around import is_handed_on_in, is_written_in, loops, over, switches
from whynorm.source.places import dotted


def infer(edit: Infer, desk: Desk) -> None:
    """Put the model into inference mode for one call, and back where a loop around it trains."""
    source, editor, call = desk.call(edit.location, edit.callee)
    function = source.function(call) or source.tree
    wrong = [one for one in switches(function, edit.callee, "train") if one.lineno < call.lineno]
    if wrong and not _trains(function):
        editor.rename(wrong[-1].func, "eval")
        return
    statement: ast.stmt = source.statement(call)
    for loop in loops(source, call)[:1]:
        if not _trains(loop) and not is_written_in(loop, edit.callee.split(".")[0]):
            statement = loop
    uncalled = _uncalled(function, edit.callee, call.lineno)
    if uncalled is not None:
        editor.replace(uncalled, "{}()")
    else:
        editor.statement(statement, f"{edit.callee}.eval()")
    outer: list[ast.AST] = [around for around in loops(source, statement) if _trains(around)]
    once = function is source.tree  # a function may be called again
    outer += [function] if _trains(function, behind=statement.lineno if once else 0) else []
    if edit.trains is not None and not outer:
        _train_again(edit.trains, desk)
    if outer and not any(switches(loop, edit.callee, "train") for loop in outer):
        editor.statement(statement, f"{edit.callee}.train()", after=True)


def _uncalled(function: ast.AST, callee: str, before: int) -> ast.Attribute | None:
    """A statement `model.eval` above a line, which calls nothing."""
    return next(
        (
            node.value
            for node in ast.walk(function)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Attribute) and node.lineno < before
            if dotted(node.value) == f"{callee}.eval"
        ),
        None,
    )


def _train_again(edit: Ready, desk: Desk) -> None:
    """Where the program trains in another function, have it switch to training mode there, unless it does so."""
    source, _, call = desk.call(edit.location, edit.callee)
    if not switches(source.function(call) or source.tree, edit.callee, "train"):
        ready(edit, desk)


def ready(edit: Ready, desk: Desk) -> None:
    """Put a statement before the loop over data around a call, else right before the call."""
    source, editor, call = desk.call(edit.location, edit.callee)
    model = edit.callee.split(".")[0]
    statement: ast.stmt = source.statement(call)
    for loop in loops(source, call)[:1]:
        switched = any(switches(loop, edit.callee, mode) for mode in ("train", "eval"))
        if (
            over(loop) == "data"
            and not switched
            and not is_handed_on_in(loop, model)
            and not is_written_in(loop, model)
        ):
            statement = loop
    editor.statement(statement, edit.statement)


def _trains(node: ast.AST, behind: int = 0) -> bool:
    """Whether a backward pass is made inside a node, behind this line."""
    made = (one for one in ast.walk(node) if isinstance(one, ast.Attribute) and one.attr == "backward")
    return any(one.lineno > behind for one in made)
