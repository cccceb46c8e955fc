"""Small networks with one fault each: the symptom, the first cause, and a fix that passed its trial."""

import itertools
from collections.abc import Callable
from typing import NamedTuple

import pytest
import torch
import torch.nn.functional as F
from torch import nn

import whynorm


class Fault(NamedTuple):
    """A model with inputs, and what is wrong with it."""

    model: Callable[..., object]
    inputs: tuple[object, ...]
    symptom: str
    cause: str
    fixed: bool = True
    """Whether a fix is to have passed its trial."""
    severity: str = "error"


class Down(nn.Module):
    def __init__(self, cin: int, cout: int, norm: Callable[[int], nn.Module] = nn.InstanceNorm2d) -> None:
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, 4, 2, 1)
        self.norm = norm(cout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.leaky_relu(self.norm(self.conv(x)))


class UNet(nn.Module):
    def __init__(self, depth: int = 3, width: int = 8) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, width, 3, padding=1)
        self.down = nn.ModuleList(nn.Conv2d(width, width, 3, padding=1) for _ in range(depth))
        self.up = nn.ModuleList(nn.Conv2d(2 * width, width, 3, padding=1) for _ in range(depth))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.first(x)
        skips = []
        for layer in self.down:
            skips.append(x)
            x = F.max_pool2d(layer(x), 2)
        for layer, skip in zip(self.up, reversed(skips), strict=True):
            x = F.interpolate(x, scale_factor=2)
            x = layer(torch.cat([skip, x], dim=1))
        return x


class Lenet(nn.Module):
    def __init__(self, features: int = 16 * 5 * 5) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 6, 5), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(6, 16, 5), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
        )  # fmt: skip
        self.fc = nn.Linear(features, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc(torch.flatten(self.body(x), 1))


class Pooled(nn.Module):
    """Global pooling, with or without its flatten, before a norm and a head."""

    def __init__(self, flatten: bool) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 3)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = flatten
        self.norm = nn.BatchNorm1d(16)
        self.head = nn.Linear(16, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.pool(self.conv(x))
        if self.flatten:
            x = x.flatten(1)
        return self.head(self.norm(x))


class Squeezed(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 3)
        self.head = nn.Sequential(nn.BatchNorm1d(16), nn.Linear(16, 4))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.conv(x).mean((2, 3), keepdim=True).squeeze())


class Strided(nn.Module):
    def __init__(self, cin: int, cout: int, stride: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, 3, stride=stride, padding=1)
        self.norm = nn.BatchNorm2d(cout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.norm(self.conv(x)) + x)


class Scaled(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(channels))
        self.shift = nn.Parameter(torch.zeros(channels))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.gain[:, None] + self.shift[:, None]


