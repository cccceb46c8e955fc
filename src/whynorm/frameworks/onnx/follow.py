"""Following the shapes through an ONNX model."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy
import onnx
import onnxruntime
from onnx import helper

from whynorm.errors import UsageError
from whynorm.facts import Call, Raised, Trace, Trial, Value, Verdict
from whynorm.facts.change import Change, Feed, Transform
from whynorm.frameworks.onnx.evaluate import Evaluator, Ran, TooMuch
from whynorm.frameworks.onnx.nodes import ranks, reading, role, settings
from whynorm.frameworks.room import Followed
from whynorm.report import Framework

TOO_MUCH = "the file is too large to be run here, and ONNX has no other way to tell"


def framework() -> Framework:
    """ONNX, with the version of the runtime that is asked."""
    return Framework("onnx", str(onnxruntime.__version__))


def follow(model: Any, inputs: Sequence[object], keywords: Mapping[str, object]) -> Followed:
    """Run the nodes of a model one by one. Raises `UsageError` for inputs that it does not have."""
    evaluator = Evaluator(model)
    feeds = made(evaluator, inputs, keywords)
    return followed(evaluator, feeds)


def followed(evaluator: Evaluator, feeds: Mapping[str, Any]) -> Followed:
    """One pass, with the inputs given by name."""
    numbers: dict[str, int] = {}
    given = [_value(name, array, numbers) for name, array in feeds.items()]
    calls: list[Call] = []
    refused = evaluator.takes(feeds)
    unknown = None
    if refused is not None:
        ranks = tuple(len(one.type.tensor_type.shape.dim) for one in evaluator.inputs)
        calls.append(Call("the file", path="", inputs=tuple(given), raised=raised_of(refused), ranks=ranks[:1]))
    else:
        try:
            calls += (_call(ran, evaluator, numbers) for ran in evaluator.run(feeds))
        except TooMuch:
            unknown = TOO_MUCH
    raised = calls[-1].raised if calls else None
    return Followed(
        framework(),
        "raises" if raised is not None else "completes" if unknown is None else "unknown",
        Trace(given, calls),
        raised=raised,
        trial=lambda call: _trial(evaluator, feeds, call),
        unknown=unknown,
    )


def raised_of(error: Exception) -> Raised:
    """What the runtime said."""
    return Raised(type(error).__name__, str(error))


def _call(ran: Ran, evaluator: Evaluator, numbers: dict[str, int]) -> Call:
    node = ran.node
    fixed = [name in evaluator.weights or not name for name in node.input]
    weights = [None if value is None else tuple(numpy.shape(value)) for value in ran.values]
    attributes = {one.name: helper.get_attribute_value(one) for one in node.attribute}
    arguments = settings(node.op_type, attributes, weights)
    shape = weights[0] if weights else None
    scaled = len(weights) > 1
    number = arguments.get("num_features", arguments.get("normalized_shape"))
    number = number[0] if isinstance(number, tuple) and len(number) == 1 else number
    return Call(
        type=node.op_type,
        role=role(node.op_type, fixed),
        path=node.name or next(iter(node.output), ""),
        built_as=f"{node.op_type}({number})" if number is not None else node.op_type,
        inputs=tuple(
            _value(name, value, numbers)
            for name, value, weight in zip(node.input, ran.values, fixed, strict=True)
            if not weight and value is not None
        ),
        outputs=tuple(
            _value(name, value, numbers)
            for name, value in zip(node.output, ran.outputs, strict=False)  # none where it raised
            if value is not None
        ),
        arguments=arguments,
        reading=reading(node.op_type, shape, arguments, scaled) if shape else None,
        training=False,
        ranks=ranks(node.op_type, weights),
        raised=None if ran.raised is None else raised_of(ran.raised),
    )


def _value(name: str, array: Any, numbers: dict[str, int]) -> Value:
    held = numpy.asarray(array) if not isinstance(array, list) else numpy.empty(len(array))
    return Value(numbers.setdefault(name, len(numbers) + 1), tuple(held.shape), str(held.dtype))


def _trial(evaluator: Evaluator, feeds: Mapping[str, Any], call: Call) -> Trial:
    """How changes are tried for one call: other inputs only, for a file's nodes are as they are."""

    def tried(changes: Sequence[Change]) -> Verdict:
        changed = dict(feeds)
        for change in changes:
            if not isinstance(change, (Feed, Transform)) or getattr(change, "path", None) is not None:
                return Verdict(None)
            name = list(feeds)[change.input] if isinstance(change.input, int) else change.input
            try:
                changed[name] = _changed(changed[name], change)
            except (ValueError, TypeError, IndexError, KeyError):  # no such axis, type or input
                return Verdict(None)
        ended = followed(evaluator, changed)
        if ended.outcome == "unknown":
            return Verdict(None)
        if ended.outcome == "raises":
            return Verdict(False, raised=ended.raised)
        if any(again.path == call.path and _one_value(again) for again in ended.trace.calls):
            return Verdict(False)
        last = [value.shape for again in ended.trace.calls[-1:] for value in again.outputs]
        return Verdict(True, tuple(last))

    return tried


