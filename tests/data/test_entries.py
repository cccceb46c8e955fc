"""What is listed: files by patterns and folders, series of slices, lists of shapes, whatever their names."""

import io
import sys
from pathlib import Path

import pytest

from tests.data.test_headers import dicom
from whynorm.data import entries
from whynorm.errors import UsageError

numpy = pytest.importorskip("numpy")

NAMES = ["a.npy", "mit leer.npy", "größe.npy", "c[1].npy", "sub/d.npy", "sub/.hidden.npy", "*.npy"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "sub").mkdir()
    for name in NAMES:
        numpy.save(tmp_path / name, numpy.zeros((2, 3)))
    (tmp_path / "notes.md").write_text("no image")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(source: str, **options: bool) -> list[str]:
    return [entry.name for entry in entries(source, **options)]


def test_folders_and_patterns(folder: Path) -> None:
    assert sorted(names(".")) == sorted(NAMES)
    assert names("c[1].npy") == ["c[1].npy"]
    assert names("mit*.npy") == ["mit leer.npy"]
    assert names("sub") == ["sub/.hidden.npy", "sub/d.npy"]
    assert names("**/d.npy") == ["sub/d.npy"]
    assert names("*.npy") == ["*.npy"]
    (folder / "*.npy").unlink()
    assert names("*.npy") == ["a.npy", "c[1].npy", "größe.npy", "mit leer.npy"]


@pytest.mark.parametrize("source", ["none.npy", "*.png", "sub/none"])
def test_what_is_not_there_is_one_line(folder: Path, source: str) -> None:
    with pytest.raises(UsageError):
        names(source)


def test_slices_of_a_series_are_one_volume(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / "one").mkdir(exist_ok=True)
        dicom(tmp_path / "one" / f"IM{number:04}")
    (tmp_path / "two").mkdir()
    for number in range(6):
        dicom(tmp_path / "two" / f"{number}.dcm", series=f"1.{number % 2}", rows=12 + (number == 5))
    found = list(entries(str(tmp_path), volumes=True))
    assert [entry.header and entry.header.shape for entry in found] == [(4, 12, 34), (3, 12, 34), None]
    assert found[0].name == str(tmp_path / "one")
    assert "differ in size" in str(found[2].damaged)
    assert len(names(str(tmp_path))) == 10


def test_a_list_of_shapes(tmp_path: Path) -> None:
    listed = tmp_path / "shapes.csv"
    listed.write_text('name,H,W\n"first, with a comma",8,12\n9x12\n\n10;11\nnonsense\n')
    found = list(entries(str(listed)))
    assert [(one.name, one.header and one.header.shape) for one in found] == [
        ("first, with a comma", (8, 12)),
        (f"{listed}:3", (9, 12)),
        (f"{listed}:5", (10, 11)),
        ("nonsense", None),
    ]
    assert found[0].sizes == {"H": 8, "W": 12}


def test_a_list_on_standard_input(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("a.npy\n7,8\nmit leer.npy\n"))
    assert [entry.header and entry.header.shape for entry in entries("-")] == [(2, 3), (7, 8), (2, 3)]
