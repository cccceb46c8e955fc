"""What `sizes` says must be the framework's own answer, size by size: `python -m tests.fuzz.sizes [NAME …]`.

For each network: all equal sizes from 1 to 256, 2,000 random ones, and one below and above every border. The
framework's answers are kept in `.fuzz/sizes`, so that a second run only asks what is new; a few are asked of real
tensors too. Ends with a table, and with 1 where an answer that claims to be exact is not.
"""

import argparse
import hashlib
import itertools
import json
import random
import re
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import torch

from tests.fuzz.networks import NETWORKS, Network
from whynorm.sizing.ask_model import sizes_in
from whynorm.sizing.found import Sizes
from whynorm.sizing.question import Question, ask
from whynorm.sizing.torch_runs import TorchRunner

REALLY = 12
"""So many of the answers are asked of real tensors too."""
SMALL = 1 << 17
"""Inputs of at most so many values are."""

Point = tuple[int, ...]


class Row(NamedTuple):
    """How the answer for one network held."""

    name: str
    state: str
    wrong: list[dict[str, int]]
    compared: int
    seconds: float
    forwards: float
    """What finding the answer took, in abstract forwards."""
    rule: str


class Judge:
    """The framework, asked at single sizes; its answers outlast the run."""

    def __init__(self, network: Network, model: Any, question: Question, file: Path) -> None:
        training = network.training
        self.network = network
        self.question = question
        self.training = training
        self.runner = TorchRunner(model, question, training)
        self.file = file
        self.key = hashlib.sha1(f"{model!r}{question}{training}{torch.__version__}".encode()).hexdigest()
        kept = json.loads(file.read_text()) if file.exists() else {}
        known = kept.get("answers", {}) if kept.get("key") == self.key else {}
        self.answers: dict[Point, bool | None] = {tuple(map(int, at.split(","))): said for at, said in known.items()}

    def passes(self, point: Point) -> bool | None:
        """Whether the network takes these sizes; None where that cannot be known."""
        if point not in self.answers:
            self.answers[point] = self.runner.run(self.sizes(point)).passed
        return self.answers[point]

    def sizes(self, point: Point) -> dict[str, int]:
        """By letter."""
        return dict(zip(self.question.letters, point, strict=True))

    def keep(self) -> None:
        """Write the answers down."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        answers = {",".join(map(str, at)): said for at, said in self.answers.items()}
        self.file.write_text(json.dumps({"key": self.key, "answers": answers}))

    def forward(self) -> float:
        """Processor seconds of one abstract forward at a size that passes."""
        at = next((point for point, passes in self.answers.items() if passes), None)
        if at is None:
            return float("nan")
        times = []
        for _ in range(4):
            begin = time.process_time()
            self.runner.run(self.sizes(at))
            times.append(time.process_time() - begin)
        return min(times)

    def really(self, point: Point) -> bool | None:
        """Whether real tensors go through; None where they would be too large."""
        args, kwargs = self.runner.inputs(self.sizes(point), "cpu")
        given = [*args, *kwargs.values()]
        if sum(tensor.numel() for tensor in given) > SMALL:
            return None
        for tensor in given:
            tensor.zero_()
        model = self.network.make()
        if self.training is not None:
            model.train(self.training)
        try:
            with torch.no_grad():
                model(*args, **kwargs)
        except Exception:  # noqa: BLE001 - whatever it raises is the answer
            return False
        return True


def drawn(judge: Judge, equal: int, number: int) -> Iterator[Point]:
    """All equal sizes, then random ones: half of them anywhere, half of sizes that pass where all are equal."""
    bounds, chance = list(judge.question.ranges.values()), random.Random(0)
    passing = []
    for size in range(max(low for low, _ in bounds), min(equal, *(high for _, high in bounds)) + 1):
        point = (size,) * len(bounds)
        yield point
        if judge.passes(point):
            passing.append(size)
    for turn in range(number):
        point = tuple(chance.randint(low, min(high, 300 if len(bounds) > 1 else high)) for low, high in bounds)
        if turn % 2 and passing and len(bounds) > 1:
            point = tuple(
                min(max(chance.choice(passing) + chance.choice((0, 0, 0, 0, 1, -1)), low), high)
                if chance.random() < 0.8
                else size
                for size, (low, high) in zip(point, bounds, strict=True)
            )
        yield point


def borders(found: Sizes, points: dict[Point, bool]) -> Iterator[Point]:
    """One below and above where the answer changes along each letter, from a few sizes that pass."""
    letters, passing = found.question.letters, [point for point, passes in points.items() if passes]
    bases = [*passing[:1], *passing[-1:], *random.Random(1).sample(passing, min(3, len(passing)))]
    for base, (place, letter) in itertools.product(bases, enumerate(letters)):
        low, high = found.question.ranges[letter]
        lined = [(*base[:place], size, *base[place + 1 :]) for size in range(low, high + 1)]
        accepted = [found.accepts(**dict(zip(letters, point, strict=True))) for point in lined]
        edges = [at for at in range(1, len(accepted)) if accepted[at] != accepted[at - 1]]
        for edge in edges[:10] + edges[-4:]:
            yield lined[edge - 1]
            yield lined[edge]


def compare(name: str, network: Network, options: argparse.Namespace) -> Row:
    """Ask, then hold the answer against the framework."""
    model, question = network.make(), ask(network.inputs)
    judge = Judge(network, model, question, options.answers / f"{re.sub('[^a-z0-9]+', '_', name)}.json")
    try:
        points = {point: judge.passes(point) for point in drawn(judge, options.equal, options.random)}
        if options.only_judge:
            return Row(name, "judged", [], len(points), 0.0, 0.0, "")
        begin = time.process_time()
        found = sizes_in(model, question, training=network.training)
        seconds = time.process_time() - begin
        known = {point: said for point, said in points.items() if said is not None}
        known.update((point, said) for point in borders(found, known) if (said := judge.passes(point)) is not None)
        wrong = [point for point, said in known.items() if found.accepts(**judge.sizes(point)) != said]
        state = "exact" if found.exact else f"not exact: {found.unknown}"
        unlike = otherwise(judge, known)
        if unlike:
            state += f"; torch itself differs at {unlike}"
        forwards = seconds / judge.forward()
        return Row(name, state, [judge.sizes(at) for at in wrong], len(known), seconds, forwards, found.rule)
    finally:
        judge.keep()


def otherwise(judge: Judge, known: dict[Point, bool]) -> list[Point]:
    """Where real tensors meet another end than abstract ones: looked at where the answer changes, small sizes first."""
    points = sorted(known, key=sum)
    changes = [at for at, before in zip(points[1:], points, strict=False) if known[at] != known[before]]
    looked, unlike = 0, []
    for point in [*changes[: 2 * REALLY], *points[:2]]:
        said = judge.really(point)
        looked += said is not None
        if said is not None and said != known[point]:
            unlike.append(point)
        if looked >= REALLY:
            break
    return unlike


class Late(BaseException):
    """A network took longer than it may."""


def limited(name: str, network: Network, options: argparse.Namespace) -> Row:
    """`compare`, within the time that one network may take; what it raises is its state."""

    def late(*_: object) -> None:
        raise Late

    signal.signal(signal.SIGALRM, late)
    signal.alarm(options.limit)
    begin = time.process_time()
    try:
        return compare(name, network, options)
    except Late:
        return Row(name, f"took over {options.limit} s", [], 0, time.process_time() - begin, float("nan"), "")
    except Exception as error:  # noqa: BLE001 - a network that cannot be asked is told, and the others go on
        traceback.print_exc(limit=-4)
        return Row(name, f"{type(error).__name__}: {error}", [], 0, time.process_time() - begin, float("nan"), "")
    finally:
        signal.alarm(0)


def main() -> int:
    """Every network, or those named; the exit status is 1 where an answer that claims to be exact is not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--equal", type=int, default=256)
    parser.add_argument("--random", type=int, default=2000)
    parser.add_argument("--limit", type=int, default=900, help="seconds that one network may take")
    parser.add_argument("--answers", type=Path, default=Path(".fuzz/sizes"))
    parser.add_argument("--only-judge", action="store_true", help="ask the framework alone, for a later run")
    options = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).parents[2] / "examples" / "networks"))
    rows = []
    for name in options.names or list(NETWORKS):
        row = limited(name, NETWORKS[name], options)
        rows.append(row)
        print(f"{name}: {row.state}; {len(row.wrong)} of {row.compared} wrong; {row.forwards:.0f} forwards, "
              f"{row.seconds:.1f} s; {row.rule}", *row.wrong[:4], sep="\n    ", flush=True)  # fmt: skip
    exact = sum(row.state == "exact" for row in rows)
    failed = [row.name for row in rows if row.state.startswith("exact") and (row.wrong or row.state != "exact")]
    print(f"\n{exact} of {len(rows)} exact; claimed and wrong: {', '.join(failed) or 'none'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
