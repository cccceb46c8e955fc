"""What the operators of ONNX make of sizes: a rule each, which the runtime's own answer is held against."""

import itertools
from collections.abc import Sequence
from typing import Any

from whynorm.sizing.onnx_symbols import Asked, Rule, Size, Symbolic, Unfollowed, divided, plus, times


def _unchanged(symbols: Symbolic, asked: Asked) -> list[tuple[Size, ...]]:
    content = asked.symbols.contents.get(asked.ran.node.input[0])
    if content is not None and asked.ran.node.op_type in ("Identity", "Cast", "Floor", "Ceil"):
        rounded = {"Floor": lambda one: divided(one, 1), "Ceil": lambda one: one}.get(asked.ran.node.op_type)
        if asked.ran.node.op_type == "Ceil" and any(isinstance(one, str) for one in content):
            raise Unfollowed("Ceil")
        asked.keep([divided(one, 1) if rounded and isinstance(one, str) else one for one in content])
    return [asked.shapes[0]] * len(asked.ran.node.output)


def _window(symbols: Symbolic, asked: Asked) -> list[tuple[Size, ...]]:
    """A convolution or a pooling."""
    given, operator = asked.shapes[0], asked.ran.node.op_type
    weight = asked.shapes[1] if operator == "Conv" else ()
    axes = len(given) - 2
    kernel = asked.get("kernel_shape", list(weight[2:]))
    strides, dilations = asked.get("strides", [1] * axes), asked.get("dilations", [1] * axes)
    pads, auto = asked.get("pads", [0] * 2 * axes), asked.get("auto_pad", b"NOTSET")
    sizes: list[Size] = []
    for axis in range(axes):
        stride, reach = strides[axis], dilations[axis] * (kernel[axis] - 1)
        if auto in (b"SAME_UPPER", b"SAME_LOWER"):
            sizes.append(divided(plus(given[2 + axis], stride - 1), stride))
            continue
        padding = 0 if auto == b"VALID" else pads[axis] + pads[axis + axes]
        up = stride - 1 if asked.get("ceil_mode", 0) else 0
        sizes.append(plus(divided(plus(given[2 + axis], padding - reach - 1 + up), stride), 1))
    channels = weight[0] if weight else given[1]
    return [(given[0], channels, *sizes)] * len(asked.ran.node.output)


def _transposed(symbols: Symbolic, asked: Asked) -> list[tuple[Size, ...]]:
    given, weight = asked.shapes[:2]
    axes = len(given) - 2
    if asked.get("output_shape", None) or asked.get("auto_pad", b"NOTSET") != b"NOTSET":
        raise Unfollowed("ConvTranspose")
    strides, dilations = asked.get("strides", [1] * axes), asked.get("dilations", [1] * axes)
    pads, more = asked.get("pads", [0] * 2 * axes), asked.get("output_padding", [0] * axes)
    sizes = [
        plus(
            times(plus(given[2 + axis], -1), strides[axis]),
            dilations[axis] * (int(weight[2 + axis]) - 1) + 1 + more[axis] - pads[axis] - pads[axis + axes],
        )
        for axis in range(axes)
    ]
    return [(given[0], int(weight[1]) * asked.get("group", 1), *sizes)]


def _pooled(symbols: Symbolic, asked: Asked) -> list[tuple[Size, ...]]:
    return [(*asked.shapes[0][:2], *[1] * (len(asked.shapes[0]) - 2))]


def _concat(symbols: Symbolic, asked: Asked) -> list[tuple[Size, ...]]:
    first = asked.shapes[0]
    axis = asked.get("axis", 0) % max(1, len(first))
    if len(first) == 1 and any(name in symbols.contents for name in asked.ran.node.input):
        asked.keep([one for number in range(len(asked.shapes)) for one in asked.content(number) or ()])
    for other, at in itertools.product(asked.shapes[1:], range(len(first))):
        if at != axis:
            symbols.same(first[at], other[at])
    return [tuple(plus(*(s[at] for s in asked.shapes)) if at == axis else size for at, size in enumerate(first))]


