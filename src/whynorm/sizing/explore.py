"""Which sizes pass: guards of symbolic runs, each put to the framework, until every size of the range is decided."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from whynorm.sizing.path import Path, Ran, Runner, Sizes
from whynorm.sizing.points import Points
from whynorm.sizing.search import by_runs
from whynorm.sizing.tree import Explored, Node, Ranges, Status

_SIDES = 3
"""So many sizes beyond a guard are looked at."""
_SOME = 60
"""Of so many they are chosen."""
_HOPELESS = 12
"""Where sizes are made plain numbers, so many of the paths that may be followed are left: there is no end of them."""
_SMALL = 16
"""From here on a size is large enough to begin with."""


class Explorer:
    """The exploration itself.

    `first` are sizes to begin with. `progress` is told which part is done, from 0 to 1.
    """

    def __init__(
        self,
        runner: Runner,
        ranges: Ranges,
        *,
        follows: int = 24,
        first: Sizes | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> None:
        self.runner = runner
        self.ranges = ranges
        self.letters = tuple(ranges)
        self.follows = follows
        self.found = Explored(ranges)
        self.points = Points(ranges)
        self.known: dict[tuple[str, int], Status] = {}
        """Guards beyond which the same happens, by text and position: paths share most of theirs."""
        self.first = first
        self.numbers = False
        """Whether sizes are made plain numbers, and other numbers give other shapes: then each is a path of its own."""
        self.progress = progress or (lambda _: None)

    def run(self, sizes: Sizes) -> Ran:
        """What the framework says, asked once for the same sizes."""
        key = tuple(sizes[letter] for letter in self.letters)
        if key not in self.found.seen:
            self.found.seen[key] = self.runner.run(sizes)
        return self.found.seen[key]

    def explore(self) -> Explored:
        """Find out by what the network decides. Without a single size that passes, `roots` stays empty."""
        start = self.start()
        if start is None:
            self.nothing_works()
            return self.found
        root = self.follow(start)
        if root is None:
            by_runs(self.found, start, self.run, self.points, self.progress)
            return self.found
        self.found.roots.append(root)
        self.look_beyond(root)
        return self.found

    def nothing_works(self) -> None:
        """Where no size that was tried works: whether none can, since what refuses asks for no size."""
        self.found.unknown = "no size that was tried works"
        node = self.follow(next(self.points.usual()))
        if node is None or any(ran.passed is None for ran in self.found.seen.values()):
            return
        last = node.path.position
        asks = any(guard.position == last for guard in node.guards)
        if not asks and all(ran.position <= last for ran in self.found.seen.values()):
            self.found.tables = {letter: [False] * (high - low + 1) for letter, (low, high) in self.ranges.items()}
            self.found.unknown = None

    def start(self) -> Sizes | None:
        """Sizes that pass: usual ones, then what a refusal asks for, then all alike from the smallest on, then any.

        Small ones late: there a size has become one somewhere, and what is decided holds for that alone.
        """
        points = self.points
        first = [] if self.first is None else [self.first]
        large = (sizes for sizes in points.usual() if min(sizes.values()) >= _SMALL)
        for sizes in itertools.chain(first, large, self.asked_for(), points.usual(), points.alike(), points.small()):
            if self.run(sizes).passed:
                return sizes
        return None

    def asked_for(self) -> Iterator[Sizes]:
        """Sizes at which one of the decisions that led to a refusal goes the other way, then on from the furthest."""
        sizes: Sizes = next(self.points.usual())
        for _ in range(3):
            node = self.follow(sizes)
            if node is None or node.path.passed:
                return
            others = [one for some in self.otherwise(node, self.points.everywhere) for one in some]
            if not others:
                return
            yield from others
            sizes = max(others, key=lambda one: self.run(one).position)

    def otherwise(
        self,
        node: Node,
        among: Callable[[Sequence[str], Sizes], Iterator[Sizes]],
        but: Callable[[Sizes], bool] = lambda _: True,
    ) -> Iterator[list[Sizes]]:
        """For each decision that led to a refusal: a few of these sizes at which it goes the other way.

        They are of those that `but` takes; first those whose letters are all large: where one is small, less is decided
        of the others.
        """
        for number in reversed(range(len(node.guards))):
            guard = node.guards[number]
            if guard.position == node.path.position:
                points = among(guard.expression.letters, node.path.at)
                others = (sizes for sizes in points if not node.holds(number, sizes) and but(sizes))
                found = list(itertools.islice(others, _SOME))
                if found:
                    yield sorted(found, key=partial(_smallest, guard.expression.letters), reverse=True)[:_SIDES]

    def follow(self, sizes: Sizes) -> Node | None:
        """The path that these sizes take, if the framework agrees with what was found symbolically."""
        if self.follows <= (_HOPELESS if self.numbers else 0):
            return None
        self.follows -= 1
        for guess in (False, True):
            path = self.runner.follow(sizes, guess=guess)
            if path is None:
                return None
            ran = self.run(sizes)
            if ran.passed is not None and ran.passed == path.passed:
                self.found.unknown = self.found.unknown or path.unsure
                if path.guessed and self.runner.guess is None:
                    self.runner.guess = guess
                    self.found.seen.clear()
                return Node(path, self.ranges)
            if not path.guessed:
                return None
        return None

    # beyond the guards

    def look_beyond(self, node: Node) -> None:
        """Put to the framework what lies beyond each guard, in their order."""
        ran = [sizes for sizes in self.found.ran() if node.within(sizes)]
        alive: dict[tuple[str, ...], list[Sizes]] = {(): ran}
        for number in range(len(node.guards)):
            self.progress(0.7 * number / len(node.guards))
            before = len(self.found.seen)
            status = self.beyond(node, number, alive) if node.holds(number, node.path.at) else "same"
            new = list(self.found.seen)[before:]
            fresh = [dict(zip(self.letters, key, strict=True)) for key in new]
            alive[()] += [sizes for sizes in fresh if node.comes_far(sizes)]
            node.settle(number, status)
            if status in ("fails", "branches"):
                for letters, points in alive.items():
                    alive[letters] = [sizes for sizes in points if node.holds(number, sizes)]

    def beyond(self, node: Node, number: int, alive: dict[tuple[str, ...], list[Sizes]]) -> Status:
        """What lies beyond one guard, by a few sizes there."""
        guard = node.guards[number]
        known = self.known.get((guard.expression.source, guard.position))
        if known is not None:
            return known
        views: list[str] = []
        other: Sizes | None = None
        refused: Sizes | None = None
        for sizes in self.witnesses(node, number, alive):
            view = self.view(node, number, sizes)
            views.append(view)
            if view in ("other", "same"):
                other = sizes
            if view == "fails" and views.count("fails") >= len(guard.expression.letters):
                refused = sizes
                break
        if not views:
            return "void"
        odd = self.is_rare(node, number, alive) or self.is_single(node, number)
        if refused is not None and other is None and odd:
            other = self.exception(node, number, refused)
        if other is not None and "fails" in views:
            child = self.follow(other)
            if child is not None:
                node.branch(number, child)
                self.look_beyond(child)
                return "branches"
        passing = "same" in views or "other" in views
        self.numbers = self.numbers or (guard.number and "other" in views)
        answer: Status = "fails" if "fails" in views and not passing else "same"
        if answer == "same":
            self.known[guard.expression.source, guard.position] = answer
        return answer

    def is_rare(self, node: Node, number: int, alive: dict[tuple[str, ...], list[Sizes]]) -> bool:
        """Whether few sizes keep a guard, as where an axis of one is spread: beyond it another size may fit as well."""
        points = alive.get(node.guards[number].expression.letters, [])
        return 4 * sum(node.holds(number, sizes) for sizes in points) < len(points)

    def is_single(self, node: Node, number: int) -> bool:
        """Whether one size alone lies beyond a guard, where the operation wants this letter to equal others.

        An axis of one may fit where those are small.
        """
        guard = node.guards[number]
        if len(guard.expression.letters) > 1 or node.table(number).count(False) != 1:
            return False
        own = set(guard.expression.letters)
        equal = (other for other in node.guards if other.position == guard.position and "==" in other.expression.source)
        beside = (other.expression.letters for other in equal)
        return any(own < set(letters) for letters in beside)

    def exception(self, node: Node, number: int, refused: Sizes) -> Sizes | None:
        """Sizes beyond a guard that pass, by what is decided where the sizes `refused` are."""
        ended = self.follow(refused)
        if ended is None or ended.path.passed:
            return None

        def beyond(sizes: Sizes) -> bool:
            return not node.holds(number, sizes) and node.comes_far(sizes)

        others = next(self.otherwise(ended, self.points.lines, beyond), [])
        return next((sizes for sizes in others if self.run(sizes).passed), None)

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
        """A few sizes for which this is the first guard that counts and does not hold: those known, then new ones.

        `alive` are sizes at which all that count so far hold, by the letters that vary; those that were run, under ().
        """
        letters = node.guards[number].expression.letters
        base = node.path.at
        apart = [letter for letter in self.letters if letter not in letters]
        beside = (sizes for sizes in alive[()] if all(sizes[letter] == base[letter] for letter in apart))
        known = [sizes for sizes in beside if not node.holds(number, sizes)][:_SIDES]
        yield from known
        known = [sizes for sizes in known if min(sizes[letter] for letter in letters) > 1]  # one is often spread
        if letters not in alive:
            points = self.points.grid(letters, base)
            alive[letters] = [sizes for sizes in points if node.comes_far(sizes)]
        wrong = [sizes for sizes in alive[letters] if not node.holds(number, sizes)]
        if not wrong:
            return
        if len(letters) == 1:
            (letter,) = letters
            for value in _spread([sizes[letter] for sizes in wrong], base[letter], [one[letter] for one in known]):
                yield {**base, letter: value}
            return
        near = [other for other, guard in enumerate(node.guards) if guard.position == node.guards[number].position]

        def crowd(sizes: Sizes) -> int:
            return sum(not node.holds(other, sizes) for other in near)

        wrong = sorted(_some(wrong, _SOME), key=crowd)
        for sizes in dict.fromkeys(map(_frozen, (wrong[0], wrong[-1], wrong[len(wrong) // 2]))):
            if len(known) < _SIDES:
                known.append(dict(sizes))
                yield dict(sizes)


def _spread(values: Sequence[int], base: int, known: Sequence[int]) -> Iterable[int]:
    """A few of these values: the nearest below and above the base, first, last; none where one is known."""
    if len(values) <= _SIDES - len(known):
        return values
    below = [value for value in values if value < base]
    above = [value for value in values if value > base]
    picked = [
        *([] if any(value < base for value in known) else below[-1:]),
        *([] if any(value > base for value in known) else above[:1]),
        *([] if known else (values[0], values[-1])),
    ]
    return list(dict.fromkeys(picked))[:_SIDES]


def _some(points: Sequence[Sizes], most: int) -> Sequence[Sizes]:
    """At most so many of these, from all over."""
    return points if len(points) <= most else points[:: -(-len(points) // most)]


def _smallest(letters: Sequence[str], sizes: Sizes) -> int:
    return min(sizes[letter] for letter in letters)


def _frozen(sizes: Sizes) -> tuple[tuple[str, int], ...]:
    return tuple(sizes.items())
