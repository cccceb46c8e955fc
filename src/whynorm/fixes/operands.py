"""What meets in a sum or a concatenation, changed where it is written."""

import ast

from whynorm.facts import Location
from whynorm.facts.change import Argument, Project, ToSize
from whynorm.fixes.calls import with_other_keyword
from whynorm.fixes.desk import Desk
from whynorm.fixes.file import Editor, Misfit
from whynorm.source import flow
from whynorm.source.files import Function, Source
from whynorm.source.places import argument_of, covers, dotted, keras_layer_in

_SUMS = {"add", "sub", "mul"}
_LAYERS = {"Concatenate", "Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"}
_OPERATORS = {"+": ast.Add, "-": ast.Sub, "*": ast.Mult}
_JOINS = {"cat", "concat", "concatenate"}


def operand_of(source: Source, location: Location, branch: int, operator: str | None = None) -> ast.expr:
    """That operand of the one sum, by this operator, or concatenation on this line.

    Raises `Misfit` where there is none, or several.
    """
    found = [
        operands
        for node in ast.walk(source.tree)
        if isinstance(node, ast.expr | ast.AugAssign) and covers(node, location.line)
        if operator is None or (isinstance(node, ast.BinOp) and isinstance(node.op, _OPERATORS[operator]))
        if (operands := _operands(node)) is not None
    ]
    if len(found) != 1 or branch >= len(found[0]):
        raise Misfit
    operand = found[0][branch]
    if operand is None:
        raise Misfit
    return operand


def to_size(edit: ToSize, desk: Desk) -> None:
    """Resize an operand to the other's sizes: where it is made by `interpolate`, there."""
    source, editor = desk.open(edit.location)
    operand, other = operand_of(source, edit.location, edit.branch), operand_of(source, edit.location, 1 - edit.branch)
    if any(isinstance(node, ast.Call | ast.BinOp | ast.NamedExpr) for node in ast.walk(other)):
        raise Misfit
    if edit.layer is not None:
        _by_layer(edit, source, editor, operand, other)
        return
    size = f"{source.segment(other)}.shape[2:]"
    made = operand
    if isinstance(operand, ast.Name):
        defined = flow.definition(source, operand, operand.id)
        if isinstance(defined, flow.Defined) and isinstance(defined.node, ast.Call) and not defined.unpack:
            made = defined.node if _knows(source, other, defined.node) else operand
    scale = [one for one in made.keywords if one.arg == "scale_factor"] if isinstance(made, ast.Call) else []
    if isinstance(made, ast.Call) and scale and (dotted(made.func) or "").rpartition(".")[2] == "interpolate":
        editor.call(made, with_other_keyword("scale_factor", "size", size))
    else:
        editor.replace(operand, f"torch.nn.functional.interpolate({{}}, size={size})")


def _by_layer(edit: ToSize, source: Source, editor: Editor, operand: ast.expr, other: ast.expr) -> None:
    """A layer of Keras resizes the operand, by the name that the program has for the module of layers."""
    first, last = edit.positions
    layer = keras_layer_in(source, edit.layer or "")
    if layer is None:
        raise Misfit
    order = ', data_format="channels_first"' if first == 2 else ""
    editor.replace(operand, f"{layer}(*{source.segment(other)}.shape[{first}:{last + 1}]{order})({{}})")


def _knows(source: Source, value: ast.expr, earlier: ast.expr) -> bool:
    """Whether the names in an expression mean the same at an earlier place of the same function."""
    if source.function(value) is not source.function(earlier):
        return False
    names = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
    there = {name: flow.definition(source, earlier, name) for name in names}
    return all(there[name] is not None and there[name] == flow.definition(source, value, name) for name in names)


def _operands(node: ast.expr | ast.AugAssign) -> list[ast.expr | None] | None:
    """What a sum adds, or a concatenation joins; None for the target of `out += x`, which is no value to change."""
    if isinstance(node, ast.AugAssign):
        return [None, node.value]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub | ast.Mult):
        return (
            None if any(isinstance(one, ast.Constant) for one in (node.left, node.right)) else [node.left, node.right]
        )
    if not isinstance(node, ast.Call):
        return None
    name = (dotted(node.func) or "").rpartition(".")[2]
    built = node.func if isinstance(node.func, ast.Call) else None  # `layers.Concatenate()([x, skip])`
    if built is not None and (dotted(built.func) or "").rpartition(".")[2] in _LAYERS:
        name = "concatenate"
    if name in _JOINS | _SUMS and node.args and isinstance(node.args[0], ast.List | ast.Tuple):
        return list(node.args[0].elts)
    return list(node.args) if name in _SUMS and len(node.args) == 2 else None


def project(edit: Project, desk: Desk) -> None:
    """Pass an operand through a layer of its own: built behind those on the other way, or called as they are."""
    source, editor = desk.open(edit.location)
    operand = operand_of(source, edit.location, edit.branch)
    last, given = _argument(edit.last, desk, source)
    steps = [source.segment(_argument(one, desk, source)[1]) for one in edit.strides]
    stride, outer = " * ".join(steps), source.segment(given)
    layer, settings = source.segment(last.func), "" if edit.type in ("Linear", "Dense") else ", 1"
    named = edit.strides[0].keyword if edit.strides else "stride"
    spaced = f", {named}={stride}" if stride else ""
    if edit.first is None:
        built = f"{layer}({outer}{settings}{spaced})"
        if any(isinstance(one, ast.Call) and one.func is last for one in source.calls):
            if source.function(last) is not source.function(operand):
                raise Misfit
            editor.replace(operand, f"{built}({{}})")
            return
    else:
        first, taken = _argument(edit.first, desk, source)
        if source.function(first) is not source.function(last):
            raise Misfit
        inner = source.segment(taken)
        built = f"{source.segment(first.func)}({inner}, {outer}{settings}{spaced})"
        differs = [f"{inner} != {outer}"] if inner != outer else []
        differs += [f"{stride} != 1"] if stride else []
        if "." in layer and not all(isinstance(one, ast.Constant) for one in (taken, given)):
            built = f"{built} if {' or '.join(differs)} else {layer.rpartition('.')[0]}.Identity()"
    owner, function, statement = source.owner(last), source.function(last), source.statement(last)
    if owner is None or owner is not source.owner(operand) or not isinstance(function, Function):
        raise Misfit
    if statement not in function.body:
        raise Misfit
    name = _free(source, owner)
    editor.statement(statement, f"self.{name} = {built}", after=True)
    editor.replace(operand, f"self.{name}({{}})")


def _argument(argument: Argument, desk: Desk, source: Source) -> tuple[ast.Call, ast.expr]:
    other, _, call = desk.call(argument.location, argument.callee)
    given = argument_of(call, argument.keyword, argument.position)
    if other is not source or given is None:
        raise Misfit
    return call, given


def _free(source: Source, owner: ast.ClassDef) -> str:
    """A name that no attribute of the class has."""
    taken = {node.attr for node in ast.walk(owner) if isinstance(node, ast.Attribute)}
    return next(name for name in ("shortcut", "projection", "adapted_shortcut") if name not in taken)
