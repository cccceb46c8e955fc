"""Modules that TorchScript runs, followed on a copy."""

import io

import pytest
import torch
from torch import nn

import whynorm


def _loaded(model: nn.Module) -> nn.Module:
    buffer = io.BytesIO()
    torch.jit.save(torch.jit.script(model), buffer)
    buffer.seek(0)
    loaded: nn.Module = torch.jit.load(buffer)
    return loaded


def _why(model: nn.Module, x: torch.Tensor) -> whynorm.Report:
    with pytest.raises(Exception) as raised:  # noqa: PT011  TorchScript has types of its own
        model(x)
    return whynorm.why(raised.value)


def test_a_linear_layer_for_another_size() -> None:
    layers = nn.Conv2d(3, 4, 3, 2, 1), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 32 * 32, 2)
    model = _loaded(nn.Sequential(*layers).eval())
    before = {name: value.clone() for name, value in model.state_dict().items()}
    finding = _why(model, torch.rand(1, 3, 80, 80)).findings[0]
    assert finding.symptom == "flatten-size"
    assert finding.layer is not None
    assert finding.layer.path == "4"
    assert finding.input_shape == (1, 4 * 40 * 40)
    first = finding.causes[0]
    assert first.cause == "changed-resolution"
    assert "64 x 64" in first.message
    assert [fix.verified for fix in first.fixes] == [True, None]
    after = model.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert not model.training


def test_a_norm_that_refuses_in_compiled_code() -> None:
    halvings = [nn.Conv2d(3 if k == 0 else 4, 4, 4, 2, 1) for k in range(4)]
    model = torch.jit.script(nn.Sequential(*halvings, nn.InstanceNorm2d(4, affine=True)))
    finding = _why(model, torch.rand(1, 3, 16, 16)).findings[0]
    assert finding.symptom == "one-value"
    assert finding.layer is not None
    assert finding.layer.path == "4"
    first = finding.causes[0]
    assert first.cause == "downsampled-away"
    assert first.message.startswith("four stride-2 convolutions divide H and W by 16")
    assert first.fixes[0].verified


def test_statistics_are_those_of_the_user_afterwards() -> None:
    model = torch.jit.script(nn.Sequential(nn.BatchNorm2d(3), nn.Conv2d(3, 4, 3), nn.Linear(5, 2)))
    with pytest.raises(RuntimeError) as raised:
        model(torch.rand(2, 3, 8, 8))
    learnt = model.state_dict()["0.running_mean"].clone()
    assert whynorm.why(raised.value).findings
    assert torch.equal(model.state_dict()["0.running_mean"], learnt)
