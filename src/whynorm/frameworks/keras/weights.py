"""Weights that do not fit the layers that they are to go into: which differ, and how the layers would have to be."""

import re
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType
from typing import NamedTuple

import keras
from keras.src.models.functional import Functional

from whynorm.facts import Call, Difference, Location, Raised, Trial, Verdict
from whynorm.facts.change import Change, Rebuild
from whynorm.frameworks.keras import layers, places
from whynorm.frameworks.keras.kept import kept
from whynorm.frameworks.keras.layers import named_as_keras
from whynorm.frameworks.keras.tensors import raised_of

_COUNTED = re.compile(r"expected (\d+) variables, but received (\d+) variables")
_SHAPED = re.compile(
    r"variable\.shape=\(([\d, ]*)\), Received: value\.shape=\(([\d, ]*)\)\. Target variable: <Variable path=(\S+?),"
)
_SWITCHES = (("gamma", "scale"), ("beta", "center"), ("bias", "use_bias"))
"""The variables that a layer has where it is built so."""


class _Unfit(NamedTuple):
    """One layer, and what was to go into it."""

    layer: keras.Layer
    number: int | None = None
    """How many variables were saved."""
    shapes: tuple[tuple[int, ...], ...] | None = None
    """The shapes of all that was saved."""
    variable: tuple[str, tuple[int, ...], tuple[int, ...]] | None = None
    """The first variable that does not fit: its name, its shape here, and what was saved."""


class Weights(NamedTuple):
    """What is known of such an error."""

    calls: tuple[Call, ...]
    """The layers, as if they were called; the first one raised."""
    differences: tuple[Difference, ...]
    trial: Trial


def weights(frames: Sequence[FrameType], raised: Raised, place: Location | None) -> Weights | None:
    """The layers whose weights do not fit, a norm among them; None for any other error."""
    unfit = list(_unfit(frames))
    if not any(layers.role(one.layer) == "norm" for one in unfit):
        return None
    calls = tuple(_call(one.layer, place, raised if number == 0 else None) for number, one in enumerate(unfit))
    differences = tuple(difference for one in unfit for difference in _differences(one))
    model = next((one.f_locals["model"] for one in frames if isinstance(one.f_locals.get("model"), keras.Model)), None)
    return Weights(calls, differences, _trial(unfit, model)) if differences else None


def _unfit(frames: Sequence[FrameType]) -> Iterator[_Unfit]:
    for frame in frames:
        held = frame.f_locals
        if frame.f_code.co_name == "_raise_loading_failure" and isinstance(held.get("error_msgs"), dict):
            for layer, error in held["error_msgs"].values():
                if isinstance(layer, keras.Layer):
                    yield _told(layer, str(error))
        elif frame.f_code.co_name == "set_weights" and isinstance(held.get("self"), keras.Layer):
            given = held.get("weights")
            shapes = tuple(tuple(getattr(one, "shape", ())) for one in given) if isinstance(given, list | tuple) else ()
            if isinstance(held["self"], keras.Model):
                yield from _in_order(held["self"], shapes)
            elif shapes:
                yield _Unfit(held["self"], len(shapes), shapes)


def _in_order(model: keras.Model, shapes: Sequence[tuple[int, ...]]) -> Iterator[_Unfit]:
    """The layers, from the one on at which a list of weights for a whole model does not fit any more."""
    owners = {
        id(variable): layer
        for layer in model._flatten_layers()
        for variable in (*layer._trainable_variables, *layer._non_trainable_variables)
    }
    pairs = list(zip(model.weights, shapes, strict=False))
    odd = next((n for n, (variable, shape) in enumerate(pairs) if tuple(variable.shape) != shape), len(pairs) - 1)
    first = owners.get(id(pairs[odd][0])) if pairs else None
    for layer in model._flatten_layers(include_self=False):
        mine = [variable for variable in layer.weights if layer is owners.get(id(variable))]
        if layer is first and mine:
            variable, shape = pairs[odd]
            yield _Unfit(layer, variable=(variable.name, tuple(variable.shape), shape))
        elif mine and layers.role(layer) == "norm":
            yield _Unfit(layer)


