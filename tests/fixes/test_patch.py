"""Patches as a user gets them: `git apply` takes each, and the file then reads as it should."""

import subprocess
from pathlib import Path

import pytest

from whynorm.facts import Location
from whynorm.facts.change import (
    AddParameter,
    Argument,
    Behind,
    Carry,
    Declare,
    Drop,
    Edit,
    Enclose,
    FromAxis,
    Infer,
    Insert,
    Omit,
    Project,
    Rename,
    Replace,
    SetArgument,
    SetSize,
    Unflag,
    Unwrap,
    Wrap,
    WrapOperand,
)
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


def test_a_statement_behind_a_loop_of_one_line() -> None:
    text = "for w in net.weights: w.trainable = False\nprint(1)"
    added = applied(text, Insert(at(text, "w.trainable"), "net.trainable = False", after=True))
    assert added == text.replace("\n", "\nnet.trainable = False\n")


def test_carriage_returns_stay() -> None:
    text = NET.replace("\n", "\r\n")
    edit = SetArgument(at(text, "BatchNorm2d"), "BatchNorm2d", "num_features", 0, "16")
    assert applied(text, edit) == text.replace("BatchNorm2d(8", "BatchNorm2d(16")


def test_a_model_is_made_to_infer_around_its_loop() -> None:
    text = """\
def fit(net, train, held_out, optimizer):
    for epoch in range(2):
        for x, y in train:
            net(x).sum().backward()
            optimizer.step()
        # how well does it do?
        for x, y in held_out:
            print(net(x))
"""
    edit = Infer(at(text, "print(net(x))"), "net")
    assert applied(text, edit) == text.replace(
        "        # how well does it do?\n        for", "        # how well does it do?\n        net.eval()\n        for"
    ).replace("print(net(x))\n", "print(net(x))\n        net.train()\n")


def test_a_wrong_switch_is_turned() -> None:
    text = "def test(net, data):\n    net.train()\n    return [net(x) for x in data]\n"
    assert applied(text, Infer(at(text, "return"), "net")) == text.replace("train()", "eval()")


def test_a_bare_name_is_imported_too() -> None:
    text = "from torch.nn import (\n    BatchNorm1d,  # the norm\n    Conv2d,\n)\n\nnorm = BatchNorm1d(3)\n"
    made = applied(text, Rename(at(text, "norm ="), "BatchNorm1d", "BatchNorm2d"))
    assert "norm = BatchNorm2d(3)" in made
    assert "    Conv2d,\n    BatchNorm2d,\n)" in made
    text = "from torch.nn import BatchNorm1d\n\nnorm = BatchNorm1d(3)\n"
    made = applied(text, Rename(at(text, "norm ="), "BatchNorm1d", "BatchNorm2d"))
    assert made == "from torch.nn import BatchNorm1d, BatchNorm2d\n\nnorm = BatchNorm2d(3)\n"


TABLE = """\
from torch import nn

NORMS = {1: nn.BatchNorm1d, 2: nn.BatchNorm2d}


class Block(nn.Module):
    def __init__(self, axes=1):
        self.conv = nn.Conv2d(3, 3, axes)
        self.norm = NORMS[axes](3)


class Fixed(nn.Module):
    rank: int = 1

    def __init__(self):
        self.norm = NORMS[self.rank](3)
        self.other = getattr(nn, f"BatchNorm{self.rank}d")(4)
"""


def test_a_class_that_is_looked_up_is_changed_by_its_key() -> None:
    edit = Rename(at(TABLE, "NORMS[axes]"), "BatchNorm1d", "BatchNorm2d")
    assert applied(TABLE, edit) == TABLE.replace("NORMS[axes]", "NORMS[2]")  # the convolution takes it as well
    edit = Rename(at(TABLE, "NORMS[self.rank]"), "BatchNorm1d", "BatchNorm2d")
    assert "NORMS[2]" in applied(TABLE, edit)
    edit = Rename(at(TABLE, "getattr")._replace(column=21), "BatchNorm1d", "BatchNorm2d")
    assert "self.other = nn.BatchNorm2d(4)" in applied(TABLE, edit)
    edit = Rename(at(TABLE, "NORMS[axes]"), "BatchNorm1d", "BatchNorm3d")
    assert applied(TABLE, edit) == TABLE.replace("NORMS[axes](", "nn.BatchNorm3d(")


def test_a_name_that_is_there_under_another_is_used() -> None:
    text = "from torch.nn import BatchNorm1d, BatchNorm2d as BN\n\nnorm = BatchNorm1d(3)\n"
    edit = Rename(at(text, "norm ="), "BatchNorm1d", "BatchNorm2d")
    assert applied(text, edit) == text.replace("= BatchNorm1d", "= BN")


