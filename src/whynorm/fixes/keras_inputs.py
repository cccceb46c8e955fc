"""What a model of Keras is told to take, `keras.Input(...)`: brought into form behind it, or of other sizes."""

import ast

from whynorm.facts import Location
from whynorm.facts.change import Behind, Declare
from whynorm.fixes.desk import Desk
from whynorm.fixes.file import Editor, Misfit
from whynorm.fixes.keras_layers import layer_in
from whynorm.source.built import reached
from whynorm.source.files import Source
from whynorm.source.places import argument_of, call_at, covers, dotted
from whynorm.source.running import Value
from whynorm.source.values import evaluate
from whynorm.source.values import written as written_at

_MODELS = ("Model", "Functional", "Sequential")


def behind(edit: Behind, desk: Desk) -> None:
    """Put a layer behind an input: in the list, by `add`, or where the tensor is used."""
    source, editor = desk.open(edit.location)
    call = _takes(source, edit.location)
    layer = f"{layer_in(source, editor, edit.layer)}({edit.arguments})"
    around, shape = source.parents.get(call), argument_of(call, "input_shape", None)
    if shape is not None:  # the first layer says what comes in
        declared = f"{layer_in(source, editor, 'Input')}({source.segment(shape)})"
        if isinstance(around, ast.List):
            editor.replace(call, f"{declared}, {layer}, {{}}")
        elif isinstance(around, ast.Call) and (dotted(around.func) or "").endswith(".add"):
            add = source.segment(around.func)
            editor.statement(source.statement(call), f"{add}({declared})\n{add}({layer})")
        else:
            raise Misfit
    elif isinstance(around, ast.List):
        editor.replace(call, f"{{}}, {layer}")
    elif isinstance(around, ast.Call) and (dotted(around.func) or "").endswith(".add"):
        editor.statement(source.statement(call), f"{source.segment(around.func)}({layer})", after=True)
    elif isinstance(around, ast.Assign) and len(around.targets) == 1 and isinstance(around.targets[0], ast.Name):
        _at_its_use(source, editor, around.targets[0], f"{layer}({{}})")
    else:
        raise Misfit


def _takes(source: Source, location: Location) -> ast.Call:
    """What says on this line what a model takes: `Input`, else the layer that is given an `input_shape`."""
    found = call_at(source, location, "Input")
    if found is not None and (dotted(found.func) or "").rpartition(".")[2] == "Input":
        return found
    calls = [call for call in source.calls if covers(call, location.line)]
    given = [call for call in calls if argument_of(call, "input_shape", None) is not None]
    if len(given) != 1:
        raise Misfit
    return given[0]


def _at_its_use(source: Source, editor: Editor, name: ast.Name, template: str) -> None:
    """Where a variable is handed to the one layer that takes it."""
    found = [
        node
        for node in ast.walk(source.scope(name))
        if isinstance(node, ast.Name) and node.id == name.id and isinstance(node.ctx, ast.Load)
        if isinstance(call := source.parents.get(node), ast.Call) and node in call.args
        if (dotted(call.func) or "").rpartition(".")[2] not in _MODELS
    ]
    if len(found) != 1:
        raise Misfit
    editor.replace(found[0], template)


def declare(edit: Declare, desk: Desk) -> None:
    """Other sizes of an input, where they come from a variable by which the data are made as well."""
    source, _ = desk.open(edit.location)
    call = _takes(source, edit.location)
    shape = argument_of(call, "input_shape", None) or argument_of(call, "shape", 0)
    if shape is None:
        raise Misfit
    whole = written_at(Value(shape, reached(edit.location, source, call))).value
    if not isinstance(whole.node, ast.Tuple | ast.List):
        raise Misfit
    done: set[ast.expr] = set()
    for axis, (was, size) in edit.sizes.items():
        if axis >= len(whole.node.elts):
            raise Misfit
        found = written_at(Value(whole.node.elts[axis], whole.where)).value
        if evaluate(found) != was or not isinstance(found.node, ast.Constant) or not _is_shared(found, whole.node):
            raise Misfit
        if found.node not in done:
            desk.editor(found.where.source).replace(found.node, str(size))
        done.add(found.node)


def _is_shared(found: Value, shape: ast.expr) -> bool:
    """Whether the variable to which a number is assigned is read for more than this shape."""
    source, node = found.where.source, found.node
    statement = source.statement(node)
    if not isinstance(statement, ast.Assign):
        return False
    targets = statement.targets
    if statement.value is not node:
        value, target = statement.value, statement.targets[0]
        if not (isinstance(value, ast.Tuple) and isinstance(target, ast.Tuple) and node in value.elts):
            return False
        targets = [target.elts[value.elts.index(node)]]
    names = {one.id for one in targets if isinstance(one, ast.Name)}
    within = {id(one) for one in ast.walk(shape)}
    reads = [
        id(one) in within
        for one in ast.walk(source.tree)
        if isinstance(one, ast.Name) and one.id in names and isinstance(one.ctx, ast.Load)
    ]
    return reads.count(False) > (0 if any(reads) else 1)
