"""Which sizes pass: guards of symbolic runs, each put to the framework, until every size of the range is decided."""

import itertools
import random
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from whynorm.sizing.path import Guard, Path, Ran, Runner, Sizes

Status = Literal["open", "fails", "same", "branches", "void"]
"""What lies beyond a guard: not looked at yet; the operation raises; the same happens; something else happens; no
size that keeps the guards before it was found there."""

Ranges = Mapping[str, tuple[int, int]]

STARTS = (96, 160, 224, 128, 64, 256, 32, 48, 320, 16, 384, 512, 8, 4, 2, 1, 3, 5, 7, 10, 20, 28, 100, 299, 1000, 1024)


_PATIENCE = 60.0
"""Seconds that asking size by size may take."""


class Node:
    """A path, and what lies beyond each of its guards."""

    def __init__(self, path: Path, ranges: Ranges) -> None:
        self.path = path
        self.guards = path.guards
        self.status: list[Status] = ["open"] * len(path.guards)
        self.beyond: list[list[Node]] = [[] for _ in path.guards]
        self.counting: list[int] = []
        """The guards that decide: those beyond which something else happens, in their order."""
        self._ranges = ranges
        self._tables: dict[int, list[bool]] = {}

    def settle(self, number: int, status: Status) -> None:
        """Say what lies beyond a guard."""
        self.status[number] = status
        if status in ("fails", "branches") and number not in self.counting:
            self.counting.append(number)
            self.counting.sort()
        elif status not in ("fails", "branches") and number in self.counting:
            self.counting.remove(number)

    def holds(self, number: int, sizes: Sizes) -> bool:
        """Whether the guard of this number holds."""
        expression = self.guards[number].expression
        if len(expression.letters) > 1:
            return bool(expression(sizes))
        low, high = self._ranges[expression.letters[0]]
        size = sizes[expression.letters[0]]
        if not low <= size <= high:
            return bool(expression(sizes))
        return self.table(number)[size - low]

    def table(self, number: int) -> list[bool]:
        """For a guard on one letter: whether it holds, at every size of the range."""
        found = self._tables.get(number)
        if found is None:
            expression = self.guards[number].expression
            low, high = self._ranges[expression.letters[0]]
            found = self._tables[number] = [bool(value) for value in expression.over(range(low, high + 1))]
        return found

    def strictly(self, sizes: Sizes) -> bool:
        """Whether these sizes go exactly this way."""
        return all(self.holds(number, sizes) for number in range(len(self.guards)))

    def decide(self, sizes: Sizes) -> tuple[bool | None, "Node", int | None]:
        """Whether these sizes pass, by which path, and the guard that refuses them; None: not known."""
        for number in self.counting:
            if self.holds(number, sizes):
                continue
            if self.status[number] == "fails":
                return False, self, number
            for child in self.beyond[number]:
                answer = child.decide(sizes)
                if answer[0] is not None:
                    return answer
            return None, self, number
        return self.path.passed, self, None


class Explored:
    """What was found out, and how surely."""

    def __init__(self, ranges: Ranges) -> None:
        self.ranges = ranges
        self.roots: list[Node] = []
        self.unknown: str | None = None
        self.table: dict[int, bool] | None = None
        """The answers for one letter that was asked size by size."""
        self.one_output = True
        """Whether the outputs have the sizes that the first path says, wherever it was looked."""
        self.seen: dict[tuple[int, ...], Ran] = {}
        """What the framework said, by sizes."""

    @property
    def letters(self) -> tuple[str, ...]:
        """The unknowns."""
        return tuple(self.ranges)

    def decide(self, sizes: Sizes) -> tuple[bool | None, Node | None, int | None]:
        """Whether these sizes pass: by a path that they follow exactly, else by the first that decides."""
        if self.table is not None:
            (size,) = sizes.values()
            return self.table.get(size), None, None
        for node in self.roots[1:]:
            if node.strictly(sizes):
                return node.path.passed, node, None
        for node in self.roots:
            answer = node.decide(sizes)
            if answer[0] is not None:
                return answer
        return None, None, None

    def accepts(self, sizes: Sizes) -> bool:
        """Whether these sizes pass; False where that is not known."""
        return self.decide(sizes)[0] is True


