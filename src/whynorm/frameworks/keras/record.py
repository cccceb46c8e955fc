"""What is called while a model is followed, in order; a layer in doubt is asked really, on tensors of its own shape."""

import functools
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any

import keras
from keras.src.backend.common import global_state
from keras.src.ops.operation import Operation
from keras.src.utils import traceback_utils

from whynorm.facts import Call, Open, Raised, Trace, Value
from whynorm.frameworks.keras import layers, places
from whynorm.frameworks.keras.ask import Oracle
from whynorm.frameworks.keras.backends import Backend
from whynorm.frameworks.keras.doubt import deadly, doubtful
from whynorm.frameworks.keras.graph import Replay
from whynorm.frameworks.keras.kept import Kept
from whynorm.frameworks.keras.operations import failed, operation_name, operation_role, unseen_role
from whynorm.frameworks.keras.order import in_order
from whynorm.frameworks.keras.steps import frames_of
from whynorm.frameworks.keras.tensors import Known, raised_of, shapes_of

Substitute = Callable[[Callable[..., Any], Any, Any], Any]
"""What is done instead of a layer's call: given how a layer is called (layer, args, kwargs), and the arguments."""


class Recorder:
    """The calls of one pass."""

    def __init__(
        self,
        backend: Backend,
        root: object,
        training: bool | None,
        substitutes: Mapping[int, "Substitute"] | None = None,
        *,
        symbolic: bool = False,
        asking: bool = True,
        going_on: bool = False,
    ) -> None:
        """`symbolic`: sizes are open, layers get Keras's own symbolic tensors, and nothing is asked really.

        `going_on`: a norm that refuses its input gives it back as it is.
        """
        self._substitutes = substitutes or {}
        self._symbolic = symbolic
        self._going_on = going_on
        self._oracle = Oracle(backend, may_ask=asking and not symbolic)
        self._tensors = Known()
        self.calls: list[Call] = []
        self._training = training
        self._paths = paths(root)
        self._thread = threading.get_ident()
        self._open: list[_Open] = []
        self._building = False
        """A layer without a `build` of its own is called by Keras to build it, before it is called in earnest."""
        self._struck: list[Exception] = []
        self._known: set[int] = set()

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Record the calls that are made inside."""
        layer_call, operation_call = keras.Layer.__call__, Operation.__call__
        build = keras.Layer._maybe_build
        filtered = traceback_utils._process_traceback_frames

        @functools.wraps(layer_call)
        def layer_called(layer: keras.Layer, *args: Any, **kwargs: Any) -> Any:
            if self._passes():
                return layer_call(layer, *args, **kwargs)
            instead = self._substitutes.get(id(layer))
            if instead is not None:
                return instead(functools.partial(self._layer, layer_call), args, kwargs)
            return self._layer(layer_call, layer, args, kwargs)

        @functools.wraps(operation_call)
        def operation_called(operation: Operation, *args: Any, **kwargs: Any) -> Any:
            known = isinstance(operation, keras.Layer)
            if known or self._passes():
                return operation_call(operation, *args, **kwargs)
            return self._operation(operation_call, operation, args, kwargs)

        @functools.wraps(build)
        def built(layer: keras.Layer, *args: Any) -> Any:
            if self._is_loose(layer):
                return None
            before, self._building = self._building, True
            try:
                return build(layer, *args)
            finally:
                self._building = before

        keras.Layer.__call__ = layer_called
        keras.Layer._maybe_build = built
        Operation.__call__ = operation_called
        traceback_utils._process_traceback_frames = _unfiltered
        try:
            yield
        finally:
            keras.Layer.__call__ = layer_call
            Operation.__call__ = operation_call
            keras.Layer._maybe_build = build
            traceback_utils._process_traceback_frames = filtered

    def trace(self, inputs: tuple[Value, ...]) -> Trace:
        """What was recorded."""
        return in_order(inputs, self.calls)

    def _is_loose(self, layer: keras.Layer) -> bool:
        """Whether a `Sequential` is not to be built, but to call its layers one by one, each in earnest."""
        return self._going_on and isinstance(layer, keras.Sequential) and not layer.built

    def _traced_inside(self, layer: keras.Layer) -> bool:
        """Whether a symbolic call traces the layer on tensors of another kind, of which the trail is lost."""
        return self._symbolic and not isinstance(layer, keras.Model)

    def _passes(self) -> bool:
        """Whether a call is none to record: made while asking or building, elsewhere, or by a recurrent cell."""
        if self._oracle.busy or self._building or threading.get_ident() != self._thread:
            return True
        return bool(self._open) and self._open[-1].whole

    def _layer(self, original: Callable[..., Any], layer: keras.Layer, args: Any, kwargs: Any) -> Any:
        single = layers.role(layer) in ("recurrent", "norm") or self._traced_inside(layer)
        whole = single and layers.is_keras_own(layer)
        opened = _Open(self._path(layer), whole=whole)
        before = None if layer.built else Kept(layer)
        inputs = opened.inputs = self._link(self._tensors.values((args, kwargs)))
        self._open.append(opened)
        error: Exception | None = None
        outputs: Any = None
        try:
            if self._symbolic and self._is_loose(layer):
                outputs = layer.call(*args, **kwargs)
            else:
                outputs = original(layer, *args, **kwargs)
        except Exception as raised:  # noqa: BLE001 - whatever a user's layer raises becomes a fact
            error = raised
        finally:
            self._open.pop()
        if error is not None and isinstance(layer, keras.Sequential) and not opened.children:
            self._one_by_one(layer, opened, args, error)
        own = layers.is_keras_own(layer)
        composite = (opened.children > 0 or (_has_layers(layer) and not own)) and not opened.whole
        if error is not None and self._has_struck(error):
            if self._open:
                self._open[-1].children += 1
            raise error
        if error is None or not deadly(layer, inputs):
            answer = None
            if not composite and (error is not None or doubtful(layer, inputs)):
                answer = self._oracle.ask(original, layer, args, kwargs, before)
            if isinstance(answer, Exception):
                error = answer
            elif answer is not None:
                if error is not None or shapes_of(answer[0]) != shapes_of(outputs):
                    outputs = answer[0]
                error = None
            elif error is not None:
                error = self._oracle.words(error)
        if self._open:
            self._open[-1].children += 1
        if error is not None and composite:
            self._operation_failed(error, layer, opened)
        elif not composite or (own and not isinstance(layer, keras.Model)):
            made = () if error is not None else self._tensors.values(outputs)
            self.calls.append(self._call(layer, opened.path, inputs, made, kwargs, error))
            self._known.update(value.id for value in made)
        else:
            self._link(self._tensors.values(outputs), opened)
        if self._open:
            self._open[-1].last = self.calls[-1].outputs[:1] if self.calls else ()
        if error is not None:
            if self._going_on and layers.role(layer) == "norm" and args:
                return args[0]
            self._struck.append(error)
            raise error
        return outputs

    @property
    def first_refusal(self) -> Raised | None:
        """What the first call that failed raised, in a pass that went on."""
        return next((call.raised for call in self.calls if call.raised is not None), None)

    def _one_by_one(self, layer: keras.Sequential, opened: "_Open", args: Any, error: Exception) -> None:
        """A Sequential that fails where it is built calls none of its layers in earnest: here they are called."""
        self._open.append(opened)
        try:
            functools.reduce(lambda given, part: part(given), layer.layers, args[0])
        except Exception:  # noqa: BLE001 - what it raised while it was built is what is told
            self.calls[-1] = self.calls[-1]._replace(raised=raised_of(error))
            self._struck.append(error)
        finally:
            self._open.pop()

    def _has_struck(self, error: Exception) -> bool:
        """Whether a call inside raised this; Keras tells the arguments of the call around it in a new exception."""
        text = str(error)
        return any(error is struck or (str(struck) and str(struck) in text) for struck in self._struck)

    def _operation(self, original: Callable[..., Any], operation: Operation, args: Any, kwargs: Any) -> Any:
        name = type(operation).__name__
        inputs = self._link(self._tensors.values((args, kwargs)))
        if name == "ConvertToTensor" and inputs:
            converted = original(operation, *args, **kwargs)
            self._tensors.same(converted, inputs[0].id)
            return converted
        path = self._open[-1].path if self._open else ""
        call = Call(operation_name(name), operation_role(name), path, inputs=inputs, location=self._here(operation))
        if self._open:
            self._open[-1].children += 1
        try:
            outputs = original(operation, *args, **kwargs)
        except Exception as raised:  # noqa: BLE001 - whatever an operation raises becomes a fact
            answer = self._oracle.ask(original, operation, args, kwargs, None)
            error = answer if isinstance(answer, Exception) else raised
            self.calls.append(call._replace(raised=raised_of(error)))
            self._struck.append(error)
            raise error from None
        made = self._tensors.values(outputs)
        self._known.update(value.id for value in made)
        self.calls.append(call._replace(outputs=made))
        return outputs

    def start(self, given: Any) -> tuple[Value, ...]:
        """The tensors handed to the root."""
        values = self._tensors.values(given)
        self._known.update(value.id for value in values)
        return values

    def _link(self, values: tuple[Value, ...], inside: "_Open | None" = None) -> tuple[Value, ...]:
        """Tensors whose making was not seen: an input of the `call` around, or what it made of the last one."""
        inside = inside or (self._open[-1] if self._open else None)
        if inside is None:
            return values
        return tuple(value if value.id in self._known else self._linked(value, inside) for value in values)

    def _linked(self, value: Value, inside: "_Open") -> Value:
        for given in inside.inputs:
            if given.shape == value.shape and given.id in self._known:
                return value._replace(id=given.id)
        last = inside.last or inside.inputs[:1]
        if last and _is_open(last[0].shape) and not _is_open(value.shape):
            last = ()  # without the open batch it is made of something else: a table, counted positions
        if last:
            self._known.add(value.id)
            role = unseen_role(last[0].shape, value.shape)
            self.calls.append(Call("operation", role, inside.path, inputs=last, outputs=(value,)))
        return value

    def _operation_failed(self, error: Exception, layer: keras.Layer, opened: "_Open") -> None:
        """An operation in the layer's own `call` raised."""
        path, inputs = opened.path, opened.inputs
        found = failed(frames_of(error.__traceback__))
        place = places.of_traceback(error.__traceback__)
        if found is None:
            described = self._call(layer, path, inputs, (), {}, error)
            self.calls.append(described._replace(location=places.location(place)))
            return
        name, role, tensors, arguments = found
        batch = inputs[0].shape[:1] if inputs else ()
        values = tuple(
            self._link((value,), opened)[0] if value.shape[:1] == batch else value  # a parameter is made of no input
            for value in map(self._tensors.value, tensors)
        )
        self.calls.append(
            Call(
                name,
                role,
                path,
                inputs=values or inputs,
                arguments=arguments,
                location=places.location(place),
                raised=raised_of(error),
            )
        )

    def _call(
        self,
        layer: keras.Layer,
        path: str,
        inputs: tuple[Value, ...],
        outputs: tuple[Value, ...],
        kwargs: Mapping[str, Any],
        error: Exception | None,
    ) -> Call:
        shape = inputs[0].shape if inputs else ()
        training = _training(kwargs, self._training)
        settings, role = layers.settings(layer), layers.role(layer)
        built = places.built(layer, settings)
        return Call(
            type(layer).__name__,
            role,
            path,
            layers.described(layer),
            inputs,
            outputs,
            settings,
            layers.reading(layer, shape, training),
            training,
            self._here(layer),
            built,
            None if error is None else raised_of(error),
            named=places.named(built) if role == "norm" else (),
            body=places.body(layer),
            forced=places.forced(built) if role == "norm" else None,
            ranks=layers.ranks(layer),
            channel_axis=layers.channel_axis(layer, len(shape)),
            written=layers.written(layer),
            axes=layers.axes_of(layer, len(shape)),
        )

    def _here(self, operation: Operation) -> Any:
        """The user's line at the call: where the model's own `call` makes it, else where the graph was written."""
        return places.location(_inside(sys._getframe(2))) or places.called(operation)

    def _path(self, layer: keras.Layer) -> str:
        known = self._paths.get(id(layer))
        if known is not None:
            return known
        above = self._open[-1].path if self._open else ""
        return f"{above}/{layer.name}" if above else layer.name


