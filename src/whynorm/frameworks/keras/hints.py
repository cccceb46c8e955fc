"""What the frames of a live program prove beyond the shapes: see `Case.hints`."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from types import FrameType, ModuleType
from typing import Any

import keras
import numpy
from keras import tree
from keras.src.models.functional import Functional

from whynorm.facts import Frame, Location, Origin, Spot, Unshaped
from whynorm.facts.spelling import Spoken
from whynorm.frameworks.keras import places, steps
from whynorm.frameworks.keras.tensors import is_tensor
from whynorm.source import flow
from whynorm.source.files import Function, Source, read
from whynorm.source.origin import origin
from whynorm.source.pieces import cut_at
from whynorm.source.places import argument_of, covers, dotted
from whynorm.source.running import program
from whynorm.source.sliced import cut_by_hand
from whynorm.source.written import results

_INPUT = "x"
"""How a trainer's methods name what the model gets."""
_VALIDATION = "validation_data"
"""How `fit` names what is evaluated in between."""
_UNSHAPED = ("numpy_function", "py_function", "from_generator")
"""What hands over tensors of unknown shape, unless it is said."""
_SIZE_AT = {"fit": 2, "evaluate": 2, "predict": 1}
"""Where they take the size of a batch."""


def hints(frames: Sequence[FrameType], training: steps.Training | None, place: Location | None) -> Mapping[str, object]:
    """All that is known around the call of a root; `place` is the user's innermost line."""
    known: dict[str, object] = {}
    if place is not None:
        known["called"] = place
    spot = _spot(frames)
    if spot is not None:
        known["spot"] = spot
    call = _call(frames)
    if call is not None:
        frame, location, node, number = call
        known["called"], known["callee"] = location, ast.unparse(node.func)
        known["mode"] = "training" if training is None else None
        trainers = [one for one in frames if steps.is_trainer(one)]
        validating = len({one.f_code.co_name for one in trainers}) > 1 and trainers[-1].f_code.co_name == "evaluate"
        if validating:
            known["handed"] = _VALIDATION
        given = _given(trainers[-1:] if validating else frames[number:])
        spoken = _spoken(frame, given)
        if spoken is not None:
            known["spoken"] = spoken
        batches = not isinstance(given, tuple | list | dict) and not hasattr(given, "shape") and bool(trainers)
        named = _VALIDATION if validating else _INPUT
        origins = dict(_origins(frames[:number], frame, location, node, named, batches=batches))
        if origins:
            known["origins"] = origins
    cut = cut_at(place) if place is not None else None
    if cut is not None:
        known["cut"] = cut
    flattens = list(_flattens()) if place is not None else []
    if len(flattens) == 1:
        known["flattens"] = flattens[0]
    shapeless = _shapeless(frames, place)
    if shapeless is not None:
        known["shapeless"], known["unshaped"] = shapeless
    if training is not None:
        known["method"] = training.method
    whole = training is not None and not training.method.endswith("_on_batch")
    made = training.batches if training is not None and whole else None
    if training is not None and made is not None and made.samples is not None:
        known["loader"] = {
            "samples": made.samples,
            "batch_size": made.size,
            "drop_last": False,
            **_setting(training, known),
        }
    elif not whole and call is not None and (by_hand := _cut_by_hand(frames[: call[3] + 1])) is not None:
        known["loader"] = by_hand
    return known


def _cut_by_hand(above: Sequence[FrameType]) -> Mapping[str, object] | None:
    """How the loop around the root's call cuts the batches, in the function that makes it or one further out."""
    placed = ((places.location(places.of_frames([frame])), frame) for frame in reversed(above))
    return cut_by_hand((place, partial(steps.value_of, frame=frame)) for place, frame in placed if place is not None)


