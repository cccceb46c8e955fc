"""Random layers and operations other than norms, on random inputs."""

import random
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from tests.fuzz.torch import DTYPES, FLOATS, Case

SIZES = (0, 1, 1, 2, 2, 3, 4, 4, 5, 6, 7, 8, 9, 12)
FLOAT = torch.float32
Inputs = list[tuple[tuple[int, ...], torch.dtype]]
Family = Callable[[random.Random], tuple[str, Callable[[], Any], Inputs, bool]]


def _flag(rng: random.Random, chance: float = 0.5) -> bool:
    return rng.random() < chance


def _sizes(rng: random.Random, count: int) -> tuple[int, ...]:
    return tuple(rng.choice(SIZES) for _ in range(count))


def _per_axis(rng: random.Random, rank: int, values: tuple[int, ...]) -> int | tuple[int, ...]:
    return rng.choice(values) if _flag(rng, 0.7) else tuple(rng.choice(values) for _ in range(rank))


def _image(rng: random.Random, rank: int, channels: int) -> tuple[int, ...]:
    """Mostly (batch, channels, positions …) of this spatial rank; sometimes without the batch, or of another rank."""
    extra = rng.choices((0, 1, -1, 2), (7, 2, 1, 1))[0]
    found = channels if _flag(rng, 0.8) else rng.choice(SIZES)
    spatial = _sizes(rng, rank)
    if extra == 1:
        return (found, *spatial)
    if extra == -1:
        return spatial
    return (rng.choice((0, 1, 2, 2, 3)), found, *spatial, *(_sizes(rng, 1) if extra == 2 else ()))


def _made(kind: Any, *args: Any, **settings: Any) -> tuple[str, Callable[[], Any]]:
    told = ", ".join([*map(repr, args), *(f"{name}={value!r}" for name, value in settings.items())])
    return f"{kind.__name__}({told})", lambda: kind(*args, **settings)


def _convolution(rng: random.Random) -> tuple[str, Callable[[], Any], Inputs, bool]:
    rank, transposed = rng.choice((1, 2, 3)), _flag(rng, 0.4)
    groups = rng.choice((1, 1, 1, 2))
    inside, outside = rng.choice((1, 2, 3, 4)) * groups, rng.choice((1, 2, 4)) * groups
    settings: dict[str, Any] = {"groups": groups, "bias": _flag(rng)}
    settings["stride"] = _per_axis(rng, rank, (1, 1, 2, 3))
    settings["dilation"] = _per_axis(rng, rank, (1, 1, 1, 2))
    kernel = _per_axis(rng, rank, (1, 2, 3, 3, 5))
    if transposed:
        settings["padding"] = _per_axis(rng, rank, (0, 0, 1, 2))
        settings["output_padding"] = _per_axis(rng, rank, (0, 0, 0, 1, 2))
    elif _flag(rng, 0.15) and settings["stride"] == 1:
        settings["padding"] = rng.choice(("same", "valid"))
    else:
        settings["padding"] = _per_axis(rng, rank, (0, 0, 1, 2))
        settings["padding_mode"] = rng.choices(("zeros", "reflect", "replicate", "circular"), (6, 1, 1, 1))[0]
    name = f"Conv{'Transpose' if transposed else ''}{rank}d"
    told, make = _made(getattr(nn, name), inside, outside, kernel, **settings)
    return told, make, [(_image(rng, rank, inside), FLOAT)], False


def _lazy(rng: random.Random) -> tuple[str, Callable[[], Any], Inputs, bool]:
    rank = rng.choice((0, 1, 2, 3))
    if rank == 0:
        told, make = _made(nn.LazyLinear, rng.choice((1, 4)))
        return told, make, [(_sizes(rng, rng.randint(0, 4)), FLOAT)], False
    told, make = _made(getattr(nn, f"Lazy{rng.choice(('Conv', 'ConvTranspose'))}{rank}d"), 4, rng.choice((1, 3)))
    return told, make, [(_image(rng, rank, 3), FLOAT)], False


