"""What is said of a Keras model is what the model does."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers as L

import whynorm
from whynorm.frameworks import room_of
from whynorm.frameworks.room import Followed


def follow(model: keras.Layer, *inputs: Any, training: bool | None = None, **keywords: Any) -> Followed:
    room = room_of(model)
    assert room is not None
    return room.follow(model, inputs, keywords, training)


def unet() -> keras.Model:
    inputs = keras.Input((None, None, 3))
    first = L.Conv2D(4, 3, strides=2, padding="same", name="down1")(inputs)
    second = L.Conv2D(8, 3, strides=2, padding="same", name="down2")(first)
    second = L.GroupNormalization(groups=-1, name="norm")(second)
    up = L.Conv2DTranspose(4, 2, strides=2, name="up")(second)
    joined = L.Concatenate(name="join")([first, up])
    return keras.Model(inputs, L.Conv2D(1, 1, name="out")(joined))


class Block(L.Layer):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.conv = L.Conv2D(4, 3, name="conv")
        self.norm = L.BatchNormalization(name="norm")

    def call(self, inputs: Any) -> Any:
        return keras.ops.relu(self.norm(self.conv(inputs)))


class Net(keras.Model):
    def __init__(self) -> None:
        super().__init__(name="net")
        self.first = Block(name="first")
        self.second = Block(name="second")

    def call(self, inputs: Any) -> Any:
        x = self.second(self.first(inputs))
        return keras.ops.concatenate([x, inputs[:, 4:, 4:, :]], axis=-1)


def really(model: keras.Layer, shape: tuple[int, ...]) -> tuple[str, str] | tuple[int, ...]:
    try:
        return tuple(keras.ops.shape(model(keras.ops.zeros(shape))))
    except Exception as error:  # noqa: BLE001 - whatever the model says is compared
        return type(error).__name__, str(error)


@pytest.mark.parametrize("make", [unet, Net], ids=["functional", "subclassed"])
@pytest.mark.parametrize(
    "shape", [(2, 16, 16, 3), (2, 17, 17, 3), (1, 8, 12, 3), (2, 16, 16, 5), (2, 3, 16), (2, 1, 1, 3)]
)
def test_the_outcome_is_the_models(make: Any, shape: tuple[int, ...]) -> None:
    model = make()
    said = follow(model, shape)
    done = really(model, shape)
    if said.raised is None:
        assert said.trace.calls[-1].outputs[0].shape == done
    else:
        assert tuple(said.raised) == done


def test_paths_are_names_joined() -> None:
    said = follow(Net(), (2, 16, 16, 3))
    assert [call.path for call in said.trace.calls if call.path and "/" in call.path] == [
        "first/conv", "first/norm", "second/conv", "second/norm",
    ]  # fmt: skip


def test_the_trail_leads_to_the_input() -> None:
    said = follow(unet(), (2, 16, 16, 3))
    norm = next(call for call in said.trace.calls if call.path == "norm")
    assert [call.path for call in said.trace.upstream(norm)] == ["down2", "down1"]
    assert said.trace.calls[0].inputs[0].id == said.trace.inputs[0].id


def test_two_branches_that_do_not_meet() -> None:
    (finding,) = whynorm.check(unet(), (2, 18, 18, 3)).findings
    assert (finding.symptom, finding.severity) == ("size-mismatch", "error")
    assert finding.layer is not None
    assert finding.layer.path == "join"


def test_open_sizes_are_followed_symbolically() -> None:
    said = follow(unet(), (None, None, None, 3))
    assert said.outcome == "completes"
    assert list(map(str, said.trace.calls[-1].outputs[0].shape)) == ["None", "None", "None", "1"]
    report = whynorm.check(L.LayerNormalization(axis=(1, 2)), (None, None, None, 3))
    assert report.to_dict()["findings"][0]["symptom"] == "undefined-axis"
    assert report.to_dict()["findings"][0]["input_shape"] == [None, None, None, 3]


def test_training_decides_what_a_batch_norm_reads() -> None:
    model = keras.Sequential([keras.Input((4,)), L.BatchNormalization(name="norm")])
    assert whynorm.check(model, (1, 4)).findings == ()
    (finding,) = whynorm.check(model, (1, 4), training=True).findings
    assert (finding.symptom, finding.severity) == ("one-value", "warning")
    model.trainable = False
    assert whynorm.check(model, (1, 4), training=True).findings == ()


def test_the_example_that_started_it() -> None:
    (zeros,) = whynorm.check(L.LayerNormalization(axis=-1), (1, 3, 1, 1)).findings
    assert (zeros.symptom, zeros.severity) == ("one-value", "warning")
    shape = (1, 3, 32, 32, 32)
    (everything,) = whynorm.check(L.LayerNormalization(axis=[1, 2, 3, 4]), shape).findings
    assert (everything.symptom, everything.severity) == ("wrong-axes", "warning")
    fix = everything.causes[0].fixes[0]
    assert everything.causes[0].cause == "wrong-norm-kind"
    assert "GroupNormalization(groups=-1, axis=1)" in fix.title
    assert fix.verified


def test_what_is_named_is_really_instance_norm() -> None:
    import torch

    data = np.random.default_rng(0).normal(size=(2, 3, 5, 6, 7)).astype("float32")
    norm = L.GroupNormalization(groups=-1, axis=1, epsilon=1e-5)
    given = keras.ops.convert_to_numpy(norm(data))
    mean, variance = data.mean((2, 3, 4), keepdims=True), data.var((2, 3, 4), keepdims=True)
    np.testing.assert_allclose(given, (data - mean) / np.sqrt(variance + 1e-5), atol=1e-5)
    np.testing.assert_allclose(given, torch.nn.InstanceNorm3d(3)(torch.tensor(data)).numpy(), atol=1e-5)


def test_a_norm_between_layers_of_the_other_order() -> None:
    model = keras.Sequential(
        [keras.Input((3, 16, 16)), L.Conv2D(8, 3, data_format="channels_first"), L.BatchNormalization(name="norm")]
    )
    followed = follow(model, (2, 3, 16, 16))
    if followed.raised is not None:
        pytest.skip("this backend has no convolution with channels first")
    (finding,) = (one for one in whynorm.check(model, (2, 3, 16, 16)).findings if one.severity != "note")
    assert (finding.symptom, finding.causes[0].cause) == ("wrong-axes", "channels-first")


@pytest.mark.parametrize("name", ["MobileNetV2", "ResNet50V2", "EfficientNetV2B0", "DenseNet121", "ConvNeXtTiny"])
@pytest.mark.parametrize("training", [True, False])
def test_no_false_alarm(name: str, training: bool) -> None:
    model = getattr(keras.applications, name)(weights=None, include_top=False, input_shape=(64, 64, 3))
    report = whynorm.check(model, (2, 64, 64, 3), training=training)
    assert report.outcome == "completes"
    assert [finding for finding in report.findings if finding.severity != "note"] == []
