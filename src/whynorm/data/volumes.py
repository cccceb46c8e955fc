"""The shape of a medical volume: NIfTI and DICOM."""

import gzip
import struct
from typing import IO, cast

from whynorm.data.header import Header, Unreadable

_SIZES = {"Nifti1": 348, "Nifti2": 540}
"""Bytes of a header, which are its own first number."""


def nifti(file: IO[bytes]) -> Header:
    """The axes as they are stored, x first; a fourth axis of size one is none."""
    from nibabel.nifti1 import Nifti1Header
    from nibabel.nifti2 import Nifti2Header

    start = file.read(4)
    if len(start) < 4:
        raise Unreadable("it ends before its header does")
    second = _SIZES["Nifti2"] in struct.unpack("<i", start) + struct.unpack(">i", start)
    size = _SIZES["Nifti2" if second else "Nifti1"]
    held = start + file.read(size - 4)
    if len(held) < size:
        raise Unreadable("it ends before its header does")
    header = (Nifti2Header if second else Nifti1Header)(held, check=False)
    if int(header["sizeof_hdr"]) != size:
        raise Unreadable("it is no NIfTI file: its first number is not the size of a header")
    sizes = tuple(int(one) for one in header.get_data_shape())
    while len(sizes) > 3 and sizes[-1] == 1:
        sizes = sizes[:-1]
    if not sizes or min(sizes) < 1:
        raise Unreadable(f"its header gives the sizes {sizes}")
    return Header(sizes)


def nifti_gz(file: IO[bytes]) -> Header:
    """The same, packed; only its beginning is unpacked."""
    with gzip.open(file) as unpacked:
        return nifti(cast(IO[bytes], unpacked))


_TAGS = ["Rows", "Columns", "NumberOfFrames", "SamplesPerPixel", "SeriesInstanceUID", "SOPClassUID"]


def dicom(file: IO[bytes]) -> Header:
    """The rows and columns of a slice, which says of which series it is; several frames are a volume."""
    from pydicom import dcmread

    found = dcmread(file, stop_before_pixels=True, specific_tags=_TAGS)
    if "Rows" not in found or "Columns" not in found:
        raise Unreadable("it holds no image")
    frames = int(found.get("NumberOfFrames", 1) or 1)
    sizes = (int(found.Rows), int(found.Columns))
    channels = int(found.get("SamplesPerPixel", 1) or 1)
    if frames > 1:
        return Header((frames, *sizes), channels)
    return Header(sizes, channels, series=str(found.get("SeriesInstanceUID", "")))


def is_dicom(start: bytes) -> bool:
    """Whether a file that begins so is DICOM, whatever its name."""
    return start[128:132] == b"DICM"
