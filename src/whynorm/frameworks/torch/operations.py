"""How a function of torch is described: what the user writes, its role, its arguments by name."""

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F

from whynorm.facts import Role, Value
from whynorm.facts.change import Reduce
from whynorm.frameworks.torch.layers import plain

_OPERATORS = {
    "add": "+", "sub": "-", "mul": "*", "div": "/", "true_divide": "/", "matmul": "@", "__radd__": "+",
    "__rsub__": "-", "rsub": "-", "__rmul__": "*", "__rdiv__": "/", "__rtruediv__": "/", "__rmatmul__": "@",
    "add_": "+=", "sub_": "-=", "mul_": "*=", "div_": "/=", "pow": "**", "__pow__": "**", "remainder": "%",
    "floor_divide": "//", "gt": ">", "lt": "<", "ge": ">=", "le": "<=", "eq": "==", "ne": "!=", "__eq__": "==",
    "__ne__": "!=", "__gt__": ">", "__lt__": "<", "__ge__": ">=", "__le__": "<=", "__and__": "&", "__or__": "|",
    "__xor__": "^", "__iadd__": "+=", "__isub__": "-=", "__imul__": "*=", "__itruediv__": "/=", "__idiv__": "/=",
    "__add__": "+", "__sub__": "-", "__mul__": "*", "__truediv__": "/", "__div__": "/", "__matmul__": "@",
}  # fmt: skip


def _names(text: str) -> list[str]:
    return text.split()


_BY_ROLE: dict[Role, str] = {
    "norm": "batch_norm instance_norm group_norm layer_norm rms_norm local_response_norm normalize",
    "conv": "conv1d conv2d conv3d",
    "transposed-conv": "conv_transpose1d conv_transpose2d conv_transpose3d",
    "pool": """
        max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d avg_pool3d lp_pool1d lp_pool2d lp_pool3d
        fractional_max_pool2d fractional_max_pool3d adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d
        adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d
    """,
    "pad": "pad constant_pad_nd",
    "upsample": """
        interpolate upsample upsample_nearest upsample_bilinear pixel_shuffle pixel_unshuffle max_unpool1d max_unpool2d
        max_unpool3d grid_sample
    """,
    "linear": "linear bilinear",
    "join": "cat concat concatenate stack hstack vstack dstack column_stack",
    "add": """
        add sub mul div true_divide add_ sub_ mul_ div_ __iadd__ __isub__ __imul__ __itruediv__ rsub __radd__ __rsub__
        __rmul__ __rtruediv__ maximum minimum where lerp addcmul addcdiv __add__ __sub__ __mul__ __truediv__ logaddexp
        fmod remainder pow atan2
    """,
    "reshape": "view reshape flatten unflatten ravel view_as reshape_as fold unfold col2im im2col",
    "axes": """
        permute transpose squeeze unsqueeze movedim moveaxis swapaxes swapdims expand expand_as repeat tile
        broadcast_to T mT H mH t squeeze_ unsqueeze_ transpose_ adjoint
    """,
    "slice": """
        __getitem__ narrow chunk split unbind select index_select gather take tensor_split masked_select
        split_with_sizes diagonal take_along_dim hsplit vsplit dsplit
    """,
    "embedding": "embedding embedding_bag",
    "attention": "scaled_dot_product_attention multi_head_attention_forward",
    "activation": """
        relu relu_ gelu silu sigmoid tanh softmax log_softmax leaky_relu leaky_relu_ elu selu celu hardswish
        hardsigmoid hardtanh relu6 mish softplus prelu glu logsigmoid softsign tanhshrink softshrink hardshrink
        threshold rrelu softmin gumbel_softmax
    """,
    "dropout": "dropout dropout1d dropout2d dropout3d alpha_dropout feature_alpha_dropout dropout_",
    "reduce": """
        mean sum max min amax amin std var norm median prod logsumexp argmax argmin std_mean var_mean all any cumsum
        nanmean
    """,
}
_ROLES: dict[str, Role] = {name: role for role, names in _BY_ROLE.items() for name in names.split()}

