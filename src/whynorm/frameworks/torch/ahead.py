"""A batch of one that is still to come: what the network will do with it, asked while the pass is on its way there.

The loader says that the pass will end with a single sample; the network is asked with its own inputs cut to one,
by shapes alone.
"""

import ast
import types
from collections.abc import Sequence
from typing import Any

import torch

from whynorm.frameworks.room import Ahead, Followed
from whynorm.frameworks.torch import epochs, loaders, places
from whynorm.frameworks.torch.epochs import Loader
from whynorm.frameworks.torch.steps import ModuleCall, Step, module_calls, steps_above
from whynorm.frameworks.torch.twins import mapped
from whynorm.source.files import read

_SIZES = frozenset({"shape", "size", "numel", "len", "nelement"})
_BLOCKS = (ast.For, ast.AsyncFor, ast.While, ast.FunctionDef, ast.AsyncFunctionDef)
_LEAVING = (ast.Continue, ast.Break, ast.Return)


def coming(frame: types.FrameType) -> Ahead | None:
    """The batch of one that is to come in the pass that runs in these frames; None where none is."""
    if not any(loaders.single(loader) for loader in epochs.under_way()):
        return None
    steps = steps_above(frame)
    root = next(module_calls(steps), None)
    if root is None:
        return None
    loader = loaders.loader_of(root, steps[: root.number])
    if loader is None or loaders.single(loader) is None or _is_guarded(steps[: root.number]):
        return None
    key = ("ahead", id(loader), id(root.module))
    return Ahead(key, id(loader), lambda: _followed(root, loader, steps), epochs.later)


def _followed(root: ModuleCall, loader: Loader, steps: Sequence[Step]) -> Followed:
    """The pass again with a batch of one sample, and in its hints that it is `ahead`: in which epoch, at which step."""
    from whynorm.frameworks.torch.crash import framed
    from whynorm.frameworks.torch.follow import follow_call
    from whynorm.frameworks.torch.hints import hints

    size = loaders.batch_size(loader)

    def cut(tensor: torch.Tensor) -> torch.Tensor:
        return tensor[:1] if tensor.ndim and tensor.shape[0] == size else tensor

    frames = framed(steps)
    known = hints(root, list(module_calls(steps))[-1], steps, frames, True)
    seen = epochs.of(loader)
    known["ahead"] = {"epoch": 1 if seen is None else seen.begun, "step": loaders.single(loader)}
    with torch.no_grad():
        args: Any = mapped(root.args, cut)
        kwargs: Any = mapped(dict(root.kwargs), cut)
    return follow_call(root.module, args, kwargs, hints=known)._replace(frames=frames)


def _is_guarded(above: Sequence[Step]) -> bool:
    """Whether the program itself looks at the batch's size on the way to the call, to pass some batches by."""
    for step in above:
        source = read(step.file) if places.owner(step.file) == "user" else None
        if source is None:
            continue
        for block in ast.walk(source.tree):
            if isinstance(block, _BLOCKS) and _spans(block, step.line) and _passes_by(block, step.line):
                return True
    return False


def _passes_by(block: ast.stmt, line: int) -> bool:
    """Whether a condition on the size of something of this loop or function decides about the call on a line."""
    own = {node.arg for node in ast.walk(block) if isinstance(node, ast.arg)}
    if not isinstance(block, ast.FunctionDef | ast.AsyncFunctionDef):
        own = {node.id for node in ast.walk(block) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in ast.walk(block):
        if isinstance(node, ast.If) and (_spans(node, line) or any(isinstance(one, _LEAVING) for one in node.body)):
            asked = {getattr(one, "attr", getattr(one, "id", None)) for one in ast.walk(node.test)}
            if asked & _SIZES and asked & own:
                return True
    return False


def _spans(node: ast.stmt, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)
