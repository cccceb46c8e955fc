"""Fixes of what is silently wrong, tried on what the program's own layers got."""

import copy
from collections.abc import Iterator

import pytest
import torch
from torch import nn

from whynorm import live
from whynorm.frameworks.torch import observe
from whynorm.frameworks.torch.histories.at_end import SYMPTOMS
from whynorm.frameworks.torch.renamed import renamed
from whynorm.record import Record
from whynorm.report import Cause, Finding


@pytest.fixture
def record() -> Iterator[Record]:
    made = Record()
    undo = observe.install(made)
    yield made
    undo()
    assert made.fault is None


def warned(record: Record) -> list[Finding]:
    told = live.report_of(None, command="run", record=record).findings
    return [one for one in told if one.severity == "warning"]


def the_cause(record: Record) -> Cause:
    (finding,) = warned(record)
    return finding.causes[0]


def network() -> nn.Sequential:
    return nn.Sequential(nn.BatchNorm1d(6), nn.Linear(6, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))


def train(model: nn.Module, steps: int = 8, rows: int = 32, scale: float = 9.0) -> None:
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(steps):
        optimizer.zero_grad()
        model(scale * torch.randn(rows, 6) + 20).square().mean().backward()
        optimizer.step()


def test_parameters_that_are_copied_without_buffers(record: Record) -> None:
    student = network()
    average = copy.deepcopy(student).eval()
    train(student)
    with torch.no_grad():
        for mine, theirs in zip(average.parameters(), student.parameters(), strict=True):
            mine.copy_(theirs)
        assert average(9 * torch.randn(64, 6) + 20).isfinite().all()
    cause = the_cause(record)
    assert cause.cause == "frozen-statistics"
    assert cause.fixes[0].title == "copy the statistics with the parameters"
    assert cause.fixes[0].verified


def test_an_untrained_network_in_inference_mode_is_left_alone(record: Record) -> None:
    with torch.no_grad():
        assert network().eval()(9 * torch.randn(64, 6) + 20).isfinite().all()
    assert warned(record) == []


@pytest.mark.parametrize(("before", "after"), [("", "model."), ("module.", ""), ("old.", "new.")])
def test_names_that_differ_in_one_way_are_put_right(before: str, after: str) -> None:
    model = nn.ModuleDict({(after or before).rstrip("."): network()}) if after else network()
    saved = {before + name: value for name, value in network().state_dict().items()}
    found = renamed(model, saved)
    assert found is not None
    assert model.load_state_dict({found.of(name): value for name, value in saved.items()}) is not None
    written = eval(f"{{{found.written}: 0 for name in saved}}", {"saved": saved})
    assert set(written) == set(model.state_dict())


def test_names_are_not_guessed() -> None:
    saved = network().state_dict()
    assert renamed(network(), saved) is None
    assert renamed(nn.Sequential(nn.BatchNorm1d(6), nn.Linear(6, 9), nn.BatchNorm1d(9)), saved) is None
    other = {f"a.{name}": torch.zeros(3) for name in saved}
    assert renamed(network(), other) is None


def test_weights_under_other_names_are_loaded_under_their_own(record: Record) -> None:
    trained = network()
    train(trained)
    saved = {f"module.{name}": value for name, value in trained.state_dict().items()}
    loaded = network()
    loaded.load_state_dict(saved, strict=False)
    with torch.no_grad():
        loaded.eval()(9 * torch.randn(64, 6) + 20)
    cause = the_cause(record)
    assert cause.cause == "wrong-checkpoint"
    assert cause.fixes[0].verified
    patch = cause.fixes[0].patch
    assert patch is not None
    assert "name.removeprefix('module.'): value for name, value in saved.items()" in patch


