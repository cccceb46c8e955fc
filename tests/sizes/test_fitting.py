"""The sizes that `check` advises are those of the exact answer; without time for it, they are found by trial."""

from typing import Any

import pytest

torch = pytest.importorskip("torch")

import whynorm  # noqa: E402
from whynorm.diagnose import findings  # noqa: E402
from whynorm.frameworks import room_of  # noqa: E402
from whynorm.sizing.fitting import Fitter  # noqa: E402

nn = torch.nn


class Joined(nn.Module):  # type: ignore[misc, name-defined]
    """Two inputs, halved twice, that are joined again; the output keeps the size."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Sequential(nn.Conv2d(2, 4, 3, 2, 1), nn.Conv2d(4, 4, 3, 2, 1))
        self.up = nn.Sequential(nn.ConvTranspose2d(4, 4, 2, 2), nn.ConvTranspose2d(4, 4, 2, 2))

    def forward(self, image: Any, mask: Any) -> Any:
        return torch.cat([self.up(self.down(torch.cat([image, mask], 1))), image], 1)


def encoder() -> Any:
    return nn.Sequential(*[nn.Conv2d(3, 3, 4, stride=2, padding=1) for _ in range(5)], nn.InstanceNorm2d(3))


def titles(report: Any) -> list[str]:
    return [fix.title for cause in report.findings[0].causes for fix in cause.fixes]


def test_what_meets_again() -> None:
    report = whynorm.check(Joined(), (1, 1, 33, 40), mask=(1, 1, 33, 40))
    assert report.findings[0].causes[0].message == "the network takes H and W each a multiple of 4; here H = 33"
    assert titles(report) == [
        "pad the input to 36 x 40, and crop the output back",
        "crop or resize the input to 32 x 40",
        "resize what up.1 gives to the size of what it meets, whatever that is",
    ]
    assert all(fix.verified for fix in report.findings[0].causes[0].fixes)


def test_one_axis_is_enough() -> None:
    assert titles(whynorm.check(encoder(), (4, 3, 32, 32)))[0] == "feed images of at least 64 x 32"


def test_the_answer_is_the_nearest() -> None:
    """By trial only multiples of the stride would be found."""
    model = nn.Sequential(nn.Conv2d(1, 1, 7), nn.Conv2d(1, 1, 7, 2), nn.Conv2d(1, 1, 7))
    report = whynorm.check(model, (1, 1, 30, 12))
    assert titles(report)[0] == "feed images of at least 30 x 25"
    assert not whynorm.check(model, (1, 1, 30, 25)).findings
    assert whynorm.check(model, (1, 1, 30, 24)).findings


def test_without_time_it_is_found_by_trial() -> None:
    room = room_of(Joined())
    assert room is not None
    followed = room.follow(Joined(), [(1, 1, 33, 40), (1, 1, 33, 40)], {}, None)
    fits = Fitter(seconds=0)(followed)
    assert fits is not None
    assert fits(0) is None
    slow = list(findings(followed, patch=lambda edits: None, fits=Fitter(seconds=0)))
    assert [finding.symptom for finding in slow] == ["size-mismatch"]


def test_the_model_is_as_before() -> None:
    model = nn.Sequential(nn.Conv2d(1, 4, 3, 2), nn.BatchNorm2d(4), nn.Conv2d(4, 4, 9), nn.InstanceNorm2d(4)).train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    random = torch.get_rng_state()
    assert titles(whynorm.check(model, (2, 1, 12, 12)))
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert torch.equal(torch.get_rng_state(), random)
