"""JAX: an abstract evaluation for the trace; it words errors as a real run does, for it checks on the same way."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import jax
import jax.numpy as jnp
import numpy


def trace(run: Callable[[], None]) -> None:
    """Run a function under abstract evaluation."""

    def traced() -> None:
        run()

    jax.eval_shape(traced)


def real() -> AbstractContextManager[Any]:
    """Concrete evaluation, from inside of a trace."""
    scope: AbstractContextManager[Any] = jax.ensure_compile_time_eval()
    return scope


def abstract(shape: tuple[int, ...], dtype: str) -> Any:
    """A traced array: every operation inside of a trace makes one."""
    return jnp.zeros(shape, dtype)


def zeros(shape: tuple[int, ...], dtype: str) -> Any:
    """Zeros, or True; they come from NumPy, for JAX would compile a program for each shape."""
    return jax.device_put((numpy.ones if dtype == "bool" else numpy.zeros)(shape, jnp.dtype(dtype)))


def is_real(tensor: Any) -> bool:
    """Whether no transformation is following it."""
    return not isinstance(tensor, jax.core.Tracer)


def records(layer: Any, given: Any) -> bool:
    """Whether the input or a weight is being differentiated, not only compiled."""
    held = (given, *(weight.value for weight in layer.trainable_variables))
    return any(isinstance(one, jax.core.Tracer) and not type(one).__name__.startswith("DynamicJaxpr") for one in held)


def on_step(stepped: Callable[[Any, Sequence[Any]], None]) -> Callable[[], None]:
    """There is none whose steps could be seen."""
    return lambda: None


def words(error: Exception) -> Exception:
    """The error as it is."""
    return error
