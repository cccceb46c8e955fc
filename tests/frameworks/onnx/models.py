"""Small models of ONNX, made by hand."""

from pathlib import Path
from typing import Any

import numpy
from onnx import ModelProto, TensorProto, helper, numpy_helper, save


class Maker:
    """Collects nodes and weights."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.weights: list[Any] = []
        self.random = numpy.random.default_rng(0)

    def weight(self, *shape: int) -> str:
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(self.random.random(shape, "f4"), name))
        return name

    def numbers(self, *values: int) -> str:
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(numpy.array(values, "i8"), name))
        return name

    def node(self, operator: str, *inputs: str, **settings: Any) -> str:
        name = f"{operator.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [f"{name}_out"], name=name, **settings))
        return f"{name}_out"

    def model(self, output: str, *sizes: int | str, opset: int = 17) -> ModelProto:
        given = helper.make_tensor_value_info("x", TensorProto.FLOAT, list(sizes))
        made = helper.make_tensor_value_info(output, TensorProto.FLOAT, None)
        graph = helper.make_graph(self.nodes, "graph", [given], [made], self.weights)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def unet(halvings: int, scale: int = 4) -> ModelProto:
    """Halvings, an instance norm whose scale is of this size, doublings, joined with the input."""
    make, x, channels = Maker(), "x", 3
    for _ in range(halvings):
        x = make.node("Conv", x, make.weight(4, channels, 3, 3), strides=[2, 2], pads=[1, 1, 1, 1])
        channels = 4
    x = make.node("InstanceNormalization", x, make.weight(scale), make.weight(scale))
    for _ in range(halvings):
        x = make.node("ConvTranspose", x, make.weight(4, 4, 2, 2), strides=[2, 2])
    return make.model(make.node("Concat", "x", x, axis=1), "N", 3, "H", "W")


def norm(operator: str, shape: tuple[int, ...], *weights: tuple[int, ...], **settings: Any) -> ModelProto:
    """One norm."""
    make = Maker()
    output = make.node(operator, "x", *(make.weight(*sizes) for sizes in weights), **settings)
    return make.model(output, *shape)


def saved(model: ModelProto, folder: Path) -> str:
    """The model as a file; its name."""
    name = folder / "model.onnx"
    save(model, str(name))
    return str(name)
