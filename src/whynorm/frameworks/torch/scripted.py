"""What TorchScript runs outside of Python, followed on a copy by what reaches the dispatcher."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from whynorm.facts import Call, Location, Raised, Trace, Value, Verdict
from whynorm.facts.change import Change, Feed, Transform
from whynorm.frameworks.room import Followed
from whynorm.frameworks.torch import layers, operations, places
from whynorm.frameworks.torch.follow import framework
from whynorm.frameworks.torch.forward import REAL_VALUES, undisturbed
from whynorm.frameworks.torch.inputs import of_shape
from whynorm.frameworks.torch.recorded import dtype_name, raised_of
from whynorm.frameworks.torch.steps import ModuleCall
from whynorm.frameworks.torch.trial import NotPossible, fed
from whynorm.frameworks.torch.twins import mapped, shapes_in, tensors_in
from whynorm.source.built import Part
from whynorm.source.built import built as read_built
from whynorm.source.files import read

_NAMES = {
    "convolution": "conv2d",
    "_convolution": "conv2d",
    "native_batch_norm": "batch_norm",
    "native_group_norm": "group_norm",
    "native_layer_norm": "layer_norm",
    "max_pool2d_with_indices": "max_pool2d",
    "max_pool3d_with_indices": "max_pool3d",
    "_adaptive_avg_pool2d": "adaptive_avg_pool2d",
    "_adaptive_avg_pool3d": "adaptive_avg_pool3d",
    "addmm": "linear",
    "mm": "linear",
}
"""The dispatcher's names for what a program calls otherwise."""


def scripted(call: ModuleCall, exception: BaseException, hints: Mapping[str, object]) -> Followed | None:
    """Follow the call of a module of TorchScript again; None where it is too large, or ends otherwise."""
    tensors = [*call.module.parameters(), *call.module.buffers(), *tensors_in((call.args, call.kwargs))]
    if sum(tensor.numel() for tensor in tensors) > REAL_VALUES or any(tensor.is_meta for tensor in tensors):
        return None
    seen = _run(call.module, call.args, call.kwargs)
    if seen.error is None or not seen.ended_as(exception):
        return None
    raised = raised_of(exception)
    calls = seen.calls_until(raised)

    def trial(changes: Sequence[Change]) -> Verdict:
        if not all(isinstance(change, Feed) or _of_input(change) for change in changes):
            return Verdict(None)
        try:
            args, kwargs = fed(changes, call.args, call.kwargs)
        except NotPossible:
            return Verdict(None)
        again = _run(call.module, args, kwargs)
        if again.error is not None:
            return Verdict(False, raised=raised_of(again.error))
        return Verdict(True, shapes_in((again.outputs,)))

    made_as_it_is = frozenset(name for name, _ in call.module.named_modules())
    return Followed(
        framework(),
        "raises",
        Trace(seen.inputs, calls),
        raised=raised,
        hints={**hints, "trained": made_as_it_is},
        trial=lambda _: trial,
    )


def _of_input(change: Change) -> bool:
    return isinstance(change, Transform) and change.path is None


def _run(module: nn.Module, args: Sequence[Any], kwargs: Mapping[str, Any]) -> "_Seen":
    """One call of a copy of the module, on copies of the inputs; what is only abstract becomes ordinary numbers."""
    with undisturbed(), torch.no_grad():
        own = copy.deepcopy(module)
        given = mapped(tuple(args), _copied), mapped(dict(kwargs), _copied)
        seen = _Seen(own, tensors_in(given))
        try:
            with seen:
                seen.outputs = own(*given[0], **given[1])
        except Exception as error:  # noqa: BLE001  whatever a model raises is its outcome
            seen.error = error
    return seen


def _copied(tensor: torch.Tensor) -> torch.Tensor:
    if not tensor.is_meta:
        return tensor.detach().clone()
    return torch.rand(tensor.shape, dtype=tensor.dtype) if tensor.is_floating_point() else of_shape(
        tensor.shape, tensor.dtype
    )  # fmt: skip


