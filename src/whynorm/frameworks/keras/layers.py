"""Keras's layers as facts: their role, their settings, where their channels stand, and how a norm reads its input."""

import inspect
from collections.abc import Mapping
from typing import Any

import keras
from keras.src.models.functional import Functional

from whynorm.facts import Call, Location, Reading, Role, Value
from whynorm.frameworks.keras.experiments.probed import averages, axes_written
from whynorm.frameworks.keras.order import turned
from whynorm.frameworks.keras.places import built, forced, named

_ROLES: dict[str, Role] = {
    "Dense": "linear",
    "EinsumDense": "linear",
    "Embedding": "embedding",
    "Concatenate": "join",
    "Add": "add",
    "Subtract": "add",
    "Multiply": "add",
    "Average": "add",
    "Maximum": "add",
    "Minimum": "add",
    "Dot": "add",
    "Flatten": "reshape",
    "Reshape": "reshape",
    "Permute": "axes",
    "RepeatVector": "axes",
    "MultiHeadAttention": "attention",
    "GroupQueryAttention": "attention",
    "Attention": "attention",
    "AdditiveAttention": "attention",
    "ActivityRegularization": "other",
    "Softmax": "activation",
    "Normalization": "norm",
    "SpectralNormalization": "other",
}
_ENDINGS: tuple[tuple[tuple[str, ...], Role], ...] = (
    (("Normalization",), "norm"),
    (("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"), "transposed-conv"),
    (("Conv1D", "Conv2D", "Conv3D"), "conv"),
    (("Dropout", "Dropout1D", "Dropout2D", "Dropout3D"), "dropout"),
    (("ReLU", "ELU", "Activation"), "activation"),
    (("LSTM", "GRU", "RNN"), "recurrent"),
)
_STARTS: tuple[tuple[str, Role], ...] = (
    ("Global", "global-pool"),
    ("Adaptive", "pool"),
    ("MaxPool", "pool"),
    ("AveragePool", "pool"),
    ("ZeroPadding", "pad"),
    ("Cropping", "slice"),
    ("UpSampling", "upsample"),
)
_NAMES = {
    "strides": "stride",
    "dilation_rate": "dilation",
    "pool_size": "kernel_size",
    "filters": "out_channels",
    "units": "out_features",
}
"""The settings whose names the rules know from elsewhere; every other keeps Keras's own name."""

_BACK = {new: old for old, new in _NAMES.items()} | {"num_groups": "groups"}

_UNSAID = ("name", "dtype", "trainable", "data_format", "sparse", "ragged", "build_config")


_SAID = ("axis", "groups")
"""Of a norm, what is said even where it is the default: it is what the norm is."""


_EACH = ("axis", "kernel_size", "strides", "dilation_rate", "pool_size")
"""What is a single number as well as a list of one."""


def is_keras_own(layer: keras.Layer) -> bool:
    """Whether the layer's class is Keras's."""
    return type(layer).__module__.startswith(("keras.src.", "keras.layers")) or _is_ours(layer)


def _is_ours(layer: keras.Layer) -> bool:
    """Whether the layer is the instance norm that this package has for Keras."""
    return type(layer).__module__ == "whynorm.keras.instance_normalization"


def role(layer: keras.Layer) -> Role:
    """What the layer does to shapes."""
    for base in type(layer).__mro__:
        name = base.__name__
        if base in (keras.Layer, object):
            break
        if not base.__module__.startswith(("keras.src.", "whynorm.keras")):
            if name.endswith(("InstanceNormalization", "InstanceNorm", "GroupNorm", "LayerNorm", "BatchNorm")):
                return "norm"
            continue
        if name in _ROLES:
            return _ROLES[name]
        for endings, found in _ENDINGS:
            if name.endswith(endings):
                return found
        for start, found in _STARTS:
            if name.startswith(start):
                return found
    return "other"


def settings(layer: keras.Layer) -> dict[str, object]:
    """The layer's settings as plain values, by the names that the rules know."""
    found: dict[str, object] = {}
    for name in inspect.signature(type(layer).__init__).parameters:
        value = getattr(layer, name, None)
        if isinstance(value, list):
            value = tuple(value)
        if isinstance(value, bool | int | float | str | tuple):
            found[_NAMES.get(name, name)] = value
    kind = role(layer)
    wanted = getattr(layer, "input_shape", None) if isinstance(layer, Functional | keras.Sequential) else None
    if isinstance(wanted, tuple) and len(wanted) > 2 and all(isinstance(size, int | None) for size in wanted):
        found["in_channels"] = wanted[-1 if keras.config.image_data_format() == "channels_last" else 1]
    scale = getattr(layer, "gamma", None) if layer.built and kind == "norm" else None
    if scale is not None and len(scale.shape) > 1:
        found["built_for"] = tuple(int(size) for size in scale.shape)
    weights = getattr(layer, "kernel", None) if layer.built else None
    if kind == "norm" and type(layer).__name__.startswith("GroupNorm"):
        found["num_groups"] = found.pop("groups", None)
    if weights is not None and len(weights.shape) > 1:
        inner = int(weights.shape[-2])
        if kind == "linear" and len(weights.shape) == 2:
            found["in_features"] = inner
        elif kind == "conv":
            groups = found.get("groups")
            found["in_channels"] = inner * (groups if isinstance(groups, int) else 1)
        elif kind == "transposed-conv":
            found["in_channels"] = int(weights.shape[-1])
    return found