def _spot(frames: Sequence[FrameType]) -> Spot | None:
    """The user's innermost call of a layer."""
    known = places.of_each(frames)
    number = next((at for at in reversed(range(len(frames))) if known[at] is not None), None)
    if number is None:
        return None
    layer = next((one.f_locals.get("self") for one in frames[number:] if one.f_code is steps.LAYER_CALL), None)
    call = _written(frames[number], known[number], layer)
    if call is None or not isinstance(layer, keras.Layer):
        return None
    return Spot(call[0], ast.unparse(call[1].func), layer.name)


def _written(frame: FrameType, place: places.Place | None, called: object) -> tuple[Location, ast.Call] | None:
    """The call that a user's frame is in, and where; of what TensorFlow rewrote, that of the original."""
    if place is None:
        return None
    if not places.is_rewritten(frame):
        node = places.call_in(frame)
    else:
        source = read(place[0])
        calls = [call for call in source.calls if covers(call, place[1])] if source is not None else []
        node = next((call for call in calls if _calls(call.func, frame, called)), None)
    if node is None:
        return None
    line = places.location((place[0], node.lineno))
    return Location(place[0], node.lineno, line.code if line is not None else "", node.col_offset), node


def _calls(func: ast.expr, frame: FrameType, called: object) -> bool:
    """Whether a callee is this layer, or one of its methods."""
    if steps.value_of(func, frame) is called:
        return True
    return isinstance(func, ast.Attribute) and steps.value_of(func.value, frame) is called


def _call(frames: Sequence[FrameType]) -> tuple[FrameType, Location, ast.Call, int] | None:
    """The user's call of the root: its frame, where it stands, the call, and the number of the frame."""
    root = next(
        (number for number, frame in enumerate(frames) if frame.f_code is steps.LAYER_CALL or steps.is_trainer(frame)),
        len(frames),
    )
    known = places.of_each(frames)
    number = next((at for at in reversed(range(root)) if known[at] is not None), None)
    if number is None:
        return None
    call = _written(frames[number], known[number], frames[root].f_locals.get("self") if root < len(frames) else None)
    return (frames[number], *call, number) if call is not None else None


def _origins(
    above: Sequence[FrameType], frame: FrameType, location: Location, node: ast.Call, named: str, *, batches: bool
) -> Iterator[tuple[int | str, Origin]]:
    """The ways of the root's inputs; `named` is the keyword of the first, in the place of what stands first."""
    own = [
        Frame(told, _name(one), library=False)
        for one, place in zip(above, places.of_each(above), strict=True)
        if (told := places.location(place)) is not None
    ]
    own.append(Frame(location, _name(frame), library=False))
    callee = ast.unparse(node.func)
    for number in range(len(node.args) if named == _INPUT else 0):
        found = origin(own, callee, number, batches=batches)
        if found is not None:
            yield number, found
    first = origin(own, callee, named, batches=batches) if any(one.arg == named for one in node.keywords) else None
    if first is not None:
        yield 0, first


def _name(frame: FrameType) -> str:
    """The function that runs in a frame, as the program calls it."""
    name = frame.f_code.co_name
    return name.removeprefix("tf__") if places.is_rewritten(frame) else name


def _given(frames: Sequence[FrameType]) -> Any:
    """What the first call of a layer, or of a trainer's method, among these frames is handed first."""
    for frame in frames:
        if steps.is_trainer(frame):
            return frame.f_locals.get(_INPUT)
        if frame.f_code is steps.LAYER_CALL:
            return next(iter(frame.f_locals.get("original_args", ())), None)
    return None


def _spoken(frame: FrameType, given: Any) -> Spoken | None:
    """What kind of thing is handed over, and how this frame names the functions that work on it."""
    if isinstance(given, numpy.ndarray):
        return Spoken("numpy", "")
    named = {
        value.__name__: name
        for name, value in {**frame.f_globals, **frame.f_locals}.items()
        if isinstance(value, ModuleType)
    }
    if hasattr(given, "element_spec"):
        parts = len(given.element_spec) if isinstance(given.element_spec, tuple) else 1
        return Spoken("pipeline", named["tensorflow"], parts) if "tensorflow" in named else None
    if not is_tensor(given) or isinstance(given, keras.KerasTensor):
        return None
    if type(given).__module__.startswith("tensorflow") and "tensorflow" in named:
        return Spoken("tensor", named["tensorflow"])
    return Spoken("tensor", f"{named['keras']}.ops") if "keras" in named else None


