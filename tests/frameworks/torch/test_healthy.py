"""A fast part of the healthy networks; `python -m tests.fuzz.healthy` checks them all."""

import pytest
import torch
from torch import nn

import whynorm
from tests.fuzz.healthy import LIBRARIES, Network, state, trouble

FAST = {
    "monai": ("monai UNet 3d", "monai DynUNet deep", "monai SegResNet"),
    "nnunet": ("nnU-Net plain 3d",),
    "transformers": ("transformers LlamaForCausalLM", "transformers BertModel"),
    "diffusers": ("diffusers UNet2D",),
}


@pytest.mark.parametrize(("library", "name"), [(library, name) for library, names in FAST.items() for name in names])
@pytest.mark.parametrize("training", [True, False])
def test_a_healthy_network_has_no_finding_and_is_left_alone(library: str, name: str, training: bool) -> None:
    network = next(network for network in LIBRARIES[library]() if network.name == name)
    assert trouble(network, training) == []


class Tied(nn.Module):
    """Shared modules, tied weights, tracked statistics, a frozen norm, a spectral norm and a hook."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.second = nn.Linear(4, 4)
        self.second.weight = self.first.weight
        self.again = self.first
        self.norm = nn.BatchNorm1d(4)
        self.frozen = nn.BatchNorm1d(4)
        self.frozen.weight.requires_grad_(False)
        self.instance = nn.InstanceNorm1d(4, track_running_stats=True)
        self.spectral = nn.utils.parametrizations.spectral_norm(nn.Linear(4, 4))
        self.seen: list[torch.Tensor] = []
        self.register_forward_hook(lambda module, inputs, output: self.seen.append(output))

    def train(self, mode: bool = True) -> "Tied":
        super().train(mode)
        self.frozen.eval()
        return self

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.last = x
        x = self.norm(self.again(self.second(self.first(x))))
        return self.spectral(self.frozen(x)) + self.instance(x[:, :, None].expand(-1, -1, 3)).mean(2) + torch.rand(4)


def test_everything_shared_frozen_and_hooked_is_left_alone() -> None:
    assert trouble(Network("tied", Tied, ((3, 4),)), True) == []
    model = Tied()
    before = state(model)
    whynorm.check(model, (3, 5))
    whynorm.check(model, (1, 4))
    assert state(model) == before
    assert model.seen == []
    assert not hasattr(model, "last")


def test_lazy_layers_stay_lazy() -> None:
    model = nn.Sequential(nn.LazyConv2d(4, 3), nn.LazyBatchNorm2d(), nn.Flatten(), nn.LazyLinear(2))
    report = whynorm.check(model, (2, 3, 8, 8))
    assert report.outcome == "completes"
    assert [type(layer).__name__ for layer in model] == ["LazyConv2d", "LazyBatchNorm2d", "Flatten", "LazyLinear"]
    assert all(nn.parameter.is_lazy(parameter) for parameter in model.parameters())
    assert model(torch.randn(2, 3, 8, 8)).shape == (2, 2)
