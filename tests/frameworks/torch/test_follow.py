"""What a trace of torch holds, and what trials do."""

from collections.abc import Sequence

import pytest
import torch
import torch.nn.functional as F
from torch import nn

import whynorm
from whynorm.errors import UsageError
from whynorm.facts.change import Change, Feed, Mode, Rebuild, Remove, Transform
from whynorm.frameworks.room import Followed
from whynorm.frameworks.torch import ROOM


class Block(nn.Module):
    def __init__(self, inner: int, outer: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inner, outer, 4, stride=2, padding=1)
        self.norm = nn.InstanceNorm2d(outer)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.norm(self.conv(x))


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.down = nn.ModuleList([Block(3, 4), Block(4, 4), Block(4, 4)])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        kept = []
        for block in self.down:
            x = block(x)
            kept.append(x)
        return torch.cat([kept[-1], F.interpolate(kept[0], size=kept[-1].shape[-2:])], dim=1)


def follow(model: object, *inputs: object, training: bool | None = None, **keywords: object) -> Followed:
    return ROOM.follow(model, inputs, keywords, training)


def test_a_trace_tells_layers_operations_and_who_fed_whom() -> None:
    followed = follow(Net(), (1, 3, 32, 32))
    assert followed.outcome == "completes"
    calls = followed.trace.calls
    assert [(call.type, call.path, call.role) for call in calls] == [
        ("Conv2d", "down.0.conv", "conv"),
        ("InstanceNorm2d", "down.0.norm", "norm"),
        ("Conv2d", "down.1.conv", "conv"),
        ("InstanceNorm2d", "down.1.norm", "norm"),
        ("Conv2d", "down.2.conv", "conv"),
        ("InstanceNorm2d", "down.2.norm", "norm"),
        ("F.interpolate", "", "upsample"),
        ("torch.cat", "", "join"),
    ]
    cat = calls[-1]
    assert [followed.trace.producer(value) for value in cat.inputs] == [calls[5], calls[6]]
    assert calls[6].inputs == calls[1].outputs
    assert cat.arguments["dim"] == 1
    assert calls[0].built_as == "Conv2d(3, 4, 4, stride=2, padding=1)"
    assert calls[0].arguments["stride"] == (2, 2)
    assert calls[0].location is not None
    assert calls[0].location.code == "return self.norm(self.conv(x))"
    assert calls[0].built is not None
    assert calls[0].built.code.startswith("self.conv = nn.Conv2d(")
    assert calls[1].reading is not None
    assert calls[1].reading.averages == (2, 3)


def test_it_goes_on_behind_the_first_error() -> None:
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(5), nn.Linear(6, 4), nn.LayerNorm(3))
    followed = follow(model, (2, 3))
    assert [call.path for call in followed.trace.calls if call.raised is not None] == ["1", "2", "3"]
    assert followed.raised is not None
    assert followed.raised.message == "running_mean should contain 4 elements not 5"
    assert followed.trace.calls[1].expected == (2, 5)


def test_what_an_error_should_have_given_is_in_the_trace() -> None:
    blocks = [nn.Sequential(nn.Conv2d(width, 4, 3, stride=2, padding=1), nn.InstanceNorm2d(4)) for width in (3, 4, 4)]
    report = whynorm.check(nn.Sequential(*blocks), (1, 3, 2, 2))
    assert [(found.symptom, found.causes[0].cause) for found in report.findings] == [
        ("one-value", "downsampled-away"),
        ("one-value", "downsampled-away"),
        ("one-value", "downsampled-away"),
    ]
    assert [len(found.causes[0].steps) for found in report.findings] == [1, 1, 1]


