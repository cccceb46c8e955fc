"""Headers tell what the libraries that wrote the files read; what is damaged is said to be."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from whynorm.data import Unreadable, header_of

numpy = pytest.importorskip("numpy")
image = pytest.importorskip("PIL.Image")


def test_numpy(tmp_path: Path) -> None:
    numpy.save(tmp_path / "a.npy", numpy.zeros((4, 50, 64)))
    numpy.savez(tmp_path / "a.npz", label=numpy.zeros(3), image=numpy.zeros((7, 9)))
    assert header_of(str(tmp_path / "a.npy")).shape == (4, 50, 64)
    assert header_of(str(tmp_path / "a.npz")).shape == (7, 9)


@pytest.mark.parametrize("ending", ["png", "jpg", "bmp", "tif", "gif", "webp", "ppm", "jp2"])
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "1", "I;16", "CMYK", "LA"])
def test_images_are_what_pillow_reads(tmp_path: Path, ending: str, mode: str) -> None:
    name = tmp_path / f"a.{ending}"
    try:
        image.new(mode, (30, 20)).save(name)
    except (OSError, ValueError, KeyError):
        pytest.skip(f"Pillow writes no {mode} as {ending}")
    with image.open(name) as opened:
        width, height = opened.size
        channels = None if opened.mode == "P" else len(opened.getbands())
    found = header_of(str(name))
    assert found.shape == (height, width) == (20, 30)
    assert found.channels == channels


@pytest.mark.parametrize("settings", [{"progressive": True}, {"exif": b"Exif\0\0" + bytes(60_000)}, {"quality": 1}])
def test_the_frame_of_a_jpeg_is_found_wherever_it_stands(tmp_path: Path, settings: dict[str, Any]) -> None:
    name = tmp_path / "a.JPEG"
    image.effect_noise((70, 33), 50).save(name, **settings)
    assert header_of(str(name))[:2] == ((33, 70), 1)


@pytest.mark.parametrize("ending", ["nii", "nii.gz"])
@pytest.mark.parametrize("kind", ["Nifti1Image", "Nifti2Image"])
def test_nifti(tmp_path: Path, ending: str, kind: str) -> None:
    nibabel = pytest.importorskip("nibabel")
    for number, shape in enumerate([(5, 6, 7), (5, 6, 7, 4), (5, 6, 7, 1)]):
        made = getattr(nibabel, kind)(numpy.zeros(shape, "float32"), numpy.eye(4))
        nibabel.save(made, tmp_path / f"{number}.{ending}")
    found = [header_of(str(tmp_path / f"{number}.{ending}")).shape for number in range(3)]
    assert found == [(5, 6, 7), (5, 6, 7, 4), (5, 6, 7)]


def dicom(name: Path, rows: int = 12, columns: int = 34, frames: int | None = None, series: str = "1.2.3") -> None:
    pydicom = pytest.importorskip("pydicom")
    data = pydicom.Dataset()
    data.file_meta = pydicom.dataset.FileMetaDataset()
    data.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    data.Rows, data.Columns, data.SeriesInstanceUID, data.SamplesPerPixel = rows, columns, series, 1
    if frames is not None:
        data.NumberOfFrames = frames
    data.preamble = bytes(128)
    data.save_as(name, enforce_file_format=False)


def test_dicom(tmp_path: Path) -> None:
    dicom(tmp_path / "a.dcm")
    dicom(tmp_path / "IM0001", frames=5)
    assert header_of(str(tmp_path / "a.dcm")) == ((12, 34), 1, "", "1.2.3")
    assert header_of(str(tmp_path / "IM0001")).shape == (5, 12, 34)


def test_hdf5(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["image"] = numpy.zeros((3, 4, 5))
        file["age"] = 3
    assert header_of(str(tmp_path / "a.h5")).shape == (3, 4, 5)


@pytest.mark.parametrize("version", [2, 3])
def test_zarr(tmp_path: Path, version: int) -> None:
    zarr = pytest.importorskip("zarr")
    settings = {"shape": (8, 9), "chunks": (4, 4), "dtype": "f4", "zarr_format": version}
    zarr.create_array(str(tmp_path / "a.zarr"), **settings)
    zarr.create_array(str(tmp_path / "g.zarr"), name="0", **settings)
    assert header_of(str(tmp_path / "a.zarr")).shape == (8, 9)
    assert header_of(str(tmp_path / "g.zarr")).shape == (8, 9)


NAMES = ["a.npy", "a.png", "a.jpg", "a.tif", "a.nii.gz", "a.nii", "a.h5", "a.dcm", "a.npz", "a.zarr", "a"]


@pytest.mark.parametrize(
    "content", [b"", b"not what it says", b"\x93NUMPY\x01\x00\xff\xff{", b"\xff\xd8\xff\xe0\xff\xff"]
)
@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_file_is_said_to_be(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Unreadable, match=r"^.+$"):
        header_of(str(tmp_path / name))


def test_a_file_that_ends_too_early(tmp_path: Path) -> None:
    nibabel = pytest.importorskip("nibabel")
    nibabel.save(nibabel.Nifti1Image(numpy.zeros((5, 6, 7), "u1"), numpy.eye(4)), tmp_path / "whole.nii")
    whole = (tmp_path / "whole.nii").read_bytes()
    (tmp_path / "cut.nii").write_bytes(whole[:200])
    (tmp_path / "cut.nii.gz").write_bytes(gzip.compress(whole)[:30])
    for name in ("cut.nii", "cut.nii.gz", "missing.nii"):
        with pytest.raises(Unreadable):
            header_of(str(tmp_path / name))


def test_a_zarr_without_its_metadata(tmp_path: Path) -> None:
    (tmp_path / "a.zarr").mkdir()
    (tmp_path / "a.zarr" / "zarr.json").write_text(json.dumps({"node_type": "group"}))
    with pytest.raises(Unreadable):
        header_of(str(tmp_path / "a.zarr"))
