"""The walk backwards from an expression: through assignments, functions, data sets, loaders."""

import ast
from collections.abc import Sequence

from whynorm.source import flow
from whynorm.source.elements import handed_on
from whynorm.source.files import Function, Source
from whynorm.source.found import Found, mixed, put_before, step_at
from whynorm.source.indices import constant, is_by_samples, is_mask, is_none, is_number, is_variable
from whynorm.source.named import (
    MADE,
    MIXED,
    MOVED,
    READ,
    SPLIT,
    STACKED,
    TO_TENSOR,
    Array,
    changed_by,
    is_layer,
    is_module,
    made_as,
    read_as,
)
from whynorm.source.places import argument_of, dotted
from whynorm.source.running import (
    DEEPEST,
    Instance,
    Pick,
    Value,
    Where,
    building,
    inside,
    instance_of,
    last_name,
    parameter,
)


def walk(value: Value, stacked: int, depth: int) -> Found:
    """What led to a value. `stacked` axes were put in front of it behind here; `depth` counts the steps of the walk."""
    if depth > DEEPEST:
        return Found(())
    node, where, picks = value
    deeper = depth + 1
    if isinstance(node, ast.Name):
        return _walk_name(node, where, picks, stacked, deeper)
    if isinstance(node, ast.Attribute):
        return _walk_attribute(node, where, picks, stacked, deeper)
    if isinstance(node, ast.Subscript):
        return _walk_subscript(node, where, picks, stacked, deeper)
    if isinstance(node, ast.Call):
        return _walk_call(node, where, picks, stacked, deeper)
    if isinstance(node, ast.Tuple | ast.List) and node.elts:
        if not picks:
            return walk(Value(node.elts[0], where), stacked, deeper)
        key = picks[0].key
        element = node.elts[key] if isinstance(key, int) and -len(node.elts) <= key < len(node.elts) else node.elts[0]
        return walk(Value(element, where, picks[1:]), stacked, deeper)
    if isinstance(node, ast.Dict) and picks:
        for key, element in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == picks[0].key:
                return walk(Value(element, where, picks[1:]), stacked, deeper)
        return Found((), picks)
    if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp):
        return walk(Value(node.elt, where, picks[1:]), stacked, deeper)
    if isinstance(node, ast.BinOp):
        sides = [node.left, node.right]
        if isinstance(node.left, ast.Constant | ast.UnaryOp):
            sides.reverse()
        found = walk(Value(sides[0], where, picks), stacked, deeper)
        if isinstance(node.op, ast.FloorDiv) and found.steps:
            return put_before(step_at(value, "floored", stacked), found, left=found.left)
        return mixed(value, stacked, found) if isinstance(node.op, ast.MatMult) else found
    if isinstance(node, ast.UnaryOp):
        return walk(Value(node.operand, where, picks), stacked, deeper)
    if isinstance(node, ast.IfExp):
        found = walk(Value(node.body, where, picks), stacked, deeper)
        return found if found.steps else walk(Value(node.orelse, where, picks), stacked, deeper)
    if isinstance(node, ast.NamedExpr | ast.Starred | ast.Await):
        return walk(Value(node.value, where, picks), stacked, deeper)
    return Found((), picks)


def _walk_name(node: ast.Name, where: Where, picks: tuple[Pick, ...], stacked: int, depth: int) -> Found:
    for name, given in where.given:
        if name == node.id:
            return walk(given._replace(picks=(*given.picks, *picks)), stacked, depth)
    defined = flow.definition(where.source, node, node.id)
    if isinstance(defined, ast.arg):
        handed = parameter(defined.arg, where)
        if handed is not None:
            return walk(handed._replace(picks=(*handed.picks, *picks)), stacked, depth)
        return Found((), picks)
    if defined is None or not isinstance(defined.node, ast.expr):
        return Found((), picks)
    return _walk_defined(defined, inside(defined, where), picks, stacked, depth, appended_to=node.id)