def test_an_error_that_the_model_catches_itself_is_none() -> None:
    class Careful(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            try:
                return torch.cat([x, x[:, :1]], dim=2)
            except RuntimeError:
                return x

    followed = follow(Careful(), (2, 3, 4))
    assert followed.outcome == "completes"
    assert all(call.raised is None for call in followed.trace.calls)


def test_values_that_decide_are_computed() -> None:
    class Decides(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x.flatten() if x.abs().sum() > 0 else x

    followed = follow(Decides(), (2, 3))
    assert followed.outcome == "completes"
    assert followed.trace.calls[-1].type == "Tensor.flatten"


def test_large_values_that_decide_are_unknown() -> None:
    class Decides(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x[x > 0]

    followed = follow(Decides(), (1 << 14, 1 << 14))
    assert followed.outcome == "unknown"
    assert followed.unknown is not None
    assert "x[x > 0]" in followed.unknown


TRIALS: list[tuple[Sequence[Change], bool | None]] = [
    ([Feed(0, (1, 3, 16, 16))], True),
    ([Feed(0, (1, 5, 16, 16))], False),
    ([Feed(1, (1, 5, 16, 16))], None),
    ([Remove("down.2.norm")], True),
    ([Remove("down.1.norm")], False),
    ([Mode(False)], False),
    ([Rebuild("down.2.conv", None, {"stride": 1, "kernel_size": 3})], True),
    ([Rebuild("down.2.norm", "GroupNorm", {"num_groups": 2, "num_channels": 4})], True),
    ([Rebuild("down.2.norm", "NoSuchNorm")], None),
    ([Transform("unsqueeze", (0,), 0)], False),
    ([Rebuild("down.2.conv", None, {"stride": 1, "kernel_size": 3}), Remove("down.0.norm")], True),
]


@pytest.mark.parametrize(("changes", "passes"), TRIALS)
def test_changes_are_tried_and_nothing_stays_changed(changes: Sequence[Change], passes: bool | None) -> None:
    model = Net()
    before = {name: id(module) for name, module in model.named_modules()}
    followed = follow(model, (1, 3, 8, 8))
    assert followed.outcome == "raises"
    assert followed.trial is not None
    failing = next(call for call in followed.trace.calls if call.raised is not None)
    assert failing.path == "down.2.norm"
    assert followed.trial(failing)(changes).passed is passes
    assert {name: id(module) for name, module in model.named_modules()} == before
    assert model.training


FORWARDS: list[torch.Size] = []


class Counted(Net):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        FORWARDS.append(x.shape)
        return super().forward(x)


COMPLETES: list[tuple[Sequence[Change], bool | None, int]] = [
    ([Rebuild("down.1.conv", None, {"bias": False})], True, 1),
    ([Rebuild("down.0.conv", None, {"bias": False}), Rebuild("down.1.norm", "BatchNorm2d")], True, 1),
    ([Rebuild("down.1.conv", None, {"out_channels": 5})], False, 2),
    ([Rebuild("down.1.conv", None, {"stride": 1, "padding": "same"})], True, 2),
    ([Rebuild("down.1.conv", None, {"bias": False}), Mode(False)], True, 2),
]


@pytest.mark.parametrize(("changes", "passes", "forwards"), COMPLETES)
def test_where_only_layers_change_that_give_what_they_gave_they_alone_are_called(
    changes: Sequence[Change], passes: bool | None, forwards: int
) -> None:
    FORWARDS.clear()
    followed = follow(Counted(), (1, 3, 32, 32))
    assert followed.outcome == "completes"
    assert followed.trial is not None
    tried = followed.trial(followed.trace.calls[0])(changes)
    assert (tried.passed, len(FORWARDS)) == (passes, forwards)
    if passes:
        assert [shape[:2] for shape in tried.outputs] == [(1, 8)]


def test_inputs_are_shapes_tensors_pairs_and_containers() -> None:
    def add(x: torch.Tensor, pair: list[torch.Tensor], scale: float, flag: torch.Tensor) -> torch.Tensor:
        assert bool(flag.all())
        return x + pair[0].float() * scale + pair[1]

    followed = follow(add, (2, 3), [((2, 3), "int64"), torch.ones(3)], 2.0, flag=((2,), torch.bool))
    assert followed.outcome == "completes"
    assert followed.trace.calls[-1].outputs[0].shape == (2, 3)


@pytest.mark.parametrize("inputs", [((2, -3),), ((2, None, 3),), ((2, 3), (2, 3)), ()])
def test_bad_inputs_are_one_clear_line(inputs: tuple[object, ...]) -> None:
    with pytest.raises(UsageError) as raised:
        whynorm.check(nn.Linear(3, 4), *inputs)
    assert "\n" not in str(raised.value)


def test_an_index_that_is_given_is_looked_at() -> None:
    followed = follow(nn.Embedding(4, 2), torch.tensor([1, 7]))
    assert followed.raised is not None
    assert followed.raised == ("IndexError", "index out of range in self")
    assert follow(nn.Embedding(4, 2), ((3,), "int64")).outcome == "completes"


def test_types_that_one_layer_takes_say_nothing_of_a_layer_with_other_parameters() -> None:
    buffers = nn.InstanceNorm1d(6, track_running_stats=True).half()
    weights = nn.InstanceNorm1d(6, affine=True).half()
    inputs = [((2, 6, 4), torch.float32)]
    assert ROOM.follow(buffers, inputs, {}, True).outcome == "completes"
    refused = ROOM.follow(weights, inputs, {}, True).raised
    with pytest.raises(RuntimeError) as real:
        weights(torch.rand(2, 6, 4))
    assert refused is not None
    assert refused.message == str(real.value)
