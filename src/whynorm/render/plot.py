"""The map of two unknown sizes as SVG: what works, what keeps its size, what is refused."""

from typing import Any

_CELLS = 128
_PIXELS = 4
_COLOURS = {"keeps": "#1b7837", "works": "#7fbf7b", "refused": "#f0e6ef"}
_WORDS = {"keeps": "works, and keeps its size", "works": "works", "refused": "refused"}


def svg(found: Any) -> str:
    """The map up to 128 sizes a side, each a cell; larger sizes lie outside of it."""
    across, down = found.question.letters[1], found.question.letters[0]
    columns, rows = (_sizes(found, letter) for letter in (across, down))
    side, top = len(columns) * _PIXELS, 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side + 260}" height="{len(rows) * _PIXELS + 80}" '
        'font-family="sans-serif" font-size="12">',
        f'<text x="40" y="20">{_escaped(found.rule)}</text>',
    ]
    for number, row in enumerate(rows):
        start = 0
        kinds = [_kind(found, {down: row, across: column}) for column in columns]
        for at in range(1, len(kinds) + 1):
            if at == len(kinds) or kinds[at] != kinds[start]:
                parts.append(
                    f'<rect x="{40 + start * _PIXELS}" y="{top + number * _PIXELS}" width="{(at - start) * _PIXELS}" '
                    f'height="{_PIXELS}" fill="{_COLOURS[kinds[start]]}"/>'
                )
                start = at
    bottom = top + len(rows) * _PIXELS
    parts.append(f'<text x="40" y="{bottom + 16}">{across}: {columns[0]} to {columns[-1]}</text>')
    parts.append(f'<text x="10" y="{top + 12}">{down}</text><text x="5" y="{bottom}">{rows[-1]}</text>')
    for number, (kind, words) in enumerate(_WORDS.items()):
        y = top + 20 * number
        parts.append(f'<rect x="{side + 60}" y="{y}" width="12" height="12" fill="{_COLOURS[kind]}"/>')
        parts.append(f'<text x="{side + 78}" y="{y + 11}">{words}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _sizes(found: Any, letter: str) -> range:
    low, high = found.question.ranges[letter]
    return range(low, min(high, low + _CELLS - 1) + 1)


def _kind(found: Any, sizes: dict[str, int]) -> str:
    if not found.accepts(**sizes):
        return "refused"
    return "keeps" if found.keeps(**sizes) else "works"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
