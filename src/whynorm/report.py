"""The report: what every command says, as data. Renderers turn it into text, `to_dict` into JSON version 1."""

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

from whynorm.facts.call import Open
from whynorm.facts.change import Edit
from whynorm.facts.error import Raised
from whynorm.facts.place import Location
from whynorm.facts.reading import Reading

SCHEMA = "whynorm/1"

Severity = Literal["error", "warning", "note"]
Confidence = Literal["certain", "likely", "possible"]
Changes = Literal["input", "data", "model", "layer", "call", "mode", "environment"]
Outcome = Literal["raises", "completes", "unknown"]


class Fix(NamedTuple):
    """A change that makes it right. One that failed its trial is not shown as a fix."""

    title: str
    changes: Changes
    when: str | None = None
    """The intent under which it is the right one; None where there is only one reading."""
    patch: str | None = None
    """A unified diff that `git apply` takes."""
    verified: bool | None = None
    safe: bool = False
    edits: tuple[Edit, ...] = ()
    """What the patch was made of; no part of the JSON."""


class Step(NamedTuple):
    """One call of the chain that led there."""

    path: str | None
    type: str
    inside: tuple[int, ...] | None
    out: tuple[int, ...] | None
    location: Location | None = None


class At(NamedTuple):
    """The layer or operation that a cause points to."""

    path: str | None
    type: str
    location: Location | None


class Cause(NamedTuple):
    """What made it so."""

    cause: str
    confidence: Confidence
    message: str
    at: At | None = None
    steps: tuple[Step, ...] = ()
    fixes: tuple[Fix, ...] = ()
    look_at: str | None = None
    """What to look at to decide, where the facts leave it open: one line to print, one number to compare."""
    experiment: str | None = None
    """What was repeated or measured in this run, and the number that came out, in one line."""


class Layer(NamedTuple):
    """The layer at which it shows."""

    path: str | None
    type: str
    call: str
    location: Location | None


class Finding(NamedTuple):
    """What shows at one layer, and what made it so."""

    symptom: str
    severity: Severity
    message: str
    layer: Layer | None = None
    location: Location | None = None
    input_shape: tuple[int, ...] | None = None
    raised: Raised | None = None
    causes: tuple[Cause, ...] = ()
    handled: bool = False
    reading: Reading | None = None
    """How the layer reads this input, where it is a norm."""
    warnings: tuple[str, ...] = ()
    """Advice that circulates on this error and harms."""


class Norm(NamedTuple):
    """A norm that was met, and how it read what it got."""

    path: str | None
    call: str
    shape: tuple[int, ...]
    reading: Reading


class Framework(NamedTuple):
    """The framework at hand."""

    name: str | None
    version: str | None = None
    backend: str | None = None


def head(command: str, framework: Framework) -> dict[str, Any]:
    """What every document of JSON version 1 begins with."""
    named: dict[str, Any] = {"name": framework.name, "version": framework.version}
    if framework.backend is not None:
        named["backend"] = framework.backend
    return {"schema": SCHEMA, "command": command, "framework": named}


class Report:
    """What one command found, in the order in which it strikes."""

    def __init__(
        self,
        command: str,
        framework: Framework,
        outcome: Outcome,
        findings: Iterable[Finding] = (),
        unknown: str | None = None,
        norms: Iterable[Norm] = (),
    ) -> None:
        self.command = command
        self.framework = framework
        self.outcome: Outcome = outcome
        self.findings = tuple(findings)
        self.unknown = unknown
        self.norms = tuple(norms)

    @property
    def ok(self) -> bool:
        """It does not raise, and no finding is an error."""
        return self.outcome != "raises" and all(finding.severity != "error" for finding in self.findings)

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON version 1 has it (`whynorm/1`)."""
        document: dict[str, Any] = {
            **head(self.command, self.framework),
            "outcome": self.outcome,
            "findings": [_finding(finding) for finding in self.findings],
        }
        if self.unknown is not None:
            document["unknown"] = self.unknown
        if self.norms:
            document["norms"] = [
                {**norm._asdict(), "shape": _shape(norm.shape), "reading": norm.reading._asdict()}
                for norm in self.norms
            ]
        return document

    def __str__(self) -> str:
        from whynorm.render.text import render

        return render(self)

    def __repr__(self) -> str:
        return f"<whynorm.Report {self.outcome}, {len(self.findings)} findings>"


def _location(location: Location | None) -> dict[str, Any] | None:
    return None if location is None else {"file": location.file, "line": location.line, "code": location.code}


def _shape(shape: tuple[int, ...] | None) -> list[int | None] | None:
    return None if shape is None else [None if isinstance(size, Open) else size for size in shape]


def _finding(finding: Finding) -> dict[str, Any]:
    layer = finding.layer
    document: dict[str, Any] = {
        "symptom": finding.symptom,
        "severity": finding.severity,
        "handled": finding.handled,
        "message": finding.message,
        "layer": None if layer is None else {**layer._asdict(), "location": _location(layer.location)},
        "location": _location(finding.location),
        "input_shape": _shape(finding.input_shape),
        "raised": None if finding.raised is None else finding.raised._asdict(),
        "causes": [_cause(cause) for cause in finding.causes],
    }
    if finding.reading is not None:
        document["reading"] = finding.reading._asdict()
    if finding.warnings:
        document["warnings"] = list(finding.warnings)
    return document


def _cause(cause: Cause) -> dict[str, Any]:
    at = cause.at
    document: dict[str, Any] = {
        "cause": cause.cause,
        "confidence": cause.confidence,
        "message": cause.message,
        "at": None if at is None else {**at._asdict(), "location": _location(at.location)},
        "steps": [_step(step) for step in cause.steps],
        "fixes": [_fix(fix) for fix in cause.fixes],
    }
    if cause.look_at is not None:
        document["look_at"] = cause.look_at
    if cause.experiment is not None:
        document["experiment"] = cause.experiment
    return document


def _fix(fix: Fix) -> dict[str, Any]:
    return {key: value for key, value in fix._asdict().items() if key != "edits"}


def _step(step: Step) -> dict[str, Any]:
    document: dict[str, Any] = {
        "path": step.path,
        "type": step.type,
        "in": _shape(step.inside),
        "out": _shape(step.out),
    }
    if step.location is not None:
        document["location"] = _location(step.location)
    return document