class Weighted(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.score, self.norm = nn.Conv2d(8, 1, 1), nn.GroupNorm(8, 8)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        pooled = x.flatten(2) @ self.score(x).flatten(2).softmax(-1).transpose(1, 2)
        return x + self.norm(pooled.unsqueeze(-1))


class Grouped(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.group_norm(x, 8)


class Recurrent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.GRU(12, 24, batch_first=True)
        self.norm = nn.BatchNorm1d(24)
        self.head = nn.Linear(24, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x, _ = self.rnn(x)
        x = self.norm(x)
        return self.head(x[:, -1])


class Residual(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(16, 32, 3, padding=1)
        self.norm1 = nn.BatchNorm2d(32)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.norm1(self.conv1(x))


class Excite(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(16, 16)
        self.norm = nn.InstanceNorm2d(16)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.norm(x * torch.sigmoid(self.fc(x.mean((2, 3)))))


class Positions(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.patch = nn.Conv2d(3, 24, 8, 8)
        self.table = nn.Parameter(torch.zeros(1, 16, 24))
        self.norm = nn.LayerNorm(24)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.norm(self.patch(x).flatten(2).transpose(1, 2) + self.table)


class Rows(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(8)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.norm(x[x[:, 0] > 0.5])


def windows(x: torch.Tensor) -> torch.Tensor:
    n, high, wide, channels = x.shape
    return x.view(n, high // 8, 8, wide // 8, 8, channels)


class Dilated(nn.Module):
    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(width, width, 5, dilation=dilation, padding=dilation)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.conv(x)


class Conditional(nn.Module):
    def __init__(self, width: int = 8) -> None:
        super().__init__()
        self.norm, self.embed = nn.BatchNorm2d(width, affine=False), nn.Embedding(3, width)

    def forward(self, x: torch.Tensor, kind: torch.Tensor) -> torch.Tensor:
        scale, shift = self.embed(kind).chunk(2, dim=1)
        return self.norm(x) * scale[..., None, None] + shift[..., None, None]


def seven() -> nn.Module:
    widths = (3, 8, 16, 16, 16, 16, 16, 16)
    return nn.Sequential(*(Down(a, b) for a, b in itertools.pairwise(widths)))


class ByHand(nn.Module):
    """An instance norm of maps that computes itself."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        centred = x - x.mean((2, 3), keepdim=True)
        return centred / torch.std(x, dim=[2, 3], keepdim=True)


class Difference(nn.Module):
    """A norm and a convolution that are built for the same channels."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels)
        self.project = nn.Conv2d(channels, 2, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.project(self.norm(x))


class Levels(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.levels = nn.ModuleList(Difference(channels) for channels in (4, 8, 16))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return sum(level(x.repeat(1, 2 ** (number + 1), 1, 1)) for number, level in enumerate(self.levels))


class Tagger(nn.Module):
    """A batch norm behind a recurrent layer of two directions, in the order of features last."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(3, 4, batch_first=True, bidirectional=True)
        self.bn = nn.BatchNorm1d(4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h, _ = self.lstm(x)
        return self.bn(h)


class Squeezing(nn.Module):
    """Drops the axis of height by a `squeeze` of every axis of size one, the batch of one sample among them."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 4, (6, 3))
        self.norm = nn.BatchNorm1d(4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.norm(self.conv(x).squeeze())


FAULTS = {
    "a batch of one, squeezed away": Fault(Squeezing, ((1, 1, 6, 9),), "channel-mismatch", "squeezed-axis"),
    "neither the order nor the number": Fault(Tagger, ((2, 5, 3),), "channel-mismatch", "sequence-order"),
    "a norm by hand, of maps, for a series": Fault(
        lambda: nn.Sequential(nn.Conv1d(1, 2, 3), ByHand(), nn.Conv1d(2, 2, 3), ByHand()),
        ((2, 1, 20),),
        "axis-out-of-range",
        "wrong-norm-for-rank",
    ),
    "a norm by hand, for one sample": Fault(
        lambda: nn.Sequential(nn.Conv2d(1, 2, 3), ByHand(), nn.Conv2d(2, 2, 3)),
        ((1, 9, 9),),
        "axis-out-of-range",
        "missing-batch-axis",
    ),
    "seven halvings": Fault(seven, ((2, 3, 128, 128),), "one-value", "downsampled-away"),
    "halvings to one, one sample": Fault(
        lambda: nn.Sequential(*(Down(3, 3, nn.BatchNorm2d) for _ in range(5))),
        ((1, 3, 32, 32),),
        "one-value",
        "batch-of-one",
    ),
    "volumes": Fault(
        lambda: nn.Sequential(*(nn.Sequential(nn.Conv3d(1, 1, 3, 2, 1), nn.InstanceNorm3d(1)) for _ in range(4))),
        ((2, 1, 16, 16, 16),),
        "one-value",
        "downsampled-away",
    ),
    "instance norm behind a pooling": Fault(
        lambda: nn.Sequential(nn.Conv2d(3, 8, 3), nn.AdaptiveAvgPool2d(1), nn.InstanceNorm2d(8)),
        ((4, 3, 32, 32),),
        "one-value",
        "global-pool",
    ),
    "vector batch of one": Fault(
        lambda: nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16)), ((1, 8),), "one-value", "batch-of-one"
    ),
    "layer norm over one feature": Fault(
        lambda: nn.Sequential(nn.Linear(8, 1), nn.LayerNorm(1)),
        ((4, 8),),
        "one-value",
        "vector-input",
        False,
        "warning",
    ),
    "one step of a series": Fault(lambda: nn.InstanceNorm1d(4), ((2, 4, 1),), "one-value", "vector-input", False),
    "signals in a 2d norm": Fault(
        lambda: nn.InstanceNorm2d(3), ((2, 3, 64),), "read-as-unbatched", "wrong-norm-for-rank", True, "warning"
    ),
    "vectors in an instance norm": Fault(
        lambda: nn.InstanceNorm1d(16), ((8, 16),), "read-as-unbatched", "vector-input", True, "warning"
    ),
    "grey maps in a 2d norm": Fault(
        lambda: nn.InstanceNorm2d(1), ((8, 28, 28),), "read-as-unbatched", "missing-channel-axis", True, "warning"
    ),
    "ten for three": Fault(
        lambda: nn.InstanceNorm2d(10, affine=True), ((2, 3, 64, 64),), "channel-mismatch", "wrong-constructor-number"
    ),
    "norm of another width": Fault(
        lambda: nn.Sequential(nn.Conv2d(3, 64, 3), nn.BatchNorm2d(32), nn.ReLU(), nn.Conv2d(64, 8, 3)),
        ((2, 3, 16, 16),),
        "channel-mismatch",
        "wrong-constructor-number",
    ),
    "convolution of another width": Fault(
        lambda: nn.Sequential(nn.Conv2d(3, 48, 3), nn.BatchNorm2d(32), nn.ReLU(), nn.Conv2d(32, 8, 3)),
        ((2, 3, 16, 16),),
        "channel-mismatch",
        "wrong-constructor-number",
    ),
    "next convolution of another width": Fault(
        lambda: nn.Sequential(nn.Conv2d(3, 16, 3), nn.BatchNorm2d(16), nn.Conv2d(32, 8, 3)),
        ((2, 3, 16, 16),),
        "input-channels",
        "wrong-constructor-number",
    ),
    "images channels last": Fault(Lenet, ((4, 32, 32, 3),), "input-channels", "channels-last"),
    "one image channels last": Fault(Lenet, ((32, 32, 3),), "input-channels", "channels-last"),
    "images channels last in a norm": Fault(
        lambda: nn.InstanceNorm2d(3), ((2, 48, 64, 3),), "channels-ignored", "channels-last", True, "warning"
    ),
    "grey images for RGB": Fault(Lenet, ((4, 1, 32, 32),), "input-channels", "data-channels"),
    "RGBA for RGB": Fault(Lenet, ((4, 4, 32, 32),), "input-channels", "data-channels"),
    "batch of grey images without channels": Fault(
        lambda: nn.Sequential(nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8)),
        ((8, 28, 28),),
        "input-channels",
        "missing-channel-axis",
    ),
    "one image without its batch": Fault(Lenet, ((3, 32, 32),), "wrong-rank", "missing-batch-axis"),
    "one vector without its batch": Fault(
        lambda: nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16).eval()), ((8,),), "wrong-rank", "missing-batch-axis"
    ),
    "2d norm behind a 1d convolution": Fault(
        lambda: nn.Sequential(nn.Conv1d(4, 8, 3), nn.BatchNorm2d(8)), ((2, 4, 40),), "wrong-rank", "wrong-norm-for-rank"
    ),
    "2d norm behind a 3d convolution": Fault(
        lambda: nn.Sequential(nn.Conv3d(1, 8, 3), nn.BatchNorm2d(8)),
        ((2, 1, 9, 9, 9),),
        "wrong-rank",
        "wrong-norm-for-rank",
    ),
    "1d norm behind a 2d convolution": Fault(
        lambda: nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm1d(8)),
        ((2, 3, 9, 9),),
        "wrong-rank",
        "wrong-norm-for-rank",
    ),
    "no flatten before a 1d norm": Fault(lambda: Pooled(False), ((4, 3, 16, 16),), "wrong-rank", "missing-flatten"),
    "a squeeze of a single sample": Fault(lambda: Squeezed().eval(), ((1, 3, 16, 16),), "wrong-rank", "squeezed-axis"),
    "an axis of size one too many": Fault(lambda: nn.BatchNorm2d(3), ((2, 1, 3, 8, 8),), "wrong-rank", "extra-axis"),
    "video into an image network": Fault(Lenet, ((2, 4, 3, 32, 32),), "wrong-rank", "extra-axis"),
    "no flatten before a linear layer": Fault(
        lambda: nn.Sequential(nn.Conv2d(3, 16, 3), nn.AdaptiveAvgPool2d(1), nn.Linear(16, 4)),
        ((4, 3, 16, 16),),
        "flatten-size",
        "missing-flatten",
    ),
    "28 instead of 32": Fault(Lenet, ((4, 3, 28, 28),), "flatten-size", "changed-resolution"),
    "64 instead of 32": Fault(Lenet, ((4, 3, 64, 64),), "flatten-size", "changed-resolution"),
    "a number that no size gives": Fault(
        lambda: Lenet(391), ((4, 3, 32, 32),), "flatten-size", "wrong-constructor-number"
    ),
    "linear layers that do not meet": Fault(
        lambda: nn.Sequential(nn.Linear(8, 16), nn.LayerNorm(16), nn.Linear(32, 4)),
        ((4, 8),),
        "flatten-size",
        "wrong-constructor-number",
    ),
    "100 in a U-Net of three halvings": Fault(UNet, ((1, 3, 100, 100),), "size-mismatch", "not-divisible"),
    "one side in a U-Net": Fault(UNet, ((1, 3, 64, 50),), "size-mismatch", "not-divisible"),
    "residual of another width": Fault(Residual, ((2, 16, 8, 8),), "size-mismatch", "wrong-constructor-number"),
    "squeeze and excitation": Fault(Excite, ((2, 16, 8, 8),), "size-mismatch", "missing-spatial-axis", False),
    "a table of positions": Fault(Positions, ((1, 3, 64, 64),), "size-mismatch", "changed-resolution", False),
    "bins of a spectrogram in a batch norm": Fault(
        lambda: nn.Sequential(nn.BatchNorm2d(64), nn.Conv2d(1, 8, 3)),
        ((4, 1, 64, 50),),
        "channel-mismatch",
        "sequence-order",
    ),
    "batch norm behind a GRU": Fault(Recurrent, ((4, 30, 12),), "channel-mismatch", "sequence-order"),
    "series features last": Fault(
        lambda: nn.Sequential(nn.Conv1d(12, 16, 3), nn.BatchNorm1d(16)),
        ((4, 100, 12),),
        "input-channels",
        "sequence-order",
    ),
    "features second for a GRU": Fault(
        lambda: nn.GRU(12, 24, batch_first=True), ((4, 12, 30),), "flatten-size", "sequence-order"
    ),
    "layer norm behind a convolution": Fault(
        lambda: nn.Sequential(nn.Conv2d(3, 24, 3), nn.LayerNorm(24)),
        ((2, 3, 16, 16),),
        "trailing-shape",
        "channels-first",
    ),
    "layer norm of another width": Fault(
        lambda: nn.Sequential(nn.Linear(8, 24), nn.LayerNorm(16)),
        ((2, 8),),
        "trailing-shape",
        "wrong-constructor-number",
    ),
    "layer norm over a map": Fault(
        lambda: nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.LayerNorm([8, 32, 32])),
        ((2, 3, 64, 64),),
        "trailing-shape",
        "changed-resolution",
    ),
    "groups of a narrow network": Fault(
        lambda: nn.Sequential(nn.Conv2d(3, 60, 3), nn.GroupNorm(8, 64)),
        ((2, 3, 16, 16),),
        "uneven-groups",
        "wrong-constructor-number",
    ),
    "pooled to nothing": Fault(
        lambda: nn.Sequential(*(nn.Sequential(nn.Conv2d(3, 3, 3, padding=1), nn.MaxPool2d(2)) for _ in range(5))),
        ((2, 3, 24, 24),),
        "too-small",
        "downsampled-away",
    ),
    "kernel larger than what is left": Fault(Lenet, ((2, 3, 10, 10),), "too-small", "downsampled-away"),
    "reflection longer than the map": Fault(
        lambda: nn.Sequential(nn.Conv2d(3, 8, 4, 4), nn.ReflectionPad2d(3), nn.Conv2d(8, 8, 7), nn.InstanceNorm2d(8)),
        ((2, 3, 8, 8),),
        "too-small",
        "downsampled-away",
    ),
    "doubles into floats": Fault(
        lambda: nn.Sequential(nn.Linear(8, 8), nn.BatchNorm1d(8)),
        (((4, 8), "float64"),),
        "unsupported-type",
        "mixed-types",
    ),
    "a float norm before a layer in 16 bits": Fault(
        lambda: nn.Sequential(nn.GroupNorm(2, 8), nn.Conv2d(8, 8, 3).bfloat16()),
        ((1, 8, 9, 9),),
        "unsupported-type",
        "mixed-types",
    ),
    "joints and coordinates on two axes": Fault(
        lambda: nn.BatchNorm1d(30), ((8, 10, 3, 20),), "wrong-rank", "missing-flatten"
    ),
    "a shortcut that does not stride": Fault(
        lambda: Strided(8, 16, 2), ((2, 8, 16, 16),), "size-mismatch", "wrong-constructor-number"
    ),
    "a scale of another width": Fault(
        lambda: nn.Sequential(nn.Conv1d(4, 8, 3), Scaled(4)), ((2, 4, 20),), "size-mismatch", "wrong-constructor-number"
    ),
    "pooled by weights": Fault(Weighted, ((2, 8, 6, 6),), "one-value", "global-pool", False, "warning"),
    "vectors into an instance norm": Fault(
        lambda: nn.Sequential(nn.Linear(4, 32), nn.InstanceNorm1d(32)),
        ((32, 4),),
        "read-as-unbatched",
        "vector-input",
        severity="warning",
    ),
    "square maps of a number of channels that does not split": Fault(
        Grouped, ((6, 28, 8, 8),), "uneven-groups", "not-divisible"
    ),
    "windows that do not come out even": Fault(lambda: windows, ((2, 64, 50, 8),), "flatten-size", "not-divisible"),
    "too few channels for a pixel shuffle": Fault(
        lambda: nn.Sequential(nn.Conv2d(3, 12, 3), nn.PixelShuffle(3)),
        ((1, 3, 8, 8),),
        "uneven-groups",
        "not-divisible",
    ),
    "a signal shorter than the kernel": Fault(
        lambda: nn.Sequential(nn.Conv1d(4, 8, 7), nn.BatchNorm1d(8)),
        ((2, 4, 5),),
        "too-small",
        "changed-resolution",
    ),
    "running statistics that are not there": Fault(
        lambda: lambda x: F.batch_norm(x, None, None), ((4, 8, 5, 5),), "statistics-mode", "signature-confusion"
    ),
    "paddings of a loop": Fault(
        lambda: nn.Sequential(*(Dilated(8, 2**n) for n in range(3))),
        ((2, 8, 64),),
        "size-mismatch",
        "wrong-constructor-number",
    ),
    "a scale for half of the channels": Fault(
        Conditional, ((4, 8, 6, 6), ((4,), torch.int64)), "size-mismatch", "wrong-constructor-number"
    ),
    "a convolution took the channels where they are": Fault(
        lambda: nn.Sequential(nn.Conv2d(3, 12, 3, padding=1), nn.BatchNorm2d(16)),
        ((4, 3, 16, 16),),
        "channel-mismatch",
        "wrong-constructor-number",
    ),
    "an empty batch": Fault(
        lambda: nn.InstanceNorm2d(3, affine=True), ((0, 3, 8, 8),), "empty-input", "empty-slice", False
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_first_cause(name: str) -> None:
    fault = FAULTS[name]
    report = whynorm.check(fault.model(), *fault.inputs)
    loud = [finding for finding in report.findings if finding.severity != "note"]
    assert loud, "nothing was found"
    first = loud[0]
    causes = [cause.cause for cause in first.causes]
    assert (first.symptom, first.severity) == (fault.symptom, fault.severity), str(report)
    assert causes[:1] == [fault.cause], str(report)
    if fault.fixed:
        assert any(fix.verified for fix in first.causes[0].fixes), str(report)


class Joined(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(2, 4, 1)
        self.second = nn.Conv2d(4, 4, 1)
        self.norm = nn.BatchNorm2d(4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.cat([x, self.first(x)], dim=1)
        x = torch.cat([x, self.second(x)], dim=1)
        return self.norm(x)


def test_several_layers_built_for_wrong_numbers_are_put_right_together() -> None:
    first = whynorm.check(Joined(), (2, 2, 5, 5)).findings[0].causes[0].fixes[0]
    assert first.patch is not None
    assert "+        self.second = nn.Conv2d(6, 4, 1)" in first.patch
    assert "+        self.norm = nn.BatchNorm2d(10)" in first.patch


def test_what_is_built_for_the_same_in_a_loop_is_changed_together() -> None:
    first = whynorm.check(Levels(), (2, 4, 5, 5)).findings[0].causes[0].fixes[0]
    assert first.verified
    assert first.patch is not None
    assert "+        self.norm = nn.BatchNorm2d(2 * channels)" in first.patch
    assert "+        self.project = nn.Conv2d(2 * channels, 2, 1)" in first.patch
