"""Padding in a batch of samples of different lengths, and what it does to a norm that averages over it."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import torch
from torch import nn

from whynorm.facts.measured import Padding
from whynorm.facts.reading import Reading
from whynorm.frameworks.torch.experiments.again import again
from whynorm.frameworks.torch.twins import tensors_in

SHORTEST = 8
"""An axis of fewer positions is not taken for one that is filled up."""
DARK = 0.02
"""Where more of the real positions of images are zeros, the zeros behind them may be a background."""


class Ends(NamedTuple):
    """Where the real positions of each sample end."""

    lengths: tuple[int, ...]
    size: int
    proof: str
    behind: int | None = None
    """Which axis it is, counted from the last one; None where its size alone tells."""


def padding(norm: nn.Module, given: torch.Tensor, reading: Reading, handed: Sequence[Any]) -> Padding | None:
    """What padding in the batch `handed` to the root does to the result of this norm; None where there is none.

    `given` is the norm's input, in which some of the axes averaged over may be shorter than they were at the root.
    """
    if reading.family == "batch" and given.ndim == 2 and not reading.unbatched:
        return _in_rows(norm, given, handed)
    over = [axis for axis in reading.averages if axis not in (0, reading.channel_axis)]
    if reading.unbatched or not over or given.shape[0] < 2 or reading.family not in ("instance", "batch", "group"):
        return None
    for ends in _ends(tensors_in(handed), handed, given.shape[0]):
        axis = _filled_up(given, over, ends)
        if axis is not None:
            return _compared(norm, given, reading, ends, axis)
    return None


def _in_rows(norm: nn.Module, given: torch.Tensor, handed: Sequence[Any]) -> Padding | None:
    """As `padding`, where the positions of all samples have become rows: sample by sample, or position by position.

    Which of the two it is, is told by the padding: its rows vary the least.
    """
    tensors = tensors_in(handed)
    for samples in dict.fromkeys(one.shape[0] for one in tensors if one.ndim > 1):
        size = len(given) // max(1, samples)
        if samples < 2 or size < SHORTEST or len(given) != samples * size:
            continue
        ends = next((one for one in _ends(tensors, handed, samples) if one.size == size), None)
        if ends is not None:
            there = _real(ends.lengths, size, given.device)
            orders = (there.flatten(), there.t().flatten())
            real = min(orders, key=lambda one: float(given[~one].float().var(0, correction=0).sum()))
            expected, got = _rows(norm, given[real]), again(norm, given)[real]
            return _found(ends, ends.lengths, size, expected, got, alone=False)
    return None


def _real(lengths: Sequence[int], size: int, device: torch.device) -> torch.Tensor:
    """Which positions of each sample are real."""
    return torch.arange(size, device=device)[None] < torch.tensor(lengths, device=device)[:, None]


def _filled_up(given: torch.Tensor, over: Sequence[int], ends: Ends) -> int | None:
    """The axis of the norm's input along which samples are filled up."""
    if ends.behind is not None:
        axis = given.ndim + ends.behind
        return axis if axis in over and given.shape[axis] == ends.size else None
    same = [axis for axis in over if given.shape[axis] == ends.size]
    if same:
        return same[-1]
    shorter = [axis for axis in over if SHORTEST <= given.shape[axis] < ends.size]
    return shorter[0] if len(over) == 1 and shorter else None


def _compared(norm: nn.Module, given: torch.Tensor, reading: Reading, ends: Ends, axis: int) -> Padding | None:
    size = given.shape[axis]
    real = [max(1, round(length * size / ends.size)) for length in ends.lengths]
    if min(real) == size:
        return None
    if reading.family == "batch":
        there = _real(real, size, given.device)
        moved, whole = given.movedim(axis, 1), again(norm, given).movedim(axis, 1)
        if given.ndim != 3:
            return None
        expected, got = _rows(norm, moved[there]), whole[there]
    else:
        shortest = _shortest(real)
        alone = given[shortest : shortest + 1].narrow(axis, 0, real[shortest])
        if alone.numel() < 2 * alone.shape[1]:
            return None
        expected = again(norm, alone)
        got = again(norm, given[shortest : shortest + 1]).narrow(axis, 0, real[shortest])
    return _found(ends, real, size, expected, got, alone=reading.family != "batch")


def _shortest(real: Sequence[int]) -> int:
    """The sample with the fewest positions, of those that have some."""
    return min(range(len(real)), key=lambda sample: (real[sample] < 4, real[sample]))


def _found(
    ends: Ends, real: Sequence[int], size: int, expected: torch.Tensor, got: torch.Tensor, *, alone: bool
) -> Padding:
    deviation, sample = float(expected.float().std(correction=0)), _shortest(real)
    effect = float((got.float() - expected.float()).abs().mean()) / deviation if deviation else 0.0
    return Padding(ends.lengths, ends.size, ends.proof, sample, real[sample], size, effect, alone)


def _rows(norm: nn.Module, rows: torch.Tensor) -> torch.Tensor:
    """A batch norm on the rows of real positions alone."""
    layer: Any = norm
    return nn.functional.batch_norm(
        rows,
        None,
        None,
        None if layer.weight is None else layer.weight.detach(),
        None if layer.bias is None else layer.bias.detach(),
        True,
        0.0,
        layer.eps,
    )


