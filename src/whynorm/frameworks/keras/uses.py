"""The calls of the norms that keep statistics, noted while a program runs: from which place, in which mode.

Of a norm its two running statistics are kept, and no other tensor. Steps are counted by the optimizers: inside of a
compiled step nothing of Python runs but once.
"""

import ast
from collections.abc import Sequence
from types import CodeType, FrameType
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import keras
import numpy

from whynorm.facts import Call, Learnt, Location
from whynorm.facts.history import Fixed, OneByOne
from whynorm.facts.measured import Columns
from whynorm.frameworks.keras import layers, places, steps
from whynorm.frameworks.keras.assigned import loaded
from whynorm.frameworks.keras.backends import current
from whynorm.frameworks.keras.experiments.again import held_elsewhere
from whynorm.frameworks.keras.experiments.columns import columns, deviations
from whynorm.frameworks.keras.experiments.modes import built_as
from whynorm.frameworks.keras.experiments.samples import Sample, sample
from whynorm.frameworks.keras.frozen import one_by_one
from whynorm.frameworks.keras.handed import LARGEST, Handed, handed
from whynorm.frameworks.keras.handing import fixed, without_mode
from whynorm.frameworks.keras.overruled import Asked, asked
from whynorm.frameworks.keras.record import paths
from whynorm.source.files import read
from whynorm.source.places import covers, imported_as
from whynorm.source.result import callee_at

MOST_SAMPLES = 6
"""So many samples of a norm's input are taken at each place."""
_LEARNS = ("fit", "train_on_batch")


class Root(NamedTuple):
    """The call that a norm was reached by: of a layer, or of a trainer's method."""

    target: keras.Layer
    method: str
    """The trainer's method that makes it; empty where the program itself does."""
    above: Sequence[FrameType]
    """The frames above it, down to the user's innermost."""
    functions: tuple[str, ...]
    codes: frozenset[CodeType]
    """The program's own code on the way there that a compiled step runs once."""


class Place:
    """The calls of one norm from one place, in one mode."""

    def __init__(self, called: Location, root: Root, *, training: bool, frozen: bool, records: bool) -> None:
        self.called, self.callee, self.method = called, _callee(root, called), root.method
        self.functions, self.codes = root.functions, root.codes
        self.training, self.frozen, self.records = training, frozen, records
        self.idle = root.method in _LEARNS and not root.target.trainable_weights
        """It is trained, and has no weights that could be."""
        self.asked: Asked | None = None
        """The call with `training=False` by which the model around was made; training mode came all the same."""
        self.fixed: Fixed | None = None
        """Where the program writes the mode inside of the network."""
        self.modeless = without_mode(root.target)
        self.alone = False
        """It is frozen, and other layers of the part that holds it are not."""
        self.momentum: float | None = None
        """The layer's at these calls."""
        self.compiled = False
        self.in_step = False
        """An optimizer is applied by the same compiled step."""
        self.calls = self.learnt = self.learnt_last = self.passed = self.runs = self.longest = 0
        self.first = self.last = self.end_began = self.end_calls = 0
        self.batches: list[int] = []
        self.samples: list[Sample] = []
        self.step = 0
        self.optimizer: Any = None
        """The one that was applied behind these calls, and to other weights than the norm's."""

    def meet(self, order: int, step: int, samples: int | None) -> None:
        """It is called once more; `step`: that of the optimizers so far."""
        if not self.calls or self.step != step:
            self.runs += 1
            self.end_began, self.end_calls = order, 0
        self.first = self.first or order
        self.calls, self.end_calls, self.last, self.step = self.calls + 1, self.end_calls + 1, order, step
        self.longest = max(self.longest, self.end_calls)
        if samples is not None:
            self.batches.append(samples)