def _pooling(rng: random.Random) -> tuple[str, Callable[[], Any], Inputs, bool]:
    rank = rng.choice((1, 2, 3))
    kind = rng.choice(("MaxPool", "AvgPool", "LPPool", "AdaptiveAvgPool", "AdaptiveMaxPool", "FractionalMaxPool"))
    if kind == "FractionalMaxPool":
        rank = rng.choice((2, 3))
        told, make = _made(getattr(nn, f"{kind}{rank}d"), rng.choice((1, 2, 3)), output_size=rng.choice((1, 2, 3)))
        return told, make, [(_image(rng, rank, 3), FLOAT)], False
    if kind.startswith("Adaptive"):
        size: Any = rng.choice((0, 1, 1, 2, 5)) if _flag(rng, 0.7) or rank == 1 else (None, *[2] * (rank - 1))
        settings: dict[str, Any] = {"return_indices": _flag(rng)} if "Max" in kind and _flag(rng, 0.3) else {}
        told, make = _made(getattr(nn, f"{kind}{rank}d"), size, **settings)
        return told, make, [(_image(rng, rank, 3), FLOAT)], False
    settings = {"stride": rng.choice((None, 1, 2, 3)), "ceil_mode": _flag(rng, 0.3)}
    kernel: Any = _per_axis(rng, rank, (1, 2, 2, 3, 5))
    args: tuple[Any, ...] = (kernel,)
    if kind == "LPPool":
        args = (rng.choice((1.0, 2.0)), kernel)
    else:
        settings["padding"] = _per_axis(rng, rank, (0, 0, 0, 1, 2))
        if kind == "MaxPool":
            settings["dilation"] = rng.choice((1, 1, 2))
            settings["return_indices"] = _flag(rng, 0.2)
        else:
            settings["count_include_pad"] = _flag(rng)
    told, make = _made(getattr(nn, f"{kind}{rank}d"), *args, **settings)
    return told, make, [(_image(rng, rank, 3), FLOAT)], False