def _ends(tensors: Sequence[torch.Tensor], handed: Sequence[Any], samples: int) -> Iterator[Ends]:
    """Where the samples of a batch end, by what tells it most surely first."""
    batched = [tensor for tensor in tensors if tensor.ndim and tensor.shape[0] == samples]
    sizes = sorted({size for tensor in batched for size in tensor.shape[1:] if size >= SHORTEST})
    for lengths in _numbers(batched, handed, samples):
        size = next((size for size in sizes if size >= max(lengths)), 0)
        if size and min(lengths) > 0 and _differ(lengths, size) and _end_there(batched, lengths, size):
            yield Ends(lengths, size, "lengths")
    for tensor in batched:
        if tensor.ndim == 2 and tensor.shape[1] >= SHORTEST and not tensor.dtype.is_complex:
            masked = _of_mask(tensor)
            if masked is not None and _differ(masked, tensor.shape[1]):
                yield Ends(masked, tensor.shape[1], "mask")
            elif not tensor.dtype.is_floating_point and tensor.dtype is not torch.bool:
                lengths = _until(tensor != tensor[:, -1].mode().values)
                if _differ(lengths, tensor.shape[1]):
                    yield Ends(lengths, tensor.shape[1], "ids")
    for tensor in batched:
        if tensor.dtype.is_floating_point and tensor.ndim in (2, 3):
            for axis in range(tensor.ndim - 1, 0, -1):
                if tensor.shape[axis] >= SHORTEST:
                    others = [other for other in range(1, tensor.ndim) if other != axis]
                    held = tensor != 0
                    lengths = _until(held.any(others[0]) if others else held)
                    if _differ(lengths, tensor.shape[axis]):
                        yield Ends(lengths, tensor.shape[axis], "zeros")
        elif tensor.dtype.is_floating_point and tensor.ndim in (4, 5):
            yield from _ends_of_maps(tensor)


def _ends_of_maps(tensor: torch.Tensor) -> Iterator[Ends]:
    """Where images or volumes end that are filled up with zeros; a dark background has zeros before its end too."""
    for axis in range(tensor.ndim - 1, 1, -1):
        rows = (tensor != 0).movedim(axis, 1).flatten(2)
        lengths = _until(rows.any(2))
        if tensor.shape[axis] >= SHORTEST and _differ(lengths, tensor.shape[axis]):
            real = rows[_real(lengths, tensor.shape[axis], tensor.device)]
            if float(real.float().mean()) > 1 - DARK:
                yield Ends(lengths, tensor.shape[axis], "zeros", axis - tensor.ndim)


def _end_there(batched: Sequence[torch.Tensor], lengths: Sequence[int], size: int) -> bool:
    """Whether the samples of a tensor hold one value behind these lengths, and another before: other whole numbers
    (labels, steps of diffusion) are no lengths."""
    for tensor in batched:
        for axis in (axis for axis in range(1, tensor.ndim) if tensor.shape[axis] == size):
            rows = tensor.movedim(axis, 1).flatten(2) if tensor.ndim > 2 else tensor[..., None]
            behind = [row[length:] for row, length in zip(rows, lengths, strict=True) if length < size]
            fill = behind[0].flatten()[0]
            ends = (bool((row[length - 1] != fill).any()) for row, length in zip(rows, lengths, strict=True))
            if all(bool((row == fill).all()) for row in behind) and all(ends):
                return True
    return False


def _differ(lengths: Sequence[int], size: int) -> bool:
    """Whether half of the samples or more end before the axis does, some by more than one position, not all alike."""
    short = [length for length in lengths if length < size]
    return len(short) * 2 >= len(lengths) and len(set(lengths)) > 1 and 0 < min(lengths) < size - 1


def _until(real: torch.Tensor) -> tuple[int, ...]:
    """For each row the number of entries up to the last that is true."""
    places = torch.arange(1, real.shape[1] + 1, device=real.device)
    return tuple((real * places).amax(1).tolist())


def _of_mask(tensor: torch.Tensor) -> tuple[int, ...] | None:
    """The lengths in a mask that is true (or false) up to each sample's end and the reverse behind it."""
    if not bool(((tensor == 0) | (tensor == 1)).all()):
        return None
    real = tensor != 0
    if not bool(real[:, 0].all()):
        real = ~real
    lengths = _until(real)
    return lengths if real.sum(1).tolist() == list(lengths) else None


def _numbers(batched: Sequence[torch.Tensor], handed: Sequence[Any], samples: int) -> Iterator[tuple[int, ...]]:
    """What may be the lengths of the samples: one whole number for each."""
    for tensor in batched:
        if tensor.ndim == 1 and not tensor.dtype.is_floating_point and tensor.dtype is not torch.bool:
            yield tuple(tensor.tolist())
    for value in handed:
        if isinstance(value, (list, tuple)) and len(value) == samples and all(type(one) is int for one in value):
            yield tuple(value)
