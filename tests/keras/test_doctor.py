"""What the callback says before the first step, and that the training goes on as it would have."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers as L

from whynorm.keras import Doctor


def model() -> keras.Model:
    made = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            L.Conv2D(4, 8, name="conv"),
            L.BatchNormalization(name="norm"),
            L.Flatten(),
            L.Dense(1),
        ]
    )
    made.compile("sgd", "mse")
    return made


def data(samples: int) -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(samples, 8, 8, 3)).astype("float32"), rng.normal(size=(samples, 1)).astype("float32")


def test_the_last_batch_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    doctor = Doctor()
    model().fit(*data(9), batch_size=4, verbose=0, callbacks=[doctor], validation_data=data(5))
    found = {when: [finding.symptom for finding in report.findings] for when, report in doctor.reports.items()}
    assert found == {
        "the first batch of each epoch, 4 samples": [],
        "the last batch of each epoch, 1 sample (step 3)": ["one-value"],
        "the first batch of each validation, 4 samples": [],
        "the last batch of each validation, 1 sample (step 2)": [],
    }
    last = doctor.reports["the last batch of each epoch, 1 sample (step 3)"].findings[0]
    assert "last-batch" in [cause.cause for cause in last.causes]
    assert "the last batch of each epoch" in capsys.readouterr().err


def test_a_healthy_training_hears_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    model().fit(*data(8), batch_size=4, verbose=0, callbacks=[Doctor()])
    assert capsys.readouterr().err == ""


def test_the_training_is_the_same() -> None:
    def trained(callbacks: list[Any]) -> list[Any]:
        keras.utils.set_random_seed(1)
        made = model()
        made.fit(*data(9), batch_size=4, epochs=2, verbose=0, callbacks=callbacks)
        return [keras.ops.convert_to_numpy(variable.value) for variable in made.variables]

    plain, looked_at = trained([]), trained([Doctor()])
    assert all(np.array_equal(a, b) for a, b in zip(plain, looked_at, strict=True))


def test_a_pipelines_batches() -> None:
    tf = pytest.importorskip("tensorflow")
    doctor = Doctor()
    pipeline = tf.data.Dataset.from_tensor_slices(data(9)).batch(4).prefetch(1)
    model().fit(pipeline, verbose=0, callbacks=[doctor])
    assert [report.findings != () for report in doctor.reports.values()] == [False, True]


class Rows(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches of four, as Keras draws them."""

    def __init__(self, samples: int) -> None:
        super().__init__()
        self.held = data(samples)

    def __len__(self) -> int:
        return -(-len(self.held[0]) // 4)

    def __getitem__(self, number: int) -> tuple[Any, Any]:
        x, y = self.held
        return x[4 * number : 4 * number + 4], y[4 * number : 4 * number + 4]


def test_a_batch_that_only_shows_when_it_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    doctor = Doctor()
    model().fit(Rows(9), verbose=0, shuffle=False, callbacks=[doctor])
    assert [finding.symptom for finding in doctor.reports["a batch of 1 sample"].findings] == ["one-value"]
    assert doctor.reports["a batch of 4 samples"].findings == ()


def test_a_last_batch_that_no_step_reaches(capsys: pytest.CaptureFixture[str]) -> None:
    model().fit(*data(9), batch_size=4, steps_per_epoch=2, verbose=0, callbacks=[Doctor()])
    assert capsys.readouterr().err == ""


def test_a_loaders_batches() -> None:
    torch = pytest.importorskip("torch")
    from torch.utils.data import DataLoader, TensorDataset

    found = []
    for drop_last in (False, True):
        doctor = Doctor()
        rows = TensorDataset(*map(torch.from_numpy, data(9)))
        model().fit(DataLoader(rows, batch_size=4, drop_last=drop_last), verbose=0, callbacks=[doctor])
        found.append([finding.symptom for report in doctor.reports.values() for finding in report.findings])
    assert found == [["one-value"], []]


def test_nothing_is_drawn_and_no_random_state_moves() -> None:
    def trained(callbacks: list[Any]) -> list[Any]:
        keras.utils.set_random_seed(2)
        made = model()
        made.fit(Rows(9), verbose=0, shuffle=False, epochs=2, callbacks=callbacks)
        held = [*made.variables, *made.optimizer.variables]
        return [*(keras.ops.convert_to_numpy(one.value) for one in held), np.random.random(3)]

    plain, looked_at = trained([]), trained([Doctor()])
    assert len(plain) == len(looked_at)
    assert all(np.array_equal(a, b) for a, b in zip(plain, looked_at, strict=True))
