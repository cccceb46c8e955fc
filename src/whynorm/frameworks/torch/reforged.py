"""A network built again with one other value in its configuration: where a layer's number comes from."""

import ast
import contextlib
import copy
import inspect
import io
import os
import sys
import time
import types
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import torch
from executing import Source as Executing
from torch import nn

from whynorm.facts import Raised
from whynorm.facts.case import Configured
from whynorm.facts.change import SetText
from whynorm.frameworks.torch import places
from whynorm.frameworks.torch.forward import run_pass, undisturbed
from whynorm.frameworks.torch.recorded import raised_of
from whynorm.frameworks.torch.steps import Step, locals_of
from whynorm.source.alive import UNKNOWN, Scopes, leaves_a_trace, value_of
from whynorm.source.built import reached
from whynorm.source.files import Function, Source, read
from whynorm.source.leaves import written_leaf
from whynorm.source.places import call_at, source_at
from whynorm.source.running import Value, Where, program

LONGEST = 5.0
"""After so many seconds no further value is tried."""
MOST = 24
"""A network whose configuration has a number more often than this is not built again."""

Path = tuple[str | int, ...]


class Given(NamedTuple):
    """What a network's constructor is called with."""

    kind: type[nn.Module]
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]

    def build(self) -> nn.Module:
        """The network, without memory for its weights. Raises what its constructor raises."""
        with undisturbed(), contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with torch.device("meta"), torch.no_grad():
                return self.kind(*self.args, **self.kwargs)

    def absent(self) -> frozenset[str]:
        """The names of what the constructor could be given, and is not."""
        taken = list(inspect.signature(self.kind).parameters)
        return frozenset(taken[len(self.args) :]).difference(self.kwargs)

    def changed(self, path: Path, value: object) -> "Given":
        """The same with another value at the end of a path: an argument's position or keyword, and keys from there."""
        args, kwargs = list(self.args), dict(self.kwargs)
        holder: Any = args if isinstance(path[0], int) else kwargs
        holder[path[0]] = _changed(holder[path[0]], path[1:], value)
        return self._replace(args=tuple(args), kwargs=kwargs)


def configured(
    root: nn.Module, raised: Raised | None, args: Sequence[Any], kwargs: Mapping[str, Any], steps: Sequence[Step]
) -> Configured:
    """For a pass that raised, with what the root was called with."""

    def outcome(given: Given) -> Raised | None:
        made = given.build().train(root.training)
        ended = run_pass(made, args, kwargs, None)
        return raised_of(ended.error) if ended.error is not None else None

    def edit(was: object, value: object) -> SetText | None:
        place = places.built(root, "", root, ())
        source = source_at(place) if place is not None else None
        call = call_at(source, place, type(root).__name__) if source is not None and place is not None else None
        if source is None or place is None or call is None:
            return None
        given = _given(type(root), call, reached(place, source, call), _scopes(steps))
        return None if given is None else _tried(given, outcome, raised, was, value)

    return edit


def configured_construction(exception: BaseException, steps: Sequence[Step]) -> Configured:
    """For a construction that raised, of the outermost network that was being built."""

    def outcome(given: Given) -> Raised | None:
        given.build()
        return None

    def edit(was: object, value: object) -> SetText | None:
        given = being_built(steps)
        return None if given is None else _tried(given, outcome, raised_of(exception), was, value)

    return edit


def being_built(steps: Sequence[Step]) -> Given | None:
    """What the outermost network was given whose constructor is running; None where that cannot be said."""
    number = next((n for n, step in enumerate(steps) if _constructs(step)), 0)
    own = [step for step in steps[:number] if places.owner(step.file) == "user"]
    if not own:
        return None
    caller, kind = own[-1], type(steps[number].owner)
    node, source = _node(caller), read(caller.file)
    at = None if node is None else (node.lineno, node.col_offset)
    call = next((one for one in source.calls if (one.lineno, one.col_offset) == at), None) if source else None
    if source is None or call is None or not issubclass(kind, nn.Module):
        return None
    above = steps[: steps.index(caller) + 1]
    return _given(kind, call, Where(source, source.function(call)), _scopes(above))


def _constructs(step: Step) -> bool:
    return step.function == "__init__" and isinstance(step.owner, nn.Module)


