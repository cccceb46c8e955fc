"""The frames above a norm's call: the network that the program calls, and the program's own lines."""

from __future__ import annotations

import inspect
import types

import torch
from torch import nn

from whynorm.frameworks.torch.histories.noted import Line
from whynorm.frameworks.torch.versions import checkpointing

LINES = 4
"""So many lines of the program tell one place from another."""

_ENGINE = torch.autograd.graph._engine_run_backward.__code__
_RECALIBRATES = inspect.unwrap(torch.optim.swa_utils.update_bn).__code__


def unwrapped(module: nn.Module) -> nn.Module:
    """The program's own module in what a compiler or a parallel run wraps around it."""
    inner = module._modules.get("_orig_mod")
    if inner is None and type(module).__module__.startswith("torch.nn.parallel."):
        inner = module._modules.get("module")
    return module if inner is None else inner


def replicas_of(caller: object) -> int | None:
    """Over how many devices or processes the program spreads its batches; None where it is but one."""
    devices = getattr(caller, "device_ids", None)
    if type(caller).__name__ == "DataParallel" and devices:
        return len(devices)
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        return int(torch.distributed.get_world_size())
    return None


def around(frame: types.FrameType) -> tuple[types.FrameType, tuple[Line, ...], bool, bool] | None:
    """The frame that calls the network, the program's lines above it, whether gradients count, and what for.

    None where a backward pass is computing something again.
    """
    top: types.FrameType | None = None
    lines: list[Line] = []
    grad, recalibrates = torch.is_grad_enabled(), False
    call, checkpoint = nn.Module._call_impl.__code__, checkpointing()
    above: types.FrameType | None = frame
    while above is not None:
        code = above.f_code
        if code is call:
            top = above
            lines.clear()
        elif code is _ENGINE:
            return None
        elif code is checkpoint:
            grad = True  # the gradients are recorded when the pass is computed again
        elif code is _RECALIBRATES:
            recalibrates = True
        elif top is not None and len(lines) < LINES and is_users(code):
            lines.append((code, above.f_lineno))
        above = above.f_back
    return None if top is None else (top, tuple(lines), grad, recalibrates)


_owners: dict[int, tuple[types.CodeType, bool]] = {}


def is_users(code: types.CodeType) -> bool:
    """Whether a line of it is the program's own, and no library's."""
    known = _owners.get(id(code))
    if known is None:
        from whynorm.frameworks.torch.places import owner

        known = _owners[id(code)] = code, owner(code.co_filename) == "user"
    return known[1]
