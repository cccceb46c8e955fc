"""What `sizes` says must be the framework's own answer, size by size: `python -m tests.fuzz.sizes [NAME …]`.

For each network: all equal sizes from 1 to 256, 2,000 random ones, and one below and above every border.
"""

import argparse
import itertools
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.fuzz.networks import NETWORKS
from whynorm.sizing.ask_model import sizes_in
from whynorm.sizing.found import Sizes
from whynorm.sizing.question import Question, ask
from whynorm.sizing.rule import mask
from whynorm.sizing.torch_runs import TorchRunner


class Result(NamedTuple):
    """How the answer for one network held."""

    found: Sizes
    compared: int
    wrong: list[dict[str, int]]
    forwards: float
    """What finding the answer took, in bare abstract forwards."""


def points(found: Sizes, equal: int, drawn: int, seed: int = 0) -> Iterator[dict[str, int]]:
    """The sizes to compare at."""
    ranges, chance = found.question.ranges, random.Random(seed)
    letters = found.question.letters
    for size in range(1, equal + 1):
        if all(low <= size <= high for low, high in ranges.values()):
            yield dict.fromkeys(letters, size)
    passing = {}
    for letter in letters:
        accepted, low = mask(found.explored, letter), ranges[letter][0]
        passing[letter] = [low + at for at, passes in enumerate(accepted) if passes and low + at <= 300] or [low]
    bases = [node.path.at for node in found.explored.roots if node.path.passed]
    for letter, base in itertools.product(letters, bases):
        accepted, low = mask(found.explored, letter), ranges[letter][0]
        edges = [low + at for at in range(1, len(accepted)) if accepted[at] != accepted[at - 1]]
        for edge in edges[:12] + edges[-2:]:
            yield {**base, letter: edge}
            yield {**base, letter: edge - 1}
    for number in range(drawn):
        drawn_sizes = {letter: chance.randint(low, min(high, 300)) for letter, (low, high) in ranges.items()}
        if number % 2:
            for letter in letters:
                if chance.random() < 0.7:
                    drawn_sizes[letter] = chance.choice(passing[letter])
        yield drawn_sizes


def compare(model: Any, question: Question, training: bool | None, equal: int, drawn: int) -> Result:
    """Ask, then hold the answer against the framework."""
    judge = TorchRunner(model, question, training)
    usual = {letter: min(max(64, low), high) for letter, (low, high) in question.ranges.items()}
    judge.run(usual)
    bare = min(_timed(judge, usual) for _ in range(3))
    begin = time.process_time()
    found = sizes_in(model, question, training=training)
    took = (time.process_time() - begin) / bare
    seen: set[tuple[int, ...]] = set()
    wrong = []
    for sizes in points(found, equal, drawn):
        key = tuple(sizes.values())
        if key in seen:
            continue
        seen.add(key)
        passed = judge.run(sizes).passed
        if passed is not None and passed != found.accepts(**sizes):
            wrong.append(sizes)
    return Result(found, len(seen), wrong, took)


def _timed(judge: TorchRunner, sizes: dict[str, int]) -> float:
    begin = time.process_time()
    judge.run(sizes)
    return time.process_time() - begin


def main() -> int:
    """Every network, or those named; the exit status is 1 where an answer that claims to be exact is not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--equal", type=int, default=256)
    parser.add_argument("--random", type=int, default=2000)
    options = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).parents[2] / "examples" / "networks"))
    names = options.names or list(NETWORKS)
    failed = []
    for number, name in enumerate(names, 1):
        network = NETWORKS[name]
        result = compare(network.make(), ask(network.inputs), network.training, options.equal, options.random)
        state = "exact" if result.found.exact else f"not exact ({result.found.unknown})"
        print(f"{number}/{len(names)} {name} {' '.join(network.inputs)}: {result.found.rule}")
        print(
            f"    {state}; {len(result.wrong)} of {result.compared} wrong; {result.forwards:.0f} forwards", flush=True
        )
        if result.wrong:
            print(f"    wrong at {result.wrong[:4]}")
            if result.found.exact:
                failed.append(name)
    print("\nfailed: " + ", ".join(failed) if failed else "\nall agree")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
