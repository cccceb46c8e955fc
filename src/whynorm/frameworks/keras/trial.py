"""Changes tried out: the pass again with a layer rebuilt or left out, a tensor transformed, another input."""

import inspect
from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import keras

from whynorm.facts import Open, Trial, Verdict
from whynorm.facts.change import (
    Adapt,
    Change,
    Feed,
    Meet,
    Mode,
    Rebuild,
    Reduce,
    Rekey,
    Relearn,
    Remove,
    Renew,
    Say,
    Split,
    Supply,
    Transform,
    Vary,
)
from whynorm.frameworks.keras import layers
from whynorm.frameworks.keras.graph import Replay
from whynorm.frameworks.keras.layers import named_as_keras
from whynorm.frameworks.keras.passes import AS_IT_IS, Given, How, run_pass
from whynorm.frameworks.keras.record import Substitute, paths
from whynorm.frameworks.keras.tensors import Spec, raised_of


class NotPossible(Exception):
    """A change that cannot be carried out on this model."""


class NoSuchSetting(Exception):
    """A layer has no setting of the name that a change gives."""


def trial(target: object, given: Given, how: How = AS_IT_IS) -> Trial:
    """How changes are tried on this pass; the same ones once, however many of its calls ask."""
    known: dict[str, Verdict] = {}

    def tried(changes: Sequence[Change]) -> Verdict:
        key = repr(tuple(changes))
        if key not in known:
            known[key] = carried_out(changes)
        return known[key]

    def carried_out(changes: Sequence[Change]) -> Verdict:
        try:
            fed = _fed(given, changes)
            root, substitutes = _substitutes(target, changes)
        except NotPossible:
            return Verdict(None)
        except NoSuchSetting as error:
            return Verdict(False, raised=raised_of(error))
        ended = run_pass(root, fed, substitutes, how=how._replace(going_on=True))
        if ended.raised is not None:
            faults = tuple((call.path, call.raised) for call in ended.trace.calls if call.raised is not None)
            return Verdict(False, raised=ended.raised, faults=faults)
        return Verdict(True, ended.outputs)

    return tried


def _fed(given: Given, changes: Sequence[Change]) -> Given:
    args, kwargs = list(given.args), dict(given.kwargs)
    for change in changes:
        if isinstance(change, Feed):
            if any(size < 0 for size in change.shape):
                raise NotPossible(f"no tensor has the shape {change.shape}")
            old = _spec(args, kwargs, change.input)
            shape = tuple(None if isinstance(size, Open) else size for size in change.shape)
            _put(args, kwargs, change.input, Spec(shape, change.dtype or old.dtype))
        elif isinstance(change, Transform) and change.path is None:
            _put(args, kwargs, change.input, _transformed(_spec(args, kwargs, change.input), change))
        elif isinstance(change, Mode) and change.path == "":
            kwargs["training"] = change.training
    return Given(args, kwargs)


def _spec(args: list[Any], kwargs: dict[str, Any], number: int | str) -> Spec:
    held: Any = kwargs.get(number) if isinstance(number, str) else None
    if isinstance(number, int):
        flat = args[0] if len(args) == 1 and isinstance(args[0], list | tuple) else args
        held = flat[number] if number < len(flat) else None
    if not isinstance(held, Spec):
        raise NotPossible(f"no input {number!r}")
    return held


def _put(args: list[Any], kwargs: dict[str, Any], number: int | str, spec: Spec) -> None:
    if isinstance(number, str):
        kwargs[number] = spec
    elif len(args) == 1 and isinstance(args[0], list | tuple):
        args[0] = [*args[0][:number], spec, *args[0][number + 1 :]]
    else:
        args[number] = spec


def _transformed(spec: Spec, change: Transform) -> Spec:
    shape, plain = list(spec.shape), [item for item in _flat(change.arguments) if isinstance(item, int)]
    if change.operation == "to":
        return Spec(spec.shape, str(change.arguments[0]))
    try:
        return Spec(_SHAPES[change.operation](shape, *plain), spec.dtype)
    except (KeyError, IndexError, TypeError, ValueError):
        raise NotPossible(f"{change.operation}{change.arguments} of {spec.shape}") from None


def _flat(arguments: Sequence[object]) -> list[object]:
    return [
        item for argument in arguments for item in (argument if isinstance(argument, tuple | list) else (argument,))
    ]


