"""What each operator of ONNX does to shapes, and how its norms read their input."""

from collections.abc import Mapping, Sequence
from typing import Any

from whynorm.facts import Reading, Role

ROLES: dict[str, Role] = {
    **dict.fromkeys(
        (
            "InstanceNormalization", "BatchNormalization", "LayerNormalization", "GroupNormalization",
            "RMSNormalization", "SimplifiedLayerNormalization", "MeanVarianceNormalization", "LRN",
        ),
        "norm",
    ),
    **dict.fromkeys(("Conv", "ConvInteger", "QLinearConv"), "conv"),
    "ConvTranspose": "transposed-conv",
    **dict.fromkeys(("MaxPool", "AveragePool", "LpPool"), "pool"),
    **dict.fromkeys(("GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"), "global-pool"),
    "Pad": "pad",
    **dict.fromkeys(("Resize", "Upsample", "DepthToSpace"), "upsample"),
    "Gemm": "linear",
    "Concat": "join",
    **dict.fromkeys(("Reshape", "Flatten", "SpaceToDepth"), "reshape"),
    **dict.fromkeys(("Transpose", "Squeeze", "Unsqueeze"), "axes"),
    **dict.fromkeys(("Slice", "Split", "Gather", "GatherND"), "slice"),
    **dict.fromkeys(("LSTM", "GRU", "RNN"), "recurrent"),
    **dict.fromkeys(("Attention", "MultiHeadAttention"), "attention"),
    **dict.fromkeys(
        ("Relu", "LeakyRelu", "PRelu", "Sigmoid", "Tanh", "Softmax", "Elu", "Gelu", "HardSwish", "Clip"), "activation"
    ),
    "Dropout": "dropout",
    **dict.fromkeys(("ReduceMean", "ReduceMax", "ReduceSum", "ReduceMin", "ReduceL2"), "reduce"),
}  # fmt: skip
"""By operator; what is not here is `other`, or depends on what it is given."""

_ARITHMETIC = ("Add", "Sub", "Mul", "Div")

_TRAILING = ("LayerNormalization", "RMSNormalization", "SimplifiedLayerNormalization")

_NAMES = {"kernel_shape": "kernel_size", "strides": "stride", "pads": "padding", "dilations": "dilation",
          "group": "groups"}  # fmt: skip
"""Attributes that the catalogue knows by another name."""


def role(operator: str, fixed: Sequence[bool]) -> Role:
    """What an operator does; `fixed` says which of its inputs are weights of the file."""
    if operator in _ARITHMETIC:
        return "other" if any(fixed) else "add"
    if operator == "MatMul":
        return "linear" if fixed[-1] else "other"
    if operator == "Gather" and fixed[0]:
        return "embedding"
    return ROLES.get(operator, "other")


def settings(operator: str, attributes: Mapping[str, Any], weights: Sequence[tuple[int, ...] | None]) -> dict[str, Any]:
    """The attributes by name, and what the shapes of the weights tell."""
    found = {
        _NAMES.get(name, name): tuple(value) if isinstance(value, list) else value
        for name, value in attributes.items()
        if isinstance(value, int | float | list)
    }
    weight = weights[1] if len(weights) > 1 else None
    if weight is None:
        return found
    groups = found.get("groups", 1)
    if operator == "Conv" and len(weight) > 1:
        found |= {"in_channels": weight[1] * groups, "out_channels": weight[0]}
    elif operator == "ConvTranspose" and len(weight) > 1:
        found |= {"in_channels": weight[0], "out_channels": weight[1] * groups}
    elif operator in ("Gemm", "MatMul") and len(weight) == 2:
        inside, outside = reversed(weight) if found.get("transB") else weight
        found |= {"in_features": inside, "out_features": outside}
    elif operator in _TRAILING:
        found["normalized_shape"] = weight
    elif ROLES.get(operator) == "norm" and weight:
        found["num_features"] = weight[0]
    return found


def ranks(operator: str, weights: Sequence[tuple[int, ...] | None]) -> tuple[int, ...]:
    """The ranks that an operator takes, where they are known."""
    if ROLES.get(operator) in ("conv", "transposed-conv") and len(weights) > 1 and weights[1] is not None:
        return (len(weights[1]),)
    return (3, 4, 5) if operator == "InstanceNormalization" else ()


def reading(operator: str, shape: tuple[int, ...], arguments: Mapping[str, Any], scaled: bool) -> Reading | None:
    """How a norm reads an input of this shape (ONNX operators, opset 6 to 23); None for what is none, or cannot."""
    rank = len(shape)
    channels = arguments.get("num_features")
    axes = (1,) if scaled else ()
    if operator == "LRN":
        return Reading("local-response", (1,), tuple(axis for axis in range(rank) if axis != 1), 1)
    if operator in _TRAILING:
        first = arguments.get("axis", -1) % rank if rank else 0
        over = tuple(range(first, rank))
        family = "layer" if operator == "LayerNormalization" else "rms"
        return Reading(family, over, tuple(range(first)), None, over if scaled else ())
    if rank < 2:
        return None
    if operator == "InstanceNormalization":
        return Reading("instance", tuple(range(2, rank)), (0, 1), 1, axes, channels)
    if operator == "BatchNormalization":
        over = (0, *range(2, rank))
        source = "batch" if arguments.get("training_mode") else "running"
        return Reading("batch", over, (1,), 1, axes, channels, source=source)
    if operator == "GroupNormalization":
        groups = arguments.get("num_groups")
        inside = () if groups == shape[1] else (1,)
        return Reading("group", (*inside, *range(2, rank)), (0,), 1, axes, shape[1], groups)
    if operator == "MeanVarianceNormalization":
        over = tuple(axis % rank for axis in arguments.get("axes", (0, 2, 3)))
        return Reading("instance" if 0 not in over else "batch", over, tuple(set(range(rank)) - set(over)), 1)
    return None
