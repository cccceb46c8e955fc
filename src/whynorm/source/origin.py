"""A tensor's way to the model, read backwards from the call: through assignments, functions, data sets, loaders."""

import ast
from collections.abc import Sequence
from typing import Literal, NamedTuple

from whynorm.facts import Frame, Origin, OriginStep
from whynorm.facts.origin import Kind
from whynorm.source import flow
from whynorm.source.files import Function, Source
from whynorm.source.places import argument_of, call_at, dotted, imported_as, source_at
from whynorm.source.running import (
    DEEPEST,
    Instance,
    Pick,
    Value,
    Where,
    building,
    function_at,
    inside,
    instance_of,
    last_name,
    parameter,
)
from whynorm.source.values import behind

Array = Literal["tensor", "numpy", "image"]

_MADE = {
    "randn", "rand", "zeros", "ones", "full", "empty", "arange", "linspace", "eye", "randint", "normal", "uniform",
    "integers", "random", "standard_normal", "random_sample", "randn_like", "zeros_like", "ones_like", "rand_like",
    "full_like", "empty_like", "fromarray",
}  # fmt: skip
_READ = {
    "load", "imread", "open", "read_image", "loadtxt", "genfromtxt", "fromfile", "dcmread", "get_fdata", "imdecode",
    "GetArrayFromImage", "decode_image", "decode_jpeg", "decode_png", "pil_loader", "default_loader", "read_video",
}  # fmt: skip
_CONVERTED: dict[str, Array] = {
    "from_numpy": "tensor", "as_tensor": "tensor", "tensor": "tensor", "FloatTensor": "tensor", "Tensor": "tensor",
    "pil_to_tensor": "tensor", "asarray": "numpy", "array": "numpy", "numpy": "numpy", "to_numpy": "numpy",
    "ascontiguousarray": "numpy",
}  # fmt: skip
_TO_TENSOR = {"ToTensor", "to_tensor", "ToImage"}
_MOVED = {"permute", "transpose", "swapaxes", "moveaxis", "movedim", "rearrange", "T", "mT", "t", "rollaxis"}
_ADDED = {"unsqueeze", "expand_dims"}
_RESHAPED = {"reshape", "view", "flatten", "unflatten", "ravel"}
_CAST = {"half", "float", "double", "bfloat16", "long", "int", "short", "byte", "astype"}
_CHOOSING = {"nonzero", "where", "argwhere", "nms", "batched_nms", "flatnonzero", "logical_and", "logical_or"}
_RESIZED = {
    "interpolate",
    "resize",
    "Resize",
    "CenterCrop",
    "RandomCrop",
    "center_crop",
    "RandomResizedCrop",
    "upsample",
}
_MIXED = {
    "unfold",
    "matmul",
    "mm",
    "bmm",
    "einsum",
    "tensordot",
    "dot",
    "stft",
    "istft",
    "sliding_window_view",
    "cdist",
}
_SPLIT = {"split", "chunk", "tensor_split", "array_split"}
_CLIPPED = {"clip", "clamp", "clip_by_value"}
_STACKED = {"stack", "default_collate"}
_JOINED = {"cat", "concat", "concatenate", "vstack"}
_LIKE = {
    "list",
    "tuple",
    "iter",
    "reversed",
    "sorted",
    "cycle",
    "tqdm",
    "trange",
    "track",
    "prefetch",
    "islice",
    "Subset",
}


class _Found(NamedTuple):
    steps: tuple[OriginStep, ...]
    left: tuple[Pick, ...] = ()
    """Picks that nothing on the way took: they are indices into the tensor itself."""


def origin(frames: Sequence[Frame], callee: str, argument: int | str = 0, *, batches: bool = False) -> Origin | None:
    """The way on which the program made one argument of a call; with `batches`, the first part of what it goes through.

    `frames` are the program's own, outermost first; the call of `callee` stands on the last one's line. None where
    the source is not there, or the call is not found in it.
    """
    where: Where | None = None
    call: ast.Call | None = None
    for number, frame in enumerate(frames):
        source = source_at(frame.location)
        if source is None:
            where = call = None
            continue
        if not frame.function.endswith("comp>") and frame.function != "<genexpr>":
            where = Where(
                source,
                function_at(source, frame.function, frame.location.line),
                call,
                where if call is not None else None,
            )
        called = callee if number == len(frames) - 1 else frames[number + 1].function
        call = call_at(source, frame.location, called)
        if number < len(frames) - 1 and call is not None and not _calls(call, called):
            call = None
    if where is None or call is None:
        return None
    given = argument_of(call, argument, None) if isinstance(argument, str) else argument_of(call, None, argument)
    if given is None:
        return None
    first = _step(Value(given, where), "passed", 0)
    steps = _trace(Value(given, where, (Pick(None), Pick(0)) if batches else ()), 0, 0).steps
    return Origin((first, *steps))


