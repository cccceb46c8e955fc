"""Random layers of torch on random inputs: what is predicted against what the framework does.

`python -m tests.fuzz.torch --layers norms --cases 1000000`; a seed and a number name a case for good.
"""

import argparse
import random
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import nn

from whynorm.frameworks.torch import ROOM

FLOATS = (torch.float32,) * 12 + (torch.float64, torch.float16, torch.bfloat16)
DTYPES = (*FLOATS * 3, torch.int64, torch.int32, torch.uint8, torch.bool, torch.complex64)
SIZES = (0, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8)


class Case(NamedTuple):
    """One question: a layer or function, what it is given, and in which mode."""

    told: str
    make: Callable[[], Any]
    inputs: tuple[tuple[tuple[int, ...], torch.dtype], ...]
    training: bool
    several: bool = False
    """The function takes the tensors as one list."""


class Outcome(NamedTuple):
    """How it ended: the exception's type and message, or the shapes that came out."""

    raised: str | None
    message: str | None
    shapes: tuple[tuple[int, ...], ...] = ()


def _shape(rng: random.Random, low: int = 0, high: int = 6, sizes: tuple[int, ...] = SIZES) -> tuple[int, ...]:
    return tuple(rng.choice(sizes) for _ in range(rng.randint(low, high)))


def _flag(rng: random.Random) -> bool:
    return rng.random() < 0.5


# norms


def _channel_norm(rng: random.Random) -> tuple[str, Callable[[], Any], int]:
    kind: Any = rng.choice(
        [
            *(nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm),
            *(nn.InstanceNorm1d, nn.InstanceNorm2d, nn.InstanceNorm3d),
        ]
    )
    channels = rng.choice((1, 2, 3, 4, 5, 6))
    settings: dict[str, Any] = {}
    if _flag(rng):
        settings["affine"] = _flag(rng)
    if _flag(rng):
        settings["track_running_stats"] = _flag(rng)
    if rng.random() < 0.25:
        settings["momentum"] = rng.choice((None, 0.0, 0.5, 1.0))
    if rng.random() < 0.1:
        settings["eps"] = 0.0
    return f"{kind.__name__}({channels}, {settings})", lambda: kind(channels, **settings), channels


def _lazy_norm(rng: random.Random) -> tuple[str, Callable[[], Any], int]:
    kind: Any = getattr(nn, rng.choice(["LazyBatchNorm", "LazyInstanceNorm"]) + rng.choice(["1d", "2d", "3d"]))
    settings = {name: _flag(rng) for name in ("affine", "track_running_stats") if _flag(rng)}
    return f"{kind.__name__}({settings})", lambda: kind(**settings), 3


def _group_norm(rng: random.Random) -> tuple[str, Callable[[], Any], int]:
    channels, groups, affine = rng.choice((1, 2, 3, 4, 6, 8)), rng.choice((1, 1, 2, 3, 4, 8)), _flag(rng)
    told = f"GroupNorm({groups}, {channels}, affine={affine})"
    return told, lambda: nn.GroupNorm(groups, channels, affine=affine), channels


def _trailing_norm(rng: random.Random) -> tuple[str, Callable[[], Any], tuple[int, ...]]:
    kind: Any = rng.choice([nn.LayerNorm, nn.RMSNorm])
    shape = tuple(rng.choice((1, 2, 3, 4, 4, 0)) for _ in range(rng.choice((1, 1, 1, 2, 3))))
    affine = _flag(rng)
    told = f"{kind.__name__}({shape}, elementwise_affine={affine})"
    return told, lambda: kind(shape, elementwise_affine=affine), shape


def _response_norm(rng: random.Random) -> tuple[str, Callable[[], Any], int]:
    size = rng.choice((1, 2, 3, 5))
    kind: Any = rng.choice([nn.LocalResponseNorm, nn.LocalResponseNorm, nn.CrossMapLRN2d])
    return f"{kind.__name__}({size})", lambda: kind(size), 3


def _maybe(rng: random.Random, size: int, dtype: torch.dtype = torch.float32) -> torch.Tensor | None:
    return torch.ones(rng.choice((size,) * 6 + (size + 1, 1)), dtype=dtype) if _flag(rng) else None


def _functional_norm(rng: random.Random) -> tuple[str, Callable[[], Any], Any]:
    name = rng.choice(
        ["batch_norm", "instance_norm", "group_norm", "layer_norm", "rms_norm", "local_response_norm", "normalize"]
    )
    channels = rng.choice((1, 2, 3, 4))
    weight, bias = _maybe(rng, channels), _maybe(rng, channels)
    mean, var = _maybe(rng, channels), _maybe(rng, channels)
    wanted: Any = channels
    args: dict[str, Any]
    if name == "batch_norm":
        args = {"running_mean": mean, "running_var": var, "weight": weight, "bias": bias, "training": _flag(rng)}
    elif name == "instance_norm":
        args = {"running_mean": mean, "running_var": var, "weight": weight, "bias": bias, "use_input_stats": _flag(rng)}
    elif name == "group_norm":
        args = {"num_groups": rng.choice((1, 2, 3, 0)), "weight": weight, "bias": bias}
    elif name in ("layer_norm", "rms_norm"):
        shape = [rng.choice((1, 2, 3, 4)) for _ in range(rng.choice((1, 1, 2)))]
        args = {"normalized_shape": shape, "weight": torch.ones(shape) if _flag(rng) else None}
        wanted = tuple(shape)
    elif name == "local_response_norm":
        args = {"size": rng.choice((1, 2, 3))}
    else:
        args = {"p": rng.choice((1.0, 2.0, float("inf"))), "dim": rng.choice((0, 1, -1, 2, 3))}
    told = ", ".join(f"{k}={tuple(v.shape) if isinstance(v, torch.Tensor) else v}" for k, v in args.items())
    func: Any = getattr(F, name)

    def make() -> Any:
        copied = {k: v.clone() if isinstance(v, torch.Tensor) else v for k, v in args.items()}
        return lambda x: func(x, **copied)

    return f"F.{name}({told})", make, wanted


