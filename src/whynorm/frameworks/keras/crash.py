"""From a live exception to the pass it came out of, followed again by shapes."""

from collections.abc import Callable, Iterator
from traceback import walk_tb
from types import FrameType
from typing import Any, NamedTuple

import keras
from keras import tree

from whynorm.facts import Call, Location, Open, Raised, Trace, Trial, Value
from whynorm.frameworks.keras import layers, places
from whynorm.frameworks.keras.applications import refused
from whynorm.frameworks.keras.follow import framework, specs
from whynorm.frameworks.keras.graph import Replay
from whynorm.frameworks.keras.hints import hints
from whynorm.frameworks.keras.loading import loaded, trial_of
from whynorm.frameworks.keras.moved import moved
from whynorm.frameworks.keras.operations import failed
from whynorm.frameworks.keras.passes import Given, How, run_on, run_pass
from whynorm.frameworks.keras.raw import raw
from whynorm.frameworks.keras.really import sizes
from whynorm.frameworks.keras.record import paths
from whynorm.frameworks.keras.refusals import constructor
from whynorm.frameworks.keras.steps import Entered, Training, entered, frames_of, from_line, told, trained
from whynorm.frameworks.keras.tensors import Spec, is_tensor, raised_of, shape_of
from whynorm.frameworks.keras.trial import trial
from whynorm.frameworks.keras.uses import ADAPTED
from whynorm.frameworks.keras.weights import weights
from whynorm.frameworks.room import Followed
from whynorm.texts.wordings import recognise


class _Root(NamedTuple):
    """What to follow again, and as what."""

    target: object
    given: Given
    how: How


def crash(exception: BaseException) -> Followed | None:
    """Follow again what raised this exception; None if it is none of ours."""
    frames = frames_of(exception.__traceback__)
    return crash_at(exception, frames, places.of_traceback(exception.__traceback__))


def crash_at(exception: BaseException, frames: list[FrameType], place: places.Place | None) -> Followed | None:
    """`crash`, with the frames given as they were before Keras shortened them, and the user's innermost line."""
    calls, training = list(entered(frames)), trained(frames)
    outside = _outside(exception, frames, places.location(place)) or _by_hand(exception, frames, calls)
    if outside is not None:
        return outside
    if not calls and training is None:
        calls, training = from_line(exception.__traceback__)
    if not calls and training is None and not _is_operation(exception, frames):
        return None
    location, raised = places.location(place), raised_of(exception)
    followed = Followed(
        framework(),
        "raises",
        Trace(),
        raised,
        told(walk_tb(exception.__traceback__)),
        hints(frames, training, location),
    )
    grown = any(frame.f_code.co_name == "_maybe_rebuild" for frame in frames)
    for root in _roots(calls, training, failed=True, grown=grown, channels=_channels(raised)):
        seen = run_on(root.target, root.given, how=root.how)
        placed = _placed(seen.trace, calls, raised, same=seen.raised == raised)
        if placed is not None:
            number, call = placed
            here = call.location if raised.message.startswith("Graph execution error") else None  # what it ran
            call = call._replace(raised=raised, location=here or location or call.location)
            if any(isinstance(size, Open) for size in (call.shape or ())[1:]) and isinstance(root.target, Replay):
                really = dict(sizes(seen.trace.calls[:number], root.target.layers))
                followed = followed._replace(hints={**followed.hints, "really": really})
            followed = followed._replace(hints={**followed.hints, **_learnt(root.target, call)})
            if isinstance(root.target, Replay):
                declared = {number: place for number, place in enumerate(root.target.declared) if place is not None}
                followed = followed._replace(hints={**followed.hints, "declared": declared})
            return followed._replace(
                trace=Trace(seen.trace.inputs, [*seen.trace.calls[:number], call, *seen.trace.calls[number + 1 :]]),
                trial=_trial(root),
            )
    alone = _alone(calls, training, frames, raised)
    tried = None
    if calls and not alone.shape:
        tried = trial(calls[0].layer, Given([Spec((), "float32")], {}), How(failed=True))
    elif calls:
        layer, args, kwargs = calls[-1]
        tried = trial(layer, specs(layer, args, kwargs), How(failed=True))
    return followed._replace(
        trace=Trace(alone.inputs, [alone._replace(location=location)]),
        trial=None if tried is None else lambda _: tried,
    )


