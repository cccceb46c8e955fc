"""Changes tried out: the forward pass again with a layer rebuilt, a tensor transformed, another input."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import nn

from whynorm.facts import Trial, Verdict
from whynorm.facts.change import (
    Adapt,
    Change,
    Feed,
    Meet,
    Mode,
    Rebuild,
    Recall,
    Reduce,
    Rekey,
    Relearn,
    Remove,
    Renew,
    Resize,
    Split,
    Supply,
    Transform,
    Vary,
)
from whynorm.frameworks.torch import inputs as given
from whynorm.frameworks.torch import layers
from whynorm.frameworks.torch.forward import Outcomes, run_pass
from whynorm.frameworks.torch.record import Pass
from whynorm.frameworks.torch.recorded import Recorded, dtype_name, raised_of
from whynorm.frameworks.torch.twins import shapes_in, tensors_in


class NotPossible(Exception):
    """A change that cannot be carried out on this model."""


def trial(
    root: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    training: bool | None,
    first: Outcomes,
    *,
    going_on: bool,
) -> Trial:
    """How changes are tried for one call of this pass; `going_on` past faults, where the pass has several.

    `first` is the pass without changes.
    """

    def tried(changes: Sequence[Change]) -> Verdict:
        try:
            if _alters_nothing(root, changes, first):
                return Verdict(True, shapes_in((first.outputs,)))
            changed_args, changed_kwargs = fed(changes, args, kwargs)
            ended = run_pass(
                _root(root, changes),
                changed_args,
                changed_kwargs,
                training,
                lambda recorded, module: prepare(recorded, module, of_layers(changes)),
                going_on=going_on,
            )
        except NotPossible:
            return Verdict(None)
        if ended.outcome == "unknown":
            return Verdict(None)
        faults = tuple((call.path, call.raised) for call in ended.calls if call.raised is not None)
        if ended.error is not None or faults:
            raised = raised_of(ended.error) if ended.error is not None else faults[0][1]
            return Verdict(False, raised=raised, faults=faults)
        return Verdict(True, shapes_in((ended.outputs,)))

    return tried


def _alters_nothing(root: Callable[..., Any], changes: Sequence[Change], first: Outcomes) -> bool:
    """Whether the pass completed, and layers built anew give in each of its calls what they gave: so does the rest.

    Then those layers alone are called again, and not the network around them.
    """
    if first.outcome != "completes" or first.recorded.twins.real or not isinstance(root, nn.Module):
        return False
    for change in changes:
        if not isinstance(change, Rebuild) or change.path == "":
            return False
        calls = [call for call in first.calls if call.path == change.path]
        layer = rebuilt(at_path(root, change.path), change)
        if not calls or any(not _gives_the_same(layer, call) for call in calls):
            return False
    return True


def _gives_the_same(layer: nn.Module, call: Recorded) -> bool:
    """Whether this layer gives tensors of the shapes and types that this call gave, for tensors like the call's."""
    args = [given.of_shape(value.shape, dtype) for value in call.inputs if (dtype := given.dtype_of(value.dtype))]
    ended = run_pass(layer, args, {}, call.training)
    gave = [(tuple(tensor.shape), dtype_name(tensor.dtype)) for tensor in tensors_in((ended.outputs,))]
    return ended.outcome == "completes" and gave == [(value.shape, value.dtype) for value in call.outputs]


def of_layers(changes: Sequence[Change]) -> list[Change]:
    """Those that do not put another root in the place of the root."""
    return [change for change in changes if not _of_root(change)]


def _of_root(change: Change) -> bool:
    return isinstance(change, (Rebuild, Remove)) and change.path == ""


def _root(root: Callable[..., Any], changes: Sequence[Change]) -> Callable[..., Any]:
    """The root as the changes want it, where it is itself the layer that changes."""
    for change in changes:
        if isinstance(change, Rebuild) and change.path == "":
            if not isinstance(root, nn.Module):
                raise NotPossible("a plain function is not built")
            made: Callable[..., Any] = rebuilt(root, change)
            return made
        if isinstance(change, Remove) and change.path == "":
            nothing: Callable[..., Any] = nn.Identity()
            return nothing
    return root


