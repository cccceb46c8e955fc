"""Random Keras layers on random shapes: what `follow` says must be what the layer does.

`python -m tests.fuzz.keras --backend tensorflow --cases 20000` compares outcome, exception type, message and the
shape that comes out. One backend a process: Keras reads `KERAS_BACKEND` when it is imported.
"""

import argparse
import os
import random
import sys
from collections import Counter
from collections.abc import Callable
from inspect import signature
from typing import Any, NamedTuple


class Case(NamedTuple):
    """One layer on one input."""

    kind: str
    settings: dict[str, Any]
    first: tuple[tuple[int, ...], ...] | None
    """The shapes that it is built on before."""
    shapes: tuple[tuple[int, ...], ...]
    dtype: str
    training: bool


def draw(seed: int) -> Case:
    """The case of this number."""
    rng = random.Random(seed)
    kind = rng.choice(NORMS * 2 + OTHERS)
    settings = SETTINGS[kind](rng)
    shapes = tuple(_shape(rng, kind) for _ in range(rng.choice((2, 2, 3)) if kind in JOINS else 1))
    if len(shapes) > 1 and rng.random() < 0.7:
        shapes = tuple(_varied(rng, shapes[0]) for _ in shapes)
    first = None
    if rng.random() < 0.3 and kind not in JOINS:
        first = (_varied(rng, shapes[0]),)
    dtype = "float32" if rng.random() < 0.9 else rng.choice(("int32", "float16", "bool", "float64"))
    return Case(kind, settings, first, shapes, dtype, rng.random() < 0.5)


def _shape(rng: random.Random, kind: str) -> tuple[int, ...]:
    usual = next((axes + 2 for axes in (1, 2, 3) if f"{axes}D" in kind), rng.choice((2, 3, 4)))
    rank = usual if rng.random() < 0.8 else rng.randint(1, 5)
    sizes = (1, 2, 3, 4, 5, 6, 8) if rng.random() < 0.93 else (0, 1, 2, 4)
    return tuple(rng.choice(sizes) for _ in range(rank))


def _varied(rng: random.Random, shape: tuple[int, ...]) -> tuple[int, ...]:
    if rng.random() < 0.1:
        return (*shape, 2)
    keep = 0.85
    return tuple(size if rng.random() < keep else rng.choice((1, 2, 3, 4, 8)) for size in shape)


def _axis(rng: random.Random) -> Any:
    if rng.random() < 0.7:
        return rng.choice((-1, 1, -2, 2, 3, 0))
    if rng.random() < 0.3:
        return rng.choice((7, -6, 4))
    return [rng.choice((-3, -2, -1, 1, 2, 3)) for _ in range(rng.choice((1, 2, 3)))]


def _some(rng: random.Random, **choices: tuple[Any, ...]) -> dict[str, Any]:
    return {name: rng.choice(values) for name, values in choices.items() if rng.random() < 0.6}


def _conv(rng: random.Random) -> dict[str, Any]:
    return {
        "filters": rng.choice((1, 2, 4, 6)),
        "kernel_size": rng.choice((1, 2, 3, 5)),
        **_some(
            rng,
            strides=(1, 2, 3),
            padding=("valid", "same"),
            data_format=("channels_last", "channels_last", "channels_first"),
            groups=(1, 1, 2, 3),
            use_bias=(True, False),
        ),
    }


def _dilated(rng: random.Random) -> dict[str, Any]:
    settings = _conv(rng)
    if rng.random() < 0.2:
        settings["dilation_rate"] = 2
    return settings


def _without(*names: str) -> Callable[[random.Random], dict[str, Any]]:
    def drawn(rng: random.Random) -> dict[str, Any]:
        return {name: value for name, value in _conv(rng).items() if name not in names}

    return drawn


def _pool(rng: random.Random) -> dict[str, Any]:
    return {
        "pool_size": rng.choice((1, 2, 3)),
        **_some(rng, strides=(1, 2), padding=("valid", "same"), data_format=("channels_last", "channels_first")),
    }


def _global(rng: random.Random) -> dict[str, Any]:
    return _some(rng, data_format=("channels_last", "channels_first"), keepdims=(True, False))


