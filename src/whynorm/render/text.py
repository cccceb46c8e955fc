"""A report for a terminal."""

import os
from collections.abc import Iterator

from whynorm.facts import Location, Raised
from whynorm.render.picture import picture
from whynorm.report import Cause, Finding, Fix, Norm, Report, Step

_COLOURS = {
    "error": "1;31",
    "warning": "1;33",
    "note": "1;36",
    "help": "1;32",
    "dim": "2",
    "arrow": "1;34",
    "bold": "1",
}
_FRAMEWORKS = {
    "torch": "PyTorch",
    "keras": "Keras",
    "tensorflow": "TensorFlow",
    "flax": "Flax",
    "jax": "JAX",
    "onnx": "ONNX",
}
_CAUSES = 3
"""How many causes are told in full; the rest are named."""
_PATCH = 12
"""How many changed lines of a patch are shown."""


def render(report: Report, *, colour: bool = False, notes: bool = False, width: int = 100) -> str:
    """The findings in the order in which they strike; without `notes`, only errors and warnings.

    Lines of our own are broken at `width` columns; code, patches and the framework's words are not.
    """
    page = _Page(colour, max(width, 40), _FRAMEWORKS.get(report.framework.name or "", report.framework.name or ""))
    shown = [finding for finding in report.findings if notes or finding.severity != "note"]
    parts = ["\n".join(page.findings(alike)) for alike in _alike(shown)]
    if report.unknown is not None:
        parts.append("\n".join(page.entry(f"{page.paint('unknown', 'warning')}: ", "unknown: ", report.unknown)))
    hidden = len(report.findings) - len(shown)
    if report.command == "check" and not shown and report.outcome == "completes":
        more = f"; {hidden} {'note' if hidden == 1 else 'notes'} under --notes" if hidden else ""
        parts.append(f"no error found: the forward pass completes{more}")
    if notes or (len(report.norms) == 1 and not shown):
        parts += ["\n".join(page.norm(norm)) for norm in _kinds(report.norms)]
    return "\n\n".join(parts) + "\n" if parts else ""