class _Open:
    """A call that has not come back."""

    def __init__(self, path: str, *, whole: bool) -> None:
        self.path = path
        self.whole = whole
        """What it calls is no call of its own: the cell of a recurrent layer."""
        self.children = 0
        self.inputs: tuple[Value, ...] = ()
        self.last: tuple[Value, ...] = ()


def paths(root: object) -> dict[int, str]:
    """The path of every layer below the root: names joined by `/`, the first one that leads there."""
    if isinstance(root, Replay):
        return {
            number: f"{layer.name}/{path}" if path else layer.name
            for layer in reversed(root.layers)
            for number, path in paths(layer).items()
        }
    if not isinstance(root, keras.Layer):
        return {}
    found = {id(root): ""}
    pending: list[tuple[keras.Layer, str]] = [(root, "")]
    while pending:
        above, path = pending.pop(0)
        for layer in above._flatten_layers(include_self=False, recursive=False):
            if id(layer) not in found:
                found[id(layer)] = f"{path}/{layer.name}" if path else layer.name
                pending.append((layer, found[id(layer)]))
    return found


def _training(kwargs: Mapping[str, Any], own: bool | None) -> bool:
    """The mode of a call: its own argument, the one around it, the root's."""
    given = kwargs.get("training")
    if given is None:
        context = global_state.get_global_attribute("current_call_ctx")
        given = getattr(context, "training", None) if context is not None else None
        if given is None and context is not None and hasattr(context, "get_value"):
            given = context.get_value("training")
    return bool(given if given is not None else own)


def _is_open(shape: tuple[int, ...]) -> bool:
    return any(isinstance(size, Open) for size in shape)


def _has_layers(layer: keras.Layer) -> bool:
    return bool(layer._flatten_layers(include_self=False, recursive=False))


def _unfiltered(traceback: TracebackType | None) -> TracebackType | None:
    return traceback


def _inside(frame: Any) -> places.Place | None:
    """The user's innermost line between here and the call of `follow`."""
    while frame is not None:
        if frame.f_code.co_name == "_follow_pass":
            return None
        if places.is_user(frame.f_code.co_filename):
            return frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back
    return None