class Tally:
    """One norm."""

    def __init__(self, layer: keras.Layer, call: Call, path: str) -> None:
        self.call, self.path, self.built = call, path, built_as(layer)
        self.adapted = not hasattr(layer, "moving_mean")
        """It learns by `adapt`, and not from the batches that it gets."""
        names = ("adapt_mean", "adapt_variance") if self.adapted else ("moving_mean", "moving_variance")
        self.statistics = tuple(getattr(layer, name) for name in names)
        self.scales = tuple((getattr(layer, name, None), start) for name, start in (("gamma", 1.0), ("beta", 0.0)))
        self.began: bool | None = None
        """Whether they were the 0 and 1 they were made with when it was first called in training mode."""
        self.counters: dict[int, Any] = {}
        """The counters of the optimizers that were applied to its weights; a new one may have taken the last one's
        place."""
        self.momentum = None if self.adapted else 1 - float(layer.momentum)
        self.computes = str(layer.compute_dtype)
        self.loaded = loaded(layer)
        self.handed: Handed | None = None
        self.one_by_one: OneByOne | None = None
        self.layer_id = id(layer)
        held = [weight for weight, _ in self.scales if weight is not None]  # trainable at this time or not
        self.weights = {id(one) for weight in held for one in (weight, _value(weight))}
        self.places: dict[tuple[object, ...], Place] = {}
        self.latest: Place | None = None
        self.steps = 0
        """So often an optimizer of its weights had applied gradients when it was last seen to."""
        self.optimizer: Any = None


def _begins(statistics: Sequence[Any], frames: Sequence[FrameType]) -> bool:
    """Whether a mean and a variance are 0 and 1; their values can be read in a step that is being compiled as well."""
    trainer = next((one for one in reversed(frames) if steps.is_trainer(one)), None)
    held = dict[int, Any]()
    if trainer is not None:
        held = {id(one): value for one, value in held_elsewhere(trainer, trainer.f_locals["self"])}
    try:
        with current().real():
            mean, variance = (keras.ops.convert_to_numpy(held.get(id(one), one)) for one in statistics)
    except Exception:  # noqa: BLE001 - values that are held elsewhere while it trains tell nothing
        return False
    return not mean.any() and bool((variance == 1).all())


def _value(weight: Any) -> Any:
    """The tensor that a variable holds, which an optimizer of the backend's own changes."""
    return getattr(weight, "_value", None)


class Applied:
    """When an optimizer was applied: in its first and last step of all optimizers, and by which compiled code."""

    def __init__(self, step: int) -> None:
        self.first = self.last = step
        self.codes: set[CodeType] = set()

    def takes_turns(self, other: "Applied") -> bool:
        """Whether the steps of two optimizers are mixed."""
        return not self.codes.isdisjoint(other.codes) or (self.first < other.last and other.first < self.last)


class Noted:
    """All that was noted."""

    tallies: "WeakKeyDictionary[keras.Layer, Tally]" = WeakKeyDictionary()
    every: list[Tally] = []
    optimizers: "WeakKeyDictionary[Any, Applied]" = WeakKeyDictionary()
    passes = 0
    steps = 0


def meet(
    layer: keras.Layer, given: Any, shape: tuple[int, ...], dtype: str, training: bool | None, frames: list[FrameType]
) -> None:
    """A norm is called; one that keeps no statistics is let pass. `frames` stand above the call, outermost first."""
    if not layer.built or not (hasattr(layer, "moving_mean") or hasattr(layer, "adapt_mean")):
        return
    root = root_of(frames)
    place = places.location(places.of_frames(root.above)) if root is not None else None
    if root is None or place is None:
        return
    tally = Noted.tallies.get(layer)
    if tally is None:
        path = paths(root.target).get(id(layer), layer.name)
        tally = Noted.tallies[layer] = Tally(layer, layers.as_call(layer, shape, dtype, training), path)
        Noted.every.append(tally)
    tally.handed = tally.handed or handed(frames)
    Noted.passes += 1
    frozen = not layer.trainable
    learns = bool(training) and not frozen  # a frozen one is in inference mode, whatever it is told
    key = (place.file, place.line, bool(training), frozen)
    used = tally.places.get(key)
    if used is None:
        records = root.method in _LEARNS or current().records(layer, given)
        used = tally.places[key] = Place(place, root, training=learns, frozen=frozen, records=records)
        used.alone = frozen and _is_alone(layer, root.target)
        used.fixed = fixed(frames)
        if learns:
            used.asked = asked(layer, frames)
            tally.began = _begins(tally.statistics, frames) if tally.began is None else tally.began
    tally.one_by_one = one_by_one(layer)
    used.meet(Noted.passes, Noted.steps, shape[0] if shape and type(shape[0]) is int else None)
    used.momentum = None if tally.adapted else layer.momentum
    used.compiled |= not current().is_real(given)
    if not used.compiled and not tally.adapted and len(used.samples) < MOST_SAMPLES:
        taken = sample(layer, given)
        used.samples += [taken] if taken is not None else []
    tally.latest = used


