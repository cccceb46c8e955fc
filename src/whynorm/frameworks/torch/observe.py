"""Observing a running program that uses torch: the errors that leave a Module's call, and each norm's calls.

Nothing is wrapped and nothing is hooked (`weave`). What is kept of a norm are shapes and modes, never a tensor, so
the program's memory is its own; an exception is followed while it is on its way, for the same reason.
"""

from __future__ import annotations

import sys
import threading
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.utils.data._utils.fetch import _IterableDatasetFetcher, _MapDatasetFetcher

from whynorm.frameworks.torch import epochs, imports, weave
from whynorm.frameworks.torch.experiments import by_hand
from whynorm.frameworks.torch.histories import events, passes
from whynorm.frameworks.torch.histories.noted import TALLIES, tally_of
from whynorm.frameworks.torch.histories.now import NOW, begin
from whynorm.frameworks.torch.versions import NORMS, is_tracing, never_compiled, uncompiled
from whynorm.frameworks.unobserved import OWN, unobserved

if TYPE_CHECKING:
    from whynorm.facts.measured import Precision
    from whynorm.frameworks.room import Followed, Listener
    from whynorm.frameworks.torch.histories.noted import Kept, Place, Tally

_REFUSING = (nn.GroupNorm.__init__, nn.modules.conv._ConvNd.__init__)
"""The constructors that refuse their numbers."""
_BACKWARDS = (torch.autograd.backward, torch.autograd.grad)
_FETCHING = (_MapDatasetFetcher.fetch, _IterableDatasetFetcher.fetch)
"""Where the samples of a data set are made, in a loader's worker processes as well."""
_RUNNING: tuple[Any, ...] = (threading.Thread.run, BaseProcess.run)
"""What a thread or a child process runs: an exception that leaves it is caught by nobody."""

MOST_CASES = 200
"""So many different calls of one norm are looked at."""
MOST_MEASURED = 4
"""So many of them are measured."""
_EXPORTS = {
    "torch.jit": ("trace", ("func", "example_inputs")),
    "torch.onnx": ("export", ("model", "args", "dynamo")),
    "torch.export": ("export", ("mod", "args")),
}
"""By module: the function in it that writes a network into a graph, and its arguments that are looked at."""

_listeners: list[Listener] = []
_only: dict[int, frozenset[int] | None] = {}
"""By the listener's id: the ids of the modules that it is told of; None: of all."""
_unasked: list[tuple[Listener, frozenset[int] | None]] = []
"""The listeners that have nothing to ask for at their end so far."""
_woven: list[weave.Undo | None] = []
_own: set[int] = set()
"""The ids of the code of torch's own norms, which call the functions."""


def install(listener: Listener, model: object = None) -> weave.Undo:
    """Have the listener told, from now on, of errors that leave a Module's call and of norms that are called.

    Of those of one model only, where one is given. Where the source of torch is not there, nothing is observed.
    Returns what undoes it.
    """
    only = frozenset(map(id, model.modules())) if isinstance(model, nn.Module) else None
    if not _listeners:
        begin(_doubt)
        _woven.extend(weave.on_error(one, _left) for one in (nn.Module._call_impl, *_REFUSING, *_FETCHING))
        _woven.extend(weave.on_error(one, _ended) for one in _RUNNING)
        _woven.extend(epochs.install(_arrived))
        _woven.extend(weave.at_call(one, one.__code__.co_varnames[:2], _called) for one in _forwards())
        _woven.append(weave.at_call(nn.functional.batch_norm, ("input", "running_mean", "training"), _computed))
        _own.update(id(one.__code__) for one in _forwards())
        _woven.extend(weave.at_call(one, one.__code__.co_varnames[:1], _went_back) for one in _BACKWARDS)
        _woven.append(by_hand.install(_lost))
        _woven.extend(imports.once(module, _exports_of(module)) for module in _EXPORTS)
        load = nn.Module.load_state_dict
        _woven.append(weave.at_call(load, load.__code__.co_varnames[:2], _loads))
    _listeners.append(listener)
    _unasked.append((listener, only))
    _only[id(listener)] = only

    def undo() -> None:
        _listeners.remove(listener)
        _unasked[:] = [one for one in _unasked if one[0] is not listener]
        del _only[id(listener)]
        while _woven and not _listeners:
            undo_one = _woven.pop()
            if undo_one is not None:
                undo_one()

    return undo


