"""Explain an error from its text, or from the exception itself."""

from collections.abc import Iterable

from whynorm.catalogue import load_symptom
from whynorm.catalogue.advice import harmful
from whynorm.diagnose import diagnose, findings
from whynorm.fixes import patch
from whynorm.report import Finding, Framework, Report
from whynorm.texts import Heard, read


def why(text_or_exception: str | BaseException) -> Report:
    """Explain a pasted traceback, a log with one in it, a bare error line, or an exception.

    An exception whose framework is loaded is followed to its layer as `whynorm run` does; of any other, and of a
    text, the wording, the frames and the lines around it are read. Nothing is imported and nothing is run.
    """
    if isinstance(text_or_exception, BaseException):
        return _why_exception(text_or_exception)
    return why_text([text_or_exception])


def why_text(texts: Iterable[str], source: str | None = None) -> Report:
    """`why` for a text that comes in pieces. `source` is the folder in which the code that it names lies."""
    heard = read(texts, source)
    told = [_finding(one) for one in heard]
    first = heard[0].case if heard else None
    named = Framework(first.framework, first.version) if first is not None else Framework(None)
    return Report("why", named, "unknown", told)


def _finding(heard: Heard) -> Finding:
    case, wording = heard.case, heard.wording
    found = diagnose(case, wording.symptom, patch=patch)
    if found is None:
        raised = case.call.raised
        said = raised.message.split("\n", 1)[0] if raised is not None else load_symptom(wording.symptom).page
        found = Finding(wording.symptom, wording.severity, said, location=case.call.location, raised=raised)
    return found._replace(severity=wording.severity, warnings=harmful(case.told, case.framework))


def _why_exception(exception: BaseException) -> Report:
    from traceback import format_exception

    from whynorm.errors import own_fault
    from whynorm.frameworks import rooms

    fault: str | None = None
    for room in rooms():
        try:
            followed = room.crash(exception)
            found = [] if followed is None else list(findings(followed, patch=patch))
        except Exception as error:  # noqa: BLE001  a fault of ours is told, and the text still says something
            fault = own_fault(error)
            break
        if followed is not None and found:
            return Report("why", followed.framework, followed.outcome, found, followed.unknown)
    report = why_text(["".join(format_exception(type(exception), exception, exception.__traceback__))])
    return Report("why", report.framework, report.outcome, report.findings, fault)