def _told(layer: keras.Layer, message: str) -> _Unfit:
    counted, shaped = _COUNTED.search(message), _SHAPED.search(message)
    if counted is not None:
        return _Unfit(layer, int(counted[2]))
    if shaped is None:
        return _Unfit(layer)
    here, saved = (tuple(int(size) for size in shaped[part].split(",") if size.strip()) for part in (1, 2))
    return _Unfit(layer, variable=(shaped[3].rpartition("/")[2], here, saved))


def _call(layer: keras.Layer, place: Location | None, raised: Raised | None) -> Call:
    settings = layers.settings(layer)
    return Call(
        type(layer).__name__,
        layers.role(layer),
        layer.name,
        layers.described(layer),
        arguments=settings,
        location=place,
        built=places.built(layer, settings),
        raised=raised,
        written=layers.written(layer),
    )


def _differences(one: _Unfit) -> Iterator[Difference]:
    """What differs, by its name in the layer."""
    layer = one.layer
    if one.variable is not None:
        name, here, saved = one.variable
        yield Difference(layer.name, name, here, saved)
        return
    for settings in _switched(one):
        for variable, setting in _SWITCHES:
            if setting in settings:
                known = next((tuple(v.shape) for v in layer.weights if v.name == variable), None)
                size = known or next((tuple(v.shape)[-1:] for v in layer.weights), (0,))
                yield Difference(layer.name, variable, known, size if settings[setting] else None)
        return


def _switched(one: _Unfit) -> Iterator[Mapping[str, bool]]:
    """The settings, other than those that it has, with which a layer has as many variables as were saved."""
    known = {setting: getattr(one.layer, setting) for _, setting in _SWITCHES if hasattr(one.layer, setting)}
    lacking = (one.number or 0) - len(one.layer.weights)
    off = [name for name, value in known.items() if value is not True]
    on = [name for name, value in known.items() if value is True]
    if one.number and 0 < lacking <= len(off):
        yield dict.fromkeys(off[:lacking], True)
    elif one.number and 0 < -lacking <= len(on):
        yield dict.fromkeys(on[:-lacking], False)


def _trial(unfit: Sequence[_Unfit], model: keras.Model | None) -> Trial:
    """Whether what was saved fits the layers when they are built with other settings."""

    def tried(changes: Sequence[Change]) -> Verdict:
        changed = {one.path: one for one in changes if isinstance(one, Rebuild)}
        if len(changed) != len(changes):
            return Verdict(None)
        try:
            with kept():
                made = _made(unfit, model, changed)
        except Exception as error:  # noqa: BLE001 - whatever a constructor refuses is the answer
            return Verdict(False, raised=raised_of(error))
        if made is None:
            return Verdict(None)
        return Verdict(all(_fits(one, made[one.layer.name]) for one in unfit if one.layer.name in made))

    return tried


def _made(
    unfit: Sequence[_Unfit], model: keras.Model | None, changed: Mapping[str, Rebuild]
) -> Mapping[str, keras.Layer] | None:
    """The layers, by name, as they are with the changes; None where they cannot be built apart from a network."""
    if isinstance(model, Functional | keras.Sequential):
        config = model.get_config()
        for layer in config["layers"]:
            layer.pop("build_config", None)  # the shapes that it was built for
            change = changed.get(layer["config"].get("name"))
            if change is not None:
                kind = type(model.get_layer(layer["config"]["name"]))
                layer["config"].update(named_as_keras(kind, change.arguments))
        return {layer.name: layer for layer in type(model).from_config(config)._flatten_layers(include_self=False)}
    found: dict[str, keras.Layer] = {}
    for one in unfit:
        shape = (one.layer.get_build_config() or {}).get("input_shape")
        if one.variable is not None or shape is None:
            return None
        change = changed.get(one.layer.name)
        settings = named_as_keras(type(one.layer), change.arguments) if change is not None else {}
        found[one.layer.name] = made = type(one.layer).from_config({**one.layer.get_config(), **settings})
        made.build(shape)
    return found


def _fits(one: _Unfit, made: keras.Layer) -> bool:
    """Whether what was saved has the shapes of what the layer holds."""
    here = [tuple(variable.shape) for variable in made.weights]
    if one.shapes is not None:
        return here == list(one.shapes)
    if one.variable is not None:
        return any(v.name == one.variable[0] and tuple(v.shape) == one.variable[2] for v in made.weights)
    return one.number == len(here)
