"""The recording of one forward pass: every layer and operation with its shapes, in the order of the calls.

Layers of torch.nn are seen whole, operations outside of them as torch functions (`torch.cat`, `x + y`, `x.view`).
Where abstract tensors refuse, or are known to let pass what the framework refuses, the oracle has the last word.
"""

import sys
import threading
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

import torch
from torch import nn

from whynorm.facts import Held, Location, Value
from whynorm.facts.change import Adapt, Meet, Recall, Reduce
from whynorm.frameworks.torch import devices, doubt, layers, operations, places, readings
from whynorm.frameworks.torch.expected import Expected, expected
from whynorm.frameworks.torch.numbered import Numbered
from whynorm.frameworks.torch.operations import QUIET, VALUES
from whynorm.frameworks.torch.questions import of_function, of_layer
from whynorm.frameworks.torch.recorded import Later, NeedsValues, Recorded, raised_of
from whynorm.frameworks.torch.twins import Twins, mapped, tensors_in
from whynorm.frameworks.torch.versions import (
    NORMS,
    FunctionMode,
    autocast_for_meta,
    bare,
    calls_of_modules,
    eagerly,
    is_uninitialized,
)

MOST_ERRORS = 20
"""After so many a pass does not go on."""


class Pass(FunctionMode):  # type: ignore[misc]
    """One forward pass while it runs.

    `going_on` lets a call that raises give what it should have given, where that is known, so that what is wrong
    behind it shows as well.
    """

    def __init__(self, root: nn.Module | None, twins: Twins, *, going_on: bool = False) -> None:
        super().__init__()
        self.root = root
        self.twins = twins
        self.going_on = going_on
        self.calls: list[Recorded] = []
        self.errors: dict[int, tuple[BaseException, int]] = {}
        """By the exception's id: the exception itself, and the position of the call that raised it."""
        self.unsure: str | None = None
        """Why the outcome cannot be known, if so."""
        self.before_call: dict[int, Callable[[Any, Any], tuple[Any, Any]]] = {}
        self.recalls: list[Recall] = []
        self.reduced: list[Reduce] = []
        self.adapts: list[Adapt] = []
        self.meets: list[Meet] = []
        self.after_call: dict[int, Callable[[Any], Any]] = {}
        self._paths: dict[int, str] = {}
        self._stack: list[nn.Module] = []
        self._above: list[places.Near] = []
        self._inside = False
        self._thread = threading.get_ident()
        self.tensors = Numbered(twins.real)
        self._values, self._abstract, self._prepared = self.tensors.values, self.tensors.abstract, self.tensors.prepared
        if root is not None:
            self._name(root)

    # entering

    def run(self, called: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Call the root, recording. Raises what it raises, and NeedsValues."""
        with ExitStack() as stack:
            stack.enter_context(torch.no_grad())
            stack.enter_context(eagerly())
            stack.enter_context(autocast_for_meta())
            stack.enter_context(warnings.catch_warnings())
            warnings.simplefilter("ignore")
            stack.enter_context(calls_of_modules(self._module))
            stack.enter_context(self)
            return called(*args, **kwargs)

    def _name(self, root: nn.Module) -> None:
        for name, module in root.named_modules():
            self._paths.setdefault(id(module), name)
        self.twins.adopt(root)

    def replaced(self, root: nn.Module, new: nn.Module) -> None:
        """Name the modules again, and take in a new one."""
        self._paths.clear()
        self.twins.adopt(new)
        self._name(root)

    def path(self) -> str:
        """The path of the module whose forward runs now."""
        return self._paths.get(id(self._stack[-1]), "") if self._stack else ""

    # modules

    def _module(self, original: Callable[..., Any], module: nn.Module, args: Any, kwargs: Any) -> Any:
        if self._inside or threading.get_ident() != self._thread:
            return original(module, *args, **kwargs)
        if not self.twins.knows(module):
            self._name(module)
        before = self.before_call.get(id(module))
        if before is not None:
            args, kwargs = before(args, kwargs)
        leaf = layers.is_leaf(module)
        result = self._leaf(original, module, args, kwargs) if leaf else self._within(original, module, args, kwargs)
        after = self.after_call.get(id(module))
        return result if after is None else after(result)

    def _within(self, original: Callable[..., Any], module: nn.Module, args: Any, kwargs: Any) -> Any:
        self._above.append(self._near(2))
        self._stack.append(module)
        try:
            return original(module, *args, **kwargs)
        except Exception as raised:
            if id(raised) not in self.errors and not self._follows_known(raised):
                if not self.twins.real and doubt.speaks_of_meta(raised):
                    raise NeedsValues(self._why(raised)) from None
                self._record_own(module, args, kwargs, raised)
            raise
        finally:
            self._stack.pop()
            self._above.pop()

    def _follows_known(self, raised: BaseException) -> bool:
        """Whether a module raised anew because of an error that is recorded (`raise … from error`)."""
        cause = raised.__cause__ or raised.__context__
        while cause is not None:
            if id(cause) in self.errors:
                self.errors[id(raised)] = (raised, self.errors[id(cause)][1])
                return True
            cause = cause.__cause__ or cause.__context__
        return False

    def _record_own(self, module: nn.Module, args: Any, kwargs: Any, raised: Exception) -> None:
        place = places.of_traceback(raised)
        self._append(
            type=type(module).__name__,
            role="other",
            path=self._paths.get(id(module), ""),
            built_as=Later(layers.built_as, module),
            inputs=self._values(tensors_in((args, kwargs))),
            arguments=Later(layers.settings, module),
            training=module.training,
            location=Later(places.location, place),
            built=self._built(module),
            raised=raised,
        )

    def _leaf(self, original: Callable[..., Any], module: nn.Module, args: Any, kwargs: Any) -> Any:
        place = self._here_now()
        self._inside = True
        try:
            with bare():
                return self._layer(original, module, args, kwargs, place)
        finally:
            self._inside = False

    def _layer(
        self, original: Callable[..., Any], module: nn.Module, args: Any, kwargs: Any, place: tuple[str, int] | None
    ) -> Any:
        name = type(module).__name__
        given = tensors_in((args, kwargs))
        inputs = self._values(given)
        converted = given
        if not self.twins.real and any(not tensor.is_meta for tensor in given):
            args, kwargs = self.tensors.blended(module, args, kwargs, given)
            converted = tensors_in((args, kwargs))
        outputs: Any = None
        error: Exception | None = None
        try:
            outputs = original(module, *args, **kwargs)
        except Exception as raised:  # noqa: BLE001  the layer's refusal is what is recorded, and raised again
            error = raised
        results = [] if error is not None else tensors_in((outputs,))
        role = layers.role(module)
        if given and not self.twins.real:
            own = [t for t in (*module._parameters.values(), *module._buffers.values()) if _is_floating(t)]
            odd = operations.odd_layer(module, role, given[0].ndim)
            if error is not None or odd or not doubt.beyond_doubt(role, given, own, results):
                question = of_layer(module, role, args, kwargs, given, own, odd)
                outputs, error = self._confirmed(question, args, outputs, error)
                results = [] if error is not None else tensors_in((outputs,))
        wanted = expected(module, None, converted, args, kwargs) if error is not None else None
        if error is not None:
            outputs = self._instead(wanted)
            results = tensors_in((outputs,))
        self._append(
            type=name,
            role=role,
            path=self._paths.get(id(module), ""),
            built_as=Later(layers.built_as, module, name),
            inputs=inputs,
            outputs=self._values(results),
            arguments=Later(layers.settings, module),
            reading=readings.of_layer(module, inputs[0].shape) if role == "norm" and inputs else None,
            training=module.training,
            location=Later(places.location, place),
            built=self._built(module),
            raised=error,
            expected=wanted,
            ranks=layers.ranks(module.__class__),
        )
        if error is not None and outputs is None:
            raise error
        return outputs

    # operations

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        name = func.__name__
        if name == "__get__":
            outputs = func(*args, **kwargs)
            if isinstance(outputs, torch.Tensor):
                self._property(func, args, outputs)
            return outputs
        if name in QUIET:
            return func(*args, **kwargs)
        for change in self.recalls:
            given = args[0] if args else kwargs.get("input")
            if (name, self.path()) == change[:2] and isinstance(given, torch.Tensor) and given.shape == change.shape:
                if change.arguments is None:
                    return given
                args, kwargs = operations.with_arguments(func, args, kwargs, change.arguments)
        for reduce in self.reduced:
            args, kwargs = operations.reduced_from(func, args, kwargs, reduce)
        for adapt in self.adapts:
            if (operations.written(func), self.path()) == adapt[:2]:
                args, kwargs = self._adapted(adapt, args, kwargs)
        for meet in self.meets:
            if operations.written(func) == meet.function and self.path() in meet.paths:
                args, kwargs = _met(meet.branch, args, kwargs)
        return self._operation(func, name, args, kwargs)

    def _adapted(self, adapt: Adapt, args: Any, kwargs: Any) -> tuple[Any, Any]:
        """The arguments with the one input in its other shape, where they are those that are meant."""
        given = tensors_in((args, kwargs))
        if tuple(tuple(tensor.shape) for tensor in given) != adapt.shapes:
            return args, kwargs
        old = given[adapt.branch]
        new = torch.empty(adapt.shape, dtype=old.dtype, device=old.device)
        if adapt.layer is not None and self.root is not None:
            self._inside = True
            try:
                new = self.root.get_submodule(adapt.layer)(old)
            finally:
                self._inside = False
        return mapped((args, kwargs), lambda tensor: new if tensor is old else tensor)  # type: ignore[no-any-return]

    def _property(self, func: Any, args: Any, outputs: torch.Tensor) -> None:
        if operations.name_of(func) == "data":
            if outputs.is_meta:
                self.tensors.same(outputs, args[0])
            return
        self._record_operation(func, args, {}, args[:1], [outputs], None, None)

    def _operation(self, func: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        given = tensors_in(args) if not kwargs else tensors_in((args, kwargs))
        if not self.twins.real:
            args, kwargs = self._prepared(name, args, kwargs, given)
            if name in devices.MOVES and given:
                stayed = devices.moved(name, args, kwargs)
                if stayed is not None:
                    args, kwargs = stayed
                    if len(args) == 1 and not kwargs:
                        return args[0]
        outputs: Any = None
        error: Exception | None = None
        self._inside = True
        try:
            outputs = func(*args, **kwargs)
        except Exception as raised:  # noqa: BLE001  the refusal is what is recorded, and raised again
            error = raised
        finally:
            self._inside = False
        results = tensors_in((outputs,))
        if not self.twins.real:
            if error is not None and (name in VALUES or doubt.speaks_of_meta(error)):
                raise NeedsValues(self._why(error, func)) from None
            role, odd = operations.role_of(name), operations.odd(name, func, args, kwargs)
            if given and (error is not None or odd or not doubt.beyond_doubt(role, given, (), results)):
                question = of_function(func, role, args, kwargs, given, odd)
                outputs, error = self._confirmed(question, args, outputs, error)
                results = tensors_in((outputs,))
        if error is not None:
            wanted = expected(None, func, given, args, kwargs)
            outputs = self._instead(wanted)
            self._record_operation(func, args, kwargs, given, tensors_in((outputs,)), error, wanted)
            if outputs is None:
                raise error
            return outputs
        if given and results:
            self._record_operation(func, args, kwargs, given, results, None, None)
        return outputs

    def _record_operation(
        self,
        func: Any,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        given: Sequence[torch.Tensor],
        results: Sequence[torch.Tensor],
        error: Exception | None,
        wanted: Expected | None,
    ) -> None:
        name = operations.name_of(func)
        weighted = name in operations.WEIGHTED
        taken = [tensor for tensor in given if not (weighted and tensor is not given[0])]
        inputs = self._values(taken)
        role = operations.role(name, inputs, results)
        kind = operations.written(func)
        path, training, built_as, reading, built = self.path(), None, kind, None, None
        if role == "norm" and inputs:
            known = operations.given(func, args, kwargs)
            reading = readings.of_function(name, inputs[0].shape, known)
            owner: Any = self._stack[-1] if self._stack else None
            if isinstance(owner, NORMS):
                norm: Any = owner
                kind, training, built = type(norm).__name__, norm.training, self._built(norm)
                built_as = Later(layers.built_as, owner)  # type: ignore[assignment]
            else:
                training = bool(known.get("training", known.get("use_input_stats", True)))
        if self.twins.real:
            plain: Any = operations.arguments(func, args, kwargs)
        else:
            plain = Later(operations.arguments, func, args, kwargs)
        for tensor in results:
            for other in given:
                if tensor is other:
                    self.tensors.number(tensor, new=True)
                    break
        self._append(
            type=kind,
            role=role,
            path=path,
            built_as=built_as,
            inputs=inputs,
            outputs=self._values(results),
            arguments=plain,
            reading=reading,
            training=training,
            location=self._here(),
            built=built,
            raised=error,
            expected=wanted,
            held=self._held() if error is not None and self._stack else None,
        )

    def _held(self) -> Later:
        """The running module's own tensors, as this pass numbers them."""
        module = self._stack[-1]
        tensors = {
            name: self.tensors.value(tensor)
            for name, tensor in (*module._parameters.items(), *module._buffers.items())
            if tensor is not None and not is_uninitialized(tensor)
        }
        built, path = self._built(module), self.path()
        prefix = f"{path}." if path else ""
        called = {
            call.path[len(prefix) :].split(".")[0] for call in self.calls if call.path and call.path.startswith(prefix)
        }
        idle = tuple(name for name, child in module._modules.items() if child is not None and name not in called)
        return Later(lambda: Held(type(module).__name__, built.get(), tensors, idle))

    # outcomes

    def errored(self, root: Callable[..., Any], called: tuple[Any, Any], raised: BaseException) -> None:
        """Record what a plain function raised outside of every call."""
        place = places.location(places.of_traceback(raised))
        self.errors[id(raised)] = (raised, len(self.calls))
        self.calls.append(
            Recorded(
                getattr(root, "__name__", type(root).__name__),
                path="",
                inputs=self._values(tensors_in(called)),
                location=place,
                raised=raised_of(raised),
            )
        )

    def _confirmed(
        self, question: doubt.Question, args: Any, outputs: Any, error: Exception | None
    ) -> tuple[Any, Exception | None]:
        try:
            return doubt.confirmed(question, args, outputs, error)
        except NeedsValues as needs:
            raise NeedsValues(self._why(error or needs)) from None

    def _instead(self, wanted: Expected | None) -> Any:
        """What a call that raised gives where the pass goes on; None where it does not."""
        if self.going_on and wanted is not None and wanted.gives is not None and len(self.errors) < MOST_ERRORS:
            return mapped(wanted.gives, self._abstract)
        return None

    def _why(self, error: BaseException, func: Any = None) -> str:
        place = places.location(self._here_now() or places.of_traceback(error))
        what = f"{operations.written(func)} needs values" if func is not None else "the model needs values"
        where = f" at {place.file}:{place.line}: {place.code}" if place is not None else ""
        return f"{what}{where}"

    def _here_now(self) -> tuple[str, int] | None:
        user, library = self._near(2)
        return user or library

    def _near(self, depth: int) -> places.Near:
        """The user's and the library's innermost line; above the running module's call, as they were found there."""
        user, library = places.near(sys._getframe(depth), _STRETCHES)
        if user is None and self._above:
            user = self._above[-1][0]
            library = library or self._above[-1][1]
        return user, library

    def _here(self) -> Later:
        return Later(places.location, self._here_now())

    def _built(self, module: nn.Module) -> Later:
        return Later(_built, self.root, self._paths.get(id(module), ""), module)

    def _append(
        self,
        *,
        type: str,
        role: Any,
        path: str,
        built_as: Any,
        inputs: tuple[Value, ...],
        arguments: Any,
        training: bool | None,
        location: Later,
        built: Later | None,
        raised: Exception | None,
        outputs: tuple[Value, ...] = (),
        reading: Any = None,
        expected: Expected | None = None,
        ranks: tuple[int, ...] = (),
        held: Later | None = None,
    ) -> None:
        if raised is not None:
            self.errors[id(raised)] = (raised, len(self.calls))
        self.calls.append(
            Recorded(
                type,
                role,
                path,
                built_as,
                inputs,
                outputs,
                arguments,
                reading,
                training,
                location,  # type: ignore[arg-type]
                built,  # type: ignore[arg-type]
                None if raised is None else raised_of(raised),
                None if expected is None else expected.shape,
                ranks,
                held=held,  # type: ignore[arg-type]
            )
        )


_STRETCHES = frozenset({Pass.run.__code__, Pass._within.__code__})
"""Where the walk up the stack ends: above stands what is known already."""


def _is_floating(tensor: torch.Tensor | None) -> bool:
    return tensor is not None and tensor.dtype.is_floating_point


def _built(root: nn.Module | None, path: str, module: nn.Module) -> Location | None:
    """Where the layer is built; its settings without default tell constructor calls apart."""
    return places.built(root, path, module, layers.required(module))


def _met(branch: int, args: Any, kwargs: Any) -> tuple[Any, Any]:
    """The arguments with one of two tensors as large as the other, but for batch and channels."""
    given = tensors_in((args, kwargs))
    if len(given) != 2 or given[0].ndim != given[1].ndim or given[0].ndim < 3:
        return args, kwargs
    old, other = given[branch], given[1 - branch]
    new = torch.empty((*old.shape[:2], *other.shape[2:]), dtype=old.dtype, device=old.device)
    return mapped((args, kwargs), lambda tensor: new if tensor is old else tensor)  # type: ignore[no-any-return]
