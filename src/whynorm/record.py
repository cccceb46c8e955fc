"""What was observed of the running process: noted while it runs, told at its end.

Nothing heavy is loaded before there is something to look into: a healthy program pays for nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from whynorm.frameworks.unobserved import unobserved

if TYPE_CHECKING:
    from whynorm.facts import Call
    from whynorm.frameworks.room import Ahead, Followed
    from whynorm.report import Finding, Framework

MOST = 20
"""So many errors, and so many silent faults, are looked into in one program."""


class Noted(NamedTuple):
    """What was found while the program ran."""

    framework: Framework
    findings: tuple[Finding, ...]
    key: tuple[object, ...]
    ahead: int | None = None
    """The `id` of the loader whose pass is on its way there, where it has not happened yet."""
    ends: bool = False
    """It ended a child process of the program, or a thread."""


def announce(noted: Noted) -> None:
    """Say in one line on standard error what is still to come; all of it follows at the end."""
    from whynorm.streams import error_stream

    stream = error_stream()
    if stream is not None:
        finding = noted.findings[0]
        place = "" if finding.location is None else f" ({finding.location.file}:{finding.location.line})"
        start = "\n" if stream.isatty() else ""  # a progress bar may stand on the line
        print(f"{start}{finding.severity}[{finding.symptom}]: {finding.message}{place}", file=stream, flush=True)


class Record:
    """What was observed of this process: a `frameworks.room.Listener`."""

    def __init__(self) -> None:
        self.noted: list[Noted] = []
        self.on_note: Callable[[Noted], None] = lambda noted: None
        """Told of each new note."""
        self.on_foreseen: Callable[[Noted], None] = announce
        """Told of each note of what is still to come after a while."""
        self.on_arrival: Callable[[Noted], None] = lambda noted: None
        """Told of each note that has turned out to be wrong."""
        self.fault: Exception | None = None
        """What went wrong in our own code while the program ran."""
        self.ending: tuple[BaseException, Noted | None] | None = None
        """The exception that ends the program, and what is to be said of it, where that was looked into early."""
        self._endings: list[Callable[[], Iterable[Followed]]] = []
        self._exceptions: dict[int, tuple[object, ...]] = {}
        self._looked_into: set[tuple[object, ...]] = set()

    def failed(self, exception: Exception, follow: Callable[[], Followed | None]) -> None:
        """Explain an exception that leaves a layer's call, once for each thing that it says."""
        with self._at_work():
            key = key_of(exception)
            if self._exceptions.get(id(exception)) == key:
                return
            self._exceptions[id(exception)] = key
            followed = follow() if self._is_new(key) else None
            if followed is not None:
                self.add(Noted(followed.framework, explained(followed), key))

    def ended(self, exception: BaseException) -> None:
        """A thread, or a child process that shares this one's code, ends by this exception."""
        with self._at_work():
            for number, noted in enumerate(self.noted):
                if noted.key == key_of(exception):
                    self.noted[number] = noted._replace(ends=True)
                    self.on_note(self.noted[number])

    def called(self, call: Call, follow: Callable[[], Followed | None]) -> None:
        """Look at a norm's call, and at the pass around it where something shows silently."""
        with self._at_work():
            from whynorm.catalogue import load_symptom
            from whynorm.diagnose import shows

            for symptom in shows(call, None):
                shown = load_symptom(symptom).look(call)
                doubtful = load_symptom(symptom).doubtful(call)
                if not doubtful and (shown is None or shown.severity != "warning"):
                    continue
                key = (symptom, call.name, call.training, shown.message if shown is not None else call.shape)
                followed = follow() if self._is_new(key) else None
                if followed is not None:
                    silent = tuple(one for one in explained(followed) if one.raised is None)
                    self.add(Noted(followed.framework, silent, key))

    def faulted(self, error: Exception) -> None:
        """Something of ours went wrong while the program ran."""
        self.fault = error

    def at_end(self, seen: Callable[[], Iterable[Followed]]) -> None:
        """Have `seen()` asked at the end of the program, or of what is watched, for what only shows then."""
        self._endings.append(seen)

    @property
    def silent(self) -> bool:
        """Whether there is nothing to be said, nor anything that would only show at the end."""
        return not self.noted and not self._endings and self.fault is None

    def end(self) -> None:
        """Ask for what only shows at the end, and note what is to be said of it; may be asked again later."""
        for seen in self._endings:
            with self._at_work():
                for followed in seen():
                    self.add(Noted(followed.framework, explained(followed), ("end", id(followed))))

    def close(self) -> None:
        """Ask for what only shows at the end, and never again."""
        self.end()
        self._endings.clear()

    def foreseen(self, look: Callable[[], Ahead | None]) -> None:
        """Look at a batch that is still to come, and note what it will do."""
        with self._at_work():
            ahead = look()
            if ahead is None or not self._is_new(ahead.key):
                return
            followed = ahead.follow()
            found = [expected(one, followed) for one in explained(followed) if one.raised is not None][:1]
            if found:
                noted = Noted(followed.framework, tuple(found), ahead.key, ahead.loader)
                self.add(noted)
                ahead.later(lambda: self._still(noted))

    def _still(self, noted: Noted) -> None:
        """What was foreseen is still to come after a while: it is said now, the program may not live to its end."""
        with self._at_work():
            if noted in self.noted:
                self.on_foreseen(noted)

    def arrived(self, loader: int) -> None:
        """A pass over a loader went well to its end: what was foreseen of it is not so."""
        with self._at_work():
            wrong = [one for one in self.noted if one.ahead == loader]
            self.noted = [one for one in self.noted if one.ahead != loader]
            for one in wrong:
                self.on_arrival(one)

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        """The one border: whatever goes wrong inside is ours, and the program goes on as if nothing had been seen."""
        with unobserved():
            try:
                yield
            except Exception as error:  # noqa: BLE001  it must not reach the program
                self.fault = error

    def _is_new(self, key: tuple[object, ...]) -> bool:
        if key in self._looked_into or len(self._looked_into) >= MOST:
            return False
        self._looked_into.add(key)
        return True

    def add(self, noted: Noted) -> None:
        """Note what was not noted before."""
        known = {name_of(finding) for one in self.noted for finding in one.findings}
        new = noted._replace(findings=tuple(finding for finding in noted.findings if name_of(finding) not in known))
        if new.findings:
            self.noted.append(new)
            self.on_note(new)

    def of(self, exception: BaseException) -> Noted | None:
        """What was noted of this very exception, or of one in another process that it quotes."""
        key = key_of(exception)
        if self._exceptions.get(id(exception)) == key:
            return next((noted for noted in self.noted if noted.key == key), None)
        return next((noted for noted in self.noted if _quotes(exception, noted)), None)


