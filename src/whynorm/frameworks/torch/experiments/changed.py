"""The pass made again with changes, on copies of the real values: what the norm in doubt gets then, measured anew."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from whynorm.facts import Call, Trial, Verdict
from whynorm.facts.change import Change, Feed, Vary
from whynorm.facts.measured import Measured
from whynorm.frameworks.room import Live
from whynorm.frameworks.torch import readings
from whynorm.frameworks.torch import trial as trials
from whynorm.frameworks.torch.described import call_of
from whynorm.frameworks.torch.experiments.measure import measured
from whynorm.frameworks.torch.forward import REAL_VALUES, run_really
from whynorm.frameworks.torch.record import Pass
from whynorm.frameworks.torch.recorded import dtype_name
from whynorm.frameworks.torch.twins import tensors_in
from whynorm.frameworks.torch.versions import bare


class Seen:
    """What one call of a norm got and gave."""

    def __init__(self) -> None:
        self.call: Call | None = None
        self.finite = True


def by_values(live: Live, trial: Trial, call: Call) -> Trial:
    """As `trial`, and where the pass goes through, its values are measured again at the norm at the call's path.

    The verdict holds the norm's call as it was then, for the symptom to judge. Nothing of the user's is changed.
    """

    def tried(changes: Sequence[Change]) -> Verdict:
        verdict = trial(changes)
        if verdict.passed is not True or not isinstance(live.root, nn.Module) or call.path is None:
            return verdict
        if sum(one.numel() for one in (*live.root.parameters(), *tensors_in((live.args, live.kwargs)))) > REAL_VALUES:
            return verdict
        if any(isinstance(change, Feed) for change in changes) or len(trials.of_layers(changes)) < len(changes):
            return verdict  # no values of that shape are known, or another root stands in its place
        seen = _made(live, changes, call.path)
        if seen is None or not seen.finite:
            return Verdict(False) if seen is not None else verdict
        return verdict._replace(call=seen.call) if seen.call is not None else verdict

    return tried


def _made(live: Live, changes: Sequence[Change], path: str) -> Seen | None:
    """The first call of the norm at this path in the changed pass; None where the pass could not be made."""
    args, kwargs = trials.fed(changes, live.args, live.kwargs)
    for change in changes:
        if isinstance(change, Vary):
            args, kwargs = _varied(change, args, kwargs)
    seen = Seen()

    def prepare(recorded: Pass, root: nn.Module | None) -> None:
        trials.prepare(recorded, root, trials.of_layers(changes))
        if root is not None:
            _look_at(recorded, trials.at_path(root, path), seen, (*args, *kwargs.values()))

    ended = run_really(live.root, args, kwargs, prepare)
    return None if ended.error is not None or ended.needs is not None else seen


def _varied(change: Vary, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The inputs, of which one holds values in no order that are all different."""
    old = args[change.input] if isinstance(change.input, int) else kwargs[change.input]
    order = torch.randperm(old.numel(), generator=torch.Generator().manual_seed(0))
    new = (order.to(old.dtype) / max(1, old.numel())).reshape(old.shape)
    if isinstance(change.input, int):
        return (*args[: change.input], new, *args[change.input + 1 :]), kwargs
    return args, {**kwargs, change.input: new}


def _look_at(recorded: Pass, norm: nn.Module, seen: Seen, handed: Sequence[Any]) -> None:
    """Have a norm's first call measured, behind what changes its input and before what changes its result."""
    entering, leaving = recorded.before_call.get(id(norm)), recorded.after_call.get(id(norm))

    def before(args: Any, kwargs: Any) -> tuple[Any, Any]:
        args, kwargs = entering(args, kwargs) if entering is not None else (args, kwargs)
        if seen.call is None and args and isinstance(args[0], torch.Tensor):
            seen.call = _measured(norm, args[0], handed)
        return args, kwargs

    def after(result: Any) -> Any:
        result = leaving(result) if leaving is not None else result
        seen.finite &= all(bool(one.isfinite().all()) for one in tensors_in((result,)))
        return result

    recorded.before_call[id(norm)], recorded.after_call[id(norm)] = before, after


def _measured(norm: nn.Module, given: torch.Tensor, handed: Sequence[Any]) -> Call:
    shape = tuple(given.shape)
    reading = readings.of_layer(norm, shape)
    with bare(), torch.no_grad():
        found = measured(norm, given.detach(), reading, lambda: handed) if reading is not None else Measured()
    return call_of(norm, shape, dtype_name(given.dtype))._replace(
        role="norm" if reading is not None else "other",
        training=norm.training,
        measured=found if found != Measured() else None,
    )
