"""From a live exception to the forward pass it came out of, followed again by shapes."""

import types
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import nn

from whynorm.facts import Frame, Raised, Trace
from whynorm.frameworks.room import Followed
from whynorm.frameworks.torch import places
from whynorm.frameworks.torch.construction import construction
from whynorm.frameworks.torch.follow import follow_call, framework
from whynorm.frameworks.torch.fusing import fusing
from whynorm.frameworks.torch.hints import hints
from whynorm.frameworks.torch.loading import loading
from whynorm.frameworks.torch.overwritten import overwritten
from whynorm.frameworks.torch.reconstruct import library_network
from whynorm.frameworks.torch.recorded import raised_of
from whynorm.frameworks.torch.reforged import being_built, configured, configured_construction
from whynorm.frameworks.torch.scripted import scripted
from whynorm.frameworks.torch.steps import ModuleCall, Step, module_calls, steps_of
from whynorm.frameworks.torch.uninitialized import uninitialized
from whynorm.frameworks.torch.versions import is_compilers_own
from whynorm.texts.wordings import recognise

_FUNCTIONAL_FILE = nn.functional.batch_norm.__code__.co_filename
_LOSS_FILE = nn.CrossEntropyLoss.forward.__code__.co_filename


def crash(exception: BaseException) -> Followed | None:
    """Follow again what raised this exception.

    None where its wording is not known, or its frames do not show enough; without any call where it is out of scope.
    """
    return crash_at(exception, steps_of(exception))


def crash_at(exception: BaseException, steps: Sequence[Step], *, grad: bool | None = None) -> Followed | None:
    """`crash`, with the frames given, and whether gradients were recorded where it was raised, if that is known."""
    if recognise(str(exception), "torch") is None:
        return None
    if any(_is_loss(step) for step in steps):
        return Followed(framework(), "raises", Trace())
    frames = framed(steps)
    for reader in (loading, overwritten, uninitialized, fusing):
        known = reader(exception, steps)
        if known is not None:
            return known._replace(frames=frames)
    calls = list(module_calls(steps))
    for call in _roots(calls):
        seen = {**hints(call, calls[-1], steps, frames, grad), "trained": _trained(call.module)}
        followed = follow_call(call.module, call.args, call.kwargs, hints=seen)
        if _is_same(followed.raised, exception) or _is_compiled(followed, exception):
            followed = followed._replace(hints={**seen, **_network(call.module, followed)})
            built_again = configured(call.module, followed.raised, call.args, call.kwargs, steps)
            return _placed(followed, calls, call)._replace(frames=frames, configured=built_again)
    for call in module_calls(steps, scripted=True):
        if isinstance(call.module, torch.jit.ScriptModule):
            followed_there = scripted(call, exception, hints(call, call, steps, frames, grad))
            return None if followed_there is None else followed_there._replace(frames=frames)
    return None if calls else _without_module(exception, steps, frames)


def _network(root: nn.Module, followed: Followed) -> dict[str, object]:
    """The library's network that the first layer which raised stands in, as the program builds it."""
    path = next((call.path for call in followed.trace.calls if call.raised is not None), None)
    network = library_network(root, path) if path else None
    if network is None:
        return {}
    return {"network": network._asdict()}


def _trained(root: nn.Module) -> frozenset[str]:
    """The layers that a backward pass has gone through."""
    return frozenset(
        path
        for path, module in root.named_modules()
        if any(weight is not None and weight.grad is not None for weight in module._parameters.values())
    )


def running(steps: Sequence[Step], *, grad: bool) -> Followed | None:
    """Follow the forward pass that is running in these frames; None where no Module is being called."""
    calls = list(module_calls(steps))
    if not calls:
        return None
    frames = framed(steps)
    known = hints(calls[0], calls[-1], steps, frames, grad)
    return follow_call(calls[0].module, calls[0].args, calls[0].kwargs, hints=known)._replace(frames=frames)


def _is_loss(step: Step) -> bool:
    return step.file == _LOSS_FILE or (step.file == _FUNCTIONAL_FILE and step.function.endswith(_LOSSES))


_LOSSES = ("_loss", "cross_entropy", "nll_loss_nd", "kl_div", "cross_entropy_with_logits", "cosine_embedding_loss")


