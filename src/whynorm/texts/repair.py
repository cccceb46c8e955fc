"""Texts that were typed off a screen, or read by a machine from a picture of one: small errors in the words.

Only where nothing was recognised in a short text. A line is mended towards the wording whose groups of three
letters it shares most of, word by word; what is then recognised must match the wording in full.
"""

import re
from collections.abc import Iterator

from whynorm.texts.wordings import TABLES, Wording, keys

LONGEST = 1 << 14
"""A text of more characters than this is not mended."""
LINES = 40
WIDEST = 400
SHARED = 0.5
"""So much of a wording's groups of three letters a line must share."""

_TOKEN = re.compile(r"[A-Za-z_'][\w']*|[0-9][0-9A-Za-z]*|\S")
_LETTER = re.compile(r"[a-z]", re.IGNORECASE)


def repaired(text: str) -> Iterator[str]:
    """The text with one line mended in each: towards the wordings that are nearest to it."""
    if len(text) > LONGEST:
        return
    lines = text.split("\n")
    wanted = _wanted()
    for number in range(len(lines) - 1, max(-1, len(lines) - 1 - LINES), -1):
        line = lines[number]
        have = _threes("".join(line.lower().split()))
        if len(have) < 8 or len(line) > WIDEST:
            continue
        near = [
            (len(threes & have) / len(threes), wording)
            for wording, threes in wanted
            if len(threes & have) >= SHARED * len(threes)
        ]
        for _, wording in sorted(near, key=lambda one: -one[0])[:4]:
            mended = _mended(line, wording)
            if mended is not None and wording.search(mended):
                yield "\n".join([*lines[:number], mended, *lines[number + 1 :]])


_rows: list[tuple[Wording, set[str]]] = []


def _wanted() -> list[tuple[Wording, set[str]]]:
    """Every wording that is long enough to be told by its groups of three letters, with these."""
    if not _rows:
        rows = [(wording, _threes("".join(wording.literals))) for name in TABLES for _, wording in keys(name)]
        _rows.extend((wording, threes) for wording, threes in rows if len(threes) >= 14)
    return _rows


def _threes(text: str) -> set[str]:
    return {text[place : place + 3] for place in range(len(text) - 2)}


def _mended(line: str, wording: Wording) -> str | None:
    """The line with words that are nearly a word of the wording put right; None where too much would change."""
    words = {word.lower() for word in re.findall(r"[A-Za-z_']{2,}", re.sub(r"\{[^{}]*\}", " ", wording.template))}
    words |= {token.lower() for token in re.findall(r"\b\d?[A-Z]\b|\b\dD\b", wording.template)}
    pieces: list[str] = []
    changed = place = 0
    for found in _TOKEN.finditer(line):
        token = found.group()
        pieces.append(line[place : found.start()])
        place = found.end()
        lower = token.lower()
        if lower in words or len(token) < 4 or not _LETTER.search(token):
            pieces.append(token)
            continue
        near = next((word for word in words if abs(len(word) - len(lower)) <= 1 and _near(word, lower)), None)
        if near is None:
            pieces.append(token)
        else:
            pieces.append(near)
            changed += 1
    pieces.append(line[place:])
    return "".join(pieces) if 0 < changed <= 4 else None


def _near(one: str, other: str) -> bool:
    """Whether two words differ by what a hand or a machine misreads: at most a letter in four, two at most."""
    one, other = _plain(one), _plain(other)
    if one == other:
        return True
    limit = min(2, max(1, len(one) // 5)) if len(one) >= 5 else 0
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        before, row[0] = row[0], number
        for place, match in enumerate(other, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (letter != match))
    return row[-1] <= limit


def _plain(word: str) -> str:
    """A word with what looks alike made the same."""
    return (
        word.replace("rn", "m")
        .replace("0", "o")
        .replace("1", "l")
        .replace("i", "l")
        .replace("5", "s")
        .replace("|", "l")
    )
