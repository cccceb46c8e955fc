"""What the frames of a live program prove beyond the shapes: see `Case.hints`."""

import ast
import types
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import torch
from executing import Source as Executing
from torch import nn

from whynorm.facts import Frame, Location, Origin
from whynorm.frameworks.torch import loaders, places
from whynorm.frameworks.torch.histories.frames import replicas_of
from whynorm.frameworks.torch.steps import ModuleCall, Step, value_in
from whynorm.source.files import read
from whynorm.source.origin import origin
from whynorm.source.pieces import cut_at
from whynorm.source.running import last_name
from whynorm.source.sliced import cut_by_hand
from whynorm.source.units import uncounted

_SWITCHES = {"no_grad": False, "inference_mode": False, "enable_grad": True}


def hints(
    root: ModuleCall, innermost: ModuleCall, steps: Sequence[Step], frames: Sequence[Frame], grad: bool | None
) -> dict[str, object]:
    """All that is known around the call of a root; `grad` where it was looked at while the call was running."""
    known: dict[str, object] = {}
    above = steps[: root.number]
    known.update(_called(root, above, frames))
    loader = loaders.of_call(root, above, known.get("origins")) or _cut_by_hand(above, frames)
    if loader is not None:
        known["loader"] = loader
    grad = _grad(steps) if grad is None else grad
    if grad is False:
        known["grad"] = False
    maker = next(
        (step.owner for step in above if step.function == "__init__" and isinstance(step.owner, nn.Module)), None
    )
    if maker is not None:
        known["constructing"] = type(maker).__name__
    own = [frame.location for frame in frames if not frame.library]
    cut = cut_at(own[-1]) if own else None
    if cut is not None:
        known["cut"] = cut
    replicas = replicas_of(root.wrapper)
    if replicas is not None:
        known["replicas"] = replicas
    if root.module.training is not innermost.module.training:
        known["half_trained"] = True
    if isinstance(innermost.module, nn.SyncBatchNorm):
        converted = _converted(steps)
        if converted is not None:
            known["converted"] = converted
    return known


def _cut_by_hand(above: Sequence[Step], frames: Sequence[Frame]) -> Mapping[str, object] | None:
    """How the loop around the root's call cuts the batches, in the function that makes it or one further out."""
    pairs = reversed(list(zip(above, frames, strict=False)))
    return cut_by_hand((frame.location, partial(value_in, step=step)) for step, frame in pairs if not frame.library)


def _converted(steps: Sequence[Step]) -> tuple[Location, str, str] | None:
    """The one call in the program's own files that makes batch norms synchronised, its text, and what it was given."""
    files = dict.fromkeys(step.file for step in steps if places.owner(step.file) == "user")
    found = []
    for file in (*files, *(one for one in places.user_files() if one not in files)):
        source = read(file)
        if source is not None:
            found += [(source, call) for call in source.called.get("convert_sync_batchnorm", ()) if call.args]
    if len(found) != 1:
        return None
    source, call = found[0]
    return source.location(call), source.segment(call), source.segment(call.args[0])


# the call


def _called(root: ModuleCall, above: Sequence[Step], frames: Sequence[Frame]) -> Iterator[tuple[str, object]]:
    """The user's line that calls the root, how the root is named there, and the way of its inputs."""
    number = len(above) - 1
    while number >= 0 and places.owner(above[number].file) == "framework":
        number -= 1
    if number < 0 or frames[number].library:
        return
    step = above[number]
    node = _node(step)
    place = frames[number].location
    if node is not None:
        place = place._replace(line=node.lineno, column=node.col_offset)
    yield "called", place
    callee = _callee(step, node, root)
    if callee is None:
        return
    yield "callee", callee
    own = [frame for frame in frames[:number] if not frame.library] + [frames[number]._replace(location=place)]
    origins: dict[int | str, Origin] = {}
    for argument in (*range(len(root.args)), *root.kwargs):
        value = root.args[argument] if isinstance(argument, int) else root.kwargs[argument]
        if isinstance(value, torch.Tensor):
            found = origin(own, callee, argument)
            if found is not None:
                origins[argument] = found
    if origins:
        yield "origins", origins
    for argument, found in origins.items():
        value = root.args[argument] if isinstance(argument, int) else root.kwargs[argument]
        cut = next((step for step in found.steps if step.kind == "cropped"), None)
        if cut is not None and 0 in value.shape:
            yield "borders", uncounted(cut)


def _node(step: Step) -> ast.Call | None:
    """The call that a frame stands in, exactly, where that can be told."""
    at = types.TracebackType(None, step.frame, step.instruction, step.line)
    node = Executing.executing(at).node
    return node if isinstance(node, ast.Call) else None


def _callee(step: Step, node: ast.Call | None, root: ModuleCall) -> str | None:
    """How the line names the root: the one callee on it that is the root."""
    if node is not None:
        return ast.unparse(node.func)
    source = read(step.file)
    if source is None:
        return None
    for call in source.calls:
        if call.lineno <= step.line <= (call.end_lineno or call.lineno):
            found = value_in(call.func, step)
            if found is root.module or (root.wrapper is not None and found is root.wrapper):
                return ast.unparse(call.func)
    return None


# modes


def _grad(steps: Sequence[Step]) -> bool | None:
    """False where a frame stands inside of `torch.no_grad` or `torch.inference_mode`; the innermost switch counts."""
    for step in reversed(steps):
        if step.function == "decorate_context":
            made = step.frame.f_locals.get("ctx_factory")
            switch = _SWITCHES.get(type(getattr(made, "__self__", None)).__name__)
            if switch is not None:
                return switch
        if places.owner(step.file) != "framework":
            switch = _switched(step)
            if switch is not None:
                return switch
    return None


def _switched(step: Step) -> bool | None:
    """What the innermost `with` around a frame's line switches gradients to."""
    source = read(step.file)
    if source is None:
        return None
    around = [
        node
        for node in ast.walk(source.tree)
        if isinstance(node, ast.With) and node.body[0].lineno <= step.line <= (node.end_lineno or node.lineno)
    ]
    for block in sorted(around, key=lambda node: -node.lineno):
        for item in reversed(block.items):
            if isinstance(item.context_expr, ast.Call):
                switch = _SWITCHES.get(last_name(item.context_expr))
                if switch is not None:
                    return switch
    return None
