"""State that a call hands out, kept for the next call of it."""

import ast
from collections.abc import Sequence

from whynorm.facts.change import Thread
from whynorm.fixes.desk import Desk
from whynorm.fixes.file import Editor, Misfit
from whynorm.source import flow
from whynorm.source.around import loops
from whynorm.source.files import Function, Source
from whynorm.source.places import argument_of

SECOND = (1,)
"""Where the state stands in what is handed out."""


def thread(edit: Thread, desk: Desk) -> None:
    """Give the variable that goes in the value that comes out, in the function where both are at hand."""
    source, editor, call = desk.call(edit.location, edit.callee)
    given = argument_of(call, None, edit.position)
    if not isinstance(given, ast.Name):
        raise Misfit
    place: tuple[int, ...] = SECOND
    around = source.function(call)
    wanted = _parameter(around, given.id) if around is not None else None
    if around is not None and wanted is not None:
        place = (0, *_handed_on(source, around, call))
        call = _transformed(source, around)
        outer = argument_of(call, given.id, wanted)
        if not isinstance(outer, ast.Name):
            raise Misfit
        given = outer
    _keep(source, editor, call, place, given.id)


def _parameter(function: Function, name: str) -> int | None:
    """The position of a parameter, where the function is a step of its own: nothing in it loops over the call."""
    names = [one.arg for one in [*function.args.posonlyargs, *function.args.args]]
    return names.index(name) if name in names else None


def _handed_on(source: Source, function: Function, call: ast.Call) -> tuple[int, ...]:
    """Where the state stands in what the function around the call returns."""
    names = _target(source, call, SECOND)
    for value in flow.returns(function):
        for place, node in _elements(value):
            if isinstance(names, ast.Name) and isinstance(node, ast.Name) and node.id == names.id:
                return place
    raise Misfit


def _elements(node: ast.expr, place: tuple[int, ...] = ()) -> list[tuple[tuple[int, ...], ast.expr]]:
    if isinstance(node, ast.Tuple | ast.List):
        return [found for number, one in enumerate(node.elts) for found in _elements(one, (*place, number))]
    return [(place, node)]


def _transformed(source: Source, function: Function) -> ast.Call:
    """The one call of what `value_and_grad(function, has_aux=True)` gives."""
    makers = [one for one in source.called.get("value_and_grad", ()) if _is_of(one, function.name)]
    if len(makers) != 1:
        raise Misfit
    maker = makers[0]
    parent = source.parents.get(maker)
    if isinstance(parent, ast.Call) and parent.func is maker:
        return parent
    if isinstance(parent, ast.Assign) and len(parent.targets) == 1 and isinstance(parent.targets[0], ast.Name):
        calls = source.called.get(parent.targets[0].id, ())
        if len(calls) == 1:
            return calls[0]
    raise Misfit


def _is_of(call: ast.Call, name: str) -> bool:
    return bool(call.args) and isinstance(call.args[0], ast.Name) and call.args[0].id == name


def _target(source: Source, call: ast.Call, place: Sequence[int]) -> ast.expr:
    """What is assigned the part of a call's result at this place; the nearest that it is a part of."""
    statement = source.parents.get(call)
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        raise Misfit
    target = statement.targets[0]
    for number in place:
        if not isinstance(target, ast.Tuple | ast.List) or number >= len(target.elts):
            raise Misfit
        target = target.elts[number]
    return target


def _keep(source: Source, editor: Editor, call: ast.Call, place: Sequence[int], name: str) -> None:
    target = _target(source, call, place)
    if not isinstance(target, ast.Name) or target.id == name:
        raise Misfit
    around = source.function(call) or source.tree
    if not loops(source, call) and not _is_read_behind(around, call, name):
        raise Misfit  # it would go nowhere
    used = [one for one in ast.walk(around) if isinstance(one, ast.Name) and one.id == target.id]
    if all(isinstance(one.ctx, ast.Store) for one in used):
        editor.replace(target, name)
    else:
        editor.statement(source.statement(call), f"{name} = {target.id}", after=True)


def _is_read_behind(inside: ast.AST, call: ast.Call, name: str) -> bool:
    reads = (one for one in ast.walk(inside) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load))
    return any(one.id == name and one.lineno > (call.end_lineno or call.lineno) for one in reads)
