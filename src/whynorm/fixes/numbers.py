"""Numbers with which layers and tensors are built, changed where they were written."""

import ast
import os
from collections.abc import Iterator, Sequence

from whynorm.facts.change import SetArgument, SetSize
from whynorm.fixes.calls import with_keyword
from whynorm.fixes.desk import Desk
from whynorm.fixes.file import Misfit
from whynorm.source import flow
from whynorm.source.built import reached
from whynorm.source.configured import entry_at
from whynorm.source.files import Source, is_library
from whynorm.source.held import sizes_of
from whynorm.source.places import argument_of, call_at, dotted, imported_as, source_at
from whynorm.source.running import Value, Where, is_method, sites
from whynorm.source.values import equal_in_scope, evaluate, handed, of_round, operand, shares_scope
from whynorm.source.values import written as written_at


def set_argument(edit: SetArgument, desk: Desk) -> None:
    """Set an argument of a call, or add it; where it comes through a variable, where it was written."""
    if edit.location.library and edit.location.through:
        _hand_over(edit, desk)
        return
    source, editor = desk.open(edit.location)
    entry = entry_at(source, edit.location, edit.keyword) if edit.keyword is not None else None
    if entry is not None and _may_be(entry, edit.was):
        editor.replace(entry, edit.value)
        return
    source, editor, call = desk.call(edit.location, edit.callee)
    given = argument_of(call, edit.keyword, edit.position)
    options = [one.value for one in call.keywords if one.arg is None]
    if given is None and options and not edit.absent:
        _set_option(edit, desk, [Value(one, reached(edit.location, source, call)) for one in options])
        return
    if given is None:
        if edit.keyword is None or any(isinstance(argument, ast.Starred) for argument in call.args):
            raise Misfit
        like = _neighbour(edit, source, call) if edit.like is not None else None
        editor.call(call, with_keyword(edit.keyword, edit.value if like is None else source.segment(like)))
        return
    better = _neighbour(edit, source, call) if edit.like is not None else None
    if better is not None and ast.dump(better) != ast.dump(given):
        editor.replace(given, source.segment(better))
        return
    put(desk, Value(given, reached(edit.location, source, call)), call, edit.was, edit.value, apart=edit.apart)
    for other in _alike(source, call) if edit.apart and _is_literal(given) else ():
        same = argument_of(other, edit.keyword, edit.position)
        if same is not None:
            editor.replace(same, edit.value)


def _alike(source: Source, call: ast.Call) -> list[ast.Call]:
    """The calls of the same function of the program that are written word for word as this one."""
    written, around = ast.dump(call), source.function(call)
    return [
        one for one in source.calls if one is not call and source.function(one) is around and ast.dump(one) == written
    ]


def _set_option(edit: SetArgument, desk: Desk, options: Sequence[Value]) -> None:
    """Set an argument that comes with the others of a dictionary (`**options`), where that is written out."""
    for value in options:
        found = written_at(value)
        for name, node in _entries(found.value.node) if found.alone else ():
            if name == edit.keyword and _may_be(node, edit.was):
                desk.editor(found.value.where.source).replace(node, edit.value)
                return
    raise Misfit


def _entries(node: ast.expr) -> Iterator[tuple[object, ast.expr]]:
    """What a dictionary holds, as it is written: `{"momentum": 0.1}`, `dict(momentum=0.1)`."""
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant):
                yield key.value, value
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
        for given in node.keywords:
            yield given.arg, given.value


def _hand_over(edit: SetArgument, desk: Desk) -> None:
    """Set what the program hands to a library that builds the layer: the one argument of such a name and value."""
    location = edit.location.own
    source = source_at(location)
    if source is None:
        raise Misfit
    calls = [call for call in source.calls if call.lineno == location.line and source.column(call) == location.column]
    given = [
        (call, Value(one.value, reached(location, source, call)))
        for call in calls
        for one in call.keywords
        if one.arg is not None and edit.keyword is not None and _means(one.arg, edit.keyword)
    ]
    given = [(call, value) for call, value in given if evaluate(value) == edit.was]
    if len(given) != 1:
        raise Misfit
    put(desk, given[0][1], given[0][0], edit.was, edit.value)


def _means(own: str, setting: str) -> bool:
    """Whether a library's name means a setting: `n_input_channels` or `in_chans` the `in_channels` of a layer."""
    wanted, names = setting.split("_"), own.split("_")
    return any(name[:4] == wanted[-1][:4] for name in names) and any(name.startswith(wanted[0][:3]) for name in names)


