"""Deviations that are divided by, guarded where they are computed."""

from pathlib import Path

import pytest

from whynorm.source.deviations import deviation_in

TWICE = "mean, std = x.mean(0), 1\nstd = x.std(axis=0)\na = (x - mean) / std\nb = (y - mean) / std\n"


@pytest.mark.parametrize(
    ("text", "guarded"),
    [
        (TWICE, "x.std(axis=0) + 1e-08"),
        (TWICE.replace("/ std", "/ (std + 1e-6)"), None),
        (TWICE + "other = y.std()\nc = y / other\n", None),
    ],
)
def test_where_it_is_computed(tmp_path: Path, text: str, guarded: str | None) -> None:
    file = tmp_path / "scaled.py"
    file.write_text(text)
    found = deviation_in([str(file)])
    assert guarded == (found and found.guarded)
