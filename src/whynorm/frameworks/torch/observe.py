"""Observing a running program that uses torch: the errors that leave a Module's call, and each norm's calls.

Nothing is wrapped and nothing is hooked (`weave`). What is kept of a norm are shapes and modes, never a tensor, so
the program's memory is its own; an exception is followed while it is on its way, for the same reason.
"""

import sys
import threading
import types
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from typing import Any

import torch
from torch import nn
from torch.utils.data._utils.fetch import _IterableDatasetFetcher, _MapDatasetFetcher

from whynorm.facts import Call, Trace, Value
from whynorm.facts.measured import Measured, Precision
from whynorm.frameworks.room import Followed, Listener
from whynorm.frameworks.torch import epochs, experiments, histories, layers, passes, places, readings, weave
from whynorm.frameworks.torch.ahead import coming
from whynorm.frameworks.torch.experiments import by_hand
from whynorm.frameworks.torch.versions import is_plain_execution, is_tracing, never_compiled, uncompiled
from whynorm.frameworks.unobserved import OWN, unobserved

_REFUSING = (nn.GroupNorm.__init__, nn.modules.conv._ConvNd.__init__)
"""The constructors that refuse their numbers."""
_FETCHING = (_MapDatasetFetcher.fetch, _IterableDatasetFetcher.fetch)
"""Where the samples of a data set are made, in a loader's worker processes as well."""
_RUNNING: tuple[Any, ...] = (threading.Thread.run, BaseProcess.run)
"""What a thread or a child process runs: an exception that leaves it is caught by nobody."""

MOST_CASES = 200
"""So many different calls of one norm are looked at."""
MOST_MEASURED = 4
"""So many of them are measured."""
SURE = 3
"""So many calls one after the other in which nothing varies are no probe any more."""


class Met:
    """One norm of the program, and its calls so far."""

    __slots__ = ("calls", "cases", "norm", "suspected")

    def __init__(self, norm: nn.Module) -> None:
        number = id(norm)
        self.norm = weakref.ref(norm, lambda _: _norms.pop(number, None))
        self.calls = 0
        self.cases: set[tuple[object, ...]] = set()
        """Those that differ: shape, type, whether in training mode, whether gradients are recorded."""
        self.suspected = 0
        """In how many calls one after the other nothing varied in what the program handed over."""


_norms: dict[int, Met] = {}
_listeners: list[Listener] = []
_only: dict[int, frozenset[int] | None] = {}
"""By the listener's id: the ids of the modules that it is told of; None: of all."""
_woven: list[weave.Undo | None] = []


def install(listener: Listener, model: object = None) -> weave.Undo:
    """Have the listener told, from now on, of errors that leave a Module's call and of norms that are called.

    Of those of one model only, where one is given. Where the source of torch is not there, nothing is observed.
    Returns what undoes it.
    """
    only = histories.modules_of(model)
    if not _listeners:
        passes.begin(_doubt)
        _woven.extend(weave.on_error(one, _left) for one in (nn.Module._call_impl, *_REFUSING, *_FETCHING))
        _woven.extend(weave.on_error(one, _ended) for one in _RUNNING)
        _woven.extend(epochs.install(_arrived))
        _woven.extend(weave.at_call(one, one.__code__.co_varnames[:2], _called) for one in _forwards())
        _woven.extend(weave.at_call(one, (), _went_back) for one in (torch.autograd.backward, torch.autograd.grad))
        _woven.append(by_hand.install(_lost))
        _woven.extend(weave.at_call(one, names, _exporting(name)) for name, (one, names) in _EXPORTS.items())
        load = nn.Module.load_state_dict
        _woven.append(weave.at_call(load, load.__code__.co_varnames[:2], _loads))
    listener.at_end(lambda: histories.followed_at_end(only))
    _listeners.append(listener)
    _only[id(listener)] = only

    def undo() -> None:
        _listeners.remove(listener)
        del _only[id(listener)]
        while _woven and not _listeners:
            undo_one = _woven.pop()
            if undo_one is not None:
                undo_one()

    return undo


def _ended() -> None:
    """An exception is leaving what a thread or a child process runs."""
    exception = sys.exc_info()[1]
    if exception is not None:
        for listener in _listeners:
            listener.ended(exception)


@uncompiled
def _left() -> None:
    """An exception is leaving a Module's call."""
    exception = sys.exc_info()[1]
    if isinstance(exception, Exception) and not getattr(OWN, "busy", False):
        frame = sys._getframe(2)
        module = frame.f_locals.get("self")
        if _is_keras(module):
            return
        for listener in _told_of(module):
            listener.failed(exception, lambda: _crash(exception, frame))


