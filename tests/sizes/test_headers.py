"""Shapes are read from headers as the libraries write them; what is damaged is said to be."""

import json
from pathlib import Path

import pytest

from whynorm.sizing.headers import Unreadable, shape_of

numpy = pytest.importorskip("numpy")


def test_numpy(tmp_path: Path) -> None:
    numpy.save(tmp_path / "a.npy", numpy.zeros((4, 50, 64)))
    numpy.savez(tmp_path / "a.npz", image=numpy.zeros((7, 9)))
    assert shape_of(str(tmp_path / "a.npy")) == (4, 50, 64)
    assert shape_of(str(tmp_path / "a.npz")) == (7, 9)


@pytest.mark.parametrize("ending", ["png", "jpg", "bmp", "tif", "gif"])
def test_images_are_height_and_width(tmp_path: Path, ending: str) -> None:
    image = pytest.importorskip("PIL.Image")
    image.new("RGB", (30, 20)).save(tmp_path / f"a.{ending}")
    assert shape_of(str(tmp_path / f"a.{ending}")) == (20, 30)


@pytest.mark.parametrize("ending", ["nii", "nii.gz"])
@pytest.mark.parametrize("kind", ["Nifti1Image", "Nifti2Image"])
def test_nifti(tmp_path: Path, ending: str, kind: str) -> None:
    nibabel = pytest.importorskip("nibabel")
    image = getattr(nibabel, kind)(numpy.zeros((5, 6, 7), "float32"), numpy.eye(4))
    nibabel.save(image, tmp_path / f"a.{ending}")
    assert shape_of(str(tmp_path / f"a.{ending}")) == (5, 6, 7)


def test_dicom(tmp_path: Path) -> None:
    pydicom = pytest.importorskip("pydicom")
    data = pydicom.Dataset()
    data.file_meta = pydicom.dataset.FileMetaDataset()
    data.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    data.Rows, data.Columns = 12, 34
    data.preamble = bytes(128)
    data.save_as(tmp_path / "a.dcm", enforce_file_format=False)
    assert shape_of(str(tmp_path / "a.dcm")) == (12, 34)


def test_hdf5(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["image"] = numpy.zeros((3, 4, 5))
        file["age"] = 3
    assert shape_of(str(tmp_path / "a.h5")) == (3, 4, 5)


@pytest.mark.parametrize("version", [2, 3])
def test_zarr(tmp_path: Path, version: int) -> None:
    zarr = pytest.importorskip("zarr")
    zarr.create_array(str(tmp_path / "a.zarr"), shape=(8, 9), chunks=(4, 4), dtype="f4", zarr_format=version)
    assert shape_of(str(tmp_path / "a.zarr")) == (8, 9)


@pytest.mark.parametrize("name", ["a.npy", "a.png", "a.nii.gz", "a.nii", "a.h5", "a.dcm", "a.npz"])
def test_a_damaged_file_is_said_to_be(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"not what it says")
    with pytest.raises(Unreadable):
        shape_of(str(tmp_path / name))


def test_a_zarr_without_its_metadata(tmp_path: Path) -> None:
    (tmp_path / "a.zarr").mkdir()
    (tmp_path / "a.zarr" / "zarr.json").write_text(json.dumps({"node_type": "group"}))
    with pytest.raises(Unreadable):
        shape_of(str(tmp_path / "a.zarr"))
