"""The map of two unknown sizes as SVG: what works, what keeps its size, what each condition refuses."""

import itertools
from collections.abc import Hashable, Sequence
from html import escape
from typing import Any, NamedTuple

_LEFT, _TOP = 90, 50
_KEY = 380
"""The width of the key, in pixels."""
_BANDS = 32
"""So many bands of sizes are drawn of each letter; the pattern goes on beyond them."""
_THIN, _THICK = 15, 45
"""A band's breadth for one size, and for more than a few."""
_WORKS = {"keeps": ("#1b7837", "works, and keeps its size"), "works": ("#7fbf7b", "works")}
_REFUSED = ("#f0e6ef", "#fddbc7", "#d1e5f0", "#fee8b6", "#d9d9d9", "#cfc3dd")


class _Band(NamedTuple):
    """Sizes that follow on one another and share what happens: drawn as one."""

    first: int
    last: int
    at: int
    """Where it begins, in pixels."""
    breadth: int
    number: int
    """The place of its first size among all."""

    @property
    def text(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"


def svg(found: Any) -> str:
    """The map of an answer for two letters: a cell for each pair of bands of sizes; `found.drawn()` says what is in it.

    A band is broader where it holds several sizes, not in proportion: a single size that works is seen as well.
    """
    down, across = found.question.letters
    rows, columns, drawn = found.drawn()
    tall = _bands(rows, [tuple(row) for row in drawn], _TOP)
    wide = _bands(columns, list(zip(*drawn, strict=True)), _LEFT)
    cells = [(row, column, drawn[row.number][column.number]) for row in tall for column in wide]
    kinds = list(dict.fromkeys(kind for _, _, kind in cells))
    key = {kind: _coloured(kind, found.conditions) for kind in (*_WORKS, *sorted(set(kinds) - set(_WORKS)))}
    bottom, right = tall[-1].at + tall[-1].breadth, wide[-1].at + wide[-1].breadth
    height = max(bottom, _TOP + 20 * len(key)) + 90
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{right + _KEY}" height="{height}" '
        'font-family="sans-serif" font-size="11">',
        f'<rect width="{right + _KEY}" height="{height}" fill="white"/>',
        f'<text x="{_LEFT}" y="24" font-size="13">{escape(found.rule)}</text>',
        f'<text x="{_LEFT - 12}" y="{_TOP - 6}" text-anchor="end" font-weight="bold">{down}</text>',
        f'<text x="{right + 6}" y="{bottom + 12}" font-weight="bold">{across}</text>',
    ]
    for row, column, kind in cells:
        parts.append(_rect(column.at, row.at, column.breadth, row.breadth, key[kind][0]))
    for row in tall:
        parts.append(f'<text x="{_LEFT - 6}" y="{row.at + row.breadth // 2 + 4}" text-anchor="end">{row.text}</text>')
    for column in wide:
        x, y = column.at + column.breadth // 2 + 4, bottom + 8
        parts.append(f'<text transform="translate({x},{y}) rotate(-90)" text-anchor="end">{column.text}</text>')
    for number, (colour, words) in enumerate(key.values()):
        parts.append(_rect(right + 30, _TOP + 20 * number, 12, 12, colour))
        parts.append(f'<text x="{right + 48}" y="{_TOP + 10 + 20 * number}">{escape(words)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _bands(sizes: range, kinds: Sequence[Hashable], start: int) -> list[_Band]:
    found, index = [], 0
    for _, alike in itertools.islice(itertools.groupby(kinds), _BANDS):
        count = len(list(alike))
        breadth = min(_THIN + 6 * (count - 1), _THICK)
        found.append(_Band(sizes[index], sizes[index + count - 1], start, breadth, index))
        start, index = start + breadth, index + count
    return found


def _coloured(kind: str, conditions: Sequence[str] | None) -> tuple[str, str]:
    """The colour, and what the key says of it."""
    if kind in _WORKS:
        return _WORKS[kind]
    number = int(kind.partition(" ")[2] or -1)
    unless = f" unless {conditions[number]}" if conditions is not None and number >= 0 else ""
    return _REFUSED[number % len(_REFUSED)], f"refused{unless}"


def _rect(x: int, y: int, width: int, height: int, colour: str) -> str:
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{colour}" stroke="white"/>'
