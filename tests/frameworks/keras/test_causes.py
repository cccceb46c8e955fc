"""What made it so: the first cause of an error of a live Keras program, and the fix that is tried."""

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers as L

import whynorm
from whynorm.frameworks.keras.places import remembering


def flatten_of_open_size() -> None:
    keras.Sequential([keras.Input((None, None, 3)), L.Conv2D(4, 3), L.Flatten(), L.Dense(2)])


def norm_on_an_open_axis() -> None:
    L.BatchNormalization(axis=1)(L.Conv1D(4, 3)(keras.Input((None, 5))))


def map_norm_of_open_size() -> None:
    L.LayerNormalization(axis=[1, 2])(L.Conv2D(4, 3)(keras.Input((None, None, 3))))


class Doubled(L.Layer):  # type: ignore[misc]
    def call(self, inputs: Any) -> Any:
        return 2 * inputs

    def compute_output_shape(self, shape: Any) -> Any:
        return (None, *(None for _ in shape[1:]))


def forgotten_on_the_way() -> None:
    L.BatchNormalization()(Doubled()(keras.Input((8, 8, 3))))


def reshape_of_another_number() -> None:
    keras.Sequential([keras.Input((5,)), L.Dense(7 * 7 * 4), L.Reshape((7, 7, 8))])


def one_photo() -> None:
    model = keras.Sequential([keras.Input((8, 8, 3)), L.Conv2D(4, 3), L.GlobalAveragePooling2D(), L.Dense(2)])
    model.compile("sgd", "mse")
    model.predict(np.zeros((8, 8, 3), "float32"), verbose=0)


def no_channels() -> None:
    model = keras.Sequential([L.BatchNormalization(axis=3), L.Conv2D(4, 3), L.GlobalAveragePooling2D(), L.Dense(2)])
    model.compile("sgd", "mse")
    model.fit(np.zeros((8, 8, 8), "float32"), np.zeros((8, 2)), verbose=0)


class TwoNorms(keras.Model):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.first = L.LayerNormalization(6)
        self.second = L.LayerNormalization(6)

    def call(self, inputs: Any) -> Any:
        return self.second(keras.ops.relu(self.first(inputs)))


def two_norms_alike() -> None:
    TwoNorms()(np.zeros((2, 4, 6), "float32"))


FAULTS: list[tuple[Callable[[], None], str, str, tuple[str, ...]]] = [
    (flatten_of_open_size, "undefined-axis", "unknown-input-size", ("GlobalAveragePooling2D()",)),
    (norm_on_an_open_axis, "undefined-axis", "unknown-input-size", ("axis=-1",)),
    (map_norm_of_open_size, "undefined-axis", "unknown-input-size", ("GroupNormalization(groups=-1, axis=-1)",)),
    (forgotten_on_the_way, "undefined-axis", "lost-static-shape", ()),
    (reshape_of_another_number, "flatten-size", "wrong-constructor-number", ("L.Reshape((7, 7, 4))",)),
    (one_photo, "wrong-rank", "missing-batch-axis", ()),
    (no_channels, "axis-out-of-range", "missing-channel-axis", ()),
    (two_norms_alike, "axis-out-of-range", "signature-confusion", ("self.first = L.Lay", "self.second = L.Lay")),
]


@pytest.fixture(autouse=True)
def whole_tracebacks() -> Iterator[None]:
    """As `whynorm run` sees them: before Keras shortens them."""
    keras.config.disable_traceback_filtering()
    with remembering():
        yield
    keras.config.enable_traceback_filtering()


@pytest.mark.parametrize(("fault", "symptom", "cause", "written"), FAULTS, ids=[one[0].__name__ for one in FAULTS])
def test_the_first_cause_and_what_mends_it(
    fault: Callable[[], None], symptom: str, cause: str, written: tuple[str, ...]
) -> None:
    with pytest.raises(Exception) as raised:  # noqa: PT011 - whatever Keras says
        fault()
    found = whynorm.why(raised.value).findings[0]
    assert found.symptom == symptom
    assert found.causes[0].cause == cause
    fixes = found.causes[0].fixes
    assert fixes
    assert written == () or fixes[0].verified
    added = [line for line in (fixes[0].patch or "").splitlines() if line.startswith("+")]
    assert all(any(text in line for line in added) for text in written)
