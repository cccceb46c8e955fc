"""A network of torch asked at sizes: by abstract tensors, by symbolic ones, by the room where these are in doubt."""

import logging
import math
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import nn
from torch._dispatch.python import enable_python_dispatcher

from whynorm.frameworks.torch import inputs as given
from whynorm.frameworks.torch.follow import framework
from whynorm.frameworks.torch.forward import run_pass
from whynorm.frameworks.torch.twins import Twins, shapes_in, tensors_in
from whynorm.frameworks.torch.versions import FunctionMode, autocast_for_meta, eagerly, is_uninitialized
from whynorm.sizing.expression import Expression
from whynorm.sizing.path import Guard, OutOfTime, Path, Ran, Sizes
from whynorm.sizing.question import Question
from whynorm.sizing.symbols import Names, Symbols

_FACTORIES = frozenset({
    "arange", "zeros", "ones", "full", "empty", "tensor", "linspace", "rand", "randn", "randint", "eye", "as_tensor",
    "tril_indices", "triu_indices", "scalar_tensor", "hann_window", "randperm", "normal", "logspace",
})  # fmt: skip
_VALUES = {"__bool__": bool, "item": int, "__int__": int, "__index__": int, "__float__": float, "is_nonzero": bool}
"""Operations that give a value of a tensor with one value."""
_MOVES = frozenset({"to", "cpu", "cuda"})


class Shapes(Twins):
    """Twins that hold shapes alone, small integers as well."""

    def _make(self, tensor: torch.Tensor) -> torch.Tensor:
        if is_uninitialized(tensor):
            return super()._make(tensor)
        made = self._stand_in(tensor.detach())
        if isinstance(tensor, nn.Parameter):
            return torch.Tensor._make_subclass(nn.Parameter, made, tensor.requires_grad)
        return made

    def _stand_in(self, tensor: torch.Tensor) -> torch.Tensor:
        return tensor.clone() if tensor.ndim == 0 and not tensor.is_meta else torch.empty_like(tensor, device="meta")


