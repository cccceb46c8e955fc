"""The same on every backend, in processes of their own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FILES = [
    "tests/frameworks/keras/test_follow.py",
    "tests/frameworks/keras/test_kept.py",
    "tests/frameworks/keras/test_readings.py",
    "tests/keras/test_instance_normalization.py",
    "tests/keras/test_doctor.py",
]


def run(backend: str, *arguments: str) -> None:
    environment = {**os.environ, "KERAS_BACKEND": backend, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_other_backends(backend: str) -> None:
    run(backend, "-m", "pytest", "-q", "-p", "no:cacheprovider", *FILES)


@pytest.mark.parametrize(("backend", "cases"), [("tensorflow", 400), ("jax", 150), ("torch", 600)])
def test_random_layers_do_what_is_said_of_them(backend: str, cases: int) -> None:
    run(backend, "-m", "tests.fuzz.keras", "--backend", backend, "--cases", str(cases), "--start", "1000000")
