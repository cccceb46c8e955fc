"""Which letter of a question each axis of a file is."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from whynorm.data.header import Header, Shape
from whynorm.sizing.question import Question

_WORDS = {
    "height": "H",
    "rows": "H",
    "width": "W",
    "columns": "W",
    "depth": "D",
    "slices": "D",
    "time": "T",
    "frames": "T",
    "length": "L",
    "batch": "N",
    "channels": "C",
}
"""Titles of columns, and the letters that they are."""


class Unfit(Exception):
    """A file that is no input of this form; its text is one line that says why."""


class Layout(NamedTuple):
    """The input that the files are held against."""

    sizes: tuple[int | str, ...]
    channel_axis: int | None

    @property
    def spatial(self) -> tuple[int | str, ...]:
        """Its sizes without batch and channels."""
        return tuple(size for axis, size in enumerate(self.sizes) if axis not in (0, self.channel_axis))

    @property
    def channels(self) -> int | str | None:
        """How many it has."""
        return None if self.channel_axis is None else self.sizes[self.channel_axis]

    def shown(self) -> str:
        """As it was given."""
        return ",".join(map(str, self.sizes))


def layout_of(question: Question) -> Layout:
    """The first input with a letter; where its channels stand shows by which of its ends is a number."""
    given = next(one for one in question.inputs if any(isinstance(size, str) for size in one.sizes))
    sizes = given.sizes
    if len(sizes) < 3:
        return Layout(sizes, None)
    last = len(sizes) > 3 and isinstance(sizes[-1], int) and isinstance(sizes[1], str) and sizes[1] != "C"
    return Layout(sizes, len(sizes) - 1 if last else 1)


def matched(
    question: Question, header: Header, axes: Sequence[str] | None = None, named: Mapping[str, int] | None = None
) -> dict[str, int]:
    """The letters' sizes in a file. Raises `Unfit`.

    Without `axes`, a name for each axis of the file, these are those of the input in their order: all of them, without
    the batch, or without batch and channels; channels may stand at the other end of a file. `named` are the sizes by
    the titles of a list. A batch, or channels, that the file does not tell of count one.
    """
    layout = layout_of(question)
    pairs = _by_title(question, named or {})
    if pairs is None:
        pairs = _by_name(layout, header, axes) if axes is not None else _in_order(layout, header)
    sizes: dict[str, int] = {}
    for wanted, there in pairs:
        if isinstance(wanted, int):
            if wanted != there:
                raise Unfit(
                    f"its shape, {_shown(header.shape)}, does not fit {layout.shown()}: {there} is not {wanted}"
                )
        elif sizes.setdefault(wanted, there) != there:
            raise Unfit(f"its shape, {_shown(header.shape)}, does not fit {layout.shown()}: {wanted} is one size")
    if isinstance(layout.channels, str) and header.channels is not None:
        sizes.setdefault(layout.channels, header.channels)
    for letter in question.letters:
        if letter in (layout.sizes[0], layout.channels):
            sizes.setdefault(letter, 1)
    missing = [letter for letter in question.letters if letter not in sizes]
    if missing:
        raise Unfit(f"its shape, {_shown(header.shape)}, does not tell {missing[0]}")
    return sizes


def other_channels(question: Question, header: Header) -> str | None:
    """What to say of an image whose channels are not those of the network, None where they are."""
    wanted = layout_of(question).channels
    if header.channels is None or not isinstance(wanted, int) or header.channels == wanted:
        return None
    of = f" ({header.mode})" if header.mode else ""
    return f"{header.channels} {'channel' if header.channels == 1 else 'channels'}{of}, and the network takes {wanted}"


Pairs = list[tuple[int | str, int]]


def _by_title(question: Question, named: Mapping[str, int]) -> Pairs | None:
    known = {_WORDS.get(title.lower(), title): size for title, size in named.items()}
    lower = {title.lower(): size for title, size in known.items()}
    pairs: Pairs = [(x, known[x] if x in known else lower[x.lower()]) for x in question.letters if x.lower() in lower]
    batch = layout_of(question).sizes[0]
    return pairs if {x for x, _ in pairs} >= {x for x in question.letters if x != batch} else None


def _by_name(layout: Layout, header: Header, axes: Sequence[str]) -> Pairs:
    if len(axes) != len(header.shape):
        raise Unfit(f"its shape, {_shown(header.shape)}, has {len(header.shape)} axes, and --axes names {len(axes)}")
    pairs: Pairs = []
    for name, there in zip(axes, header.shape, strict=True):
        if name in layout.sizes:
            pairs.append((name, there))
        elif name == "C" and layout.channels is not None:
            pairs.append((layout.channels, there))
    return pairs


def _in_order(layout: Layout, header: Header) -> Pairs:
    shape, sizes = header.shape, layout.sizes
    if len(shape) == len(layout.spatial):
        return list(zip(layout.spatial, shape, strict=True))
    if layout.channel_axis is not None and len(shape) in (len(sizes), len(sizes) - 1):
        batch = len(shape) - (len(sizes) - 1)
        ends = [batch + layout.channel_axis - 1, batch if layout.channel_axis > 1 else len(shape) - 1]
        at = next((end for end in ends if layout.channels in (shape[end], "C")), ends[0])
        rest = tuple(size for axis, size in enumerate(shape) if axis >= batch and axis != at)
        pairs: Pairs = [(layout.channels or 0, shape[at]), *zip(layout.spatial, rest, strict=True)]
        return [(sizes[0], shape[0]), *pairs] if batch and isinstance(sizes[0], str) else pairs
    if len(shape) == len(sizes):
        return list(zip(sizes, shape, strict=True))
    raise Unfit(f"its shape, {_shown(shape)}, does not fit {layout.shown()}")


def _shown(shape: Shape) -> str:
    return " x ".join(map(str, shape))
