"""Weights that do not fit are compared with the network; loading them again leaves the network alone."""

import pytest
import torch
from torch import nn

from whynorm import why
from whynorm.report import Report


def _report(model: nn.Module, saved: dict[str, torch.Tensor]) -> Report:
    with pytest.raises(RuntimeError) as failed:
        model.load_state_dict(saved)
    return why(failed.value)


def _net(width: int = 8, *, statistics: bool = True) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(3, width, 3), nn.BatchNorm2d(width, track_running_stats=statistics), nn.ReLU())


@pytest.mark.parametrize("kept", [True, False])
def test_statistics_on_one_side_only(kept: bool) -> None:
    (finding,) = _report(_net(statistics=kept), _net(statistics=not kept).state_dict()).findings
    assert finding.symptom == "state-mismatch"
    assert finding.layer is not None
    assert finding.layer.path == "1"
    first = finding.causes[0]
    assert first.cause == "instance-norm-running-statistics"
    assert [(fix.title.split()[4], fix.verified) for fix in first.fixes] == [
        (f"track_running_stats={not kept},", True),
    ]


def test_weights_of_another_width() -> None:
    (finding,) = _report(_net(8), _net(12).state_dict()).findings
    assert [cause.cause for cause in finding.causes] == ["wrong-checkpoint"]
    assert "0.weight is 12 x 3 x 3 x 3 there and 8 x 3 x 3 x 3 here" in finding.causes[0].message
    assert [fix.verified for fix in finding.causes[0].fixes] == [None, True]


def test_weights_of_another_network_have_no_tried_fix() -> None:
    (finding,) = _report(_net(8), nn.Sequential(nn.Linear(2, 2)).state_dict()).findings
    assert [fix.verified for cause in finding.causes for fix in cause.fixes] == [None]


def test_the_network_is_left_as_it_was() -> None:
    model = _net(8)
    model.append(model[0])  # shared
    model[1].eval()
    before = {name: (id(tensor), tensor.clone()) for name, tensor in model.state_dict(keep_vars=True).items()}
    with pytest.raises(RuntimeError):
        model.load_state_dict(_net(12).state_dict())
    loaded = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    _report(model, _net(12).state_dict())
    for name, tensor in model.state_dict(keep_vars=True).items():
        assert id(tensor) == before[name][0]
        assert torch.equal(tensor, loaded[name])
    assert [module.training for module in model.modules()] == [True, True, False, True]