def _widths(rng: random.Random) -> dict[str, Any]:
    return {"padding": rng.choice((1, 2)), **_some(rng, data_format=("channels_last", "channels_first"))}


SETTINGS: dict[str, Callable[[random.Random], dict[str, Any]]] = {
    "BatchNormalization": lambda rng: {
        "axis": rng.choice((-1, 1, 2, -2, 0, 5)),
        **_some(rng, scale=(True, False), center=(True, False), momentum=(0.9, 0.1)),
    },
    "LayerNormalization": lambda rng: {"axis": _axis(rng), **_some(rng, scale=(True, False), center=(True, False))},
    "GroupNormalization": lambda rng: {
        "groups": rng.choice((-1, 1, 2, 3, 4, 32)),
        "axis": rng.choice((-1, -1, 1, 2, -2, 5)),
        **_some(rng, scale=(True, False), center=(True, False)),
    },
    "RMSNormalization": lambda rng: {"axis": _axis(rng)},
    "UnitNormalization": lambda rng: {"axis": _axis(rng)},
    "Normalization": lambda rng: {"axis": rng.choice((-1, None, 1)), "mean": 1.0, "variance": 2.0},
    "Conv1D": _dilated,
    "Conv2D": _dilated,
    "Conv3D": _dilated,
    "Conv1DTranspose": _without("groups"),
    "Conv2DTranspose": _without("groups"),
    "DepthwiseConv2D": _without("filters", "groups"),
    "SeparableConv2D": _without("groups"),
    "MaxPooling1D": _pool,
    "MaxPooling2D": _pool,
    "MaxPooling3D": _pool,
    "AveragePooling2D": _pool,
    "GlobalAveragePooling1D": _global,
    "GlobalAveragePooling2D": _global,
    "GlobalMaxPooling3D": _global,
    "ZeroPadding2D": _widths,
    "Cropping2D": lambda rng: {"cropping": rng.choice((1, 2, 3))},
    "UpSampling2D": lambda rng: {"size": rng.choice((1, 2)), **_some(rng, interpolation=("nearest", "bilinear"))},
    "Dense": lambda rng: {"units": rng.choice((1, 3, 4))},
    "Flatten": lambda rng: _some(rng, data_format=("channels_last", "channels_first")),
    "Reshape": lambda rng: {"target_shape": rng.choice(((-1,), (2, -1), (4, 4), (3, 2), (1,)))},
    "Permute": lambda rng: {"dims": rng.choice(((2, 1), (3, 1, 2), (1, 2), (1,)))},
    "RepeatVector": lambda rng: {"n": 2},
    "Concatenate": lambda rng: {"axis": rng.choice((-1, 1, 2, 0, 5))},
    "Add": lambda rng: {},
    "Multiply": lambda rng: {},
    "Subtract": lambda rng: {},
    "Average": lambda rng: {},
    "Dot": lambda rng: {"axes": rng.choice((1, -1, (1, 2)))},
    "Embedding": lambda rng: {"input_dim": 5, "output_dim": 3},
    "Dropout": lambda rng: {"rate": 0.5},
    "SpatialDropout2D": lambda rng: {"rate": 0.5},
    "ReLU": lambda rng: {},
    "Softmax": lambda rng: {"axis": rng.choice((-1, 1, 4))},
    "LSTM": lambda rng: {"units": 3, **_some(rng, return_sequences=(True, False))},
    "GRU": lambda rng: {"units": 3},
    "SimpleRNN": lambda rng: {"units": 2},
}
JOINS = ("Concatenate", "Add", "Multiply", "Subtract", "Average", "Dot")
NORMS = [name for name in SETTINGS if name.endswith("Normalization")]
OTHERS = [name for name in SETTINGS if name not in NORMS]
RANDOM = (
    "kernel_initializer",
    "depthwise_initializer",
    "pointwise_initializer",
    "recurrent_initializer",
    "embeddings_initializer",
)
"""What would draw random numbers, which JAX compiles anew for every shape."""


