"""Where facts and catalogue meet: calls and cases in, findings out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from whynorm.catalogue import Because, Remedy, Shown, load_cause, load_symptom, silent_symptoms
from whynorm.facts import Call, Case, Fits, Location, Told, Verdict
from whynorm.facts.change import Edit
from whynorm.report import At, Cause, Finding, Fix, Layer, Step
from whynorm.texts.scope import names_a_norm
from whynorm.texts.wordings import recognise

if TYPE_CHECKING:
    from whynorm.frameworks.room import Followed

_RANK = {"certain": 0, "likely": 1, "possible": 2}

Patch = Callable[[Sequence[Edit]], str | None]
Look = Callable[[Call], Shown | None]


Fit = Callable[["Followed"], Fits | None]


def findings(followed: Followed, *, patch: Patch, fits: Fit | None = None, handled: bool = False) -> Iterator[Finding]:
    """What is wrong along one forward pass, in the order in which it strikes.

    `fits` makes of the pass what answers which sizes its root takes; without it they are found by trial.
    """
    fitting = fits(followed) if fits is not None else None
    patch = _once(patch)
    for call in followed.trace.calls:
        for symptom in shows(call, followed.framework.name):
            if followed.symptoms is not None and symptom not in followed.symptoms:
                continue
            if followed.raised is not None and load_symptom(symptom).needs_cause:
                continue  # what is merely doubtful can wait until the pass completes
            case = Case(
                call,
                framework=followed.framework.name,
                version=followed.framework.version,
                trace=followed.trace,
                frames=followed.frames,
                hints=followed.hints,
                trial=followed.trial(call) if followed.trial is not None else None,
                fits=fitting,
                configured=followed.configured,
                told=Told(symptom=symptom),
            )
            found = diagnose(case, symptom, patch=patch, handled=handled)
            if found is None and call.raised is not None and symptom != "other-error":
                found = diagnose(case, "other-error", patch=patch, handled=handled)
            if found is not None:
                yield found


def _once(patch: Patch) -> Patch:
    """The same edits, of several calls of a pass, are written once."""
    known: dict[str, str | None] = {}

    def written(edits: Sequence[Edit]) -> str | None:
        key = repr(tuple(edits))
        if key not in known:
            known[key] = patch(edits)
        return known[key]

    return written


def shows(call: Call, framework: str | None) -> Iterator[str]:
    """The symptoms that this call may show: by the framework's words if it raised, else those that are silent."""
    if call.raised is not None:
        match = recognise(call.raised.message, framework, call.role)
        if match is not None and match.wording.needs == "norm-name":
            missing = call.type if call.path == "" and not call.inputs else None
            match = match if names_a_norm(match.word("name"), f"{match.word('module')} {missing}") else None
        symptom = match.wording.symptom if match is not None else "other-error"
        # Some layers word an empty axis as a wrong rank, or stumble over it; a convolution of Keras's hands it on.
        empty = any(0 in value.shape for value in call.inputs)
        fits = symptom == "wrong-rank" and call.shape is not None and len(call.shape) in call.ranks
        if empty and (fits or match is None or symptom == "channel-mismatch"):
            symptom = "empty-input"
        if call.role == "norm" and symptom == "size-mismatch":  # what a norm is multiplied with is its own
            family = call.reading.family if call.reading is not None else None
            symptom = "trailing-shape" if family in ("layer", "rms") else "channel-mismatch"
        if call.role == "norm" and symptom == "trailing-shape" and _scales_others(call):
            symptom = "framework-bug"
        yield symptom
    else:
        yield from silent_symptoms(call)


def _scales_others(call: Call) -> bool:
    """Whether a norm's parameters lie along axes that it does not average over: no program can mean that."""
    reading = call.reading
    return reading is not None and not {*reading.parameter_axes} <= {*reading.averages}


