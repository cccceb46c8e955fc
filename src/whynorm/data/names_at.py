"""The names of the files at an address."""

from collections.abc import Iterator
from typing import Any

from whynorm.data.headers import known
from whynorm.errors import UsageError, first_line


def names_at(source: str) -> Iterator[str]:
    """The addresses of what lies at an address: a file, a pattern's files, all below a folder. Raises `UsageError`."""
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
        raise UsageError(f"{source} needs a package more: {first_line(error)}; pip install 'whynorm[data]'") from None
    except Exception as error:  # noqa: BLE001 - a server, its credentials, the network: one line says which
        raise UsageError(f"cannot list {source}: {type(error).__name__}: {first_line(error)}") from None


def _below(system: Any, path: str) -> Iterator[str]:
    """The known files below a folder, each array of Zarr once."""
    for folder, folders, files in system.walk(path, detail=True):
        arrays = [name for name in folders if name.endswith(".zarr")]
        for name in arrays:
            del folders[name]
        for name in sorted([*files, *arrays]):
            if known(name):
                yield f"{folder.rstrip('/')}/{name}"
