"""What a norm averages over and where its parameters live, drawn for one shape."""

from collections.abc import Sequence
from math import prod

from whynorm.facts import Reading
from whynorm.facts.call import Open
from whynorm.facts.words import listed


def picture(reading: Reading, shape: Sequence[int]) -> list[str]:
    """Three or four lines: the axes with their sizes, which are averaged over, where parameters live.

    ```
                  N   C   H   W
                  2   3  64  64
    averaged      ·   ·   ■   ■   2 x 3 = 6 statistics, each over 64 x 64 = 4096 values
    parameters    ·   ■   ·   ·   a scale and shift for each C
    ```
    """
    names = reading.names(shape)
    cells = [max(len(name), len(str(size)), 3) for name, size in zip(names, shape, strict=True)]
    rows = [
        ("", names, ""),
        ("", [str(size) for size in shape], ""),
        ("averaged", [_averaged(reading, axis) for axis in range(len(shape))], _statistics(reading, shape)),
        (
            "parameters",
            ["■" if axis in reading.parameter_axes else "·" for axis in range(len(shape))],
            _parameters(reading, names),
        ),
    ]
    return [
        f"{label:<11}{' '.join(f'{cell:>{width}}' for cell, width in zip(row, cells, strict=True))}   {said}".rstrip()
        for label, row, said in rows
    ]


def _averaged(reading: Reading, axis: int) -> str:
    if axis not in reading.averages or reading.source == "running":
        return "·"
    if reading.groups and axis == reading.channel_axis:
        return f"÷{reading.groups}" if reading.groups > 1 else "■"
    return "■"


def _statistics(reading: Reading, shape: Sequence[int]) -> str:
    if reading.source == "running":
        return "statistics learnt in training, one for each channel; this input is not averaged over"
    if any(isinstance(size, Open) for size in shape):
        return ""
    if 0 in shape:
        return "no values"
    values = reading.values(tuple(shape))
    if values < 1:
        return ""
    number = prod(shape) // values
    each = [str(shape[axis]) for axis in reading.averages]
    if reading.groups and reading.channel_axis in reading.averages:
        place = reading.averages.index(reading.channel_axis)
        each[place] = str(shape[reading.channel_axis] // reading.groups)
    product = " x ".join(each) or "1"
    over = f"{product} = {values}" if len(each) > 1 else product
    statistics = "1 statistic" if number == 1 else f"{number} statistics"
    return f"{statistics}, {'each ' if number > 1 else ''}over {over} {'value' if values == 1 else 'values'}"


def _parameters(reading: Reading, names: Sequence[str]) -> str:
    if not reading.parameter_axes:
        return "none"
    return f"one for each {listed([names[axis] for axis in reading.parameter_axes])}"
