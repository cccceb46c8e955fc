"""Patches as a user gets them: `git apply` takes each, and the file then reads as it should."""

import subprocess
from pathlib import Path

import pytest

from whynorm.facts import Location
from whynorm.facts.change import Edit, Insert, Rename, Replace, SetArgument, Wrap
from whynorm.fixes import patch


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def at(text: str, mark: str, file: str = "net.py") -> Location:
    """The location of the line that holds `mark`."""
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if mark in line:
            return Location(file, number, line.strip())
    raise AssertionError(mark)


def applied(text: str | bytes, *edits: Edit, file: str = "net.py") -> str:
    """The file after `git apply` of the edits' patch."""
    data = text.encode() if isinstance(text, str) else text
    path = Path(file)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    made = patch(edits)
    assert made is not None
    done = subprocess.run(["git", "apply", "--whitespace=nowarn", "-"], input=made.encode(), capture_output=True)
    assert done.returncode == 0, done.stderr.decode() + made
    return path.read_bytes().decode(errors="surrogateescape")


NET = """\
import torch.nn as nn

net = nn.Sequential(
    nn.Conv2d(3, 16, 3),  # the first
    nn.BatchNorm2d(8,  eps = 1e-3),   # the norm
    nn.GroupNorm(
        num_groups=5,
        num_channels=16,  # as many
    ),
)
"""


def test_an_argument_by_position() -> None:
    edit = SetArgument(at(NET, "BatchNorm2d"), "BatchNorm2d", "num_features", 0, "16")
    assert applied(NET, edit) == NET.replace("nn.BatchNorm2d(8,  eps", "nn.BatchNorm2d(16,  eps")


def test_an_argument_by_keyword() -> None:
    edit = SetArgument(at(NET, "nn.GroupNorm("), "GroupNorm", "num_groups", 0, "4")
    assert applied(NET, edit) == NET.replace("num_groups=5", "num_groups=4")


def test_an_argument_that_was_not_there() -> None:
    edit = SetArgument(at(NET, "nn.GroupNorm("), "GroupNorm", "affine", 3, "False")
    assert applied(NET, edit) == NET.replace("# as many\n", "# as many\n        affine=False,\n")
    edit = SetArgument(at(NET, "BatchNorm2d"), "BatchNorm2d", "affine", 3, "False")
    assert applied(NET, edit) == NET.replace("eps = 1e-3", "eps = 1e-3, affine=False")


def test_another_callee_keeps_the_prefix() -> None:
    edit = Rename(at(NET, "BatchNorm2d"), "BatchNorm2d", "BatchNorm3d")
    assert applied(NET, edit) == NET.replace("BatchNorm2d", "BatchNorm3d")


def test_a_layer_taken_out() -> None:
    edit = Rename(at(NET, "BatchNorm2d"), "BatchNorm2d", "Identity", arguments="")
    assert applied(NET, edit) == NET.replace("nn.BatchNorm2d(8,  eps = 1e-3)", "nn.Identity()")


STEP = """\
def step(model, image):
\tscore = model(image + 1)   # one image
\treturn score.mean()"""


def test_an_argument_wrapped() -> None:
    edit = Wrap(at(STEP, "model(image + 1)"), "model", 0, "{}.unsqueeze(0)")
    assert applied(STEP, edit) == STEP.replace("image + 1", "(image + 1).unsqueeze(0)")


def test_an_expression_replaced() -> None:
    assert applied(STEP, Replace(at(STEP, "score.mean"), "score.mean()", "score.sum()")) == STEP.replace("mean", "sum")


def test_a_statement_inserted() -> None:
    text = applied(STEP, Insert(at(STEP, "model(image"), "model.eval()"))
    assert text == STEP.replace("\tscore", "\tmodel.eval()\n\tscore")


def test_carriage_returns_stay() -> None:
    text = NET.replace("\n", "\r\n")
    edit = SetArgument(at(text, "BatchNorm2d"), "BatchNorm2d", "num_features", 0, "16")
    assert applied(text, edit) == text.replace("BatchNorm2d(8", "BatchNorm2d(16")