def _one_value(call: Call) -> bool:
    """Whether it gives a constant, which the runtime says nothing of."""
    return call.reading is not None and call.shape is not None and call.reading.values(call.shape) == 1


def _changed(array: Any, change: Feed | Transform) -> Any:
    if isinstance(change, Feed):
        return _numbers(change.shape, change.dtype or array.dtype)
    arguments: Any = change.arguments
    if change.operation == "pad":  # as torch has it: the last axis first, each before and behind
        pairs = list(zip(arguments[::2], arguments[1::2], strict=True))[::-1]
        return numpy.pad(array, [(0, 0)] * (array.ndim - len(pairs)) + pairs)
    if change.operation in ("transpose", "swapaxes"):
        return numpy.swapaxes(array, *arguments)
    if change.operation == "flatten":
        raise ValueError(change.operation)
    name = {"unsqueeze": "expand_dims", "permute": "transpose", "to": "asarray"}.get(change.operation, change.operation)
    return getattr(numpy, name)(array, arguments if change.operation == "permute" else arguments[0])


def made(evaluator: Evaluator, inputs: Sequence[object], keywords: Mapping[str, object]) -> dict[str, Any]:
    """The inputs by name, shapes filled with small numbers. Raises `UsageError`."""
    names = [one.name for one in evaluator.inputs]
    given = dict(zip(names, inputs, strict=False)) | dict(keywords)
    wrong = [name for name in given if name not in names]
    missing = [name for name in names if name not in given]
    if wrong or missing or len(inputs) > len(names):
        takes = ", ".join(f"{one.name} ({_declared(one)})" for one in evaluator.inputs)
        raise UsageError(f"the file takes {takes}; give a shape for each")
    return {one.name: _made(one, given[one.name]) for one in evaluator.inputs}


def _declared(one: onnx.ValueInfoProto) -> str:
    sizes = one.type.tensor_type.shape.dim
    return ", ".join(str(size.dim_value) if size.HasField("dim_value") else size.dim_param or "?" for size in sizes)


def _made(one: onnx.ValueInfoProto, value: Any) -> Any:
    declared = helper.tensor_dtype_to_np_dtype(one.type.tensor_type.elem_type)
    if isinstance(value, numpy.ndarray):
        return value
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        return value.detach().cpu().numpy()
    shape, dtype = value, declared
    if isinstance(value, tuple | list) and len(value) == 2 and isinstance(value[0], tuple | list):
        shape = value[0]
        try:
            dtype = numpy.dtype(value[1])
        except TypeError:
            raise UsageError(f"{one.name}: NumPy knows no type {value[1]!r}") from None
    if not isinstance(shape, tuple | list) or not all(isinstance(size, int) and size >= 0 for size in shape):
        raise UsageError(f"{one.name}: {value!r} is no shape")
    return _numbers(tuple(shape), dtype)


def _numbers(shape: Sequence[int], dtype: Any) -> Any:
    """Numbers of a type: ordinary ones, valid small indices, True."""
    dtype = numpy.dtype(dtype)
    if dtype.kind == "b":
        return numpy.ones(shape, dtype)
    if dtype.kind in "iu":
        return numpy.zeros(shape, dtype)
    return numpy.random.default_rng(0).standard_normal(shape, dtype="float32").astype(dtype)
