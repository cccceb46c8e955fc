"""Numbers and classes that come through variables: what they are, and where they were written."""

import ast
import operator
from collections.abc import Callable
from typing import NamedTuple

from whynorm.source import flow
from whynorm.source.files import Source
from whynorm.source.running import DEEPEST, Value, Where, building, element, inside, instance_of, last_name, parameter

_OPERATIONS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_UNKNOWN = object()


class Written(NamedTuple):
    """Where a value was written."""

    value: Value
    alone: bool
    """Whether nothing else on the way uses it."""


def written(value: Value, depth: int = 0) -> Written:
    """Where an argument was written: behind variables, parameters, attributes and keys of dictionaries."""
    node, where, _ = value
    found = behind(value, depth)
    if found is None or depth > DEEPEST:
        return Written(value, True)
    further = written(found, depth + 1)
    return further._replace(alone=further.alone and uses(node, where) == 1)


def handed(value: Value, times: int = 1) -> Value | None:
    """What the call that runs the function gives for a parameter, where the function uses it for nothing else.

    That is no more often than so many times.
    """
    node, where, _ = value
    if not isinstance(node, ast.Name) or where.call is None or where.caller is None or uses(node, where) > times:
        return None
    if not isinstance(flow.definition(where.source, node, node.id), ast.arg):
        return None
    given = parameter(node.id, where)
    return given if given is not None and given.where is where.caller else None


def evaluate(value: Value, depth: int = 0) -> object:
    """The number, text, tuple or list that an expression gives; an object of its own where that is not written out."""
    node, where, _ = value
    if depth > DEEPEST:
        return _UNKNOWN
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        left, right = (evaluate(Value(side, where), depth + 1) for side in (node.left, node.right))
        if isinstance(left, int) and isinstance(right, int):
            try:
                return _OPERATIONS[type(node.op)](left, right)
            except ZeroDivisionError:
                return _UNKNOWN
        return _UNKNOWN
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq | ast.NotEq):
        left, right = (evaluate(Value(side, where), depth + 1) for side in (node.left, node.comparators[0]))
        known = left is not _UNKNOWN and right is not _UNKNOWN
        return (left == right) is isinstance(node.ops[0], ast.Eq) if known else _UNKNOWN
    if isinstance(node, ast.Subscript):
        holder, key = evaluate(Value(node.value, where), depth + 1), evaluate(Value(node.slice, where), depth + 1)
        if isinstance(holder, tuple | list) and isinstance(key, int) and -len(holder) <= key < len(holder):
            return holder[key]
    found = behind(value, depth)
    if found is not None:
        return evaluate(found, depth + 1)
    try:
        result: object = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return _UNKNOWN
    return result


def behind(value: Value, depth: int = 0) -> Value | None:
    """The expression that a variable, parameter, attribute, key, choice or `partial` stands for, one step on."""
    node, where, _ = value
    if isinstance(node, ast.Call) and last_name(node) == "partial" and node.args:
        return Value(node.args[0], where)
    if isinstance(node, ast.IfExp):
        chosen = evaluate(Value(node.test, where))
        return Value(node.body if chosen else node.orelse, where) if isinstance(chosen, bool) else None
    if isinstance(node, ast.Name):
        defined = flow.definition(where.source, node, node.id)
        if isinstance(defined, ast.arg):
            return parameter(defined.arg, where)
        if defined is None or not isinstance(defined.node, ast.expr):
            return None
        given = element(defined.node, defined.unpack)
        return Value(given, inside(defined, where)) if given is not None else None
    if isinstance(node, ast.Attribute):
        instance = instance_of(node.value, where, 0)
        values = flow.attribute_values(instance.source, instance.owner, node.attr) if instance is not None else []
        if instance is not None and len(values) == 1 and isinstance(values[0].node, ast.expr):
            given = element(values[0].node, values[0].unpack)
            return Value(given, building(instance, values[0])) if given is not None else None
        module = flow.module_attribute(where.source, node)
        if module is not None and isinstance(module.node, ast.expr) and not module.unpack:
            return Value(module.node, Where(module.source))
        return None
    if isinstance(node, ast.Subscript):
        key = evaluate(Value(node.slice, where), depth + 1)
        if not isinstance(key, str | int):
            return None
        holder: Value | None = Value(node.value, where)
        while holder is not None and not isinstance(holder.node, ast.Dict | ast.Call):
            holder = behind(holder, depth + 1)
        if holder is None:
            return None
        return _entry(holder, key)
    return None


