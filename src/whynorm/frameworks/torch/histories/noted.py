"""What is noted of a running program: its norms, the networks they stand in, and the places that call these.

What is kept are numbers, places, and small vectors of statistics; of a norm also its running statistics, which are
read at the end, when the norm itself may be gone.
"""

from __future__ import annotations

import sys
import types
import weakref
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from torch import nn

if TYPE_CHECKING:
    from whynorm.facts import Verdict
    from whynorm.facts.history import Renamed
    from whynorm.frameworks.room import Followed
    from whynorm.frameworks.torch.described import Described
    from whynorm.frameworks.torch.histories.loose import Loose
    from whynorm.frameworks.torch.histories.samples import Sample
    from whynorm.frameworks.torch.histories.stale import Stale

Line = tuple[types.CodeType, int]


class Kept(NamedTuple):
    """A pass that was followed while it was made, without anything live, and how the changes that were tried ended."""

    followed: Followed
    verdicts: dict[str, Verdict]


def _forget(noted: dict[int, Any], number: int, gone: object) -> None:
    """Drop what is noted of what is gone; it holds the dictionary itself, for at its end Python empties modules."""
    noted.pop(number, None)


class Tally:
    """One norm."""

    __slots__ = (
        "after", "buffers", "caller", "cases", "described", "function", "loaded", "loose", "moved", "muted", "norm",
        "own", "samples", "shape", "suspected", "thawed", "tracks", "uses",
    )  # fmt: skip

    def __init__(self, norm: nn.Module) -> None:
        number = id(norm)
        self.norm = weakref.ref(norm, partial(_forget, TALLIES, number))
        self.after: object = FIRST
        """The norm that was called before it in its pass."""
        self.uses: dict[tuple[Place, bool], int] = {}
        """By place and by the norm's own mode: its calls."""
        self.tracks = norm._buffers.get("running_var") is not None
        self.buffers = norm._buffers
        self.samples: list[Taken] = []
        self.thawed: set[Place] = set()
        """Where it was met with parameters that ask for gradients."""
        self.own: dict[Place, tuple[float, ...]] = {}
        """Some values of its parameters when it was last looked at there."""
        self.moved: set[Place] = set()
        """Where they have changed between two looks."""
        self.muted = False
        """It stands in none of the networks that are noted."""
        self.shape: tuple[int, ...] = ()
        self.loaded: Loading | None = None
        self.loose: Loose | None = None
        self.described: Described | None = None
        self.cases: set[tuple[object, ...]] = set()
        """Those of its calls that differ: shape, type, whether in training mode, whether gradients are recorded."""
        self.function: tuple[str, int] | None = None
        """The program's line that calls the norm as a function, of the statistics that a module holds."""
        self.caller = 0
        """The id of the module in whose `forward` that line stands."""
        self.suspected = 0
        """In how many calls one after the other nothing varied in what the program handed over."""


class Loading(NamedTuple):
    """A state dict was loaded into the norm."""

    place: tuple[str, int] | None
    missing: bool
    renamed: Renamed | None
    """What the saved names have to become, where they are others."""


class Taken(NamedTuple):
    """A sample of what a norm got."""

    place: Place
    training: bool
    sample: Sample
    number: int
    """The how-manieth call of the norm in its pass it was, from 0."""
    clock: int


class Odd(NamedTuple):
    """What was handed to a network held NaN or infinity."""

    after: int
    """In this pass of the network."""
    place: Place
    samples: int
    of: int
    whole: bool
    """Of those samples, no value was finite."""


class Export(NamedTuple):
    """A network was handed to what writes it into a graph."""

    function: str
    place: tuple[str, int]
    kept: Kept | None