_POSITIONS: dict[str, Sequence[str]] = {
    name: names.split()
    for row, names in {
        "conv1d conv2d conv3d": "input weight bias stride padding dilation groups",
        "conv_transpose1d conv_transpose2d conv_transpose3d":  # groups stand before the dilation here
        "input weight bias stride padding output_padding groups dilation",
        "avg_pool1d avg_pool2d avg_pool3d": "input kernel_size stride padding ceil_mode count_include_pad",
        "adaptive_avg_pool1d": "input output_size",
        "linear": "input weight bias",
        "bilinear": "input1 input2 weight bias",
        "cat concat concatenate stack": "tensors dim",
        "flatten": "input start_dim end_dim",
        "unflatten": "input dim sizes",
        "transpose swapaxes swapdims": "input dim0 dim1",
        "squeeze unsqueeze unbind": "input dim",
        "mean sum amax amin": "input dim keepdim",
        "std var std_mean var_mean": "input dim unbiased keepdim",
        "chunk tensor_split": "input chunks dim",
        "split": "input split_size dim",
        "narrow": "input dim start length",
        "select": "input dim index",
        "index_select gather": "input dim index",
        "movedim moveaxis": "input source destination",
        "pixel_shuffle": "input upscale_factor",
        "pixel_unshuffle": "input downscale_factor",
        "pad": "input pad mode value",
        "scaled_dot_product_attention": "query key value attn_mask dropout_p is_causal scale",
        "softmax log_softmax": "input dim",
    }.items()
    for name in row.split()
}
_SIZES = {"view": "shape", "reshape": "shape", "permute": "dims", "expand": "sizes", "repeat": "repeats",
          "tile": "dims", "broadcast_to": "size"}  # fmt: skip
QUIET = frozenset(
    {
        "size", "dim", "ndimension", "numel", "nelement", "stride", "is_contiguous", "is_floating_point", "is_complex",
        "storage_offset", "data_ptr", "__len__", "__repr__", "__format__", "__hash__", "element_size", "get_device",
        "is_pinned", "is_same_size", "untyped_storage", "requires_grad_", "register_hook", "backward", "__dir__",
        "is_inference", "is_conj", "is_neg", "__deepcopy__", "_is_view", "is_shared", "retain_grad", "is_set_to",
        "is_coalesced", "get_default_dtype", "set_default_dtype", "__reduce_ex__",
    }
)  # fmt: skip
"""Functions that give no tensor and change none: passed on unrecorded."""
VALUES = frozenset(
    {"item", "tolist", "__bool__", "__int__", "__float__", "__index__", "__complex__", "numpy", "__array__",
     "is_nonzero", "equal"}
)  # fmt: skip
"""Functions that read values."""
INDEXED = frozenset({"__getitem__", "__setitem__", "index_put_", "index_put", "index_select"})


def name_of(func: Any) -> str:
    """The function's bare name; of a property the property's."""
    name: str = func.__name__
    return str(getattr(func.__self__, "__name__", name)) if name == "__get__" else name


@functools.lru_cache(maxsize=2048)
def written(func: Any) -> str:
    """The operation as the user writes it: `torch.cat`, `F.interpolate`, `Tensor.view`, `+`."""
    name = name_of(func)
    method = getattr(func, "__objclass__", None) is not None or getattr(func, "__qualname__", "").startswith("Tensor.")
    if method or func.__name__ == "__get__":
        return _OPERATORS.get(name, f"Tensor.{name}")
    if getattr(F, name, None) is func:
        return f"F.{name}"
    return f"torch.{name}" if hasattr(torch, name) else name


WEIGHTED = frozenset(
    _names(
        "conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d linear batch_norm instance_norm "
        "group_norm layer_norm rms_norm prelu"
    )
)
"""Functions whose further tensors are parameters: no part of what flows through the network."""


def role_of(name: str) -> Role:
    """What the operation of this name does to shapes, by its name alone."""
    return _ROLES.get(name, "other")


def role(name: str, inputs: Sequence[Value], outputs: Sequence[torch.Tensor]) -> Role:
    """What the operation does to shapes; a mean or maximum over all spatial axes is a global pooling."""
    found = _ROLES.get(name, "other")
    if found == "add" and len(inputs) < 2:
        return "other"
    if found in ("reduce", "pool") and inputs and outputs:
        whole, rest = inputs[0].shape, tuple(outputs[0].shape)
        pooled = (whole[:2], (*whole[:2], *(1 for _ in whole[2:])))
        adaptive = found == "reduce" or "adaptive" in name
        if adaptive and len(whole) >= 3 and any(size > 1 for size in whole[2:]) and rest in pooled:
            return "global-pool"
    return found


@functools.cache
def _parameters(func: Callable[..., Any]) -> tuple[str, ...]:
    try:
        return tuple(inspect.signature(func).parameters)
    except (TypeError, ValueError):
        return ()


@functools.cache
def _defaults(func: Callable[..., Any]) -> Mapping[str, object]:
    try:
        parameters = inspect.signature(func).parameters.values()
    except (TypeError, ValueError):
        return {}
    return {p.name: p.default for p in parameters if p.default is not p.empty and plain(p.default)}


