"""A file that holds no model is refused in one line, before a framework is imported."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import keras
import pytest

from whynorm.errors import UsageError
from whynorm.frameworks.keras.files import load


def archive(**members: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        for name, content in members.items():
            made.writestr({"config": "config.json", "weights": "model.weights.h5"}.get(name, name), content)
    return held.getvalue()


GOOD = json.dumps({"class_name": "Sequential", "config": {}}).encode()
BROKEN = {
    "those are zip archives": b"junk",
    "or cut short": archive(config=GOOD)[:-30],
    "holds no config.json": archive(notes=b"x"),
    "is no JSON": archive(config=b"{nope"),
    "describes no model": archive(config=b"[1]"),
    "is no HDF5 file": archive(config=GOOD, weights=b"junk"),
    "is damaged": archive(config=GOOD).replace(GOOD, GOOD.swapcase(), 1),
}


@pytest.mark.parametrize("said", BROKEN)
def test_a_broken_file_is_told_in_one_line(said: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.keras"
    path.write_bytes(BROKEN[said])
    with pytest.raises(UsageError, match=said) as refused:
        load(path)
    assert "bad.keras" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_it_is_refused_before_keras_is_imported(tmp_path: Path) -> None:
    path = tmp_path / "bad.keras"
    path.write_bytes(b"junk")
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "whynorm", "check", str(path), "-i", "1,3"],
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in ended.stderr.splitlines() if not line.startswith("import time:")]
    assert ended.returncode == 2
    assert len(told) == 1
    assert told[0].startswith("whynorm: ")
    imported = {line.rpartition("|")[2].strip().split(".")[0] for line in ended.stderr.splitlines()}
    assert "whynorm" in imported
    assert not imported & {"keras", "tensorflow", "torch", "jax"}


def test_a_good_file_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)]).save(path)
    assert load(path).output_shape == (None, 2)