def framed(steps: Sequence[Step]) -> tuple[Frame, ...]:
    """Live frames as facts."""
    found = []
    for step in steps:
        location = places.location((step.file, step.line))
        assert location is not None
        found.append(Frame(location, step.function, places.owner(step.file) != "user"))
    return tuple(found)


def _roots(calls: Sequence[ModuleCall]) -> Iterator[ModuleCall]:
    """What to follow, best first: the outermost call, then the innermost ones, for which less has to be followed."""
    tried: list[nn.Module] = []
    for call in (*calls[:1], *calls[1:2], *calls[-1:]):
        if not any(call.module is module for module in tried):
            tried.append(call.module)
            yield call


def _is_same(raised: Raised | None, exception: BaseException) -> bool:
    """Whether the pass that was followed raised the exception, or what it quotes (a compiler's, a worker's)."""
    if raised is None:
        return False
    if raised == raised_of(exception):
        return True
    return len(raised.message) > 20 and raised.message in str(exception)


def _is_compiled(followed: Followed, exception: BaseException) -> bool:
    """Whether a compiler quotes in its own words what the pass raised: of the same kind, at the same line."""
    call = next((one for one in followed.trace.calls if one.raised is not None), None)
    if call is None or call.raised is None or call.location is None or not is_compilers_own(exception):
        return False
    text, framework = str(exception), followed.framework.name
    known = [recognise(one, framework, call.role) for one in (call.raised.message, text)]
    symptoms = {match.wording.symptom for match in known if match is not None}
    return None not in known and len(symptoms) == 1 and f'"{call.location.file}", line {call.location.line},' in text


def _placed(followed: Followed, calls: Sequence[ModuleCall], root: ModuleCall) -> Followed:
    """Where less than the whole pass was followed, the paths are still those in the outermost module."""
    if root is calls[0] or root.module is calls[0].module:
        return followed
    prefix = next((name for name, module in calls[0].module.named_modules() if module is root.module), "")
    if not prefix:
        return followed
    moved = [
        call if call.path is None else call._replace(path=f"{prefix}.{call.path}" if call.path else prefix)
        for call in followed.trace.calls
    ]
    back = {id(new): old for new, old in zip(moved, followed.trace.calls, strict=True)}
    trial = followed.trial
    return followed._replace(
        trace=Trace(followed.trace.inputs, moved, followed.trace.places),
        trial=None if trial is None else lambda call: trial(back[id(call)]),
    )


def _without_module(exception: BaseException, steps: Sequence[Step], frames: tuple[Frame, ...]) -> Followed | None:
    """An exception that no Module's call raised: a function of `torch.nn.functional`, or a layer's construction."""
    for step in steps:
        if step.file == _FUNCTIONAL_FILE:
            called = _functional(step)
            if called is not None:
                line = next((frame.location for frame in reversed(frames) if not frame.library), None)
                followed = follow_call(called[0], called[1], called[2], hints={} if line is None else {"called": line})
                if _is_same(followed.raised, exception):
                    return followed._replace(frames=frames)
            return None
    if any(step.function == "__init__" and isinstance(step.owner, nn.Module) for step in steps):
        built_again = configured_construction(exception, steps)
        followed = construction(exception, _traceback(steps))
        handed = being_built(steps)
        absent = {} if handed is None else {"absent": handed.absent()}
        hints = {**followed.hints, **absent}
        return followed._replace(frames=frames, configured=built_again, hints=hints)
    return None


def _traceback(steps: Sequence[Step]) -> types.TracebackType | None:
    """The frames as a traceback."""
    made = None
    for step in reversed(steps):
        made = types.TracebackType(made, step.frame, step.instruction, step.line)
    return made


def _functional(step: Step) -> tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]] | None:
    """A function of `torch.nn.functional` with the arguments that its frame holds."""
    function = getattr(nn.functional, step.function, None)
    code = step.frame.f_code
    if getattr(function, "__code__", None) is not code or not callable(function):
        return None
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    held = step.frame.f_locals
    return function, tuple(held[name] for name in names[: code.co_argcount]), {
        name: held[name] for name in names[code.co_argcount :]
    }  # fmt: skip