class Pair(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.part = network()

    def forward(self, one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
        return self.part(one) - self.part(other)


@pytest.mark.parametrize("apart", [0.0, 30.0])
def test_two_kinds_of_data_in_one_pass(record: Record, apart: float) -> None:
    torch.manual_seed(0)
    model = Pair()
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
    for _ in range(40):
        optimizer.zero_grad()
        model(torch.randn(32, 6), torch.randn(32, 6) + apart).square().mean().backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        model.part(torch.randn(64, 6) + apart)
    if not apart:
        assert warned(record) == []
        return
    cause = the_cause(record)
    assert cause.cause == "shared-domains"
    assert next(fix.title for fix in cause.fixes if fix.verified) == "a norm for each kind, all else shared"


@pytest.mark.parametrize(
    ("dtype", "momentum"), [(torch.bfloat16, 0.001), (torch.bfloat16, 0.1), (torch.float32, 0.001)]
)
def test_statistics_that_are_too_coarse_for_their_type(record: Record, dtype: torch.dtype, momentum: float) -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.BatchNorm1d(6, momentum=momentum), nn.Linear(6, 2)).to(dtype)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
    for _ in range(40):
        optimizer.zero_grad()
        model((1.5 * torch.randn(64, 6)).to(dtype)).square().mean().backward()
        optimizer.step()
    if (dtype, momentum) != (torch.bfloat16, 0.001):
        assert warned(record) == []
        return
    cause = the_cause(record)
    assert (cause.cause, cause.fixes[0].verified) == ("half-precision", True)


def test_rows_that_hold_nan_are_named_and_left_out(record: Record) -> None:
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for step in range(6):
        rows = torch.randn(16, 6)
        if step == 3:
            rows[5, 2] = float("nan")
        loss = model(rows).square().mean()
        if loss.isfinite():
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    cause = the_cause(record)
    assert cause.confidence == "certain"
    assert cause.message.startswith("pass 4 of the network was handed NaN or infinity, in 1 of its 16 samples")
    assert cause.fixes[0].verified
    patch = cause.fixes[0].patch
    assert patch is not None
    assert "+        if not rows.isfinite().all():" in patch


class Table(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.BatchNorm1d(6, affine=False)
        self.head = nn.Linear(6, 2)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return self.head(self.scale(rows))


def test_what_a_network_was_is_known_when_it_is_gone(record: Record) -> None:
    def main() -> None:
        train(Table(), rows=2)

    main()
    (finding,) = warned(record)
    assert finding.causes[0].cause == "small-batch-statistics"
    assert finding.layer is not None
    assert (finding.layer.type, finding.layer.call) == ("BatchNorm1d", "BatchNorm1d(6, affine=False)")
    assert finding.layer.location is not None
    assert finding.layer.location.code == "self.scale = nn.BatchNorm1d(6, affine=False)"
    assert finding.causes[0].fixes[0].verified


def test_a_graph_that_torch_export_writes_in_training_mode(record: Record) -> None:
    model = network()
    train(model)
    torch.export.export(model, (torch.randn(4, 6),))
    (finding,) = warned(record)
    assert finding.causes[0].cause == "left-in-training"
    assert finding.causes[0].fixes[0].verified
    assert SYMPTOMS[0] == finding.symptom


class Experts(nn.Module):
    """Layers that are held in a plain list, or dictionary."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        made = [nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4)) for _ in range(2)]
        if kind == "dictionary":
            self.named = {"a": made[0], "b": made[1]}
        elif kind == "appended":
            self.listed: list[nn.Module] = []
            self.listed += made
        else:
            self.registered = nn.ModuleList(made)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        layers = vars(self).get("named", {}).values() or vars(self).get("listed") or self.registered
        return sum((layer(x) for layer in layers), torch.zeros(()))


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("dictionary", '+            self.named = nn.ModuleDict({"a": made[0], "b": made[1]})'),
        ("appended", "+            self.listed: list[nn.Module] = nn.ModuleList([])"),
        ("registered", None),
    ],
)
def test_layers_that_are_no_part_of_the_network(record: Record, kind: str, line: str | None) -> None:
    model = Experts(kind)
    for _ in range(3):
        model(torch.randn(8, 4, requires_grad=True)).sum().backward()
    model.eval()
    with torch.no_grad():
        assert all(model(torch.randn(8, 4)).isfinite().all() for _ in range(4))
    findings = live.report_of(None, command="run", record=record).findings
    told = [one for one in findings if one.symptom == "statistics-mode" and one.severity == "warning"]
    patches = [fix.patch for one in told for cause in one.causes for fix in cause.fixes]
    assert (line in (patches[0] or "").splitlines()) if line is not None else patches == []