BLOCK = """\
import torch.nn as nn


class Block(nn.Module):
    def __init__(self, inner, outer, width, norm=nn.BatchNorm1d):
        super().__init__()
        self.conv = nn.Conv2d(inner, outer, 3)
        self.norm = norm(width)
        self.after = nn.GroupNorm(inner, outer)


block = Block(3, 16, 10)
"""


def test_the_neighbours_variable_is_taken() -> None:
    like = Argument(at(BLOCK, "Conv2d"), "Conv2d", "out_channels", 1)
    edit = SetArgument(at(BLOCK, "norm(width)"), "BatchNorm1d", "num_features", 0, "16", like)
    assert applied(BLOCK, edit) == BLOCK.replace("norm(width)", "norm(outer)")


def test_a_variable_of_the_right_value_is_taken() -> None:
    edit = SetArgument(at(BLOCK, "norm(width)"), "BatchNorm1d", "num_features", 0, "16")
    assert applied(BLOCK, edit) == BLOCK.replace("norm(width)", "norm(outer)")


def test_a_number_is_changed_where_it_was_written() -> None:
    edit = SetArgument(at(BLOCK, "norm(width)"), "BatchNorm1d", "num_features", 0, "64")
    assert applied(BLOCK, edit) == BLOCK.replace("16, 10)", "16, 64)")


BATCHES = """
import torch

def batch(high, wide, sizes):
    high, wide = sizes[0], sizes[1]
    images = torch.randn(2, 3, high, sizes[2])
    return images, torch.zeros(2, high)
"""


@pytest.mark.parametrize(("position", "fits"), [(2, False), (3, True)])
def test_the_size_of_images_that_their_labels_have_too_is_left_alone(position: int, fits: bool) -> None:
    Path("net.py").write_text(BATCHES)
    edit = SetArgument(at(BATCHES, "torch.randn"), "torch.randn", None, position, "96", was=100, apart=True)
    assert (patch((edit,)) is not None) == fits


def test_the_same_call_written_again_is_changed_with_it() -> None:
    text = "import torch\n\nreal = torch.randn(2, 3, 32)\nfake = torch.randn(2, 3, 32)\nlabel = torch.zeros(2, 3)\n"
    edit = SetArgument(at(text, "real ="), "torch.randn", None, 2, "64", was=32, apart=True)
    assert applied(text, edit) == text.replace("32", "64")


def test_a_number_that_others_use_is_changed_in_one_place() -> None:
    edit = SetArgument(at(BLOCK, "GroupNorm"), "GroupNorm", "num_groups", 0, "4")
    assert applied(BLOCK, edit) == BLOCK.replace("GroupNorm(inner", "GroupNorm(4")


def test_a_class_that_comes_through_a_parameter() -> None:
    edit = Rename(at(BLOCK, "norm(width)"), "BatchNorm1d", "BatchNorm2d")
    assert applied(BLOCK, edit) == BLOCK.replace("norm=nn.BatchNorm1d", "norm=nn.BatchNorm2d")


def test_numbers_of_a_configuration() -> None:
    text = "import torch.nn as nn\n\nSIZES = {'width': 10, 'depth': 2}\n\nnorm = nn.InstanceNorm2d(SIZES['width'])\n"
    edit = SetArgument(at(text, "norm ="), "InstanceNorm2d", "num_features", 0, "64")
    assert applied(text, edit) == text.replace("10", "64")


def test_two_calls_of_one_name_on_one_line_need_a_column() -> None:
    text = "import torch.nn as nn\n\nnet = nn.Sequential(nn.BatchNorm2d(3), nn.BatchNorm2d(4))\n"
    place = at(text, "net =")
    edit = SetArgument(place, "BatchNorm2d", "num_features", 0, "5")
    Path("net.py").write_text(text)
    assert patch([edit]) is None
    second = edit._replace(location=place._replace(column=text.split("\n")[2].rindex("nn.Batch")))
    assert applied(text, second) == text.replace("(4)", "(5)")


def test_several_edits_of_one_call() -> None:
    place = at(NET, "BatchNorm2d")
    edits = (
        SetArgument(place, "BatchNorm2d", "num_features", 0, "16"),
        Rename(place, "BatchNorm2d", "InstanceNorm2d"),
        SetArgument(place, "BatchNorm2d", "affine", 3, "True"),
    )
    wanted = NET.replace("nn.BatchNorm2d(8,  eps = 1e-3)", "nn.InstanceNorm2d(16,  eps = 1e-3, affine=True)")
    assert applied(NET, *edits) == wanted


