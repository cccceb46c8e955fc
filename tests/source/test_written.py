"""The shapes that are read from a program's source are those that NumPy gives."""

from pathlib import Path

import numpy as np
import pytest

from whynorm.source.files import Function, read
from whynorm.source.written import results

PROGRAM = """
import numpy as np

SIDE = 6
rng = np.random.default_rng(0)


def zeros():
    return np.zeros((SIDE, SIDE + 2, 3), dtype="float32")


def film(name=None):
    pixels = rng.normal(size=(SIDE, SIDE, 1))
    return np.clip(pixels, -2, 2).astype("float32")


def scaled():
    return film() * 2 / 255


def pair():
    grey = np.random.rand(SIDE, 4)
    return grey[..., None], np.int64(3)


def several():
    for _ in range(2):
        yield np.expand_dims(np.ones([5, 2]), 0).reshape(1, 10), 1.0


def unknown():
    return np.load("file.npy")
"""
NAMES = ("zeros", "film", "scaled", "pair", "several")


@pytest.mark.parametrize("name", NAMES)
def test_shapes_are_those_of_the_arrays(name: str, tmp_path: Path) -> None:
    ran: dict[str, object] = {}
    exec(PROGRAM, ran)
    made = ran[name]()  # type: ignore[operator]
    made = next(made) if name == "several" else made
    parts = made if isinstance(made, tuple) else (made,)
    assert _read(name, tmp_path) == tuple(np.shape(part) for part in parts)


def test_what_is_read_from_a_file_has_no_shape(tmp_path: Path) -> None:
    assert _read("unknown", tmp_path) == (None,)


def _read(name: str, folder: Path) -> tuple[tuple[int, ...] | None, ...]:
    file = folder / "program.py"
    file.write_text(PROGRAM)
    source = read(str(file))
    assert source is not None
    function = next(node for node in source.tree.body if isinstance(node, Function) and node.name == name)
    return next(results(source, function))
