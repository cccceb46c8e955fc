"""Where a norm's channels stand, told by the layers that Keras joined it to."""

import keras
import pytest
from keras import layers as L

import whynorm
from whynorm.frameworks.keras.places import remembering

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


def instance_norm(kind: str) -> L.Layer:
    kinds = {
        "one group": L.GroupNormalization(groups=1),
        "all axes of a series": L.LayerNormalization(axis=[1, 2]),
        "the last axis": L.LayerNormalization(),
        "the batch": L.BatchNormalization(),
        "right": L.GroupNormalization(groups=-1),
    }
    return kinds[kind]


@pytest.mark.parametrize("kind", ["one group", "all axes of a series", "the last axis", "the batch", "right"])
def test_a_norm_that_is_called_an_instance_norm(kind: str) -> None:
    with remembering():
        model = keras.Sequential([keras.Input((8, 6)), L.Conv1D(4, 3), instance_norm(kind), L.Dense(2)])
        found = whynorm.check(model, (16, 8, 6), training=True).findings
    assert [one.symptom for one in found] == ([] if kind == "right" else ["wrong-axes"])
    for one in found:
        assert one.causes[0].cause == "wrong-norm-kind"
        assert "-1" in one.causes[0].fixes[0].title
        assert one.causes[0].fixes[0].verified
