"""Edits that put a model into inference mode, as they land in sources of several styles."""

from pathlib import Path

import pytest

from tests.fixes.test_patch import applied, at
from whynorm.facts.change import Infer

STEP = "    opt.zero_grad(); net(x).sum().backward(); opt.step()\n"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("with torch.no_grad(): print(net(x))\n", "with torch.no_grad(): net.eval(); print(net(x))\n"),
        ("net.eval\nprint(net(x))\n", "net.eval()\nprint(net(x))\n"),
    ],
)
def test_on_one_line_and_without_parentheses(before: str, after: str) -> None:
    trained = "for x in data:\n" + STEP
    assert applied(trained + before, Infer(at(before, "print")._replace(line=2 + before.count("\n")), "net")) == (
        trained + after
    )


def test_inside_of_the_loop_that_trains_it_goes_back() -> None:
    text = "for x in data:\n" + STEP + "    with torch.no_grad(): print(net(x))\n"
    made = applied(text, Infer(at(text, "print"), "net"))
    assert made == text.replace("print(net(x))", "net.eval(); print(net(x)); net.train()")
