"""A text of any size as pieces: bytes in whatever encoding in, lines out, at most `PIECE` characters at a time."""

import codecs
from collections.abc import Iterable, Iterator
from typing import BinaryIO

PIECE = 1 << 18
"""How many bytes are read at once."""
OVERLAP = 1 << 16
"""How many characters of the piece before come again, so that an error keeps the traceback above it."""

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def pieces(file: BinaryIO) -> Iterator[str]:
    """The text of a file. Nothing fails: what is no text comes as some characters or other."""
    head = file.read(PIECE)
    encoding = _encoding(head)
    if encoding is None:
        yield from _lines_of_bytes(file, head)
        return
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    while head:
        yield decoder.decode(head)
        head = file.read(PIECE)
    yield decoder.decode(b"", final=True)


def _encoding(head: bytes) -> str | None:
    """The encoding that a byte order mark or a pattern of zeros tells."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    sample = head[:4096]
    if len(sample) >= 16 and sample[1::2].count(0) > 0.7 * len(sample) / 2:
        return "utf-16-le"
    if len(sample) >= 16 and sample[::2].count(0) > 0.7 * len(sample) / 2:
        return "utf-16-be"
    return None


def _lines_of_bytes(file: BinaryIO, head: bytes) -> Iterator[str]:
    """Whole lines; the last piece goes to the end, so that a last line without its break stays with those before it."""
    rest = b""
    while head:
        following = file.read(PIECE)
        data = rest + head
        end = (data.rfind(b"\n") + 1 or len(data)) if following else len(data)
        yield _decoded(data[:end])
        rest = data[end:]
        head = following


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def overlapping(texts: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Each piece behind the end of the piece before it, and how many of its characters are not new."""
    before = ""
    for text in texts:
        for start in range(0, len(text), PIECE):
            piece = text[start : start + PIECE]
            yield before + piece, len(before)
            before = (before + piece)[-OVERLAP:]
            cut = before.find("\n") + 1
            before = before[cut:] if cut and len(before) == OVERLAP else before
