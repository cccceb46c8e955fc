"""What the frames of a live program prove beyond the shapes: see `Case.hints`."""

import ast
import gc
import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from executing import Source as Executing
from torch import nn
from torch.utils.data import BatchSampler, DataLoader
from torch.utils.data.dataloader import _BaseDataLoaderIter

from whynorm.facts import Frame, Location, Origin
from whynorm.frameworks.torch import places
from whynorm.frameworks.torch.steps import ModuleCall, Step
from whynorm.frameworks.torch.twins import tensors_in
from whynorm.source.files import Source, read
from whynorm.source.origin import origin

_HOLDERS = ("dataloader", "base_dataloader", "_combined_loader", "_flattened", "_data_fetcher")
"""Attributes under which loops of training frameworks hold their loaders."""
_SWITCHES = {"no_grad": False, "inference_mode": False, "enable_grad": True}


def hints(
    root: ModuleCall, innermost: ModuleCall, steps: Sequence[Step], frames: Sequence[Frame], grad: bool | None
) -> dict[str, object]:
    """All that is known around the call of a root; `grad` where it was looked at while the call was running."""
    known: dict[str, object] = {}
    above = steps[: root.number]
    known.update(_called(root, above, frames))
    loader = _loader(root, above)
    if loader is not None:
        known["loader"] = _described(loader, above)
    else:
        running = _running(root, known.get("origins"))
        if running is not None:
            known["loader"] = running
    grad = _grad(steps) if grad is None else grad
    if grad is False:
        known["grad"] = False
    maker = next(
        (step.owner for step in above if step.function == "__init__" and isinstance(step.owner, nn.Module)), None
    )
    if maker is not None:
        known["constructing"] = type(maker).__name__
    replicas = _replicas(root)
    if replicas is not None:
        known["replicas"] = replicas
    if root.module.training is not innermost.module.training:
        known["half_trained"] = True
    if isinstance(innermost.module, nn.SyncBatchNorm):
        converted = _converted(steps)
        if converted is not None:
            known["converted"] = converted
    return known


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
            found = _value(call.func, step)
            if found is root.module or (root.wrapper is not None and found is root.wrapper):
                return ast.unparse(call.func)
    return None


_NONE = object()


def _value(node: ast.expr, step: Step) -> object:
    """What a name, or a chain of attributes of Modules, stands for in a frame; nothing of the user's is run."""
    if isinstance(node, ast.Name):
        frame = step.frame
        return frame.f_locals.get(node.id, frame.f_globals.get(node.id, _NONE))
    if isinstance(node, ast.Attribute):
        holder = _value(node.value, step)
        if isinstance(holder, nn.Module) and node.attr in holder._modules:
            return holder._modules[node.attr]
        return getattr(holder, "__dict__", {}).get(node.attr, _NONE)
    return _NONE


# the loader


def _loader(root: ModuleCall, above: Sequence[Step]) -> DataLoader[Any] | None:
    """The loader that the batch came from: of the loop around the call, else the only one that fits."""
    sizes = {tensor.shape[0] for tensor in tensors_in((root.args, root.kwargs)) if tensor.ndim}
    found: dict[int, DataLoader[Any]] = {}
    for step in reversed(above):
        looped = [loader for loader in _looped(step) if _fits(loader, sizes)]
        if looped:
            return looped[0]
        held = step.frame.f_locals
        for value in list(held.values()):
            for loader in _loaders_in(value):
                if _fits(loader, sizes):
                    found.setdefault(id(loader), loader)
    return next(iter(found.values())) if len(found) == 1 else None


def _running(root: ModuleCall, origins: object) -> Mapping[str, object] | None:
    """The loader that a loop made for itself (`for x in make_loader()`): no name holds it, but its passes live.

    Where the source leads from the model's input to a loader, and just one pass over one is under way.
    """
    ways = origins.values() if isinstance(origins, Mapping) else ()
    made = [step for way in ways for step in way.steps if step.kind == "stacked" and "DataLoader(" in step.expression]
    if not made:
        return None
    sizes = {tensor.shape[0] for tensor in tensors_in((root.args, root.kwargs)) if tensor.ndim}
    found = []
    for one in gc.get_objects():
        if not issubclass(type(one), _BaseDataLoaderIter):  # not isinstance: it runs the code of objects that are lazy
            continue
        batches = getattr(one, "_index_sampler", None)
        if isinstance(batches, BatchSampler) and hasattr(batches.sampler, "__len__"):
            count, size = len(batches.sampler), batches.batch_size
            if sizes & {size, count % size}:
                found.append({"samples": count, "batch_size": size, "drop_last": batches.drop_last})
    return {**found[0], "location": made[0].location} if len(found) == 1 else None


