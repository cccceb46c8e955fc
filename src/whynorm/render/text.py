"""A report for a terminal."""

from whynorm.facts import Location, Raised
from whynorm.report import Cause, Finding, Fix, Report, Step

_COLOURS = {"error": "1;31", "warning": "1;33", "note": "1;36", "help": "1;32", "dim": "2", "arrow": "1;34"}


def render(report: Report, *, colour: bool = False, notes: bool = False) -> str:
    """The findings in the order in which they strike; without `notes`, only errors and warnings."""
    shown = [finding for finding in report.findings if notes or finding.severity != "note"]
    return "\n".join(_Page(colour).finding(finding, report.framework.name) for finding in shown)


class _Page:
    def __init__(self, colour: bool) -> None:
        self.colour = colour

    def paint(self, text: str, kind: str) -> str:
        return f"\x1b[{_COLOURS[kind]}m{text}\x1b[0m" if self.colour else text

    def finding(self, finding: Finding, framework: str | None) -> str:
        lines = [self.paint(f"{finding.severity}[{finding.symptom}]", finding.severity) + f": {finding.message}"]
        where = finding.location or (finding.layer.location if finding.layer else None)
        if where is not None:
            lines.append(f"  {self.paint('-->', 'arrow')} {_place(where)}{self.layer(finding)}")
        for cause in finding.causes:
            lines += self.cause(cause)
        if finding.raised is not None:
            lines.append(f"   = note: {framework}: {_quoted(finding.raised)}")
        for cause in finding.causes:
            lines += [self.fix(fix) for fix in cause.fixes]
        return "\n".join(lines) + "\n"

    def layer(self, finding: Finding) -> str:
        layer = finding.layer
        if layer is None or not layer.path:
            return ""
        built = f", built at {layer.location.file}:{layer.location.line}" if layer.location else ""
        return f"    {self.paint(layer.path + built, 'dim')}"

    def cause(self, cause: Cause) -> list[str]:
        certainty = "" if cause.confidence == "certain" else f" ({cause.confidence})"
        lines = [f"   = why: {cause.message}{certainty}"]
        lines += [f"          {step}" for step in _steps(cause.steps)]
        if cause.look_at is not None:
            lines.append(f"          look at: {cause.look_at}")
        return lines

    def fix(self, fix: Fix) -> str:
        when = f" — if {fix.when}" if fix.when else ""
        tried = {True: "  [tried: passes]", None: "  [not tried]", False: ""}[fix.verified]
        return f"{self.paint('help', 'help')}: {fix.title}{when}{self.paint(tried, 'dim')}"


def _place(location: Location) -> str:
    return f"{location.file}:{location.line}   {location.code}".rstrip()


def _quoted(raised: Raised) -> str:
    return f"{raised.type}: {raised.message}"


def _steps(steps: tuple[Step, ...]) -> list[str]:
    return [f"{step.path or step.type}: {_shape(step.inside)} → {_shape(step.out)}" for step in steps]


def _shape(shape: tuple[int, ...] | None) -> str:
    return "?" if shape is None else "x".join(map(str, shape)) or "scalar"
