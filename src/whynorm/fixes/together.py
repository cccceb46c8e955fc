"""Several numbers of one value, changed where the program gives them all their value."""

import ast
from collections.abc import Sequence

from whynorm.facts.change import SetArgument, SetTogether
from whynorm.fixes.desk import Desk
from whynorm.fixes.file import Misfit
from whynorm.fixes.numbers import put, set_argument
from whynorm.source.built import reached
from whynorm.source.places import argument_of
from whynorm.source.running import Value, Where
from whynorm.source.values import behind, uses


def set_together(edit: SetTogether, desk: Desk) -> None:
    """Set several arguments to one value, in as few places as give it to nothing else."""
    found = [_given(one, desk) for one in edit.arguments]
    given = [one for one in found if one is not None]
    joined = _joined(given)
    if edit.alone and (len(given) < len(found) or len(joined) != 1):
        raise Misfit
    if len(given) < len(found) or len(joined) == len(given):
        for one in edit.arguments:
            set_argument(one, desk)
        return
    first = edit.arguments[0]
    for value in joined:
        around = next((node for node in value.where.source.up(value.node) if isinstance(node, ast.Call)), None)
        if around is None:
            desk.editor(value.where.source).replace(value.node, first.value)
        else:
            put(desk, value, around, first.was, first.value)


def _given(edit: SetArgument, desk: Desk) -> Value | None:
    """What is written for an argument; None where it comes another way than by the call."""
    if edit.location.library:
        return None
    source, _, call = desk.call(edit.location, edit.callee)
    given = argument_of(call, edit.keyword, edit.position)
    return None if given is None else Value(given, reached(edit.location, source, call))


def _joined(values: Sequence[Value]) -> list[Value]:
    """The places that give these values: a variable that is read by them alone is followed to where it comes from."""
    left = list({_run(one): one for one in values}.values())
    for value in left:
        if not isinstance(value.node, ast.Name | ast.Attribute):
            continue
        same = [one for one in left if _is_same(one, value)]
        above = [behind(one) for one in same]
        if len({one.node for one in same}) == uses(value.node, value.where) and None not in above:
            return _joined([*(one for one in left if one not in same), *(one for one in above if one is not None)])
    return left


def _run(value: Value) -> tuple[object, ...]:
    """What tells a value from others: where it is read, and through which calls."""
    at: Where | None = value.where
    calls = []
    while at is not None:
        calls.append(at.call)
        at = at.caller
    return value.node, *calls


def _is_same(one: Value, other: Value) -> bool:
    """Whether two values are read from the same variable."""
    if one.where.source is not other.where.source or ast.dump(one.node) != ast.dump(other.node):
        return False
    source = one.where.source
    return isinstance(one.node, ast.Attribute) or source.scope(one.node) is source.scope(other.node)