def _fits(loader: DataLoader[Any], sizes: set[int]) -> bool:
    """Whether the loader gives batches of such a size."""
    known = _sized(loader)
    size = _batch_size(loader)
    return known is not None and size is not None and bool(sizes & {size, known % size})


def _batch_size(loader: DataLoader[Any]) -> int | None:
    """How many samples its batches have; None where it makes none."""
    size = loader.batch_size or getattr(loader.batch_sampler, "batch_size", None)
    return size if isinstance(size, int) and size > 0 else None


def _looped(step: Step) -> Iterator[DataLoader[Any]]:
    """The loaders that the loops around a frame's line run over, innermost first."""
    source = read(step.file)
    if source is None:
        return
    loops = [
        node
        for node in ast.walk(source.tree)
        if isinstance(node, ast.For) and node.lineno <= step.line <= (node.end_lineno or node.lineno)
    ]
    for loop in sorted(loops, key=lambda node: -node.lineno):
        for node in ast.walk(loop.iter):
            if isinstance(node, ast.Name | ast.Attribute):
                yield from _loaders_in(_value(node, step))


def _loaders_in(value: object) -> Iterator[DataLoader[Any]]:
    if isinstance(value, DataLoader):
        yield value
    elif isinstance(value, dict):
        yield from (one for one in list(value.values()) if isinstance(one, DataLoader))
    elif isinstance(value, list | tuple) and len(value) < 20:
        yield from (one for one in value if isinstance(one, DataLoader))
    elif type(value).__module__.startswith(("lightning.", "pytorch_lightning.", "accelerate.", "transformers.")):
        for name in _HOLDERS:
            inner = getattr(value, "__dict__", {}).get(name)
            if inner is not None:
                yield from _loaders_in(inner)


def _sized(loader: DataLoader[Any]) -> int | None:
    """How many samples a pass over the loader has (this replica's share), None where it does not say."""
    counted = loader.sampler if hasattr(loader.sampler, "__len__") else loader.dataset
    try:
        return len(counted)
    except (TypeError, NotImplementedError):
        return None


def _described(loader: DataLoader[Any], above: Sequence[Step]) -> Mapping[str, object]:
    return {
        "samples": _sized(loader),
        "batch_size": _batch_size(loader),
        "drop_last": loader.drop_last or getattr(loader.batch_sampler, "drop_last", False),
        "location": _made_at(loader, above),
    }


def _made_at(loader: DataLoader[Any], above: Sequence[Step]) -> Location | None:
    """The one line in the program's own files that builds a `DataLoader` and can have built this one."""
    files = list(dict.fromkeys(step.file for step in reversed(above) if places.owner(step.file) == "user"))
    files += [file for file in places.user_files() if file not in files]
    for file in files:
        source = read(file)
        calls = [] if source is None else [call for call in source.calls if _last_name(call.func) == "DataLoader"]
        fitting = [call for call in calls if _may_build(call, loader)]
        if source is not None and len(fitting) > 1:
            fitting = [call for call in fitting if _is_held_under(source, call, loader, above)] or fitting
        if source is not None and len(fitting) == 1:
            return source.location(fitting[0])
    return None


def _may_build(call: ast.Call, loader: DataLoader[Any]) -> bool:
    """Whether the literal arguments of a constructor call are those of this loader."""
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    size = given.get("batch_size", call.args[1] if len(call.args) > 1 else None)
    last = given.get("drop_last")
    return not (
        (isinstance(size, ast.Constant) and size.value != loader.batch_size)
        or (size is None and loader.batch_size != 1)
        or (isinstance(last, ast.Constant) and last.value != loader.drop_last)
    )


def _is_held_under(source: Source, call: ast.Call, loader: DataLoader[Any], above: Sequence[Step]) -> bool:
    """Whether the call is assigned to a name under which a frame holds this loader."""
    statement = source.statement(call)
    names = [target.id for target in getattr(statement, "targets", ()) if isinstance(target, ast.Name)]
    return any(
        step.frame.f_locals.get(name, step.frame.f_globals.get(name)) is loader for step in above for name in names
    )


def _last_name(node: ast.expr) -> str | None:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


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
                switch = _SWITCHES.get(_last_name(item.context_expr.func) or "")
                if switch is not None:
                    return switch
    return None


def _replicas(root: ModuleCall) -> int | None:
    """Over how many devices or processes the batch was split."""
    devices = getattr(root.wrapper, "device_ids", None)
    if type(root.wrapper).__name__ == "DataParallel" and devices:
        return len(devices)
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        return int(torch.distributed.get_world_size())
    return None
