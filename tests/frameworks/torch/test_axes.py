"""Networks in which two axes are of one size: what is meant is told by the layers around a norm, or by nothing."""

import pytest
import torch
from torch import nn

import whynorm


class Over(nn.Module):
    """A layer between a norm and another layer, with the axes moved in between on request."""

    def __init__(self, *layers: nn.Module, swapped: tuple[int, ...] = (), contiguous: bool = False) -> None:
        super().__init__()
        self.layers = nn.ModuleList(layers)
        self.swapped = swapped
        self.contiguous = contiguous

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for number, layer in enumerate(self.layers):
            if number in self.swapped:
                x = x.transpose(-2, -1)
                x = x.contiguous() if self.contiguous else x
            x = layer(x)
            x = x[0] if isinstance(x, tuple) else x
        return x


SIZE = 12


class Joints(nn.Module):
    """Features of joints, normalised joint by joint: the names say so."""

    def __init__(self, joints: int = 12, width: int = 12) -> None:
        super().__init__()
        self.lift = nn.Linear(3, width)
        self.norm = nn.BatchNorm1d(joints)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.norm(self.lift(x)))


HEALTHY = {
    "layer over time, then a norm over both": Over(nn.Linear(SIZE, SIZE), nn.LayerNorm((SIZE, SIZE)), swapped=(0, 1)),
    "layer over time and its norm": Over(nn.Linear(SIZE, SIZE), nn.LayerNorm(SIZE), swapped=(0,)),
    "tokens of channels": Over(nn.Linear(SIZE, SIZE), nn.BatchNorm1d(SIZE), nn.Linear(SIZE, 4), swapped=(0,)),
    "an instance norm for each series": Over(nn.InstanceNorm1d(SIZE), nn.Linear(SIZE, 4), swapped=(0,)),
    "a norm over frequencies": Over(
        nn.Conv1d(SIZE, SIZE, 1), nn.LayerNorm(SIZE), nn.Conv1d(SIZE, 4, 1), swapped=(1, 2), contiguous=True
    ),
    "named joints": Joints(),
}


@pytest.mark.parametrize("name", HEALTHY)
def test_a_network_that_moves_its_axes_on_purpose_is_not_doubted(name: str) -> None:
    report = whynorm.check(HEALTHY[name], (5, SIZE, 3 if name == "named joints" else SIZE))
    assert not report.findings


@pytest.mark.parametrize(
    "layers",
    [
        (nn.Linear(3, SIZE), nn.BatchNorm1d(SIZE)),
        (nn.Embedding(9, SIZE), nn.InstanceNorm1d(SIZE)),
        (nn.Identity(), nn.BatchNorm1d(SIZE), nn.LSTM(SIZE, 4, batch_first=True)),
    ],
)
def test_features_that_stand_last_are_missed_where_a_norm_looks_for_them_second(layers: tuple[nn.Module, ...]) -> None:
    given = torch.zeros(5, SIZE, dtype=torch.long) if isinstance(layers[0], nn.Embedding) else None
    report = whynorm.check(
        Over(*layers), given if given is not None else (5, SIZE, getattr(layers[0], "in_features", SIZE))
    )
    assert [finding.symptom for finding in report.findings if finding.severity == "warning"] == ["wrong-axes"]


class Regrouping(nn.Module):
    """Maps of 6 channels regrouped to other sizes, and a norm over one axis of these."""

    def __init__(self, shape: tuple[int, ...], axis: int) -> None:
        super().__init__()
        self.shape = shape
        self.conv = nn.Conv2d(3, 6, 1)
        self.norm = nn.LayerNorm(shape[-1]) if axis == len(shape) - 1 else nn.BatchNorm1d(shape[axis])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.norm(self.conv(x).reshape(self.shape))


@pytest.mark.parametrize(
    ("shape", "axis"),
    [((2, 6, 20), 1), ((2, 20, 6), 2), ((2, 5, 24), 2), ((2, 4, 30), 2), ((40, 6), 1), ((2, 24, 5), 1), ((2, 120), 1)],
    ids=str,
)
def test_channels_are_torn_apart_where_the_axis_normalised_holds_other_channels_at_other_positions(
    shape: tuple[int, ...], axis: int
) -> None:
    torn = [one for one in whynorm.check(Regrouping(shape, axis), (2, 3, 4, 5)).findings if one.symptom == "wrong-axes"]

    channel = torch.arange(6).view(1, 6, 1, 1).expand(2, 6, 4, 5).reshape(shape).movedim(axis, -1).flatten(0, -2)
    assert bool(torn) == bool((channel != channel[0]).any())
    if torn:
        fix = torn[0].causes[0].fixes[0]
        assert fix.verified
        assert ".permute(" in (fix.patch or "")


class Heads(nn.Module):
    """Queries and keys of four heads, as many steps as a head has features."""

    def __init__(self, order: tuple[int, ...], twin: bool = True) -> None:
        super().__init__()
        features = 8
        self.order = order
        self.queries, self.keys = nn.Linear(32, 32), nn.Linear(32, 32)
        self.query_norm = nn.LayerNorm(features) if twin else nn.Identity()
        self.key_norm = nn.LayerNorm(features)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        query = self.queries(x).view(x.shape[0], x.shape[1], 4, -1).transpose(1, 2)
        key = self.keys(x).view(x.shape[0], x.shape[1], 4, -1).permute(self.order)
        return torch.cat([self.query_norm(query), self.key_norm(key)])


@pytest.mark.parametrize(
    ("order", "twin", "told"),
    [((0, 2, 3, 1), True, ["sequence-order"]), ((0, 2, 1, 3), True, []), ((0, 2, 3, 1), False, [])],
)
def test_two_norms_that_are_built_alike(order: tuple[int, ...], twin: bool, told: list[str]) -> None:
    report = whynorm.check(Heads(order, twin), (2, 8, 32))
    found = [one for one in report.findings if one.symptom == "wrong-axes"]
    assert [one.causes[0].cause for one in found] == told
    assert all(one.layer is not None and one.layer.path == "key_norm" for one in found)