def test_edits_of_several_files(tmp_path: Path) -> None:
    Path("my data").mkdir()
    Path("my data/load.py").write_text(STEP)
    edit = Wrap(at(STEP, "model(image", "my data/load.py"), "model", 0, "{}[None]")
    other = SetArgument(at(NET, "BatchNorm2d"), "BatchNorm2d", "num_features", 0, "16")
    assert "BatchNorm2d(16" in applied(NET, edit, other)
    assert "(image + 1)[None]" in Path("my data/load.py").read_text()


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-8-sig"])
def test_other_encodings(encoding: str) -> None:
    text = "# Größe\n\n\n\nimport torch.nn as nn\nnorm = nn.BatchNorm2d(3)\n"
    head = "" if encoding == "utf-8-sig" else f"# -*- coding: {encoding} -*-\n"
    data = (head + text).encode(encoding)
    place = Location("net.py", 6 if not head else 7, "norm = nn.BatchNorm2d(3)")
    applied(data, SetArgument(place, "BatchNorm2d", "num_features", 0, "8"))
    assert Path("net.py").read_bytes() == data.replace(b"(3)", b"(8)")


def test_nothing_where_the_source_has_changed() -> None:
    edit = SetArgument(at(NET, "BatchNorm2d"), "BatchNorm2d", "num_features", 0, "16")
    assert patch([edit]) is None, "there is no file"
    Path("net.py").write_text("# new\n" + NET)
    assert patch([edit]) is None, "the line is another one now"


def test_nothing_for_a_library() -> None:
    import libcst

    file = libcst.__file__
    for number, line in enumerate(Path(file).read_text().splitlines(), 1):
        if line.startswith("from"):
            assert patch([Insert(Location(file, number, line.strip()), "import this")]) is None
            break


def test_below_a_repository_the_patch_is_taken_from_the_current_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    subprocess.run(["git", "init", "-q", "."], check=True)
    Path("deep").mkdir()
    monkeypatch.chdir("deep")
    edit = SetArgument(at(NET, "BatchNorm2d"), "BatchNorm2d", "num_features", 0, "16")
    assert "BatchNorm2d(16" in applied(NET, edit)


def test_a_call_becomes_its_argument() -> None:
    text = "import torch.nn.functional as F\n\ndef f(x):\n    return F.instance_norm(x + 1, eps=1e-3) * 2\n"
    made = applied(text, Unwrap(at(text, "instance_norm"), "F.instance_norm"))
    assert made == text.replace("F.instance_norm(x + 1, eps=1e-3)", "(x + 1)")


def test_a_training_step_goes_on_to_train() -> None:
    text = "def step(net, x):\n    out = net(x)\n    out.sum().backward()\n"
    made = applied(text, Infer(at(text, "out = net"), "net"))
    assert made == text.replace("    out = net(x)\n", "    net.eval()\n    out = net(x)\n    net.train()\n")


SHORTCUT = """\
from torch import nn


class Block(nn.Module):
    def __init__(self, cin, cout, stride):
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, 3, stride=stride, padding=1)  # strides
        self.side = nn.Conv2d(cin, cout, 1)

    def forward(self, x):
        out = self.conv(x)
        return out + x
"""


def test_a_shortcut_gets_a_layer_of_its_own() -> None:
    built = at(SHORTCUT, "# strides")
    edit = Project(
        at(SHORTCUT, "out + x"),
        1,
        "Conv2d",
        Argument(built, "Conv2d", "in_channels", 0),
        Argument(built, "Conv2d", "out_channels", 1),
        (Argument(built, "Conv2d", "stride", 3),),
    )
    made = "nn.Conv2d(cin, cout, 1, stride=stride) if cin != cout or stride != 1 else nn.Identity()"
    line = "padding=1)  # strides\n"
    expected = SHORTCUT.replace(line, f"{line}        self.shortcut = {made}\n").replace(
        "out + x", "out + self.shortcut(x)"
    )
    assert applied(SHORTCUT, edit) == expected


def test_an_operand_passes_through_a_layer() -> None:
    edit = WrapOperand(at(SHORTCUT, "out + x"), 1, "self.side({})")
    assert applied(SHORTCUT, edit) == SHORTCUT.replace("out + x", "out + self.side(x)")


def test_which_of_two_sums_is_meant_is_not_guessed() -> None:
    text = "def f(a, b, c):\n    return a + b + c\n"
    Path("net.py").write_text(text)
    assert patch([WrapOperand(at(text, "a + b"), 1, "g({})")]) is None


