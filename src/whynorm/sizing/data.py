"""Data held against a rule: which files a network refuses, why, and the padding that each needs."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from whynorm.data import Entry
from whynorm.sizing.found import Sizes
from whynorm.sizing.matching import Unfit, matched, other_channels
from whynorm.sizing.question import Question

_WIDEST = 1 << 14
"""A range is widened for files of up to this size."""

_ROOM = 512
"""Beyond the largest file, for its padding."""


class Matched(NamedTuple):
    """A file, and the sizes of the letters in it; or why it has none."""

    name: str
    sizes: Mapping[str, int] | None
    unfit: str | None = None
    damaged: str | None = None
    channels: str | None = None
    """What is to be said of an image's channels."""


class Verdict(NamedTuple):
    """What the network says to one file."""

    name: str
    sizes: Mapping[str, int] | None
    why: str | None
    """None where it is accepted."""
    damaged: bool = False
    pad: Mapping[str, int] | None = None
    crop: Mapping[str, int] | None = None
    channels: str | None = None

    @property
    def accepted(self) -> bool:
        """Whether its sizes work."""
        return self.why is None

    def to_dict(self) -> dict[str, Any]:
        """One of `refused` in the document."""
        sizes = None if self.sizes is None else dict(self.sizes)
        pad, crop = (None if way is None else dict(way) for way in (self.pad, self.crop))
        return {"name": self.name, "sizes": sizes, "why": self.why, "damaged": self.damaged, "pad": pad, "crop": crop}


def match(question: Question, listed: Iterable[Entry], axes: Sequence[str] | None = None) -> Iterator[Matched]:
    """The letters' sizes in each file; files of one shape are looked at once."""
    known: dict[object, Matched] = {}
    for entry in listed:
        if entry.header is None:
            yield Matched(entry.name, None, damaged=entry.damaged)
            continue
        key = (entry.header.shape, entry.header.channels, entry.header.mode)
        found = known.get(key) if entry.sizes is None else None
        if found is None:
            try:
                sizes = matched(question, entry.header, axes, entry.sizes)
                found = Matched(entry.name, sizes, channels=other_channels(question, entry.header))
            except Unfit as unfit:
                found = Matched(entry.name, None, unfit=str(unfit))
            if entry.sizes is None:
                known[key] = found
        yield found._replace(name=entry.name)


def widened(question: Question, files: Iterable[Matched], fixed: Container[str]) -> Question:
    """The question with ranges that hold the files' sizes and their padding; the `fixed` letters keep theirs."""
    ranges = dict(question.ranges)
    for file in files:
        for letter, size in (file.sizes or {}).items():
            low, high = ranges[letter]
            if letter not in fixed and high - _ROOM // 2 < size <= _WIDEST:
                ranges[letter] = (low, size + _ROOM)
    return question._replace(ranges=ranges)


def judged(found: Sizes, files: Iterable[Matched]) -> Iterator[Verdict]:
    """What the network says to each file; the same sizes are decided once."""
    known: dict[tuple[int, ...], Verdict] = {}
    for file in files:
        if file.sizes is None:
            yield Verdict(file.name, None, file.damaged or file.unfit or "", damaged=file.damaged is not None)
            continue
        key = tuple(file.sizes.values())
        verdict = known.get(key)
        if verdict is None:
            verdict = known[key] = _judge(found, file.sizes)
        yield verdict._replace(name=file.name, channels=file.channels)


def _judge(found: Sizes, sizes: Mapping[str, int]) -> Verdict:
    outside = [x for x, (low, high) in found.question.ranges.items() if not low <= sizes[x] <= high]
    if outside:
        low, high = found.question.ranges[outside[0]]
        why = f"{outside[0]} lies outside of {low} to {high}, which is looked at: --range"
        return Verdict("", sizes, why)
    if found.accepts(**sizes):
        return Verdict("", sizes, None)
    region = found.why_not(**sizes)
    near = found.nearest(**sizes)
    why = "refused"
    if region is not None:
        at = ", ".join(f"{letter} = {size}" for letter, size in region.example.items())
        unless = f" unless {region.condition}" if region.condition is not None else ""
        why = f"refused{unless}: at {at}, {region.finding.message}"
    return Verdict("", sizes, why, pad=near["pad"], crop=near["crop"])
