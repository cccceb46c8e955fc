"""Data held against a rule: which files a network refuses, why, and the padding that each needs."""

import glob
import itertools
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from whynorm.errors import UsageError
from whynorm.sizing.found import Sizes
from whynorm.sizing.headers import Unreadable, known, shape_of

Shape = tuple[int, ...]
_CHUNK = 64


class Entry(NamedTuple):
    """One file, or one line of a list: its shape, or why it has none."""

    name: str
    shape: Shape | None
    damaged: str | None = None


class Verdict(NamedTuple):
    """What the network says to one entry."""

    name: str
    sizes: dict[str, int] | None
    accepted: bool
    why: str | None = None
    pad: dict[str, int] | None = None
    crop: dict[str, int] | None = None


def entries(source: str, scheduler: str | None = None) -> Iterator[Entry]:
    """What lies there: files by a pattern, a folder or an address, a list of shapes as CSV, or `-`, a list on stdin.

    With `scheduler`, the address of a Dask scheduler, its workers read the headers. Raises `UsageError`.
    """
    if source == "-" or source.lower().endswith((".csv", ".txt")):
        yield from _listed(source)
        return
    names = _names(source)
    first = next(names, None)
    if first is None:
        raise UsageError(f"no files at {source!r}")
    found = itertools.chain([first], names)
    yield from map(_entry, found) if scheduler is None else _spread(found, scheduler)


def _entry(name: str) -> Entry:
    try:
        return Entry(name, shape_of(name))
    except Unreadable as error:
        return Entry(name, None, str(error))


def _names(source: str) -> Iterator[str]:
    if "://" in source:
        return _remote(source)
    if os.path.isdir(source) and not known(source):
        return _below(source)
    if os.path.exists(source):
        return iter([source])
    return iter(sorted(glob.glob(source, recursive=True)))


def _below(folder: str) -> Iterator[str]:
    for path, folders, files in os.walk(folder):
        arrays = sorted(name for name in folders if name.endswith(".zarr"))
        folders[:] = sorted(name for name in folders if not name.endswith(".zarr"))
        for name in sorted([*files, *arrays]):
            if known(name):
                yield os.path.join(path, name)


def _remote(source: str) -> Iterator[str]:
    try:
        import fsspec
    except ImportError:
        raise UsageError("addresses need fsspec: pip install 'whynorm[data]'") from None
    scheme = source.partition("://")[0]
    try:
        system, path = fsspec.core.url_to_fs(source)
        if any(letter in path for letter in "*?["):
            found = system.glob(path)
        elif known(path):
            found = [path]
        else:
            found = [name for name in system.find(path) if known(name)]
    except (ImportError, ValueError, OSError) as error:
        raise UsageError(f"cannot list {source}: {error}") from None
    return (name if "://" in name else f"{scheme}://{name}" for name in found)


def _listed(source: str) -> Iterator[Entry]:
    if source == "-":
        yield from _lines(sys.stdin, "stdin")
        return
    try:
        with open(source, encoding="utf-8") as file:
            yield from _lines(file, source)
    except OSError as error:
        raise UsageError(f"cannot read {source!r}: {error.strerror}") from None


def _lines(lines: Iterable[str], source: str) -> Iterator[Entry]:
    """`50,64,64`, `50x64x64`, `name,50,64,64`, or the name of a file."""
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text:
            continue
        parts = [part.strip() for part in re.split(r"[,;\t]", text)]
        if len(parts) == 1 and re.fullmatch(r"\d+(x\d+)+", text):
            parts = text.split("x")
        sizes = [int(part) for part in parts if part.isdecimal()]
        name = next((part for part in parts if not part.isdecimal()), f"{source}:{number}")
        if sizes:
            yield Entry(name, tuple(sizes))
        elif os.path.exists(text) or "://" in text:
            yield _entry(text)
        elif number > 1:
            yield Entry(name, None, "no shape on this line")


def _spread(names: Iterator[str], scheduler: str) -> Iterator[Entry]:
    try:
        from distributed import Client, as_completed
    except ImportError:
        raise UsageError("--dask needs dask: pip install 'whynorm[data]'") from None
    chunks = iter(lambda: list(itertools.islice(names, _CHUNK)), [])
    try:
        client = Client(scheduler, timeout="20s", set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise UsageError(f"no Dask scheduler answers at {scheduler}: {error}") from None
    with client:
        numbered = {client.submit(_chunk, chunk, retries=5, pure=False): at for at, chunk in enumerate(chunks)}
        done: dict[int, list[Entry]] = {}
        following = 0
        for future, result in as_completed(list(numbered), with_results=True):
            done[numbered[future]] = result
            while following in done:
                yield from done.pop(following)
                following += 1


def _chunk(names: list[str]) -> list[Entry]:
    return [_entry(name) for name in names]


def judged(found: Sizes, listed: Iterable[Entry]) -> Iterator[Verdict]:
    """What the network says to each entry; the same shape is decided once."""
    known_shapes: dict[Shape, Verdict] = {}
    for entry in listed:
        if entry.shape is None:
            yield Verdict(entry.name, None, False, f"damaged: {entry.damaged}")
            continue
        verdict = known_shapes.get(entry.shape)
        if verdict is None:
            verdict = known_shapes[entry.shape] = _judge(found, entry)
        yield verdict._replace(name=entry.name)


def _judge(found: Sizes, entry: Entry) -> Verdict:
    assert entry.shape is not None
    sizes = _matched(found, entry.shape)
    if sizes is None:
        wanted = found.question.inputs[0].sizes
        shape = " x ".join(map(str, entry.shape))
        return Verdict(entry.name, None, False, f"its shape, {shape}, does not fit {','.join(map(str, wanted))}")
    outside = [x for x, (low, high) in found.question.ranges.items() if not low <= sizes[x] <= high]
    if outside:
        letter = outside[0]
        return Verdict(entry.name, sizes, False, f"{letter} = {sizes[letter]} lies outside the range: --range")
    if found.accepts(**sizes):
        return Verdict(entry.name, sizes, True)
    region = found.why_not(**sizes)
    near = found.nearest(**sizes)
    why = None if region is None else f"{region.condition or 'refused'}: {region.finding.message}"
    return Verdict(entry.name, sizes, False, why, near["pad"], near["crop"])


def _matched(found: Sizes, shape: Shape) -> dict[str, int] | None:
    """The letters' sizes: the axes of the file are the last ones of the input; those that it lacks stand before."""
    for given in found.question.inputs:
        wanted = given.sizes
        letters = [size for size in wanted if isinstance(size, str)]
        if not letters:
            continue
        if len(shape) == len(letters):
            return _agreed(letters, shape)
        own = wanted[max(len(wanted) - len(shape), 0) :]
        if len(own) != len(shape):
            return None
        if any(isinstance(size, int) and size != there for size, there in zip(own, shape, strict=True)):
            return None
        pairs = [(size, there) for size, there in zip(own, shape, strict=True) if isinstance(size, str)]
        sizes = _agreed([letter for letter, _ in pairs], [there for _, there in pairs])
        return sizes if sizes is not None and set(sizes) == set(found.question.letters) else None
    return None


def _agreed(letters: Sequence[str], shape: Sequence[int]) -> dict[str, int] | None:
    sizes: dict[str, int] = {}
    for letter, size in zip(letters, shape, strict=True):
        if sizes.setdefault(letter, size) != size:
            return None
    return sizes
