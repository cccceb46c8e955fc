"""Tiles of a larger image that go through a network one by one: the seam between two of them, measured.

Two tiles that overlap by half are cut from the program's own image and passed through the user's network, each by
itself; where both show the same, in the middle of the overlap, their results are compared. A third pass gives the
second tile the statistics of the first: what is left of the seam then is the border of convolutions.
"""

import ast
import re
import sys
import weakref
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import torch
from torch import nn

from whynorm.facts import Location
from whynorm.facts.measured import Seam
from whynorm.facts.reading import Reading
from whynorm.frameworks.torch import places
from whynorm.frameworks.torch.forward import run_really
from whynorm.frameworks.torch.record import Pass
from whynorm.frameworks.torch.steps import ModuleCall, Step, locals_of
from whynorm.frameworks.torch.twins import tensors_in
from whynorm.source.files import Source, read

MOST_VALUES = 1 << 22
"""A larger tile is not passed through the network again."""
MOST_WEIGHTS = 1 << 25
_CUTTERS = re.compile(r"sliding_?window|tile|stitch|mosaic|patchwise|by_patch|chunk")
_UNFOLDS = ("unfold", "extract_patches", "view_as_windows", "extract_patches_2d")

_looked_into: "weakref.WeakSet[nn.Module]" = weakref.WeakSet()


def seam(reading: Reading, root: ModuleCall, above: Sequence[Step]) -> Seam | None:
    """The seam between two tiles, where the root is called on tiles of an image that a frame above it holds.

    Each network is looked into once, at its first norm whose statistics are over positions.
    """
    over = [axis for axis in reading.averages if axis not in (0, reading.channel_axis)]
    inputs = tensors_in((root.args, root.kwargs))
    if reading.family not in ("instance", "group") or not over or reading.unbatched or len(inputs) != 1:
        return None
    if root.module.training and torch.is_grad_enabled():
        return None
    tile = inputs[0]
    if not 3 <= tile.ndim <= 5 or tile.numel() > MOST_VALUES * tile.shape[0] or root.module in _looked_into:
        return None
    for number, step in reversed(list(enumerate(above))):
        function = _cuts(step)
        if function is None:
            continue
        _looked_into.add(root.module)
        whole = max(_larger(step, above, tile), key=torch.Tensor.numel, default=None)
        found = None if whole is None else _compared(root, tile, whole, function)
        return None if found is None else found._replace(called=_own_line(above[: number + 1]))
    return None


def _own_line(above: Sequence[Step]) -> Location | None:
    """The innermost of these lines that is the program's own."""
    own = next((step for step in reversed(above) if places.owner(step.file) == "user"), None)
    return None if own is None else places.location((own.file, own.line))


def _cuts(step: Step) -> str | None:
    """How this frame cuts an image into tiles: the name of its function, or the expression; None if it does not."""
    if places.owner(step.file) == "framework":
        return None
    if _CUTTERS.search(step.function.lower()):
        return f"{step.function}()"
    source = read(step.file) if places.owner(step.file) == "user" else None
    return None if source is None else next(_windows(source, step.line), None)


