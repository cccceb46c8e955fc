"""PyTorch as the backend: the meta device for the trace, the default device for what is asked really."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from keras.src.backend.torch.core import DEFAULT_DEVICE, device_scope, to_torch_dtype
from torch._subclasses.fake_tensor import is_fake
from torch.optim.optimizer import register_optimizer_step_pre_hook
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_map

_LARGEST = 1 << 24


class _Asking(TorchFunctionMode):  # type: ignore[misc]
    """What an operation refuses on the meta device is asked again really: the two word errors differently."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        try:
            return func(*args, **(kwargs or {}))
        except Exception as refused:
            if not _is_meta(args) or _numbers(args) > _LARGEST:
                raise
            try:
                func(*tree_map(_really, args), **tree_map(_really, kwargs or {}))
            except Exception as said:  # noqa: BLE001 - the same
                raise said.with_traceback(refused.__traceback__) from None
            raise


def _parts(given: Any) -> Iterator[Any]:
    if isinstance(given, list | tuple):
        for part in given:
            yield from _parts(part)
    elif isinstance(given, torch.Tensor):
        yield given


def _is_meta(given: Any) -> bool:
    return any(part.device.type == "meta" for part in _parts(given))


def _numbers(given: Any) -> int:
    return sum(part.numel() for part in _parts(given))


def _really(thing: Any) -> Any:
    if isinstance(thing, torch.Tensor) and thing.device.type == "meta":
        return torch.zeros(thing.shape, dtype=thing.dtype, device=DEFAULT_DEVICE)
    return thing


def trace(run: Callable[[], None]) -> None:
    """Run a function on the meta device."""
    with device_scope("meta"), torch.no_grad(), _Asking():
        run()


@contextmanager
def real() -> Iterator[None]:
    """The default device, from inside of a trace."""
    with device_scope(DEFAULT_DEVICE), torch.no_grad():
        yield


def abstract(shape: tuple[int, ...], dtype: str) -> Any:
    """A tensor on the meta device."""
    return torch.empty(shape, dtype=to_torch_dtype(dtype), device="meta")


def zeros(shape: tuple[int, ...], dtype: str) -> Any:
    """Zeros, or True."""
    make = torch.ones if dtype == "bool" else torch.zeros
    return make(shape, dtype=to_torch_dtype(dtype), device=DEFAULT_DEVICE)


def is_real(tensor: Any) -> bool:
    """Whether it is on a device that holds values."""
    return not bool(tensor.is_meta) and not is_fake(tensor)


def records(layer: Any, given: Any) -> bool:
    """Whether gradients are switched on."""
    return bool(torch.is_grad_enabled())


def on_step(stepped: Callable[[Any, Sequence[Any]], None]) -> Callable[[], None]:
    """Those of `torch.optim`, with what they change."""

    def step(optimizer: Any, args: Any, kwargs: Any) -> None:
        stepped(optimizer, [one for group in optimizer.param_groups for one in group["params"]])

    handle = register_optimizer_step_pre_hook(step)
    return lambda: handle.remove()


def words(error: Exception) -> Exception:
    """The error as it is."""
    return error
