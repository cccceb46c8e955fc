"""What is noted of a running program's norms, and what is said of it at the end."""

import copy
import gc
import io
import warnings
import weakref
from collections.abc import Iterator
from contextlib import redirect_stderr, suppress

import pytest
import torch
from torch import nn

import whynorm
from whynorm import live
from whynorm.facts.history import History
from whynorm.frameworks.torch import observe
from whynorm.frameworks.torch.histories.at_end import SYMPTOMS, followed_at_end
from whynorm.frameworks.torch.histories.now import NOW
from whynorm.record import Record
from whynorm.report import Finding


@pytest.fixture
def record() -> Iterator[Record]:
    made = Record()
    undo = observe.install(made)
    yield made
    undo()
    assert made.fault is None


def network() -> nn.Sequential:
    return nn.Sequential(nn.Linear(6, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 4), nn.BatchNorm1d(4))


def train(model: nn.Module, steps: int = 3) -> None:
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(steps):
        optimizer.zero_grad()
        model(torch.randn(16, 6)).square().mean().backward()
        optimizer.step()


def all_histories() -> list[tuple[str | None, History]]:
    return [
        (call.path, call.history)
        for followed in followed_at_end()
        for call in followed.trace.calls
        if call.history is not None
    ]


def found(record: Record) -> list[Finding]:
    return [one for one in live.report_of(None, command="run", record=record).findings if one.symptom in SYMPTOMS]


def test_a_history_counts_passes_by_place_and_mode(record: Record) -> None:
    model = network()
    train(model, steps=5)
    model.eval()
    with torch.no_grad():
        for size in (3, 7):
            model(torch.randn(size, 6))
    ((path, history),) = all_histories()
    assert (path, history.alike, history.backwards, history.moved) == ("1", 2, 5, True)
    learning, inferring = history.uses
    assert (learning.training, learning.grad, learning.calls, learning.learnt) == (True, True, 5, 5)
    assert (learning.functions[0], learning.callee, learning.batches) == ("train", "model", (16, 16))
    assert (inferring.training, inferring.grad, inferring.calls, inferring.longest) == (False, False, 2, 2)
    assert (inferring.first, inferring.last, inferring.batches, inferring.loop) == (6, 7, (3, 7), "data")
    assert history.statistics is not None
    assert (history.statistics.updates, history.statistics.initial) == (5, False)
    assert found(record) == []


def test_a_norm_that_is_called_twice_in_a_pass_stands_in_one_pass(record: Record) -> None:
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm = nn.BatchNorm1d(6)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            shared: torch.Tensor = self.norm(torch.relu(self.norm(x)))
            return shared

    train(Twice(), steps=4)
    ((_, history),) = all_histories()
    assert [(use.learnt, use.runs, use.longest, use.calls) for use in history.uses] == [(4, 4, 1, 8)]


def test_a_model_that_is_gone_is_still_told_of(record: Record) -> None:
    def main() -> None:
        model = network()
        train(model)
        with torch.no_grad():
            for _ in range(3):
                print(model(torch.randn(5, 6)).argmax(1).sum())

    main()
    (finding,) = found(record)
    assert (finding.symptom, finding.severity, finding.causes[0].cause) == (
        "statistics-mode",
        "warning",
        "left-in-training",
    )
    assert "3 passes in main, without gradients" in finding.message
    fix = finding.causes[0].fixes[0]
    assert fix.verified is True
    assert fix.patch is not None
    assert "+            model.eval()" in fix.patch


@pytest.mark.parametrize("grad", [True, False])
def test_what_is_thrown_away_learns_the_statistics_anew(record: Record, grad: bool) -> None:
    model = network()
    train(model)
    with torch.set_grad_enabled(grad):
        for _ in range(4):
            model(torch.randn(16, 6))
    model.eval()
    model(torch.randn(1, 6))
    assert found(record) == []


def test_a_teacher_that_follows_is_left_alone_and_one_that_stays_is_told_of(record: Record) -> None:
    student = network()
    follows, stays = copy.deepcopy(student), copy.deepcopy(student)
    optimizer = torch.optim.SGD(student.parameters(), lr=0.1)
    for _ in range(6):
        x = torch.randn(16, 6)
        with torch.no_grad():
            wanted = follows(x) + stays(x)
        optimizer.zero_grad()
        (student(x) - wanted).square().mean().backward()
        optimizer.step()
        for one, other in zip(follows.parameters(), student.parameters(), strict=True):
            one.data = 0.9 * one.data + 0.1 * other.data
    (finding,) = found(record)
    assert finding.causes[0].cause == "half-frozen"
    (patch,) = [fix.patch for fix in finding.causes[0].fixes]
    assert patch is not None
    assert "+            stays.eval()" in patch


