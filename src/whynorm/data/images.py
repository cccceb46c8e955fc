"""The size and the channels of an image, by its first bytes; what these do not tell, Pillow does.

PNG and JPEG are read here, since a folder of either may hold hundreds of thousands: opening them with Pillow takes four
times as long as reading their first kilobyte, this less than twice (`python -m benchmarks.headers`).
"""

import struct
from typing import IO

from whynorm.data.header import Header, Unreadable

ENDINGS = ("png", "jpg", "jpeg", "jpe", "tif", "tiff", "bmp", "gif", "webp", "ppm", "pgm", "pbm", "jp2", "tga", "ico")

START = 1024
"""Bytes that are read at first."""

_PNG = {0: (1, "L"), 2: (3, "RGB"), 3: (None, "P"), 4: (2, "LA"), 6: (4, "RGBA")}
"""Channels and mode by the colour type of IHDR (PNG specification, section 11.2.2)."""

_JPEG = {1: "L", 3: "RGB", 4: "CMYK"}

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of JPEG that begin a frame header (ITU-T T.81, table B.1)."""


def image(file: IO[bytes]) -> Header:
    """The header of an image: its shape is (height, width)."""
    start = file.read(START)
    if not start:
        raise Unreadable("it is empty")
    if start[:8] == b"\x89PNG\r\n\x1a\n" and start[12:16] == b"IHDR" and len(start) > 25:
        height, width = _swapped(start, 16, ">II")
        if width and height and start[25] in _PNG:
            channels, mode = _PNG[start[25]]
            return Header((height, width), channels, mode)
    if start[:3] == b"\xff\xd8\xff":
        found = _jpeg(file, start)
        if found is not None:
            return found
    return _by_pillow(file)


def _swapped(start: bytes, at: int, form: str) -> tuple[int, int]:
    first, second = struct.unpack_from(form, start, at)
    return second, first


def _jpeg(file: IO[bytes], held: bytes) -> Header | None:
    """From segment to segment until the frame header; what lies between is left out."""
    base, at = 0, 2
    for _ in range(200):
        if at - base + 10 > len(held):
            file.seek(at)
            base, held = at, file.read(START)
        segment = held[at - base : at - base + 10]
        if len(segment) < 10 or segment[0] != 0xFF:
            return None
        if segment[1] in _FRAMES:
            height, width = struct.unpack_from(">HH", segment, 5)
            channels = segment[9]
            return Header((height, width), channels, _JPEG.get(channels, "")) if height and width else None
        if segment[1] == 0xFF:  # a filling byte
            at += 1
        elif segment[1] == 0x01 or 0xD0 <= segment[1] <= 0xD8:  # a marker alone
            at += 2
        else:
            at += 2 + int(struct.unpack_from(">H", segment, 2)[0])
    return None


def _by_pillow(file: IO[bytes]) -> Header:
    from PIL import Image, UnidentifiedImageError

    file.seek(0)
    try:
        with Image.open(file) as opened:
            width, height = opened.size
            mode = opened.mode
            channels = None if mode in ("P", "PA") else len(opened.getbands())
    except UnidentifiedImageError:
        raise Unreadable("its first bytes are not those of an image") from None
    return Header((height, width), channels, mode)
