"""Where a layer is built, read from the classes on the way to it."""

import ast
from collections.abc import Sequence
from typing import NamedTuple

from whynorm.facts import Location
from whynorm.source import flow
from whynorm.source.files import Function, Source, is_library, read
from whynorm.source.places import call_at, dotted, source_at
from whynorm.source.running import (
    DEEPEST,
    Instance,
    Value,
    Where,
    building,
    element,
    inside,
    last_name,
    parameter,
    program,
    sites,
)
from whynorm.source.values import behind


class Part(NamedTuple):
    """One module on the way from the root to a layer."""

    name: str
    """Its name in the module before it; the root's is empty."""
    type: str
    """The name of its class."""
    file: str
    """The file in which that class is defined."""
    siblings: int = 0
    """How many modules the module before it holds, this one among them."""


def built(parts: Sequence[Part]) -> Location | None:
    """Where the last of these modules is built, and through which calls: the root stands first.

    None where the way leads through a library's class, or is not written out.
    """
    if not parts:
        return None
    source = _source(parts[0])
    owner = _class(source, parts[0].type) if source is not None else None
    if source is None or owner is None:
        found = [
            place
            for one in program()
            for call in one.called.get(parts[0].type, ())
            if one.parents.get(call) is not None
            if (place := _below(parts, None, Value(call, Where(one, one.function(call))))) is not None
        ]
        return found[0] if len(set(found)) == 1 else None
    init = flow.method(source, owner, "__init__")
    made = sites(source, init.node) if init is not None and isinstance(init.node, Function) else []
    if len(made) == 1:
        outer, call = made[0]
        return _below(parts, Instance(source, owner, call, Where(outer, outer.function(call))), None)
    return _below(parts, Instance(source, owner, None, None), None)


def _below(parts: Sequence[Part], instance: Instance | None, made: Value | None) -> Location | None:
    """Where the last module is built, from the root's construction on."""
    if len(parts) == 1:
        call, where = (instance.call, instance.where) if instance is not None else made[:2] if made else (None, None)
        return where.source.location(call, through(where)) if call is not None and where is not None else None
    variable: str | None = None
    for number, part in enumerate(parts[1:], 1):
        if instance is not None:
            made = _attribute(instance, part)
            variable = f"self.{part.name}"
        elif made is not None:
            made = _element(made, part, 0, variable)
        if made is None:
            return None
        made = _constructor(made, part.type, 0) or made
        source = _source(part)
        owner = _class(source, part.type) if source is not None else None
        instance = None
        if source is not None and owner is not None:
            call = made.node if isinstance(made.node, ast.Call) else None
            instance = Instance(source, owner, call, made.where if call is not None else None)
        if number == len(parts) - 1:
            return made.where.source.location(made.node, through(made.where))
    return None


def through(where: Where) -> tuple[Location, ...]:
    """The calls through which a function was reached, nearest first."""
    found = []
    at: Where | None = where
    while at is not None and at.call is not None and at.caller is not None:
        found.append(at.caller.source.location(at.call))
        at = at.caller
    return tuple(found)


def reached(location: Location, source: Source, call: ast.AST) -> Where:
    """The function around a node as it was being run, by the calls that a location was reached through."""
    if not location.through:
        return Where(source, source.function(call))
    first, *rest = location.through
    outer = source_at(first)
    function = source.function(call)
    owner = source.parents.get(function) if function is not None else None
    name = owner.name if isinstance(owner, ast.ClassDef) else getattr(function, "name", "")
    site = call_at(outer, first, name) if outer is not None else None
    if outer is None or site is None:
        return Where(source, function)
    return Where(source, function, site, reached(first._replace(through=tuple(rest)), outer, site))


def _source(part: Part) -> Source | None:
    return None if is_library(part.file) else read(part.file)


def _class(source: Source | None, name: str) -> ast.ClassDef | None:
    if source is None:
        return None
    return next((node for node in ast.walk(source.tree) if isinstance(node, ast.ClassDef) and node.name == name), None)