def _calls(call: ast.Call, function: str) -> bool:
    """Whether a call may be what runs this function: a method of another name (`trainer.fit`) runs it far away."""
    named = call.func.attr if isinstance(call.func, ast.Attribute) else function
    return named == function or function in ("forward", "__call__", "<lambda>", "wrapper", "inner")


def _step(value: Value, kind: Kind, stacked: int, array: Array | None = None) -> OriginStep:
    source = value.where.source
    return OriginStep(source.location(value.node), source.segment(value.node), kind, stacked, array)


def _before(step: OriginStep, found: _Found, deeper: int = 0, left: tuple[Pick, ...] | None = None) -> _Found:
    """One step, and what led to it; `deeper` axes are put in front by the step."""
    steps = tuple(one._replace(stacked=one.stacked + deeper) for one in found.steps)
    return _Found((step, *steps), found.left if left is None else left)


def _trace(value: Value, stacked: int, depth: int) -> _Found:
    if depth > DEEPEST:
        return _Found(())
    node, where, picks = value
    deeper = depth + 1
    if isinstance(node, ast.Name):
        return _trace_name(node, where, picks, stacked, deeper)
    if isinstance(node, ast.Attribute):
        return _trace_attribute(node, where, picks, stacked, deeper)
    if isinstance(node, ast.Subscript):
        return _trace_subscript(node, where, picks, stacked, deeper)
    if isinstance(node, ast.Call):
        return _trace_call(node, where, picks, stacked, deeper)
    if isinstance(node, ast.Tuple | ast.List) and node.elts:
        if not picks:
            return _trace(Value(node.elts[0], where), stacked, deeper)
        key = picks[0].key
        element = node.elts[key] if isinstance(key, int) and -len(node.elts) <= key < len(node.elts) else node.elts[0]
        return _trace(Value(element, where, picks[1:]), stacked, deeper)
    if isinstance(node, ast.Dict) and picks:
        for key, element in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == picks[0].key:
                return _trace(Value(element, where, picks[1:]), stacked, deeper)
        return _Found((), picks)
    if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp):
        return _trace(Value(node.elt, where, picks[1:]), stacked, deeper)
    if isinstance(node, ast.BinOp):
        sides = [node.left, node.right]
        if isinstance(node.left, ast.Constant | ast.UnaryOp):
            sides.reverse()
        found = _trace(Value(sides[0], where, picks), stacked, deeper)
        if isinstance(node.op, ast.FloorDiv) and found.steps:
            return _before(_step(value, "floored", stacked), found, left=found.left)
        return _mixed(value, stacked, found) if isinstance(node.op, ast.MatMult) else found
    if isinstance(node, ast.UnaryOp):
        return _trace(Value(node.operand, where, picks), stacked, deeper)
    if isinstance(node, ast.IfExp):
        found = _trace(Value(node.body, where, picks), stacked, deeper)
        return found if found.steps else _trace(Value(node.orelse, where, picks), stacked, deeper)
    if isinstance(node, ast.NamedExpr | ast.Starred | ast.Await):
        return _trace(Value(node.value, where, picks), stacked, deeper)
    return _Found((), picks)


def _mixed(here: Value, stacked: int, found: _Found) -> _Found:
    """An operation that leaves other axes than it got; of what kind of array is known where it is of what it got."""
    arrays = [step.array for step in found.steps if step.array is not None]
    return _before(_step(here, "mixed", stacked, arrays[0] if arrays else None), found)


def _trace_name(node: ast.Name, where: Where, picks: tuple[Pick, ...], stacked: int, depth: int) -> _Found:
    for name, given in where.given:
        if name == node.id:
            return _trace(given._replace(picks=(*given.picks, *picks)), stacked, depth)
    defined = flow.definition(where.source, node, node.id)
    if isinstance(defined, ast.arg):
        handed = parameter(defined.arg, where)
        if handed is not None:
            return _trace(handed._replace(picks=(*handed.picks, *picks)), stacked, depth)
        return _Found((), picks)
    if defined is None or not isinstance(defined.node, ast.expr):
        return _Found((), picks)
    return _trace_defined(defined, inside(defined, where), picks, stacked, depth, appended_to=node.id)


