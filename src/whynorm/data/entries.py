"""What lies there: files by patterns, folders, addresses; lists of shapes."""

import csv
import glob
import itertools
import os
import sys
from collections.abc import Iterable, Iterator

from whynorm.data.entry import Entry, entry_of
from whynorm.data.header import Header
from whynorm.data.headers import known
from whynorm.data.volumes import is_dicom
from whynorm.errors import UsageError

_AT_ONCE = 16
"""So many files at addresses are read at the same time."""

_LISTS = (".csv", ".tsv", ".txt")


def entries(source: str, *, volumes: bool = False, scheduler: str | None = None) -> Iterator[Entry]:
    """The files of a pattern, a folder or an address; the lines of a list, `.csv`, `.txt` or `-` for stdin.

    With `volumes`, the slices of DICOM that lie in one folder and share a series are one entry, (slices, rows,
    columns). With `scheduler`, the address of a Dask scheduler, its workers read the headers. Raises `UsageError`.
    """
    if source == "-" or source.lower().endswith(_LISTS):
        return _listed(source)
    names = _names(source)
    first = next(names, None)
    if first is None:
        raise UsageError(f"no images, volumes or arrays at {source!r}")
    found = _read(itertools.chain([first], names), distant="://" in source, scheduler=scheduler)
    return _series(found) if volumes else found


def _read(names: Iterator[str], *, distant: bool, scheduler: str | None) -> Iterator[Entry]:
    if scheduler is not None:
        from whynorm.data.spread import spread

        return spread(names, scheduler)
    return _together(names) if distant else map(entry_of, names)


def _together(names: Iterator[str]) -> Iterator[Entry]:
    """Several at the same time, in their order: what takes long is the way there."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        while chunk := list(itertools.islice(names, 8 * _AT_ONCE)):
            yield from pool.map(entry_of, chunk)


def _names(source: str) -> Iterator[str]:
    if "://" in source:
        from whynorm.data.names_at import names_at

        return names_at(source)
    if os.path.isdir(source) and not known(source):
        return _below(source)
    if os.path.exists(source):
        return iter([source])
    found = sorted(glob.glob(os.path.expanduser(source), recursive=True))
    return itertools.chain.from_iterable(
        _below(one) if os.path.isdir(one) and not known(one) else [one] for one in found
    )


def _below(folder: str) -> Iterator[str]:
    """The known files below a folder in their order, each array of Zarr once; slices of DICOM without an ending too."""
    for path, folders, files in os.walk(folder):
        arrays = [name for name in folders if name.endswith(".zarr")]
        folders[:] = sorted(name for name in folders if not name.endswith(".zarr"))
        path = os.path.normpath(path)
        before = "" if path == os.curdir else path.rstrip(os.sep) + os.sep
        for name in sorted([*files, *arrays]):
            if known(name) or ("." not in name.strip("0123456789.") and _begins_as_dicom(before + name)):
                yield before + name


def _begins_as_dicom(name: str) -> bool:
    try:
        with open(name, "rb", buffering=0) as file:
            return is_dicom(file.read(132))
    except OSError:
        return False


def _series(found: Iterable[Entry]) -> Iterator[Entry]:
    """Slices of one series in one folder as one volume; whatever else as it is."""

    def group(entry: Entry) -> tuple[str, str] | None:
        if entry.header is None or entry.header.series is None:
            return None
        return os.path.dirname(entry.name) or ".", entry.header.series

    for folder, together in itertools.groupby(found, key=lambda entry: (group(entry) or (None, ""))[0]):
        if folder is None:
            yield from together
            continue
        by_series: dict[str, list[Entry]] = {}
        for entry in together:
            by_series.setdefault(group(entry)[1], []).append(entry)  # type: ignore[index]  # it has a group
        for series, slices in by_series.items():
            yield _volume(folder if len(by_series) == 1 else f"{folder} ({series})", slices)


def _volume(name: str, slices: list[Entry]) -> Entry:
    headers = [entry.header for entry in slices if entry.header is not None]
    sizes = sorted({header.shape for header in headers})
    if len(sizes) > 1:
        listed = " and ".join(" x ".join(map(str, size)) for size in sizes[:2])
        return Entry(name, None, f"the slices of its series differ in size: {listed}")
    return Entry(name, Header((len(slices), *sizes[0]), headers[0].channels))


def _listed(source: str) -> Iterator[Entry]:
    if source == "-":
        yield from _lines(sys.stdin, "stdin")
        return
    try:
        with open(source, encoding="utf-8-sig", newline="") as file:
            yield from _lines(file, source)
    except OSError as error:
        raise UsageError(f"cannot read {source!r}: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{source!r} is no list of shapes: {error}") from None


def _lines(lines: Iterable[str], source: str) -> Iterator[Entry]:
    """`50,64,64`, `50x64x64`, `name,50,64,64`, or the name of a file; the first line may name the columns."""
    titles: list[str] = []
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        parts = _parts(text)
        if not any(part.isdecimal() for part in parts):
            if "://" in text or os.path.exists(text):
                yield entry_of(text)
            elif not titles and number == 1 and len(parts) > 1:
                titles = parts
            else:
                yield Entry(text, None, "neither a shape nor a file")
            continue
        name = next((part for part in parts if part and not part.isdecimal()), f"{source}:{number}")
        sizes = {title: int(part) for title, part in zip(titles, parts, strict=False) if part.isdecimal()}
        yield Entry(name, Header(tuple(int(part) for part in parts if part.isdecimal())), None, sizes or None)


def _parts(text: str) -> list[str]:
    """`name`, `50`, `64` of `name,50,64` or `name,50x64`."""
    separator = next((one for one in ("\t", ";", ",") if one in text), None)
    cells = [text] if separator is None else next(csv.reader([text], delimiter=separator, skipinitialspace=True))
    return [part for cell in cells for part in _by_x(cell.strip())]


def _by_x(cell: str) -> list[str]:
    sizes = cell.split("x")
    return sizes if all(size.isdecimal() for size in sizes) else [cell]
