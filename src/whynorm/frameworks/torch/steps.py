"""The live frames that an exception came through, and the Modules' calls among them."""

import ast
import inspect
import sys
import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import nn

from whynorm.frameworks.torch.twins import tensors_in
from whynorm.frameworks.torch.versions import is_compilers

_MODULE_FILE = nn.Module._call_impl.__code__.co_filename


class Step(NamedTuple):
    """One frame that an exception came through, live, with the place where it stood."""

    frame: types.FrameType
    line: int
    instruction: int
    """In the frame's code, as `tb_lasti` counts."""

    @property
    def file(self) -> str:
        """The file of its code."""
        return self.frame.f_code.co_filename

    @property
    def function(self) -> str:
        """The name of its function."""
        return self.frame.f_code.co_name

    @property
    def owner(self) -> object:
        """What its first argument is: `self` in a method."""
        code = self.frame.f_code
        return locals_of(self.frame).get(code.co_varnames[0]) if code.co_argcount else None


class ModuleCall(NamedTuple):
    """A Module's call that the exception came through, as its frame holds it."""

    module: nn.Module
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    number: int
    """Of its frame among the steps."""
    wrapper: nn.Module | None = None
    """What wraps the user's module here: a compiled or a parallel one."""


def locals_of(frame: types.FrameType) -> Mapping[str, Any]:
    """The variables of a frame, without leaving a copy of them in it.

    Up to Python 3.12 a function's frame keeps the dictionary that `f_locals` gives, and so, for as long as the function
    runs, a batch that it has let go of. It is left alone where the program holds it, or a debugger may write it back.
    """
    held = frame.f_locals
    if not isinstance(held, dict) or not frame.f_code.co_flags & inspect.CO_OPTIMIZED:
        return held
    found = dict(held)
    if sys.getrefcount(held) <= 3 and sys.gettrace() is None and frame.f_trace is None:
        held.clear()
    return found


def steps_of(exception: BaseException) -> list[Step]:
    """The frames of an exception's traceback, outermost first."""
    steps = []
    traceback = exception.__traceback__
    while traceback is not None:
        steps.append(Step(traceback.tb_frame, traceback.tb_lineno, traceback.tb_lasti))
        traceback = traceback.tb_next
    return steps


def steps_above(frame: types.FrameType | None) -> list[Step]:
    """The frames that are running above this one, outermost first, without it."""
    steps = []
    frame = frame.f_back if frame is not None else None
    while frame is not None:
        steps.append(Step(frame, frame.f_lineno, frame.f_lasti))
        frame = frame.f_back
    return steps[::-1]


def module_calls(steps: Sequence[Step], *, scripted: bool = False) -> Iterator[ModuleCall]:
    """The Modules' calls among the frames, outermost first; what only wraps a user's module is unwrapped.

    `scripted`: those of modules that TorchScript runs, and no others.
    """
    for number, step in enumerate(steps):
        if step.function != "_call_impl" or step.file != _MODULE_FILE:
            continue
        held = locals_of(step.frame)
        module, args, kwargs = held.get("self"), held.get("args"), held.get("kwargs")
        if isinstance(module, nn.Module) and isinstance(args, tuple) and isinstance(kwargs, dict):
            if any(is_compilers(tensor) for tensor in tensors_in((args, kwargs))):
                return  # a compiler runs the module on stand-ins of its own
            if any(isinstance(one, torch.jit.ScriptModule) for one in module.modules()) is not scripted:
                continue  # what is compiled by TorchScript runs outside of Python
            inner = None if scripted else _wrapped(module)
            if inner is None:
                yield ModuleCall(module, args, kwargs, number)
            else:
                yield ModuleCall(inner, args, kwargs, number, module)


def _wrapped(module: nn.Module) -> nn.Module | None:
    """The module that `torch.compile` or a parallel wrapper was given."""
    inner = module._modules.get("_orig_mod")
    if inner is None and type(module).__module__.startswith("torch.nn.parallel."):
        inner = module._modules.get("module")
    return inner


_NONE = object()


def value_in(node: ast.expr, step: Step) -> object:
    """What a name, or a chain of attributes of Modules, stands for in a frame; nothing of the user's is run."""
    if isinstance(node, ast.Name):
        frame = step.frame
        return locals_of(frame).get(node.id, frame.f_globals.get(node.id, _NONE))
    if isinstance(node, ast.Attribute):
        holder = value_in(node.value, step)
        if isinstance(holder, nn.Module) and node.attr in holder._modules:
            return holder._modules[node.attr]
        return getattr(holder, "__dict__", {}).get(node.attr, _NONE)
    return _NONE