def _wrapped(text: str, width: int) -> list[str]:
    """The text in lines of this width, broken at blanks; `textwrap` alone costs half as much as `whynorm why`."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] += f" {word}" if lines[-1] else word
    return lines


def _kinds(norms: tuple[Norm, ...]) -> list[Norm]:
    """The first norm of each kind."""
    kinds: dict[object, Norm] = {}
    for norm in norms:
        kinds.setdefault((norm.call.partition("(")[0], norm.reading.averages, norm.reading.source), norm)
    return list(kinds.values())


def _alike(findings: list[Finding]) -> list[list[Finding]]:
    """The findings, those together that one line of source has with one cause: a block that is used several times.

    An operation, which no line builds, where the cause says the same word for word; several lines, where one patch
    mends them all.
    """
    groups: dict[object, list[Finding]] = {}
    for finding in findings:
        built = finding.layer.location if finding.layer is not None else None
        first = finding.causes[0] if finding.causes else None
        at = built[:2] if built is not None else first and first.message
        key = (finding.symptom, finding.location and finding.location[:2], at, first and first.cause)
        patch = next((fix.patch for fix in first.fixes if fix.patch), None) if first is not None else None
        mended = (finding.symptom, first and first.cause, patch) if patch is not None else None
        groups.setdefault(mended or (key if at is not None else id(finding)), []).append(finding)
    return list(groups.values())


class _Page:
    def __init__(self, colour: bool, width: int, framework: str) -> None:
        self.colour = colour
        self.width = width
        self.framework = framework

    def paint(self, text: str, kind: str) -> str:
        return f"\x1b[{_COLOURS[kind]}m{text}\x1b[0m" if self.colour and text else text

    def entry(self, painted: str, plain: str, text: str) -> list[str]:
        """A labelled paragraph, broken at the page's width and hung behind its label."""
        lines = _wrapped(text, self.width - len(plain))
        return [painted + lines[0], *(" " * len(plain) + line for line in lines[1:])]

    def said(self, label: str, text: str) -> list[str]:
        """`   = why: …`"""
        return self.entry(f"   {self.paint('=', 'arrow')} {self.paint(label, 'bold')}: ", f"   = {label}: ", text)

    def findings(self, alike: list[Finding]) -> Iterator[str]:
        """One finding in full, and where else it is the same."""
        yield from self.finding(alike[0])
        names = dict.fromkeys(one.layer.path or one.layer.type for one in alike if one.layer is not None)
        if len(names) > 1:
            yield from self.said("also", f"the same at {', '.join(list(names)[1:])}")

    def norm(self, norm: Norm) -> Iterator[str]:
        """How a norm reads its input."""
        named = f" at {norm.path}" if norm.path else ""
        yield f"{self.paint(norm.call, 'bold')}{named}"
        yield from (f"  {line}" for line in picture(norm.reading, norm.shape))

    def finding(self, finding: Finding) -> Iterator[str]:
        head = f"{finding.severity}[{finding.symptom}]"
        caught = " (caught by the program)" if finding.handled else ""
        yield from self.entry(
            f"{self.paint(head, finding.severity)}{caught}: ", f"{head}{caught}: "[:8], finding.message
        )
        yield from self.where(finding)
        first, *rest = finding.causes or (None,)
        if first is not None:
            yield from self.cause("why", first)
        yield from self.reading(finding)
        if finding.raised is not None:
            yield from self.quoted(finding.raised)
        for warning in finding.warnings:
            yield from self.said("beware", warning)
        if first is not None:
            yield from self.fixes(first)
        for cause in rest[: _CAUSES - 1]:
            if cause is not None:
                yield from self.cause("or", cause)
                yield from self.fixes(cause)
        unsaid = [cause.cause for cause in rest[_CAUSES - 1 :] if cause is not None]
        if unsaid:
            yield from self.said("or", f"{', '.join(unsaid)} (whynorm explain {unsaid[0]})")

    def where(self, finding: Finding) -> Iterator[str]:
        layer = finding.layer
        place = finding.location or (layer.location if layer else None)
        if place is None:
            if layer is not None and layer.path:
                yield f"  {self.paint('-->', 'arrow')} {layer.path}"
            return
        named = ""
        if layer is not None:
            built = layer.location
            named = layer.path or ""
            if built is not None and (built.file, built.line) != (place.file, place.line):
                where = f"{_file(built.file)}:{built.line}" if built.file != place.file else f"line {built.line}"
                named += f"{', ' if named else ''}built at {where}"
        code = f"{_place(place)}   {place.code}".rstrip()
        gap = "    " if named else ""
        yield f"  {self.paint('-->', 'arrow')} {code}{gap}{self.paint(named, 'dim')}"
        yield f"   {self.paint('|', 'arrow')}"

    def cause(self, label: str, cause: Cause) -> Iterator[str]:
        sure = "" if cause.confidence == "certain" else f" ({cause.confidence})"
        yield from self.said(label, f"{cause.message}{sure}")
        indent = " " * 10
        steps = _steps(cause.steps)
        for step in steps:
            yield indent + step
        at = cause.at.location if cause.at is not None else None
        if at is not None and cause.at is not None and not any(_place(at) in step for step in steps):
            yield f"{indent}{_place(at)}   {self.paint(at.code, 'dim')}".rstrip()
        if cause.experiment is not None:
            yield from self.entry(f"{indent}measured: ", f"{indent}measured: ", cause.experiment)
        if cause.look_at is not None:
            yield from self.entry(f"{indent}look at: ", f"{indent}look at: ", cause.look_at)

    def reading(self, finding: Finding) -> Iterator[str]:
        if finding.reading is None or finding.input_shape is None:
            return
        lines = picture(finding.reading, finding.input_shape)
        yield f"   {self.paint('=', 'arrow')} {self.paint('reading', 'bold')}: {lines[0]}"
        for line in lines[1:]:
            yield f"              {line}"

    def quoted(self, raised: Raised) -> Iterator[str]:
        """The framework's words, unbroken: they are searched for."""
        label = f"{self.framework}: " if self.framework else ""
        first, *rest = raised.message.splitlines() or [raised.type]
        yield f"   {self.paint('=', 'arrow')} {self.paint('note', 'bold')}: {label}{first}"
        for line in rest:
            yield f"           {line}".rstrip()

    def fixes(self, cause: Cause) -> Iterator[str]:
        for fix in cause.fixes:
            when = f" — if {fix.when}" if fix.when else ""
            tried = {True: "[tried: passes]", None: "[not tried]", False: ""}[fix.verified]
            lines = self.entry(f"{self.paint('help', 'help')}: ", "help: ", f"{fix.title}{when}")
            gap = max(2, self.width - len(tried) - len(f"help: {fix.title}{when}")) if len(lines) == 1 else 2
            lines[-1] += " " * gap + self.paint(tried, "dim")
            yield from lines
            yield from self.patch(fix)

    def patch(self, fix: Fix) -> Iterator[str]:
        if fix.patch is None:
            return
        shown = [line for line in fix.patch.splitlines() if line[:1] in "+-@" and not line.startswith("---")]
        changed = [line for line in shown if line[:1] in "+-" and not line.startswith("+++")]
        if len(changed) > _PATCH:
            yield f"      a patch of {len(changed)} lines (with --json, to give to git apply)"
            return
        for line in shown:
            if line.startswith("+++"):
                yield f"      {self.paint(line[4:].removeprefix('b/'), 'dim')}"
            elif line[:1] != "@":
                yield f"      {self.paint(line, 'help' if line[0] == '+' else 'error')}"


def _file(name: str) -> str:
    """The file as one would type it here: relative where it lies below the working directory."""
    here = os.path.join(os.getcwd(), "")
    return name.removeprefix(here)


def _place(location: Location) -> str:
    return f"{_file(location.file)}:{location.line}"


def _steps(steps: tuple[Step, ...]) -> list[str]:
    """The chain of shapes: in one line where only the spatial size changes from step to step, else a line each."""
    if not steps:
        return []
    squares = [_square(step.out) for step in steps]
    places = list(dict.fromkeys(_place(step.location) for step in steps if step.location is not None))
    if len(steps) > 1 and None not in squares and steps[0].inside is not None:
        chain = " → ".join([_shape(steps[0].inside), *(str(size) for size in squares)])
        return [f"{chain}    {', '.join(places[:3])}{' …' if len(places) > 3 else ''}".rstrip()]
    lines = []
    for step in steps:
        where = f"    {_place(step.location)}" if step.location is not None else ""
        lines.append(f"{step.path or step.type}: {_shape(step.inside)} → {_shape(step.out)}{where}")
    return lines


def _square(shape: tuple[int, ...] | None) -> int | None:
    """The one size that all axes behind the channels have."""
    return shape[2] if shape is not None and len(shape) > 2 and len(set(shape[2:])) == 1 else None


def _shape(shape: tuple[int, ...] | None) -> str:
    return "?" if shape is None else "x".join(map(str, shape)) or "scalar"
