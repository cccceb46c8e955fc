"""Where a name, an attribute or a function of the user's program comes from."""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from whynorm.source.files import Function, Source, find_module, read
from whynorm.source.places import imported_as


class Defined(NamedTuple):
    """What gives a name its value."""

    source: Source
    node: ast.expr | ast.stmt
    """The value, or the `def`, `class`."""
    unpack: tuple[int | None, ...] = ()
    """Which element of the value it is: a position in a tuple, None for each round of a loop."""


def definition(source: Source, use: ast.AST, name: str) -> Defined | ast.arg | None:
    """What the name means at this use: the nearest assignment before it, or a parameter of the function around it."""
    for around in source.up(use):
        if isinstance(around, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
            for loop in around.generators:
                place = _place(loop.target, name)
                if place is not None:
                    return Defined(source, loop.iter, (None, *place))
    scope: ast.AST = source.scope(use)
    while True:
        if not isinstance(scope, ast.ClassDef):
            found = _in_scope(source, scope, use, name)
            if found is not None:
                return found
        if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            parameter = next((one for one in parameters(scope) if one.arg == name), None)
            if parameter is not None:
                return parameter
        if isinstance(scope, ast.Module):
            return _imported(source, name)
        use, scope = scope, source.scope(scope)


def parameters(function: Function | ast.Lambda) -> list[ast.arg]:
    """A function's parameters in their order."""
    arguments = function.args
    starred = [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *starred]


def default(function: Function | ast.Lambda, name: str) -> ast.expr | None:
    """The default of a parameter."""
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    late = positional[len(positional) - len(arguments.defaults) :]
    given: dict[str, ast.expr | None] = {one.arg: value for one, value in zip(late, arguments.defaults, strict=True)}
    given |= {one.arg: value for one, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)}
    return given.get(name)


def _in_scope(source: Source, scope: ast.AST, use: ast.AST, name: str) -> Defined | None:
    """The last assignment before the use; where there is none, the last one behind it in a loop around both."""
    inside = source.scope(use) is scope or use is scope
    itself = source.statement(use) if inside and isinstance(use, ast.expr | ast.stmt) else None
    line = itself.lineno if itself is not None else None
    before = after = None
    for statement in own_statements(scope):
        found = _assigned(source, statement, name)
        if found is None:
            continue
        loop = isinstance(statement, ast.For | ast.AsyncFor | ast.With | ast.AsyncWith)
        if line is None or statement.lineno < line or (loop and statement.lineno == line):
            before = found
        elif itself is not None and statement is not itself and _comes_again(source, statement, itself):
            after = found
    return before or after


def _comes_again(source: Source, statement: ast.stmt, use: ast.stmt) -> bool:
    """Whether a statement behind a use can have run before it: in another round of a loop around both."""
    around = {id(one) for one in source.up(statement) if isinstance(one, ast.For | ast.AsyncFor | ast.While)}
    return any(id(one) in around for one in source.up(use))


def own_statements(scope: ast.AST) -> Iterator[ast.stmt]:
    """The statements of a scope in their order, without those of functions and classes inside it."""
    for field in ("body", "orelse", "handlers", "finalbody", "cases"):
        for node in getattr(scope, field, None) or () if not isinstance(scope, ast.Lambda) else ():
            if isinstance(node, ast.stmt):
                yield node
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    continue
            yield from own_statements(node)


def _assigned(source: Source, statement: ast.stmt, name: str) -> Defined | None:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return Defined(source, statement) if statement.name == name else None
    if isinstance(statement, ast.Assign):
        for target in statement.targets:
            place = _place(target, name)
            if place is not None:
                return Defined(source, statement.value, place)
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        if _place(statement.target, name) is not None:
            return Defined(source, statement.value)
    elif isinstance(statement, ast.For | ast.AsyncFor):
        place = _place(statement.target, name)
        if place is not None:
            return Defined(source, statement.iter, (None, *place))
    elif isinstance(statement, ast.With | ast.AsyncWith):
        for item in statement.items:
            if item.optional_vars is not None and _place(item.optional_vars, name) is not None:
                return Defined(source, item.context_expr)
    if isinstance(statement, ast.Assign | ast.Expr | ast.If | ast.While | ast.Return):
        head = statement.test if isinstance(statement, ast.If | ast.While) else statement
        for node in ast.walk(head):
            if isinstance(node, ast.NamedExpr) and node.target.id == name:
                return Defined(source, node.value)
    return None


def _place(target: ast.expr, name: str) -> tuple[int, ...] | None:
    """At which element of an assignment's target the name stands."""
    if isinstance(target, ast.Name):
        return () if target.id == name else None
    if isinstance(target, ast.Tuple | ast.List):
        for number, element in enumerate(target.elts):
            place = _place(element, name)
            if place is not None:
                return (number, *place)
    return None


