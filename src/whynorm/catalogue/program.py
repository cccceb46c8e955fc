"""The program's own lines around the root: where its input is made, where it is called, and by what name."""

import re
from collections.abc import Mapping

from whynorm.catalogue.shapes import Source
from whynorm.facts import Case, Location, Origin
from whynorm.facts.change import Wrap


def origin_of(case: Case, found: Source) -> Origin | None:
    """The way on which the program made the root's input."""
    origins = case.hints.get("origins")
    origin = origins.get(found.number) if isinstance(origins, Mapping) else None
    return origin if isinstance(origin, Origin) else None


def declared(case: Case, found: Source) -> Location | None:
    """Where the program says what a model is going to take, where that is being built."""
    places = case.hints.get("declared")
    place = places.get(found.number) if isinstance(places, Mapping) else None
    return place if isinstance(place, Location) else None


def line_of(case: Case, found: Source | None, operation: str = "permute") -> Location | None:
    """The line of the program at which the root's input lost, or got, what this operation puts right."""
    origin = origin_of(case, found) if found is not None else None
    said = declared(case, found) if found is not None else None
    return said or (origin.place(operation).location if origin is not None else None)


def at_call(case: Case, argument: int | str, written: str | None) -> tuple[Wrap, ...]:
    """An argument of the root's call is written otherwise: `written` is a template around it."""
    called, callee = case.hints.get("called"), case.hints.get("callee")
    keyword = case.hints.get("handed")
    argument = keyword if isinstance(keyword, str) and argument == 0 else argument
    if written is None or not isinstance(called, Location) or not isinstance(callee, str):
        return ()
    return (Wrap(called, callee, argument, written),)


def called(case: Case) -> Location | None:
    """The user's line that calls the root."""
    place = case.hints.get("called")
    return place if isinstance(place, Location) else None


def access(path: str) -> str:
    """`.stages[6].norm` of `stages.6.norm`."""
    return "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in path.split("."))


def is_access(callee: str) -> bool:
    """Whether this names an object: `self.net`, `models["pose"]`."""
    return re.sub(r"""\[(\d+|'\w+'|"\w+")\]""", "", callee).replace(".", "").isidentifier()
