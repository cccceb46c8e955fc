"""What is private to torch, or differs between its versions (2.4 on); nothing else of the room relies on either."""

import functools
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, TypeVar

import torch
from torch.overrides import TorchFunctionMode

NORMS: tuple[type, ...] = (
    torch.nn.modules.batchnorm._NormBase,
    torch.nn.GroupNorm,
    torch.nn.LayerNorm,
    torch.nn.LocalResponseNorm,
    torch.nn.CrossMapLRN2d,
    *((torch.nn.RMSNorm,) if hasattr(torch.nn, "RMSNorm") else ()),
)
"""`_NormBase` holds every batch norm, instance norm, their lazy twins and `SyncBatchNorm` (torch/nn/modules)."""

FunctionMode: Any = TorchFunctionMode
"""Sees every torch function that is called while it is entered; public since 2.0."""


def bare() -> AbstractContextManager[None]:
    """No function mode and no `__torch_function__` is asked inside."""
    disabled: AbstractContextManager[None] = torch._C.DisableTorchFunction()
    return disabled


def is_uninitialized(tensor: object) -> bool:
    """Whether a lazy layer's parameter or buffer has no shape yet."""
    return isinstance(tensor, (torch.nn.parameter.UninitializedParameter, torch.nn.parameter.UninitializedBuffer))


@contextmanager
def calls_of_modules(seen: Callable[..., Any]) -> Iterator[None]:
    """Have every call of a Module go through `seen(original, module, args, kwargs)`; undone at the end.

    `Module.__call__` is a plain class attribute in every version so far.
    """
    original = torch.nn.Module.__call__

    @functools.wraps(original)
    def called(module: Any, *args: Any, **kwargs: Any) -> Any:
        return seen(original, module, args, kwargs)

    torch.nn.Module.__call__ = called
    try:
        yield
    finally:
        torch.nn.Module.__call__ = original


@contextmanager
def autocast_for_meta() -> Iterator[None]:
    """Let `torch.autocast("meta")` pass as one of the CPU: programs name the device of the tensor at hand."""
    original = torch.amp.autocast_mode.autocast.__init__

    @functools.wraps(original)
    def made(self: Any, device_type: str, *args: Any, **kwargs: Any) -> None:
        original(self, "cpu" if device_type == "meta" else device_type, *args, **kwargs)

    torch.amp.autocast_mode.autocast.__init__ = made
    try:
        yield
    finally:
        torch.amp.autocast_mode.autocast.__init__ = original


def eagerly() -> AbstractContextManager[None]:
    """Compiled models run as plain Python inside (`torch.compiler.set_stance`, from 2.6 on)."""
    if "torch._dynamo" not in sys.modules or not hasattr(torch.compiler, "set_stance"):
        return nullcontext()
    stance: AbstractContextManager[None] = torch.compiler.set_stance("force_eager")
    return stance


is_compiling: Callable[[], bool] = torch.compiler.is_compiling
"""Whether a compiler is tracing this code; a constant to the compiler itself."""


_frames: Any = torch._C._dynamo.eval_frame
_Called = TypeVar("_Called", bound=Callable[..., Any])


def never_compiled(function: _Called) -> _Called:
    """The function, of whose own code `torch.compile` makes nothing where a call of it is met while it runs eagerly.

    `skip_code` in early versions, a strategy for each code object since. What the function calls is not included.
    """
    code = function.__code__
    if hasattr(_frames, "set_code_exec_strategy"):
        action = _frames._FrameAction
        _frames.set_code_exec_strategy(code, _frames._FrameExecStrategy(action.SKIP, action.DEFAULT))
    elif hasattr(_frames, "skip_code"):
        _frames.skip_code(code)
    return function


def uncompiled(function: Callable[..., None]) -> Callable[..., None]:
    """The function, with the compiler switched off while it runs: `torch.compiler.disable`, without loading Dynamo."""

    @never_compiled
    def called(*args: Any) -> None:
        before = _frames.set_eval_frame(None)
        try:
            function(*args)
        finally:
            _frames.set_eval_frame(before)

    return called


is_tracing: Callable[[], bool] = torch._C._is_tracing
"""Whether a call is written into a TorchScript graph, where looking at a size is written down too."""


def checkpointing() -> types.CodeType | None:
    """The code that runs a checkpointed pass for the first time; None where no program can have run it yet.

    `torch` itself loads it from 2.5 on.
    """
    module = sys.modules.get("torch.utils.checkpoint")
    return None if module is None else module.CheckpointFunction.forward.__code__


_stacked: Callable[[], int] | None = getattr(torch._C, "_len_torch_dispatch_stack", None)
_transforming: Callable[[], object] | None = getattr(
    getattr(torch._C, "_functorch", None), "peek_interpreter_stack", None
)


def is_plain_execution() -> bool:
    """Whether operations are simply computed here: nothing traces, captures, transforms or redirects them."""
    if is_compiling() or is_tracing() or (_stacked is not None and _stacked()):
        return False
    if torch.cuda.is_initialized() and torch.cuda.is_current_stream_capturing():
        return False  # to read a value would end the capture, and what is computed would be part of the graph
    return _transforming is None or _transforming() is None


def is_compilers(tensor: torch.Tensor) -> bool:
    """Whether a tensor is one of those on which a compiler runs a program to learn its shapes."""
    return type(tensor).__name__ == "FakeTensor"


def is_compilers_own(exception: BaseException) -> bool:
    """Whether an exception is one of the compiler's, which quotes what the program raised in its own words."""
    return type(exception).__module__.startswith("torch._dynamo")
