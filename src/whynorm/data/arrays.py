"""The shape of an array: NumPy, Zarr, HDF5."""

import ast
import json
import struct
import zipfile
from collections.abc import Callable
from math import prod
from typing import IO, Any

from whynorm.data.header import Header, Shape, Unreadable


def npy(file: IO[bytes]) -> Header:
    """By the dictionary at its beginning (NumPy's format 1 to 3)."""
    start = file.read(8)
    if start[:6] != b"\x93NUMPY":
        raise Unreadable("it is no NumPy file: its first bytes are not NumPy's")
    size, kind = (2, "<H") if start[6] == 1 else (4, "<I")
    (length,) = struct.unpack(kind, file.read(size))
    held = file.read(min(length, 1 << 20))
    if len(held) < length:
        raise Unreadable("it ends before its header does")
    found = ast.literal_eval(held.decode("latin-1"))["shape"]
    return Header(tuple(int(one) for one in found))


def npz(file: IO[bytes]) -> Header:
    """The array with the most axes, the largest of these."""
    shapes: list[Shape] = []
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            if name.endswith(".npy"):
                with archive.open(name) as inside:
                    shapes.append(npy(inside).shape)
    return Header(_main(shapes))


def hdf5(file: IO[bytes]) -> Header:
    """The array with the most axes, the largest of these."""
    import h5py

    shapes: list[Shape] = []

    def seen(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset) and item.shape:
            shapes.append(tuple(item.shape))

    with h5py.File(file, "r") as opened:
        opened.visititems(seen)
    return Header(_main(shapes))


def _main(shapes: list[Shape]) -> Shape:
    if not shapes:
        raise Unreadable("it holds no array")
    return max(shapes, key=lambda shape: (len(shape), prod(shape)))


def zarr(read: Callable[[str], bytes]) -> Header:
    """By its metadata, of version 2 or 3; of a group, its first array. `read` gives a file inside of it."""
    for inside in ("", "0/", "data/"):
        for name in (".zarray", "zarr.json"):
            try:
                found = json.loads(read(inside + name))
            except FileNotFoundError:
                continue
            if "shape" in found:
                return Header(tuple(int(one) for one in found["shape"]))
            listed = (found.get("consolidated_metadata") or {}).get("metadata", {})
            shapes = [tuple(map(int, one["shape"])) for one in listed.values() if "shape" in one]
            if shapes:
                return Header(_main(shapes))
    raise Unreadable("it holds no array's metadata")