def _shapeless(frames: Sequence[FrameType], place: Location | None) -> tuple[Location, Unshaped] | None:
    """The step of a `tf.data` pipeline that hands over tensors of unknown rank, and what their shapes would be."""
    pipelines: list[Any] = [frame.f_locals.get("x") for frame in frames if steps.is_trainer(frame)]
    elements = [one.element_spec for one in pipelines if hasattr(one, "element_spec")]
    if not any(getattr(getattr(spec, "shape", None), "rank", 0) is None for spec in tree.flatten(elements)):
        return None
    source = read(place.file) if place is not None else None
    calls = [call for name in _UNSHAPED for call in source.called.get(name, ())] if source is not None else []
    if source is None or len(calls) != 1:
        return None
    wanted = next((_wanted(frame.f_locals["self"]) for frame in frames if steps.is_trainer(frame)), None)
    return source.location(calls[0]), _unshaped(source, calls[0], wanted)


def _flattens() -> Iterator[tuple[Location, str, str, str]]:
    """Where the program reshapes to rows of as many features as there are, `tf.reshape(x, [tf.shape(x)[0], -1])`.

    Each with the call, the name of the function, and what is reshaped.
    """
    for source in program():
        for call in source.called.get("reshape", ()):
            named, sizes = argument_of(call, None, 0), argument_of(call, "shape", 1)
            parts = sizes.elts if isinstance(sizes, ast.List | ast.Tuple) else []
            if len(parts) == 2 and ast.unparse(parts[1]) == "-1" and isinstance(named, ast.Name):
                yield source.location(call), source.segment(call), source.segment(call.func), named.id


def _wanted(model: keras.Model) -> tuple[int, ...] | None:
    """The shape of one sample that a model was built for, where that is one tensor."""
    shape = getattr(model, "input_shape", None) if isinstance(model, Functional | keras.Sequential) else None
    known = isinstance(shape, tuple) and len(shape) > 1 and all(isinstance(size, int) for size in shape[1:])
    return shape[1:] if isinstance(shape, tuple) and known else None


def _unshaped(source: Source, call: ast.Call, wanted: tuple[int, ...] | None) -> Unshaped:
    """What a function of Python gives there, as far as it is written out, or the model says so."""
    found = flow.callee(source, call.args[0]) if call.args else None
    ways = list(results(found.source, found.node)) if found is not None and isinstance(found.node, Function) else []
    shapes = ways[0] if ways and len(set(ways)) == 1 else (None,)
    statement = source.statement(call)
    targets = statement.targets[0] if isinstance(statement, ast.Assign) and statement.value is call else None
    named = targets.elts if isinstance(targets, ast.Tuple) else [targets]
    names = tuple(one.id for one in named if isinstance(one, ast.Name))
    return Unshaped(dotted(call.func) or "", (shapes[0] or wanted, *shapes[1:]), names)


def _setting(training: steps.Training, known: Mapping[str, Any]) -> Mapping[str, object]:
    """Where the size of the batches is written, and where a pipeline drops what is left over."""
    place, at = known.get("called"), _SIZE_AT.get(training.method)
    if training.batches.pipeline:
        batch = _batch_step(known)
        if batch is None:
            return {}
        return {"location": batch, "setting": ("batch", "drop_remainder", 1), "size": ("batch", "batch_size", 0)}
    if place is None or at is None or "callee" not in known:
        return {}
    return {"location": place, "size": (known["callee"].rpartition(".")[2], "batch_size", at)}


def _batch_step(known: Mapping[str, Any]) -> Location | None:
    """The one line of the file that calls `batch`."""
    source = read(known["called"].file) if "called" in known else None
    calls = source.called.get("batch", ()) if source is not None else ()
    return source.location(calls[0]) if source is not None and len(calls) == 1 else None