def _ask_at_end() -> None:
    """There is something to tell of: have the listeners ask for it at their end."""
    from whynorm.frameworks.torch.histories.at_end import followed_at_end

    while _unasked:
        listener, only = _unasked.pop()
        listener.at_end(partial(followed_at_end, only))


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
    if isinstance(exception, Exception) and not OWN.busy:
        frame = sys._getframe(2)
        module = frame.f_locals.get("self")
        if _is_keras(module):
            return
        for listener in _told_of(module):
            listener.failed(exception, lambda: _crash(exception, frame))


def _crash(exception: Exception, frame: types.FrameType) -> Followed | None:
    from whynorm.frameworks.torch import encounters

    return encounters.crash(exception, frame)


def _told_of(module: object) -> list[Listener]:
    """The listeners that are told of what this module does."""
    return [one for one in _listeners if (only := _only[id(one)]) is None or id(module) in only]


def _is_keras(module: object) -> bool:
    """Whether a Module is a Keras layer, on Keras's PyTorch backend: those have a room of their own."""
    keras = sys.modules.get("keras")
    return keras is not None and isinstance(module, getattr(keras, "Layer", ()))


@never_compiled
def _called(norm: nn.Module, given: object) -> None:
    """A norm is being called: the way of every call, and so as short as can be.

    One that follows the norm that it followed before stands in the same pass, and is counted there.
    """
    if OWN.busy or not isinstance(given, torch.Tensor) or is_tracing():
        return
    tally, training = TALLIES.get(id(norm)), norm.training
    if tally is None or tally.after is not NOW.last or NOW.sampling:
        _enter(norm, given)
        tally = TALLIES.get(id(norm))
    else:
        NOW.last = tally
        if NOW.place is not None:
            key = NOW.place, training
            tally.uses[key] = tally.uses.get(key, 0) + 1
    case = given.shape, given.dtype, training, _is_grad_enabled()
    if tally is not None and case not in tally.cases and len(tally.cases) < MOST_CASES:
        _meet(norm, tally, given, case)


_is_grad_enabled = torch.is_grad_enabled


@uncompiled
def _enter(norm: nn.Module, given: torch.Tensor) -> None:
    """A norm is called in a pass that may be a new one, or of which samples are taken."""
    OWN.busy = True
    try:
        passes.entered(norm, given, sys._getframe(3), norm.training)
    except Exception as error:  # noqa: BLE001  it must not reach the program
        _faulted(error)
    finally:
        OWN.busy = False


@never_compiled
def _computed(given: object, running_mean: object, training: object) -> None:
    """A batch norm is computed by the function: in a program's own layer, the call is noted as that of a norm."""
    if running_mean is None or id(sys._getframe(2).f_code) in _own or OWN.busy or is_tracing():
        return
    if isinstance(given, torch.Tensor) and isinstance(running_mean, torch.Tensor) and isinstance(training, bool):
        _enter_function(given, running_mean, training)


@uncompiled
def _enter_function(given: torch.Tensor, running_mean: torch.Tensor, training: bool) -> None:
    frame = sys._getframe(4)  # above are this one, the switch around it, `_computed`, and the function
    with _at_work():
        from whynorm.frameworks.torch.histories.functional import holder

        norm = holder(frame, running_mean)
        if norm is not None:
            tally = tally_of(norm)
            tally.function, tally.caller = (frame.f_code.co_filename, frame.f_lineno), id(frame.f_locals["self"])
            _ask_at_end()
            passes.entered(norm, given, frame, training)


def _faulted(error: Exception) -> None:
    """What goes wrong in our own notes is told at the end, and the program goes on."""
    for listener in _listeners:
        listener.faulted(error)


