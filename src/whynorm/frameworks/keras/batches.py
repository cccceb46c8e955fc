"""The batches that a trainer's method is about to make of its data, by their shapes."""

from typing import Any, NamedTuple

import keras
from keras import tree

from whynorm.frameworks.keras.tensors import Spec

USUAL = 32
"""The size of a batch where nobody names one."""


class Batches(NamedTuple):
    """Data that are cut into batches."""

    inputs: Any
    """What the model gets: a structure of `Spec`, each with the axis of the samples left open."""
    samples: int | None
    size: int
    pipeline: bool = False
    """Whether a `tf.data` pipeline makes the batches itself."""

    @property
    def first(self) -> int | None:
        """The size of the first batch."""
        return None if self.samples is None else min(self.samples, self.size)

    @property
    def last(self) -> int | None:
        """The size of the last batch, where it is smaller than the others."""
        if self.samples is None or self.samples <= self.size:
            return None
        return self.samples % self.size or None

    @property
    def sizes(self) -> list[int]:
        """Those of the first and the last batch."""
        return [size for size in (self.first, self.last) if size is not None]

    def of(self, size: int | None) -> Any:
        """The inputs of a batch of this size."""

        def cut(spec: Spec) -> Spec:
            first, *rest = spec.shape
            return Spec((size if first is None else first, *rest), spec.dtype)

        return tree.map_structure(cut, self.inputs)


def batches(data: Any, size: object, model: Any = None) -> Batches | None:
    """The batches of arrays, of a pipeline or of a loader whose shapes can be read; None for other sources of data.

    What a loader's samples are like is told by the tensors that they are taken of, else by the `model` that takes them.
    """
    if hasattr(data, "element_spec"):
        return _of_pipeline(data)
    if all(hasattr(data, name) for name in ("dataset", "batch_size", "drop_last")):
        return _of_loader(data, model)
    arrays = tree.flatten(data) if data is not None else []
    if not arrays or not all(hasattr(array, "shape") and hasattr(array, "dtype") for array in arrays):
        return None
    if not all(len(array.shape) for array in arrays):
        return None
    first = arrays[0].shape[0]
    inputs = tree.map_structure(lambda array: _spec((None, *array.shape[1:]), array.dtype), data)
    return Batches(inputs, None if first is None else int(first), size if isinstance(size, int) and size else USUAL)


def _of_pipeline(data: Any) -> Batches | None:
    """A `tf.data` pipeline: its element's shapes, and the numbers of its `batch` step where there is one."""
    element = data.element_spec
    inputs = element[0] if isinstance(element, tuple) else element
    specs = tree.flatten(inputs)
    if not specs or any(not getattr(getattr(spec, "shape", None), "rank", None) for spec in specs):
        return None
    inputs = tree.map_structure(lambda spec: _spec(tuple(spec.shape), spec.dtype.name), inputs)
    step = data
    while step is not None and not hasattr(step, "_batch_size"):
        step = getattr(step, "_input_dataset", None)
    samples = _count(step._input_dataset) if step is not None else -1
    if step is None or samples < 0:
        return Batches(inputs, None, USUAL, pipeline=True)
    size = int(step._batch_size)
    return Batches(inputs, samples - samples % size if bool(step._drop_remainder) else samples, size, pipeline=True)


def _of_loader(loader: Any, model: Any) -> Batches | None:
    """A `DataLoader` of PyTorch's: the numbers that it was built with; no sample is drawn."""
    size, dataset = loader.batch_size, loader.dataset
    if not isinstance(size, int) or not hasattr(dataset, "__len__"):
        return None
    inputs = _samples_of(dataset) or _taken_by(model)
    samples = len(dataset)
    kept = samples - samples % size if loader.drop_last else samples
    return None if inputs is None else Batches(inputs, kept, size, pipeline=True)


def _samples_of(dataset: Any) -> Spec | None:
    """What the samples of a `TensorDataset` are like."""
    tensors = getattr(dataset, "tensors", None)
    first: Any = tensors[0] if isinstance(tensors, tuple) and tensors else None
    return _spec((None, *first.shape[1:]), first.dtype) if hasattr(first, "shape") else None


def _taken_by(model: Any) -> Spec | None:
    """What a model with one input takes."""
    inputs = getattr(model, "inputs", None)
    if not isinstance(inputs, list) or len(inputs) != 1:
        return None
    return _spec((None, *inputs[0].shape[1:]), inputs[0].dtype)


def _count(pipeline: Any) -> int:
    """How many elements it has, negative where that is not known; asked outside of a graph that is being traced."""
    import tensorflow as tf

    with tf.init_scope():
        return int(pipeline.cardinality())


def _spec(shape: tuple[int | None, ...], dtype: Any) -> Spec:
    name = keras.backend.standardize_dtype(dtype)
    return Spec(shape, keras.config.floatx() if name == "float64" else name)
