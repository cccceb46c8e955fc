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
    """The first line of a message that says what is wrong, cut at a word when it is long.

    What Keras puts around it (which call it came out of, and marks for bold type) is left out.
    """
    plain = message.replace("\x1b[1m", "").replace("\x1b[0m", "")
    lines = [line.strip() for line in plain.splitlines() if line.strip()]
    line = next((line for line in lines if not line.startswith("Exception encountered when calling")), "")
    line = line or next(iter(lines), "")
    return line if len(line) <= limit else line[:limit].rsplit(" ", 1)[0] + " …"