def _walk_defined(
    defined: flow.Defined, where: Where, picks: tuple[Pick, ...], stacked: int, depth: int, appended_to: str
) -> Found:
    """Through an assignment, or a loop's target."""
    assert isinstance(defined.node, ast.expr)
    own = tuple(Pick(key) for key in defined.unpack)
    if isinstance(defined.node, ast.List) and not defined.node.elts and picks:
        for call in where.source.calls:
            adds = isinstance(call.func, ast.Attribute) and call.func.attr == "append" and call.args
            if adds and dotted(call.func) == f"{appended_to}.append" and where.source.function(call) is where.function:
                return walk(Value(call.args[0], where, picks[1:]), stacked, depth)
    value = Value(defined.node, where, (*own, *picks))
    found = walk(value, stacked, depth)
    for pick in own if found.steps else ():
        if pick in found.left:
            left = tuple(one for one in found.left if one is not pick)
            found = put_before(step_at(value, "indexed", stacked), found, -1, left)
    return found


def _walk_attribute(node: ast.Attribute, where: Where, picks: tuple[Pick, ...], stacked: int, depth: int) -> Found:
    instance = instance_of(node.value, where, depth)
    if instance is not None:
        for defined in flow.attribute_values(instance.source, instance.owner, node.attr):
            if isinstance(defined.node, ast.expr):
                where = building(instance, defined)
                found = _walk_defined(defined, where, picks, stacked, depth, appended_to=f"self.{node.attr}")
                if found.steps:
                    return found
        return Found((), picks)
    module = flow.module_attribute(where.source, node)
    if module is not None and isinstance(module.node, ast.expr):
        return walk(Value(module.node, Where(module.source), picks), stacked, depth)
    if node.attr in MOVED:
        found = walk(Value(node.value, where), stacked, depth)
        return put_before(step_at(Value(node, where), "moved", stacked), found, left=picks)
    key = Pick(node.attr)
    found = walk(Value(node.value, where, (key, *picks)), stacked, depth)
    return found._replace(left=tuple(one for one in found.left if one is not key))


def _walk_subscript(node: ast.Subscript, where: Where, picks: tuple[Pick, ...], stacked: int, depth: int) -> Found:
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    here = Value(node, where)
    if len(parts) == 1 and not isinstance(parts[0], ast.Slice) and not is_none(parts[0]):
        key = Pick(constant(parts[0]))
        found = walk(Value(node.value, where, (key, *picks)), stacked, depth)
        if key not in found.left:
            return found
        left = tuple(one for one in found.left if one is not key)
        if is_number(where, parts[0]):
            return put_before(step_at(here, "indexed", stacked), found, -1, left)
        if is_mask(where, parts[0]):
            return put_before(step_at(here, "picked", stacked), found, left=left)
        return found._replace(left=left)
    found = walk(Value(node.value, where, picks), stacked, depth)
    if any(is_none(part) for part in parts):
        return put_before(step_at(here, "added", stacked), found, int(is_none(parts[0])))
    if any(is_number(where, part) for part in parts):
        return put_before(step_at(here, "indexed", stacked), found, -int(is_number(where, parts[0])))
    cut = parts if stacked > 0 else parts[1:]  # samples are chosen by the first axis, and one sample is cropped
    if any(isinstance(part, ast.Slice) and is_variable(part) for part in cut):
        return put_before(step_at(here, "cropped", stacked), found)
    return found