def _attribute(instance: Instance, part: Part) -> Value | None:
    """What is assigned to an attribute, or is the element of a container that the class itself is."""
    values = [
        Value(defined.node, building(instance, defined))
        for defined in flow.attribute_values(instance.source, instance.owner, part.name)
        if isinstance(defined.node, ast.expr)
    ]
    for value in values:
        if _constructor(value, part.type, 0) is not None:
            return value
    if values:
        return values[0]
    for function in instance.owner.body:
        if not isinstance(function, Function):
            continue
        where = Where(instance.source, function, instance.call, instance.where, itself=instance)
        for call in (node for node in instance.source.calls if instance.source.function(node) is function):
            if last_name(call) == "__init__" and part.name.isdigit():
                return _element(Value(call, where), part, 0)
            if last_name(call) == "add_module" and len(call.args) == 2:
                key = call.args[0]
                if not isinstance(key, ast.Constant) or key.value == part.name:
                    return Value(call.args[1], where)
            if last_name(call) == "append" and part.name.isdigit() and call.args:
                value = Value(call.args[0], where)
                if isinstance(call.func, ast.Attribute) and _is_self(call.func.value):
                    return value
    return None


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def _element(made: Value, part: Part, depth: int, variable: str | None = None) -> Value | None:
    """One element of a container, by its number or its key; `variable` is what holds it, and may be appended to."""
    if depth > DEEPEST:
        return None
    node, where, _ = made
    if isinstance(node, ast.Starred | ast.NamedExpr):
        return _element(Value(node.value, where), part, depth + 1)
    keyed = _keyed(where, variable or dotted(node) or "", part.name)
    if keyed is not None:
        return keyed
    if isinstance(node, ast.Name):
        value = _named(made)
        if value is None:
            return None
        if isinstance(value.node, ast.List):
            return _of_list(value, part, node.id, depth)
        return _element(value, part, depth + 1)
    if isinstance(node, ast.List | ast.Tuple):
        return _of_list(made, part, None, depth)
    if isinstance(node, ast.ListComp | ast.GeneratorExp):
        return Value(node.elt, where)
    if isinstance(node, ast.Dict):
        for key, value_node in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == part.name:
                return Value(value_node, where)
    if isinstance(node, ast.BinOp):
        return _element(Value(node.left, where), part, depth + 1) or _element(Value(node.right, where), part, depth + 1)
    if not isinstance(node, ast.Call):
        return None
    found = flow.callee(where.source, node.func)
    if found is not None and isinstance(found.node, Function):
        run = Where(found.source, found.node, node, where)
        for value_node in flow.returns(found.node):
            element = _element(Value(value_node, run), part, depth + 1)
            if element is not None:
                return element
        return None
    first = node.args[0] if len(node.args) == 1 else None
    if first is not None and (not isinstance(first, ast.Call) or last_name(first) in ("OrderedDict", "dict")):
        return _element(Value(node.args[0], where), part, depth + 1)
    elements = ast.List(list(node.args), ast.Load())
    return _of_list(Value(ast.copy_location(elements, node), where), part, variable, depth)


def _keyed(where: Where, variable: str, key: str) -> Value | None:
    """What a dictionary is given under a key: `layers["norm"] = nn.BatchNorm2d(8)`."""
    for node in ast.walk(where.function or where.source.tree) if variable else ():
        if not isinstance(node, ast.Assign) or not isinstance(target := node.targets[0], ast.Subscript):
            continue
        named = isinstance(target.slice, ast.Constant) and target.slice.value == key
        if named and dotted(target.value) == variable:
            return Value(node.value, where)
    return None


def _of_list(made: Value, part: Part, variable: str | None, depth: int) -> Value | None:
    node, where, _ = made
    assert isinstance(node, ast.List | ast.Tuple)
    elements = list(node.elts)
    if variable is not None:
        elements += _added(where, variable)
    keyed = [
        Value(pair.elts[1], where)
        for pair in elements
        if isinstance(pair, ast.Tuple) and len(pair.elts) == 2 and isinstance(pair.elts[0], ast.Constant)
        if pair.elts[0].value == part.name
    ]
    if keyed:
        return keyed[0]
    if not part.name.isdigit():
        return None
    chosen = _by_number([Value(one, where) for one in elements], part, depth)
    if chosen is not None and isinstance(chosen.node, ast.Starred):
        return _element(chosen, part, depth + 1)
    return chosen


def _by_number(elements: list[Value], part: Part, depth: int) -> Value | None:
    """The element of a number, where some may stand for several: those of a loop, or behind a star."""
    number = int(part.name)
    several = [place for place, one in enumerate(elements) if _is_several(one)]
    if not several:
        return elements[number] if number < len(elements) else None
    first, last = several[0], several[-1]
    if number < first or (number == first and isinstance(elements[first].node, ast.Starred)):
        return elements[number]
    behind = len(elements) - 1 - last
    if part.siblings and number >= part.siblings - behind:
        return elements[len(elements) - (part.siblings - number)]
    repeated = elements[first : last + 1]
    fitting = [one for one in repeated if _constructor(one, part.type, depth + 1) is not None]
    if len(fitting) > 1 and all(not isinstance(one.node, ast.Starred) for one in repeated):
        turn = repeated[(number - first) % len(repeated)]
        return turn if turn in fitting else None
    return fitting[0] if len(fitting) == 1 else None