def fed(
    changes: Sequence[Change], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The root's inputs as the changes want them."""
    positional, named = list(args), dict(kwargs)
    for change in changes:
        if isinstance(change, (Feed, Transform)) and getattr(change, "path", None) is None:
            holder: Any = positional if isinstance(change.input, int) else named
            try:
                old = holder[change.input]
            except (IndexError, KeyError):
                raise NotPossible(f"no input {change.input!r}") from None
            holder[change.input] = _feed(change, old) if isinstance(change, Feed) else _transformed(change, old)
    return tuple(positional), named


def _feed(change: Feed, old: Any) -> torch.Tensor:
    if not isinstance(old, torch.Tensor):
        raise NotPossible("the input is no tensor")
    dtype = given.dtype_of(change.dtype) if change.dtype is not None else old.dtype
    if dtype is None:
        raise NotPossible(f"no type {change.dtype}")
    return given.of_shape(change.shape, dtype)


def _transformed(change: Transform, tensor: Any) -> Any:
    if not isinstance(tensor, torch.Tensor):
        raise NotPossible("the input is no tensor")
    with torch.no_grad():
        if change.operation == "to":
            dtype = given.dtype_of(change.arguments[0]) if change.arguments else None
            if dtype is None:
                raise NotPossible(f"no type {change.arguments}")
            return tensor.to(dtype)
        arguments: Any = change.arguments
        if change.operation == "pad":
            return nn.functional.pad(tensor, arguments)
        try:
            return getattr(tensor, change.operation)(*arguments)
        except (RuntimeError, IndexError, TypeError, ValueError) as error:
            raise NotPossible(str(error)) from None


def prepare(recorded: Pass, root: nn.Module | None, changes: Sequence[Change]) -> None:
    """Put the changes of layers into the twins; all of it is undone with them."""
    for change in changes:
        if isinstance(change, Recall):
            recorded.recalls.append(change)
            continue
        if isinstance(change, Reduce):
            recorded.reduced.append(change)
            continue
        if isinstance(change, Adapt):
            recorded.adapts.append(change)
            continue
        if isinstance(change, Meet):
            recorded.meets.append(change)
            continue
        if isinstance(change, Feed | Vary) or (isinstance(change, Transform) and change.path is None):
            continue
        if isinstance(change, Relearn | Rekey | Renew | Supply | Split):
            raise NotPossible("it shows in a program that runs")
        if root is None:
            raise NotPossible("a plain function has no layers")
        assert change.path is not None
        layer = at_path(root, change.path)
        if isinstance(change, Mode):
            for module in layer.modules():
                module.training = change.training
        elif isinstance(change, Transform):
            recorded.before_call[id(layer)] = entering = _Entering(change)
            if change.back:
                recorded.after_call[id(layer)] = entering.back
        elif isinstance(change, Remove):
            _put(recorded, root, layer, nn.Identity().train(layer.training))
        elif isinstance(change, Resize):
            _resize(layer, change)
        elif isinstance(change, Rebuild):
            _put(recorded, root, layer, rebuilt(layer, change))
        else:
            raise NotPossible("it is no change of a layer of PyTorch's")


def _resize(layer: nn.Module, change: Resize) -> None:
    """The layer's own tensors in other shapes; its dictionaries of them are twins already."""
    for name, shape in change.shapes.items():
        for tensors in (layer._parameters, layer._buffers):
            old = tensors.get(name)
            if old is not None:
                tensors[name] = old.new_zeros(shape)


class _Entering:
    """Changes what goes into a layer, and undoes it on what comes out."""

    def __init__(self, change: Transform) -> None:
        self.change = change
        self.dtype: torch.dtype | None = None
        self.shape: Sequence[int] = ()
        """With the type: those of what came last, before it was changed."""

    def __call__(self, args: Any, kwargs: Any) -> tuple[Any, Any]:
        number = self.change.input if isinstance(self.change.input, int) else 0
        if number >= len(args):
            raise NotPossible("the layer gets no such input")
        self.dtype = getattr(args[number], "dtype", None)
        self.shape = getattr(args[number], "shape", ())
        return (*args[:number], _transformed(self.change, args[number]), *args[number + 1 :]), kwargs

    def back(self, tensor: Any) -> Any:
        """The transformation undone on an output."""
        if not isinstance(tensor, torch.Tensor):
            return tensor
        operation = self.change.operation
        arguments: Any = self.change.arguments
        if operation == "permute":
            order = arguments[0] if len(arguments) == 1 and isinstance(arguments[0], (tuple, list)) else arguments
            order = [axis % tensor.ndim for axis in order]
            return tensor.permute(*(order.index(axis) for axis in range(len(order))))
        if operation in ("transpose", "swapaxes"):
            return tensor.transpose(*arguments)
        if operation == "unsqueeze":
            return tensor.squeeze(*arguments)
        if operation == "squeeze":
            return tensor.unsqueeze(*arguments)
        if operation == "to":
            return tensor.to(self.dtype)
        if operation == "flatten":
            first, last = (axis % len(self.shape) for axis in (*arguments, -1)[:2])
            return tensor.unflatten(first, self.shape[first : last + 1])
        raise NotPossible(f"{operation} is not undone")


def at_path(root: nn.Module, path: str) -> nn.Module:
    """The layer at this path."""
    try:
        return root.get_submodule(path)
    except AttributeError:
        raise NotPossible(f"no layer at {path}") from None


def _put(recorded: Pass, root: nn.Module, old: nn.Module, new: nn.Module) -> None:
    replace(root, old, new)
    recorded.replaced(root, new)


def replace(root: nn.Module, old: nn.Module, new: nn.Module) -> None:
    """Put a layer in another's place, under every name; the parents' dictionaries are twins already."""
    if old is root:
        raise NotPossible("the root itself is not replaced")
    for parent in list(root.modules()):
        for name, child in parent._modules.items():
            if child is old:
                parent._modules[name] = new


def rebuilt(layer: nn.Module, change: Rebuild) -> nn.Module:
    """The layer built anew: the settings it remembers that the new type takes as well, and the changed ones."""
    kind: Any = type(layer) if change.type is None else getattr(nn, change.type, None)
    if change.type is not None and kind is None:
        raise NotPossible(f"torch.nn has no {change.type}")
    known = {**layers.settings(layer), **change.arguments}
    taken = layers.takes(kind)
    settings = {name: value for name, value in known.items() if name in taken}
    if set(change.arguments) - set(taken):
        raise NotPossible(f"{kind.__name__} does not take {sorted(set(change.arguments) - set(taken))}")
    dtype = next((p.dtype for p in layer.parameters() if p.dtype.is_floating_point), None)
    try:
        with torch.device("meta"):
            made: nn.Module = kind(**settings)
    except Exception as error:  # noqa: BLE001  a setting that the constructor refuses is a trial that failed
        raise NotPossible(str(error)) from None
    if dtype is not None:
        made = made.to(dtype)
    return made.train(layer.training)
