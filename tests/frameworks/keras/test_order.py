"""Where a norm's channels stand, told by the layers that Keras joined it to."""

import keras
import pytest
from keras import layers as L

import whynorm

TIME = L.Conv1D(4, 5, padding="same")
CASES = {
    "turned to be convolved": ([L.BatchNormalization(), L.Permute((2, 1)), TIME], "axis=1"),
    "turned, and right": ([L.BatchNormalization(axis=1), L.Permute((2, 1)), TIME], None),
    "each position by itself": ([L.BatchNormalization(), L.Permute((2, 1)), L.Conv1D(4, 1)], None),
    "not turned": ([L.BatchNormalization(), TIME], None),
    "convolved before": ([L.Conv1D(4, 3), L.BatchNormalization(), L.Permute((2, 1)), TIME], None),
    "recurrent": ([L.BatchNormalization(), L.Permute((2, 1)), L.GRU(4)], None),
}


@pytest.mark.parametrize("name", CASES)
def test_where_the_channels_are_once_they_are_turned(name: str) -> None:
    layers, mended = CASES[name]
    model = keras.Sequential([keras.Input((8, 64)), *(type(one).from_config(one.get_config()) for one in layers)])
    found = whynorm.check(model, (16, 8, 64)).findings
    assert [one.symptom for one in found] == ([] if mended is None else ["wrong-axes"])
    if mended is not None:
        fix = found[0].causes[0].fixes[0]
        assert mended in fix.title
        assert fix.verified
