"""The nodes of a model run one by one, each in a session of its own that is made once."""

from collections.abc import Iterator, Mapping
from math import prod
from typing import Any, NamedTuple

import numpy
import onnx
import onnxruntime
from onnx import helper, numpy_helper

MOST = 1e11
"""So many multiplications are done for one pass, not more."""


class TooMuch(Exception):
    """A pass that would take too long."""


class Ran(NamedTuple):
    """One node that was run."""

    node: onnx.NodeProto
    values: list[Any]
    """What it got, in the order of its inputs; None for one that it does without."""
    outputs: list[Any]
    raised: Exception | None = None


class Evaluator:
    """One model."""

    def __init__(self, model: onnx.ModelProto, most: float = MOST) -> None:
        self.model = model
        self.most = most
        self.weights = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
        self.inputs = [one for one in model.graph.input if one.name not in self.weights]
        self._sessions: dict[int, Any] = {}
        self._options = onnxruntime.SessionOptions()
        self._options.log_severity_level = 4
        self._options.intra_op_num_threads = 1
        self._options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL

    def run(self, feeds: Mapping[str, Any]) -> Iterator[Ran]:
        """Every node in its order, up to the one that raises. Raises `TooMuch`."""
        known = {**self.weights, **feeds, "": None}
        done = 0.0
        for number, node in enumerate(self.model.graph.node):
            values = [known[name] for name in node.input]
            done += _work(node, values)
            if done > self.most:
                raise TooMuch
            try:
                outputs = self._node(number, node, known)
            except Exception as error:  # noqa: BLE001 - what the runtime refuses is the node's outcome
                yield Ran(node, values, [], error)
                return
            known.update(zip(node.output, outputs, strict=True))
            yield Ran(node, values, outputs)

    def takes(self, feeds: Mapping[str, Any]) -> Exception | None:
        """What the runtime says to the inputs' ranks and sizes, as the file declares them; None if it takes them."""
        nodes = [helper.make_node("Identity", [one.name], [f"{one.name}'"]) for one in self.inputs]
        outputs = [helper.make_empty_tensor_value_info(f"{one.name}'") for one in self.inputs]
        try:
            session = self._session(helper.make_graph(nodes, "inputs", self.inputs, outputs))
            session.run(None, dict(feeds))
        except Exception as error:  # noqa: BLE001 - what the runtime refuses is the answer
            return error
        return None

    def _node(self, number: int, node: onnx.NodeProto, known: Mapping[str, Any]) -> list[Any]:
        names = list(dict.fromkeys([*(name for name in node.input if name), *_from_outside(node)]))
        names = [name for name in names if name in known]
        if number not in self._sessions:
            inputs = [_of_type(name, known[name]) for name in names]
            outputs = [helper.make_empty_tensor_value_info(name) for name in node.output if name]
            self._sessions[number] = self._session(helper.make_graph([node], "node", inputs, outputs))
        found = iter(self._sessions[number].run(None, {name: known[name] for name in names}))
        return [next(found) if name else None for name in node.output]

    def _session(self, graph: onnx.GraphProto) -> Any:
        model = helper.make_model(
            graph,
            opset_imports=self.model.opset_import,
            ir_version=self.model.ir_version,
            functions=list(self.model.functions),
        )
        return onnxruntime.InferenceSession(model.SerializeToString(), self._options, ["CPUExecutionProvider"])


def _of_type(name: str, value: Any) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(numpy.asarray(value).dtype), None)


def _from_outside(node: onnx.NodeProto) -> Iterator[str]:
    """What the graphs inside a node take from around it."""
    for attribute in node.attribute:
        for graph in (*attribute.graphs, *([attribute.g] if attribute.HasField("g") else [])):
            own = {one.name for one in (*graph.input, *graph.initializer)}
            for inner in graph.node:
                yield from (name for name in (*inner.input, *_from_outside(inner)) if name and name not in own)
                own.update(inner.output)


def _work(node: onnx.NodeProto, values: list[Any]) -> float:
    """About how many multiplications a node does."""
    shapes = [value.shape for value in values if value is not None and hasattr(value, "shape")]
    if len(shapes) < 2 or node.op_type not in ("Conv", "ConvTranspose", "Gemm", "MatMul"):
        return float(sum(map(prod, shapes)))
    if node.op_type in ("Conv", "ConvTranspose"):
        strides = next((one.ints for one in node.attribute if one.name == "strides"), [1])
        factor = prod(strides) if node.op_type == "Conv" else 1
        return float(prod(shapes[0][:1]) * prod(shapes[0][2:]) * prod(shapes[1]) / max(1, factor))
    return float(prod(shapes[0]) * (shapes[1][-1] if shapes[1] else 1))
