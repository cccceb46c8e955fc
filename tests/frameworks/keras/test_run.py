"""`whynorm run` on Keras programs: what is told at the end, and where, while the program stays as it is."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAMS = {
    "silent": (
        """
import numpy as np, keras
try:
    norm = keras.layers.LayerNormalization(axis=-1)
    print(norm(np.ones((1, 3, 1, 1), "float32")).shape)
    norm = keras.layers.LayerNormalization(axis=[1, 2, 3, 4])
    norm(np.ones((1, 3, 32, 32, 32), "float32"))
except Exception as error:
    print("failed", error)
""",
        0,
        [("one-value", "warning", 5, "wrong-norm-kind"), ("wrong-axes", "warning", 7, "wrong-norm-kind")],
    ),
    "operations, mixed precision": (
        """
import numpy as np, keras
keras.mixed_precision.set_global_policy("mixed_float16")
x = keras.Input((4,))
y = keras.ops.relu(keras.layers.BatchNormalization()(keras.layers.Dense(3)(x)))
model = keras.Model(x, y)
model.compile("adam", "mse")
model.fit(np.random.rand(8, 4), np.zeros((8, 3)), batch_size=4, verbose=0)
""",
        0,
        [],
    ),
    "branches": (
        """
import numpy as np, keras
from keras import layers, ops

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.down = layers.Conv2D(8, 3, strides=2, padding="same")
        self.up = layers.Conv2DTranspose(8, 2, strides=2)
    def call(self, x):
        y = self.up(self.down(x))
        return ops.concatenate([x, y], axis=-1)

net = Net()
net(np.zeros((2, 32, 32, 3), "float32"))
net(np.zeros((2, 33, 33, 3), "float32"))
""",
        1,
        [("size-mismatch", "error", 12, "not-divisible")],
    ),
    "written": (
        """
import keras
inputs = keras.Input((64, 64, 3))
x = keras.layers.Conv2D(24, 3)(inputs)
x = keras.layers.GroupNormalization(groups=32)(x)
""",
        1,
        [("uneven-groups", "error", 5, "not-divisible")],
    ),
    "predict": (
        """
import numpy as np, keras
from keras import layers
model = keras.Sequential(
    [keras.Input((28, 28, 1)), layers.Conv2D(8, 3), layers.BatchNormalization(), layers.Flatten(), layers.Dense(10)]
)
model.predict(np.zeros((5, 32, 32, 1)), verbose=0)
""",
        1,
        [("flatten-size", "error", 7, "changed-resolution")],
    ),
    "fit": (
        """
import numpy as np, keras
from keras import layers
model = keras.Sequential(
    [keras.Input((None, None, 3)), layers.Conv2D(8, 3, strides=2), layers.BatchNormalization(), layers.Conv2D(8, 5)]
)
model.compile("sgd", "mse")
model.fit(np.zeros((8, 8, 8, 3)), np.zeros((8, 1, 1, 8)), batch_size=4, verbose=0)
""",
        1,
        [("too-small", "error", 8, "downsampled-away")],
    ),
    "handled": (
        """
import numpy as np, keras
try:
    keras.layers.GroupNormalization(groups=3)(np.zeros((2, 8, 8, 8), "float32"))
except ValueError:
    pass
""",
        0,
        [("uneven-groups", "error", 4, "not-divisible")],
    ),
}


@pytest.mark.parametrize("backend", ["torch", "tensorflow"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_what_is_told(tmp_path: Path, name: str, backend: str) -> None:
    program, status, told = PROGRAMS[name]
    file, report = tmp_path / "program.py", tmp_path / "report.json"
    file.write_text(program)
    environment = {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "whynorm", "run", "--json", str(report), str(file)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == status, done.stderr
    document = json.loads(report.read_text())
    assert "unknown" not in document
    findings: list[dict[str, Any]] = [one for one in document["findings"] if one["severity"] != "note"]
    assert [(one["symptom"], one["severity"], one["location"]["line"]) for one in findings] == [one[:3] for one in told]
    assert [one["causes"][0]["cause"] for one in findings] == [one[3] for one in told]
    assert all(one["handled"] == (name == "handled") for one in findings)
    plain = subprocess.run(
        [sys.executable, str(file)], env=environment, capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert plain.stdout == done.stdout
    assert _traceback(plain.stderr) == _traceback(done.stderr)


TRANSPOSED = """
import numpy as np, keras
from keras import layers
keras.config.set_image_data_format("channels_last")
model = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(8, 3), layers.GlobalAveragePooling2D()])
model.compile("sgd", "mse")
images = np.transpose(np.zeros((4, 8, 8, 3)), (0, 3, 1, 2))
model.fit(images, np.zeros((4, 8)), verbose=0)
"""


def test_what_a_trainer_is_handed_is_mended_where_it_is_made(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(TRANSPOSED)
    environment = {**os.environ, "KERAS_BACKEND": "torch", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "whynorm", "run", "--json", "report.json", "program.py"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    first = json.loads((tmp_path / "report.json").read_text())["findings"][0]["causes"][0]
    assert first["cause"] == "channels-first"
    assert "+images = np.zeros((4, 8, 8, 3))\n" in first["fixes"][0]["patch"]


STATELESS = """
import jax, keras
import numpy as np
x = np.random.default_rng(0).normal(3, 2, (32, 4)).astype("float32")
model = keras.Sequential([keras.Input((4,)), keras.layers.BatchNormalization(momentum=0.5), keras.layers.Dense(1)])
optimizer = keras.optimizers.Adam(0.01)
optimizer.build(model.trainable_variables)
weights, others, slots = ([one.value for one in group] for group in (
    model.trainable_variables, model.non_trainable_variables, optimizer.variables))

def loss_of(weights, others):
    predicted, updated = model.stateless_call(weights, others, x, training=True)
    return ((predicted[:, 0] - x[:, 0]) ** 2).mean(), updated

@jax.jit
def step(weights, others, slots):
    (loss, updated), slopes = jax.value_and_grad(loss_of, has_aux=True)(weights, others)
    weights, slots = optimizer.stateless_apply(slots, slopes, weights)
    return weights, updated, slots

for _ in range(3):
    weights, KEPT, slots = step(weights, others, slots)
for variable, value in zip(model.trainable_variables, weights):
    variable.assign(value)
print(np.shape(INFERRED))
"""
STEPS = {
    "dropped": ("_", "model.predict(x, verbose=0)", ["state-not-threaded"]),
    "kept apart": ("others", "model.stateless_call(weights, others, x, training=False)[0]", []),
}


@pytest.mark.parametrize("name", STEPS)
def test_statistics_that_are_handed_out(tmp_path: Path, name: str) -> None:
    kept, inferred, causes = STEPS[name]
    (tmp_path / "program.py").write_text(STATELESS.replace("KEPT", kept).replace("INFERRED", inferred))
    environment = {**os.environ, "KERAS_BACKEND": "jax", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "whynorm", "run", "--json", "report.json", "program.py"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    document = json.loads((tmp_path / "report.json").read_text())
    assert "unknown" not in document
    assert [one["causes"][0]["cause"] for one in document["findings"]] == causes


def _traceback(text: str) -> list[str]:
    lines = text.splitlines()
    if "Traceback (most recent call last):" not in lines:
        return []
    return [line for line in lines[lines.index("Traceback (most recent call last):") :] if line.startswith("  File ")]