class Watch(FunctionMode):  # type: ignore[misc]
    """Counts the operations of a pass and keeps the shapes that each gives."""

    def __init__(self, *, symbols: Symbols | None = None, guess: bool | None = None, until: float = math.inf) -> None:
        super().__init__()
        self.symbols = symbols
        self.guess = guess
        """What a decision by values that nobody knows is taken to be; None: it raises."""
        self.guessed: str | None = None
        """The first operation that asked for such values."""
        self.gathered = False
        """Whether places are looked up by values in what the input's sizes make: these may lie out of range."""
        self.until = until
        """By the thread's processor time, in seconds: later, an operation raises `OutOfTime`."""
        self.begun = 0
        self.events: list[tuple[str, list[Any], int]] = []
        self.doubt: int | None = None
        """The first operation of which abstract tensors may say what the framework does not."""
        self.tables: list[int] = []
        """At which operations something is looked up in a table."""
        self.limits: list[tuple[Any, int, int]] = []
        """For a symbolic run: sizes that may have to be at most this, and at which operation."""

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        name = func.__name__
        if name in _FACTORIES:
            kwargs = {**kwargs, "device": "meta"}
        elif name in _MOVES:
            args, kwargs = _staying(args, kwargs)
        if name == "__get__" or name.startswith("sym_"):
            return func(*args, **kwargs)
        if time.thread_time() > self.until:
            raise OutOfTime
        self.begun += 1
        if name == "rand" and not _sizes_of(args, kwargs):
            return torch.full((), 0.5)
        if name in _VALUES and self.guess is not None and args[0].is_meta:
            self.guessed = self.guessed or name
            return _VALUES[name](self.guess)
        if self.symbols is not None:
            self.symbols.env.position = self.begun
        result = func(*args, **kwargs)
        if self.symbols is not None:
            result = self.symbols.shortened(result, name)
        tensors = tensors_in((result,)) if not isinstance(result, torch.Tensor) else [result]
        if tensors:
            shapes = [tuple(tensor.shape) for tensor in tensors]
            self.events.append((name, shapes, self.begun))
            if name == "embedding":
                self._looked_up(args, kwargs)
            elif name == "gather" and self.symbols is not None:
                self.gathered = self.gathered or any(isinstance(size, torch.SymInt) for size in args[0].shape)
            if self.symbols is None and self.doubt is None and any(0 in shape for shape in shapes):
                self.doubt = self.begun
        return result

    def _looked_up(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        tensors = tensors_in((args, kwargs))
        if len(tensors) != 2:
            self.tables.append(self.begun)
            return
        index, table = (tensors[1], tensors[0]) if tensors[0].dtype.is_floating_point else tensors
        rows = table.shape[0]
        self.tables.append(self.begun)
        for size in index.shape:
            if self.symbols is not None:
                self.limits.append((size, rows, self.begun))
            elif 2 * size > rows and self.doubt is None:
                self.doubt = self.begun  # positions may begin beyond the first row


def _sizes_of(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether a factory is given any size."""
    return bool(kwargs.get("size")) or any(not isinstance(part, (tuple, list)) or part for part in args)


def _staying(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """A move without its device: abstract tensors stay abstract."""
    kept = [part for part in args[1:] if not isinstance(part, (str, torch.device))]
    return (args[0], *kept), {key: value for key, value in kwargs.items() if key != "device"}


class TorchRunner:
    """One model, in one mode, with one question."""

    def __init__(self, model: Any, question: Question, training: bool | None) -> None:
        self.model = model
        self.module = model if isinstance(model, nn.Module) else None
        self.question = question
        self.training = training
        self.floating = _floating(model)
        self.framework = framework()
        self.names = Names()
        self.guess: bool | None = None
        self.until = math.inf
        """By the thread's processor time, in seconds: no run goes on for longer."""
        self.runs = 0
        self.asked = 0
        """How often the room was asked."""

    @property
    def mode(self) -> str | None:
        """`training` or `inference`; None for a function, and for a model that is partly in each."""
        if self.module is None:
            return None
        training = {module.training for module in self.module.modules()} if self.training is None else {self.training}
        return None if len(training) > 1 else "training" if training.pop() else "inference"

    def otherwise(self) -> "TorchRunner | None":
        """The same model in the other mode."""
        if self.mode is None:
            return None
        other = TorchRunner(self.model, self.question, self.mode == "inference")
        other.names = self.names
        return other

    # one run

    def run(self, sizes: Sizes) -> Ran:
        """By abstract tensors; by the room where these are in doubt."""
        self.runs += 1
        watch = Watch(guess=self.guess, until=self.until)
        args, kwargs = self.inputs(sizes, "meta")
        outputs: Any = None
        raised: Exception | None = None
        with self._entered(Shapes(), watch):
            try:
                outputs = self.model(*args, **kwargs)
            except Exception as error:  # noqa: BLE001  whatever a model raises is its outcome
                raised = error
        if watch.doubt is not None or (raised is not None and _of_meta(raised)):
            return self._ask_room(sizes, watch)
        events = tuple((name, tuple(shapes)) for name, shapes, _ in watch.events)
        return Ran(raised is None, watch.begun, events, shapes_in((outputs,)))

    def _ask_room(self, sizes: Sizes, watch: Watch) -> Ran:
        self.asked += 1
        args, kwargs = self.for_room(sizes)
        ended = run_pass(self.model, args, kwargs, self.training)
        events = tuple((name, tuple(shapes)) for name, shapes, _ in watch.events)
        if ended.outcome == "unknown":
            return Ran(None, watch.begun, events, unknown=ended.needs)
        raised = ended.outcome == "raises"
        position = watch.doubt if raised and watch.doubt is not None else watch.begun
        calls = ended.calls
        if raised and calls and calls[-1].role == "embedding":
            before = sum(call.role == "embedding" for call in calls)
            position = watch.tables[before - 1] if before <= len(watch.tables) else position
        return Ran(not raised, position, events, shapes_in((ended.outputs,)))

    # one symbolic run

    def follow(self, sizes: Sizes, *, guess: bool = False) -> Path | None:
        """The path that these sizes take; None where it cannot be followed symbolically."""
        self.runs += 1
        symbols = Symbols(dict(sizes), self.names)
        watch = Watch(symbols=symbols, guess=guess, until=self.until)
        raised: Exception | None = None
        outputs: Any = None
        with _quiet_logs():
            args, kwargs = self.inputs(symbols.letters, "meta")
            with self._entered(Shapes(), watch), enable_python_dispatcher():
                try:
                    outputs = self.model(*args, **kwargs)
                except Exception as error:  # noqa: BLE001  whatever a model raises is its outcome
                    raised = error
        try:
            return _path(sizes, symbols, watch, raised, outputs)
        except NotImplementedError:
            return None

    # both

    def for_room(self, sizes: Sizes) -> tuple[Sequence[Any], dict[str, Any]]:
        """The inputs at these sizes as the room takes them."""
        return given.made(*self.question.filled(sizes), self.floating)

    def inputs(self, sizes: Any, device: str) -> tuple[list[Any], dict[str, Any]]:
        """The inputs at these sizes, numbers or symbols, as tensors without values."""

        def made(one: Any) -> torch.Tensor:
            shape = tuple(sizes[size] if isinstance(size, str) else size for size in one.sizes)
            dtype = self.floating if one.dtype is None else given.dtype_of(one.dtype)
            return torch.empty(shape, dtype=dtype, device=device)

        question = self.question
        return [made(one) for one in question.positional], {name: made(one) for name, one in question.keywords.items()}

    @contextmanager
    def _entered(self, twins: Twins, watch: Watch) -> Iterator[None]:
        with ExitStack() as stack:
            if self.module is not None:
                twins.adopt(self.module)
                stack.callback(twins.restore)
                if self.training is not None:
                    self.module.train(self.training)
            stack.enter_context(torch.no_grad())
            stack.enter_context(eagerly())
            stack.enter_context(autocast_for_meta())
            stack.enter_context(warnings.catch_warnings())
            warnings.simplefilter("ignore")
            stack.enter_context(watch)
            yield


def _path(sizes: Sizes, symbols: Symbols, watch: Watch, raised: Exception | None, outputs: Any) -> Path:
    """The pass as expressions and guards. Raises `NotImplementedError` where Python has no word for one."""
    guards: dict[tuple[str, int], Guard] = {}

    def add(expression: Expression, position: int, number: bool = False) -> None:
        if expression.letters:
            guards.setdefault((expression.source, position), Guard(expression, position, number))

    def shown(tensor_shape: Any) -> tuple[int | Expression, ...]:
        return tuple(map(symbols.size, tensor_shape))

    for expression, hint, position in symbols.env.decisions:
        held, number = symbols.held(expression, hint)
        for part in held:
            add(part, position, number)
    events = []
    for name, shapes, position in watch.events:
        written = tuple(map(shown, shapes))
        events.append((name, written))
        for size in (size for shape in written for size in shape if isinstance(size, Expression)):
            add(size.compared(">= 1"), position)
    for size, rows, position in watch.limits:
        looked_up = symbols.size(size)
        if isinstance(looked_up, Expression):
            add(looked_up.compared(f"<= {rows}"), position)
    ordered = tuple(sorted(guards.values(), key=lambda guard: guard.position))
    given_out = tuple(shown(tensor.shape) for tensor in tensors_in((outputs,)))
    guessed = watch.guessed is not None
    return Path(dict(sizes), ordered, raised is None, watch.begun, tuple(events), given_out, guessed, watch.gathered)


def _floating(model: Any) -> torch.dtype:
    if isinstance(model, nn.Module):
        types = {p.dtype for p in model.parameters() if p.dtype.is_floating_point}
        if len(types) == 1:
            return types.pop()
    return torch.get_default_dtype()


def _of_meta(error: BaseException) -> bool:
    text = str(error)
    return "meta" in text.lower() or (isinstance(error, NotImplementedError) and "aten::" in text)


@contextmanager
def _quiet_logs() -> Iterator[None]:
    """Nothing of what torch logs about a run that fails is shown."""
    level = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(level)
