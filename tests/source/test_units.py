"""Borders of a slice that count something else than what is sliced."""

from pathlib import Path

import pytest

from whynorm.facts import Location, OriginStep
from whynorm.source import units
from whynorm.source.files import read
from whynorm.source.units import uncounted

PROGRAM = """
RATE = 16000
HOP = 160


def frames(seconds):
    return [0.0] * (seconds * RATE // HOP)


def cut(whole, second, width):
    start = int(second * RATE)
    return whole[start:start + width]


def right(whole, second, width):
    start = int(second * RATE / HOP)
    return whole[start:start + width]


def inline(whole, a, b):
    return whole[a * RATE:b * RATE]


def filtered(whole, fs, width):
    edge = 3 / (fs / 2)
    return whole[width * fs:], edge
"""


@pytest.mark.parametrize(
    ("expression", "counted"),
    [
        ("whole[start:start + width]", ["int(second * RATE) // HOP"]),
        ("whole[a * RATE:b * RATE]", ["a * RATE // HOP", "b * RATE // HOP"]),
        ("whole[width * fs:]", []),
    ],
)
def test_a_border_counts_as_the_program_counts_elsewhere(
    expression: str, counted: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [border.counted for border in uncounted(_step(PROGRAM, expression, tmp_path, monkeypatch))] == counted


def test_a_border_that_is_divided_already_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = PROGRAM.replace("int(second * RATE)\n", "int(second * RATE) // 2\n")
    assert uncounted(_step(text, "whole[start:start + width]", tmp_path, monkeypatch)) == ()


def _step(text: str, expression: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> OriginStep:
    """The slice as a step on a tensor's way, in a program of one file; what other tests have loaded is none of it."""
    file = folder / "counted.py"
    file.write_text(text)
    monkeypatch.setattr(units, "program", lambda: iter([read(str(file))]))
    line = next(number for number, one in enumerate(text.splitlines(), 1) if expression in one)
    code = text.splitlines()[line - 1]
    return OriginStep(Location(str(file), line, code.strip(), code.index(expression)), expression, "cropped")