def _is_alone(layer: keras.Layer, root: keras.Layer) -> bool:
    """Whether the part of a network that holds a layer has weights that are trained."""
    for part in root._flatten_layers():
        if any(one is layer for one in part._flatten_layers(include_self=False, recursive=False)):
            return bool(part.trainable_weights)
    return False


def step(optimizer: Any, variables: Sequence[Any] | None, frame: FrameType) -> None:
    """An optimizer applies gradients, in a call made by this frame."""
    Noted.steps += 1
    held = {id(one) for one in variables or getattr(optimizer, "_trainable_variables", None) or ()}
    running = _compiled(steps.frames_above(frame, itself=True))
    applied = Noted.optimizers.setdefault(optimizer, Applied(Noted.steps))
    applied.last = Noted.steps
    applied.codes |= running
    for tally in Noted.every:
        place = tally.latest
        if place is None:
            continue
        place.in_step |= not running.isdisjoint(place.codes)
        if tally.weights & held:
            place.learnt += 1
            place.learnt_last = Noted.passes
            tally.steps = max(tally.steps, iterations(optimizer))
            tally.optimizer = optimizer
            counter = getattr(optimizer, "iterations", None)
            tally.counters |= {id(counter): counter} if counter is not None else {}
            tally.latest = None
        elif place.records:
            place.passed += 1
            place.optimizer = optimizer


def has_adversary(tally: Tally) -> bool:
    """Whether another network is trained in turns with this norm's."""
    own = Noted.optimizers.get(tally.optimizer) if tally.optimizer is not None else None
    return own is not None and any(own.takes_turns(one) for one in Noted.optimizers.values() if one is not own)


def iterations(optimizer: Any) -> int:
    """How often an optimizer was applied."""
    return counted(getattr(optimizer, "iterations", None))


def counted(counter: Any) -> int:
    """What an optimizer's counter says."""
    try:
        return int(keras.ops.convert_to_numpy(counter))
    except Exception:  # noqa: BLE001 - inside of a compiled step the number has no value
        return 0


def root_of(frames: Sequence[FrameType]) -> Root | None:
    """The outermost call of a layer, or the trainer's method around it, and the user's frame above.

    Where a trainer's method runs a step of the program's own, it is the call that this step makes.
    """
    users = [number for number, frame in enumerate(frames) if places.is_user(frame.f_code.co_filename)]
    call = next((number for number, one in enumerate(frames) if _is_call(one)), len(frames))
    trainers = [number for number, one in enumerate(frames[:call]) if steps.is_trainer(one)]
    above = [number for number in users if number < call]
    if trainers and not any(number > trainers[-1] for number in above):
        call = trainers[-1]
        above = [number for number in above if number < call]
    target = frames[call].f_locals.get("self") if call < len(frames) else None
    if not isinstance(target, keras.Layer) or not above:
        return None
    functions = tuple(frames[at].f_code.co_name.removeprefix("tf__") for at in reversed(above))
    method = frames[call].f_code.co_name if steps.is_trainer(frames[call]) else ""
    return Root(target, method, frames[: above[-1] + 1], functions, _compiled(frames[: above[-1] + 1]))


_COMPILERS = ("polymorphic_function.py", "pjit.py")
"""The files of TensorFlow and JAX in which a function of the program is compiled."""


