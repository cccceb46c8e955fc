"""A network of torch asked at sizes: by abstract tensors, by symbolic ones, by the room where these are in doubt."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import sympy
import torch
from torch import nn
from torch._dispatch.python import enable_python_dispatcher
from torch._subclasses.fake_tensor import FakeTensor, FakeTensorMode
from torch.fx.experimental.symbolic_shapes import DimDynamic, ShapeEnv

from whynorm.frameworks.torch import inputs as given
from whynorm.frameworks.torch.follow import framework, run_pass
from whynorm.frameworks.torch.twins import Twins, tensors_in
from whynorm.frameworks.torch.versions import FunctionMode, autocast_for_meta, eagerly, is_uninitialized
from whynorm.sizing.expression import Expression
from whynorm.sizing.path import Guard, Path, Ran, Shape, Sizes
from whynorm.sizing.question import Question
from whynorm.sizing.sources import source

_FACTORIES = frozenset({
    "arange", "zeros", "ones", "full", "empty", "tensor", "linspace", "rand", "randn", "randint", "eye", "as_tensor",
    "tril_indices", "triu_indices", "scalar_tensor", "hann_window", "randperm", "normal", "logspace",
})  # fmt: skip
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


class Fakes(Shapes):
    """Twins for a symbolic run: fake tensors on a fake CPU."""

    def __init__(self, mode: FakeTensorMode) -> None:
        super().__init__()
        self.mode = mode

    def _make(self, tensor: torch.Tensor) -> torch.Tensor:
        if is_uninitialized(tensor):
            return super()._make(tensor)
        made = FakeTensor(self.mode, torch.empty_like(tensor.detach(), device="meta"), torch.device("cpu"))
        if isinstance(tensor, nn.Parameter):
            return nn.Parameter(made, tensor.requires_grad)
        return made


class Watch(FunctionMode):  # type: ignore[misc]
    """Counts the operations of a pass and keeps the shapes that each gives."""

    def __init__(self, *, abstract: bool) -> None:
        super().__init__()
        self.abstract = abstract
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
        if self.abstract and name in _FACTORIES:
            kwargs = {**kwargs, "device": "meta"}
        elif self.abstract and name in _MOVES:
            args, kwargs = _staying(args, kwargs)
        if name == "__get__":
            return func(*args, **kwargs)
        self.begun += 1
        result = func(*args, **kwargs)
        tensors = tensors_in((result,)) if not isinstance(result, torch.Tensor) else [result]
        if tensors:
            shapes = [tuple(tensor.shape) for tensor in tensors]
            self.events.append((name, shapes, self.begun))
            if name == "embedding":
                self._looked_up(args, kwargs)
            if self.abstract and self.doubt is None and any(0 in shape for shape in shapes):
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
            if not self.abstract:
                self.limits.append((size, rows, self.begun))
            elif size > rows and self.doubt is None:
                self.doubt = self.begun


def _staying(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """A move without its device: abstract tensors stay abstract."""
    kept = [part for part in args[1:] if not isinstance(part, (str, torch.device))]
    return (args[0], *kept), {key: value for key, value in kwargs.items() if key != "device"}


class Env(ShapeEnv):  # type: ignore[misc]
    """Keeps every decision on sizes, in order, and simplifies nothing: each is only asked of the sizes at hand."""

    decisions: list[tuple[Any, Any, int]]
    watch: Watch

    def evaluate_expr(self, orig_expr: Any, hint: Any = None, *args: Any, **kwargs: Any) -> Any:
        """The value at the sizes at hand; it becomes a guard."""
        if not orig_expr.args and not orig_expr.is_Symbol:
            return orig_expr
        if hint is None:
            hint = self.size_hint_of(orig_expr)
        self.decisions.append((orig_expr, hint, self.watch.begun))
        return sympy.sympify(hint)

    def size_hint_of(self, expression: Any) -> Any:
        """The value of an expression at the sizes at hand."""
        known = getattr(self, "backed_var_to_val", None) or self.var_to_val
        return expression.xreplace(known)

    def replace(self, expr: Any) -> Any:
        """As it is: no symbol is ever found to be a number."""
        return expr

    def _maybe_evaluate_static(self, *args: Any, **kwargs: Any) -> Any:
        return None


class TorchRunner:
    """One model, in one mode, with one question."""

    def __init__(self, model: Any, question: Question, training: bool | None) -> None:
        self.model = model
        self.module = model if isinstance(model, nn.Module) else None
        self.question = question
        self.training = training
        self.floating = _floating(model)
        self.framework = framework()
        self.runs = 0
        self.asked = 0
        """How often the room was asked."""

    # one run

    def run(self, sizes: Sizes) -> Ran:
        """By abstract tensors; by the room where these are in doubt."""
        self.runs += 1
        watch = Watch(abstract=True)
        args, kwargs = self._inputs(sizes, "meta")
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
        return Ran(raised is None, watch.begun, events, _shapes(outputs))

    def _ask_room(self, sizes: Sizes, watch: Watch) -> Ran:
        self.asked += 1
        args, kwargs = given.made(*self.question.filled(sizes), self.floating)
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
        return Ran(not raised, position, events, _shapes(ended.outputs))

    # one symbolic run

    def follow(self, sizes: Sizes) -> Path | None:
        """The path that these sizes take; None where it cannot be followed symbolically."""
        self.runs += 1
        env = Env(specialize_zero_one=False, duck_shape=False)
        env.decisions = []
        watch = env.watch = Watch(abstract=False)
        mode = FakeTensorMode(shape_env=env, allow_non_fake_inputs=True)
        raised: Exception | None = None
        outputs: Any = None
        with warnings.catch_warnings(), _quiet_logs():
            warnings.simplefilter("ignore")
            symbols = {letter: self._symbol(env, letter, sizes[letter]) for letter in self.question.letters}
            letters = {symbol.node.expr: letter for letter, symbol in symbols.items()}
            with mode:
                args, kwargs = self._inputs(symbols, "cpu")
            with self._entered(Fakes(mode), watch), enable_python_dispatcher(), mode:
                try:
                    outputs = self.model(*args, **kwargs)
                except Exception as error:  # noqa: BLE001  whatever a model raises is its outcome
                    raised = error
        try:
            return self._path(sizes, env, watch, letters, raised, outputs)
        except NotImplementedError:
            return None

    def _path(
        self, sizes: Sizes, env: Env, watch: Watch, letters: dict[Any, str], raised: Exception | None, outputs: Any
    ) -> Path:
        known: dict[Any, Expression] = {}

        def written(size: Any) -> int | Expression:
            if isinstance(size, int):
                return size
            node = size.node.expr
            if not node.free_symbols:
                return int(node)
            if node not in known:
                known[node] = source(node, letters)
            return known[node]

        guards: list[Guard] = []
        seen: set[str] = set()

        def add(guard: Guard) -> None:
            if guard.expression.letters and guard.expression.source not in seen:
                seen.add(guard.expression.source)
                guards.append(guard)

        events: list[tuple[str, tuple[tuple[int | Expression, ...], ...]]] = []
        for expression, hint, position in env.decisions:
            for held in _held(expression, hint, letters):
                add(Guard(held, position))
        for name, shapes, position in watch.events:
            written_shapes = tuple(tuple(written(size) for size in shape) for shape in shapes)
            events.append((name, written_shapes))
            for shape in written_shapes:
                for size in shape:
                    if isinstance(size, Expression):
                        add(Guard(Expression(f"{size.source} >= 1", size.letters), position))
        for size, rows, position in watch.limits:
            looked_up = written(size)
            if isinstance(looked_up, Expression):
                add(Guard(Expression(f"{looked_up.source} <= {rows}", looked_up.letters), position))
        guards.sort(key=lambda guard: guard.position)
        given_out = tuple(tuple(written(size) for size in tensor.shape) for tensor in tensors_in((outputs,)))
        return Path(dict(sizes), tuple(guards), raised is None, watch.begun, tuple(events), given_out)

    def _symbol(self, env: Env, letter: str, size: int) -> Any:
        from torch._dynamo.source import ConstantSource

        origin = ConstantSource(letter)
        symbol = env.create_symbol(size, origin, dynamic_dim=DimDynamic.DYNAMIC, constraint_dim=None)
        return env.create_symintnode(symbol, hint=size, source=origin)

    # both

    def _inputs(self, sizes: Any, device: str) -> tuple[list[torch.Tensor], dict[str, torch.Tensor]]:
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


def _held(expression: Any, hint: Any, letters: dict[Any, str]) -> list[Expression]:
    """What holds, given the value that a decision had; each part of a conjunction by itself."""
    if hint is False or hint is sympy.false:
        expression, hint = sympy.Not(expression), True
    if hint is True or hint is sympy.true:
        parts = expression.args if isinstance(expression, sympy.And) else (expression,)
        return [source(part, letters) for part in parts]
    made = source(expression, letters)
    return [Expression(f"{made.source} == {hint}", made.letters)]


def _shapes(outputs: Any) -> tuple[Shape, ...]:
    return tuple(tuple(tensor.shape) for tensor in tensors_in((outputs,)))


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
