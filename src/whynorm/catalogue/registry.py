"""How a symptom or a cause is declared, and how its name leads to its file."""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Literal, NamedTuple, TypeVar

from whynorm.facts import Call, Case, Location, Role
from whynorm.facts.change import Change, Edit
from whynorm.report import Changes, Confidence, Severity

Kind = Literal["symptoms", "causes"]


class Shown(NamedTuple):
    """What a symptom says of one call: how bad it is, and one sentence with the numbers."""

    severity: Severity
    message: str


class Remedy(NamedTuple):
    """A fix before its trial. It is shown only if the trial does not fail."""

    title: str
    changes: Changes
    when: str | None = None
    trial: tuple[Change, ...] = ()
    edits: tuple[Edit, ...] = ()
    safe: bool = False
    number: tuple[object, object] | None = None
    """The setting that a layer had, and the one that it gets: for where no edit fits, and it comes from afar."""


class Because(NamedTuple):
    """What a cause says of one case."""

    confidence: Confidence
    message: str
    at: Call | None = None
    """The call that it points to."""
    origin: Location | None = None
    """The line that it points to, where that is no layer but the user's own program."""
    steps: tuple[Call, ...] = ()
    """The calls that matter on the way there, in the order in which they were made."""
    remedies: tuple[Remedy, ...] = ()
    look_at: str | None = None
    """What to look at to decide, where the facts leave it open."""
    experiment: str | None = None
    """What was repeated or measured in this run, and the number that came out, in one line."""
    weight: float = 0.0
    """Among causes of one confidence the heavier comes first."""


Look = Callable[[Call], Shown | None]
Find = Callable[[Case], Because | None]


class Symptom:
    """One symptom: its name, its page, what it says of a call, and the causes that it can have."""

    def __init__(
        self,
        name: str,
        page: str,
        causes: Sequence[str],
        look: Look,
        silent: Sequence[Role],
        needs_cause: bool,
        doubtful: Callable[[Call], bool],
    ) -> None:
        self.name = name
        self.page = page
        self.causes = tuple(causes)
        self.look = look
        self.silent = tuple(silent)
        self.needs_cause = needs_cause
        self.doubtful = doubtful


class Cause:
    """One cause: its name, its page, and how it is found in a case that was followed, and in a pasted text."""

    def __init__(self, name: str, page: str, find: Find) -> None:
        self.name = name
        self.page = page
        self._live = find
        self._text: Find | None = None

    def in_text(self, find: Find) -> Find:
        """Declare (as a decorator) how the cause is found in a case of which only a text is known."""
        self._text = find
        return find

    def find(self, case: Case) -> Because | None:
        """What this cause has to say of the case; None if a fact rules it out or nothing speaks for it."""
        if case.live:
            return self._live(case)
        return self._text(case) if self._text is not None else None


Entry = TypeVar("Entry")

_symptoms: dict[str, Symptom] = {}
_causes: dict[str, Cause] = {}
_by_role: dict[Role, list[str]] = {}


def _certain(call: Call) -> bool:
    return False


def symptom(
    name: str,
    causes: Sequence[str],
    silent: Sequence[Role] = (),
    *,
    needs_cause: bool = False,
    doubtful: Callable[[Call], bool] = _certain,
) -> Callable[[Look], Symptom]:
    """Declare a symptom. The function's docstring is its page; `causes` stand most frequent first.

    `silent` are the roles of the calls that it is to look at though they did not raise. With `needs_cause` it holds
    only where one of its causes does: what one call alone does not show. `doubtful` tells of a call by itself whether
    it is worth following the pass around it, for what only the calls beside it can decide.
    """

    def declare(look: Look) -> Symptom:
        _symptoms[name] = declared = Symptom(name, look.__doc__ or "", causes, look, silent, needs_cause, doubtful)
        return declared

    return declare


def cause(name: str) -> Callable[[Find], Cause]:
    """Declare a cause. The function's docstring is its page."""

    def declare(find: Find) -> Cause:
        _causes[name] = declared = Cause(name, find.__doc__ or "", find)
        return declared

    return declare


def load_symptom(name: str) -> Symptom:
    """The symptom of this name, from its file. Raises KeyError where there is none."""
    return _load(_symptoms, "symptoms", name)


def load_cause(name: str) -> Cause:
    """The cause of this name, from its file. Raises KeyError where there is none."""
    return _load(_causes, "causes", name)


def _load(table: dict[str, Entry], kind: Kind, name: str) -> Entry:
    if name not in table:
        module = f"whynorm.catalogue.{kind}.{name.replace('-', '_')}"
        try:
            import_module(module)
        except ModuleNotFoundError as missing:
            if missing.name != module:
                raise
            raise KeyError(name) from None
    return table[name]


def names(kind: Kind) -> list[str]:
    """The names of all symptoms or causes, from the files that are there."""
    import pkgutil

    package = import_module(f"whynorm.catalogue.{kind}")
    return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(package.__path__))


def silent_symptoms(call: Call) -> list[str]:
    """The symptoms that look at a call of this role though it did not raise."""
    if not _by_role:
        for name in names("symptoms"):
            for role in load_symptom(name).silent:
                _by_role.setdefault(role, []).append(name)
    return _by_role.get(call.role, [])
