"""Numbers that belong together, by rules, and operands made as large as what they meet: as a patch writes them."""

import pytest

from tests.fixes.test_patch import _here, applied, at
from whynorm.facts.change import Rename, SetArgument, SetTogether, ToSize
from whynorm.fixes import patch

__all__ = ["_here"]

INCEPTION = """\
import torch.nn as nn


def cbr(i, o):
    return nn.Sequential(nn.Conv2d(i, o, 1), nn.BatchNorm2d(o))


class Inception(nn.Module):
    def __init__(self, i, one, two):
        super().__init__()
        self.one = cbr(i, one)
        self.two = cbr(i, two)


body = nn.Sequential(Inception(16, 8, 8), Inception(32, 8, 16))
"""


def _convolution(way: str, built: str) -> SetArgument:
    through = (at(INCEPTION, way)._replace(column=19), at(INCEPTION, built)._replace(column=42))
    place = at(INCEPTION, "return nn.Sequential")._replace(column=25, through=through)
    return SetArgument(place, "Conv2d", "in_channels", 0, "40", was=32)


def test_a_number_for_all_that_take_it_is_changed_where_it_is_given() -> None:
    both = tuple(_convolution(way, "body =") for way in ("self.one =", "self.two ="))
    assert "Inception(16, 8, 8), Inception(40, 8, 16)" in applied(INCEPTION, SetTogether(both, False))


def test_a_number_that_something_else_takes_is_not_changed_for_all() -> None:
    assert patch((SetTogether((_convolution("self.one =", "body ="),), True),)) is None


def test_a_number_becomes_a_multiple_of_what_stood_there() -> None:
    text = "import torch.nn as nn\n\nlayers = [nn.Conv2d(a + b, a, 3) for a, b in ((8, 8), (16, 16))]\n"
    edit = SetArgument(at(text, "layers"), "Conv2d", "in_channels", 0, "2 * {}")
    assert "nn.Conv2d(2 * (a + b), a, 3)" in applied(text, edit)


def test_what_interpolate_gives_gets_the_others_size() -> None:
    text = "import torch.nn.functional as F\n\n\ndef join(a, b):\n    return F.interpolate(a, scale_factor=2) + b\n"
    assert "F.interpolate(a, size=b.shape[2:]) + b" in applied(text, ToSize(at(text, "return"), 0))


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("import torch", "torch.nn.functional.interpolate(a, size=b.shape[2:]) + b"),
        ("import torch.nn as nn", "nn.functional.interpolate(a, size=b.shape[2:]) + b"),
        ("from torch.nn import functional as tf", "tf.interpolate(a, size=b.shape[2:]) + b"),
        ("import math", "torch.nn.functional.interpolate(a, size=b.shape[2:]) + b"),
    ],
)
def test_torch_is_named_as_the_file_imports_it(line: str, written: str) -> None:
    text = f"{line}\n\n\ndef join(a, b):\n    return a + b\n"
    mended = applied(text, ToSize(at(text, "return"), 0))
    assert f"return {written}" in mended
    assert ("import torch\n" in mended) == (line in ("import torch", "import math"))


@pytest.mark.parametrize(
    ("line", "layer"),
    [
        ("import keras", "keras.layers.Resizing"),
        ("import tensorflow as tf\nfrom tensorflow.keras import layers", "layers.Resizing"),
        ("import tensorflow as tf", "tf.keras.layers.Resizing"),
        ("from keras.layers import Resizing", "Resizing"),
    ],
)
def test_a_layer_of_keras_is_named_as_the_file_imports_it(line: str, layer: str) -> None:
    text = f"{line}\n\n\ndef join(a, b):\n    return a + b\n"
    mended = applied(text, ToSize(at(text, "return"), 0, "Resizing", (1, 2)))
    assert f"return {layer}(*b.shape[1:3])(a) + b" in mended


def test_an_operand_is_resized_unless_the_other_is_a_call() -> None:
    text = "import torch\n\n\ndef join(skip, x):\n    return torch.cat([skip, x], dim=1)\n"
    resized = "torch.cat([skip, torch.nn.functional.interpolate(x, size=skip.shape[2:])], dim=1)"
    assert resized in applied(text, ToSize(at(text, "return"), 1))
    called = text.replace("[skip, x]", "[skips.pop(), x]")
    assert patch((ToSize(at(called, "return"), 1),)) is None


def test_a_class_in_a_table_becomes_a_function_of_the_number() -> None:
    text = (
        'import torch.nn as nn\n\nNORMS = {"LN": nn.LayerNorm}\n\n\ndef norm(width):\n    return NORMS["LN"](width)\n'
    )
    edit = Rename(at(text, "return"), "LayerNorm", "GroupNorm", "num_groups=1, num_channels=32", 32)
    assert '"LN": lambda channels: nn.GroupNorm(num_groups=1, num_channels=channels)' in applied(text, edit)