@pytest.mark.parametrize(
    ("last", "becomes"),
    [("", "    width = wider\n"), ("    width = wider // 2\n", "    width = wider\n")],
    ids=["forgotten", "another"],
)
def test_a_loop_hands_its_width_on(last: str, becomes: str) -> None:
    text = (
        "from torch import nn\n\nlayers, width = [], 3\nfor wider in (8, 16):\n"
        "    layers += [nn.Conv2d(width, wider, 3), nn.ReLU()]\n"
    )
    built = at(text, "Conv2d")
    edit = Carry(built, "Conv2d", "in_channels", 0, Argument(built, "Conv2d", "out_channels", 1))
    assert applied(text + last, edit) == text + becomes


SCALE = """\
import torch
from torch import nn


class Scale(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(channels))
        self.register_buffer("mean", torch.zeros(channels))


inner, outer = 8, 16
net = nn.Sequential(nn.Conv2d(inner, outer, 3), Scale(inner))
"""


def test_a_size_is_written_where_the_module_is_built() -> None:
    edit = SetSize(at(SCALE, "Scale(inner)"), "Scale", ("gain", "mean"), 8, 16)
    assert applied(SCALE, edit) == SCALE.replace("Scale(inner)", "Scale(outer)")


def test_a_size_that_serves_for_more_is_written_where_the_tensor_is_made() -> None:
    edit = SetSize(at(SCALE, "Scale(inner)"), "Scale", ("gain",), 8, 16)
    assert applied(SCALE, edit) == SCALE.replace("torch.ones(channels)", "torch.ones(16)")


HELPED = """\
from torch import nn


def block(cin, cout):
    return nn.Sequential(nn.Conv2d(cin, cout, 3), nn.ReLU())


def net(width, edge):
    side = nn.Conv2d(1, edge, 1)
    return block(3, width), block(2 * width, width), side


net(8, 4)
"""


def test_a_number_is_written_where_a_shared_function_is_called() -> None:
    through = (at(HELPED, "block(2 * width")._replace(column=28), at(HELPED, "net(8, 4)"))
    built = at(HELPED, "nn.Conv2d(cin")._replace(through=through)
    edit = SetArgument(built, "Conv2d", "in_channels", 0, "20", was=16)
    assert applied(HELPED, edit) == HELPED.replace("block(2 * width,", "block(2 * width + edge,")


def test_a_simple_argument_is_written_more_than_once() -> None:
    text = "def f(model, x):\n    return model(x), model(x.half())\n"
    place = at(text, "model(x)")
    often = ("pad({}, -{}.shape[-1] % 8)", "{}[:{argument}.shape[-1]]")
    edits = [Wrap(place._replace(column=column), "model", 0, "pad({}, 3)", simple=often) for column in (11, 21)]
    expected = "pad(x, -x.shape[-1] % 8))[:x.shape[-1]], model(pad(x.half(), 3))"
    assert applied(text, *edits) == text.replace("x), model(x.half())", expected)


def test_an_argument_is_left_out() -> None:
    text = "y = norm(\n    dense(x),  # wide\n    training=True,\n)\nz = norm(x, training=False)\n"
    edit = Drop(at(text, "y ="), "training", "True")
    assert applied(text, edit) == "y = norm(\n    dense(x),  # wide\n)\nz = norm(x, training=False)\n"


def test_what_is_given_by_its_place_is_left_out() -> None:
    text = "norm = Norm(width)\nnext = Norm(axis=width)\n"
    first, second = (
        Omit(place, "Norm", 0, SetArgument(place, "Norm", "axis", 0, "-1"))
        for place in (at(text, "norm ="), at(text, "next ="))
    )
    assert applied(text, first, second) == "norm = Norm()\nnext = Norm(axis=-1)\n"


def test_the_number_of_one_round_of_a_loop() -> None:
    text = "def net(sizes):\n    for i, size in enumerate(sizes):\n        Dense(size)\nnet((64, 16))\n"
    place = at(text, "Dense")._replace(through=(at(text, "net((")._replace(column=0),))
    edit = SetArgument(place, "Dense", "units", 0, "32", was=64)
    assert applied(text, edit) == text.replace("64", "32")


