"""What several rules ask of a call and of the chain of shapes that led to it."""

from collections.abc import Iterable, Iterator, Sequence
from math import prod
from typing import NamedTuple

from whynorm.facts import Call, Case, Open, Value, axis_names, channels_of

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def names_at(call: Call) -> tuple[str, ...]:
    """The letters of the axes of a call's first input, as the layer reads them."""
    shape = call.shape or ()
    if call.reading is not None:
        return call.reading.names(shape)
    batched = len(call.ranks) < 2 or len(shape) != min(call.ranks)
    return axis_names(shape, channels_of(shape) if batched else 0, batched=batched)


def sizes(shape: Iterable[int]) -> str:
    """`2 x 3 x 64`."""
    return " x ".join(map(str, shape)) or "a scalar"


def count(number: int, noun: str, plural: str = "") -> str:
    """`seven convolutions`, `one convolution`, `40 convolutions`."""
    word = NUMBERS[number] if number < len(NUMBERS) else str(number)
    return f"{word} {noun if number == 1 else plural or noun + 's'}"


def pair(value: object) -> object:
    """A setting as a reader writes it: `(3, 3)` is `3`."""
    if isinstance(value, tuple | list) and value and all(item == value[0] for item in value):
        return value[0]
    return value


def most(value: object) -> int:
    """The largest number of a setting that is one number or one for each axis; 0 where it is neither."""
    numbers = value if isinstance(value, tuple | list) else (value,)
    return max((number for number in numbers if isinstance(number, int)), default=0)


def at(call: Call) -> str:
    """How a message points to a layer: its path where it has one, else its type."""
    return f"layer {call.path}" if call.path is not None and call.path.isdigit() else call.path or call.name


class Source(NamedTuple):
    """The root's input that a call's input was made of."""

    number: int | str
    """Its position or keyword."""
    value: Value
    calls: tuple[Call, ...]
    """The calls from there to the one in doubt, in the order in which they were made."""


def source(case: Case, branch: int = 0) -> Source | None:
    """Where the input number `branch` of the case's call comes from; None where the trail is lost."""
    call = case.call
    if not call.inputs[branch:]:
        return None
    roots = {value.id: number for number, value in enumerate(case.trace.inputs)}
    ways: list[tuple[Value, tuple[Call, ...]]] = [(call.inputs[branch], ())]
    seen: set[int] = set()
    while ways:
        value, calls = ways.pop()
        if value.id in roots:
            number = roots[value.id]
            return Source(case.trace.places[number], case.trace.inputs[number], calls)
        made = case.trace.producer(value) if value.id not in seen else None
        seen.add(value.id)
        if made is not None:  # where branches met, the first that leads back to an input
            given = made.inputs if made.role in ("join", "add") else made.inputs[:1]
            ways += [(one, (made, *calls)) for one in reversed(given)]
    return None


def chain(case: Case, branch: int = 0) -> list[Call]:
    """The calls that led to the case's call, in the order in which they were made."""
    return list(reversed(list(case.trace.upstream(case.call, branch))))


def out_shape(call: Call) -> tuple[int, ...] | None:
    """The first output's shape."""
    return call.outputs[0].shape if call.outputs else None


def maker(case: Case, *roles: str) -> Call | None:
    """The nearest call of one of these roles that led to the case's call."""
    return next((call for call in case.trace.upstream(case.call) if call.role in roles), None)


def users(case: Case, call: Call) -> Iterator[Call]:
    """The calls that a call's output is handed to."""
    made = {value.id for value in call.outputs}
    return (other for other in case.trace.calls if any(value.id in made for value in other.inputs))


def spatial(shape: Sequence[int], *, batched: bool = True) -> tuple[int, ...]:
    """The axes that are neither batch nor channels."""
    channels = channels_of(shape)
    return tuple(axis for axis in range(len(shape)) if axis != channels and not (batched and axis == 0))


def positions(shape: Sequence[int]) -> int:
    """How many positions each channel of a sample has."""
    return prod(shape[axis] for axis in spatial(shape))


def shrinking(calls: Iterable[Call]) -> list[Call]:
    """The calls on the way that left fewer positions than they got, channels and batch aside."""
    return [call for call in calls if _positions(call.shape) > _positions(out_shape(call)) > -1 and _spatial_role(call)]


def pools_all(call: Call) -> bool:
    """Whether one position is left of all of them at once: a pooling, or a sum with weights (a product of matrices)."""
    if call.role in ("global-pool", "reduce"):
        return True
    return call.role == "other" and _positions(call.shape) > 1 == _positions(out_shape(call))


def _spatial_role(call: Call) -> bool:
    return call.role in ("conv", "pool", "global-pool", "reduce", "slice", "upsample", "other")


def _positions(shape: tuple[int, ...] | None) -> int:
    return positions(shape) if shape is not None and len(shape) > 2 else -1


def wanted_channels(call: Call) -> int | None:
    """The channels, or features, that the layer was built for."""
    if call.reading is not None and call.reading.channels is not None:
        return call.reading.channels
    for name in ("in_channels", "in_features", "num_features", "num_channels", "input_size", "embed_dim"):
        number = call.arguments.get(name)
        if isinstance(number, int):
            return number
    return None


def channel_axis(call: Call) -> int | None:
    """The axis of the first input on which the layer looks for its channels."""
    shape = call.shape
    if shape is None:
        return None
    if call.reading is not None:
        return call.reading.channel_axis
    if call.channel_axis is not None:
        return call.channel_axis
    if call.role in ("linear", "recurrent", "attention"):
        return len(shape) - 1
    if call.role in ("conv", "transposed-conv", "norm") and shape:
        return 0 if len(shape) == 1 or (len(call.ranks) > 1 and len(shape) == min(call.ranks)) else 1
    return None


def channels_last(call: Call) -> bool:
    """Whether the layer looks for its channels on the last axis, however many there are."""
    return call.channel_axis is not None and call.arguments.get("data_format") == "channels_last"


def same_line(case: Case, call: Call) -> list[Call]:
    """The layers that the same piece of source builds in the same way: an edit there changes them all."""
    if call.built is None or call.built.library:
        return [call]
    paths: dict[str | None, Call] = {}
    for other in case.trace.calls:
        if other.built == call.built and other.built_as == call.built_as:
            paths.setdefault(other.path, other)
    return list(paths.values()) or [call]


def on_line(case: Case, call: Call) -> list[Call]:
    """The layers that the same line of source builds, in whatever way."""
    built = call.built
    if built is None or built.library:
        return [call]
    paths: dict[str | None, Call] = {}
    for other in case.trace.calls:
        place = other.built
        if place is not None and other.type == call.type and place[:2] == built[:2] and place.column == built.column:
            paths.setdefault(other.path, other)
    return list(paths.values()) or [call]


def open_axes(shape: Sequence[int] | None) -> tuple[int, ...]:
    """The axes, the batch aside, of which the size is not known."""
    return tuple(axis for axis, size in enumerate(shape or ()) if axis and isinstance(size, Open))


def fair_groups(fitting: Sequence[int], groups: int, channels: int) -> int:
    """Of the numbers of groups that would fit, largest first, the one to take in the place of `groups`.

    Each group keeps two channels at least. A divisor of what stood there also fits wherever that did: it is taken if
    it is not much smaller.
    """
    fair = [number for number in fitting if channels // number > 1] or [1]
    return next((number for number in fair if groups % number == 0 and number * 4 >= groups), fair[0])
