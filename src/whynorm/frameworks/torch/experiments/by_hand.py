"""Norms that a program writes itself, in a network that it runs in 16 bits.

Such a class is found by its source where a network is converted to 16 bits, or run under autocast: a `forward` that
squares (or takes a deviation) and divides by a root. Its calls are looked at from then on, each new shape once.
"""

import ast
import inspect
import sys
import textwrap
import types
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from whynorm.frameworks.torch import weave
from whynorm.frameworks.torch.experiments import HALF
from whynorm.frameworks.torch.versions import is_plain_execution, uncompiled
from whynorm.frameworks.unobserved import OWN, unobserved

if TYPE_CHECKING:
    from whynorm.facts.measured import Precision

Seen = Callable[[nn.Module, torch.Tensor, "Precision", types.FrameType], None]

_SQUARES = {"pow", "square", "var", "std", "norm", "var_mean", "std_mean", "vector_norm"}
_ROOTS = {"sqrt", "rsqrt", "std", "norm", "std_mean", "vector_norm"}
MOST_VALUES = 1 << 22
MOST_WEIGHTS = 1 << 22
MOST_SHAPES = 8

_looked_at: set[type] = set()
_seen: list[Seen] = []
_woven: list[weave.Undo | None] = []
_shapes: dict[type, set[object]] = {}


def install(seen: Seen) -> weave.Undo:
    """Have `seen(norm, given, precision, frame)` called where such a norm fails in 16 bits; what undoes it."""
    undo: list[weave.Undo | None] = [
        weave.at_call(nn.Module.half, ("self",), _converted),
        weave.at_call(nn.Module.to, ("self", "args", "kwargs"), _maybe_converted),
        weave.at_call(torch.autocast.__enter__, ("self",), _entered),
    ]
    _seen.append(seen)

    def undo_all() -> None:
        _seen.remove(seen)
        for one in (*undo, *_woven):
            if one is not None:
                one()
        _woven.clear()
        _looked_at.clear()

    return undo_all


@uncompiled
def _maybe_converted(module: nn.Module, args: Any, kwargs: Any) -> None:
    if any(value in HALF for value in (*args, *kwargs.values()) if isinstance(value, torch.dtype)):
        _watch_in(module)


@uncompiled
def _converted(module: nn.Module) -> None:
    _watch_in(module)


@uncompiled
def _entered(autocast: object) -> None:
    """The networks that the frame which enters autocast has names for."""
    frame: types.FrameType | None = sys._getframe(3)
    if frame is not None and getattr(autocast, "fast_dtype", None) in HALF:
        from whynorm.frameworks.torch.steps import locals_of

        names = {name: frame.f_globals.get(name) for name in frame.f_code.co_names}
        for value in (*locals_of(frame).values(), *names.values()):
            if isinstance(value, nn.Module):
                _watch_in(value)


def _watch_in(module: nn.Module) -> None:
    for part in module.modules():
        kind = type(part)
        if kind not in _looked_at:
            _looked_at.add(kind)
            forward = vars(kind).get("forward")
            if isinstance(forward, types.FunctionType) and not part._modules and _is_norm(kind, forward):
                _woven.append(weave.at_call(forward, forward.__code__.co_varnames[:2], _called))


def _is_norm(kind: type, forward: types.FunctionType) -> bool:
    """Whether a class's `forward` normalises its one argument."""
    if kind.__module__.startswith("torch.") or forward.__code__.co_argcount != 2:
        return False
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(forward)))
    except (OSError, TypeError, SyntaxError):
        return False
    names = set(_names(tree))
    return bool(names & _SQUARES and names & _ROOTS)


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            func = node.func
            yield func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
        elif isinstance(node, ast.BinOp):
            if isinstance(node.op, ast.Pow) and isinstance(node.right, ast.Constant):
                yield "square" if node.right.value == 2 else "sqrt" if node.right.value in (0.5, -0.5) else ""
            elif isinstance(node.op, ast.Mult) and ast.dump(node.left) == ast.dump(node.right):
                yield "square"


@uncompiled
def _called(norm: nn.Module, given: object) -> None:
    if not _seen or OWN.busy or not isinstance(given, torch.Tensor) or given.dtype not in HALF:
        return
    shapes = _shapes.setdefault(type(norm), set())
    if given.shape in shapes or len(shapes) >= MOST_SHAPES or not is_plain_execution():
        return
    shapes.add(given.shape)
    with unobserved():
        found = _precision(norm, given)
    if found is not None:
        for seen in _seen:
            seen(norm, given, found, sys._getframe(2))


def _precision(norm: nn.Module, given: torch.Tensor) -> "Precision | None":
    """The norm's own result in 16 bits against that of a copy in float32."""
    from whynorm.frameworks.torch.experiments.precision import compared

    if given.numel() > MOST_VALUES or sum(one.numel() for one in norm.parameters()) > MOST_WEIGHTS:
        return None
    try:
        with torch.no_grad():
            if not bool(given.isfinite().all()):
                return None
            got = deepcopy(norm)(given.detach())
            with torch.autocast(given.device.type, enabled=False):
                wanted = deepcopy(norm).float()(given.detach().float())
    except Exception:  # noqa: BLE001  what cannot be repeated is not known
        return None
    if not isinstance(got, torch.Tensor) or not isinstance(wanted, torch.Tensor) or got.shape != wanted.shape:
        return None
    eps = next((value for name, value in vars(norm).items() if "eps" in name and isinstance(value, float)), None)
    return compared(got, wanted, given, eps)