def _told_of(module: object) -> list[Listener]:
    """The listeners that are told of what this module does."""
    return [one for one in _listeners if (only := _only[id(one)]) is None or id(module) in only]


def _is_keras(module: object) -> bool:
    """Whether a Module is a Keras layer, on Keras's PyTorch backend: those have a room of their own."""
    keras = sys.modules.get("keras")
    return keras is not None and isinstance(module, getattr(keras, "Layer", ()))


@never_compiled
def _called(norm: nn.Module, given: object) -> None:
    """A norm is being called: the way of every call, and so as short as can be."""
    if getattr(OWN, "busy", False) or not isinstance(given, torch.Tensor) or is_tracing():
        return
    if not passes.called(norm):
        _enter(norm, given)
    case = (given.shape, given.dtype, norm.training, torch.is_grad_enabled())
    met = _norms.get(id(norm))
    if met is not None:
        met.calls += 1
        if case in met.cases or len(met.cases) >= MOST_CASES:
            return
    _meet(norm, given, case)


@uncompiled
def _enter(norm: nn.Module, given: torch.Tensor) -> None:
    """A norm is called in a pass that may be a new one, or of which samples are taken."""
    with _at_work():
        passes.entered(norm, given, sys._getframe(3))


@contextmanager
def _at_work() -> Iterator[None]:
    """What goes wrong in our own notes is told at the end, and the program goes on."""
    with unobserved():
        try:
            yield
        except Exception as error:  # noqa: BLE001  it must not reach the program
            for listener in _listeners:
                listener.faulted(error)


def _doubt(place: passes.Place, frame: types.FrameType) -> passes.Kept | None:
    """Follow a pass that has just begun where it may be in a mode that is not meant."""
    followed = _pass(frame, None) if histories.is_doubtful(place) else None
    return None if followed is None else histories.kept(followed, place.root)


def _went_back() -> None:
    """A backward pass begins."""
    if not getattr(OWN, "busy", False):
        passes.backward()


def _loads(module: nn.Module, state: object) -> None:
    """A state dict is about to be loaded."""
    if not getattr(OWN, "busy", False) and isinstance(state, Mapping):
        with _at_work():
            passes.loads(module, state, sys._getframe(1))


def _exporting(function: str) -> Callable[..., None]:
    """What is told that a function is to write a network into a graph; with `dynamo=False` it is in inference mode."""

    def exports(model: object, given: object, dynamo: object = True) -> None:
        if isinstance(model, nn.Module) and dynamo and not getattr(OWN, "busy", False):
            module, args = model, given if isinstance(given, tuple) else (given,)
            with _at_work():
                passes.exports(module, function, sys._getframe(1), lambda: _followed_alone(module, args))

    return exports


def _followed_alone(module: nn.Module, args: tuple[object, ...]) -> passes.Kept | None:
    from whynorm.frameworks.torch.follow import follow_call

    return histories.kept(follow_call(module, args, {}), None) if _may_follow() else None


_EXPORTS = {
    "torch.jit.trace": (torch.jit.trace, ("func", "example_inputs")),
    "torch.onnx.export": (torch.onnx.export, ("model", "args", "dynamo")),
}


@uncompiled
def _meet(norm: nn.Module, given: torch.Tensor, case: tuple[object, ...]) -> None:
    """A norm is called as it was not before."""
    met = _norms.get(id(norm))
    if met is None:
        met = _norms[id(norm)] = Met(norm)
        met.calls = 1
    frame = sys._getframe(3)  # the norm's own: above are this one, the switch around it, and `_called`
    call = _call(norm, given)
    if len(met.cases) < MOST_MEASURED:
        call = call._replace(measured=_measured(met, norm, given, call, frame))
    if not 0 < met.suspected < SURE:
        met.cases.add(case)
    for listener in _told_of(norm):
        listener.called(call, lambda: _pass(frame, call))
        if norm.training and torch.is_grad_enabled():
            listener.foreseen(lambda: coming(frame) if _may_follow() else None)


def _arrived(loader: int) -> None:
    """A pass over a loader has come to its end."""
    for listener in _listeners:
        listener.arrived(loader)


def _measured(met: Met, norm: nn.Module, given: torch.Tensor, call: Call, frame: types.FrameType) -> Measured | None:
    """What is measured of the norm's input; where it may be a mere probe, the next calls are looked at as well."""
    with unobserved():
        seen = experiments.look(norm, given, call.reading, frame)
    met.suspected = met.suspected + 1 if seen.suspect else 0
    measured = seen.measured
    if measured is not None and measured.variation is not None and met.suspected >= SURE:
        return measured._replace(variation=measured.variation._replace(repeated=True))
    return measured