def written(layer: keras.Layer) -> dict[str, tuple[str, int | None]]:
    """How the constructor takes each setting, by the name that the rules know: its own name, and the position."""
    found: dict[str, tuple[str, int | None]] = {}
    parameters = list(inspect.signature(type(layer).__init__).parameters.values())[1:]
    for place, parameter in enumerate(parameters):
        known = _NAMES.get(parameter.name, parameter.name)
        if known == "groups" and role(layer) == "norm":
            known = "num_groups"
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD:
            found[known] = (parameter.name, place)
        elif parameter.kind is parameter.KEYWORD_ONLY:
            found[known] = (parameter.name, None)
    return found


def named_as_keras(kind: type, arguments: Mapping[str, object]) -> dict[str, object]:
    """Settings by Keras's own names, for a layer of this class."""
    known = inspect.signature(kind.__init__).parameters  # type: ignore[misc]
    return {name if name in known else _BACK.get(name, name): value for name, value in arguments.items()}


def described(layer: keras.Layer) -> str:
    """How the layer was built: its class and the settings that differ from the defaults, axes always."""
    parts: list[str] = []
    positional = True
    for name, parameter in inspect.signature(type(layer).__init__).parameters.items():
        if name in ("self", *_UNSAID) or name.endswith(("_initializer", "_regularizer", "_constraint")):
            continue
        if parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL) or not hasattr(layer, name):
            positional = False
            continue
        value = _plain(getattr(layer, name))
        if name in _EACH and isinstance(value, list | tuple) and len(value) < 2:
            value = value[0] if value else None
        if value is _NOTHING:
            positional = False
            continue
        if parameter.default is parameter.empty:
            parts.append(repr(value) if positional else f"{name}={value!r}")
        elif not _is_default(value, parameter.default) or (name in _SAID and role(layer) == "norm"):
            parts.append(f"{name}={value!r}")
    return f"{type(layer).__name__}({', '.join(parts)})"


class _Nothing:
    pass


_NOTHING = _Nothing()


def _plain(value: Any) -> Any:
    """A value as a user would write it, `_NOTHING` for what cannot be written in a few letters."""
    if isinstance(value, list | tuple):
        parts = [_plain(part) for part in value]
        if any(part is _NOTHING for part in parts):
            return _NOTHING
        if len(parts) > 1 and isinstance(value, tuple) and all(part == parts[0] for part in parts):
            return parts[0]
        return type(value)(parts) if type(value) in (list, tuple) else list(parts)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    name = getattr(value, "__name__", None)
    if callable(value) and isinstance(name, str) and name not in ("<lambda>", "linear"):
        return name
    return None if name == "linear" else _NOTHING


def _is_default(value: Any, default: Any) -> bool:
    return value is None or value == _plain(default) or (value == 0 and default is None)


def channel_axis(layer: keras.Layer, rank: int) -> int | None:
    """The axis that holds the channels, for a layer with a `data_format` or an axis of its own."""
    order = getattr(layer, "data_format", None)
    if isinstance(layer, Functional | keras.Sequential) and rank > 2:
        order = keras.config.image_data_format()
    if order is not None and rank > 1:
        return 1 if order == "channels_first" else rank - 1
    if role(layer) in ("linear", "recurrent") and rank > 1:
        return rank - 1
    return turned(layer) if isinstance(layer, keras.layers.BatchNormalization) else None


def ranks(layer: keras.Layer) -> tuple[int, ...]:
    """The ranks that the layer takes, where they are fixed."""
    own = getattr(layer, "rank", None)
    if isinstance(own, int) and role(layer) in ("conv", "transposed-conv"):
        return (own + 2,)
    name = type(layer).__name__
    for axes in (1, 2, 3):
        if f"{axes}D" in name and is_keras_own(layer):
            return (axes + 2,)
    spec = layer.input_spec if role(layer) == "recurrent" else None
    wanted = getattr(spec[0] if isinstance(spec, list) and len(spec) == 1 else spec, "ndim", None)
    return (wanted,) if isinstance(wanted, int) else ()