def test_a_layer_takes_what_is_called() -> None:
    head = "from keras import layers\nclass Net:\n    def __init__(self):\n"
    text = head + "        self.part = Part(8)\n    def call(self, x):\n        return self.part(x)\ny = part(x)\n"
    inner = Enclose(at(text, "return"), "self.part", "TimeDistributed")
    outer = Enclose(at(text, "y ="), "part", "TimeDistributed")
    expected = text.replace("Part(8)", "layers.TimeDistributed(Part(8))")
    assert applied(text, inner, outer) == expected.replace("y = part(x)", "y = layers.TimeDistributed(part)(x)")


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("net = Sequential([Input((3, 8)), Dense(2)])\n", "Dense", "Permute((2, 1)), Dense"),
        ("net.add(Input((3, 8)))\nnet.add(Dense(2))\n", "net.add(D", "net.add(Permute((2, 1)))\nnet.add(D"),
        ("net.add(Dense(2, input_shape=(8,)))\n", "net", "net.add(Input((8,)))\nnet.add(Permute((2, 1)))\nnet"),
        ("x = Input((3, 8))\nnet = Model(x, Dense(2)(x))\n", "(2)(x)", "(2)(Permute((2, 1))(x))"),
    ],
)
def test_a_layer_behind_an_input(text: str, before: str, after: str) -> None:
    head = "from keras.layers import Input, Permute\n"
    place = at(head + text, "nput_shape" if "nput_shape" in text else "Input((")
    edit = Behind(place, "Permute", "(2, 1)")
    assert applied(head + text, edit) == head + text.replace(before, after)


def test_the_sizes_of_an_input_and_of_the_data() -> None:
    text = "SIZE = 60\nx = rand(4, SIZE, SIZE, 3)\nnet = Sequential([Input((SIZE, SIZE, 3))])\n"
    sizes = {0: (60, 80), 1: (60, 80)}
    assert applied(text, Declare(at(text, "Input"), sizes)) == text.replace("60", "80")
    alone = "SIZE = 60\nnet = Sequential([Input((SIZE, SIZE, 3))])\n"
    Path("alone.py").write_text(alone)
    assert patch([Declare(at(alone, "Input", "alone.py"), sizes)]) is None


def test_a_layer_is_imported_where_others_are() -> None:
    text = "from keras.layers import Dense\ny = part(x)\n"
    edit = Enclose(at(text, "y ="), "part", "TimeDistributed")
    assert applied(text, edit) == "from keras.layers import Dense, TimeDistributed\ny = TimeDistributed(part)(x)\n"


def test_the_first_part_of_a_tuple_is_wrapped() -> None:
    text = "model.fit(x, y, validation_data=(a, b))\n"
    edit = Wrap(at(text, "fit"), "model.fit", "validation_data", "{}[..., None]")
    assert applied(text, edit) == "model.fit(x, y, validation_data=(a[..., None], b))\n"


def test_a_function_takes_one_more_argument() -> None:
    text = "class Net:\n    def call(self, x, *, mask=None):  # maps\n        return x\n"
    edit = AddParameter(at(text, "    def call"), "training", "None")
    assert applied(text, edit) == text.replace("x, *", "x, training=None, *")


OWN = """\
import torch


def norm(x, axes=(2, 3)):
    mean = x.mean((2, 3), keepdim=True)
    var = torch.var(x, dim=[2, 3], keepdim=True)
    return (x - mean) / var.sqrt(), (x - mean).pow(2).sum((2, 3)), x.mean((1, 2))
"""


def test_the_axes_that_a_norm_by_hand_reduces_over() -> None:
    text = applied(OWN, FromAxis(at(OWN, "mean = "), "Tensor.mean", (2, 3), 2))
    assert "mean = x.mean(tuple(range(2, x.dim())), keepdim=True)" in text
    assert "torch.var(x, dim=tuple(range(2, x.dim())), keepdim=True)" in text
    assert "sum(tuple(range(2, x.dim()))), x.mean((1, 2))" in text
    assert "axes=(2, 3)" in text


FLAGGED = """def down(filters, norm=True):
    block = [Conv(filters)]
    if norm:
        block.append(Norm(filters))
    return block

class Up:
    def __init__(self, filters, plain=False):
        self.norm = Identity() if plain else Norm(2 * filters)

first, last = down(8), down(16)
deep = Up(4)
known = down(4, norm=wanted)"""


@pytest.mark.parametrize(
    ("layer", "reached", "changed"),
    [
        ("Norm(filters)", "first, last", None),  # two calls on the line
        ("Norm(2 * filters)", "deep", ("Up(4)", "Up(4, plain=True)")),
        ("Norm(filters)", "known", None),  # a variable
    ],
)
def test_a_layer_is_not_built(layer: str, reached: str, changed: tuple[str, str] | None) -> None:
    edit = Unflag(at(FLAGGED, layer)._replace(through=(at(FLAGGED, reached),)), "Norm")
    if changed is None:
        Path("net.py").write_text(FLAGGED)
        assert patch([edit]) is None
    else:
        assert applied(FLAGGED, edit) == FLAGGED.replace(*changed)
