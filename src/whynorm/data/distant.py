"""Files at an address, through fsspec: only the bytes that are asked for travel."""

import io
from typing import Any

from whynorm.data.header import Unreadable

_BLOCK = 2048
"""Bytes of the first request; each further one doubles them."""

_MOST = 1 << 16

_LONGEST = 8 << 20
"""From a server that cannot send a part of a file so many bytes are read, not more."""


class Distant(io.RawIOBase):
    """A file at an address, opened for reading. What was fetched once is kept."""

    def __init__(self, address: str) -> None:
        self.name = address
        self.system, self.path = _opened(address)
        self.place = 0
        self._held: list[tuple[int, bytes]] = []
        self._block = _BLOCK
        self._size: int | None = None
        self._web: Any = None
        """From a web server, the open file."""
        self._streams = False
        """Whether that server sends a file from its beginning only."""
        if "https" in ((protocol,) if isinstance(protocol := self.system.protocol, str) else protocol):
            self._web = self.system.open(self.path, block_size=_BLOCK, cache_type="none")
            self._size = getattr(self._web, "size", None)

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where the next byte is read."""
        return self.place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place; nothing travels, but for the size where it counts from the end."""
        if whence == io.SEEK_END:
            self.place = self._length() + offset
        else:
            self.place = offset + (self.place if whence == io.SEEK_CUR else 0)
        return self.place

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer from the place on; how many bytes were there."""
        found = self._at(self.place, len(buffer))
        buffer[: len(found)] = found
        self.place += len(found)
        return len(found)

    def close(self) -> None:
        """End what is open."""
        if not self.closed and self._web is not None:
            self._web.close()
        super().close()

    def _length(self) -> int:
        if self._size is None:
            size = self.system.info(self.path).get("size")
            if size is None:
                raise Unreadable("the server does not tell how long it is")
            self._size = int(size)
        return self._size

    def _at(self, offset: int, count: int) -> bytes:
        for start, held in self._held:
            if start <= offset < start + len(held):
                return held[offset - start : offset - start + count]
        if self._held and offset >= self._length():
            return b""
        return self._fetched(offset, max(count, self._block))[:count]

    def _fetched(self, offset: int, count: int) -> bytes:
        self._block = min(2 * self._block, _MOST)
        if self._web is not None:
            return self._from_web(offset, count)
        return self._keep(offset, count, self.system.cat_file(self.path, start=offset, end=offset + count))

    def _keep(self, offset: int, count: int, found: bytes) -> bytes:
        self._held.append((offset, found))
        if len(found) < count:
            self._size = offset + len(found)
        return found

    def _from_web(self, offset: int, count: int) -> bytes:
        """A part of the file; a server that cannot send parts sends all up to there."""
        if not self._streams:
            try:
                self._web.seek(offset)
                return self._keep(offset, count, self._web.read(count))
            except ValueError:  # fsspec's word for a server that sends whole files
                self._web.close()
                self._web = self.system.open(self.path, block_size=0)
                self._streams = True
                self._held.clear()
        ((_, held),) = self._held or [(0, b"")]
        if offset + count > _LONGEST:
            raise Unreadable("its server sends whole files only, and the header does not stand at the beginning")
        while len(held) < offset + count and (more := self._web.read(offset + count - len(held))):
            held += more
        self._held.clear()
        return self._keep(0, offset + count, held)[offset : offset + count]


def whole(address: str) -> bytes:
    """A small file at an address. Raises `FileNotFoundError`."""
    system, path = _opened(address)
    found: bytes = system.cat_file(path)
    return found


def _opened(address: str) -> tuple[Any, str]:
    """The file system, and the path in it."""
    import fsspec

    system, path = fsspec.core.url_to_fs(address)
    return system, path