def diagnose(case: Case, symptom: str, *, patch: Patch, handled: bool = False) -> Finding | None:
    """The finding for a case that shows this symptom; None if the symptom does not hold there.

    `patch` turns the edits of a remedy into a unified diff.
    """
    call = case.call
    shown = load_symptom(symptom).look(call)
    if shown is None:
        if case.live or call.raised is None:
            return None
        shown = Shown("error", call.raised.message.split("\n", 1)[0])
    found = [
        _weigh(name, because, case, patch, load_symptom(symptom).look)
        for name in load_symptom(symptom).causes
        if (because := load_cause(name).find(case)) is not None
    ]
    if not found and load_symptom(symptom).needs_cause:
        return None
    standing = [weighed for weighed in found if not weighed.refuted] or found
    standing.sort(key=lambda weighed: (_RANK[weighed.because.confidence], -weighed.because.weight))
    return Finding(
        symptom=symptom,
        severity=shown.severity,
        message=shown.message,
        layer=None if call.path is None else Layer(call.path, call.type, call.name, _own(call.built)),
        location=_place(case),
        input_shape=call.shape,
        raised=call.raised,
        causes=tuple(_cause(weighed) for weighed in standing),
        handled=handled,
        reading=call.reading,
    )


def _place(case: Case) -> Location | None:
    """The user's line at the call; where a library's own code makes it, the one that calls the root."""
    location, called = case.call.location, case.hints.get("called")
    if isinstance(called, Location) and (location is None or location.library):
        return called
    return location


def _own(built: Location | None) -> Location | None:
    """The user's line that builds a layer; where a library builds it, the one that has the network built."""
    return None if built is None else built.own


class _Weighed(NamedTuple):
    """A cause with its remedies tried."""

    name: str
    because: Because
    fixes: tuple[Fix, ...]
    refuted: bool
    """Every remedy that could be tried failed: something else is wrong."""


def _passed(verdict: Verdict, look: Look) -> bool | None:
    """Whether a trial went well: nothing raised, and where the call was measured again, the symptom is gone."""
    if verdict.passed is not True or verdict.call is None:
        return verdict.passed
    shown = look(verdict.call)
    return shown is None or shown.severity == "note"


def _weigh(name: str, because: Because, case: Case, patch: Patch, look: Look) -> _Weighed:
    tried = [(remedy, _passed(case.try_out(remedy.trial), look)) for remedy in because.remedies]
    verdicts = {passed for _, passed in tried} - {None}
    return _Weighed(
        name=name,
        because=because,
        fixes=tuple(_fix(remedy, passed, patch, case) for remedy, passed in tried if passed is not False),
        refuted=verdicts == {False},
    )


def _fix(remedy: Remedy, passed: bool | None, patch: Patch, case: Case) -> Fix:
    edits = remedy.edits
    made = patch(edits) if edits else None
    if made is None and remedy.number is not None:
        edit = case.configured(*remedy.number)  # which the whole pass went through with
        made = patch((edit,)) if edit is not None else None
        edits, passed = ((edit,), True) if edit is not None and made is not None else (edits, passed)
    return Fix(
        title=remedy.title,
        changes=remedy.changes,
        when=remedy.when,
        patch=made,
        verified=passed,
        safe=remedy.safe and passed is True,
        edits=edits,
    )


def _cause(weighed: _Weighed) -> Cause:
    because = weighed.because
    return Cause(
        cause=weighed.name,
        confidence="possible" if weighed.refuted else because.confidence,
        message=because.message,
        at=_at(because),
        steps=tuple(_step(call) for call in because.steps),
        fixes=weighed.fixes,
        look_at=because.look_at,
        experiment=because.experiment,
    )


def _at(because: Because) -> At | None:
    if because.at is not None:
        return At(because.at.path, because.at.type, _own(because.at.built) or because.at.location)
    return At(None, "input", because.origin) if because.origin is not None else None


def _step(call: Call) -> Step:
    out = call.outputs[0].shape if call.outputs else None
    return Step(call.path, call.type, call.shape, out, _own(call.built) or call.location)
