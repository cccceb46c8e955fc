"""What the frameworks say, as data: one table per framework, one row per wording.

The tables serve a live exception and a pasted text alike.
"""

from importlib import import_module

from whynorm.texts.wordings.wording import Match, Wording

TABLES = ("torch",)


def table(framework: str) -> tuple[Wording, ...]:
    """The wordings of one framework."""
    rows: tuple[Wording, ...] = import_module(f"whynorm.texts.wordings.{framework}").WORDINGS
    return rows


def recognise(message: str, framework: str | None = None) -> Match | None:
    """The first wording that this message holds, among those of one framework or of all."""
    for name in (framework,) if framework is not None else TABLES:
        for wording in table(name):
            if found := wording.search(message):
                return Match(name, wording, found)
    return None