def _trace_defined(
    defined: flow.Defined, where: Where, picks: tuple[Pick, ...], stacked: int, depth: int, appended_to: str
) -> _Found:
    """Through an assignment, or a loop's target."""
    assert isinstance(defined.node, ast.expr)
    own = tuple(Pick(key) for key in defined.unpack)
    if isinstance(defined.node, ast.List) and not defined.node.elts and picks:
        for call in where.source.calls:
            adds = isinstance(call.func, ast.Attribute) and call.func.attr == "append" and call.args
            if adds and dotted(call.func) == f"{appended_to}.append" and where.source.function(call) is where.function:
                return _trace(Value(call.args[0], where, picks[1:]), stacked, depth)
    value = Value(defined.node, where, (*own, *picks))
    found = _trace(value, stacked, depth)
    for pick in own if found.steps else ():
        if pick in found.left:
            left = tuple(one for one in found.left if one is not pick)
            found = _before(_step(value, "indexed", stacked), found, -1, left)
    return found


def _trace_attribute(node: ast.Attribute, where: Where, picks: tuple[Pick, ...], stacked: int, depth: int) -> _Found:
    instance = instance_of(node.value, where, depth)
    if instance is not None:
        for defined in flow.attribute_values(instance.source, instance.owner, node.attr):
            if isinstance(defined.node, ast.expr):
                where = building(instance, defined)
                found = _trace_defined(defined, where, picks, stacked, depth, appended_to=f"self.{node.attr}")
                if found.steps:
                    return found
        return _Found((), picks)
    module = flow.module_attribute(where.source, node)
    if module is not None and isinstance(module.node, ast.expr):
        return _trace(Value(module.node, Where(module.source), picks), stacked, depth)
    if node.attr in _MOVED:
        found = _trace(Value(node.value, where), stacked, depth)
        return _before(_step(Value(node, where), "moved", stacked), found, left=picks)
    key = Pick(node.attr)
    found = _trace(Value(node.value, where, (key, *picks)), stacked, depth)
    return found._replace(left=tuple(one for one in found.left if one is not key))


def _trace_subscript(node: ast.Subscript, where: Where, picks: tuple[Pick, ...], stacked: int, depth: int) -> _Found:
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    here = Value(node, where)
    if len(parts) == 1 and not isinstance(parts[0], ast.Slice) and not _is_none(parts[0]):
        key = Pick(_constant(parts[0]))
        found = _trace(Value(node.value, where, (key, *picks)), stacked, depth)
        if key not in found.left:
            return found
        left = tuple(one for one in found.left if one is not key)
        if _is_number(where, parts[0]):
            return _before(_step(here, "indexed", stacked), found, -1, left)
        if _is_mask(where, parts[0]):
            return _before(_step(here, "picked", stacked), found, left=left)
        return found._replace(left=left)
    found = _trace(Value(node.value, where, picks), stacked, depth)
    if any(_is_none(part) for part in parts):
        return _before(_step(here, "added", stacked), found, int(_is_none(parts[0])))
    if any(_is_number(where, part) for part in parts):
        return _before(_step(here, "indexed", stacked), found, -int(_is_number(where, parts[0])))
    if any(isinstance(part, ast.Slice) and _is_variable(part) for part in parts[1:]):
        return _before(_step(here, "cropped", stacked), found)
    return found


def _is_variable(part: ast.Slice) -> bool:
    """Whether a border of a slice is no number that is written out."""
    return any(border is not None and not isinstance(_constant(border), int) for border in (part.lower, part.upper))


def _constant(node: ast.expr) -> object:
    """A key that is written out; else one that stands for any element."""
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def _is_none(node: ast.expr) -> bool:
    return (isinstance(node, ast.Constant) and node.value is None) or (
        isinstance(node, ast.Attribute) and node.attr == "newaxis"
    )