def _learnt(target: object, call: Call) -> dict[str, object]:
    """What the layer that raised was adapted to before."""
    number = next((number for number, path in paths(target).items() if path == call.path), None)
    known = ADAPTED.get(number) if number is not None else None
    return {"learnt": known.learnt} if known is not None and known.learnt is not None else {}


def running(frames: list[FrameType], samples: int | None = None, *, records: bool = True) -> Followed | None:
    """Follow the pass that is running in these frames, from its outermost layer, with so many samples.

    `records`: whether gradients are being recorded.
    """
    calls, training = list(entered(frames)), trained(frames)
    place = places.location(places.of_frames(frames))
    for found in _roots(calls, training, failed=False, samples=samples):
        root = found if training is not None or samples is None else found._replace(given=_closed(found.given, samples))
        seen = run_pass(root.target, root.given, how=root.how)
        if seen.raised is None:
            placed = [call if call.location else call._replace(location=place) for call in seen.trace.calls]
            return Followed(
                framework(),
                "completes",
                Trace(seen.trace.inputs, placed),
                frames=told((frame, frame.f_lineno) for frame in frames),
                hints={**hints(frames, training, place), **({} if records or training else {"grad": False})},
                trial=_trial(root),
            )
    return None


def _closed(given: Given, samples: int) -> Given:
    """The same with so many samples where their number is left open."""

    def close(thing: Any) -> Any:
        if not isinstance(thing, Spec) or not thing.shape or thing.shape[0] is not None:
            return thing
        return Spec((samples, *thing.shape[1:]), thing.dtype)

    return Given(*tree.map_structure(close, (given.args, given.kwargs)))


def _trial(root: _Root) -> Callable[[Call], Trial]:
    tried = trial(root.target, root.given, root.how)
    return lambda call: tried


def _outside(exception: BaseException, frames: list[FrameType], place: Location | None) -> Followed | None:
    """What is raised where a layer is built, or loaded from a file: no pass leads there."""
    raised = raised_of(exception)
    known = dict(hints(frames, None, place))
    unfit = weights(frames, raised, place)
    if unfit is not None:
        known["differences"] = unfit.differences
        trial_of_weights = unfit.trial
        return Followed(
            framework(),
            "raises",
            Trace((), unfit.calls),
            raised,
            told(walk_tb(exception.__traceback__)),
            known,
            trial=lambda _: trial_of_weights,
        )
    lost = loaded(frames, raised, place) or moved(raised, place)
    if lost is not None:
        known["missing"] = lost[1]
        call, tried = lost[0], trial_of(frames, lost[1], raised)
    elif (found := constructor(frames, place, raised) or refused(frames, place, raised)) is not None:
        call, tried = found
    else:
        return None
    return Followed(
        framework(),
        "raises",
        Trace(call.inputs, [call]),
        raised,
        told(walk_tb(exception.__traceback__)),
        known,
        trial=lambda _: tried,
    )


def _by_hand(exception: BaseException, frames: list[FrameType], calls: list[Entered]) -> Followed | None:
    """A norm of no layer, that the program computes on parameters which it made itself."""
    found = raw(frames, raised_of(exception)) if not calls else None
    if found is None:
        return None
    call = found.call
    return Followed(
        framework(),
        "raises",
        Trace((), [call]),
        call.raised,
        told(walk_tb(exception.__traceback__)),
        hints(frames, None, call.location),
        trial=lambda _: found.trial,
    )


def _is_operation(exception: BaseException, frames: list[FrameType]) -> bool:
    """Whether an operation of Keras or TensorFlow raised it, called by the program itself, in words that are known."""
    match = recognise(str(exception), "keras")
    return match is not None and match.framework in ("keras", "tensorflow") and failed(frames) is not None


def _channels(raised: Raised) -> int | None:
    """The channels that a layer got, where its refusal says so: a pipeline may know them only when it is run."""
    match = recognise(raised.message, "keras")
    return match.number("got") if match is not None and match.wording.symptom == "input-channels" else None


def _with_channels(inputs: Any, channels: int | None) -> Any:
    """The inputs, with so many channels where their number is open."""
    axis = 1 if keras.config.image_data_format() == "channels_first" else -1

    def known(thing: Any) -> Any:
        if not isinstance(thing, Spec) or len(thing.shape) < 3 or thing.shape[axis] is not None:
            return thing
        sizes = list(thing.shape)
        sizes[axis] = channels
        return Spec(tuple(sizes), thing.dtype)

    return tree.map_structure(known, inputs)