class _Seen(TorchDispatchMode):  # type: ignore[misc]
    """The operations that reach the dispatcher, as calls."""

    def __init__(self, module: nn.Module, given: Sequence[torch.Tensor]) -> None:
        super().__init__()
        self.module = module
        self.error: BaseException | None = None
        self.outputs: Any = None
        self.calls: list[Call] = []
        self._modules = dict(module.named_modules())
        self._kept: list[torch.Tensor] = []
        self._numbers: dict[int, int] = {}
        self._paths = {
            weight.data_ptr(): name.rpartition(".")[0]
            for name, weight in (*module.named_parameters(), *module.named_buffers())
        }
        self.inputs = tuple(map(self._value, given))

    def _value(self, tensor: torch.Tensor) -> Value:
        self._kept.append(tensor)  # so that no other tensor gets its identity
        number = self._numbers.setdefault(id(tensor), len(self._numbers) + 1)
        return Value(number, tuple(tensor.shape), dtype_name(tensor.dtype))

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = func._schema.name.removeprefix("aten::")
        given = tensors_in((args, kwargs or {}))
        try:
            outputs = func(*args, **(kwargs or {}))
        except Exception as error:
            self._record(name, args, given, (), error)
            raise
        self._record(name, args, given, tensors_in((outputs,)), None)
        return outputs

    def _record(
        self, name: str, args: Any, given: Sequence[torch.Tensor], results: Sequence[torch.Tensor], error: Any
    ) -> None:
        owners = [self._paths[tensor.data_ptr()] for tensor in given if tensor.data_ptr() in self._paths]
        flowing = [tensor for tensor in given if tensor.data_ptr() not in self._paths]
        if not flowing or (not results and error is None):
            return
        if name in ("addmm", "mm"):  # its weight is transposed: another view of the same numbers
            flowing = flowing[:1]
        plain, arguments = _NAMES.get(name, name), _arguments(name, args)
        inputs = tuple(map(self._value, flowing))
        role = operations.role(plain, inputs, list(results))
        if role == "conv" and arguments.pop("transposed", False):
            role = "transposed-conv"
        path = owners[0] if owners else None
        self.calls.append(
            Call(
                self._type(path) or plain,
                role,
                path,
                self._built_as(path, arguments),
                inputs,
                tuple(map(self._value, results)),
                arguments,
                built=self._place(path),
                raised=None if error is None else raised_of(error),
                location=None,
            )
        )

    def _type(self, path: str | None) -> str | None:
        return None if path is None else getattr(self._modules[path], "original_name", None)

    def _built_as(self, path: str | None, arguments: Mapping[str, object]) -> str:
        kind = getattr(nn, self._type(path) or "", None)
        return layers.call_text(kind, arguments) if isinstance(kind, type) else ""

    def _place(self, path: str | None) -> Location | None:
        """Where the layer is built, by the names that TorchScript remembers."""
        if path is None:
            return None
        parts, names = [_part("", self.module, 0)], path.split(".") if path else []
        for number, name in enumerate(names):
            around = self._modules[".".join(names[:number])]
            module = self._modules[".".join(names[: number + 1])]
            parts.append(_part(name, module, len(list(around.children()))))
        return read_built(parts)

    def ended_as(self, exception: BaseException) -> bool:
        """Whether it is the same that was raised; what an operation says is lost behind the dispatcher."""
        last = self.calls[-1].raised if self.calls else None
        return last.message in str(exception) if last is not None else str(self.error) == str(exception)

    def calls_until(self, raised: Raised) -> list[Call]:
        """The calls, the last of which raised; where a line of the compiled code did, it is the norm that is next."""
        calls = self.calls
        if not calls or calls[-1].raised is not None:
            return [*calls[:-1], calls[-1]._replace(raised=raised)] if calls else []
        paths = list(self._modules)
        last = next((call.path for call in reversed(calls) if call.path is not None), "")
        behind = paths[paths.index(last) + 1 :]
        norm = next((path for path in behind if "Norm" in (self._type(path) or "")), None)
        return [
            *calls,
            Call(
                self._type(norm) or type(self.module).__name__,
                "norm" if norm is not None else "other",
                norm,
                inputs=calls[-1].outputs[:1],
                built=self._place(norm),
                training=self.module.training,
                raised=raised,
            ),
        ]


def _arguments(name: str, args: Sequence[Any]) -> dict[str, object]:
    """The settings that causes ask for, in the layers' words."""
    found: dict[str, object] = {}
    if name in ("convolution", "_convolution"):
        weight, groups = args[1].shape, args[8]
        found = {
            "in_channels": weight[0] if args[6] else weight[1] * groups,
            "out_channels": weight[1] * groups if args[6] else weight[0],
            "kernel_size": tuple(weight[2:]),
            "stride": tuple(args[3]),
            "padding": tuple(args[4]),
            "dilation": tuple(args[5]),
            "transposed": args[6],
        }
    elif "_pool" in name and len(args) > 2:
        found = {"kernel_size": tuple(args[1]), "stride": tuple(args[2] or args[1])}
    elif name in ("addmm", "mm", "linear"):
        weight = args[-1] if name == "mm" else args[2] if name == "addmm" else args[1].T
        found = {"in_features": weight.shape[0], "out_features": weight.shape[1]}
    elif name in ("native_layer_norm", "layer_norm"):
        found = {"normalized_shape": tuple(args[1])}
    return found


def _part(name: str, module: nn.Module, siblings: int) -> Part:
    kind = getattr(module, "original_name", type(module).__name__)
    layer = getattr(nn, kind, None)
    if layer is not None:
        return Part(name, kind, layer.__init__.__code__.co_filename, siblings)
    defines = (file for file in places.user_files() if (source := read(file)) and f"class {kind}" in source.text)
    return Part(name, kind, next(defines, "<unknown>"), siblings)