def given(func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of the call by name, tensors included, defaults filled in where Python knows them."""
    name = name_of(func)
    if name in _SIZES:
        rest = args[1:]
        sizes = rest[0] if len(rest) == 1 and isinstance(rest[0], (tuple, list, torch.Size)) else rest
        return {"input": args[0] if args else None, _SIZES[name]: tuple(sizes), **kwargs}
    defaults: Mapping[str, object] = {}
    positions: Sequence[str] = _POSITIONS.get(name, ())
    if not positions and inspect.isfunction(func):
        if name.startswith(("max_pool", "adaptive_max_pool", "fractional_max_pool")):
            positions = _parameters(getattr(F, f"{name}_with_indices"))
            defaults = _defaults(getattr(F, f"{name}_with_indices"))
        else:
            positions, defaults = _parameters(func), _defaults(func)
    named = {positions[number] if number < len(positions) else str(number): value for number, value in enumerate(args)}
    return {**defaults, **named, **kwargs}


def with_arguments(
    func: Any, args: Sequence[Any], kwargs: Mapping[str, Any], new: Mapping[str, object]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments of a call with some of them changed, or added by their names."""
    sizes = new.get(_SIZES.get(name_of(func), ""))
    if sizes is not None:
        return (args[0], sizes), {}
    positions = _POSITIONS.get(name_of(func), ()) or _parameters(func)
    places = {name: number for number, name in enumerate(positions[: len(args)])}
    positional = list(args)
    for name in places.keys() & new.keys():
        positional[places[name]] = new[name]
    return tuple(positional), {**kwargs, **{name: value for name, value in new.items() if name not in places}}


def reduced_from(
    func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], change: Reduce
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments of a reduction over just the axes of a change, over those that it wants; others as they are."""
    if role_of(name_of(func)) != "reduce":
        return args, kwargs
    known = given(func, args, kwargs)
    name = "axis" if "axis" in known else "dim"
    axes, tensor = known.get(name), known.get("input", known.get("0"))
    if not isinstance(axes, tuple | list) or tuple(axes) != change.axes or not isinstance(tensor, torch.Tensor):
        return args, kwargs
    return with_arguments(func, args, kwargs, {name: tuple(range(change.first, tensor.dim()))})


_ODD = frozenset({"batch_norm", "instance_norm", "softmax", "log_softmax", "softmin"})


def odd(name: str, func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
    """Whether the arguments are of a kind that abstract tensors let pass unseen.

    One running statistic without the other, a norm of a vector, a softmax over an axis that is not there.
    """
    if name not in _ODD:
        return False
    known = given(func, args, kwargs)
    rank = args[0].ndim if args and isinstance(args[0], torch.Tensor) else 2
    if "norm" in name:
        return rank < 2 or (known.get("running_mean") is None) != (known.get("running_var") is None)
    return not_an_axis(known.get("dim"), rank)


def odd_layer(module: torch.nn.Module, role: str, rank: int) -> bool:
    """Whether abstract tensors may let pass what this layer refuses, for what it is called with.

    An activation over an axis that is not there; groups that do not divide the channels of a shuffle (before 2.5).
    """
    if isinstance(module, torch.nn.ChannelShuffle):
        return True
    return role == "activation" and not_an_axis(getattr(module, "dim", None), rank)


def not_an_axis(axis: object, rank: int) -> bool:
    """Whether this number counts no axis of a tensor of this rank."""
    return isinstance(axis, int) and not -rank <= axis < rank


def arguments(func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Mapping[str, object]:
    """The plain arguments by name; what a weight's shape says is told in the layers' words (`in_channels`)."""
    known = given(func, args, kwargs)
    weight = known.get("weight")
    found: dict[str, object] = {
        name: tuple(value) if isinstance(value, (list, tuple)) else value
        for name, value in known.items()
        if plain(value)
    }
    name = name_of(func)
    if name == "__getitem__" and len(args) > 1:
        found["index"] = _index(args[1])
        parts = args[1] if isinstance(args[1], tuple) else (args[1],)
        found["data_dependent"] = any(isinstance(part, torch.Tensor) and part.dtype is torch.bool for part in parts)
    if name == "masked_select":
        found["data_dependent"] = True
    if isinstance(weight, torch.Tensor):
        shape = tuple(weight.shape)
        found["weight_shape"] = shape
        groups = known.get("groups", 1)
        if name.startswith("conv_transpose") and len(shape) > 2:
            found.update(in_channels=shape[0], out_channels=shape[1] * groups, kernel_size=shape[2:])
        elif name.startswith("conv") and len(shape) > 2:
            found.update(in_channels=shape[1] * groups, out_channels=shape[0], kernel_size=shape[2:])
        elif name == "linear" and len(shape) == 2:
            found.update(in_features=shape[1], out_features=shape[0])
        elif name == "embedding" and len(shape) == 2:
            found.update(num_embeddings=shape[0], embedding_dim=shape[1])
    return found


def _index(index: object) -> str:
    """An index as the user writes it: `:, 0, ...`."""
    if isinstance(index, tuple):
        return ", ".join(_index(part) for part in index)
    if isinstance(index, slice):
        parts = ["" if part is None else str(part) for part in (index.start, index.stop, index.step)]
        return ":".join(parts if index.step is not None else parts[:2])
    if isinstance(index, torch.Tensor):
        return f"Tensor{tuple(index.shape)}"
    return "..." if index is Ellipsis else repr(index)