def _upsampling(rng: random.Random) -> tuple[str, Callable[[], Any], Inputs, bool]:
    mode = rng.choice(("nearest", "linear", "bilinear", "bicubic", "trilinear", "area", "nearest-exact"))
    settings: dict[str, Any] = {"mode": mode}
    if _flag(rng):
        settings["scale_factor"] = rng.choice((2, 2.0, 0.5, 0.1, 3))
    else:
        settings["size"] = rng.choice((0, 1, 4, 7))
    if mode.endswith(("linear", "bicubic")) and _flag(rng, 0.3):
        settings["align_corners"] = True
    rank = {"linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3}.get(mode, rng.choice((1, 2, 3)))
    told, make = _made(nn.Upsample, **settings)
    if _flag(rng, 0.3):
        told = told.replace("Upsample", "F.interpolate")

        def make() -> Any:
            return lambda x: F.interpolate(x, **settings)

    return told, make, [(_image(rng, rank, 3), FLOAT)], False


def _shuffling(rng: random.Random) -> tuple[str, Callable[[], Any], Inputs, bool]:
    kind: Any = rng.choice((nn.PixelShuffle, nn.PixelUnshuffle, nn.ChannelShuffle))
    factor = rng.choice((1, 2, 3))
    told, make = _made(kind, factor)
    rank = rng.choices((4, 3, 5, 2), (6, 2, 1, 1))[0]
    return told, make, [(tuple(rng.choice((0, 1, 2, 3, 4, 8, 9)) for _ in range(rank)), FLOAT)], False


def _padding(rng: random.Random) -> tuple[str, Callable[[], Any], Inputs, bool]:
    rank = rng.choice((1, 2, 3))
    kind = rng.choice(("ReflectionPad", "ReplicationPad", "ZeroPad", "ConstantPad", "CircularPad"))
    values: tuple[int, ...] = (0, 1, 1, 2, 3)
    if kind in ("ZeroPad", "ConstantPad"):
        values = (*values, -1)  # elsewhere torch gives a tensor of a negative size
    pad: Any = rng.choice(values) if _flag(rng) else tuple(rng.choice(values) for _ in range(2 * rank))
    told, make = _made(getattr(nn, f"{kind}{rank}d"), pad, **({"value": 1.0} if kind == "ConstantPad" else {}))
    return told, make, [(_image(rng, rank, 3), FLOAT)], False


def _linear(rng: random.Random) -> tuple[str, Callable[[], Any], Inputs, bool]:
    inside = rng.choice((1, 2, 3, 4))
    shape = _sizes(rng, rng.randint(0, 4))
    shape = (*shape[:-1], inside) if shape and _flag(rng, 0.7) else shape
    if _flag(rng, 0.2):
        told, make = _made(nn.Bilinear, inside, 3, 4)
        other = (*shape[:-1], 3) if shape and _flag(rng, 0.8) else _sizes(rng, rng.randint(0, 3))
        return told, make, [(shape, FLOAT), (other, FLOAT)], False
    told, make = _made(nn.Linear, inside, rng.choice((1, 3)), bias=_flag(rng))
    return told, make, [(shape, rng.choice(FLOATS) if _flag(rng, 0.1) else FLOAT)], False


def _embedding(rng: random.Random) -> tuple[str, Callable[[], Any], Inputs, bool]:
    dtype = rng.choice((torch.int64, torch.int64, torch.int32, torch.float32, torch.bool))
    if _flag(rng, 0.3):
        told, make = _made(nn.EmbeddingBag, rng.choice((1, 4)), 3, mode=rng.choice(("sum", "mean", "max")))
        return told, make, [(_sizes(rng, rng.randint(0, 3)), dtype)], False
    told, make = _made(nn.Embedding, rng.choice((0, 1, 4)), 3, padding_idx=None)
    return told, make, [(_sizes(rng, rng.randint(0, 3)), dtype)], False


def _attention(rng: random.Random) -> tuple[str, Callable[[], Any], Inputs, bool]:
    heads, width, first = rng.choice((1, 2, 3)), rng.choice((2, 4, 6)), _flag(rng)
    told, make = _made(
        nn.MultiheadAttention, width, heads, batch_first=first, bias=_flag(rng), add_zero_attn=_flag(rng, 0.2)
    )
    batched = _flag(rng, 0.8)

    def tensor() -> tuple[int, ...]:
        shape = [rng.choice((0, 1, 2, 3)), rng.choice((1, 2, 2)), width if _flag(rng, 0.9) else 3]
        return tuple(shape if batched else shape[1:])

    query = tensor()
    key = query if _flag(rng, 0.7) else tensor()
    return told, make, [(query, FLOAT), (key, FLOAT), (key if _flag(rng, 0.8) else tensor(), FLOAT)], False


def _recurrent(rng: random.Random) -> tuple[str, Callable[[], Any], Inputs, bool]:
    kind: Any = rng.choice((nn.RNN, nn.LSTM, nn.GRU, nn.RNNCell, nn.LSTMCell, nn.GRUCell))
    inside, hidden = rng.choice((1, 2, 3)), rng.choice((1, 2, 4))
    if kind.__name__.endswith("Cell"):
        told, make = _made(kind, inside, hidden)
        shape = (*_sizes(rng, rng.choice((0, 1, 1, 1, 2))), inside if _flag(rng, 0.8) else 5)
        return told, make, [(shape, FLOAT)], False
    settings: dict[str, Any] = {
        "batch_first": _flag(rng),
        "bidirectional": _flag(rng),
        "num_layers": rng.choice((1, 2)),
    }
    if kind is nn.LSTM and _flag(rng, 0.2):
        settings["proj_size"] = 1
    told, make = _made(kind, inside, hidden, **settings)
    shape = (*_sizes(rng, rng.choice((0, 1, 2, 2, 2, 3))), inside if _flag(rng, 0.8) else 5)
    inputs: Inputs = [(shape, FLOAT)]
    if kind is not nn.LSTM and _flag(rng, 0.3):
        layers = settings["num_layers"] * (1 + settings["bidirectional"])
        inputs.append(((layers, rng.choice((1, 2)), hidden), FLOAT))
    return told, make, inputs, False


def _join(rng: random.Random) -> tuple[str, Callable[[], Any], Inputs, bool]:
    name = rng.choice(("cat", "cat", "stack", "hstack", "vstack"))
    axis = rng.choice((0, 1, 1, 2, -1, 5))
    settings = {"dim": axis} if name in ("cat", "stack") else {}
    shape = list(_sizes(rng, rng.randint(0, 4)))
    inputs: Inputs = []
    for _ in range(rng.choice((1, 2, 2, 3))):
        changed = list(shape)
        if changed and _flag(rng):
            changed[axis if axis < len(changed) and name == "cat" else rng.randrange(len(changed))] = rng.choice(SIZES)
        if _flag(rng, 0.05):
            changed.append(2)
        inputs.append((tuple(changed), FLOAT if _flag(rng, 0.9) else rng.choice(DTYPES)))
    func: Any = getattr(torch, name)
    return f"torch.{name}({settings})", lambda: lambda tensors: func(tensors, **settings), inputs, True


def _arithmetic(rng: random.Random) -> tuple[str, Callable[[], Any], Inputs, bool]:
    functions: dict[str, Callable[[Any, Any], Any]] = {
        "x + y": lambda x, y: x + y,
        "x * y": lambda x, y: x * y,
        "x - y": lambda x, y: x - y,
        "x / y": lambda x, y: x / y,
        "x @ y": lambda x, y: x @ y,
        "x += y": lambda x, y: x.add_(y),
        "x *= y": lambda x, y: x.mul_(y),
        "torch.maximum": torch.maximum,
        "torch.bmm": torch.bmm,
        "torch.where": lambda x, y: torch.where(x > 0, x, y),
    }
    name = rng.choice(list(functions))
    first = _sizes(rng, rng.randint(0, 4))
    second = tuple(1 if _flag(rng, 0.2) else size for size in first)
    if _flag(rng, 0.3):
        second = _sizes(rng, rng.randint(0, 4))
    elif _flag(rng, 0.2):
        second = second[1:]
    if name in ("x @ y", "torch.bmm") and _flag(rng) and len(first) > 1:
        second = (*first[:-2], first[-1], 3)
    types = [FLOAT if _flag(rng, 0.85) else rng.choice(DTYPES) for _ in "xy"]
    func = functions[name]
    return name, lambda: lambda x, y: func(x, y), [(first, types[0]), (second, types[1])], False


def _shaping(rng: random.Random) -> tuple[str, Callable[[], Any], Inputs, bool]:
    axis, other, size = rng.choice((0, 1, -1, 2, 4)), rng.choice((0, 1, -1, 2)), rng.choice((-1, 0, 1, 2, 4, 6))
    functions: dict[str, Callable[[Any], Any]] = {
        f"x.view({size}, -1)": lambda x: x.view(size, -1),
        f"x.reshape(2, {size})": lambda x: x.reshape(2, size),
        f"x.flatten({axis}, {other})": lambda x: x.flatten(axis, other),
        f"nn.Flatten({axis})": nn.Flatten(axis),
        f"nn.Unflatten({axis}, (2, {size}))": lambda x: x.unflatten(axis, (2, size)),
        f"x.transpose({axis}, {other}).view({size}, -1)": lambda x: x.transpose(axis, other).view(size, -1),
        f"x.permute(0, {axis}, {other})": lambda x: x.permute(0, axis, other),
        f"x.squeeze({axis})": lambda x: x.squeeze(axis),
        f"x.unsqueeze({axis})": lambda x: x.unsqueeze(axis),
        f"x.expand({size}, 3)": lambda x: x.expand(size, 3),
        f"x.chunk({abs(size)}, {axis})": lambda x: x.chunk(abs(size), axis),
        f"x.split({abs(size)}, {axis})": lambda x: x.split(abs(size), axis),
        f"x[:, {size}]": lambda x: x[:, size],
        f"x.mean({axis})": lambda x: x.mean(axis),
        f"x.amax({axis})": lambda x: x.amax(axis),
        f"x.std({axis})": lambda x: x.std(axis),
        f"x.softmax({axis})": lambda x: x.softmax(axis),
        f"x.narrow({axis}, 1, {size})": lambda x: x.narrow(axis, 1, size),
        f"nn.Softmax({axis})": nn.Softmax(axis),
        f"F.glu({axis})": lambda x: F.glu(x, axis),
        f"nn.Fold(({size}, 4), 2)": nn.Fold((abs(size), 4), 2),
        f"nn.Unfold({abs(size)})": nn.Unfold(abs(size) or 1),
    }
    name = rng.choice(list(functions))
    func = functions[name]
    return name, lambda: func, [(_sizes(rng, rng.randint(0, 5)), FLOAT)], False


def _sampling(rng: random.Random) -> tuple[str, Callable[[], Any], Inputs, bool]:
    mode, padding = rng.choice(("bilinear", "nearest", "bicubic")), rng.choice(("zeros", "border", "reflection"))
    rank = rng.choice((2, 2, 3))
    image = (rng.choice((0, 1, 2)), rng.choice((1, 3)), *_sizes(rng, rank))
    grid = (image[0] if _flag(rng, 0.8) else 2, *_sizes(rng, rank), rank if _flag(rng, 0.9) else 3)

    def sample(x: Any, y: Any) -> Any:
        return F.grid_sample(x, y, mode=mode, padding_mode=padding, align_corners=False)

    return f"F.grid_sample({mode}, {padding})", lambda: sample, [(image, FLOAT), (grid, FLOAT)], False


FAMILIES: dict[Family, int] = {
    _convolution: 8,
    _lazy: 1,
    _pooling: 6,
    _upsampling: 3,
    _shuffling: 2,
    _padding: 3,
    _linear: 2,
    _embedding: 2,
    _attention: 2,
    _recurrent: 2,
    _join: 4,
    _arithmetic: 4,
    _shaping: 4,
    _sampling: 1,
}


def other(rng: random.Random) -> Case:
    """A random layer or operation on a random input; many of the inputs fit it."""
    family = rng.choices(list(FAMILIES), list(FAMILIES.values()))[0]
    told, make, inputs, several = family(rng)
    if rng.random() < 0.04:
        dtype = rng.choice(DTYPES)
        inputs = [(shape, dtype) for shape, _ in inputs]
    return Case(told, make, tuple(inputs), _flag(rng), several)
