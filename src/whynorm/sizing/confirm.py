"""What was found is held against the framework; where they differ, what was found is mended."""

import itertools
from collections.abc import Callable, Iterator

from whynorm.sizing.explore import Explorer
from whynorm.sizing.expression import Expression
from whynorm.sizing.path import Guard, Ran, Runner, Sizes
from whynorm.sizing.samples import Samples
from whynorm.sizing.tree import Explored, Node, Ranges

_MORE = "the network decides in more ways than could be told apart"
_FEW = 3
"""Where sizes are made plain numbers, so many disagreements are put up with."""


def confirmed(
    runner: Runner,
    ranges: Ranges,
    *,
    checks: int = 40,
    first: Sizes | None = None,
    progress: Callable[[float], None] | None = None,
) -> Explored:
    """Which sizes of these ranges the network takes, compared with the framework at `checks` sizes more.

    `first` are sizes to begin with. `progress` is told which part is done, from 0 to 1.
    """
    explorer = Explorer(runner, ranges, first=first, progress=progress)
    found = explorer.explore()
    if found.roots:
        Confirmation(explorer, checks).confirm()
    return found


class Confirmation:
    """The comparison of one exploration with the framework."""

    def __init__(self, explorer: Explorer, checks: int) -> None:
        self.explorer = explorer
        self.checks = checks
        self.found = explorer.found
        self.samples = Samples(self.found, explorer.points.random)
        self.mended = 0
        self.differs = False

    def confirm(self) -> None:
        """Compare at all sizes that were run, on both sides of every border, and at random.

        After a disagreement as many sizes as ever have to agree again.
        """
        checks = self.checks
        points = self._points()
        agreed = fresh = tried = 0
        while fresh < checks and agreed < len(self.found.seen) + 3 * checks and not self.differs:
            self.explorer.progress(0.7 + 0.3 * min(fresh / checks, 1.0))
            sizes = next(points)
            known = len(self.found.seen)
            tried += 1
            if self.compare(sizes, self.explorer.run(sizes)):
                agreed, fresh = agreed + 1, fresh + len(self.found.seen) - known
            elif tried < 12 * checks:
                agreed, fresh, points = 0, 0, self._points()
            else:
                self.differs = True
        if self.differs or (self.explorer.numbers and self.mended > _FEW):
            self.found.unknown = self.found.unknown or _MORE

    def _points(self) -> Iterator[Sizes]:
        return itertools.chain(self.found.ran(), self.samples.together(), self.samples.any())

    def compare(self, sizes: Sizes, ran: Ran) -> bool:
        """Whether what was found and the framework agree at these sizes; it is mended where not."""
        if ran.passed is None:
            self.found.unknown = self.found.unknown or ran.unknown or "what happens could not be known"
            return True
        mended = 0
        while (decision := self.found.decide(sizes))[0] != ran.passed:
            mended += 1
            self.mended += 1
            if mended > 4 or not self.mend(sizes, ran, *decision[1:]):
                said = ", ".join(f"{letter} = {size}" for letter, size in sizes.items())
                self.found.unknown = f"{_MORE}; at {said} it does something else"
                self.differs = True
                return False
        if ran.passed and decision[1] is not None and not _outputs_agree(decision[1], ran, sizes):
            self.found.one_output = False
        return not mended

    def mend(self, sizes: Sizes, ran: Ran, node: Node | None, number: int | None) -> bool:
        """Let a disagreement at these sizes change what was found; False where nothing can be changed."""
        self.samples.forget()
        if node is not None and (self._settled(sizes, ran, node, number) or self._bounded(sizes, ran, node)):
            return True
        new = self.explorer.follow(sizes)
        if new is None:
            return False
        if not ran.passed or node is None or number is None:
            self.found.roots.append(new)
        else:
            node.branch(number, new)
        if ran.passed:
            self.explorer.look_beyond(new)
        return True

    def _settled(self, sizes: Sizes, ran: Ran, node: Node, number: int | None) -> bool:
        """Whether another status of one of the path's guards accounts for it."""
        if ran.passed:
            candidates = [number] if number is not None else []
        else:
            violated = [other for other in range(len(node.guards)) if not node.holds(other, sizes)]
            candidates = [other for other in reversed(violated) if node.guards[other].position <= ran.position]
        before = self.mistakes()
        for other in candidates:
            status = node.status[other]
            node.settle(other, "same" if ran.passed else "fails")
            if self.found.decide(sizes)[0] == ran.passed and self.mistakes() < before:
                return True
            node.settle(other, status)
        return False

    def _bounded(self, sizes: Sizes, ran: Ran, node: Node) -> bool:
        """Whether one letter is bounded by what no guard says, as by a table that is looked up by values."""
        if ran.passed or not node.path.passed:
            return False
        base = dict(node.path.at)
        for letter, size in sizes.items():
            if size == base[letter] or self.explorer.run({**base, letter: size}).passed is not False:
                continue
            passes, fails = base[letter], size
            while abs(fails - passes) > 1:
                middle = (passes + fails) // 2
                if self.explorer.run({**base, letter: middle}).passed:
                    passes = middle
                else:
                    fails = middle
            bound = Expression(f"{letter} {'<=' if fails > passes else '>='} {passes}", [letter])
            before = self.mistakes()
            node.bound(Guard(bound, ran.position))
            if self.mistakes() < before:
                return True
            node.settle(len(node.guards) - 1, "same")
        return False

    def mistakes(self) -> int:
        """How many of the framework's answers so far are decided otherwise."""
        return sum(
            ran.passed is not None
            and self.found.decide(dict(zip(self.found.letters, key, strict=True)))[0] != ran.passed
            for key, ran in self.found.seen.items()
        )


def _outputs_agree(node: Node, ran: Ran, sizes: Sizes) -> bool:
    """Whether the outputs have the sizes that the path says."""
    expected = tuple(
        tuple(size if isinstance(size, int) else size(sizes) for size in shape) for shape in node.path.outputs
    )
    return expected == ran.outputs