def _unsqueeze(shape: list[Any], axis: int) -> tuple[Any, ...]:
    axis %= len(shape) + 1
    return (*shape[:axis], 1, *shape[axis:])


def _squeeze(shape: list[Any], *axes: int) -> tuple[Any, ...]:
    gone = {axis % len(shape) for axis in axes} if axes else {axis for axis, size in enumerate(shape) if size == 1}
    return tuple(size for axis, size in enumerate(shape) if not (axis in gone and size == 1))


def _permute(shape: list[Any], *order: int) -> tuple[Any, ...]:
    if sorted(axis % len(shape) for axis in order) != list(range(len(shape))):
        raise ValueError(order)
    return tuple(shape[axis] for axis in order)


def _transpose(shape: list[Any], first: int, second: int) -> tuple[Any, ...]:
    shape[first], shape[second] = shape[second], shape[first]
    return tuple(shape)


def _flatten(shape: list[Any], start: int = 0, end: int = -1) -> tuple[Any, ...]:
    start, end = start % len(shape), end % len(shape)
    merged = shape[start : end + 1]
    return (*shape[:start], None if None in merged else prod(merged), *shape[end + 1 :])


def _repeat(shape: list[Any], *times: int) -> tuple[Any, ...]:
    return tuple(size if each == 1 else size * each for size, each in zip(shape, times, strict=True))


def _narrow(shape: list[Any], axis: int, start: int, length: int) -> tuple[Any, ...]:
    if not 0 <= start < start + length <= shape[axis]:
        raise ValueError(axis)
    return (*shape[:axis], length, *shape[axis + 1 :])


_SHAPES: dict[str, Callable[..., tuple[Any, ...]]] = {
    "unsqueeze": _unsqueeze,
    "squeeze": _squeeze,
    "permute": _permute,
    "transpose": _transpose,
    "flatten": _flatten,
    "repeat": _repeat,
    "narrow": _narrow,
}


def _substitutes(target: object, changes: Sequence[Change]) -> tuple[object, dict[int, Substitute]]:
    """What takes the place of which layer; and the root, built anew where it is a layer that changes."""
    found: dict[int, Substitute] = {}
    by_path = {path: (number, layer) for number, path, layer in _layers(target)}
    if isinstance(target, keras.Layer):
        by_path.setdefault(target.name, (id(target), target))
    built: dict[int, keras.Layer] = {}
    for change in changes:
        if isinstance(change, Feed) or (isinstance(change, Transform) and change.path is None):
            continue
        if isinstance(change, Vary | Relearn | Rekey | Renew | Supply | Reduce):
            raise NotPossible("values and functions are not followed here")
        if isinstance(change, Meet):
            found.update(
                (by_path[one][0], _met(by_path[one][1], change.branch)) for one in change.paths if one in by_path
            )
            if not found:
                raise NotPossible("no layer joins them")
            continue
        path = change.path or ""
        if isinstance(change, Mode) and path == "":
            continue
        if path not in by_path:
            raise NotPossible(f"no layer {path!r}")
        number, layer = by_path[path]
        layer = built.get(number, layer)
        if isinstance(change, Rebuild):
            built[number] = made = _rebuilt(layer, change)
            if number == id(target):
                target = made
            else:
                found[number] = _instead(made)
        elif isinstance(change, Remove):
            found[number] = _left_out
        elif isinstance(change, Split):
            found[number] = _split(layer)
        elif isinstance(change, Say):
            found[number] = _said(layer, change)
        elif isinstance(change, Mode):
            found[number] = _in_mode(layer, change.training)
        elif isinstance(change, Adapt):
            found[number] = _adapted(layer, change)
        elif isinstance(change, Transform):
            found[number] = _around(layer, change)
    return target, found


def _layers(target: object) -> list[tuple[int, str, keras.Layer]]:
    tops = target.layers if isinstance(target, Replay) else [target] if isinstance(target, keras.Layer) else []
    known = {id(layer): layer for top in tops for layer in [top, *top._flatten_layers(include_self=False)]}
    return [(number, path, known[number]) for number, path in paths(target).items() if number in known]


_EVERY = ("dtype", "name", "trainable")
"""What every layer takes, whether its constructor names it or not."""


