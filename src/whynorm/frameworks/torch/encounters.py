"""What is looked into while a program runs, now or never: a norm's call as none was before, an exception on its way.

Loaded when there is a first one: what counts calls (`observe`, `passes`) does without.
"""

import itertools
import sys
import threading
import types

import torch
from torch import nn

from whynorm.facts import Call, Trace
from whynorm.facts.measured import Measured, Precision
from whynorm.frameworks.room import Ahead, Followed
from whynorm.frameworks.torch import ahead, places
from whynorm.frameworks.torch.crash import crash_at, running
from whynorm.frameworks.torch.described import call_of
from whynorm.frameworks.torch.experiments.changed import by_values
from whynorm.frameworks.torch.experiments.measure import look
from whynorm.frameworks.torch.follow import follow_call
from whynorm.frameworks.torch.histories.doubtful import is_doubtful
from whynorm.frameworks.torch.histories.kept import kept
from whynorm.frameworks.torch.histories.noted import Kept, Place, Tally
from whynorm.frameworks.torch.recorded import dtype_name
from whynorm.frameworks.torch.steps import module_calls, steps_above, steps_of
from whynorm.frameworks.torch.versions import is_plain_execution
from whynorm.frameworks.unobserved import unobserved

SURE = 3
"""So many calls one after the other in which nothing varies are no probe any more."""


def call_before(norm: nn.Module, given: torch.Tensor) -> Call:
    """What a norm's call is, as far as it is known before it is made."""
    return call_of(norm, tuple(given.shape), dtype_name(given.dtype))._replace(training=norm.training)


def regroups(place: Place | None) -> bool:
    """Whether the program's own code regroups sizes in the network of this pass: said once, at its first norm."""
    module = place.root.module() if place is not None else None
    if place is None or module is None or place.root.regroups is not None:
        return False
    codes = [code for kind in {type(one) for one in module.modules()} if (code := _code(kind.forward)) is not None]
    place.root.regroups = any(
        not _REGROUPING.isdisjoint(code.co_names) and places.owner(code.co_filename) == "user" for code in codes
    )
    return place.root.regroups


def biases(place: Place | None) -> bool:
    """Whether a layer with a bias is built right before a norm in the network of this pass: said once, as above."""
    module = place.root.module() if place is not None else None
    if place is None or module is None or place.root.biased is not None:
        return False
    parts = list(itertools.islice(module.modules(), MOST_PARTS))
    pairs = (pair for part in parts for pair in itertools.pairwise(part._modules.values()))
    place.root.biased = len(parts) < MOST_PARTS and any(_is_wasted(*pair) for pair in pairs)
    return place.root.biased


def _is_wasted(layer: nn.Module | None, norm: nn.Module | None) -> bool:
    """Whether a convolution or linear layer has a bias, and as many channels as the norm behind it."""
    if not isinstance(layer, nn.Linear | nn.modules.conv._ConvNd) or layer.bias is None:
        return False
    return isinstance(norm, nn.modules.batchnorm._NormBase) and norm.num_features == len(layer.bias)


MOST_PARTS = 400
"""A network of more parts is not followed for a note alone."""
_REGROUPING = frozenset(("view", "reshape"))


def _code(function: object) -> types.CodeType | None:
    return function.__code__ if isinstance(function, types.FunctionType) else None


def measured(tally: Tally, norm: nn.Module, given: torch.Tensor, call: Call, frame: types.FrameType) -> Measured | None:
    """What is measured of the norm's input; where it may be a mere probe, the next calls are looked at as well."""
    with unobserved():
        seen = look(norm, given, call.reading, frame)
    tally.suspected = tally.suspected + 1 if seen.suspect else 0
    found = seen.measured
    if found is not None and found.variation is not None and tally.suspected >= SURE:
        return found._replace(variation=found.variation._replace(repeated=True))
    return found


def crash(exception: Exception, frame: types.FrameType) -> Followed | None:
    """Follow an exception that is on its way through this frame."""
    if not _may_follow():
        return None
    return crash_at(exception, [*steps_above(frame), *steps_of(exception)], grad=torch.is_grad_enabled())


def followed(frame: types.FrameType, call: Call | None) -> Followed | None:
    """Follow the forward pass that is running, from a norm's `forward` in this frame, which makes this call."""
    if not _may_follow():
        return None
    steps = steps_above(frame)
    found = running(steps, grad=torch.is_grad_enabled())
    if found is None or call is None or call.measured is None:
        return found
    norm, root = frame.f_locals.get(frame.f_code.co_varnames[0]), next(module_calls(steps)).module
    if not isinstance(norm, nn.Module):
        return found
    call = call._replace(path=next((name for name, module in root.named_modules() if module is norm), None))
    trace, trial, live = _with_measured(found.trace, root, norm, call), found.trial, found.live
    if trial is not None and live is not None:
        again = by_values(live, trial(call), call)
        return found._replace(trace=trace, trial=lambda one: again if one.path == call.path else trial(one))
    return found._replace(trace=trace)


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


def doubted(place: Place, frame: types.FrameType) -> Kept | None:
    """Follow a pass that has just begun where it may be in a mode that is not meant."""
    found = followed(frame, None) if is_doubtful(place) else None
    return None if found is None else kept(found, place.root)


def coming(frame: types.FrameType) -> Ahead | None:
    """What the pass over a loader is on its way to that runs in these frames."""
    return ahead.coming(frame) if _may_follow() else None


def exported(module: nn.Module, args: tuple[object, ...]) -> Kept | None:
    """Follow a network on its own, before it is written into a graph."""
    return kept(follow_call(module, args, {}), None) if _may_follow() else None


def lost(norm: nn.Module, given: torch.Tensor, precision: Precision, frame: types.FrameType) -> Call:
    """The call of a norm that the program wrote itself, which fails in 16 bits."""
    caller = next((step for step in reversed(steps_above(frame)) if places.owner(step.file) != "framework"), None)
    place = places.location((caller.file, caller.line)) if caller is not None else None
    return call_before(norm, given)._replace(measured=Measured(precision=precision), location=place)


def _may_follow() -> bool:
    """Whether a pass can be followed here and now: nothing traces the program, no other thread is in a Module's call.

    While a model is followed its tensors are replaced by twins.
    """
    if not is_plain_execution():
        return False
    code = nn.Module._call_impl.__code__
    threads = sys._current_frames()
    del threads[threading.get_ident()]  # a frame that holds itself would keep the batch until garbage is collected
    for top in threads.values():
        frame: types.FrameType | None = top
        while frame is not None:
            if frame.f_code is code:
                return False
            frame = frame.f_back
    return True