def _is_number(where: Where, node: ast.expr) -> bool:
    """Whether an index is one number, which drops its axis, and not a mask or a list of positions."""
    if isinstance(node, ast.Constant | ast.UnaryOp):
        return isinstance(_constant(node), int)
    if isinstance(node, ast.BinOp):
        return _is_number(where, node.left) or _is_number(where, node.right)
    if not isinstance(node, ast.Name):
        return False
    defined = flow.definition(where.source, node, node.id)
    if isinstance(defined, ast.arg):
        return where.function is not None and getattr(where.function, "name", "") == "__getitem__"
    if defined is None or not isinstance(defined.node, ast.Call):
        return defined is not None and isinstance(defined.node, ast.Constant)
    return last_name(defined.node) in ("range", "enumerate", "randrange", "randint", "choice", "trange", "int", "len")


def _is_mask(where: Where, node: ast.expr) -> bool:
    """Whether an index chooses by values, so that how many are chosen depends on the data."""
    if isinstance(node, ast.Name):
        defined = flow.definition(where.source, node, node.id)
        if not isinstance(defined, flow.Defined) or not isinstance(defined.node, ast.expr):
            return False
        node = defined.node
    if isinstance(node, ast.Compare):
        return True
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
        return True
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr):
        return _is_mask(where, node.left) or _is_mask(where, node.right)
    return isinstance(node, ast.Call) and last_name(node) in _CHOOSING


def _is_layer(where: Where, func: ast.expr) -> bool:
    """Whether a callee is a variable that holds a layer of torch.nn: what it gives has axes of its own."""
    if not isinstance(func, ast.Name | ast.Attribute):
        return False
    made = behind(Value(func, where))
    if made is None or not isinstance(made.node, ast.Call):
        return False
    root, _, rest = (dotted(made.node.func) or "").partition(".")
    full = imported_as(made.where.source).get(root, root) + (f".{rest}" if rest else "")
    return full.startswith("torch.nn.") and full.rpartition(".")[2][:1].isupper()


def _by_samples(node: ast.Call, on_value: bool) -> bool:
    """Whether a call splits along the first axis, and no text."""
    axis = argument_of(node, "dim", 1 if on_value else 2) or argument_of(node, "axis", 1 if on_value else 2)
    text = node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
    return bool(node.args) and not text and (axis is None or _constant(axis) == 0)