def _doubt(place: Place, frame: types.FrameType) -> Kept | None:
    """Look at a pass that may be in a mode that is not meant."""
    from whynorm.frameworks.torch import encounters

    return encounters.doubted(place, frame)


@uncompiled
def _meet(norm: nn.Module, tally: Tally, given: torch.Tensor, case: tuple[object, ...]) -> None:
    """A norm is called as it was not before."""
    from whynorm.frameworks.torch import encounters

    _ask_at_end()
    frame = sys._getframe(3)  # the norm's own: above are this one, the switch around it, and `_called`
    call, place = encounters.call_before(norm, given), NOW.place
    call = call._replace(regrouped=encounters.regroups(place), biased=encounters.biases(place))
    if len(tally.cases) < MOST_MEASURED:
        call = call._replace(measured=encounters.measured(tally, norm, given, call, frame))
    if not 0 < tally.suspected < encounters.SURE:
        tally.cases.add(case)
    for listener in _told_of(norm):
        listener.called(call, lambda: encounters.followed(frame, call))
        if norm.training and torch.is_grad_enabled():
            listener.foreseen(lambda: encounters.coming(frame))


def _lost(norm: nn.Module, given: torch.Tensor, precision: Precision, frame: types.FrameType) -> None:
    """A norm that the program wrote itself fails in 16 bits."""
    from whynorm.frameworks.torch import encounters

    call = encounters.lost(norm, given, precision, frame)
    for listener in _told_of(norm):
        listener.called(call, lambda: encounters.followed(frame, call))


@contextmanager
def _at_work() -> Iterator[None]:
    """Nothing that goes wrong inside reaches the program."""
    with unobserved():
        try:
            yield
        except Exception as error:  # noqa: BLE001  it must not reach the program
            _faulted(error)


def _went_back(tensors: object) -> None:
    """A backward pass begins."""
    if not OWN.busy:
        events.backward(tensors)


def _loads(module: nn.Module, state: object) -> None:
    """A state dict is about to be loaded."""
    if not OWN.busy and isinstance(state, Mapping):
        with _at_work():
            events.loads(module, state, sys._getframe(1))


def _exports_of(module: str) -> Callable[[], weave.Undo | None]:
    name, arguments = _EXPORTS[module]
    return lambda: weave.at_call(getattr(sys.modules[module], name), arguments, _exporting(f"{module}.{name}"))


def _exporting(function: str) -> Callable[..., None]:
    """What is told that a function is to write a network into a graph; with `dynamo=False` it is in inference mode."""

    def exports(model: object, given: object, dynamo: object = True) -> None:
        if isinstance(model, nn.Module) and dynamo and not OWN.busy and not _trains_graphs():
            module, args = model, given if isinstance(given, tuple) else (given,)
            with _at_work():
                _ask_at_end()
                events.exports(module, function, sys._getframe(1), lambda: _exported(module, args))

    return exports


def _trains_graphs() -> bool:
    """Whether the program has loaded what trains a graph further, to be quantised: that is to be in training mode."""
    return any(name in sys.modules for name in ("torch.ao.quantization.quantize_pt2e", "torchao.quantization.pt2e"))


def _exported(module: nn.Module, args: tuple[object, ...]) -> Kept | None:
    from whynorm.frameworks.torch import encounters

    return encounters.exported(module, args)


def _arrived(loader: int) -> None:
    """A pass over a loader has come to its end."""
    for listener in _listeners:
        listener.arrived(loader)


def _forwards() -> list[types.FunctionType]:
    """The `forward` of each norm of torch.nn, each once."""
    found: dict[types.FunctionType, None] = {}
    waiting: list[type] = list(NORMS)
    while waiting:
        layer = waiting.pop(0)
        forward = vars(layer).get("forward")
        if isinstance(forward, types.FunctionType):
            found[forward] = None
        derived: list[type] = layer.__subclasses__()
        waiting += [one for one in derived if one.__module__.startswith("torch.nn.")]
    return list(found)
