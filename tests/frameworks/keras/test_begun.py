"""Statistics that have not settled, and copies of norms in other modes, against what Keras does."""

import keras
import numpy
import pytest

from whynorm.frameworks.keras.begun import begun, quicker
from whynorm.frameworks.keras.experiments.modes import built_as, moves, share, variables

BATCHES = numpy.random.default_rng(0).normal(20, 3, (8, 256, 4)).astype("float32")


def trained(momentum: float) -> keras.layers.BatchNormalization:
    norm = keras.layers.BatchNormalization(momentum=momentum)
    for batch in BATCHES:
        norm(keras.ops.convert_to_tensor(batch), training=True)
    return norm


def values(norm: keras.layers.BatchNormalization) -> tuple[numpy.ndarray, numpy.ndarray]:
    return keras.ops.convert_to_numpy(norm.moving_mean), keras.ops.convert_to_numpy(norm.moving_variance)


def test_what_came_in_is_told_from_the_statistics() -> None:
    mean, variance = values(trained(0.99))
    found = begun(mean, variance, share=0.01, steps=8)
    assert found is not None
    assert found.left == pytest.approx(0.99**8)
    deviation = numpy.sqrt(variance)
    away = numpy.median((BATCHES.mean((0, 1)) - mean) / deviation)
    assert found.mean == pytest.approx(away, rel=0.02)
    assert found.ratio == pytest.approx(numpy.median(BATCHES.var((0, 1)) / variance), rel=0.05)


def test_another_momentum_does_what_it_is_said_to_do() -> None:
    slow = begun(*values(trained(0.99)), share=0.01, steps=8)
    assert slow is not None
    said = quicker(*values(trained(0.99)), slow, 0.2)
    really = begun(*values(trained(0.8)), share=0.2, steps=8)
    assert really is not None
    assert (said.left, said.mean) == pytest.approx((really.left, really.mean), rel=0.05)


def test_statistics_that_have_settled_or_began_elsewhere_are_none_of_these() -> None:
    mean, variance = values(trained(0.5))
    assert begun(mean, variance, share=0.5, steps=8) is None
    assert begun(mean, numpy.full(4, 0.5), share=0.01, steps=8) is None  # no variance below 0 came in


@pytest.mark.parametrize(("training", "trainable", "moved"), [(True, True, True), (True, False, False),
                                                              (False, True, False)])  # fmt: skip
def test_a_copy_moves_as_keras_has_it(training: bool, trainable: bool, moved: bool) -> None:
    norm = keras.layers.BatchNormalization(scale=False)
    norm.build((None, 4))
    before = keras.ops.convert_to_numpy(norm.moving_mean).copy()
    built = built_as(norm)
    assert built is not None
    assert moves(built, (32, 4), training=training, trainable=trainable) is moved
    assert (keras.ops.convert_to_numpy(norm.moving_mean) == before).all()
    assert share(built, (32, 4), 0.8) == pytest.approx(0.2)
    assert (variables(built, (32, 4), {}), variables(built, (32, 4), {"scale": True})) == (3, 4)