class Root:
    """One network: a module that the program itself calls."""

    __slots__ = (
        "astray", "backwards", "between", "biased", "broken", "dropout", "export", "joint", "kind", "last", "module",
        "moved", "norms", "odd", "overwrites", "passes", "paths", "places", "regroups", "replicas", "signature",
        "stale", "switches", "trained",
    )  # fmt: skip

    def __init__(self, module: nn.Module) -> None:
        number = id(module)
        self.module = weakref.ref(module, partial(_forget, ROOTS, number))
        self.kind = type(module).__name__
        parts = list(module.named_modules())
        self.paths = {id(one): path for path, one in parts if "running_var" in one._buffers}
        dropouts = (path for path, one in parts if isinstance(one, nn.modules.dropout._DropoutNd) and one.p)
        self.dropout = next(dropouts, None)
        """The path of its first layer that drops values in training."""
        own = dict.fromkeys(type(one).train for _, one in parts if type(one).train is not nn.Module.train)
        self.switches = [one.__code__ for one in own if isinstance(one, types.FunctionType)]
        """The code of the classes in it that switch the mode in their own way."""
        self.trained: frozenset[str] | None = None
        """The parts in which a parameter asks for gradients, where its norms have been described."""
        self.norms: dict[Tally, str] = {}
        """The norms that were called in it, in the order of their first calls, and their paths."""
        self.places: dict[object, Place] = {}
        self.biased: bool | None = None
        """Whether a layer with a bias is built right before a norm; None: that was not asked."""
        self.regroups: bool | None = None
        """Whether the program's own modules in it regroup sizes; None where nobody has looked."""
        self.passes = 0
        self.backwards = 0
        self.between: list[int] = []
        """How many backward passes that none of the noted networks explains came before its first and its last one."""
        self.joint: dict[Root, int] = {}
        """With which other networks it recorded gradients for one backward pass, and how often."""
        self.signature: tuple[float, ...] | None = None
        self.moved = False
        self.export: Export | None = None
        """Where it was exported in training mode."""
        self.last: Tally | None = None
        """The norm that was called last."""
        self.odd: Odd | None = None
        """The first pass in training mode that was handed NaN or infinity."""
        self.broken: tuple[int, dict[Tally, None]] | None = None
        """The pass after which statistics were not finite for the first time, and whose."""
        self.astray: str | None = None
        """The path of a parameter that was not finite either then."""
        self.overwrites = 0
        """How often a pass in training mode followed one in inference mode before a backward pass."""
        self.stale: Stale | None = None
        """What was found of a backward pass through both."""
        self.replicas: int | None = None
        """Over how many processes or devices the program spreads its batches, where it does so."""


class Place:
    """A place of the program that calls a network, in one mode."""

    __slots__ = (
        "at", "batches", "began", "first", "functions", "grad", "kept", "last", "lead", "learnt",
        "learnt_last", "line", "lines", "longest", "parts", "passes", "recalibrates", "root", "root_training", "run",
        "runs", "samples", "training",
    )  # fmt: skip

    def __init__(
        self, root: Root, lines: tuple[Line, ...], grad: bool, training: tuple[bool, bool], recalibrates: bool
    ) -> None:
        self.root = root
        self.lines = lines
        self.line = (lines[0][0].co_filename, lines[0][1]) if lines else None
        self.functions = tuple(code.co_name for code, _ in lines)
        self.grad = grad
        self.root_training, self.training = training
        self.recalibrates = recalibrates
        self.passes = self.first = self.last = self.run = self.runs = self.longest = 0
        self.learnt = self.learnt_last = self.began = self.samples = 0
        self.at = -1
        self.batches = (sys.maxsize, 0)
        self.kept: Kept | None = None
        self.lead: Tally | None = None
        self.parts: tuple[str, ...] = ()
        """The largest frozen parts with norms that keep statistics, of the network that is trained here."""


FIRST, NOBODY = object(), object()
TALLIES: dict[int, Tally] = {}
"""By the norm's id."""
ROOTS: dict[int, Root] = {}


def tally_of(norm: nn.Module) -> Tally:
    """What is noted of a norm."""
    tally = TALLIES.get(id(norm))
    if tally is None:
        tally = TALLIES[id(norm)] = Tally(norm)
    return tally


def is_finite(tally: Tally) -> bool:
    """Whether a norm's running statistics are finite."""
    held = (tally.buffers.get("running_mean"), tally.buffers.get("running_var"))
    return all(one is None or bool(one.isfinite().all()) for one in held)