def _roots(
    calls: list[Entered],
    training: Training | None,
    *,
    failed: bool,
    grown: bool = False,
    samples: int | None = None,
    channels: int | None = None,
) -> Iterator[_Root]:
    """What to follow, best first: the model that is trained, the outermost call, the innermost one.

    Of the batches of a training first the one with this many samples.
    """
    if training is not None:
        compiled = keras.backend.backend() == "tensorflow" and not training.model.run_eagerly
        how = How(asking=not compiled, failed=failed)
        whole = _whole(training)
        if whole is not None:
            yield _Root(training.model, Given([whole], {"training": training.training}), how)
        sizes: list[int | None] = [*training.batches.sizes] or [None]
        for size in sorted(sizes, key=lambda size: size != samples):
            given = Given([_with_channels(training.batches.of(size), channels)], {"training": training.training})
            yield _Root(training.model, given, how)
    for call in (*calls[:1], *calls[-1:]):
        if any(getattr(getattr(thing, "shape", None), "rank", 0) is None for thing in tree.flatten(call[1:])):
            continue  # a tensor of which not even the rank is known cannot be made again
        symbols = [thing for thing in tree.flatten((call.args, call.kwargs)) if isinstance(thing, keras.KerasTensor)]
        if symbols:
            replay = Replay(call.layer, call.args, call.kwargs, grown=grown)
            given = Given([Spec(tensor.shape, tensor.dtype) for tensor in replay.inputs], {})
            yield _Root(replay, given, How(failed=failed))
        yield _Root(call.layer, specs(call.layer, call.args, call.kwargs), How(failed=failed))


def _whole(training: Training) -> Any:
    """All that was handed over, uncut, where it has an axis less than the model takes: it may be a single sample."""
    wanted = getattr(training.model, "input_shape", None) if training.model.built else None
    inputs, samples = training.batches.inputs, training.batches.samples
    if not isinstance(inputs, Spec) or not isinstance(wanted, tuple) or samples is None or training.method == "fit":
        return None
    return training.batches.of(samples) if len(inputs.shape) == len(wanted) - 1 else None


def _placed(trace: Trace, calls: list[Entered], raised: Raised, *, same: bool) -> tuple[int, Call] | None:
    """The call that failed, if the pass that was followed failed where the program did."""
    number = next((number for number, call in enumerate(trace.calls) if call.raised is not None), None)
    if number is None:
        return None
    call = trace.calls[number]
    assert call.raised is not None
    if same or not calls:
        return number, call
    quoted = call.raised.message and call.raised.message in raised.message
    last = calls[-1].layer
    at_layer = call.type == type(last).__name__ and (call.path or "").split("/")[-1] in (last.name, "")
    at_layer = at_layer or (isinstance(last, keras.Model) and _says_the_same(call.raised, raised))
    return (
        (number, call) if quoted or at_layer or call.type.startswith(("keras.ops", "tf.", "jnp.", "torch.")) else None
    )


def _says_the_same(one: Raised, other: Raised) -> bool:
    """Whether two messages show the same symptom: a model may quote the tensor that it refuses."""
    found = [recognise(raised.message, "keras") for raised in (one, other)]
    return all(match is not None for match in found) and len({match and match.wording.symptom for match in found}) == 1


def _alone(calls: list[Entered], training: Training | None, frames: list[FrameType], raised: Raised) -> Call:
    """The failing call without what led there."""
    if calls:
        layer, args, kwargs = calls[-1]
        tensors = [thing for thing in tree.flatten((args, kwargs)) if is_tensor(thing) or hasattr(thing, "shape")]
        shapes = [shape_of(thing) for thing in tensors]
        made = layers.as_call(layer, shapes[0] if shapes else (), "float32", kwargs.get("training"))
        if made.role == "norm" and len(made.shape or ()) > 3 and keras.config.image_data_format() == "channels_first":
            made = made._replace(channel_axis=1)
        values = tuple(Value(number + 1, shape, "float32") for number, shape in enumerate(shapes))
        return made._replace(path=layer.name, inputs=values, raised=raised)
    found = failed(frames)
    if found is None:
        name = "operation" if training is None else type(training.model).__name__
        return Call(name, path="", raised=raised)
    name, role, tensors, arguments = found
    values = tuple(Value(number + 1, shape_of(one), "float32") for number, one in enumerate(tensors))
    return Call(name, role, "", inputs=values, arguments=arguments, raised=raised)