def _quotes(exception: BaseException, noted: Noted) -> bool:
    """Whether the exception's text has in it what was raised there."""
    raised = [finding.raised.message for finding in noted.findings if finding.raised is not None]
    return bool(raised) and len(raised[0]) > 20 and " ".join(raised[0].split()) in " ".join(str(exception).split())


RECORD = Record()
"""That of this process."""


def name_of(finding: Finding) -> tuple[object, ...]:
    """What makes two findings the same."""
    return finding.symptom, finding.layer and finding.layer.path, finding.message, finding.raised


def key_of(exception: BaseException) -> tuple[object, ...]:
    """What makes two exceptions say the same."""
    return type(exception).__qualname__, str(exception)


def expected(finding: Finding, followed: Followed) -> Finding:
    """An error that will come, as it is told before it does."""
    ahead, raised = followed.hints.get("ahead"), finding.raised
    assert isinstance(ahead, Mapping)
    assert raised is not None
    when = f"step {ahead['step']} of epoch {ahead['epoch']} is going to raise {raised.type}"
    return finding._replace(severity="warning", raised=None, message=f"{when}: {finding.message}")


def explained(followed: Followed) -> tuple[Finding, ...]:
    """What is to be said of a pass that was followed."""
    from whynorm.diagnose import findings
    from whynorm.fixes import patch
    from whynorm.sizing.fitting import Fitter

    found = findings(followed, patch=patch, fits=Fitter())
    return tuple(finding for finding in found if finding.symptom != "other-error")
