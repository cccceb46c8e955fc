"""A model asked for the sizes that it takes."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from whynorm.diagnose import diagnose, shows
from whynorm.errors import UsageError
from whynorm.facts import Case, Raised
from whynorm.fixes import patch
from whynorm.frameworks import opened, room_of
from whynorm.frameworks.room import Room
from whynorm.report import Finding, Framework
from whynorm.sizing.confirm import confirmed
from whynorm.sizing.found import Sizes
from whynorm.sizing.modes import other_mode
from whynorm.sizing.path import Runner
from whynorm.sizing.question import Question, ask
from whynorm.sizing.regions import refused
from whynorm.sizing.rule import Rule, keeps_size, rule_of
from whynorm.sizing.tree import Explored
from whynorm.target import makes_a_model


def sizes(model: object, *inputs: str, range: Mapping[str, tuple[int, int]] | None = None, **keywords: str) -> Sizes:
    """Exactly which sizes a network takes: `sizes(model, "1,3,H,W")`, `sizes(model, "N,3,64,64", timestep="N:int64")`.

    A letter is an unknown, the same letter twice the same unknown; there are one to four. `range` bounds them, 1 to
    1024 unless given: `range={"H": (1, 4096)}`. The mode is the model's own. Nothing is computed, and the model is as
    before afterwards. Raises `UsageError`.
    """
    return sizes_in(model, ask(inputs, keywords, range), training=None)


def sizes_in(
    model: object, question: Question, *, training: bool | None, progress: Callable[[float], None] | None = None
) -> Sizes:
    """`sizes`, in the mode asked for. `progress` is told which part is done, from 0 to 1."""
    if makes_a_model(model, len(question.inputs)):
        model = model()  # type: ignore[operator]
    if isinstance(model, Path):
        model = opened(model)
    room = room_of(model)
    if room is None:
        raise UsageError("sizes wants a model, layer or function of a framework that is loaded here")
    runner = _runner(room, model, question, training)
    mode = runner.mode
    explored = confirmed(runner, question.ranges, progress=progress)
    framework = runner.framework

    def finding(at: Mapping[str, int]) -> Finding | None:
        positional, named = question.filled(at)
        followed = room.follow(model, positional, named, training)
        if followed.outcome != "raises":
            return None
        raising = next((call for call in followed.trace.calls if call.raised is not None), None)
        if raising is not None:
            case = Case(raising, framework=framework.name, version=framework.version, trace=followed.trace)
            for symptom in shows(raising, framework.name):
                found = diagnose(case, symptom, patch=patch)
                if found is not None:
                    return found
        raised = followed.raised or Raised("Exception", "")
        return Finding("other-error", "error", raised.message, raised=raised)

    rule = rule_of(explored)
    return Sizes(
        question,
        framework,
        explored,
        rule,
        mode=mode,
        other=other_mode(explored, rule, runner) if mode is not None else None,
        keeps=_kept(explored, question),
        refused=tuple(refused(explored, rule, finding)),
        unknown=explored.unknown,
    )


class Asked(Runner, Protocol):
    """A runner that says which framework it asks."""

    framework: Framework


def _runner(room: Room, model: Any, question: Question, training: bool | None) -> Asked:
    """What asks the network, by its framework."""
    if room.name == "onnx":
        from whynorm.sizing.onnx_runs import OnnxRunner

        return OnnxRunner(model, question)
    if room.name == "keras":
        from whynorm.sizing.keras_runs import KerasRunner

        return KerasRunner(room, model, question, training)
    from whynorm.sizing.torch_runs import TorchRunner

    return TorchRunner(model, question, training)


def _kept(explored: Explored, question: Question) -> Rule | None:
    for number, given in enumerate(question.inputs):
        axes = {letter: axis for letter in question.letters for at, axis in question.axes(letter) if at == number}
        axes = {letter: axis for letter, axis in axes.items() if axis > 0}
        if axes:
            return keeps_size(explored, axes, len(given.sizes))
    return None