def _broadcast(symbols: Symbolic, asked: Asked) -> list[tuple[Size, ...]]:
    shapes = [shape for name, shape in zip(asked.ran.node.input, asked.shapes, strict=True) if name]
    operator = asked.ran.node.op_type
    if any(name in symbols.contents for name in asked.ran.node.input):
        asked.keep(_arithmetic(operator, asked))
    rank = max(map(len, shapes))
    sizes: list[Size] = []
    for number in range(rank):
        here = [shape[number - rank + len(shape)] for shape in shapes if number - rank + len(shape) >= 0]
        wide = [size for size in here if size != 1]
        if wide and all(isinstance(size, int) or symbols.value(size) != 1 for size in wide):
            for other in wide[1:]:
                symbols.same(wide[0], other)
        elif wide[1:]:
            raise Unfollowed("a size of one may be broadcast")
        sizes.append(wide[0] if wide else 1)
    return [tuple(sizes)]


def _arithmetic(operator: str, asked: Asked) -> list[Any]:
    first, second = asked.content(0) or [], asked.content(1) or []
    length = max(len(first), len(second))
    pairs = [(first[at % len(first)], second[at % len(second)]) for at in range(length)]
    if operator == "Add":
        return [plus(a, b) for a, b in pairs]
    if operator == "Sub":
        return [f"({a} - {b})" if isinstance(a, str) or isinstance(b, str) else a - b for a, b in pairs]
    if operator == "Mul":
        return [times(a, b) if isinstance(a, str) or isinstance(b, str) else a * b for a, b in pairs]
    if operator == "Div" and all(isinstance(b, int) and b > 0 for _, b in pairs):
        return [divided(a, b) for a, b in pairs]
    raise Unfollowed(operator)


def _sizes_of(symbols: Symbolic, asked: Asked) -> list[tuple[Size, ...]]:
    given = asked.shapes[0]
    content = list(given)[asked.get("start", 0) : asked.get("end", len(given))]
    asked.keep(content)
    return [(len(content),)]


def _picked(symbols: Symbolic, asked: Asked) -> list[tuple[Size, ...]]:
    """Gather: of sizes their contents, else rows."""
    given, index = asked.shapes[:2]
    axis = asked.get("axis", 0) % max(1, len(given))
    held = symbols.contents.get(asked.ran.node.input[0])
    if held is not None:
        asked.keep([held[int(at)] for at in asked.content(1) or ()])
    return [(*given[:axis], *index, *given[axis + 1 :])]


def _turned(symbols: Symbolic, asked: Asked) -> list[tuple[Size, ...]]:
    given = asked.shapes[0]
    return [tuple(given[axis] for axis in asked.get("perm", list(range(len(given)))[::-1]))]


def _axes_of(asked: Asked) -> list[int]:
    found = asked.get("axes", None)
    return [int(axis) for axis in (found if found is not None else asked.content(1) or ())]


def _unsqueezed(symbols: Symbolic, asked: Asked) -> list[tuple[Size, ...]]:
    given, axes = asked.shapes[0], _axes_of(asked)
    rank = len(given) + len(axes)
    new = {axis % rank for axis in axes}
    rest = iter(given)
    _same_content(asked)
    return [tuple(1 if axis in new else next(rest) for axis in range(rank))]


def _squeezed(symbols: Symbolic, asked: Asked) -> list[tuple[Size, ...]]:
    given, axes = asked.shapes[0], _axes_of(asked)
    gone = {axis % len(given) for axis in axes} if axes else {at for at, size in enumerate(given) if size == 1}
    _same_content(asked)
    for axis in gone:
        symbols.same(given[axis], 1)
    return [tuple(size for axis, size in enumerate(given) if axis not in gone)]


def _same_content(asked: Asked) -> None:
    held = asked.symbols.contents.get(asked.ran.node.input[0])
    if held is not None:
        asked.keep(held)