def _lost(norm: nn.Module, given: torch.Tensor, precision: Precision, frame: types.FrameType) -> None:
    """A norm that the program wrote itself fails in 16 bits."""
    from whynorm.frameworks.torch.steps import steps_above

    caller = next((step for step in reversed(steps_above(frame)) if places.owner(step.file) != "framework"), None)
    place = places.location((caller.file, caller.line)) if caller is not None else None
    call = _call(norm, given)._replace(measured=Measured(precision=precision), location=place)
    for listener in _told_of(norm):
        listener.called(call, lambda: _pass(frame, call))


def norms() -> Iterator[tuple[nn.Module, Met]]:
    """The norms that were called and are still there, in the order of their first calls."""
    for met in list(_norms.values()):
        norm = met.norm()
        if norm is not None:
            yield norm, met


def _forwards() -> list[types.FunctionType]:
    """The `forward` of each norm of torch.nn, each once."""
    found: dict[types.FunctionType, None] = {}
    waiting: list[type] = list(readings.NORMS)
    while waiting:
        layer = waiting.pop(0)
        forward = vars(layer).get("forward")
        if isinstance(forward, types.FunctionType):
            found[forward] = None
        derived: list[type] = layer.__subclasses__()
        waiting += [one for one in derived if one.__module__.startswith("torch.nn.")]
    return list(found)


def _call(norm: nn.Module, given: torch.Tensor) -> Call:
    """What a norm's call is, as far as it is known before it is made."""
    shape = tuple(given.shape)
    return Call(
        type(norm).__name__,
        "norm",
        built_as=layers.built_as(norm),
        inputs=(Value(0, shape, str(given.dtype).removeprefix("torch.")),),
        arguments=layers.settings(norm),
        reading=readings.of_layer(norm, shape),
        training=norm.training,
    )


def _crash(exception: Exception, frame: types.FrameType) -> Followed | None:
    """Follow an exception that is on its way through this frame."""
    from whynorm.frameworks.torch.crash import crash_at
    from whynorm.frameworks.torch.steps import steps_above, steps_of

    if not _may_follow():
        return None
    return crash_at(exception, [*steps_above(frame), *steps_of(exception)], grad=torch.is_grad_enabled())


def _pass(frame: types.FrameType, call: Call | None) -> Followed | None:
    """Follow the forward pass that is running, from a norm's `forward` in this frame, which makes this call."""
    from whynorm.frameworks.torch.crash import running
    from whynorm.frameworks.torch.steps import module_calls, steps_above

    if not _may_follow():
        return None
    steps = steps_above(frame)
    followed = running(steps, grad=torch.is_grad_enabled())
    if followed is None or call is None or call.measured is None:
        return followed
    norm, root = frame.f_locals.get(frame.f_code.co_varnames[0]), next(module_calls(steps)).module
    if not isinstance(norm, nn.Module):
        return followed
    call = call._replace(path=next((name for name, module in root.named_modules() if module is norm), None))
    trace, trial, live = _with_measured(followed.trace, root, norm, call), followed.trial, followed.live
    if trial is not None and live is not None:
        again = experiments.by_values(live, trial(call), call)
        return followed._replace(trace=trace, trial=lambda one: again if one.path == call.path else trial(one))
    return followed._replace(trace=trace)


def _with_measured(trace: Trace, root: nn.Module, norm: nn.Module, measured: Call) -> Trace:
    """The trace, in which the call of the norm at this path carries what was measured.

    A norm that the program wrote itself stands there as its operations: its call is put before them.
    """
    path = measured.path
    for number, call in enumerate(trace.calls):
        if call.path == path and call.role == "norm" and call.shape == measured.shape:
            here, behind = call._replace(measured=measured.measured), number + 1
        elif call.path == path and measured.reading is None and call.shape == measured.shape:
            built = places.built(root, path or "", norm, ())
            here, behind = measured._replace(built=built), number
        else:
            continue
        return Trace(trace.inputs, (*trace.calls[:number], here, *trace.calls[behind:]), trace.places)
    return trace


def _may_follow() -> bool:
    """Whether a pass can be followed here and now: nothing traces the program, no other thread is in a Module's call.

    While a model is followed its tensors are replaced by twins.
    """
    if not is_plain_execution():
        return False
    code = nn.Module._call_impl.__code__
    for thread, top in sys._current_frames().items():
        frame: types.FrameType | None = top if thread != threading.get_ident() else None
        while frame is not None:
            if frame.f_code is code:
                return False
            frame = frame.f_back
    return True
