"""What became of each batch norm while a program ran: its calls by place and mode, and its statistics at the end.

Of a norm its two running statistics are kept, and no other tensor. Steps are counted by the optimizers: inside of a
compiled step nothing of Python runs but once.
"""

import ast
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import keras
import numpy

from whynorm.facts import Call, Location, Trace, Value
from whynorm.facts.history import Broken, History, Statistics, Use
from whynorm.frameworks.keras import layers, places, steps
from whynorm.frameworks.keras.follow import framework
from whynorm.frameworks.keras.handed import Handed, handed
from whynorm.frameworks.keras.record import paths
from whynorm.frameworks.room import Followed
from whynorm.source.result import result_of

SYMPTOMS = ("statistics-mode", "nonfinite-statistics")


class Root(NamedTuple):
    """The call that a norm was reached by: of a layer, or of a trainer's method."""

    target: keras.Layer
    method: str
    above: Sequence[FrameType]
    """The frames above it, down to the user's innermost."""
    functions: tuple[str, ...]


class Place:
    """The calls of one norm from one place, in one mode."""

    def __init__(self, called: Location, callee: str | None, root: Root, *, training: bool, frozen: bool) -> None:
        self.called, self.callee, self.method = called, callee, root.method
        self.functions = root.functions
        self.training, self.frozen = training, frozen
        self.calls = self.learnt = self.learnt_last = self.runs = self.longest = 0
        self.first = self.last = self.end_began = self.end_calls = 0
        self.batches: list[int] = []
        self.step = 0

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
        self.call, self.path = call, path
        self.adapted = not hasattr(layer, "moving_mean")
        """It learns by `adapt`, and not from the batches that it gets."""
        names = ("adapt_mean", "adapt_variance") if self.adapted else ("moving_mean", "moving_variance")
        self.statistics = tuple(getattr(layer, name) for name in names)
        self.momentum = None if self.adapted else 1 - float(layer.momentum)
        self.computes = str(layer.compute_dtype)
        self.handed: Handed | None = None
        self.layer_id = id(layer)
        self.weights = {id(weight) for weight in layer.trainable_variables}
        self.places: dict[tuple[object, ...], Place] = {}
        self.latest: Place | None = None
        self.steps = 0
        """So often an optimizer of its weights had applied gradients when it was last seen to."""
        self.optimizer: Any = None


_tallies: "WeakKeyDictionary[keras.Layer, Tally]" = WeakKeyDictionary()
_every: list[Tally] = []
_optimizers: "WeakKeyDictionary[Any, list[int]]" = WeakKeyDictionary()
_adapted: dict[int, Location] = {}
_counted = {"passes": 0, "steps": 0}


def meet(
    layer: keras.Layer, shape: tuple[int, ...], dtype: str, training: bool | None, frames: list[FrameType]
) -> None:
    """A norm is called; one that keeps no statistics is let pass. `frames` stand above the call, outermost first."""
    if not layer.built or not (hasattr(layer, "moving_mean") or hasattr(layer, "adapt_mean")):
        return
    root = _root(frames)
    place = places.location(places.of_frames(root.above)) if root is not None else None
    if root is None or place is None:
        return
    tally = _tallies.get(layer)
    if tally is None:
        path = paths(root.target).get(id(layer), layer.name)
        tally = _tallies[layer] = Tally(layer, layers.as_call(layer, shape, dtype, training), path)
        _every.append(tally)
    tally.handed = tally.handed or handed(frames)
    _counted["passes"] += 1
    key = (place.file, place.line, bool(training), bool(layer.trainable))
    used = tally.places.get(key)
    if used is None:
        callee = _callee(root)
        used = Place(place, callee, root, training=bool(training), frozen=not layer.trainable)
        tally.places[key] = used
    used.meet(_counted["passes"], _counted["steps"], shape[0] if shape and type(shape[0]) is int else None)
    tally.latest = used


def step(optimizer: Any, variables: Sequence[Any] | None) -> None:
    """An optimizer applies gradients."""
    _counted["steps"] += 1
    held = {id(one) for one in variables or getattr(optimizer, "_trainable_variables", None) or ()}
    _optimizers.setdefault(optimizer, []).append(_counted["steps"])
    for tally in _every:
        if tally.latest is not None and tally.weights & held:
            tally.latest.learnt += 1
            tally.latest.learnt_last = _counted["passes"]
            tally.steps = max(tally.steps, _iterations(optimizer))
            tally.optimizer = optimizer
            tally.latest = None


def _iterations(optimizer: Any) -> int:
    try:
        return int(keras.ops.convert_to_numpy(optimizer.iterations))
    except Exception:  # noqa: BLE001 - inside of a compiled step the number has no value
        return 0