def _trace_call(node: ast.Call, where: Where, picks: tuple[Pick, ...], stacked: int, depth: int) -> _Found:
    name = last_name(node)
    here = Value(node, where)
    own = _trace_own(node, where, picks, stacked, depth)
    if own is not None:
        return own
    if _is_layer(where, node.func):
        return _Found((_step(here, "made", stacked, "tensor"),), picks)
    first = next((one for one in node.args if not isinstance(one, ast.Starred)), None)
    if first is None and node.args and isinstance(node.args[0], ast.Starred):
        first = node.args[0].value
    if first is None and node.keywords:
        first = node.keywords[0].value
    on_value = isinstance(node.func, ast.Attribute) and not _is_module(where.source, node.func.value)
    subject = node.func.value if isinstance(node.func, ast.Attribute) and on_value else first

    def on(value: ast.expr | None, *more: Pick, extra: int = 0) -> _Found:
        if value is None:
            return _Found((), picks)
        return _trace(Value(value, where, (*more, *picks)), stacked + extra, depth)

    if name == "DataLoader" or name.endswith("DataLoader"):
        return _trace_loader(node, where, picks, stacked, depth)
    if name in ("enumerate", "zip") and picks:
        place = picks[1].key if len(picks) > 1 else None
        if name == "enumerate":
            return _trace(Value(node.args[0], where, (picks[0], *picks[2:])), stacked, depth) if node.args else on(None)
        if isinstance(place, int) and place < len(node.args):
            return _trace(Value(node.args[place], where, (picks[0], *picks[2:])), stacked, depth)
    if name == "next":
        return on(first, Pick(None))
    if name in ("range", "trange", "len", "int") and not on_value:  # numbers
        return _Found((), picks)
    if name in _LIKE and first is not None:
        return on(subject)
    of_pipeline = _of_pipeline(node, where, picks, stacked, depth) if picks else None
    if of_pipeline is not None:
        return of_pipeline
    if name == "map" and len(node.args) > 1 and picks:
        made = ast.copy_location(ast.Call(node.args[0], [node.args[1]], []), node)
        return _trace(Value(made, where, picks[1:]), stacked, depth)
    if name == "random_split":
        return _trace(Value(node.args[0], where, picks[1:]), stacked, depth) if node.args else on(None)
    if name in ("TensorDataset", "ArrayDataset") and picks:
        place = picks[1].key if len(picks) > 1 else 0
        if isinstance(place, int) and place < len(node.args):
            found = _trace(Value(node.args[place], where, picks[2:]), stacked, depth)
            return found._replace(steps=tuple(one._replace(stacked=one.stacked - 1) for one in found.steps))
    beside = argument_of(node, "dim", 1) or argument_of(node, "axis", 1)
    if name == "stack" and beside is not None and _constant(beside) != 0:  # not samples, but columns
        return _before(_step(here, "mixed", stacked, _makes(where, node)), on(first, Pick(None)), left=picks)
    if name in _STACKED:
        stacks: Array | None = (
            _makes(where, node) if not on_value and isinstance(node.func, ast.Attribute) else "tensor"
        )
        return _before(_step(here, "stacked", stacked, stacks), on(first, Pick(None), extra=1), left=picks)
    if name in _SPLIT and picks and _by_samples(node, on_value):
        return _before(_step(here, "split", stacked), _trace(Value(subject or node, where, picks[1:]), stacked, depth))
    if name in _JOINED:
        return on(first, Pick(None))
    if name in _TO_TENSOR or (isinstance(node.func, ast.Call) and last_name(node.func) in _TO_TENSOR):
        return _before(_step(here, "converted", stacked, "tensor"), on(first))
    if name in _MOVED:
        array: Array | None = "tensor" if name in ("permute", "movedim") else None if on_value else _makes(where, node)
        return _before(_step(here, "moved", stacked, array), on(subject))
    if name in _ADDED:
        front = bool(node.args) and _constant(node.args[-1]) == 0
        of_torch: Array | None = "tensor" if name == "unsqueeze" else None
        return _before(_step(here, "added", stacked, of_torch), on(subject), int(front))
    if name == "squeeze":
        front = bool(node.args) and _constant(node.args[-1]) == 0
        return _before(_step(here, "squeezed", stacked), on(subject), -int(front))
    if on_value and name in _CAST:
        return _before(_step(here, "cast", stacked, "numpy" if name == "astype" else "tensor"), on(subject))
    if name in _RESIZED or (isinstance(node.func, ast.Call) and last_name(node.func) in _RESIZED):
        return _before(_step(here, "resized", stacked), on(first if isinstance(node.func, ast.Call) else subject))
    if name in _CLIPPED:
        return _before(_step(here, "clipped", stacked), on(subject))
    if name in _MIXED:
        return _mixed(here, stacked, on(subject))
    if name in _RESHAPED:
        return _before(_step(here, "reshaped", stacked), on(subject))
    if name in _CONVERTED:
        return _before(_step(here, "converted", stacked, _CONVERTED[name]), on(subject))
    if name in _READ and not (on_value and name == "load"):
        return _Found((_step(here, "read", stacked, _reads(node)),), picks)
    if name in _MADE and not (on_value and name.endswith("_")):
        return _Found((_step(here, "made", stacked, _makes(where, node)),), picks)
    if on_value:
        found = on(subject)
        if found.steps or first is None:
            return found
        found = on(first)  # `self.transform(image)`, of a library's transform
        return found if found.steps else _Found((_step(here, "made", stacked),), picks)
    found = on(first)
    return found if found.steps else _Found((_step(here, "made", stacked),), picks)


_SLICED = ("from_tensor_slices", "from_tensors")
_BATCHED = ("batch", "padded_batch")
_RUN = ("numpy_function", "py_function")


def _of_pipeline(node: ast.Call, where: Where, picks: tuple[Pick, ...], stacked: int, depth: int) -> _Found | None:
    """Through a step of a `tf.data` pipeline to the elements that it is made of; None for any other call."""
    name, here = last_name(node), Value(node, where)
    first = argument_of(node, None, 0)
    before = node.func.value if isinstance(node.func, ast.Attribute) else None
    if name in _SLICED and first is not None:
        found = _trace(Value(first, where, picks[1:]), stacked, depth)
        return found._replace(steps=tuple(one._replace(stacked=one.stacked - 1) for one in found.steps))
    if name in _BATCHED and before is not None and node.args:
        return _before(_step(here, "stacked", stacked), _trace(Value(before, where, picks), stacked + 1, depth))
    if name in ("from_generator", *_RUN) and first is not None:
        body = _body(first, where)
        if body is None:
            return None
        source, function = body
        values = flow.yields(function) if name == "from_generator" else flow.returns(function)
        kept = picks[1:] if name == "from_generator" else picks
        made = _first_of(values, Where(source, function), kept, stacked, depth)
        return _before(_step(here, "converted", stacked), made) if name in _RUN else made
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


