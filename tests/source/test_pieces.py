"""Pieces of a batch that are handed on one by one, and lines that let a network be trained."""

from pathlib import Path

import pytest

from whynorm.facts import Location
from whynorm.source.files import read
from whynorm.source.pieces import cut_at
from whynorm.source.places import named_in
from whynorm.source.unfrozen import unfrozen_in

CUTS = {
    "parts = ops.split(x, self.rows)\n    return [norm(part) for part in parts]": ("ops.split", "self.rows", True),
    "return [norm(part) for part in x.chunk(8, dim=0)]": ("x.chunk", "8", True),
    "return [norm(part) for part in x.split(8)]": ("x.split", "8", False),
    "return [norm(part) for part in torch.split(x, 8, 0)]": ("torch.split", "8", False),
    "return [norm(part) for part in ops.split(x, 8, axis=1)]": None,
    "return [norm(part) for part in ops.split(x, [2, 4])]": None,
    "return [norm(part) for part in rows]": None,
}


@pytest.mark.parametrize("written", CUTS)
def test_what_cuts_a_batch(tmp_path: Path, written: str) -> None:
    file = tmp_path / "program.py"
    file.write_text(f"import torch\nfrom keras import ops\n\ndef forward(self, norm, x, rows):\n    {written}\n")
    lines = file.read_text().splitlines()
    cut = cut_at(Location(str(file), len(lines), lines[-1].strip()))
    assert (None if cut is None else (cut.function, cut.number, cut.counts)) == CUTS[written]


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        ("base.trainable = False\nbase.trainable = True", [3]),
        ("base.trainable = late\nbase.trainable = True", [2, 3]),
        ("base.trainable = False", []),
        ("base.trainable = False\nmodel.trainable = True", None),
    ],
)
def test_lines_that_let_a_network_be_trained(tmp_path: Path, written: str, lines: list[int] | None) -> None:
    file = tmp_path / "program.py"
    file.write_text(f"from tensorflow import keras\n{written}\n")
    source = read(str(file))
    assert source is not None
    found = unfrozen_in([source], "base")
    assert (None if found is None else [one.line for one in found]) == lines
    assert named_in(source, "tensorflow.keras.layers", "Dense") == "keras.layers.Dense"
