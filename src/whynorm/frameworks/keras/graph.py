"""The graph behind symbolic tensors: what was called so far to write a functional model."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import tree
from keras.src.ops.operation import Operation

from whynorm.facts import Location
from whynorm.frameworks.keras import places


class Replay:
    """The calls that led to symbolic tensors, and one more, as a function of the model's inputs."""

    def __init__(self, last: Operation, args: Any, kwargs: Any, *, grown: bool = False) -> None:
        """`grown`: a `Sequential` calls all its layers again whenever one is added."""
        self._last = last
        self._grown = grown
        self._args, self._kwargs = args, kwargs
        self._nodes = _nodes([thing for thing in tree.flatten((args, kwargs)) if isinstance(thing, keras.KerasTensor)])
        made = {id(output) for node in self._nodes for output in node.outputs if not node.is_input}
        needed = [tensor for node in self._nodes for tensor in node.input_tensors]
        needed += [thing for thing in tree.flatten((args, kwargs)) if isinstance(thing, keras.KerasTensor)]
        self.inputs: list[keras.KerasTensor] = []
        for tensor in needed:
            if id(tensor) not in made and all(tensor is not known for known in self.inputs):
                self.inputs.append(tensor)

    @property
    def layers(self) -> list[keras.Layer]:
        """The layers that are called, in their order."""
        operations = [*(node.operation for node in self._nodes), self._last]
        return [operation for operation in operations if isinstance(operation, keras.Layer)]

    @property
    def new_layers(self) -> list[keras.Layer]:
        """Those that have been called in this graph alone, and so are built for it."""
        layers = self.layers
        calls = [len(layers) - number if self._grown else 1 for number in range(len(layers))]
        return [layer for layer, most in zip(layers, calls, strict=True) if len(layer._inbound_nodes) <= most]

    @property
    def declared(self) -> list[Location | None]:
        """Where the program writes each of the inputs."""
        histories = [getattr(tensor, "_keras_history", None) for tensor in self.inputs]
        return [None if one is None else places.built(one.operation, {}) for one in histories]

    def __call__(self, *inputs: Any) -> Any:
        """Make the calls again on other tensors."""
        known = {id(tensor): given for tensor, given in zip(self.inputs, inputs, strict=True)}

        def given(thing: Any) -> Any:
            return known.get(id(thing), thing)

        for node in self._nodes:
            if node.is_input:
                continue
            args, kwargs = tree.map_structure(given, (node.arguments.args, node.arguments.kwargs))
            outputs = node.operation(*args, **kwargs)
            for tensor, output in zip(node.outputs, tree.flatten(outputs), strict=True):
                known[id(tensor)] = output
        args, kwargs = tree.map_structure(given, (self._args, self._kwargs))
        return self._last(*args, **kwargs)


def _nodes(tensors: Sequence[keras.KerasTensor]) -> list[Any]:
    """The nodes that the tensors came out of, each behind those that fed it."""
    done: list[Any] = []
    seen: set[int] = set()
    waiting = [(tensor, False) for tensor in reversed(tensors)]
    while waiting:
        tensor, fed = waiting.pop()
        history = getattr(tensor, "_keras_history", None)
        if history is None:
            continue
        node = history.operation._inbound_nodes[history.node_index]
        if fed:
            if id(node) not in seen:
                seen.add(id(node))
                done.append(node)
        elif id(node) not in seen:
            waiting.append((tensor, True))
            waiting += [(before, False) for before in reversed(node.input_tensors)]
    return done
