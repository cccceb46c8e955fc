"""A callback that looks at the batches of `fit` by shape, before the first step."""

import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any, NamedTuple

import keras
from keras import tree

from whynorm.diagnose import findings
from whynorm.fixes import patch
from whynorm.frameworks.keras.follow import follow
from whynorm.frameworks.keras.passes import Spec
from whynorm.frameworks.unobserved import unobserved
from whynorm.report import Report


class Batch(NamedTuple):
    """A batch that is to come."""

    when: str
    """In words: `the last batch of each epoch, 1 sample`."""
    inputs: Any
    """A `Spec` for each tensor."""
    training: bool
    samples: int | None
    batch_size: int | None


class Doctor(keras.callbacks.Callback):  # type: ignore[misc]
    """Say before the first step of `fit` what will fail or go silently wrong in it, and when.

    `model.fit(…, callbacks=[whynorm.keras.Doctor()])` looks at the first batch, at the last one of an epoch where it
    is smaller, and at the validation's, by their shapes alone: no step is computed, and the training goes on as it
    would have. What is found is printed on standard error, and kept in `reports` by the batch it is about.

    Arrays, tensors and `tf.data` pipelines whose batches say their shapes are looked at; other sources of data are
    left alone.
    """

    def __init__(self) -> None:
        super().__init__()
        self.reports: dict[str, Report] = {}

    def on_train_begin(self, logs: Any = None) -> None:
        """Look at the batches that `fit` is about to make."""
        from whynorm.live import own_fault, speak

        known: set[tuple[str, str]] = set()
        with unobserved():
            try:
                for batch in _batches(_fit(sys._getframe(1), self.model)):
                    report = self._look(batch, known)
                    self.reports[batch.when] = report
                    if any(finding.severity != "note" for finding in report.findings):
                        print(f"\nwhynorm: {batch.when}:", file=sys.stderr, flush=True)
                        speak(report)
            except Exception as error:  # noqa: BLE001 - whatever goes wrong here, the training goes on
                print(f"\nwhynorm: {own_fault(error)}", file=sys.stderr, flush=True)

    def _look(self, batch: Batch, known: set[tuple[str, str]]) -> Report:
        """What is wrong with a batch, without what was said of an earlier one."""
        followed = follow(self.model, [batch.inputs], {}, batch.training)
        if batch.samples is not None and batch.batch_size is not None:
            loader = {"samples": batch.samples, "batch_size": batch.batch_size, "drop_last": False}
            followed = followed._replace(hints={"loader": loader})
        found = []
        for finding in findings(followed, patch=patch):
            name = (finding.symptom, finding.layer.path or "" if finding.layer is not None else "")
            if name not in known:
                known.add(name)
                found.append(finding)
        return Report("doctor", followed.framework, followed.outcome, found, followed.unknown)


def _fit(frame: FrameType | None, model: keras.Model) -> dict[str, Any]:
    """What `fit` was given, as its own frame holds it."""
    while frame is not None:
        if frame.f_code.co_name == "fit" and frame.f_locals.get("self") is model:
            return dict(frame.f_locals)
        frame = frame.f_back
    return {}


def _batches(given: dict[str, Any]) -> Iterator[Batch]:
    yield from _of(given.get("x"), given.get("batch_size"), "of each epoch", training=True)
    held_back = given.get("validation_data")
    data = held_back[0] if isinstance(held_back, list | tuple) and held_back else held_back
    size = given.get("validation_batch_size") or given.get("batch_size")
    yield from _of(data, size, "of each validation", training=False)


def _of(data: Any, batch_size: int | None, when: str, *, training: bool) -> Iterator[Batch]:
    """The first batch of some data, and the last where it is smaller."""
    if hasattr(data, "element_spec"):
        yield from _of_pipeline(data, when, training=training)
        return
    arrays = tree.flatten(data) if data is not None else []
    if not arrays or not all(hasattr(array, "shape") and hasattr(array, "dtype") for array in arrays):
        return
    samples, size = int(arrays[0].shape[0]), batch_size or 32

    def cut(count: int) -> Any:
        return tree.map_structure(lambda array: _spec((count, *array.shape[1:]), array.dtype), data)

    yield from _sized(cut, samples, size, when, training=training)


def _of_pipeline(data: Any, when: str, *, training: bool) -> Iterator[Batch]:
    """A `tf.data` pipeline: its element's shapes, and the numbers of its `batch` step where there is one."""
    element = data.element_spec
    inputs = element[0] if isinstance(element, tuple) else element
    specs = tree.flatten(inputs)
    if not specs or any(getattr(spec, "shape", None) is None or spec.shape.rank is None for spec in specs):
        return

    def cut(count: int | None) -> Any:
        def sized(spec: Any) -> Spec:
            first, *rest = spec.shape
            return _spec((count if first is None else first, *rest), spec.dtype.name)

        return tree.map_structure(sized, inputs)

    step = data
    while step is not None and not hasattr(step, "_batch_size"):
        step = getattr(step, "_input_dataset", None)
    samples = int(step._input_dataset.cardinality()) if step is not None else -1
    if step is None or samples < 0:
        yield Batch(f"the first batch {when}", cut(None), training, None, None)
        return
    size = int(step._batch_size)
    whole = samples - samples % size if bool(step._drop_remainder) else samples
    yield from _sized(cut, whole, size, when, training=training)


def _sized(cut: Any, samples: int, size: int, when: str, *, training: bool) -> Iterator[Batch]:
    first, last = min(samples, size), samples % size
    yield Batch(f"the first batch {when}, {_count(first)}", cut(first), training, samples, size)
    if last and samples > size:
        at = f"the last batch {when}, {_count(last)} (step {samples // size + 1})"
        yield Batch(at, cut(last), training, samples, size)


def _count(samples: int) -> str:
    return f"{samples} sample" if samples == 1 else f"{samples} samples"


def _spec(shape: tuple[int | None, ...], dtype: Any) -> Spec:
    name = keras.backend.standardize_dtype(dtype)
    return Spec(shape, keras.config.floatx() if name == "float64" else name)