def _is_module(source: Source, node: ast.expr) -> bool:
    """Whether an expression is an imported module: `torch`, `np.random`."""
    name = dotted(node)
    return name is not None and name.split(".")[0] in imported_as(source)


def _reads(node: ast.Call) -> Array | None:
    owner = dotted(node.func) or ""
    if owner.startswith(("np.", "numpy.", "cv2.", "imageio", "iio.", "skimage", "io.")):
        return "numpy"
    if owner.startswith("torch"):
        return "tensor"
    return "image" if owner.startswith(("Image.", "PIL.")) or owner.endswith("_loader") else None


def _makes(where: Where, node: ast.Call) -> Array | None:
    name = dotted(node.func) or ""
    root = name.split(".")[0]
    known = imported_as(where.source)
    if root not in known and isinstance(node.func, ast.Attribute):  # a generator of NumPy's
        maker = behind(Value(node.func.value, where)) if not isinstance(node.func.value, ast.Call) else None
        call = maker.node if maker is not None else node.func.value
        return "numpy" if isinstance(call, ast.Call) and last_name(call) in ("default_rng", "RandomState") else None
    arrays: dict[str, Array] = {"torch": "tensor", "numpy": "numpy", "PIL": "image"}
    return arrays.get(known.get(root, root).split(".")[0])


def _trace_own(node: ast.Call, where: Where, picks: tuple[Pick, ...], stacked: int, depth: int) -> _Found | None:
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
            return _trace(
                Value(defined.node.body, Where(defined.source, defined.node, node, where), picks), stacked, depth
            )
    if found is None:
        return None
    if isinstance(found.node, ast.ClassDef):
        return _trace_object(Instance(found.source, found.node, node, where), picks, stacked, depth)
    if not isinstance(found.node, Function):
        return None
    run = Where(found.source, found.node, node, where, itself=itself)
    generated = flow.yields(found.node)
    if generated and picks:
        return _trace(Value(generated[0], run, picks[1:]), stacked, depth)
    return _first_of(flow.returns(found.node), run, picks, stacked, depth)


def _first_of(values: Sequence[ast.expr], where: Where, picks: tuple[Pick, ...], stacked: int, depth: int) -> _Found:
    for value in values:
        found = _trace(Value(value, where, picks), stacked, depth)
        if found.steps:
            return found
    return _Found((), picks)


def _trace_object(instance: Instance, picks: tuple[Pick, ...], stacked: int, depth: int) -> _Found:
    """Into the elements of a data set of the program, or an attribute of one of its objects."""
    if not picks:
        return _Found((), picks)
    if isinstance(picks[0].key, str):
        for defined in flow.attribute_values(instance.source, instance.owner, picks[0].key):
            if isinstance(defined.node, ast.expr):
                where = building(instance, defined)
                return _trace_defined(defined, where, picks[1:], stacked, depth, f"self.{picks[0].key}")
    for name in ("__getitem__", "__iter__"):
        found = flow.method(instance.source, instance.owner, name)
        if found is not None and isinstance(found.node, Function):
            where = Where(found.source, found.node, itself=instance)
            values = flow.returns(found.node) if name == "__getitem__" else flow.yields(found.node)
            return _first_of(values, where, picks[1:], stacked, depth)
    return _Found((), picks)


def _trace_loader(node: ast.Call, where: Where, picks: tuple[Pick, ...], stacked: int, depth: int) -> _Found:
    """Through a loader: its samples become a batch, by its own rule or by a function of the program."""
    data = argument_of(node, "dataset", 0)
    if data is None:
        return _Found((), picks)
    here = _step(Value(node, where), "stacked", stacked)
    samples = Value(data, where)
    collate = argument_of(node, "collate_fn", 6)
    found = flow.callee(where.source, collate) if collate is not None else None
    body = found.node if found is not None else collate
    if isinstance(body, Function | ast.Lambda):
        source = found.source if found is not None else where.source
        names = [one.arg for one in flow.parameters(body)]
        run = Where(source, body, given=((names[0], samples),) if names else ())
        return _before(here, _first_of(flow.returns(body), run, picks[1:], stacked, depth))
    size = argument_of(node, "batch_size", 1)
    extra = 0 if size is not None and _is_none(size) else 1
    return _before(here, _trace(samples._replace(picks=picks or (Pick(None),)), stacked + extra, depth))
