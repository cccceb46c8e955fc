"""The shape of an array, where the program writes it out: read from its source, for what is not run."""

import ast
from collections.abc import Iterator, Sequence

from whynorm.source import flow
from whynorm.source.files import Function, Source
from whynorm.source.places import argument_of
from whynorm.source.running import DEEPEST, Value, Where, last_name
from whynorm.source.values import behind, evaluate

_BY_SHAPE = {
    "zeros": 0, "ones": 0, "empty": 0, "full": 0, "random": 0, "standard_normal": 0, "random_sample": 0,
    "normal": 2, "uniform": 2, "integers": 2, "randint": 2, "poisson": 1,
}  # fmt: skip
"""What makes an array, and the place of its shape; it may be given as `size` or `shape`."""
_BY_SIZES = ("rand", "randn")
_ALIKE = {
    "astype", "clip", "abs", "absolute", "exp", "log", "log1p", "sqrt", "square", "asarray", "array", "copy", "float32",
    "ascontiguousarray", "maximum", "minimum", "nan_to_num", "round", "flip", "fliplr", "flipud", "roll",
}  # fmt: skip
_SCALARS = ("int8", "int16", "int32", "int64", "uint8", "float64")


def shape_of(value: Value, depth: int = 0) -> tuple[int, ...] | None:
    """The sizes of an array; None where they are not written out."""
    node, where, _ = value
    if depth > DEEPEST:
        return None
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return ()
    if isinstance(node, ast.BinOp):
        sides = [shape_of(Value(side, where), depth + 1) for side in (node.left, node.right)]
        return max((side for side in sides if side is not None), key=len, default=None)
    if isinstance(node, ast.Subscript):
        return _indexed(node, shape_of(Value(node.value, where), depth + 1))
    if not isinstance(node, ast.Call):
        found = behind(value)
        return shape_of(found, depth + 1) if found is not None else None
    return _made(node, where, depth)


def _made(node: ast.Call, where: Where, depth: int) -> tuple[int, ...] | None:
    name = last_name(node)
    own = flow.callee(where.source, node.func)
    if own is not None and isinstance(own.node, Function):
        run = Where(own.source, own.node, node, where)
        return next(
            (s for one in flow.returns(own.node) if (s := shape_of(Value(one, run), depth + 1)) is not None), None
        )
    if name in _SCALARS or (name in ("int", "float", "bool") and isinstance(node.func, ast.Name)):
        return ()
    if name in _BY_SHAPE:
        given = argument_of(node, "size", _BY_SHAPE[name]) or argument_of(node, "shape", None)
        return _sizes([given], where) if given is not None else None
    if name in _BY_SIZES:
        return _sizes(node.args, where)
    first = node.func.value if isinstance(node.func, ast.Attribute) and not node.args else None
    subject = node.func.value if isinstance(node.func, ast.Attribute) and name in ("astype", "clip", "copy") else first
    if name == "reshape":
        return _sizes(node.args, where) or _sizes(node.args[1:], where)
    if name == "expand_dims" and node.args:
        axis = evaluate(Value(node.args[-1], where))
        inner = shape_of(Value(node.args[0], where), depth + 1)
        return None if inner is None or axis not in (0, -1) else (1, *inner) if axis == 0 else (*inner, 1)
    if name in _ALIKE:
        module = isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name) and len(node.args) > 0
        values = [*node.args[:1], *([subject] if subject is not None else [])] if module else [subject]
        found = (shape_of(Value(one, where), depth + 1) for one in values if one is not None)
        return max((one for one in found if one is not None), key=len, default=None)
    return None


def _sizes(given: Sequence[ast.expr], where: Where) -> tuple[int, ...] | None:
    """Sizes that are given as one tuple, or one by one."""
    parts = given[0].elts if len(given) == 1 and isinstance(given[0], ast.Tuple | ast.List) else list(given)
    sizes = [evaluate(Value(one, where)) for one in parts]
    if len(sizes) == 1 and isinstance(sizes[0], tuple | list):
        sizes = list(sizes[0])
    return tuple(one for one in sizes if isinstance(one, int)) if _are_sizes(sizes) else None


def _are_sizes(sizes: Sequence[object]) -> bool:
    return bool(sizes) and all(isinstance(one, int) and one >= 0 for one in sizes)


def _indexed(node: ast.Subscript, inner: tuple[int, ...] | None) -> tuple[int, ...] | None:
    """An axis more, by an index of None; another index is not followed."""
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    added = [isinstance(one, ast.Constant) and one.value is None for one in parts]
    if inner is None or sum(added) != 1:
        return None
    return (1, *inner) if added[0] else (*inner, 1) if added[-1] else None


def results(source: Source, function: Function) -> Iterator[tuple[tuple[int, ...] | None, ...]]:
    """For each way on which a function returns, or yields, the shapes of its parts."""
    run = Where(source, function)
    for value in flow.yields(function) or flow.returns(function):
        parts = value.elts if isinstance(value, ast.Tuple) else [value]
        yield tuple(shape_of(Value(one, run)) for one in parts)
