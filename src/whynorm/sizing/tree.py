"""What was found out about a network's sizes: paths, and what lies beyond each decision on them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal

from whynorm.sizing.expression import Expression
from whynorm.sizing.path import Guard, Path, Ran, Sizes

Status = Literal["open", "fails", "same", "branches", "void"]
"""What lies beyond a guard: not looked at yet; the operation raises; the same happens; something else happens; no
size that keeps the guards before it was found there."""

Ranges = Mapping[str, tuple[int, int]]


_MOST = 40_000
"""So many decisions are made to find with which others a size of one letter passes."""


class Node:
    """A path, and what lies beyond each of its guards."""

    def __init__(self, path: Path, ranges: Ranges) -> None:
        self.path = path
        self.guards = path.guards
        self.status: list[Status] = ["open"] * len(path.guards)
        self.beyond: list[list[Node]] = [[] for _ in path.guards]
        self.counting: list[int] = []
        """The guards that decide: those beyond which something else happens, in their order."""
        self.within: Callable[[Sizes], bool] = lambda _: True
        """Which sizes come to this path at all."""
        self._ranges = ranges
        self._tables: dict[int, list[bool]] = {}

    def branch(self, number: int, child: "Node") -> None:
        """Beyond the guard of this number a child goes on; only there is it asked."""
        before = tuple(other for other in self.counting if other < number)

        def reaches(sizes: Sizes) -> bool:
            return (
                not self.holds(number, sizes)
                and all(self.holds(other, sizes) for other in before)
                and self.within(sizes)
            )

        child.within = reaches
        self.beyond[number].append(child)
        self.settle(number, "branches")

    def settle(self, number: int, status: Status) -> None:
        """Say what lies beyond a guard."""
        self.status[number] = status
        if status in ("fails", "branches") and number not in self.counting:
            self.counting.append(number)
            self.counting.sort()
        elif status not in ("fails", "branches") and number in self.counting:
            self.counting.remove(number)

    def bound(self, guard: Guard) -> None:
        """Add a guard that the network itself does not make, beyond which the framework refuses."""
        self.guards = (*self.guards, guard)
        self.status.append("open")
        self.beyond.append([])
        self.settle(len(self.guards) - 1, "fails")

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

    def comes_far(self, sizes: Sizes) -> bool:
        """Whether these sizes come to this path, and no guard that counts so far stops them."""
        return all(self.holds(number, sizes) for number in self.counting) and self.within(sizes)

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

    def below(self) -> Iterator["Node"]:
        """This path and all beyond its guards."""
        yield self
        for children in self.beyond:
            for child in children:
                yield from child.below()


class Explored:
    """What was found out, and how surely."""

    def __init__(self, ranges: Ranges) -> None:
        self.ranges = ranges
        self.roots: list[Node] = []
        self.unknown: str | None = None
        self.tables: dict[str, list[bool]] | None = None
        """Where nothing could be followed: what the framework said of each size of each letter."""
        self.one_output = True
        """Whether the outputs have the sizes that the first path says, wherever it was looked."""
        self.seen: dict[tuple[int, ...], Ran] = {}
        """What the framework said, by sizes."""
        self.searched = True
        """Whether `mask` looked everywhere: there may be more than it can look at."""
        self._masks: dict[str, list[bool]] = {}
        self._left = _MOST

    @property
    def letters(self) -> tuple[str, ...]:
        """The unknowns."""
        return tuple(self.ranges)

    def decide(self, sizes: Sizes) -> tuple[bool | None, Node | None, int | None]:
        """Whether these sizes pass: by a path that they follow exactly, else by the first that decides."""
        if self.tables is not None:
            for letter, (low, high) in self.ranges.items():
                if not low <= sizes[letter] <= high:
                    return None, None, None
                if not self.tables[letter][sizes[letter] - low]:
                    return False, None, None
            return True, None, None
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

    def ran(self) -> list[Sizes]:
        """The sizes at which the framework was asked."""
        return [dict(zip(self.letters, key, strict=True)) for key in self.seen]

    @property
    def nodes(self) -> list[Node]:
        """Every path."""
        return [node for root in self.roots for node in root.below()]

    @property
    def plain(self) -> bool:
        """Whether all that pass go one way, so that its guards are the conditions."""
        return len(self.roots) == 1 and not any(self.roots[0].beyond) and self.roots[0].path.passed

    def bases(self) -> list[dict[str, int]]:
        """Sizes that pass, one for each path, and others that were run."""
        found = [dict(node.path.at) for node in self.nodes if node.path.passed]
        found += [dict(zip(self.letters, key, strict=True)) for key, ran in self.seen.items() if ran.passed][:4]
        return [*found, {letter: high for letter, (_, high) in self.ranges.items()}]

    def mask(self, letter: str) -> list[bool]:
        """For each size of a letter: whether it passes with some sizes of the others, or that was not looked at."""
        if self.tables is not None:
            return self.tables[letter]
        if letter not in self._masks:
            self._masks[letter] = self._mask(letter)
        return self._masks[letter]

    def _mask(self, letter: str) -> list[bool]:
        low, high = self.ranges[letter]
        if len(self.letters) == 1:
            return [self.accepts({letter: value}) for value in range(low, high + 1)]
        alone = self.alone(letter)
        bases = self.bases()
        others = [other for other in self.letters if other != letter]
        picks = {other: self.classes(other)[1] for other in others}
        kinds, _ = self.classes(letter)
        known: dict[object, bool] = {}
        accepted = []
        for value in range(low, high + 1):
            kind = kinds[value - low]
            if not alone[value - low]:
                accepted.append(False)
                continue
            if kind not in known:
                points = self._counted(self._with(letter, value, bases, picks))
                known[kind] = any(map(self.accepts, points)) or self._left <= 0
            accepted.append(known[kind])
        return accepted

    def _counted(self, points: Iterator[Sizes]) -> Iterator[Sizes]:
        """As many of these as may still be looked at."""
        cost = len(self.nodes)
        for sizes in points:
            if self._left <= 0:
                self.searched = False
                return
            self._left -= cost
            yield sizes

    def _with(
        self, letter: str, value: int, bases: Sequence[Sizes], picks: Mapping[str, Sequence[int]]
    ) -> Iterator[Sizes]:
        yield {other: min(max(value, low), high) for other, (low, high) in self.ranges.items()}
        for base in bases:
            yield {**base, letter: value}
        for base in bases[:1] if len(picks) == 1 else bases:
            for other, values in picks.items():
                for size in values:
                    yield {**base, letter: value, other: size}

    def alone(self, letter: str) -> list[bool]:
        """For each size of a letter: False where it is refused whatever the others are."""
        low, high = self.ranges[letter]
        if self.tables is not None:
            return self.tables[letter]
        if len(self.letters) == 1:
            return self.mask(letter)
        accepted = [True] * (high - low + 1)
        if len(self.roots) == 1:
            node = self.roots[0]
            for number in node.counting:
                if node.status[number] == "branches":
                    break
                if node.guards[number].expression.letters == (letter,):
                    accepted = [a and b for a, b in zip(accepted, node.table(number), strict=True)]
        return accepted

    def classes(self, letter: str) -> tuple[list[tuple[object, ...]], list[int]]:
        """What tells the sizes of a letter apart, for each size; and one size of each class that may pass."""
        low, high = self.ranges[letter]
        values = range(low, high + 1)
        columns: list[list[object]] = [[] for _ in values]
        atoms: dict[str, Expression] = {}
        for node in self.nodes:
            numbers: Sequence[int] = node.counting if node is self.roots[0] or node not in self.roots else range(
                len(node.guards)
            )  # fmt: skip
            for number in numbers:
                expression = node.guards[number].expression
                if expression.letters == (letter,):
                    for column, holds in zip(columns, node.table(number), strict=True):
                        column.append(holds)
                elif letter in expression.letters:
                    atoms.update((atom.source, atom) for atom in expression.atoms() if atom.letters == (letter,))
        for atom in atoms.values():
            for column, value in zip(columns, atom.over(values), strict=True):
                column.append(value)
        kinds = [tuple(column) for column in columns]
        alone = self.alone(letter)
        first: dict[tuple[object, ...], int] = {}
        for kind, value, possible in zip(kinds, values, alone, strict=True):
            if possible:
                first.setdefault(kind, value)
        return kinds, list(first.values())
