"""Files at an address, through fsspec: only the bytes that are asked for travel."""

import io
from collections.abc import Iterator
from typing import Any

from whynorm.data.header import Unreadable
from whynorm.errors import UsageError

_BLOCK = 2048
"""Bytes of the first request; each further one doubles them."""

_MOST = 1 << 16

_LONGEST = 8 << 20
"""From a server that cannot send a part of a file so many bytes are read, not more."""


class Distant(io.RawIOBase):
    """A file at an address, opened for reading. What was fetched once is kept."""

    def __init__(self, address: str) -> None:
        self.system, self.path = _opened(address)
        self.place = 0
        self._held: list[tuple[int, bytes]] = []
        self._block = _BLOCK
        self._size: int | None = None
        self._stream = self._only_whole()

    def _only_whole(self) -> Any:
        """The open stream of a server that sends files from their beginning only."""
        protocol = self.system.protocol
        if "https" not in ((protocol,) if isinstance(protocol, str) else protocol):
            return None
        found = self.system.info(self.path)
        self._size = found.get("size")
        return None if found.get("partial") else self.system.open(self.path, block_size=0)

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
        """End the stream, if there is one."""
        if not self.closed and self._stream is not None:
            self._stream.close()
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
        if self._stream is not None:
            return self._read_on(offset, count)
        found: bytes = self.system.cat_file(self.path, start=offset, end=offset + count)
        self._held.append((offset, found))
        if len(found) < count:
            self._size = offset + len(found)
        return found

    def _read_on(self, offset: int, count: int) -> bytes:
        """From a stream: all up to there."""
        ((_, held),) = self._held or [(0, b"")]
        if offset + count > _LONGEST:
            raise Unreadable("its server sends whole files only, and the header does not stand at the beginning")
        while len(held) < offset + count:
            more = self._stream.read(offset + count - len(held))
            if not more:
                self._size = len(held)
                break
            held += more
        self._held = [(0, held)]
        return held[offset : offset + count]


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


def names_at(source: str) -> Iterator[str]:
    """The addresses of what lies at an address: a file, a pattern's files, all below a folder. Raises `UsageError`."""
    from whynorm.data.headers import known

    try:
        import fsspec
    except ImportError:
        raise UsageError("addresses need fsspec: pip install 'whynorm[data]'") from None
    web = source.startswith(("http://", "https://"))
    try:
        system, path = fsspec.core.url_to_fs(source)
        if known(source) and not any(letter in path for letter in "*["):
            yield source
        elif any(letter in path for letter in ("*", "[") if web) or (not web and any(x in path for x in "*?[")):
            yield from map(system.unstrip_protocol, sorted(system.glob(path)))
        else:
            yield from map(system.unstrip_protocol, _below(system, path))
    except ImportError as error:
        raise UsageError(f"{source} needs a package more: {_first_line(error)}; pip install 'whynorm[data]'") from None
    except Exception as error:  # noqa: BLE001 - a server, its credentials, the network: one line says which
        raise UsageError(f"cannot list {source}: {type(error).__name__}: {_first_line(error)}") from None


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [""])[0]


def _below(system: Any, path: str) -> Iterator[str]:
    """The known files below a folder, each array of Zarr once."""
    from whynorm.data.headers import known

    for folder, folders, files in system.walk(path):
        arrays = [name for name in folders if name.endswith(".zarr")]
        for name in arrays:
            del folders[name]
        for name in sorted([*files, *arrays]):
            if known(name):
                yield f"{folder.rstrip('/')}/{name}"
