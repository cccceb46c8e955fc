"""What the frameworks say, as data: one table per framework, one row per wording.

The tables serve a live exception and a pasted text alike.
"""

from collections.abc import Iterator
from importlib import import_module

from whynorm.texts.wordings.wording import Match, Wording, squeezed

__all__ = ["TABLES", "Match", "Wording", "keys", "matches", "recognise", "squeezed", "table"]

TABLES = ("torch", "keras", "tensorflow", "flax", "jax", "onnx", "other")
"""In the order of asking."""

_keys: dict[str, tuple[tuple[str, Wording], ...]] = {}


def table(framework: str) -> tuple[Wording, ...]:
    """The wordings of one framework, the more specific ones first."""
    rows: tuple[Wording, ...] = import_module(f"whynorm.texts.wordings.{framework}").WORDINGS
    return rows


def keys(framework: str) -> tuple[tuple[str, Wording], ...]:
    """The rows of one framework, each behind the literal text by which it is looked for."""
    if framework not in _keys:
        _keys[framework] = tuple((row.key, row) for row in table(framework))
    return _keys[framework]


def recognise(message: str, framework: str | None = None, role: str | None = None) -> Match | None:
    """The first wording that this message holds: of the framework at hand, else of any.

    Where several say the same, one of the layer's role is meant.
    """
    first = [framework] if framework in TABLES else []
    found = list(matches(message, [*first, *(name for name in TABLES if name not in first)]))
    return next((match for match in found if match.wording.role == role), found[0] if found else None)


def matches(message: str, frameworks: list[str] | tuple[str, ...] = TABLES) -> Iterator[Match]:
    """All wordings that this message holds, table by table."""
    text = message.replace("`", "").replace("dynamic_dimension", "None")  # JAX's word for a size that is left open
    within = squeezed(text)
    for name in frameworks:
        for key, wording in keys(name):
            if key in within and (found := wording.search(text)):
                yield Match(name, wording, found).meant