def really(case: Case) -> tuple[str, Any]:
    """What the layer does."""
    import keras

    try:
        layer = _layer(case)
    except Exception as error:  # noqa: BLE001 - whatever a layer says is compared
        return "constructor", str(error)
    tensors = [_tensor(shape, case.dtype) for shape in case.shapes]
    try:
        given = layer(tensors if case.kind in JOINS else tensors[0], **_mode(layer, case))
    except Exception as error:  # noqa: BLE001 - whatever a layer says is compared
        return type(error).__name__, str(error)
    return "completes", tuple(int(size) for size in keras.ops.shape(given))


def followed(case: Case) -> tuple[str, Any]:
    """What `follow` says of it."""
    from whynorm.frameworks.keras.follow import follow
    from whynorm.frameworks.keras.tensors import Spec

    try:
        layer = _layer(case)
    except Exception as error:  # noqa: BLE001 - whatever a layer says is compared
        return "constructor", str(error)
    specs = [Spec(shape, case.dtype) for shape in case.shapes]
    seen = follow(layer, [specs if case.kind in JOINS else specs[0]], _mode(layer, case), None)
    if seen.raised is not None:
        return seen.raised.type, seen.raised.message
    return "completes", seen.trace.calls[-1].outputs[0].shape


def kills(case: Case) -> bool:
    """Whether the real call would end the process: TensorFlow divides by zero in a max pooling without room."""
    import keras

    if keras.backend.backend() != "tensorflow" or not case.kind.startswith(("MaxPooling", "AveragePooling")):
        return False
    settings, shape = case.settings, case.shapes[0]
    size, stride = settings["pool_size"], settings.get("strides", settings["pool_size"])
    sizes = shape[2:] if settings.get("data_format") == "channels_first" else shape[1:-1]
    return settings.get("padding") != "same" and any(-stride < have - size + stride <= 0 for have in sizes)


def _layer(case: Case) -> Any:
    import keras

    make = getattr(keras.layers, case.kind)
    settings = {**case.settings, **{name: "zeros" for name in RANDOM if name in signature(make.__init__).parameters}}
    layer = make(**settings, name="probe")
    if case.first is not None:
        try:
            layer.build(case.first[0])
        except Exception:  # noqa: BLE001 - whatever a layer says is compared
            layer = make(**settings, name="probe")
    return layer


def _mode(layer: Any, case: Case) -> dict[str, Any]:
    return {"training": case.training} if layer._call_has_training_arg else {}


def _tensor(shape: tuple[int, ...], dtype: str) -> Any:
    import keras
    import numpy

    return keras.ops.convert_to_tensor((numpy.ones if dtype == "bool" else numpy.zeros)(shape, dtype), dtype=dtype)


def mismatch(seed: int) -> str | None:
    """What differs for the case of this number, in words; None if nothing does."""
    case = draw(seed)
    said = followed(case)
    if kills(case):
        return None if said[0] != "completes" else f"{seed}: {case}\n  kills the process\n  followed {said}"
    done = really(case)
    if said == done:
        return None
    return f"{seed}: {case}\n  really   {done}\n  followed {said}"


def main() -> int:
    """Compare as many cases as asked for; 1 if one differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.keras", description=__doc__)
    parser.add_argument("--backend", choices=("tensorflow", "jax", "torch"), default="tensorflow")
    parser.add_argument("--cases", type=int, default=20000)
    parser.add_argument("--start", type=int, default=0)
    arguments = parser.parse_args()
    os.environ["KERAS_BACKEND"] = arguments.backend
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("JAX_DISABLE_MOST_OPTIMIZATIONS", "1")
    differ: Counter[str] = Counter()
    outcomes: Counter[bool] = Counter()
    for number in range(arguments.cases):
        seed = arguments.start + number
        found = mismatch(seed)
        outcomes[found is None] += 1
        if found is not None:
            differ[draw(seed).kind] += 1
            if differ[draw(seed).kind] <= 3:
                print(found, flush=True)
        if number % 50 == 49:
            print(f"\r{number + 1}/{arguments.cases}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    print(f"{arguments.backend}: {outcomes[False]} of {arguments.cases} differ", dict(differ))
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
