"""The running of one pass over abstract tensors of the backend."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import keras
from keras import tree
from keras.src.layers.core.input_layer import InputLayer
from keras.src.models.functional import Functional

from whynorm.facts import Call, Raised, Trace, Value
from whynorm.frameworks.keras import places
from whynorm.frameworks.keras.backends import Backend, current
from whynorm.frameworks.keras.graph import Replay
from whynorm.frameworks.keras.kept import kept, lend
from whynorm.frameworks.keras.layers import is_keras_own
from whynorm.frameworks.keras.record import Recorder, Substitute
from whynorm.frameworks.keras.tensors import Spec, is_tensor, raised_of, shape_of
from whynorm.texts.wordings import recognise


class Given(NamedTuple):
    """One call of a target: its arguments, with a `Spec` for each tensor."""

    args: list[Any]
    kwargs: dict[str, Any]


class How(NamedTuple):
    """What is known of the pass beside its shapes."""

    asking: bool = True
    """Layers in doubt are asked one by one; without, it is what a compiled graph makes of them."""
    failed: bool = False
    """It has failed in earnest: what was built by it is to be built anew."""
    going_on: bool = False
    """Behind a norm that refuses its input the pass goes on, as if the norm were not there."""


AS_IT_IS = How()


class Pass(NamedTuple):
    """How one pass ended."""

    trace: Trace
    raised: Raised | None
    outputs: tuple[tuple[int, ...], ...]


def run_pass(
    target: object, given: Given, substitutes: Mapping[int, Substitute] | None = None, *, how: How = AS_IT_IS
) -> Pass:
    """One pass over abstract tensors; nothing of it stays."""
    backend = current()
    symbolic = any(None in thing.shape for thing in tree.flatten((given.args, given.kwargs)) if isinstance(thing, Spec))
    raised: Raised | None = None
    values: tuple[Value, ...] = ()
    outputs: tuple[tuple[int, ...], ...] = ()

    def run(recorder: Recorder) -> None:
        nonlocal raised, values, outputs
        make = _symbol if symbolic else functools.partial(_abstract, backend)
        args, kwargs = tree.map_structure(make, (given.args, given.kwargs))
        values = recorder.start((args, kwargs))
        try:
            result = _follow_pass(_as_graph(target) if symbolic else target, args, kwargs)
        except Exception as error:  # noqa: BLE001 - what the user's model raises is what is told
            raised = raised_of(error)
        else:
            raised = recorder.first_refusal
            outputs = tuple(shape_of(thing) for thing in tree.flatten(result) if is_tensor(thing))

    roots = target.layers if isinstance(target, Replay) else [target]
    with kept(*roots):
        recorder = Recorder(
            backend,
            target,
            bool(given.kwargs.get("training")),
            {**(_anew(target) if how.failed else {}), **(substitutes or {})},
            symbolic=symbolic,
            asking=how.asking,
            going_on=how.going_on,
        )
        _as_before_building(target)
        with recorder.recording():
            if symbolic:
                run(recorder)
            else:
                with _stateless() as scope:

                    def traced() -> None:
                        for root in roots:
                            lend(root, scope, backend.abstract)
                        run(recorder)

                    backend.trace(traced)
    return Pass(recorder.trace(values), raised, outputs)


def run_on(target: object, given: Given, *, how: How = AS_IT_IS) -> Pass:
    """One pass, and where a norm refused its input what is behind it too, with all that fails there."""
    first = run_pass(target, given, how=how)
    last = first.trace.calls[-1] if first.trace.calls else None
    if first.raised is None or last is None or last.role != "norm" or not last.path:
        return first
    further = run_pass(target, given, how=how._replace(going_on=True))
    number = len(first.trace.calls) - 1
    same = _strikes(further.trace.calls[: number + 1]) == _strikes(first.trace.calls)
    if not same:
        return first
    ends = further.trace.calls[-1]
    if ends.raised is not None and ends.role != "norm" and _symptom(ends.raised) == _symptom(first.raised):
        return first._replace(trace=Trace(further.trace.inputs, further.trace.calls[:-1]))  # of the same fault
    return first._replace(trace=further.trace)


def _symptom(raised: Raised) -> str | None:
    match = recognise(raised.message, "keras")
    return match.wording.symptom if match is not None else None


def _strikes(calls: Sequence[Call]) -> list[tuple[str | None, bool]]:
    """Which calls there are, and whether they raised; around the first one a model may say more than the layer."""
    return [(call.path, call.raised is not None) for call in calls]


def _anew(target: object) -> dict[int, Substitute]:
    """A model that failed where it was built has layers that were built for what failed: they are built anew.

    Of a graph that failed while it was written, those that have been called in it alone.
    """
    found: dict[int, Substitute] = {}
    if isinstance(target, Replay):
        for layer in target.new_layers:
            if is_keras_own(layer) and not _parts(layer):
                found[id(layer)] = _copied(layer)
        return found
    waiting = [target]
    while waiting:
        above = waiting.pop()
        if isinstance(above, keras.Layer) and not above.built:
            waiting += _parts(above)
        elif isinstance(above, keras.Layer) and above is not target and is_keras_own(above) and not _parts(above):
            found[id(above)] = _copied(above)
    return found


def _parts(layer: keras.Layer) -> list[keras.Layer]:
    return list(layer._flatten_layers(include_self=False, recursive=False))


def _copied(layer: keras.Layer) -> Substitute:
    """A copy, not yet built, takes the layer's place."""
    made = type(layer).from_config(layer.get_config())
    places.stand_in(made, layer)
    return lambda call, args, kwargs: call(made, args, kwargs)


def _as_before_building(target: object) -> None:
    """A Sequential that failed where it was built has kept an input layer for the shape that failed."""
    if not isinstance(target, keras.Layer):
        return
    for part in target._flatten_layers():
        if (
            isinstance(part, keras.Sequential)
            and not part.built
            and isinstance(next(iter(part._layers), None), InputLayer)
        ):
            part._layers = part._layers[1:]


def _follow_pass(target: Any, args: Any, kwargs: Any) -> Any:
    return target(*args, **kwargs)


def _as_graph(target: object) -> object:
    """What calls a model's layers one by one, where a symbolic call of the model would not."""
    return target.call if isinstance(target, Functional | keras.Sequential) else target


def _stateless() -> Any:
    scope = keras.StatelessScope()
    scope.initialize_variables = False
    return scope


def _symbol(thing: object) -> object:
    return keras.KerasTensor(thing.shape, thing.dtype) if isinstance(thing, Spec) else thing


def _abstract(backend: Backend, thing: object) -> object:
    return backend.abstract(thing.shape, thing.dtype) if isinstance(thing, Spec) else thing  # type: ignore[arg-type]
