"""The map of two unknown sizes as SVG: what works, what keeps its size, what is refused."""

import itertools
from typing import Any

_SIDE = 512
"""The longer side, in pixels."""
_COLOURS = {"keeps": "#1b7837", "works": "#7fbf7b", "refused": "#f0e6ef"}
_WORDS = {"keeps": "works, and keeps its size", "works": "works", "refused": "refused"}


def svg(found: Any) -> str:
    """The map of an answer for two letters, a cell for each pair of sizes; `found.drawn()` says what is in it."""
    down, across = found.question.letters
    rows, columns, drawn = found.drawn()
    cell = _SIDE / max(len(columns), len(rows))
    side, top = len(columns) * cell, 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side + 260:g}" height="{len(rows) * cell + 80:g}" '
        'font-family="sans-serif" font-size="12">',
        f'<text x="40" y="20">{_escaped(found.rule)}</text>',
    ]
    number = 0
    for kinds, alike in itertools.groupby(drawn):
        height = len(list(alike))
        start = 0
        for kind, run in itertools.groupby(kinds):
            width = len(list(run))
            parts.append(
                f'<rect x="{40 + start * cell:g}" y="{top + number * cell:g}" width="{width * cell:g}" '
                f'height="{height * cell:g}" fill="{_COLOURS[kind]}"/>'
            )
            start += width
        number += height
    bottom = top + len(rows) * cell
    parts.append(f'<text x="40" y="{bottom + 16:g}">{across}: {columns[0]} to {columns[-1]}</text>')
    parts.append(f'<text x="10" y="{top + 12}">{down}</text><text x="5" y="{bottom:g}">{rows[-1]}</text>')
    for number, (kind, words) in enumerate(_WORDS.items()):
        y = top + 20 * number
        parts.append(f'<rect x="{side + 60:g}" y="{y}" width="12" height="12" fill="{_COLOURS[kind]}"/>')
        parts.append(f'<text x="{side + 78:g}" y="{y + 11}">{words}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
