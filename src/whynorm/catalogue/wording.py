"""Sentences that several symptoms share."""

from whynorm.catalogue.registry import Shown
from whynorm.catalogue.shapes import sizes
from whynorm.facts import Call


def in_its_words(call: Call, fact: str) -> Shown | None:
    """For a call that raised: the claimant, its shapes and the fact; nothing for one that did not."""
    if call.raised is None:
        return None
    shape = call.shape
    met = f" on an input of {sizes(shape)}" if shape else ""
    return Shown("error", f"{call.name or 'a layer'}{met}: {fact}")


def first_line(message: str, limit: int = 160) -> str:
    """The first line of a message, cut at a word when it is long."""
    line = next((line.strip() for line in message.splitlines() if line.strip()), "")
    return line if len(line) <= limit else line[:limit].rsplit(" ", 1)[0] + " …"
