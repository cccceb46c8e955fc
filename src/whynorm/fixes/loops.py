"""Loops that build layers, and what goes from one round into the next."""

import ast

from whynorm.facts.change import Carry
from whynorm.fixes.desk import Desk
from whynorm.fixes.file import Misfit
from whynorm.source.around import loops
from whynorm.source.places import argument_of, call_at


def carry(edit: Carry, desk: Desk) -> None:
    """Give a variable its value for the next round, at the loop's end or where it gets another one."""
    source, editor, call = desk.call(edit.location, edit.callee)
    given = argument_of(call, edit.keyword, edit.position)
    other = call_at(source, edit.like.location, edit.like.callee)
    value = argument_of(other, edit.like.keyword, edit.like.position) if other is not None else None
    around = loops(source, call)[:1]
    if not isinstance(given, ast.Name) or value is None or not around or other is None:
        raise Misfit
    if loops(source, other)[:1] != around or ast.dump(value) == ast.dump(given):
        raise Misfit
    written = [
        node
        for node in ast.walk(around[0])
        if isinstance(node, ast.Name) and node.id == given.id and isinstance(node.ctx, ast.Store)
    ]
    if not written:
        editor.statement(around[0].body[-1], f"{given.id} = {source.segment(value)}", after=True)
        return
    statement = source.parents.get(written[0])
    if len(written) > 1 or not isinstance(statement, ast.Assign) or statement not in around[0].body:
        raise Misfit
    editor.replace(statement.value, source.segment(value))
