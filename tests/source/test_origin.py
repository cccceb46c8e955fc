"""A tensor's way to the model: the program is run, its frames give the call, and the way is read from its source."""

import runpy
import subprocess
from pathlib import Path
from textwrap import dedent

import pytest

from whynorm.facts import Frame, Location, Origin
from whynorm.facts.change import Arrange
from whynorm.fixes import patch
from whynorm.source import origin

HEAD = """\
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset


def model(x):
    assert x.shape[1] == 3 and x.ndim == 4, x.shape


"""


def way(folder: Path, body: str, *calls: str) -> Origin:
    """The way of the first argument of `model`; `calls` are texts on the lines of the frames, outermost first."""
    text = HEAD + dedent(body)
    file = folder / "program.py"
    file.write_text(text)
    lines = text.split("\n")
    frames, function = [], "<module>"
    for call in calls:
        number = next(number for number, line in enumerate(lines, 1) if call in line)
        frames.append(Frame(Location(str(file), number, lines[number - 1].strip()), function, False))
        function = call.split("(")[0].split(".")[-1]
    found = origin(frames, "model", 0)
    assert found is not None
    return found


def completes(folder: Path) -> bool:
    """Whether the program runs to its end."""
    try:
        runpy.run_path(str(folder / "program.py"))
    except AssertionError:
        return False
    return True


CHANNELS = {
    "converted": (
        "for seed in range(2):\n    model(torch.from_numpy(np.ones((4, 8, 9, 3))))\n",
        ["model(torch"],
        "torch.from_numpy(np.ones((4, 8, 9, 3)))",
    ),
    "moved by a function of NumPy": (
        """
        images = np.transpose(np.ones((4, 3, 8, 9)), (0, 2, 3, 1)).astype("float32") / 255
        model(images)
        """,
        ["model(images)"],
        "np.transpose(np.ones((4, 3, 8, 9)), (0, 2, 3, 1))",
    ),
    "moved elsewhere by a function of NumPy": (
        """
        images = np.transpose(np.ones((4, 3, 8, 9)), [0, 3, 2, 1])
        model(images)
        """,
        ["model(images)"],
        "np.transpose(np.ones((4, 3, 8, 9)), [0, 3, 2, 1])",
    ),
    "two functions away": (
        """
        def picture(seed):
            return np.random.default_rng(seed).random((8, 9, 3))

        def batch(seeds):
            pictures = []
            for seed in seeds:
                pictures.append(torch.from_numpy(picture(seed)).float())
            return torch.stack(pictures)

        def step(images):
            model(images)

        step(batch(range(4)))
        """,
        ["step(batch", "model(images)"],
        "torch.from_numpy(picture(seed))",
    ),
    "a data set": (
        """
        class Photos(Dataset):
            def __init__(self, count):
                self.data = np.zeros((count, 8, 9, 3), dtype=np.float32)

            def __len__(self):
                return len(self.data)

            def __getitem__(self, index):
                image = self.load(index)
                return {"image": image, "label": index}

            def load(self, index):
                return torch.as_tensor(self.data[index])

        loader = DataLoader(Photos(6), batch_size=2)
        for number, batch in enumerate(loader):
            model(batch["image"])
        """,
        ['model(batch["image"])'],
        "torch.as_tensor(self.data[index])",
    ),
    "a collate function": (
        """
        def together(samples):
            images, labels = zip(*samples)
            return torch.stack(images), labels

        class Photos(Dataset):
            def __len__(self):
                return 4

            def __getitem__(self, index):
                return torch.zeros(8, 9, 3), index

        for images, labels in DataLoader(Photos(), 2, collate_fn=together):
            model(images)
        """,
        ["model(images)"],
        "torch.zeros(8, 9, 3)",
    ),
    "a wrong permutation": (
        """
        def load(seed):
            image = torch.zeros(3, 8, 9)
            return image.permute(1, 2, 0)

        for images in DataLoader([load(seed) for seed in range(4)], batch_size=2):
            model(images)
        """,
        ["model(images)"],
        "image.permute(1, 2, 0)",
    ),
    "tensors of a data set": (
        """
        x = torch.zeros(4, 8, 9, 3)
        data = TensorDataset(x, torch.arange(4))
        for images, labels in DataLoader(data, batch_size=2):
            model(images)
        """,
        ["model(images)"],
        "torch.zeros(4, 8, 9, 3)",
    ),
    "NumPy until the end": (
        """
        def frames(count):
            return np.stack([np.zeros((8, 9, 3), dtype=np.float32) for _ in range(count)])

        class Clip(Dataset):
            def __init__(self):
                self.frames = frames(4)

            def __len__(self):
                return 4

            def __getitem__(self, index):
                return self.frames[index]

        for images in DataLoader(Clip(), batch_size=2):
            model(images)
        """,
        ["model(images)"],
        "np.zeros((8, 9, 3), dtype=np.float32)",
    ),
}


