"""The shape that a file's header tells, reading no more of it than the header."""

import ast
import gzip
import json
import struct
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import IO, Any

Shape = tuple[int, ...]

IMAGES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".gif", ".webp", ".ppm", ".pgm", ".jp2")


class Unreadable(Exception):
    """A file whose shape could not be read; its text is one line that says why."""


def shape_of(address: str) -> Shape:
    """The shape of what lies at a path or an address. Raises `Unreadable`.

    Images give (height, width), NIfTI its axes as they are stored, DICOM (frames, rows, columns) or (rows, columns).
    """
    try:
        return _read(address)
    except Unreadable:
        raise
    except ImportError as error:
        raise Unreadable(f"reading it needs {error.name}: pip install 'whynorm[data]'") from None
    except Exception as error:  # noqa: BLE001 - whatever a damaged file makes its library raise
        first = (str(error).splitlines() or [""])[0]
        raise Unreadable(f"{type(error).__name__}: {first}" if first else type(error).__name__) from None


def known(address: str) -> bool:
    """Whether a file of this name is one whose header can be read."""
    name = address.rstrip("/").lower()
    return any(name.endswith(ending) for ending in _READERS) or name.endswith(IMAGES)


def _read(address: str) -> Shape:
    name = address.rstrip("/").lower()
    if name.endswith(".zarr"):
        return _zarr(address.rstrip("/"))
    reader = next((read for ending, read in _READERS.items() if name.endswith(ending)), _image)
    with opened(address) as file:
        return reader(file)


def opened(address: str) -> AbstractContextManager[IO[bytes]]:
    """A file to read from: of this machine, or through fsspec, where only the bytes asked for travel."""
    if "://" not in address:
        return open(address, "rb", buffering=4096)
    import fsspec

    made: AbstractContextManager[IO[bytes]] = fsspec.open(address, "rb", block_size=1 << 16, cache_type="readahead")
    return made


def _npy(file: IO[bytes]) -> Shape:
    start = file.read(8)
    if start[:6] != b"\x93NUMPY":
        raise Unreadable("it is no NumPy file: its first bytes are not NumPy's")
    size, kind = (2, "<H") if start[6] == 1 else (4, "<I")
    (length,) = struct.unpack(kind, file.read(size))
    found = ast.literal_eval(file.read(min(length, 1 << 20)).decode("latin-1"))["shape"]
    return tuple(int(size) for size in found)


def _npz(file: IO[bytes]) -> Shape:
    with zipfile.ZipFile(file) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".npy"))
        with archive.open(name) as inside:
            return _npy(inside)


def _nifti(file: IO[bytes]) -> Shape:
    from nibabel.nifti1 import Nifti1Header
    from nibabel.nifti2 import Nifti2Header

    start = file.read(4)
    if len(start) < 4:
        raise Unreadable("it ends before its header does")
    kind = Nifti2Header if 540 in struct.unpack("<i", start) + struct.unpack(">i", start) else Nifti1Header
    rest = file.read((540 if kind is Nifti2Header else 348) - 4)
    header = kind(start + rest, check=False)
    sizes = tuple(int(size) for size in header.get_data_shape())
    while len(sizes) > 3 and sizes[-1] == 1:
        sizes = sizes[:-1]
    return sizes


def _nifti_gz(file: IO[bytes]) -> Shape:
    with gzip.open(file) as unpacked:
        return _nifti(unpacked)  # type: ignore[arg-type]


def _dicom(file: IO[bytes]) -> Shape:
    from pydicom import dcmread

    found = dcmread(file, stop_before_pixels=True, specific_tags=["Rows", "Columns", "NumberOfFrames"])
    frames = int(found.get("NumberOfFrames", 1) or 1)
    sizes = (int(found.Rows), int(found.Columns))
    return sizes if frames == 1 else (frames, *sizes)


def _hdf5(file: IO[bytes]) -> Shape:
    import h5py

    sizes: list[Shape] = []

    def seen(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset) and item.shape:
            sizes.append(tuple(item.shape))

    with h5py.File(file, "r") as opened_file:
        opened_file.visititems(seen)
    if not sizes:
        raise Unreadable("it holds no array")
    return max(sizes, key=lambda shape: (len(shape), _volume(shape)))


def _volume(shape: Shape) -> int:
    total = 1
    for size in shape:
        total *= size
    return total


def _zarr(address: str) -> Shape:
    """By its metadata, of version 2 or 3; of a group, its first array."""
    for inside in ("", "/0", "/data"):
        for name in (".zarray", "zarr.json"):
            try:
                with opened(f"{address}{inside}/{name}") as file:
                    found = json.loads(file.read())
            except FileNotFoundError:
                continue
            if "shape" in found:
                return tuple(int(size) for size in found["shape"])
    raise Unreadable("it holds no array's metadata")


def _image(file: IO[bytes]) -> Shape:
    start = file.read(1024)
    if start[:8] == b"\x89PNG\r\n\x1a\n" and start[12:16] == b"IHDR" and len(start) >= 24:
        width, height = struct.unpack(">II", start[16:24])
        if width and height:
            return height, width
    from PIL import Image

    file.seek(0)
    with Image.open(file) as image:
        width, height = image.size
    return height, width


_READERS: dict[str, Callable[[IO[bytes]], Shape]] = {
    ".npy": _npy,
    ".npz": _npz,
    ".nii": _nifti,
    ".nii.gz": _nifti_gz,
    ".dcm": _dicom,
    ".h5": _hdf5,
    ".hdf5": _hdf5,
    ".zarr": _image,
}