def put(desk: Desk, given: Value, call: ast.Call, was: object, value: str, *, apart: bool = False) -> None:
    """Write another value for an argument of a call: a variable that has it, else where the old one was written."""
    node, where, _ = given
    editor = desk.editor(where.source)
    if "{}" in value:
        outer = handed(given)
        if outer is not None and where.call is not None:
            put(desk, outer, where.call, was, value)
        else:
            editor.replace(node, value)
        return
    if not _is_literal(node) and _is_literal(value):
        wanted = ast.literal_eval(value)
        better = operand(given, was, wanted) or equal_in_scope(where.source, call, where, wanted)
        if better is not None and ast.dump(better) != ast.dump(node):
            editor.replace(node, where.source.segment(better))
            return
    own = of_round(given, was)
    if own is not None and not is_library(own.where.source.file):
        desk.editor(own.where.source).replace(own.node, value)
        return
    found = written_at(given)
    if found.alone and _may_be(found.value.node, was) and not is_library(found.value.where.source.file):
        desk.editor(found.value.where.source).replace(found.value.node, value)
        return
    outer = handed(given)
    if outer is not None and where.call is not None:  # what else runs this function is left alone
        put(desk, outer, where.call, was, value, apart=apart)
    elif _serves_others(given, was):
        giving = _giving(given, was)
        if giving is None:
            raise Misfit
        put(desk, giving[0], giving[1], was, value, apart=apart)
    elif apart and _makes_others(given, call):
        raise Misfit
    else:
        editor.replace(node, _added(given, call, was, value) or value)


def _serves_others(given: Value, was: object) -> bool:
    """Whether a parameter that is in it has other values in other calls of its function."""
    node, where, _ = given
    if where.function is None or was is None:
        return False
    names = {one.id: one for one in ast.walk(node) if isinstance(one, ast.Name)}
    own = {
        name: was if one is node else evaluate(Value(one, where))
        for name, one in names.items()
        if isinstance(flow.definition(where.source, one, name), ast.arg)
    }
    bound_self = is_method(where.source, where.function)
    for source, call in sites(where.source, where.function) if own else ():
        bound = flow.bound(where.function, call, bound_self=bound_self)
        for name in own.keys() & bound.keys():
            value = evaluate(Value(bound[name], Where(source, source.function(call))))
            if isinstance(value, int) and isinstance(own[name], int) and value != own[name]:
                return True
    return False


def _giving(given: Value, was: object) -> tuple[Value, ast.Call] | None:
    """What the one call of the function that gives a parameter this value gives for it; None where several do."""
    node, where, _ = given
    if not isinstance(node, ast.Name) or where.function is None or where.call is not None:
        return None
    bound_self = is_method(where.source, where.function)
    found = [
        (Value(bound[node.id], Where(source, source.function(call))), call)
        for source, call in sites(where.source, where.function)
        if node.id in (bound := flow.bound(where.function, call, bound_self=bound_self))
    ]
    found = [one for one in found if evaluate(one[0]) == was]
    return found[0] if len(found) == 1 else None


def _makes_others(given: Value, call: ast.Call) -> bool:
    """Whether the same is given to another call of a library's function, in the same function of the program."""
    node, where, _ = given
    source = where.source
    if _is_literal(node):
        return False
    around, same = source.function(call) or source.tree, ast.dump(node)
    others = (one for one in source.calls if one is not call and call not in ast.walk(one))
    return any(
        (dotted(one.func) or "").split(".")[0] in imported_as(source)
        and any(around is above for above in (*source.up(one), source.tree))
        and any(ast.dump(part) == same for part in ast.walk(one))
        for one in others
    )


def _added(given: Value, call: ast.Call, was: object, value: str) -> str | None:
    """What was written, and a variable of the same function that is what lacks: `4 * width + edge`."""
    node, where, _ = given
    wanted = ast.literal_eval(value) if _is_literal(value) else None
    if _is_literal(node) or type(was) is not int or type(wanted) is not int or wanted <= was:
        return None
    more = equal_in_scope(where.source, call, where, wanted - was)
    if more is None:
        return None
    own, other = where.source.segment(node), where.source.segment(more)
    return f"2 * {own}" if own == other and isinstance(node, ast.Name | ast.Attribute) else f"{own} + {other}"


def set_size(edit: SetSize, desk: Desk) -> None:
    """Another size for tensors that a module makes for itself; where it comes through a variable, there."""
    source, _, call = desk.call(edit.location, edit.type)
    module = Value(call, reached(edit.location, source, call))
    found = [
        next(((made, size) for made, size in sizes_of(module, name) if evaluate(size) == edit.was), None)
        for name in edit.names
    ]
    if not found or None in found:
        raise Misfit
    sizes = [one for one in found if one is not None]
    same = len({ast.dump(size.node) for _, size in sizes}) == 1
    outer = handed(sizes[0][1], times=len(sizes)) if same else None
    if outer is not None:
        put(desk, outer, call, edit.was, str(edit.value))
        return
    for made, size in sizes:
        put(desk, size, made, edit.was, str(edit.value))


def _may_be(node: ast.expr, was: object) -> bool:
    """Whether a number was written here; the one that the layer was built with, where that is known."""
    return _is_literal(node) and (was is None or ast.literal_eval(node) == was)


def _is_literal(value: ast.expr | str) -> bool:
    try:
        ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return False
    return True


def _neighbour(edit: SetArgument, source: Source, call: ast.Call) -> ast.expr | None:
    """The variable with which the neighbouring layer is built, if it means the same here."""
    like = edit.like
    if like is None or os.path.realpath(like.location.file) != os.path.realpath(source.file):
        return None
    other = call_at(source, like.location, like.callee)
    value = argument_of(other, like.keyword, like.position) if other is not None else None
    return value if value is not None and not _is_literal(value) and shares_scope(source, value, call) else None