def _tried(
    given: Given, outcome: Callable[[Given], Raised | None], raised: Raised | None, was: object, value: object
) -> SetText | None:
    """Each place of the configuration that holds the value gets the other one: just one of them has to do."""
    begun = time.monotonic()
    if any(map(leaves_a_trace, program())):
        return None  # the program may catch the error, and go on
    paths = [path for path, found in _leaves(given) if type(found) is type(was) and found == was]
    if not paths or len(paths) > MOST or _outcome(given, outcome) != raised:
        return None
    good = []
    for path in paths:
        if time.monotonic() - begun > LONGEST:
            return None
        if _outcome(given.changed(path, value), outcome) is None:
            good.append(path)
    if len(good) != 1:
        return None
    first, *rest = good[0]
    whole = given.args[first] if isinstance(first, int) else given.kwargs[first]
    if not rest and isinstance(first, int):
        return None
    place = written_leaf(whole, rest, was) if rest else written_leaf(given.kwargs, (first,), was)
    return None if place is None or place.column is None else SetText(place, str(was), str(value))


def _outcome(given: Given, outcome: Callable[[Given], Raised | None]) -> Raised | None:
    try:
        return outcome(given)
    except Exception as error:  # noqa: BLE001  what the constructor raises is its outcome
        return raised_of(error)


def _given(kind: type[nn.Module], call: ast.Call, where: Where, scopes: Scopes) -> Given | None:
    """What a call gives a constructor; None where a value would have to be made by the program's own code."""
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    for one in call.args:
        starred = isinstance(one, ast.Starred)
        value = value_of(Value(one.value if isinstance(one, ast.Starred) else one, where), scopes)
        if value is UNKNOWN or (starred and not isinstance(value, list | tuple)):
            return None
        args += value if starred else [value]
    for keyword in call.keywords:
        value = value_of(Value(keyword.value, where), scopes)
        if value is UNKNOWN or (keyword.arg is None and not isinstance(value, Mapping)):
            return None
        kwargs |= dict(value) if keyword.arg is None else {keyword.arg: value}
    return Given(kind, tuple(args), kwargs)


def _leaves(given: Given) -> Iterator[tuple[Path, object]]:
    handed: list[tuple[str | int, Any]] = [*enumerate(given.args), *given.kwargs.items()]
    for first, value in handed:
        yield from (((first, *path), leaf) for path, leaf in _inside(value, 0))


def _inside(value: Any, depth: int) -> Iterator[tuple[Path, object]]:
    """The plain values in nested containers, and in objects that are nothing but names and values."""
    if isinstance(value, int | float | str):
        yield (), value
        return
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list | tuple) else ()
    if not inner and _is_namespace(value):
        inner = vars(value).items()
    for key, one in inner if depth < 8 else ():
        if isinstance(key, str | int):
            yield from (((key, *path), leaf) for path, leaf in _inside(one, depth + 1))


def _is_namespace(value: Any) -> bool:
    return not isinstance(value, type | nn.Module | torch.Tensor) and not callable(value) and hasattr(value, "__dict__")


def _changed(value: Any, path: Path, new: object) -> Any:
    if not path:
        return new
    key = path[0]
    if isinstance(value, tuple):
        parts = [_changed(one, path[1:], new) if number == key else one for number, one in enumerate(value)]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    made = copy.copy(value)
    if isinstance(value, dict | list):
        made[key] = _changed(value[key], path[1:], new)  # type: ignore[index]
    else:
        vars(made)[str(key)] = _changed(vars(value)[str(key)], path[1:], new)
    return made


def _node(step: Step) -> ast.Call | None:
    node = Executing.executing(types.TracebackType(None, step.frame, step.instruction, step.line)).node
    return node if isinstance(node, ast.Call) else None


def _scopes(steps: Sequence[Step]) -> Scopes:
    """The variables of the functions among the frames, and of the program's modules."""

    def scope(source: Source, function: Function | ast.Lambda | None) -> Mapping[str, Any]:
        if function is None:
            return _module(source.file)
        first = min([function.lineno, *(one.lineno for one in getattr(function, "decorator_list", []))])
        for step in reversed(steps):
            code = step.frame.f_code
            same = os.path.realpath(code.co_filename) == os.path.realpath(source.file)
            if same and code.co_name == getattr(function, "name", "<lambda>") and code.co_firstlineno == first:
                return locals_of(step.frame)
        return {}

    return scope


def _module(file: str) -> Mapping[str, Any]:
    for module in list(sys.modules.values()):
        own = getattr(module, "__file__", None)
        if isinstance(own, str) and os.path.realpath(own) == os.path.realpath(file):
            return vars(module)
    return {}
