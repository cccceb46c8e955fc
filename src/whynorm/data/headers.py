"""The header of a file, reading no more of it than that."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import IO

from whynorm.data import arrays, images, volumes
from whynorm.data.header import Header, Unreadable
from whynorm.errors import first_line

__all__ = ["Header", "Unreadable", "header_of", "known"]

Read = Callable[[IO[bytes]], Header]

_READERS: dict[str, Read] = {
    **dict.fromkeys(images.ENDINGS, images.image),
    "npy": arrays.npy,
    "npz": arrays.npz,
    "h5": arrays.hdf5,
    "hdf5": arrays.hdf5,
    "nii": volumes.nifti,
    "hdr": volumes.nifti,
    "nii.gz": volumes.nifti_gz,
    "dcm": volumes.dicom,
    "dicom": volumes.dicom,
    "ima": volumes.dicom,
}
"""By the ending of the name."""

_BUFFER = 2048


def header_of(address: str) -> Header:
    """What lies at a path or an address. Raises `Unreadable`."""
    try:
        return _read(address)
    except Unreadable:
        raise
    except ImportError as error:
        raise Unreadable(f"reading it needs {error.name}: pip install 'whynorm[data]'") from None
    except FileNotFoundError:
        raise Unreadable("there is no such file") from None
    except IsADirectoryError:
        raise Unreadable("it is a folder") from None
    except Exception as error:  # noqa: BLE001 - whatever a damaged file makes its library raise
        first = first_line(error)
        raise Unreadable(f"{type(error).__name__}: {first}" if first else type(error).__name__) from None


def known(address: str) -> bool:
    """Whether a file of this name is one whose header can be read."""
    ending = _ending(address)
    return ending in _READERS or ending == "zarr"


def _ending(address: str) -> str:
    """What the name ends in, in small letters: `png`, `nii.gz`; of an address without its query."""
    if "://" in address:
        address = address.partition("?")[0].rstrip("/")
    name, dot, ending = address.rpartition(".")
    ending = ending.lower()
    if ending == "gz":
        ending = f"{name.rpartition('.')[2].lower()}.gz"
    return ending if dot else ""


def _read(address: str) -> Header:
    ending = _ending(address)
    if ending == "zarr" or address.endswith(".zarr/"):
        return arrays.zarr(lambda name: _inside(address.rstrip("/"), name))
    reader = _READERS.get(ending)
    if "://" in address:
        from whynorm.data.distant import Distant

        with Distant(address) as distant, io.BufferedReader(distant, _BUFFER) as file:
            return (reader or _sniffed)(file)
    if reader is images.image:
        with open(address, "rb", buffering=0) as raw:
            return images.image(raw)
    with open(address, "rb", buffering=4096) as file:
        return (reader or _sniffed)(file)


def _sniffed(file: IO[bytes]) -> Header:
    """By the first bytes, where the name says nothing."""
    start = file.read(132)
    file.seek(0)
    return volumes.dicom(file) if volumes.is_dicom(start) else images.image(file)


def _inside(folder: str, name: str) -> bytes:
    if "://" in folder:
        from whynorm.data.distant import whole

        return whole(f"{folder}/{name}")
    return Path(folder, name).read_bytes()