class Explorer:
    """The exploration itself."""

    def __init__(self, runner: Runner, ranges: Ranges, *, follows: int = 8, checks: int = 40) -> None:
        self.runner = runner
        self.ranges = ranges
        self.letters = tuple(ranges)
        self.follows = follows
        self.checks = checks
        self.found = Explored(ranges)
        self.random = random.Random(0)
        self.known: dict[str, Status] = {}
        """What lies beyond a guard, by its text: paths share most of theirs."""
        self._accepted: dict[tuple[str, int], list[int]] = {}

    def run(self, sizes: Sizes) -> Ran:
        """What the framework says, asked once for the same sizes."""
        key = tuple(sizes[letter] for letter in self.letters)
        if key not in self.found.seen:
            self.found.seen[key] = self.runner.run(sizes)
        return self.found.seen[key]

    def explore(self) -> Explored:
        """Find out. Without a single symbolic run that agrees with the framework, `roots` stays empty."""
        start = self.start()
        if start is None:
            return self.found
        root = self.follow(start)
        if root is None:
            self.one_by_one()
            return self.found
        self.found.roots.append(root)
        self.look_beyond(root)
        self.confirm()
        return self.found

    def one_by_one(self) -> None:
        """Without a symbolic run one unknown is asked size by size, as far as time allows."""
        self.found.unknown = "the network could not be followed symbolically"
        if len(self.letters) > 1:
            return
        (letter,) = self.letters
        low, high = self.ranges[letter]
        until = time.monotonic() + _PATIENCE
        table: dict[int, bool] = {}
        for size in range(low, high + 1):
            passed = self.run({letter: size}).passed
            if passed is None or time.monotonic() > until:
                return
            table[size] = passed
        self.found.table = table
        self.found.unknown = None

    def start(self) -> Sizes | None:
        """Sizes that pass: usual ones, then what a refusal asks for, then all alike from the smallest on."""
        for sizes in itertools.chain(self.candidates(), self.asked_for(), self.alike()):
            if self.run(sizes).passed:
                return sizes
        return None

    def asked_for(self) -> Iterator[Sizes]:
        """Sizes at which the decision that led to a refusal goes the other way."""
        sizes: Sizes = next(self.candidates())
        for _ in range(3):
            node = self.follow(sizes)
            if node is None or node.path.passed:
                return
            for number in reversed(range(len(node.guards))):
                points = list(self.grid(node.guards[number].expression.letters, sizes))
                others = [point for point in points if not node.holds(number, point)]
                if node.guards[number].position == node.path.position and others:
                    yield from others[:3]
                    sizes = others[0]
                    break

    def alike(self) -> Iterator[Sizes]:
        """All letters alike, up to 300."""
        for size in range(1, 301):
            yield self.clipped(dict.fromkeys(self.letters, size))

    def candidates(self) -> Iterator[dict[str, int]]:
        """Sizes to begin with."""
        seen: set[tuple[int, ...]] = set()
        usual = [
            {
                letter: min(max(size + 32 * number * (size >= 64), low), high)
                for number, (letter, (low, high)) in enumerate(self.ranges.items())
            }
            for size in (96, 64, 128)
        ]
        same = [{letter: min(max(size, low), high) for letter, (low, high) in self.ranges.items()} for size in STARTS]
        for sizes in [*usual, *same]:
            key = tuple(sizes.values())
            if key not in seen:
                seen.add(key)
                yield sizes

    def follow(self, sizes: Sizes) -> Node | None:
        """The path that these sizes take, if the framework agrees with what was found symbolically."""
        if self.follows <= 0:
            return None
        self.follows -= 1
        path = self.runner.follow(sizes)
        if path is None:
            return None
        ran = self.run(sizes)
        if ran.passed is None or ran.passed != path.passed:
            return None
        return Node(path, self.ranges)

    # beyond the guards

    def look_beyond(self, node: Node) -> None:
        """Put to the framework what lies beyond each guard, in their order."""
        alive: dict[tuple[str, ...], list[Sizes]] = {}
        for number in range(len(node.guards)):
            status = self.beyond(node, number, alive)
            node.settle(number, status)
            if status in ("fails", "branches"):
                for letters, points in alive.items():
                    alive[letters] = [sizes for sizes in points if node.holds(number, sizes)]

    def beyond(self, node: Node, number: int, alive: dict[tuple[str, ...], list[Sizes]]) -> Status:
        """What lies beyond one guard, by a few sizes there."""
        guard = node.guards[number]
        known = self.known.get(guard.expression.source)
        if known is not None:
            return known
        views: list[str] = []
        other: Sizes | None = None
        for sizes in self.witnesses(node, number, alive):
            view = self.view(node, number, sizes)
            views.append(view)
            if view == "other":
                other = sizes
            if view == "fails" and views.count("fails") >= len(guard.expression.letters):
                break
        if not views:
            return "void"
        if other is not None and "fails" in views:
            child = self.follow(other)
            if child is not None:
                node.beyond[number].append(child)
                self.look_beyond(child)
                return "branches"
        passing = "same" in views or "other" in views
        answer: Status = "fails" if "fails" in views and not passing else "same"
        self.known[guard.expression.source] = answer
        return answer

    def view(self, node: Node, number: int, sizes: Sizes) -> str:
        """What happens at these sizes, which are the other side of a guard and of none before it that counts."""
        ran = self.run(sizes)
        if ran.passed is None:
            return "unknown"
        if ran.passed:
            return "same" if node.path.passed and self.as_on(node.path, ran, sizes) else "other"
        return "fails" if ran.position == node.guards[number].position else "later"

    def as_on(self, path: Path, ran: Ran, sizes: Sizes) -> bool:
        """Whether every operation gave the shapes that the path's expressions say."""
        return len(path.events) == len(ran.events) and self.as_far_as(path, ran, sizes)

    def as_far_as(self, path: Path, ran: Ran, sizes: Sizes) -> bool:
        """Whether the operations up to where this run ended are the path's."""
        if ran.position > path.position:
            return False
        for (name, shapes), (other, expected) in zip(ran.events, path.events, strict=False):
            if name != other or len(shapes) != len(expected):
                return False
            for shape, wanted in zip(shapes, expected, strict=True):
                if len(shape) != len(wanted):
                    return False
                for size, known in zip(shape, wanted, strict=True):
                    if size != (known if isinstance(known, int) else known(sizes)):
                        return False
        return True

    def witnesses(self, node: Node, number: int, alive: dict[tuple[str, ...], list[Sizes]]) -> Iterator[Sizes]:
        """Up to three sizes for which this is the first guard that counts and does not hold.

        `alive` are sizes at which all that count so far hold, by the letters that vary.
        """
        letters = node.guards[number].expression.letters
        base = node.path.at
        if letters not in alive:
            points = self.grid(letters, base)
            alive[letters] = [sizes for sizes in points if all(node.holds(other, sizes) for other in node.counting)]
        wrong = [sizes for sizes in alive[letters] if not node.holds(number, sizes)]
        if len(letters) == 1:
            (letter,) = letters
            for value in _spread([sizes[letter] for sizes in wrong], base[letter]):
                yield {**base, letter: value}
        elif wrong:
            yield wrong[0]
            if len(wrong) > 1:
                yield wrong[-1]
            if len(wrong) > 2:
                yield wrong[len(wrong) // 2]

    def grid(self, letters: Sequence[str], base: Sizes) -> Iterator[Sizes]:
        """Sizes of these letters, the others staying: all alike, one apart from the rest, some at random."""
        if len(letters) == 1:
            (letter,) = letters
            low, high = self.ranges[letter]
            for size in range(low, high + 1):
                yield {**base, letter: size}
            return
        high = max(self.ranges[letter][1] for letter in letters)
        for size in dict.fromkeys([*range(1, min(high, 300) + 1), 384, 512, 768, high]):
            yield self.clipped({**base, **dict.fromkeys(letters, size)})
        near = {letter: self.nearby(letter, base[letter]) for letter in letters}
        for size in (1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 255, 256):
            for letter in letters:
                for value in near[letter]:
                    yield self.clipped({**base, **dict.fromkeys(letters, size), letter: value})
                    yield self.clipped({**base, letter: value})
        for _ in range(300):
            yield {**base, **{letter: self.random.randint(*self.ranges[letter]) for letter in letters}}

    def clipped(self, sizes: dict[str, int]) -> dict[str, int]:
        """The sizes, each within its range."""
        return {letter: min(max(sizes[letter], low), high) for letter, (low, high) in self.ranges.items()}

    def nearby(self, letter: str, base: int) -> list[int]:
        """Sizes worth trying: around the base, its double and half, around powers of two, the smallest, the largest."""
        low, high = self.ranges[letter]
        values = [base, base + 1, base - 1, base * 2, base // 2, base + 16, low, high]
        values += [size + more for size in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512) for more in (0, 1, -1)]
        return list(dict.fromkeys(value for value in values if low <= value <= high))

    # comparing with the framework

    def confirm(self) -> None:
        """Compare with the framework at sizes on both sides of every border and at random; a disagreement refines."""
        for key, ran in list(self.found.seen.items()):
            self.compare(dict(zip(self.letters, key, strict=True)), ran)
        for sizes in itertools.islice(self.samples(), self.checks):
            self.compare(sizes, self.run(sizes))

    def compare(self, sizes: Sizes, ran: Ran) -> None:
        """Hold what was found against what the framework said at these sizes; mend it where they differ."""
        if ran.passed is None:
            self.found.unknown = ran.unknown or "what happens could not be known"
            return
        for _ in range(4):
            decided, node, number = self.found.decide(sizes)
            if decided == ran.passed:
                break
            if not self.mend(sizes, ran, node, number):
                self.found.unknown = f"at {_shown(sizes)} the framework differs from what was found"
                return
        if ran.passed and node is not None and not self.outputs_agree(node, ran, sizes):
            self.found.one_output = False

    def mend(self, sizes: Sizes, ran: Ran, node: Node | None, number: int | None) -> bool:
        """Let a disagreement at these sizes change what was found; False where nothing can be changed."""
        self._accepted.clear()
        if node is not None:
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
        new = self.follow(sizes)
        if new is None:
            return False
        if ran.passed and node is not None and number is not None:
            node.beyond[number].append(new)
            node.settle(number, "branches")
        else:
            self.found.roots.append(new)
        if ran.passed:
            self.look_beyond(new)
        return True

    def mistakes(self) -> int:
        """How many of the framework's answers so far are decided otherwise."""
        return sum(
            ran.passed is not None and self.found.decide(dict(zip(self.letters, key, strict=True)))[0] != ran.passed
            for key, ran in self.found.seen.items()
        )

    def outputs_agree(self, node: Node, ran: Ran, sizes: Sizes) -> bool:
        """Whether the outputs have the sizes that the path says."""
        expected = tuple(
            tuple(size if isinstance(size, int) else size(sizes) for size in shape) for shape in node.path.outputs
        )
        return expected == ran.outputs

    def samples(self) -> Iterator[Sizes]:
        """Sizes on both sides of borders, and random ones."""
        base = self.found.roots[0].path.at
        borders = {letter: self.borders(letter, base) for letter in self.letters}
        rounds = max((len(values) for values in borders.values()), default=0)
        for turn in range(min(rounds, 12)):
            for letter in self.letters:
                if turn < len(borders[letter]):
                    yield {**base, letter: borders[letter][turn]}
        if len(self.letters) > 1:
            for turn in range(min(rounds, 10)):
                yield {letter: values[turn % len(values)] for letter, values in borders.items() if values} | {
                    letter: base[letter] for letter, values in borders.items() if not values
                }
        while True:
            sizes = {letter: self.random.randint(low, min(high, 256)) for letter, (low, high) in self.ranges.items()}
            if len(self.letters) > 1 and self.random.random() < 0.5:
                for letter in self.letters:
                    if self.random.random() < 0.6:
                        sizes[letter] = self.random.choice(self.accepted(letter, base) or [base[letter]])
            yield sizes

    def accepted(self, letter: str, base: Sizes) -> list[int]:
        """The sizes of one letter that pass where the others are as in the base."""
        key = (letter, len(self.found.roots))
        if key not in self._accepted:
            low, high = self.ranges[letter]
            self._accepted[key] = [v for v in range(low, high + 1) if self.found.accepts({**base, letter: v})]
        return self._accepted[key]

    def borders(self, letter: str, base: Sizes) -> list[int]:
        """The sizes on both sides of where one letter begins or ceases to pass, smallest first, and the last."""
        low, high = self.ranges[letter]
        passes = [self.found.accepts({**base, letter: value}) for value in range(low, high + 1)]
        edges = [low + at for at in range(1, len(passes)) if passes[at] != passes[at - 1]]
        values = [value for edge in edges for value in (edge - 1, edge)]
        return list(dict.fromkeys([*values[:8], *values[-2:], high, low]))


def _spread(values: Sequence[int], base: int) -> Iterable[int]:
    """A few of these values: the nearest below and above the base, the first, the last."""
    if len(values) <= 3:
        return values
    below = [value for value in values if value < base]
    above = [value for value in values if value > base]
    picked = [*below[-1:], *above[:1], values[0], values[-1]]
    return list(dict.fromkeys(picked))[:3]


def _shown(sizes: Sizes) -> str:
    return ", ".join(f"{letter} = {size}" for letter, size in sizes.items())


__all__ = ["Explored", "Explorer", "Guard", "Node"]