def _compiled(frames: Sequence[FrameType]) -> frozenset[CodeType]:
    """The program's own code among these frames that is run to be compiled."""
    compiling = (number for number, one in enumerate(frames) if one.f_code.co_filename.endswith(_COMPILERS))
    start = next(compiling, len(frames))
    return frozenset(one.f_code for one in frames[start:] if places.is_user(one.f_code.co_filename))


def _is_call(frame: FrameType) -> bool:
    return frame.f_code in (steps.LAYER_CALL, steps.STATELESS_CALL)


def _callee(root: Root, called: Location) -> str | None:
    """How the network is named where it is called; TensorFlow may have rewritten the function around the call."""
    if root.above[-1].f_code.co_filename != called.file:
        source = read(called.file)
        named = {
            ast.unparse(one.func)
            for one in (source.calls if source is not None else ())
            if covers(one, called.line) and steps.value_of(one.func, root.above[-1]) is root.target
        }
        return named.pop() if len(named) == 1 else callee_at(called)
    node = places.call_in(root.above[-1])
    return ast.unparse(node.func) if node is not None else None


class Adapted(NamedTuple):
    """How a layer learnt its statistics from data."""

    location: Location
    numbers: str | None
    """What the program calls NumPy there, where that is what it was given, and whole rows of it are finite."""
    columns: Columns | None = None
    flat: tuple[int, ...] = ()
    """The columns of the data that do not vary in it."""
    part: tuple[str, str] | None = None
    """What the program writes there, where that is a part of an array, and the whole."""
    learnt: Learnt | None = None
    """Of data that are one table."""


ADAPTED: dict[int, Adapted] = {}
"""By the layer's id."""


def adapted(layer: keras.Layer, data: Any, frame: FrameType | None) -> None:
    """A layer learns its statistics from data, where this frame calls it."""
    place = places.location(places.here(frame))
    if place is not None:
        source = read(place.file) if _has_whole_rows(layer, data) else None
        known = imported_as(source) if source is not None else {}
        alias = next((name for name, full in known.items() if full == "numpy"), None)
        spread = deviations(data) if len(layer.axis) == 1 else ()
        flat = tuple(number for number, one in enumerate(spread) if one == 0)
        part = _part(frame) if flat else None
        ADAPTED[id(layer)] = Adapted(place, alias, columns(layer, data), flat, part, _learnt(place, data, frame))


def _users(frame: FrameType | None) -> FrameType | None:
    """The user's innermost frame at or above this one."""
    return places.user_frame(steps.frames_above(frame, itself=True))


def _learnt(place: Location, data: Any, frame: FrameType | None) -> Learnt | None:
    """How many columns a table has that a layer is adapted to, and which others the program has at hand there."""
    frame = _users(frame)
    call = places.call_in(frame)
    shape: tuple[int, ...] = tuple(getattr(data, "shape", ()))
    if frame is None or len(shape) < 2:
        return None
    others = {
        name: int(value.shape[-1])
        for name, value in frame.f_locals.items()
        if isinstance(value, numpy.ndarray) and value.ndim == len(shape) and len(value) == shape[0]
    }
    return Learnt(place, int(shape[-1]), ast.unparse(call.args[0]) if call is not None and call.args else None, others)


def _part(frame: FrameType | None) -> tuple[str, str] | None:
    """What is handed over in the call that a user's frame is in, where that is a slice of an array."""
    call = places.call_in(_users(frame))
    given = call.args[0] if call is not None and call.args else None
    sliced = isinstance(given, ast.Subscript) and isinstance(given.slice, ast.Slice)
    return (ast.unparse(given), ast.unparse(given.value)) if sliced and isinstance(given, ast.Subscript) else None


def _has_whole_rows(layer: keras.layers.Normalization, data: Any) -> bool:
    """Whether some rows of a table hold NaN or infinity, and others do not."""
    if not isinstance(data, numpy.ndarray) or data.dtype.kind != "f" or data.ndim < 2 or data.size > LARGEST:
        return False
    if tuple(layer.axis) not in ((-1,), (data.ndim - 1,)):
        return False
    whole = numpy.isfinite(data).all(axis=-1)
    return bool(whole.any()) and not bool(whole.all())