def _entry(holder: Value, key: object) -> Value | None:
    node, where, _ = holder
    if isinstance(node, ast.Dict):
        for name, entry in zip(node.keys, node.values, strict=True):
            if isinstance(name, ast.Constant) and name.value == key:
                return Value(entry, where)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
        return next((Value(one.value, where) for one in node.keywords if one.arg == key), None)
    return None


def of_round(value: Value, was: object) -> Value | None:
    """What is written for the one round of a loop in which a variable is `was`; None where that is not written out."""
    node, where, _ = value
    defined = flow.definition(where.source, node, node.id) if isinstance(node, ast.Name) else None
    if not isinstance(defined, flow.Defined) or not isinstance(defined.node, ast.expr) or defined.unpack[:1] != (None,):
        return None
    over, place = defined.node, defined.unpack[1:]
    name = last_name(over) if isinstance(over, ast.Call) else None
    if isinstance(over, ast.Call) and name == "enumerate" and place[:1] == (1,) and over.args:
        over, place = over.args[0], place[1:]
    elif isinstance(over, ast.Call) and name == "zip" and place and place[0] is not None and place[0] < len(over.args):
        over, place = over.args[place[0]], place[1:]
    whole = written(Value(over, inside(defined, where))).value
    if not isinstance(whole.node, ast.Tuple | ast.List):
        return None
    parts = [Value(part, whole.where) for one in whole.node.elts if (part := element(one, place)) is not None]
    fitting = [part for part in parts if evaluate(part) == was]
    return fitting[0] if len(fitting) == 1 else None


def uses(node: ast.expr, where: Where) -> int:
    """How often the program reads the variable, attribute or entry that an expression is."""
    if isinstance(node, ast.Name):
        scope = where.source.scope(node)
        reads = [one for one in ast.walk(scope) if isinstance(one, ast.Name) and one.id == node.id]
        return sum(isinstance(one.ctx, ast.Load) for one in reads)
    same = ast.dump(node)
    return sum(isinstance(one, type(node)) and ast.dump(one) == same for one in ast.walk(where.source.tree))


def operand(given: Value, was: object, wanted: object) -> ast.expr | None:
    """The variable in `given` (`width` in `width * 2`) that has the wanted value, if the whole has the value `was`."""
    node, where, _ = given
    if not isinstance(node, ast.BinOp) or type(node.op) not in _OPERATIONS or not isinstance(wanted, int):
        return None
    if isinstance(was, tuple) and len(was) == 1:
        was = was[0]
    other = evaluate(Value(node.right, where))
    if isinstance(node.left, ast.Constant) or not isinstance(other, int) or (other == 0):
        return None
    return node.left if _OPERATIONS[type(node.op)](wanted, other) == was else None


def equal_in_scope(source: Source, call: ast.Call, where: Where, wanted: object) -> ast.expr | None:
    """An argument of a neighbouring call in the same function that is a variable of the wanted value."""
    function = source.function(call)
    found: ast.expr | None = None
    for other in source.calls:
        if other is call or source.function(other) is not function or other.lineno > call.lineno:
            continue
        for argument in (*other.args, *(keyword.value for keyword in other.keywords)):
            variable = isinstance(argument, ast.Name | ast.Attribute | ast.BinOp)
            if not variable or _is_bound_inside(source, argument, call):
                continue
            if evaluate(Value(argument, where)) == wanted:
                found = argument
    return found


def _is_bound_inside(source: Source, argument: ast.expr, call: ast.Call) -> bool:
    """Whether an expression stands in a comprehension or lambda that the call does not stand in."""
    kinds = ast.ListComp | ast.GeneratorExp | ast.DictComp | ast.SetComp | ast.Lambda
    around = {node for node in source.up(call) if isinstance(node, kinds)}
    return any(isinstance(node, kinds) and node not in around for node in source.up(argument))


def shares_scope(source: Source, node: ast.expr, call: ast.Call) -> bool:
    """Whether an expression means the same where the call stands."""
    return source.function(node) is source.function(call) and not _is_bound_inside(source, node, call)