def _reshaped(symbols: Symbolic, asked: Asked) -> list[tuple[Size, ...]]:
    given, target = asked.shapes[0], asked.content(1) or []
    wanted: list[Size] = [given[at] if size == 0 else size for at, size in enumerate(target)]
    known = times(*(size for size in wanted if size != -1))
    total = times(*given)
    if -1 in wanted:
        if isinstance(total, str) or isinstance(known, str):
            symbols.decide(f"{total} % {known} == 0")
        return [tuple(_cancelled(given, wanted) if size == -1 else size for size in wanted)]
    symbols.same(total, known)
    return [tuple(wanted)]


def _cancelled(given: Sequence[Size], wanted: Sequence[Size]) -> Size:
    """What is left of a product when the sizes that stay are taken out of it."""
    rest = list(given)
    over = []
    for size in wanted:
        if size in rest and size != -1:
            rest.remove(size)
        elif size != -1:
            over.append(size)
    return divided(times(*rest), times(*over)) if over else times(*rest)


def _flattened(symbols: Symbolic, asked: Asked) -> list[tuple[Size, ...]]:
    given, axis = asked.shapes[0], asked.get("axis", 1)
    return [(times(*given[:axis]), times(*given[axis:]))]


def _multiplied(symbols: Symbolic, asked: Asked) -> list[tuple[Size, ...]]:
    """Gemm, and MatMul where one side is a matrix of weights."""
    first, second = asked.shapes[:2]
    if asked.ran.node.op_type == "Gemm":
        first = first[::-1] if asked.get("transA", 0) else first
        second = second[::-1] if asked.get("transB", 0) else second
    if len(first) < 2 or len(second) < 2:
        raise Unfollowed("MatMul of a vector")
    symbols.same(first[-1], second[-2])
    before = first[:-2] if len(first) >= len(second) else second[:-2]
    if len(first) == len(second):
        for a, b in zip(first[:-2], second[:-2], strict=True):
            symbols.same(a, b)
    return [(*before, first[-2], second[-1])]


def _reduced(symbols: Symbolic, asked: Asked) -> list[tuple[Size, ...]]:
    given, axes = asked.shapes[0], _axes_of(asked)
    gone = {axis % len(given) for axis in axes} if axes else set(range(len(given)))
    keep = asked.get("keepdims", 1)
    return [tuple(1 if at in gone else size for at, size in enumerate(given) if keep or at not in gone)]


def _padded(symbols: Symbolic, asked: Asked) -> list[tuple[Size, ...]]:
    given = asked.shapes[0]
    pads = asked.get("pads", None) or asked.content(1) or []
    if len(pads) != 2 * len(given):
        raise Unfollowed("Pad of some axes")
    if asked.get("mode", b"constant") == b"reflect":
        for size, before, behind in zip(given, pads, pads[len(given) :], strict=False):
            if isinstance(size, str):
                symbols.decide(f"{size} > {max(before, behind)}")
    return [tuple(plus(size, pads[at], pads[at + len(given)]) for at, size in enumerate(given))]


def _resized(symbols: Symbolic, asked: Asked) -> list[tuple[Size, ...]]:
    given = asked.shapes[0]
    sizes = asked.content(3)
    if sizes:
        return [tuple(sizes)]
    scales = asked.content(2) or asked.content(1) or asked.get("scales", [])
    if len(scales) != len(given) or not all(isinstance(scale, int | float) for scale in scales):
        raise Unfollowed("Resize")
    whole = [scale.as_integer_ratio() for scale in map(float, scales)]
    return [tuple(divided(times(size, up), down) for size, (up, down) in zip(given, whole, strict=True))]


def _cut(symbols: Symbolic, asked: Asked) -> list[tuple[Size, ...]]:
    """A slice of what holds sizes; of other axes with steps of one and numbers from the front."""
    given, held = asked.shapes[0], symbols.contents.get(asked.ran.node.input[0])
    starts, ends = asked.content(1) or asked.get("starts", []), asked.content(2) or asked.get("ends", [])
    axes, steps = asked.content(3) or asked.get("axes", list(range(len(starts)))), asked.content(4) or [1] * len(starts)
    if held is not None:
        if any(isinstance(one, str) for one in (*starts, *ends)):
            raise Unfollowed("Slice")
        content = held[int(starts[0]) : int(ends[0]) : int(steps[0])]
        asked.keep(content)
        return [(len(content),)]
    sizes = list(given)
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        size = given[axis]
        if isinstance(size, str) or isinstance(start, str) or isinstance(end, str):
            if step != 1 or isinstance(start, str) or start < 0:
                raise Unfollowed("Slice")
            stop = plus(size, end) if isinstance(end, int) and end < 0 else end
            if symbols.value(stop) > symbols.value(size):
                symbols.decide(f"{stop} >= {size}")
                stop = size
            else:
                symbols.decide(f"{stop} <= {size}")
            sizes[axis] = plus(stop, -start)
        else:
            sizes[axis] = len(range(int(size))[int(start) : int(end) : int(step)])
    return [tuple(sizes)]


