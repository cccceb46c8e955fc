"""Batch norms that a program calls as a function, with running statistics that one of its modules holds."""

import ast
import types

import torch
from torch import nn

from whynorm.facts import Call, Value
from whynorm.facts.history import Fixed
from whynorm.frameworks.torch import places, readings
from whynorm.frameworks.torch.histories.noted import Tally
from whynorm.source.places import argument_of, call_at, source_at

FUNCTION = "F.batch_norm"
MODE = ("training", 5)
"""The argument that says the mode, and its position."""


def holder(frame: types.FrameType, running_mean: torch.Tensor) -> nn.Module | None:
    """The module that holds these running statistics, under the usual names: that of the frame, or a part of it."""
    module = frame.f_locals.get("self")
    if not isinstance(module, nn.Module):
        return None
    return next((one for one in module.modules() if one._buffers.get("running_mean") is running_mean), None)


def call_of(tally: Tally, path: str) -> Call:
    """The function's call, where its pass was not followed."""
    shape = tally.shape
    reading = readings.batch(shape, affine=False, running=False, channels=None) if len(shape) > 1 else None
    place = places.location(tally.function)
    return Call(FUNCTION, "norm", path, inputs=(Value(0, shape, "float32"),), reading=reading, location=place)


def fixed(tally: Tally) -> Fixed | None:
    """The mode that is written at the function's call, or its default; None where it is computed."""
    location = places.location(tally.function)
    source = source_at(location) if location is not None else None
    call = call_at(source, location, FUNCTION) if source is not None and location is not None else None
    if location is None or call is None or any(isinstance(one, ast.Starred) for one in call.args):
        return None
    given = argument_of(call, *MODE)
    if given is None:
        return Fixed(location, False, (FUNCTION, *MODE), said=False)
    if isinstance(given, ast.Constant) and isinstance(given.value, bool):
        return Fixed(location, given.value, (FUNCTION, *MODE))
    return None