def _root(frames: Sequence[FrameType]) -> Root | None:
    """The outermost call of a layer, or the trainer's method around it, and the user's frame above."""
    for number, frame in enumerate(frames):
        if frame.f_code in (steps.LAYER_CALL, steps.STATELESS_CALL) or steps.is_trainer(frame):
            target = frame.f_locals.get("self")
            users = [at for at in range(number) if places.is_user(frames[at].f_code.co_filename)]
            if not isinstance(target, keras.Layer) or not users:
                return None
            functions = tuple(frames[at].f_code.co_name.removeprefix("tf__") for at in reversed(users))
            method = frame.f_code.co_name if steps.is_trainer(frame) else ""
            return Root(target, method, frames[: users[-1] + 1], functions)
    return None


def _callee(root: Root) -> str | None:
    node = places.call_in(root.above[-1])
    return ast.unparse(node.func) if node is not None else None


def followed_at_end() -> Iterator[Followed]:
    """The histories of the norms that were called; those that are alike are one."""
    alike: dict[object, list[tuple[Tally, History]]] = {}
    for tally in _every:
        history = _history(tally)
        if history is not None:
            key = ([(use.called, use.training, use.calls, use.learnt) for use in history.uses], history.statistics)
            alike.setdefault(repr(key), []).append((tally, history))
    for group in alike.values():
        tally, history = group[0]
        use = max(history.uses, key=lambda one: one.learnt)
        call = tally.call._replace(
            path=tally.path, location=use.called, history=history._replace(alike=len(group)), training=use.training
        )
        values = (Value(1, call.shape or (), "float32"),)
        trace = Trace(values, [call._replace(inputs=values)])
        hints: dict[str, object] = {}
        if tally.handed is not None and tally.handed.argument is not None:
            hints["argument"] = tally.handed.argument
        if tally.layer_id in _adapted:
            hints["adapted"] = _adapted[tally.layer_id]
        yield Followed(framework(), "completes", trace, hints=hints, symptoms=SYMPTOMS)


def _history(tally: Tally) -> History | None:
    try:
        mean, variance = (keras.ops.convert_to_numpy(one) for one in tally.statistics)
    except Exception:  # noqa: BLE001 - statistics whose values are held elsewhere tell nothing
        return None
    taken = max(tally.steps, _iterations(tally.optimizer) if tally.optimizer is not None else 0)
    traced = sum(place.learnt for place in tally.places.values())  # of a compiled step just its first
    uses = tuple(
        _use(place, max(taken, traced) if place.learnt == traced > 0 else place.learnt)
        for place in tally.places.values()
        if place.learnt or not (place.callee or "").endswith(".stateless_call")  # else what learns is not seen
    )
    broken = int((~_finite(mean) | ~_finite(variance)).sum())
    statistics = Statistics(
        initial=not mean.any() and bool((variance == 1).all()),
        finite=not broken,
        updates=None,
        momentum=tally.momentum,
    )
    learns = any(use.learnt for use in uses)
    return History(
        uses,
        1,
        _counted["steps"],
        moved=learns,
        part=None,
        adversary=len(_optimizers) > 1,
        statistics=statistics,
        broken=_broken(tally, broken, int(mean.size)) if broken else None,
        adapted=tally.adapted,
    )


def _broken(tally: Tally, broken: int, channels: int) -> Broken:
    """Statistics that are not finite; what comes in is of 16 bits where the layer computes in them."""
    made = Broken(tally.path, None, 1, (broken, channels))
    seen = tally.handed
    if seen is not None and seen.finite and tally.computes == "float16" and not tally.adapted:
        return made._replace(dtype=tally.computes, largest=seen.largest)
    return made


def adapted(layer: keras.Layer, frame: FrameType | None) -> None:
    """A layer learns its statistics from data, where this frame calls it."""
    place = places.location(places.here(frame))
    if place is not None:
        _adapted[id(layer)] = place


def _finite(values: Any) -> Any:
    return numpy.isfinite(values.astype("float32"))


def _use(place: Place, learnt: int) -> Use:
    sizes = place.batches or [0]
    return Use(
        place.training,
        bool(learnt),
        place.training,
        place.called,
        place.callee,
        place.functions,
        max(place.calls, learnt),
        place.first,
        place.last,
        place.longest,
        place.runs,
        place.end_began,
        place.end_calls,
        learnt,
        place.learnt_last,
        (min(sizes), max(sizes)),
        sum(sizes),
        frozen=place.frozen,
        moved=bool(learnt),
        mode="training" if not place.method else None,
        result="used" if place.method else result_of(place.called, place.callee),
    )