def _windows(source: Source, line: int) -> Iterator[str]:
    """The expressions that cut a window which moves with a loop, in the function (or file) that runs this line."""
    around = [node for node in ast.walk(source.tree) if isinstance(node, ast.For) and _spans(node, line)]
    scope = next((source.scope(loop) for loop in around), None)
    if scope is None:
        scope = min(
            (node for node in ast.walk(source.tree) if isinstance(node, ast.FunctionDef) and _spans(node, line)),
            key=lambda node: (node.end_lineno or 0) - node.lineno,
            default=source.tree,
        )
    moving = _moving(scope)
    windows = {
        name
        for node in ast.walk(scope)
        if isinstance(node, ast.Assign) and _slice_begins(node.value) & moving
        for target in node.targets
        for name in _names(target)
    }
    for node in ast.walk(scope):
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
            parts = node.slice.elts[1:]
            named = any(isinstance(part, ast.Name) and part.id in windows for part in parts)
            if named or any(_slice_begins(part) & moving for part in parts):
                yield ast.unparse(node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            along = node.func.attr == "narrow" and len(node.args) > 1 and ast.unparse(node.args[0]) != "0"
            if node.func.attr in _UNFOLDS or (along and _names(node.args[1]) & moving):
                yield ast.unparse(node)


def _moving(scope: ast.AST) -> set[str]:
    """The variables that change with a loop: its own, and what is computed of them."""
    loops = [node for node in ast.walk(scope) if isinstance(node, ast.For | ast.comprehension)]
    moving = {name for loop in loops for name in _names(loop.target)}
    for _ in range(2):
        for node in ast.walk(scope):
            if isinstance(node, ast.Assign) and not isinstance(node.value, ast.Call) and _names(node.value) & moving:
                moving |= {name for target in node.targets for name in _names(target)}
    return moving


def _slice_begins(node: ast.expr) -> set[str]:
    """The variables in the begin of a slice that has an end, `a:b` or `slice(a, b)`; none of anything else."""
    if isinstance(node, ast.Slice) and node.lower is not None and node.upper is not None:
        return _names(node.lower)
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "slice"
        and len(node.args) > 1
    ):
        return _names(node.args[0])
    return set()


def _names(node: ast.AST) -> set[str]:
    return {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}