def _walk_call(node: ast.Call, where: Where, picks: tuple[Pick, ...], stacked: int, depth: int) -> Found:
    name = last_name(node)
    here = Value(node, where)
    own = _walk_own(node, where, picks, stacked, depth)
    if own is not None:
        return own
    if is_layer(where, node.func):
        return Found((step_at(here, "made", stacked, "tensor"),), picks)
    first = next((one for one in node.args if not isinstance(one, ast.Starred)), None)
    if first is None and node.args and isinstance(node.args[0], ast.Starred):
        first = node.args[0].value
    if first is None and node.keywords:
        first = node.keywords[0].value
    on_value = isinstance(node.func, ast.Attribute) and not is_module(where.source, node.func.value)
    subject = node.func.value if isinstance(node.func, ast.Attribute) and on_value else first

    def on(value: ast.expr | None, *more: Pick, extra: int = 0) -> Found:
        if value is None:
            return Found((), picks)
        return walk(Value(value, where, (*more, *picks)), stacked + extra, depth)

    if name == "DataLoader" or name.endswith("DataLoader"):
        return _walk_loader(node, where, picks, stacked, depth)
    if name in ("range", "trange", "len", "int") and not on_value:  # numbers
        return Found((), picks)
    handed = handed_on(node, subject, first, picks)
    if handed is not None:
        value, taken = handed
        return walk(Value(value, where, taken), stacked, depth) if value is not None else Found((), picks)
    of_pipeline = _of_pipeline(node, where, picks, stacked, depth) if picks else None
    if of_pipeline is not None:
        return of_pipeline
    if name in ("TensorDataset", "ArrayDataset") and picks:
        place = picks[1].key if len(picks) > 1 else 0
        if isinstance(place, int) and place < len(node.args):
            found = walk(Value(node.args[place], where, picks[2:]), stacked, depth)
            return found._replace(steps=tuple(one._replace(stacked=one.stacked - 1) for one in found.steps))
    beside = argument_of(node, "dim", 1) or argument_of(node, "axis", 1)
    if name == "stack" and beside is not None and constant(beside) != 0:  # not samples, but columns
        return put_before(step_at(here, "mixed", stacked, made_as(where, node)), on(first, Pick(None)), left=picks)
    if name in STACKED:
        stacks: Array | None = (
            made_as(where, node) if not on_value and isinstance(node.func, ast.Attribute) else "tensor"
        )
        return put_before(step_at(here, "stacked", stacked, stacks), on(first, Pick(None), extra=1), left=picks)
    if name in SPLIT and picks and is_by_samples(node, on_value):
        return put_before(
            step_at(here, "split", stacked), walk(Value(subject or node, where, picks[1:]), stacked, depth)
        )
    if name in TO_TENSOR or (isinstance(node.func, ast.Call) and last_name(node.func) in TO_TENSOR):
        return put_before(step_at(here, "converted", stacked, "tensor"), on(first))
    if name in MIXED:
        return mixed(here, stacked, on(subject))
    change = changed_by(where, node, on_value)
    if change is not None:
        return put_before(step_at(here, change.kind, stacked, change.array), on(subject), change.deeper)
    if name in READ and not (on_value and name == "load"):
        return Found((step_at(here, "read", stacked, read_as(node)),), picks)
    if name in MADE and not (on_value and name.endswith("_")):
        return Found((step_at(here, "made", stacked, made_as(where, node)),), picks)
    if on_value:
        found = on(subject)
        if found.steps or first is None:
            return found
        found = on(first)  # `self.transform(image)`, of a library's transform
        return found if found.steps else Found((step_at(here, "made", stacked),), picks)
    found = on(first)
    return found if found.steps else Found((step_at(here, "made", stacked),), picks)


_SLICED = ("from_tensor_slices", "from_tensors")
_BATCHED = ("batch", "padded_batch")
_RUN = ("numpy_function", "py_function")


def _of_pipeline(node: ast.Call, where: Where, picks: tuple[Pick, ...], stacked: int, depth: int) -> Found | None:
    """Through a step of a `tf.data` pipeline to the elements that it is made of; None for any other call."""
    name, here = last_name(node), Value(node, where)
    first = argument_of(node, None, 0)
    before = node.func.value if isinstance(node.func, ast.Attribute) else None
    if name in _SLICED and first is not None:
        found = walk(Value(first, where, picks[1:]), stacked, depth)
        return found._replace(steps=tuple(one._replace(stacked=one.stacked - 1) for one in found.steps))
    if name in _BATCHED and before is not None and node.args:
        return put_before(step_at(here, "stacked", stacked), walk(Value(before, where, picks), stacked + 1, depth))
    if name in ("from_generator", *_RUN) and first is not None:
        body = _body(first, where)
        if body is None:
            return None
        source, function = body
        values = flow.yields(function) if name == "from_generator" else flow.returns(function)
        kept = picks[1:] if name == "from_generator" else picks
        made = _first_of(values, Where(source, function), kept, stacked, depth)
        return put_before(step_at(here, "converted", stacked), made) if name in _RUN else made
    if name == "map" and before is not None and len(node.args) == 1:
        body = _body(node.args[0], where)
        if body is None:
            return None
        source, function = body
        names = [one.arg for one in flow.parameters(function)]
        element = (Pick(None),)
        given = [
            (own, Value(before, where, element if len(names) == 1 else (*element, Pick(number))))
            for number, own in enumerate(names)
        ]
        return _first_of(flow.returns(function), Where(source, function, given=tuple(given)), picks[1:], stacked, depth)
    return None


