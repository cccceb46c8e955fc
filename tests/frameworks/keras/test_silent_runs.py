"""`whynorm run` on Keras programs that end well and are wrong: what is told, and what is changed in the source."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest


class Silent(NamedTuple):
    """A program, and for each finding the symptom, the first cause, and a line of the first patch."""

    text: str
    told: list[tuple[str, str, str]]
    backend: str = "torch"


DATA = """
import keras, numpy as np
from keras import layers
rng = np.random.default_rng(0)
x, y = rng.normal(3, 2, (64, 6)).astype("float32"), rng.random((64, 1)).astype("float32")
def net(*more):
    model = keras.Sequential([keras.Input((6,)), layers.Dense(8), layers.BatchNormalization(momentum=0.8), *more])
    model.compile("sgd", "mse")
    return model
"""
FASTER = "+model = keras.Sequential([keras.Input((6,)), layers.BatchNormalization(momentum=0.5), layers.Dense(1)])"
PROGRAMS = {
    "variables are frozen, the norm is not": Silent(
        """
base = net()
whole = keras.Sequential([base, layers.Dense(1)])
whole.compile("sgd", "mse")
whole.fit(x, y, batch_size=16, verbose=0)
for w in base.trainable_weights: w.trainable = False
whole.compile("sgd", "mse")
whole.fit(5 * x, y, batch_size=16, verbose=0)
""",
        [("statistics-mode", "half-frozen", "+base.trainable = False")],
    ),
    "momentum is the share of the old": Silent(
        """
model = net(layers.Dense(1))
model.fit(x, y, batch_size=8, verbose=0)
for layer in model.layers:
    layer.momentum = 1.0
model(x, training=True)
""",
        [("statistics-mode", "signature-confusion", "+    layer.momentum = 0.0")],
    ),
    "weights are averaged, statistics are not": Silent(
        """
clients, server = [net(layers.Dense(1)) for _ in range(2)], net(layers.Dense(1))
given = []
for client in clients:
    client.fit(x, y, batch_size=8, verbose=0)
    given.append([v.numpy() for v in client.trainable_variables])
for variable, values in zip(server.trainable_variables, zip(*given)):
    variable.assign(sum(values) / 2)
server.predict(x, verbose=0)
""",
        [("statistics-mode", "frozen-statistics", "+for variable, values in zip(server.weights, zip(*given)):")],
    ),
    "weights that do not fit are passed over": Silent(
        """
model = net(layers.BatchNormalization(scale=False))
try:
    model.layers[-1].set_weights([np.ones(8), np.zeros(8), np.zeros(8), np.ones(8)])
except ValueError:
    print("left as it is")
""",
        [("state-mismatch", "wrong-checkpoint", "+model = net(layers.BatchNormalization(scale=True))")],
    ),
    "a code is repeated over time": Silent(
        """
def norm(name):
    return layers.GroupNormalization(groups=-1, name=name)
given = keras.Input((8, 3))
code = layers.Flatten()(norm("inner")(layers.Conv1D(6, 3)(given)))
result = layers.Conv1D(3, 1)(norm("outer")(layers.RepeatVector(8)(code)))
model = keras.Model(given, result)
model.compile("sgd", "mse")
waves = rng.normal(size=(16, 8, 3)).astype("float32")
model.fit(waves, waves, batch_size=8, verbose=0)
""",
        [("constant-input", "no-variation", "+result = layers.Conv1D(3, 1)(layers.RepeatVector(8)(code))")],
        "tensorflow",
    ),
    "a few steps on JAX": Silent(
        """
model = keras.Sequential([keras.Input((6,)), layers.BatchNormalization(), layers.Dense(1)])
model.compile("sgd", "mse")
model.fit(9 + x, y, batch_size=16, verbose=0)
model.predict(9 + x, verbose=0)
""",
        [("statistics-mode", "frozen-statistics", FASTER)],
        "jax",
    ),
    "a compiled step that says no mode": Silent(
        """
import tensorflow as tf
model, optimizer, loss_of = net(layers.Dense(1)), keras.optimizers.SGD(0.01), keras.losses.MeanSquaredError()
@tf.function
def step(given, wanted):
    with tf.GradientTape() as tape:
        loss = loss_of(wanted, model(given))
    slopes = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(slopes, model.trainable_variables))
for number in range(0, 64, 16):
    step(x[number:number + 16], y[number:number + 16])
model.predict(x, verbose=0)
""",
        [("statistics-mode", "frozen-statistics", "+        loss = loss_of(wanted, model(given, training=True))")],
        "tensorflow",
    ),
    "a stateful network of one sample": Silent(
        """
model = keras.Sequential([keras.Input(batch_shape=(1, 5, 2)), layers.GRU(4, stateful=True)])
model.add(layers.BatchNormalization())
model.compile("sgd", "mse")
model.fit(rng.normal(size=(6, 5, 2)), rng.random((6, 4)), batch_size=1, verbose=0)
""",
        [("one-value", "batch-of-one", "+model.add(layers.LayerNormalization())")],
        "tensorflow",
    ),
    "an image by itself, in training and behind it": Silent(
        """
model = keras.Sequential([keras.Input((8, 6)), layers.BatchNormalization(), layers.Dense(1)])
model.compile("sgd", "mse")
model.fit(rng.normal(size=(4, 8, 6)), rng.random((4, 8, 1)), batch_size=1, verbose=0)
model(rng.normal(size=(1, 8, 6)), training=True)
""",
        [],
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_is_told(tmp_path: Path, name: str) -> None:
    program = PROGRAMS[name]
    (tmp_path / "program.py").write_text(DATA + program.text)
    environment = {**os.environ, "KERAS_BACKEND": program.backend, "TF_CPP_MIN_LOG_LEVEL": "3", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "whynorm", "run", "--json", "report.json", "program.py"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    document = json.loads((tmp_path / "report.json").read_text())
    assert "unknown" not in document
    findings = [one for one in document["findings"] if one["severity"] != "note"]
    assert [(one["symptom"], one["causes"][0]["cause"]) for one in findings] == [one[:2] for one in program.told]
    for finding, (_, _, line) in zip(findings, program.told, strict=True):
        patches = [fix["patch"] for fix in finding["causes"][0]["fixes"] if fix["patch"]]
        assert line in patches[0].splitlines(), patches