def _blocks(symbols: Symbolic, asked: Asked) -> list[tuple[Size, ...]]:
    (batch, channels, *rest), block = asked.shapes[0], asked.get("blocksize", 1)
    if asked.ran.node.op_type == "DepthToSpace":
        return [(batch, divided(channels, block * block), *(times(size, block) for size in rest))]
    for size in rest:
        if isinstance(size, str):
            symbols.decide(f"{size} % {block} == 0")
    return [(batch, times(channels, block * block), *(divided(size, block) for size in rest))]


def _expanded(symbols: Symbolic, asked: Asked) -> list[tuple[Size, ...]]:
    given, wanted = asked.shapes[0], asked.content(1) or []
    rank = max(len(given), len(wanted))
    padded, to = [1] * (rank - len(given)) + list(given), [1] * (rank - len(wanted)) + list(wanted)
    sizes: list[Size] = []
    for old, new in zip(padded, to, strict=True):
        if old != 1 and new != 1:
            symbols.same(old, new)
        sizes.append(new if old == 1 else old)
    return [tuple(sizes)]


def _filled(symbols: Symbolic, asked: Asked) -> list[tuple[Size, ...]]:
    return [tuple(asked.content(0) or ())]


_ALIKE = frozenset({
    "InstanceNormalization", "BatchNormalization", "LayerNormalization", "GroupNormalization", "RMSNormalization",
    "SimplifiedLayerNormalization", "MeanVarianceNormalization", "LRN", "LpNormalization", "Identity", "Cast", "Floor",
    "Ceil", "Relu", "LeakyRelu", "Sigmoid", "Tanh", "Softmax", "LogSoftmax", "Elu", "Selu", "Celu", "Gelu", "Erf",
    "Exp", "Log", "Sqrt", "Neg", "Abs", "Reciprocal", "HardSwish", "HardSigmoid", "Softplus", "Softsign", "Mish",
    "Clip", "Dropout", "ThresholdedRelu", "Round", "Sign", "Not", "IsNaN", "Sin", "Cos", "CumSum",
})  # fmt: skip
"""Operators whose outputs have the first input's shape."""

RULES: dict[str, Rule] = {
    **dict.fromkeys(_ALIKE, _unchanged),
    **dict.fromkeys(("Conv", "MaxPool", "AveragePool", "LpPool"), _window),
    "ConvTranspose": _transposed,
    **dict.fromkeys(("GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"), _pooled),
    "Concat": _concat,
    **dict.fromkeys(
        ("Add", "Sub", "Mul", "Div", "Pow", "PRelu", "Where", "Equal", "Less", "Greater", "And", "Or", "Max", "Min"),
        _broadcast,
    ),
    "Shape": _sizes_of,
    "Gather": _picked,
    "Transpose": _turned,
    "Unsqueeze": _unsqueezed,
    "Squeeze": _squeezed,
    "Reshape": _reshaped,
    "Flatten": _flattened,
    **dict.fromkeys(("Gemm", "MatMul"), _multiplied),
    **dict.fromkeys(("ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceL2", "ReduceProd"), _reduced),
    "Pad": _padded,
    **dict.fromkeys(("Resize", "Upsample"), _resized),
    "Slice": _cut,
    **dict.fromkeys(("DepthToSpace", "SpaceToDepth"), _blocks),
    "Expand": _expanded,
    "ConstantOfShape": _filled,
}