def reading(layer: keras.Layer, shape: tuple[int, ...], training: bool | None) -> Reading | None:
    """How a norm reads an input of this shape; None for what is no norm, or names an axis that is not there."""
    if role(layer) != "norm":
        return None
    if _is_ours(layer):
        inner = reading(layer.norm, shape, training)
        own = inner.channel_axis if inner is not None and layer.axis is not None else None
        return inner and inner._replace(parameter_axes=(own,) if own is not None and _has_parameters(layer) else ())
    family = _family(layer)
    if family is None:
        return _of_its_own(layer, len(shape))
    axes = _axes(layer, family, len(shape))
    if axes is None or not shape:
        return None
    every = range(len(shape))
    parameters = axes if _has_parameters(layer) else ()
    if family == "batch":
        average = tuple(axis for axis in every if axis not in axes)
        learns = bool(training) and bool(layer.trainable)
        source = "batch" if learns else "running"
        return Reading("batch", average, axes, axes[0], parameters, _built_for(layer), source=source)
    if family == "adapted":
        average = tuple(axis for axis in every if axis not in axes)
        return Reading("batch", average, axes, axes[0] if axes else None, (), None, source="running")
    if family == "group":
        axis = axes[0]
        channels = shape[axis]
        groups = channels if layer.groups == -1 else layer.groups
        others = tuple(other for other in every if other not in (0, axis))
        if groups == channels:
            return Reading("instance", others, (0, axis), axis, parameters, _built_for(layer), groups)
        averages = tuple(sorted((*others, axis)))
        return Reading("group", averages, (0,), axis, parameters, _built_for(layer), groups)
    keeps = tuple(axis for axis in every if axis not in axes)
    if family == "rms":
        parameters = parameters and (len(shape) - 1,)
    return Reading(family, axes, keeps, None, parameters)


def _of_its_own(layer: keras.Layer, rank: int) -> Reading | None:
    """An instance norm that the program writes itself, as far as it was probed."""
    over = averages(layer)
    if not over or not type(layer).__name__.endswith(("InstanceNormalization", "InstanceNorm")):
        return None
    keeps = tuple(axis for axis in range(rank) if axis not in over)
    channel = next((axis for axis in (rank - 1, 1) if axis in keeps), None)
    return Reading("instance", over, keeps, channel)


def axes_of(layer: keras.Layer, rank: int) -> tuple[Location, str] | None:
    """Where the class of an instance norm of the program's own writes the axes that it averages over."""
    over = averages(layer)
    return axes_written(layer, over, rank) if over else None


_FAMILIES = (
    ("BatchNormalization", "batch"),
    ("LayerNormalization", "layer"),
    ("GroupNormalization", "group"),
    ("RMSNormalization", "rms"),
    ("UnitNormalization", "unit"),
    ("SpectralNormalization", "weight"),
    ("Normalization", "adapted"),
)


def _family(layer: keras.Layer) -> str | None:
    """By Keras's own class that the layer is, or is derived from."""
    for base in type(layer).__mro__:
        if base.__module__.startswith("keras.src."):
            for name, family in _FAMILIES:
                if base.__name__ == name:
                    return None if family == "weight" else family
    return None


def _axes(layer: keras.Layer, family: str, rank: int) -> tuple[int, ...] | None:
    """The axes that the layer names, counted from 0; None if one of them is not there."""
    named: Any = layer.axis
    if family == "adapted" and named is None:
        return ()
    listed = tuple(named) if isinstance(named, list | tuple) else (named,)
    if not all(isinstance(axis, int) and -rank <= axis < rank for axis in listed):
        return None
    return tuple(sorted({axis % rank for axis in listed}))


def _has_parameters(layer: keras.Layer) -> bool:
    if type(layer).__name__ == "RMSNormalization":
        return True
    return bool(getattr(layer, "scale", False) or getattr(layer, "center", False))


def _built_for(layer: keras.Layer) -> int | None:
    """The channels that the layer was built for; None where it is not built."""
    if not layer.built:
        return None
    spec = layer.input_spec
    if spec is not None and not isinstance(spec, list) and getattr(spec, "axes", None):
        return int(next(iter(spec.axes.values())))
    return None


def as_call(layer: keras.Layer, shape: tuple[int, ...], dtype: str, training: bool | None) -> Call:
    """A call of the layer by itself on an input of this shape."""
    known = settings(layer)
    place = built(layer, known)
    return Call(
        type(layer).__name__,
        role(layer),
        "",
        described(layer),
        (Value(1, shape, dtype),),
        (),
        known,
        reading(layer, shape, training),
        bool(training),
        None,
        place,
        named=named(place),
        forced=forced(place),
        ranks=ranks(layer),
        channel_axis=channel_axis(layer, len(shape)),
        axes=axes_of(layer, len(shape)),
        written=written(layer),
    )