def _body(named: ast.expr, where: Where) -> tuple[Source, Function | ast.Lambda] | None:
    """A function that is handed over by its name, or written out."""
    if isinstance(named, ast.Lambda):
        return where.source, named
    found = flow.callee(where.source, named)
    return (found.source, found.node) if found is not None and isinstance(found.node, Function) else None


def _walk_own(node: ast.Call, where: Where, picks: tuple[Pick, ...], stacked: int, depth: int) -> Found | None:
    """Through a function, method or class of the program; None where it is a library's."""
    found = flow.callee(where.source, node.func)
    itself: Instance | None = None
    if isinstance(node.func, ast.Attribute):
        itself = instance_of(node.func.value, where, depth)
        if found is None and itself is not None:
            found = flow.method(itself.source, itself.owner, node.func.attr)
    if found is None:
        made = instance_of(node.func, where, depth)  # an object that is called
        if made is not None:
            itself = made
            ways = (flow.method(made.source, made.owner, name) for name in ("__call__", "forward", "call"))
            found = next((way for way in ways if way is not None), None)
    if found is None and isinstance(node.func, ast.Name):
        defined = flow.definition(where.source, node.func, node.func.id)
        if isinstance(defined, flow.Defined) and isinstance(defined.node, ast.Lambda):
            return walk(
                Value(defined.node.body, Where(defined.source, defined.node, node, where), picks), stacked, depth
            )
    if found is None:
        return None
    if isinstance(found.node, ast.ClassDef):
        return _walk_object(Instance(found.source, found.node, node, where), picks, stacked, depth)
    if not isinstance(found.node, Function):
        return None
    run = Where(found.source, found.node, node, where, itself=itself)
    generated = flow.yields(found.node)
    if generated and picks:
        return walk(Value(generated[0], run, picks[1:]), stacked, depth)
    return _first_of(flow.returns(found.node), run, picks, stacked, depth)


def _first_of(values: Sequence[ast.expr], where: Where, picks: tuple[Pick, ...], stacked: int, depth: int) -> Found:
    for value in values:
        found = walk(Value(value, where, picks), stacked, depth)
        if found.steps:
            return found
    return Found((), picks)


def _walk_object(instance: Instance, picks: tuple[Pick, ...], stacked: int, depth: int) -> Found:
    """Into the elements of a data set of the program, or an attribute of one of its objects."""
    if not picks:
        return Found((), picks)
    if isinstance(picks[0].key, str):
        for defined in flow.attribute_values(instance.source, instance.owner, picks[0].key):
            if isinstance(defined.node, ast.expr):
                where = building(instance, defined)
                return _walk_defined(defined, where, picks[1:], stacked, depth, f"self.{picks[0].key}")
    for name in ("__getitem__", "__iter__"):
        found = flow.method(instance.source, instance.owner, name)
        if found is not None and isinstance(found.node, Function):
            where = Where(found.source, found.node, itself=instance)
            values = flow.returns(found.node) if name == "__getitem__" else flow.yields(found.node)
            return _first_of(values, where, picks[1:], stacked, depth)
    return Found((), picks)


def _walk_loader(node: ast.Call, where: Where, picks: tuple[Pick, ...], stacked: int, depth: int) -> Found:
    """Through a loader: its samples become a batch, by its own rule or by a function of the program."""
    data = argument_of(node, "dataset", 0)
    if data is None:
        return Found((), picks)
    here = step_at(Value(node, where), "stacked", stacked)
    samples = Value(data, where)
    collate = argument_of(node, "collate_fn", 6)
    found = flow.callee(where.source, collate) if collate is not None else None
    body = found.node if found is not None else collate
    if isinstance(body, Function | ast.Lambda):
        source = found.source if found is not None else where.source
        names = [one.arg for one in flow.parameters(body)]
        run = Where(source, body, given=((names[0], samples),) if names else ())
        return put_before(here, _first_of(flow.returns(body), run, picks[1:], stacked, depth))
    size = argument_of(node, "batch_size", 1)
    extra = 0 if size is not None and is_none(size) else 1
    return put_before(here, walk(samples._replace(picks=picks or (Pick(None),)), stacked + extra, depth))