def norm(rng: random.Random) -> Case:
    """A random norm on a random input; half of the inputs fit it."""
    family = rng.choices(
        [_channel_norm, _lazy_norm, _group_norm, _trailing_norm, _response_norm, _functional_norm],
        [8, 2, 4, 4, 1, 6],
    )[0]
    told, make, wanted = family(rng)
    shape = list(_shape(rng))
    if isinstance(wanted, tuple):
        if rng.random() < 0.6:
            shape = [*shape[: rng.randint(0, 3)], *wanted]
    elif rng.random() < 0.7 and shape:
        axis = 1 if len(shape) > 1 and rng.random() < 0.9 else 0
        shape[axis] = wanted
    layer_dtype = rng.choice(FLOATS)
    dtype = layer_dtype if rng.random() < 0.8 else rng.choice(DTYPES)
    if layer_dtype is not torch.float32 and not told.startswith("F."):
        made = make

        def make() -> Any:
            return made().to(layer_dtype)

        told += f".to({layer_dtype})"
    return Case(told, make, ((tuple(shape), dtype),), _flag(rng))


# asking


def real(case: Case, layer: Any) -> Outcome:
    """What the framework does, on the CPU."""
    tensors = [_tensor(shape, dtype) for shape, dtype in case.inputs]
    try:
        with torch.no_grad():
            outputs = layer(tensors) if case.several else layer(*tensors)
    except Exception as error:  # noqa: BLE001  the outcome, whatever it is
        return Outcome(type(error).__name__, _said(str(error)))
    return Outcome(None, None, _shapes(outputs))


def _tensor(shape: tuple[int, ...], dtype: torch.dtype) -> torch.Tensor:
    if dtype.is_floating_point or dtype.is_complex:
        return torch.rand(shape, dtype=torch.float32).to(dtype)
    return torch.ones(shape, dtype=dtype) if dtype is torch.bool else torch.zeros(shape, dtype=dtype)


def _shapes(outputs: Any) -> tuple[tuple[int, ...], ...]:
    if isinstance(outputs, torch.Tensor):
        return (tuple(outputs.shape),)
    if isinstance(outputs, (tuple, list)):
        return tuple(shape for part in outputs for shape in _shapes(part))
    return ()


def _said(message: str) -> str:
    """The message without the C++ stack of some builds, which holds addresses."""
    return message.partition("\nException raised from ")[0]


def predicted(case: Case, layer: Any) -> Outcome:
    """What is predicted, by shapes alone."""
    followed = ROOM.follow(layer, (list(case.inputs),) if case.several else case.inputs, {}, case.training)
    if followed.outcome == "unknown":
        return Outcome("unknown", followed.unknown)
    if followed.raised is not None:
        return Outcome(followed.raised.type, _said(followed.raised.message))
    outputs = followed.trace.calls[-1].outputs if followed.trace.calls else ()
    return Outcome(None, None, tuple(value.shape for value in outputs))


def compare(case: Case) -> tuple[Outcome, Outcome] | None:
    """The prediction and reality where they differ; None where they agree, or nothing could be built."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            layer = case.make()
        except Exception:  # noqa: BLE001  nothing to predict
            return None
        if isinstance(layer, nn.Module):
            layer.train(case.training)
        said = predicted(case, layer)
        does = real(case, layer)
    return None if said == does else (said, does)


def cases(layers: str, seed: int) -> Iterator[tuple[int, Case]]:
    """The cases of a seed, each by its number."""
    from tests.fuzz.torch_others import other

    make = norm if layers == "norms" else other
    number = 0
    while True:
        yield number, make(random.Random(f"{seed}/{layers}/{number}"))
        number += 1


def main() -> int:
    """Compare; 1 if anything differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.torch", description=__doc__)
    parser.add_argument("--layers", choices=("norms", "others"), default="norms")
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--start", type=int, default=0, help="the number of the first case")
    options = parser.parse_args()
    torch.set_num_threads(1)
    differ, began, shown = 0, time.monotonic(), 0.0
    for number, case in cases(options.layers, options.seed):
        if number < options.start:
            continue
        done = number - options.start
        if done >= options.cases:
            break
        found = compare(case)
        if found is not None:
            differ += 1
            if differ <= 40:
                print(f"\ncase {number}: {case.told} training={case.training} on {case.inputs}")
                print(f"  predicted {found[0]}\n  real      {found[1]}", flush=True)
        now = time.monotonic()
        if now - shown > 0.5 and sys.stderr.isatty():
            shown = now
            _bar(done + 1, options.cases, differ, now - began)
    print(f"torch {torch.__version__}, {options.layers}: {options.cases} cases, {differ} differ")
    return 1 if differ else 0


def _bar(done: int, total: int, differ: int, seconds: float) -> None:
    filled = 40 * done // total
    left = seconds / done * (total - done)
    bar = "#" * filled + "-" * (40 - filled)
    print(f"\r[{bar}] {done}/{total}, {differ} differ, {left / 60:.0f} min left ", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