@pytest.mark.parametrize(("detached", "backwards_first"), [(False, False), (True, False), (False, True)])
def test_a_pass_goes_backwards_with_statistics_that_another_one_has_moved(
    record: Record, detached: bool, backwards_first: bool
) -> None:
    model = network()
    for _ in range(4):
        model.zero_grad()
        first = model.eval()(torch.randn(16, 6)).square().mean()
        if backwards_first:
            first.backward()
        second = model.train()(5 * torch.randn(16, 6)).square().mean()
        (second + first.detach() if detached or backwards_first else second + first).backward()
    told = [one for one in found(record) if one.symptom == "modified-in-place"]
    assert [(one.severity, one.causes[0].cause) for one in told] == (
        [] if detached or backwards_first else [("warning", "several-forwards")]
    )


def test_the_first_norm_that_is_broken_and_the_pass_that_broke_it(record: Record) -> None:
    model = network()
    for step in range(5):
        batch = torch.randn(16, 6)
        if step == 2:
            batch[0, 0] = float("inf")
        model(batch).sum().backward()
    ((_, history),) = all_histories()
    assert history.broken is not None
    assert (history.broken.norm, history.broken.after, history.broken.norms) == ("1", 3, 2)
    assert found(record)[0].symptom == "nonfinite-statistics"


def test_weights_without_statistics(record: Record) -> None:
    model = network()
    model.load_state_dict(dict(network().named_parameters()), strict=False)
    model.eval()
    print(model(torch.randn(3, 6)))
    assert [(one.symptom, one.causes[0].cause) for one in found(record)] == [("state-mismatch", "wrong-checkpoint")]


def test_a_graph_in_training_mode_unless_a_library_writes_it(record: Record) -> None:
    model = network()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.trace(copy.deepcopy(model).eval(), torch.randn(4, 6))
        assert found(record) == []
        torch.jit.trace(model, torch.randn(4, 6), check_trace=False)
    (finding,) = found(record)
    assert finding.causes[0].fixes[0].verified is True
    assert "+        model.eval()" in str(finding.causes[0].fixes[0].patch)


def test_watching_one_model_leaves_the_others_alone() -> None:
    own, other = network(), network()
    errors = io.StringIO()
    with redirect_stderr(errors), whynorm.watch(own):
        for model in (own, other):
            train(model)
            with torch.no_grad():
                for _ in range(3):
                    print(model(torch.randn(5, 6)).argmax(1).sum())
    assert errors.getvalue().count("warning[statistics-mode]") == 1


def test_looking_changes_nothing() -> None:
    def run() -> tuple[dict[str, torch.Tensor], torch.Tensor]:
        torch.manual_seed(0)
        model = network()
        train(model, steps=9)
        with torch.no_grad():
            guess = model(torch.randn(5, 6))
        return model.state_dict(), torch.cat([guess.flatten(), torch.rand(3)])

    plain = run()
    undo = observe.install(Record())
    seen = run()
    undo()
    assert all(torch.equal(value, seen[0][name]) for name, value in plain[0].items())
    assert torch.equal(plain[1], seen[1])
    assert NOW.backwards == 9


def test_no_tensor_of_the_program_is_kept(record: Record) -> None:
    _of_a_step(network(), 1)  # torch itself has cycles, once, where it is loaded on demand
    model = nn.Sequential(nn.Linear(6, 9), nn.BatchNorm1d(9))
    gc.collect()
    gc.disable()
    try:
        kept = [_of_a_step(model, size) for size in (16, 16, 5, 1, 1, 7)]
    finally:
        gc.enable()
    assert kept == [False] * 6


def _of_a_step(model: nn.Module, size: int) -> bool:
    """Whether a batch lives on behind its step; nothing but the count of its references may free it."""
    batch = torch.randn(size, 6)
    with suppress(ValueError):
        model(batch).sum().backward()
    gone = weakref.ref(batch)
    del batch
    return gone() is not None