def _rebuilt(layer: keras.Layer, change: Rebuild) -> keras.Layer:
    kind = getattr(keras.layers, change.type, None) if change.type is not None else type(layer)
    if kind is None:
        raise NotPossible(f"Keras has no {change.type}")
    changed = named_as_keras(kind, change.arguments)
    unknown = set(changed) - {*inspect.signature(kind.__init__).parameters, *_EVERY}
    if unknown:
        raise NoSuchSetting(f"{kind.__name__} has no {', '.join(sorted(unknown))}")
    try:
        if change.type is None:
            return kind.from_config({**layer.get_config(), **changed})
        return kind(**changed, name=layer.name)
    except Exception as error:  # noqa: BLE001 - whatever a constructor refuses cannot be tried
        raise NotPossible(str(error)) from None


def _instead(made: keras.Layer) -> Substitute:
    """A layer in another's place; a mask that it does not take is not handed to it."""
    unmasked = "mask" not in inspect.signature(made.call).parameters

    def called(call: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        return call(made, args, {name: value for name, value in kwargs.items() if not (unmasked and name == "mask")})

    return called


def _left_out(call: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    return args[0] if args else next(iter(kwargs.values()))


def _in_mode(layer: keras.Layer, training: bool) -> Substitute:
    return lambda call, args, kwargs: call(layer, args, {**kwargs, "training": training})


def _split(layer: keras.Layer) -> Substitute:
    """A copy of the layer for each number of channels, as it is before it is built."""
    axis = getattr(layer, "axis", -1)
    axes = [axis] if isinstance(axis, int) else list(axis)
    copies: dict[tuple[object, ...], keras.Layer] = {}

    def called(call: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        size = tuple(args[0].shape[one] for one in axes)
        if size not in copies:
            copies[size] = type(layer).from_config(layer.get_config())
        return call(copies[size], args, kwargs)

    return called


def _said(layer: keras.Layer, change: Say) -> Substitute:
    """What the layer gives is known to have these sizes."""
    shape = tuple(None if isinstance(size, Open) else size for size in change.shape)

    def called(call: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        outputs = call(layer, args, kwargs)
        return keras.KerasTensor(shape, outputs.dtype) if isinstance(outputs, keras.KerasTensor) else outputs

    return called


def _met(layer: keras.Layer, branch: int) -> Substitute:
    """One of two maps is resized to the other before they are joined."""

    def called(call: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        given = list(args[0])
        first = 2 if keras.config.image_data_format() == "channels_first" else 1
        given[branch] = keras.ops.image.resize(given[branch], given[1 - branch].shape[first : first + 2])
        return call(layer, (given, *args[1:]), kwargs)

    return called


def _adapted(layer: keras.Layer, change: Adapt) -> Substitute:
    """One of what is joined comes as a layer before it would make it."""
    if change.layer is not None or layers.role(layer) not in ("add", "join"):
        raise NotPossible("no layer joins them")
    shape = tuple(None if isinstance(size, Open) else size for size in change.shape)

    def called(call: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        given = list(args[0])
        given[change.branch] = keras.KerasTensor(shape, given[change.branch].dtype)
        return call(layer, (given, *args[1:]), kwargs)

    return called


def _around(layer: keras.Layer, change: Transform) -> Substitute:
    def called(call: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        before = tuple(args[0].shape)
        spec = _transformed(Spec(before, "float32"), change)
        if change.operation == "to":
            moved = keras.ops.cast(args[0], change.arguments[0])
        elif change.operation in ("permute", "transpose"):
            moved = keras.ops.transpose(args[0], _order(change, len(before)))
        else:
            moved = keras.ops.reshape(args[0], _counted(spec.shape))
        outputs = call(layer, (moved, *args[1:]), kwargs)
        if not change.back:
            return outputs
        if change.operation in ("permute", "transpose"):
            order = _order(change, len(before))
            return keras.ops.transpose(outputs, [order.index(axis) for axis in range(len(order))])
        if change.operation == "flatten":  # the samples of samples are parted again
            before = (*before[:2], *outputs.shape[1:])
        return keras.ops.reshape(outputs, _counted(before))

    return called


def _counted(shape: Sequence[int | None]) -> tuple[int, ...]:
    """The sizes, with -1 for one that is open."""
    return tuple(-1 if size is None else size for size in shape)


def _order(change: Transform, rank: int) -> list[int]:
    numbers = [item % rank for item in _flat(change.arguments) if isinstance(item, int)]
    if change.operation == "permute":
        return numbers
    order = list(range(rank))
    order[numbers[0]], order[numbers[1]] = numbers[1], numbers[0]
    return order
