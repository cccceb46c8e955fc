"""Data against a rule: what would fail is named, with what makes it fit; a damaged file does not stop it."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
numpy = pytest.importorskip("numpy")

import whynorm  # noqa: E402
from whynorm.render.plot import svg  # noqa: E402
from whynorm.sizing.data import entries, judged  # noqa: E402


def test_files_against_a_rule(tmp_path: Path) -> None:
    for name, shape in {"a": (8, 12), "b": (9, 12), "c": (3, 8, 8)}.items():
        numpy.save(tmp_path / f"{name}.npy", numpy.zeros(shape, "u1"))
    (tmp_path / "d.npy").write_bytes(b"damaged")
    found = whynorm.sizes(torch.nn.PixelUnshuffle(4), "1,1,H,W", range={"H": (1, 40), "W": (1, 40)})
    verdicts = {Path(one.name).stem: one for one in judged(found, entries(str(tmp_path)))}
    assert verdicts["a"].accepted
    assert not verdicts["b"].accepted
    assert verdicts["b"].pad == {"H": 12, "W": 12}
    assert verdicts["b"].crop == {"H": 8, "W": 12}
    assert "does not fit" in str(verdicts["c"].why)
    assert "damaged" in str(verdicts["d"].why)
    assert svg(found).count("<rect") > 40


def test_a_list_of_shapes(tmp_path: Path) -> None:
    listed = tmp_path / "shapes.csv"
    listed.write_text("name,H,W\nfirst,8,12\n9x12\n")
    assert [(one.name, one.shape) for one in entries(str(listed))] == [
        ("first", (8, 12)),
        (f"{listed}:3", (9, 12)),
    ]
