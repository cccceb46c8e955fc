"""Operations that are no layers: how they are called, what they do to shapes, and which one an error came from."""

import ast
from collections.abc import Mapping, Sequence
from math import prod
from types import FrameType
from typing import Any

import keras
from executing import Source as Executing

from whynorm.facts import Role
from whynorm.frameworks.keras.places import is_user

_ROLES: dict[str, Role] = {
    **dict.fromkeys(("concatenate", "concat", "concat_v2", "stack", "hstack", "vstack", "cat"), "join"),
    **dict.fromkeys(
        ("add", "subtract", "multiply", "divide", "true_divide", "maximum", "minimum", "power", "mul", "sub", "div",
         "__add__", "__mul__", "__sub__", "__truediv__", "__radd__", "__rmul__", "__rsub__", "add_v2",
         "binary_op_wrapper"),
        "add",
    ),
    **dict.fromkeys(("reshape", "ravel", "flatten", "view"), "reshape"),
    **dict.fromkeys(("transpose", "permute", "expand_dims", "squeeze", "moveaxis", "swapaxes", "unsqueeze"), "axes"),
    **dict.fromkeys(("matmul", "dot", "tensordot", "einsum", "__matmul__"), "linear"),
    **dict.fromkeys(
        ("mean", "sum", "max", "min", "amax", "amin", "moments", "var", "std", "reduce_mean", "reduce_sum"), "reduce"
    ),
    **dict.fromkeys(("get_item", "slice", "take", "split", "boolean_mask", "getitem"), "slice"),
    **dict.fromkeys(("pad", "pad_v2"), "pad"),
    **dict.fromkeys(("conv", "conv2d", "conv1d", "conv3d", "depthwise_conv", "separable_conv"), "conv"),
    **dict.fromkeys(("max_pool", "average_pool", "avg_pool"), "pool"),
    **dict.fromkeys(("batch_normalization", "layer_normalization", "group_norm", "normalize", "l2_normalize"), "norm"),
}  # fmt: skip


_SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.MatMult: "matmul",
}
_SHELLS = (
    "error_handler",
    "wrapper",
    "op_dispatch_handler",
    "__call__",
    "__torch_function__",
    "op",
    "deferring_binary_op",
)
_LIBRARIES = {"keras": "keras.ops", "tensorflow": "tf", "jax": "jnp", "torch": "torch"}


def operation_name(kind: str) -> str:
    """The operation as a user writes it: `keras.ops.concatenate` for the class `Concatenate`."""
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in kind).lstrip("_")
    return f"keras.ops.{snake}"


def operation_role(kind: str) -> Role:
    """What an operation does to shapes, by its class's or function's name."""
    snake = operation_name(kind).rpartition(".")[2] if kind[:1].isupper() else kind
    return _ROLES.get(snake, "other")


def unseen_role(before: tuple[int, ...], after: tuple[int, ...]) -> Role:
    """What an operation that was not seen did, by the shapes before and after it."""
    if before == after:
        return "other"
    if sorted(size for size in before if size != 1) == sorted(size for size in after if size != 1):
        return "axes"
    if prod(before) == prod(after):
        return "reshape"
    return "reduce" if len(after) < len(before) else "other"


def failed(frames: Sequence[FrameType]) -> tuple[str, Role, list[Any], Mapping[str, object]] | None:
    """The operation that the user's innermost line called: its name, its role, its tensors and plain arguments."""
    last = max((number for number, frame in enumerate(frames) if is_user(frame.f_code.co_filename)), default=None)
    if last is None:
        return None
    for frame in frames[last + 1 :]:
        code = frame.f_code
        library = str(frame.f_globals.get("__name__", "")).split(".")[0]
        if code.co_name in _SHELLS or library not in _LIBRARIES:
            continue
        if library == "keras" and not str(frame.f_globals.get("__name__")).startswith(("keras.src.ops", "keras.ops")):
            return None
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        values = [frame.f_locals[name] for name in names if name in frame.f_locals]
        tensors = [thing for value in values for thing in _tensors(value)]
        if not tensors:
            return None
        plain = {key: frame.f_locals[key] for key in names if isinstance(frame.f_locals.get(key), int | tuple | str)}
        called = _sign(frames[last]) or str(frame.f_locals.get("op_name", code.co_name)).strip("_")
        role = operation_role(called if _ROLES.get(called) else code.co_name)
        return f"{_LIBRARIES[library]}.{called.removeprefix('operator_')}", role, tensors, plain
    return None


def _sign(frame: FrameType) -> str | None:
    """The operation of a sum or the like that a user's frame is in: what a sign runs differs by library and version."""
    node = Executing.executing(frame).node
    return _SIGNS.get(type(node.op)) if isinstance(node, ast.BinOp) else None


def _tensors(value: Any) -> list[Any]:
    if isinstance(value, list | tuple):
        return [thing for part in value for thing in _tensors(part)]
    return [value] if keras.ops.is_tensor(value) else []
