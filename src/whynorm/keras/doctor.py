"""A callback that looks at the batches of `fit` by shape, before the first step."""

import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any, NamedTuple

import keras

from whynorm.diagnose import findings
from whynorm.fixes import patch
from whynorm.frameworks.keras.batches import batches
from whynorm.frameworks.keras.follow import follow
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
        from whynorm.errors import own_fault
        from whynorm.live import speak

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
    made = batches(data, batch_size)
    if made is None:
        return
    first, last = made.first, made.last
    if first is None:
        yield Batch(f"the first batch {when}", made.of(None), training, None, None)
        return
    yield Batch(f"the first batch {when}, {_count(first)}", made.of(first), training, made.samples, made.size)
    if last is not None and made.samples is not None:
        at = f"the last batch {when}, {_count(last)} (step {made.samples // made.size + 1})"
        yield Batch(at, made.of(last), training, made.samples, made.size)


def _count(samples: int) -> str:
    return f"{samples} sample" if samples == 1 else f"{samples} samples"
