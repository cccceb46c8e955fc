"""A callback that looks at the batches of `fit` by shape, before the first step."""

import sys
from collections.abc import Iterator, Mapping
from types import FrameType
from typing import Any, NamedTuple

import keras

from whynorm.diagnose import findings
from whynorm.fixes import patch
from whynorm.frameworks.keras import places, steps
from whynorm.frameworks.keras.batches import Batches, batches
from whynorm.frameworks.keras.follow import follow
from whynorm.frameworks.keras.hints import hints
from whynorm.frameworks.unobserved import unobserved
from whynorm.report import Report
from whynorm.sizing.fitting import Fitter


class Batch(NamedTuple):
    """A batch that is to come."""

    when: str
    """In words: `the last batch of each epoch, 1 sample`."""
    inputs: Any
    """A `Spec` for each tensor."""
    training: bool
    made: Batches | None = None
    """What it is one of."""


class Doctor(keras.callbacks.Callback):  # type: ignore[misc]
    """Say before the first step of `fit` what will fail or go silently wrong in it, and when.

    `model.fit(…, callbacks=[whynorm.keras.Doctor()])` looks at the first batch, at the last one of an epoch where it
    is smaller, and at the validation's, by their shapes alone: no step is computed, no sample is drawn, and the
    training goes on as it would have. What is found is printed on standard error, and kept in `reports` by the batch
    it is about.

    Arrays, tensors, `tf.data` pipelines whose batches say their shapes, and `DataLoader`s of PyTorch are looked at; of
    a generator the first batch, which Keras has drawn by then. A `PyDataset` shows its batches only when Keras draws
    them: one of a size that did not come before is looked at before the step that takes it, or right behind.
    """

    def __init__(self) -> None:
        super().__init__()
        self.reports: dict[str, Report] = {}
        self._known: set[tuple[str, str]] = set()
        self._drawn: list[Any] = []
        self._hints: Mapping[str, object] = {}

    def on_train_begin(self, logs: Any = None) -> None:
        """Look at the batches that `fit` is about to make."""
        with unobserved():
            try:
                frames = steps.frames_above(sys._getframe(1), itself=True)
                number = next((at for at, one in enumerate(frames) if _is_fit(one, self.model)), None)
                given = dict(frames[number].f_locals) if number is not None else {}
                self._watch(given)
                frames = frames[: number + 1] if number is not None else []
                self._hints = hints(frames, steps.trained(frames), places.location(places.of_frames(frames)))
                self._tell(_batches(given, self.model))
            except Exception as error:  # noqa: BLE001 - whatever goes wrong here, the training goes on
                self._fault(error)

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Look at what was drawn since, where it is of another size."""
        self._look_at_drawn()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """The same: some backends draw a batch inside of the step."""
        self._look_at_drawn()

    def _look_at_drawn(self) -> None:
        if not self._drawn:
            return
        drawn, self._drawn = self._drawn, []
        with unobserved():
            try:
                self._tell(Batch(f"a batch of {_count(one.shape[0])}", _alike(one), True) for one in drawn)
            except Exception as error:  # noqa: BLE001 - the same
                self._fault(error)

    def on_train_end(self, logs: Any = None) -> None:
        """Forget the training."""
        self._hints, self._drawn = {}, []

    def _fault(self, error: Exception) -> None:
        from whynorm.errors import own_fault

        print(f"\nwhynorm: {own_fault(error)}", file=sys.stderr, flush=True)

    def _tell(self, looked_at: Iterator[Batch]) -> None:
        from whynorm.live import speak

        for batch in looked_at:
            report = self._look(batch)
            self.reports[batch.when] = report
            if any(finding.severity != "note" for finding in report.findings):
                print(f"\nwhynorm: {batch.when}:", file=sys.stderr, flush=True)
                speak(report)

    def _watch(self, given: Mapping[str, Any]) -> None:
        """Note what a `PyDataset` gives, each size once; it is looked at between two steps."""
        adapter: Any = getattr(given.get("epoch_iterator"), "data_adapter", None)
        if not hasattr(adapter, "py_dataset") or not hasattr(adapter, "_standardize_batch"):
            return
        standardize, sizes = adapter._standardize_batch, set[int]()

        def standardized(batch: Any) -> Any:
            made = standardize(batch)
            first: Any = made[0] if isinstance(made, tuple) and made else None
            if hasattr(first, "shape") and len(first.shape) and first.shape[0] not in sizes:
                sizes.add(first.shape[0])
                self._drawn.append(_Shape(first))
            return made

        adapter._standardize_batch = standardized

    def _look(self, batch: Batch) -> Report:
        """What is wrong with a batch, without what was said of an earlier one."""
        followed = follow(self.model, [batch.inputs], {}, batch.training)
        followed = followed._replace(hints=self._around(batch))
        found = []
        for finding in findings(followed, patch=patch, fits=Fitter()):
            name = (finding.symptom, finding.layer.path or "" if finding.layer is not None else "")
            if name not in self._known:
                self._known.add(name)
                found.append(finding)
        return Report("doctor", followed.framework, followed.outcome, found, followed.unknown)

    def _around(self, batch: Batch) -> dict[str, object]:
        """What is known of where the batch comes from."""
        known = {name: value for name, value in self._hints.items() if name != "loader" or batch.training}
        made = batch.made
        if made is not None and made.samples is not None and "loader" not in known:
            known["loader"] = {"samples": made.samples, "batch_size": made.size, "drop_last": False}
        if not batch.training:
            known.pop("origins", None)  # they are those of what it is trained with
        return known


class _Shape:
    """The shape and type of an array that is not kept."""

    def __init__(self, array: Any) -> None:
        self.shape, self.dtype = tuple(array.shape), array.dtype


def _alike(shape: _Shape) -> Any:
    made = batches(shape, shape.shape[0])
    return None if made is None else made.of(shape.shape[0])


def _is_fit(frame: FrameType, model: keras.Model) -> bool:
    return frame.f_code.co_name == "fit" and frame.f_locals.get("self") is model


def _batches(given: Mapping[str, Any], model: keras.Model) -> Iterator[Batch]:
    """The batches that `fit` is about to make, by what its own frame holds."""
    epochs, each = given.get("epochs") or 1, given.get("steps_per_epoch")
    drawn = each * (epochs - (given.get("initial_epoch") or 0)) if isinstance(each, int) else None
    data = given.get("x")
    first = getattr(getattr(given.get("epoch_iterator"), "data_adapter", None), "_first_batches", None)
    if first and isinstance(first[0], tuple) and hasattr(first[0][0], "shape"):
        data = _Shape(first[0][0])
        made = batches(data, data.shape[0])
    else:
        made = batches(data, given.get("batch_size"), model)
    yield from _of(made, "of each epoch", training=True, drawn=drawn)
    held_back = given.get("validation_data")
    data = held_back[0] if isinstance(held_back, list | tuple) and held_back else held_back
    size = given.get("validation_batch_size") or given.get("batch_size")
    steps_there = given.get("validation_steps")
    made = batches(data, size, model)
    yield from _of(
        made, "of each validation", training=False, drawn=steps_there if isinstance(steps_there, int) else None
    )


def _of(made: Batches | None, when: str, *, training: bool, drawn: int | None) -> Iterator[Batch]:
    """The first batch of some data, and the last where it is smaller; `drawn`: so many are taken at the most."""
    if made is None:
        return
    first, last = made.first, made.last
    if first is None:
        yield Batch(f"the first batch {when}", made.of(None), training)
        return
    yield Batch(f"the first batch {when}, {_count(first)}", made.of(first), training, made)
    if last is not None and made.samples is not None:
        step = made.samples // made.size + 1
        if drawn is None or drawn >= step:
            yield Batch(f"the last batch {when}, {_count(last)} (step {step})", made.of(last), training, made)


def _count(samples: int) -> str:
    return f"{samples} sample" if samples == 1 else f"{samples} samples"
