"""Abstract and real tensors of the backend that Keras runs on; the module of another backend is never imported."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from importlib import import_module
from typing import Any, Protocol

import keras


class Backend(Protocol):
    """One backend."""

    def trace(self, run: Callable[[], None]) -> None:
        """Run a function in which tensors are abstract: shapes and types, no values."""

    def real(self) -> AbstractContextManager[Any]:
        """Step out of the trace: what is computed inside is computed really."""

    def abstract(self, shape: tuple[int, ...], dtype: str) -> Any:
        """A tensor of the trace."""

    def zeros(self, shape: tuple[int, ...], dtype: str) -> Any:
        """A real tensor of zeros, of True for booleans."""

    def is_real(self, tensor: Any) -> bool:
        """Whether a tensor has values that can be read now."""

    def records(self, layer: Any, given: Any) -> bool:
        """Whether what this layer makes of its input is being recorded, for gradients to be taken."""

    def on_step(self, stepped: Callable[[Any, Sequence[Any]], None]) -> Callable[[], None]:
        """Have `stepped(optimizer, tensors)` called where the backend's own optimizers are applied; what undoes it."""

    def words(self, error: Exception) -> Exception:
        """The error as the real run would word it, for one that an operation of the trace raised."""


def current() -> Backend:
    """The backend that this process runs on. Raises NotImplementedError for one that is not known here."""
    name = keras.backend.backend()
    if name not in ("tensorflow", "jax", "torch"):
        raise NotImplementedError(f"the backend {name} of Keras is not followed")
    backend: Backend = import_module(f"whynorm.frameworks.keras.backends.{name}")
    return backend
