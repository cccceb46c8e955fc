"""Where facts and catalogue meet: calls and cases in, findings out."""

from collections.abc import Callable, Iterator, Sequence

from whynorm.catalogue import Because, Remedy, load_cause, load_symptom, silent_symptoms
from whynorm.facts import Call, Case
from whynorm.facts.change import Edit
from whynorm.frameworks.room import Followed
from whynorm.report import At, Cause, Finding, Fix, Layer, Step
from whynorm.texts.wordings import recognise

_RANK = {"certain": 0, "likely": 1, "possible": 2}

Patch = Callable[[Sequence[Edit]], str | None]


def findings(followed: Followed, *, patch: Patch, handled: bool = False) -> Iterator[Finding]:
    """What is wrong along one forward pass, in the order in which it strikes."""
    for call in followed.trace.calls:
        for symptom in shows(call, followed.framework.name):
            case = Case(
                call,
                framework=followed.framework.name,
                version=followed.framework.version,
                trace=followed.trace,
                frames=followed.frames,
                hints=followed.hints,
                trial=followed.trial(call) if followed.trial is not None else None,
            )
            found = diagnose(case, symptom, patch=patch, handled=handled)
            if found is not None:
                yield found


def shows(call: Call, framework: str | None) -> Iterator[str]:
    """The symptoms that this call may show: by the framework's words if it raised, else those that are silent."""
    if call.raised is not None:
        match = recognise(call.raised.message, framework)
        yield match.wording.symptom if match is not None else "other-error"
    else:
        yield from silent_symptoms(call)


def diagnose(case: Case, symptom: str, *, patch: Patch, handled: bool = False) -> Finding | None:
    """The finding for a case that shows this symptom; None if the symptom does not hold there.

    `patch` turns the edits of a remedy into a unified diff.
    """
    call = case.call
    shown = load_symptom(symptom).look(call)
    if shown is None:
        return None
    found: list[tuple[str, Because]] = []
    for name in load_symptom(symptom).causes:
        because = load_cause(name).find(case)
        if because is not None:
            found.append((name, because))
    found.sort(key=lambda pair: (_RANK[pair[1].confidence], -pair[1].weight))
    return Finding(
        symptom=symptom,
        severity=shown.severity,
        message=shown.message,
        layer=None if call.path is None else Layer(call.path, call.type, call.name, call.built),
        location=call.location,
        input_shape=call.shape,
        raised=call.raised,
        causes=tuple(_cause(name, because, case, patch) for name, because in found),
        handled=handled,
    )


def _cause(name: str, because: Because, case: Case, patch: Patch) -> Cause:
    at = because.at
    return Cause(
        cause=name,
        confidence=because.confidence,
        message=because.message,
        at=None if at is None else At(at.path, at.type, at.built or at.location),
        steps=tuple(_step(call) for call in because.steps),
        fixes=tuple(fix for remedy in because.remedies if (fix := _tried(remedy, case, patch)) is not None),
        look_at=because.look_at,
    )


def _step(call: Call) -> Step:
    out = call.outputs[0].shape if call.outputs else None
    return Step(call.path, call.type, call.shape, out, call.built or call.location)


def _tried(remedy: Remedy, case: Case, patch: Patch) -> Fix | None:
    """The remedy as a fix, tried out; None if its trial failed."""
    passed = case.try_out(remedy.trial).passed
    if passed is False:
        return None
    return Fix(
        title=remedy.title,
        changes=remedy.changes,
        when=remedy.when,
        patch=patch(remedy.edits) if remedy.edits else None,
        verified=passed,
        safe=remedy.safe and passed is True,
    )