def _is_several(element: Value) -> bool:
    if isinstance(element.node, ast.Starred):
        return True
    source, function = element.where.source, element.where.function
    for around in source.up(element.node):
        if around is function:
            return False
        if isinstance(around, ast.For | ast.While):
            return True
    return False


def _added(where: Where, variable: str) -> list[ast.expr]:
    """What is appended to a list, in the order of the lines."""
    found: list[tuple[int, ast.expr]] = []
    for call in where.source.calls:
        if where.source.function(call) is not where.function or not isinstance(call.func, ast.Attribute):
            continue
        if dotted(call.func.value) == variable and call.args:
            if call.func.attr == "append":
                found.append((call.lineno, call.args[0]))
            elif call.func.attr == "extend" and isinstance(call.args[0], ast.List | ast.Tuple):
                found += [(call.lineno, one) for one in call.args[0].elts]
    for node in ast.walk(where.function or where.source.tree):
        if not isinstance(node, ast.AugAssign) or not isinstance(node.value, ast.List | ast.Tuple):
            continue
        if isinstance(node.target, ast.expr) and dotted(node.target) == variable:
            found += [(node.lineno, one) for one in node.value.elts]
    return [value for _, value in sorted(found, key=lambda pair: pair[0])]


def _named(made: Value) -> Value | None:
    """What a variable or a parameter stands for."""
    node, where, _ = made
    if not isinstance(node, ast.Name):
        return None
    defined = flow.definition(where.source, node, node.id)
    if isinstance(defined, ast.arg):
        return parameter(defined.arg, where)
    part = element(defined.node, defined.unpack) if defined and isinstance(defined.node, ast.expr) else None
    return Value(part, inside(defined, where)) if defined is not None and part is not None else None


def _constructor(made: Value, type: str, depth: int) -> Value | None:
    """The call that builds a module of this type, in or behind an expression."""
    if depth > DEEPEST:
        return None
    node, where, _ = made
    if isinstance(node, ast.Name):
        value = _named(made)
        return _constructor(value, type, depth + 1) if value is not None else None
    if isinstance(node, ast.IfExp):
        for branch in (node.body, node.orelse):
            found = _constructor(Value(branch, where), type, depth + 1)
            if found is not None:
                return found
        return None
    if isinstance(node, ast.Starred | ast.NamedExpr):
        return _constructor(Value(node.value, where), type, depth + 1)
    if isinstance(node, ast.ListComp | ast.GeneratorExp):
        return _constructor(Value(node.elt, where), type, depth + 1)
    if isinstance(node, ast.List | ast.Tuple):
        found_in = [_constructor(Value(one, where), type, depth + 1) for one in node.elts]
        return next((one for one in found_in if one is not None), None)
    if not isinstance(node, ast.Call):
        return None
    if last_name(node) == type:
        return made
    called = flow.callee(where.source, node.func)
    if called is not None and isinstance(called.node, Function):
        run = Where(called.source, called.node, node, where)
        for value_node in flow.returns(called.node):
            found = _constructor(Value(value_node, run), type, depth + 1)
            if found is not None:
                return found
        return None
    if called is not None:
        return None
    for maker in _held(Value(node.func, where)):
        if isinstance(maker.node, ast.Lambda):
            run = Where(maker.where.source, maker.node, node, where)
            found = _constructor(Value(maker.node.body, run), type, depth + 1)
            if found is not None:
                return found
        elif _stands_for(maker, type, depth + 1):
            return made
    if isinstance(node.func, ast.Name | ast.Attribute) and _stands_for(Value(node.func, where), type, depth):
        return made
    for argument in node.args:  # `spectral_norm(nn.Conv2d(3, 8, 3))`
        found = _constructor(Value(argument, where), type, depth + 1) if isinstance(argument, ast.Call) else None
        if found is not None and last_name(node) not in ("Sequential", "ModuleList"):
            return found
    return None


def _held(made: Value) -> list[Value]:
    """What a table of constructors holds: those that its key may choose."""
    node, where, _ = made
    if not isinstance(node, ast.Subscript):
        return []
    table: Value | None = Value(node.value, where)
    while table is not None and not isinstance(table.node, ast.Dict):
        table = behind(table)
    return [Value(one, table.where) for one in table.node.values] if table is not None else []  # type: ignore[attr-defined]


def _stands_for(made: Value, type: str, depth: int) -> bool:
    """Whether a variable holds the class of this name."""
    if depth > DEEPEST:
        return False
    value = behind(made)
    if value is not None:
        return _stands_for(value, type, depth + 1)
    return isinstance(made.node, ast.Name | ast.Attribute) and (dotted(made.node) or "").split(".")[-1] == type