def _spans(node: ast.stmt, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def _larger(step: Step, above: Sequence[Step], tile: torch.Tensor) -> Iterator[torch.Tensor]:
    """The images that this frame, or one above it, holds and that tiles of this size can be cut from."""
    numpy = sys.modules.get("numpy")
    for one in (step, *(other for other in reversed(above) if other is not step)):
        for value in list(locals_of(one.frame).values()):
            if numpy is not None and isinstance(value, numpy.ndarray) and value.dtype.kind == "f":
                value = torch.from_numpy(numpy.ascontiguousarray(value))
            if isinstance(value, torch.Tensor) and value.dtype.is_floating_point and not value.is_meta:
                image = value.detach()
                while image.ndim < tile.ndim and (image.ndim < tile.ndim - 1 or image.shape[0] == tile.shape[1]):
                    image = image[None]
                if image.ndim == tile.ndim and image.shape[1] == tile.shape[1] and _holds(image, tile):
                    yield image


def _holds(image: torch.Tensor, tile: torch.Tensor) -> bool:
    """Whether the image is as large as the tile along each axis, and as two that overlap by half along one."""
    return all(image.shape[axis] >= tile.shape[axis] for axis in range(2, tile.ndim)) and bool(_long(image, tile))


def _long(image: torch.Tensor, tile: torch.Tensor) -> list[int]:
    """The axes along which there is room for two tiles that overlap by half."""
    sizes = ((axis, tile.shape[axis]) for axis in range(2, tile.ndim))
    return [axis for axis, size in sizes if size >= 8 and 2 * image.shape[axis] >= 3 * size]


class _Strip(NamedTuple):
    """A strip of the image as wide as a tile, and where along its axis two tiles lie that differ most."""

    image: torch.Tensor
    axis: int
    start: int
    differs: float


def _strip(whole: torch.Tensor, tile: torch.Tensor, along: int) -> _Strip:
    strip, size = whole[:1], tile.shape[along]
    for axis in range(2, tile.ndim):
        if axis != along:
            strip = strip.narrow(axis, (strip.shape[axis] - tile.shape[axis]) // 2, tile.shape[axis])
    half = size // 2

    def differs(start: int) -> float:
        first, last = (strip.narrow(along, place, half).float() for place in (start, start + size))
        return abs(float(first.mean() - last.mean())) + abs(float(first.std() - last.std()))

    starts = range(0, strip.shape[along] - size - half + 1, max(1, half // 2))
    start = max(starts, key=differs)
    return _Strip(strip.to(tile.dtype), along, start, differs(start))


def _compared(root: ModuleCall, tile: torch.Tensor, whole: torch.Tensor, function: str) -> Seam | None:
    if sum(parameter.numel() for parameter in root.module.parameters()) > MOST_WEIGHTS:
        return None
    strip, axis, start, _ = max((_strip(whole, tile, one) for one in _long(whole, tile)), key=lambda one: one.differs)
    size, half = tile.shape[axis], tile.shape[axis] // 2
    first, second = strip.narrow(axis, start, size), strip.narrow(axis, start + half, size)
    statistics: list[tuple[torch.Tensor, torch.Tensor]] = []
    one = _passed(root, first, lambda recorded, module: _noting(recorded, module, statistics))
    two = _passed(root, second, None)
    if one is None or two is None or one.shape != two.shape or one.ndim != tile.ndim or one.shape[axis] % size:
        return None
    shared = _passed(root, second, lambda recorded, module: _sharing(recorded, module, statistics))
    scale = one.shape[axis] // size
    deviation = float(torch.cat([one, two]).std(correction=0))
    if shared is None or shared.shape != one.shape or not deviation:
        return None
    lap, third = (size - half) * scale, (size - half) * scale // 3
    middle = one.narrow(axis, half * scale + third, lap - 2 * third)
    seams = [float((middle - other.narrow(axis, third, lap - 2 * third)).abs().mean()) for other in (two, shared)]
    return Seam(function, tuple(tile.shape[2:]), tuple(whole.shape[2:]), seams[0] / deviation, seams[1] / deviation)


def _passed(root: ModuleCall, tile: torch.Tensor, prepare: Any) -> torch.Tensor | None:
    """What the network gives for one tile; the first map of its outputs."""
    args = tuple(tile if isinstance(one, torch.Tensor) else one for one in root.args)
    kwargs = {name: tile if isinstance(one, torch.Tensor) else one for name, one in root.kwargs.items()}
    ended = run_really(root.module, args, kwargs, prepare)
    if ended.error is not None or ended.needs is not None:
        return None
    return next((one.float() for one in tensors_in((ended.outputs,)) if one.ndim == tile.ndim), None)


def _norms(root: nn.Module) -> Iterator[nn.Module]:
    kinds = (nn.modules.instancenorm._InstanceNorm, nn.GroupNorm)
    return (module for module in root.modules() if isinstance(module, kinds))


def _noting(recorded: Pass, root: nn.Module | None, found: list[tuple[torch.Tensor, torch.Tensor]]) -> None:
    """Note the mean and variance of each call of a norm, in their order."""
    for norm in _norms(root) if root is not None else ():

        def before(args: Any, kwargs: Any, norm: nn.Module = norm) -> tuple[Any, Any]:
            found.append(_statistics(norm, args[0]))
            return args, kwargs

        recorded.before_call[id(norm)] = before


def _sharing(recorded: Pass, root: nn.Module | None, found: list[tuple[torch.Tensor, torch.Tensor]]) -> None:
    """Have each call of a norm use the mean and variance that were noted."""
    left = iter(found)
    given: dict[int, torch.Tensor] = {}
    for norm in _norms(root) if root is not None else ():

        def before(args: Any, kwargs: Any, norm: nn.Module = norm) -> tuple[Any, Any]:
            given[id(norm)] = args[0]
            return args, kwargs

        def after(result: Any, norm: Any = norm) -> Any:
            (mean, variance), values = next(left), given[id(norm)]
            grouped = values.reshape(values.shape[0], mean.shape[1], -1)
            scaled = ((grouped - mean) / (variance + norm.eps).sqrt()).reshape(values.shape)
            parameters = [
                None if one is None else one.reshape(-1, *(1,) * (values.ndim - 2)) for one in (norm.weight, norm.bias)
            ]
            scaled = scaled if parameters[0] is None else scaled * parameters[0]
            return scaled if parameters[1] is None else scaled + parameters[1]

        recorded.before_call[id(norm)] = before
        recorded.after_call[id(norm)] = after


def _statistics(norm: nn.Module, given: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The mean and variance of each sample's channels, or groups of channels."""
    groups = getattr(norm, "num_groups", given.shape[1])
    grouped = given.reshape(given.shape[0], groups, -1)
    return grouped.mean(-1, keepdim=True), grouped.var(-1, correction=0, keepdim=True)