@pytest.mark.parametrize("name", CHANNELS)
def test_where_the_order_of_axes_came_to_be(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body, calls, expression = CHANNELS[name]
    found = way(tmp_path, body, *calls)
    assert found.ordered.expression == expression
    assert not completes(tmp_path)
    monkeypatch.chdir(tmp_path)
    made = patch([Arrange(found, "permute", (0, 3, 1, 2))])
    assert made is not None
    subprocess.run(["git", "apply", "-"], input=made.encode(), check=True)
    assert completes(tmp_path), made


BATCHES = {
    "an index": (
        """
        def first(images):
            chosen = images[0]
            return chosen / 2

        model(first(torch.zeros(4, 3, 8, 9)))
        """,
        "images[0]",
    ),
    "a squeeze": (
        """
        def read():
            image = torch.zeros(1, 3, 8, 9)
            return image.squeeze(0)

        model(read())
        """,
        "image.squeeze(0)",
    ),
    "a data set without its loader": (
        """
        class Photos(Dataset):
            def __len__(self):
                return 4

            def __getitem__(self, index):
                return torch.zeros(4, 3, 8, 9)[index]

        model(Photos()[2])
        """,
        "torch.zeros(4, 3, 8, 9)[index]",
    ),
    "one of a batch": (
        """
        images, labels = next(iter(DataLoader(TensorDataset(torch.zeros(4, 3, 8, 9), torch.arange(4)), batch_size=4)))
        model(images[-1])
        """,
        "images[-1]",
    ),
}


@pytest.mark.parametrize("name", BATCHES)
def test_where_the_batch_was_dropped(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body, expression = BATCHES[name]
    call = next(line.strip() for line in reversed(dedent(body).split("\n")) if line.startswith("model("))
    found = way(tmp_path, body, call)
    assert found.dropped is not None
    assert found.dropped.expression == expression
    assert not completes(tmp_path)
    monkeypatch.chdir(tmp_path)
    made = patch([Arrange(found, "unsqueeze", (0,))])
    assert made is not None
    subprocess.run(["git", "apply", "-"], input=made.encode(), check=True)
    assert completes(tmp_path), made


def test_nothing_where_the_line_has_changed(tmp_path: Path) -> None:
    file = tmp_path / "program.py"
    file.write_text("model(x)\n")
    assert origin([Frame(Location(str(file), 1, "model(y)"), "<module>", False)], "model") is None


def test_a_program_that_goes_in_circles_ends(tmp_path: Path) -> None:
    found = way(tmp_path, "def a(x):\n    return b(x)\n\ndef b(x):\n    return a(x)\n\nmodel(a(b(1)))\n", "model(a")
    assert found.steps[0].kind == "passed"


def test_rows_that_a_mask_picks(tmp_path: Path) -> None:
    found = way(tmp_path, "x = torch.ones(4, 3, 8, 8)\nkeep = x.sum((1, 2, 3)) > 5\nmodel(x[keep])\n", "model(x[")
    assert [(step.kind, step.expression) for step in found.steps[1:2]] == [("picked", "x[keep]")]


def test_what_a_layer_gives_is_arranged_behind_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = way(tmp_path, "turned = nn.LayerNorm(3)\ny = turned(torch.ones(4, 8, 9, 3))\nmodel(y)\n", "model(y")
    monkeypatch.chdir(tmp_path)
    made = patch([Arrange(found, "permute", (0, 3, 1, 2))])
    assert made is not None
    assert "+y = turned(torch.ones(4, 8, 9, 3)).permute(0, 3, 1, 2)" in made
    subprocess.run(["git", "apply", "-"], input=made.encode(), check=True)
    assert completes(tmp_path)


PIPELINE = """
import tensorflow as tf


def decoded(path):
    image = tf.io.decode_png(tf.io.read_file(path))
    return tf.image.resize(image, (32, 32))


def labelled(path, label):
    return decoded(path), label


def prepared(ds):
    ds = ds.map(lambda path, label: (path, label))
    return ds.map(labelled, num_parallel_calls=4).batch(2).prefetch(1)


ds = tf.data.Dataset.from_tensor_slices((["a.png", "b.png"], [0, 1])).shuffle(2)
model.fit(prepared(ds))
"""


def test_a_pipeline_is_read_back_to_where_its_images_are_decoded(tmp_path: Path) -> None:
    file = tmp_path / "train.py"
    file.write_text(PIPELINE)
    lines = PIPELINE.split("\n")
    number = next(number for number, line in enumerate(lines, 1) if "model.fit" in line)
    frame = Frame(Location(str(file), number, lines[number - 1]), "<module>", False)
    found = origin([frame], "model.fit", 0, batches=True)
    assert found is not None
    assert [(step.kind, step.stacked) for step in found.steps[1:]] == [("stacked", 0), ("resized", 1), ("read", 1)]
    assert found.steps[-1].expression.startswith("tf.io.decode_png(")