def _imported(source: Source, name: str) -> Defined | None:
    """A name that comes from another module of the user's program."""
    full = imported_as(source).get(name)
    if full is None:
        return None
    level = len(full) - len(full.lstrip("."))
    module, _, last = full[level:].rpartition(".")
    file = find_module(module, source.file, level) if module or level else None
    other = read(file) if file is not None else None
    return exported(other, last) if other is not None else None


def exported(source: Source, name: str) -> Defined | None:
    """What a module's own name means."""
    found = None
    for statement in own_statements(source.tree):
        found = _assigned(source, statement, name) or found
    return found or _imported(source, name)


def module_attribute(source: Source, node: ast.Attribute) -> Defined | None:
    """`data.load_batch`, where `data` is a module of the user's program."""
    if not isinstance(node.value, ast.Name):
        return None
    full = imported_as(source).get(node.value.id)
    if full is None:
        return None
    level = len(full) - len(full.lstrip("."))
    file = find_module(full[level:], source.file, level)
    other = read(file) if file is not None else None
    return exported(other, node.attr) if other is not None else None


def method(source: Source, owner: ast.ClassDef, name: str) -> Defined | None:
    """A method of a class, or of a base class in the user's program."""
    for statement in owner.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and statement.name == name:
            return Defined(source, statement)
    for base in owner.bases:
        found = callee(source, base)
        if found is not None and isinstance(found.node, ast.ClassDef) and found.node is not owner:
            inherited = method(found.source, found.node, name)
            if inherited is not None:
                return inherited
    return None


def callee(source: Source, func: ast.expr) -> Defined | None:
    """The function or class of the user's program that an expression names; None for a library's."""
    found: Defined | ast.arg | None = None
    if isinstance(func, ast.Name):
        found = definition(source, func, func.id)
    elif isinstance(func, ast.Attribute):
        if isinstance(func.value, ast.Name) and func.value.id in ("self", "cls"):
            owner = source.owner(func)
            found = method(source, owner, func.attr) if owner is not None else None
        else:
            found = module_attribute(source, func)
            if found is None:
                holder = callee(source, func.value)
                if holder is not None and isinstance(holder.node, ast.ClassDef):
                    found = method(holder.source, holder.node, func.attr)
    if isinstance(found, Defined) and isinstance(found.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return found
    return None


def attribute_values(source: Source, owner: ast.ClassDef, name: str) -> list[Defined]:
    """What is assigned to `self.<name>` in a class, or given to it in the class's body; `__init__` comes first."""
    found: list[Defined] = []
    for function in sorted(
        (one for one in owner.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)),
        key=lambda one: one.name != "__init__",
    ):
        for node in ast.walk(function):
            targets = (
                node.targets
                if isinstance(node, ast.Assign)
                else [node.target]
                if isinstance(node, ast.AnnAssign)
                else []
            )
            for target in targets:
                place = _attribute_place(target, name)
                value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
                if place is not None and value is not None:
                    found.append(Defined(source, value, place))
    for statement in owner.body:
        given = _assigned(source, statement, name)
        if given is not None:
            found.append(given)
    if not found:
        for base in owner.bases:
            above = callee(source, base)
            if above is not None and isinstance(above.node, ast.ClassDef) and above.node is not owner:
                found += attribute_values(above.source, above.node, name)
    return found


def _attribute_place(target: ast.expr, name: str) -> tuple[int, ...] | None:
    if isinstance(target, ast.Attribute):
        itself = isinstance(target.value, ast.Name) and target.value.id == "self"
        return () if itself and target.attr == name else None
    if isinstance(target, ast.Tuple | ast.List):
        for number, element in enumerate(target.elts):
            place = _attribute_place(element, name)
            if place is not None:
                return (number, *place)
    return None


def returns(function: Function | ast.Lambda) -> list[ast.expr]:
    """What a function returns, the last one first."""
    if isinstance(function, ast.Lambda):
        return [function.body]
    found = [node.value for node in own_statements(function) if isinstance(node, ast.Return) and node.value is not None]
    return found[::-1]


def yields(function: Function | ast.Lambda) -> list[ast.expr]:
    """What a generator yields, in its order."""
    if isinstance(function, ast.Lambda):
        return []
    found = []
    for statement in own_statements(function):
        for node in ast.walk(statement) if isinstance(statement, ast.Expr | ast.Assign) else ():
            if isinstance(node, ast.Yield) and node.value is not None:
                found.append(node.value)
    return found


def bound(function: Function | ast.Lambda, call: ast.Call, *, bound_self: bool) -> dict[str, ast.expr]:
    """The parameters of a function as one call gives them."""
    names = [one.arg for one in [*function.args.posonlyargs, *function.args.args]]
    if bound_self and names:
        names = names[1:]
    given: dict[str, ast.expr] = {}
    for name, value in zip(names, call.args, strict=False):
        if isinstance(value, ast.Starred):
            break
        given[name] = value
    given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg is not None}
    return given
