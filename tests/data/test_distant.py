"""Files at addresses: the same headers, and only the bytes of these travel."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.data.servers import Sent, s3, web
from whynorm.data import Unreadable, entries, header_of
from whynorm.errors import UsageError

numpy = pytest.importorskip("numpy")
pytest.importorskip("fsspec")

LARGE = (400, 500, 3)
"""Each file is of some 600 kB, of noise that does not pack."""

NAMES = ["a b.png", "ä.jpg", "c.npy", "d.nii.gz", "e.dcm", "f.h5", "sub/g.nii", "sub/h.npz", "sub/i.zarr"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file of each kind."""
    image = pytest.importorskip("PIL.Image")
    nibabel, h5py, zarr = (pytest.importorskip(name) for name in ("nibabel", "h5py", "zarr"))
    made: Path = tmp_path_factory.mktemp("data")
    (made / "sub").mkdir()
    noise = numpy.random.default_rng(0).integers(0, 255, LARGE, "u1")
    image.fromarray(noise).save(made / "a b.png")
    image.fromarray(noise).save(made / "ä.jpg", quality=100, exif=b"Exif\0\0" + bytes(20_000))
    numpy.save(made / "c.npy", noise)
    nibabel.save(nibabel.Nifti1Image(noise, numpy.eye(4)), made / "d.nii.gz")
    nibabel.save(nibabel.Nifti1Image(noise, numpy.eye(4)), made / "sub" / "g.nii")
    _dicom(made / "e.dcm", noise[..., 0])
    with h5py.File(made / "f.h5", "w") as file:
        file["image"] = noise
    numpy.savez(made / "sub" / "h.npz", noise)
    zarr.create_array(str(made / "sub" / "i.zarr"), data=noise, chunks=(100, 100, 3))
    (made / "notes.md").write_text("no image")
    (made / "kaputt.png").write_bytes(b"?")
    return made


def _dicom(name: Path, pixels: "numpy.ndarray") -> None:  # type: ignore[name-defined]
    pydicom = pytest.importorskip("pydicom")
    data = pydicom.Dataset()
    data.file_meta = pydicom.dataset.FileMetaDataset()
    data.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    data.Rows, data.Columns = pixels.shape
    data.SamplesPerPixel, data.BitsAllocated = 1, 8
    data.PixelData = pixels.tobytes()
    data.preamble = bytes(128)
    data.save_as(name, enforce_file_format=False, little_endian=True, implicit_vr=False)


@pytest.fixture(scope="module")
def bucket(folder: Path) -> Iterator[tuple[str, Sent]]:
    """The folder in S3, at an address that fsspec finds by the environment."""
    pytest.importorskip("moto")
    boto3 = pytest.importorskip("boto3")
    with s3() as (endpoint, sent), pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
        }.items():
            patch.setenv(name, value)
        client = boto3.client("s3")
        client.create_bucket(Bucket="scans")
        for path in folder.rglob("*"):
            if path.is_file():
                client.upload_file(str(path), "scans", f"all/{path.relative_to(folder)}")
        yield "s3://scans/all", sent


def here(folder: Path) -> dict[str, object]:
    return {name: header_of(str(folder / name)) for name in NAMES}


def read(address: str) -> dict[str, object]:
    found = {entry.name.removeprefix(f"{address}/"): entry.header for entry in entries(address)}
    assert found.pop("kaputt.png") is None
    return found


def test_s3(folder: Path, bucket: tuple[str, Sent]) -> None:
    address, sent = bucket
    assert read(address) == here(folder)
    assert sent.bytes < 120_000, "of 4.5 million"
    assert len(list(entries(f"{address}/*.n*"))) == 2
    before = sent.bytes
    assert header_of(f"{address}/c.npy").shape == LARGE
    assert sent.bytes - before <= 2048


def test_the_web(folder: Path) -> None:
    with web(folder) as (address, sent):
        found = {name: header_of(f"{address}/{name}") for name in NAMES}
        assert found == here(folder)
        assert sent.bytes < 120_000, "of 4.5 million"
        assert header_of(f"{address}/c.npy?signed=a.b").shape == LARGE
        listed = [entry.name.removeprefix(f"{address}/") for entry in entries(f"{address}/*.n*")]
        assert listed == ["c.npy", "d.nii.gz"]


def test_a_server_that_knows_no_ranges(folder: Path) -> None:
    with web(folder, ranges=False) as (address, _):
        assert header_of(f"{address}/c.npy").shape == LARGE
        assert header_of(f"{address}/ä.jpg") == header_of(str(folder / "ä.jpg"))


def test_what_is_not_there(folder: Path, bucket: tuple[str, Sent]) -> None:
    for address in ("s3://scans/all/none.png", "s3://none/a.png"):
        with pytest.raises(Unreadable):
            header_of(address)
    with web(folder) as (address, _), pytest.raises(Unreadable):
        header_of(f"{address}/none.png")
    for address in ("s3://scans/none/", "s3://none", "nowhere://a/*.png", "http://127.0.0.1:9/*.png"):
        with pytest.raises(UsageError, match=r"^.+$"):
            list(entries(address))
