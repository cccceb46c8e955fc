"""A model asked for the sizes that it takes."""

from collections.abc import Mapping
from typing import Any

from whynorm.diagnose import diagnose, shows
from whynorm.errors import UsageError
from whynorm.facts import Case, Raised
from whynorm.fixes import patch
from whynorm.frameworks import room_of
from whynorm.report import Finding, Framework
from whynorm.sizing.explore import Explorer
from whynorm.sizing.expression import Expression, of_letters
from whynorm.sizing.found import Refused, Sizes
from whynorm.sizing.question import Question, ask
from whynorm.sizing.rule import Rule, keeps_size, rule_of
from whynorm.sizing.tree import Explored
from whynorm.target import makes_a_model

_range = range


def sizes(model: object, *inputs: str, range: Mapping[str, tuple[int, int]] | None = None, **keywords: str) -> Sizes:
    """Exactly which sizes a network takes: `sizes(model, "1,3,H,W")`, `sizes(model, "N,3,64,64", timestep="N:int64")`.

    A letter is an unknown, the same letter twice the same unknown; there are one to four. `range` bounds them, 1 to
    1024 unless given: `range={"H": (1, 4096)}`. The mode is the model's own. Nothing is computed, and the model is as
    before afterwards. Raises `UsageError`.
    """
    return sizes_in(model, ask(inputs, keywords, range), training=None)


def sizes_in(model: object, question: Question, *, training: bool | None) -> Sizes:
    """`sizes`, in the mode asked for."""
    if makes_a_model(model, len(question.inputs)):
        model = model()  # type: ignore[operator]
    room = room_of(model)
    if room is None:
        raise UsageError("sizes wants a model, layer or function of a framework that is loaded here")
    from whynorm.sizing.torch_runs import TorchRunner

    runner = TorchRunner(model, question, training)
    explored = Explorer(runner, question.ranges).explore()
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

    if not explored.roots and explored.tables is None:
        return _without_a_path(question, explored, finding, framework)
    rule = rule_of(explored)
    refused = tuple(_refused(explored, rule, finding))
    masks = {letter: explored.mask(letter) for letter in question.letters}
    kept = _kept(explored, question, masks)
    return Sizes(question, framework, explored, rule, keeps=kept, refused=refused, unknown=explored.unknown)


def _kept(explored: Explored, question: Question, masks: dict[str, list[bool]]) -> Rule | None:
    for number, given in enumerate(question.inputs):
        axes = {letter: axis for letter in question.letters for at, axis in question.axes(letter) if at == number}
        axes = {letter: axis for letter, axis in axes.items() if axis > 0}
        if axes:
            return keeps_size(explored, axes, len(given.sizes), masks)
    return None


def _without_a_path(question: Question, explored: Explored, finding: Any, framework: Framework) -> Sizes:
    example = dict(zip(question.letters, next(iter(explored.seen)), strict=True)) if explored.seen else {}
    found = finding(example) if example else None
    refused = (Refused(None, example, found),) if found is not None else ()
    unknown = explored.unknown or "no size that was tried works"
    return Sizes(
        question, framework, explored, Rule("no size that was tried works", None), refused=refused, unknown=unknown
    )


def _refused(explored: Explored, rule: Rule, finding: Any) -> Any:
    """One region for each condition, with the example nearest to what passes that breaks this condition alone."""
    if rule.conditions is None or not rule.conditions:
        return
    expressions = [of_letters(text, explored.letters) for text in rule.conditions]
    passing = (dict(zip(explored.letters, key, strict=True)) for key, ran in explored.seen.items() if ran.passed)
    base = next((dict(node.path.at) for node in explored.roots if node.path.passed), None) or next(passing, None)
    if base is None:
        return
    for number in _range(len(expressions)):
        example = _example(explored, expressions, number, base)
        if example is None:
            continue
        found = finding(example)
        if found is not None:
            yield Refused(rule.conditions[number], example, found)


def _example(
    explored: Explored, expressions: list[Expression], number: int, base: dict[str, int]
) -> dict[str, int] | None:
    wrong = expressions[number]
    others = [other for at, other in enumerate(expressions) if at != number]
    best = None
    for sizes in _around(explored, wrong, base):
        if wrong(sizes):
            continue
        broken = sum(not other(sizes) for other in others)
        distance = sum(abs(sizes[letter] - base[letter]) for letter in sizes)
        if best is None or (broken, distance) < best[0]:
            best = ((broken, distance), sizes)
    return best[1] if best is not None and not explored.accepts(best[1]) else None


def _around(explored: Explored, wrong: Expression, base: dict[str, int]) -> Any:
    for letter in wrong.letters:
        low, high = explored.ranges[letter]
        for size in (*_range(low, min(high, 300) + 1), high):
            yield {**base, letter: size}
    if len(wrong.letters) > 1:
        for size in _range(1, 301):
            yield {
                letter: min(max(size, explored.ranges[letter][0]), explored.ranges[letter][1])
                if letter in wrong.letters
                else base[letter]
                for letter in base
            }
