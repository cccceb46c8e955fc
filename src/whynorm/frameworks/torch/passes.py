"""The passes of a running program, noted as they are made: which norm is called from where, in which mode.

A pass is a call of a network by the program. It is told by the first norm of the network: only there the frames are
walked. A norm that follows the same norm as it did before is taken to stand in the same pass, so that it costs next
to nothing. What is kept are numbers, places, and small vectors of statistics; of a norm also its running statistics,
which are read at the end, when the norm itself may be gone.
"""

from __future__ import annotations

import inspect
import math
import sys
import types
import weakref
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import nn

from whynorm.frameworks.torch.versions import checkpointing, is_plain_execution

if TYPE_CHECKING:
    from whynorm.facts import Verdict
    from whynorm.facts.history import Renamed
    from whynorm.frameworks.room import Followed
    from whynorm.frameworks.torch.described import Described
    from whynorm.frameworks.torch.loose import Loose
    from whynorm.frameworks.torch.samples import Sample
    from whynorm.frameworks.torch.stale import Doubted, Stale

MOST_ROOTS = 64
"""So many networks are noted."""
MOST_USES = 64
"""So many places and modes in which a network is called."""
MOST_SAMPLES = 6
"""So many samples of a norm's input are taken in each."""
FEW = 512
"""So many values are read one by one."""
LINES = 4
"""So many lines of the program tell one place from another."""

_ENGINE = torch.autograd.graph._engine_run_backward.__code__
_RECALIBRATES = inspect.unwrap(torch.optim.swa_utils.update_bn).__code__

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
        "after", "buffers", "cases", "described", "loaded", "loose", "moved", "muted", "norm", "own", "samples",
        "shape", "suspected", "thawed", "tracks", "uses",
    )  # fmt: skip

    def __init__(self, norm: nn.Module) -> None:
        number = id(norm)
        self.norm = weakref.ref(norm, partial(_forget, TALLIES, number))
        self.after: object = _FIRST
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


class Export(NamedTuple):
    """A network was handed to what writes it into a graph."""

    function: str
    place: tuple[str, int]
    kept: Kept | None


class Root:
    """One network: a module that the program itself calls."""

    __slots__ = (
        "backwards", "between", "biased", "broken", "dropout", "export", "joint", "kind", "last", "module", "moved",
        "norms", "odd", "overwrites", "passes", "paths", "places", "regroups", "replicas", "signature", "stale",
        "trained",
    )  # fmt: skip

    def __init__(self, module: nn.Module) -> None:
        number = id(module)
        self.module = weakref.ref(module, partial(_forget, _roots, number))
        self.kind = type(module).__name__
        parts = list(module.named_modules())
        self.paths = {id(one): path for path, one in parts if "running_var" in one._buffers}
        dropouts = (path for path, one in parts if isinstance(one, nn.modules.dropout._DropoutNd) and one.p)
        self.dropout = next(dropouts, None)
        """The path of its first layer that drops values in training."""
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
        "learnt_last", "line", "lines", "longest", "passes", "recalibrates", "root", "root_training", "run", "runs",
        "samples", "training",
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


_FIRST, _NOBODY = object(), object()
TALLIES: dict[int, Tally] = {}
"""By the norm's id."""
_roots: dict[int, Root] = {}


class _Now:
    """What is going on."""

    last: object = _NOBODY
    """The norm that was called last."""
    place: Place | None = None
    """Where the pass that it stood in was called; None where it is not noted."""
    call: object = None
    """What tells its pass from others: the keywords of the call of the network, where there are none; else None."""
    top = 0
    """The number of that call's frame."""
    sampling = False
    roots = 0
    unexplained = 0
    """So many backward passes came without a pass of a noted network before them."""
    clock = 0
    """So many passes were made."""
    backwards = 0
    window: list[Place] = []
    """The places that called a network with gradients recorded, since the last backward pass."""
    doubts: list[Doubted] = []
    """The passes since the last backward pass of which one may have moved what another goes backwards with."""
    places: list[Place] = []
    exported: list[Root] = []
    doubt: Callable[[Place, types.FrameType], Kept | None] = staticmethod(lambda place, frame: None)


NOW = _Now()


def begin(doubt: Callable[[Place, types.FrameType], Kept | None]) -> None:
    """Begin to note. `doubt(place, frame)` is asked to look at a pass that may be in the wrong mode while it runs."""
    forget()
    NOW.doubt = doubt


def forget() -> None:
    """Forget all that was noted."""
    TALLIES.clear()
    _roots.clear()
    NOW.last, NOW.place, NOW.sampling, NOW.clock, NOW.backwards, NOW.roots = _NOBODY, None, False, 0, 0, 0
    NOW.unexplained = 0
    NOW.window, NOW.doubts, NOW.places, NOW.exported = [], [], [], []


def entered(norm: nn.Module, given: torch.Tensor, frame: types.FrameType) -> None:
    """A norm is called of which it is not known in which pass it stands, or whose input is to be sampled.

    `frame` is that of its own `forward`.
    """
    tally = tally_of(norm)
    if tally.muted or not is_plain_execution():
        NOW.last, NOW.place, NOW.sampling = tally, None, False
        return
    if tally.after is not NOW.last:
        _find_pass(norm, tally, given, frame)
    NOW.last = tally
    place = NOW.place
    if place is None:
        return
    key = place, norm.training
    tally.uses[key] = tally.uses.get(key, 0) + 1
    if tally not in place.root.norms:
        place.root.norms[tally] = place.root.paths.get(id(norm), "")
        if tally.tracks and id(norm) not in place.root.paths:
            _look_for(norm, tally, place.root)
    if tally.tracks:
        place.root.last = tally
        if NOW.sampling:
            _sample(norm, tally, place, given)


def _look_for(norm: nn.Module, tally: Tally, root: Root) -> None:
    """Who holds a norm that is called in a network and is no part of it."""
    module = root.module()
    if module is not None:
        from whynorm.frameworks.torch.loose import loose

        tally.loose = loose(module, norm)


def tally_of(norm: nn.Module) -> Tally:
    """What is noted of a norm."""
    tally = TALLIES.get(id(norm))
    if tally is None:
        tally = TALLIES[id(norm)] = Tally(norm)
    return tally


def _find_pass(norm: nn.Module, tally: Tally, given: torch.Tensor, frame: types.FrameType) -> None:
    """Walk the frames: which network is called, from where, and whether this is a pass that was not met yet."""
    found = _around(frame)
    before, NOW.place = NOW.place, None
    if found is None:
        return
    top, lines, grad, recalibrates = found
    held = top.f_locals
    root = _root_of(unwrapped(held["self"]))
    if root is None:
        tally.muted = True
        return
    call = None if held["kwargs"] else held["kwargs"]
    if before is not None and before.root is root and _is_same(before, tally, call, id(top)):
        NOW.place = before
        if tally.after is _FIRST and tally is not before.lead:
            tally.after = NOW.last
        return
    NOW.call, NOW.top = call, id(top)
    module = root.module()
    modes = module is not None and module.training, norm.training
    key = tuple((id(code), line) for code, line in lines), grad, modes, recalibrates  # a code's own hash takes long
    place = root.places.get(key)
    if place is None:
        if len(root.places) >= MOST_USES:
            return
        place = root.places[key] = Place(root, lines, grad, modes, recalibrates)
        place.lead = tally
        root.replicas = root.replicas or replicas_of(held["self"])
        NOW.places.append(place)
    NOW.place = place
    _pass_begins(place, given, frame)
    if root.odd is None and modes[1]:
        _look_at_data(place, (*held["args"], *held["kwargs"].values()))


def _is_same(before: Place, tally: Tally, call: object, top: int) -> bool:
    """Whether this is still the pass of the norm before."""
    return call is NOW.call if call is not None else top == NOW.top and tally is not before.lead


def unwrapped(module: nn.Module) -> nn.Module:
    """The program's own module in what a compiler or a parallel run wraps around it."""
    inner = module._modules.get("_orig_mod")
    if inner is None and type(module).__module__.startswith("torch.nn.parallel."):
        inner = module._modules.get("module")
    return module if inner is None else inner


def replicas_of(caller: object) -> int | None:
    """Over how many devices or processes the program spreads its batches; None where it is but one."""
    devices = getattr(caller, "device_ids", None)
    if type(caller).__name__ == "DataParallel" and devices:
        return len(devices)
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        return int(torch.distributed.get_world_size())
    return None


def _around(frame: types.FrameType) -> tuple[types.FrameType, tuple[Line, ...], bool, bool] | None:
    """The frame that calls the network, the program's lines above it, whether gradients count, and what for.

    None where a backward pass is computing something again.
    """
    top: types.FrameType | None = None
    lines: list[Line] = []
    grad, recalibrates = torch.is_grad_enabled(), False
    call, checkpoint = nn.Module._call_impl.__code__, checkpointing()
    above: types.FrameType | None = frame
    while above is not None:
        code = above.f_code
        if code is call:
            top = above
            lines.clear()
        elif code is _ENGINE:
            return None
        elif code is checkpoint:
            grad = True  # the gradients are recorded when the pass is computed again
        elif code is _RECALIBRATES:
            recalibrates = True
        elif top is not None and len(lines) < LINES and _is_users(code):
            lines.append((code, above.f_lineno))
        above = above.f_back
    return None if top is None else (top, tuple(lines), grad, recalibrates)


_owners: dict[int, tuple[types.CodeType, bool]] = {}


def _is_users(code: types.CodeType) -> bool:
    known = _owners.get(id(code))
    if known is None:
        from whynorm.frameworks.torch.places import owner

        known = _owners[id(code)] = code, owner(code.co_filename) == "user"
    return known[1]


def _root_of(module: nn.Module) -> Root | None:
    root = _roots.get(id(module))
    if root is None and NOW.roots < MOST_ROOTS:
        NOW.roots += 1
        root = _roots[id(module)] = Root(module)
    return root


def _pass_begins(place: Place, given: torch.Tensor, frame: types.FrameType) -> None:
    root = place.root
    NOW.clock += 1
    root.passes += 1
    place.passes += 1
    place.first = place.first or NOW.clock
    place.last = NOW.clock
    if place.at != NOW.backwards:
        place.at, place.run, place.began = NOW.backwards, 0, NOW.clock
        place.runs += 1
    place.run += 1
    place.longest = max(place.longest, place.run)
    if given.ndim:
        size = given.shape[0]
        place.batches = min(place.batches[0], size), max(place.batches[1], size)
        place.samples += size
    if place.training and NOW.window:
        _doubt_gradient(place)
    if place.grad:
        NOW.window.append(place)
    NOW.sampling = _is_sampled(place.passes)
    _look_after(root)
    if _is_sampled(root.passes) and not root.moved:
        _compare_weights(root)
    if place.kept is None and (place.run == 2 or place.passes in (1, 3)):
        place.kept = NOW.doubt(place, frame)


def _doubt_gradient(place: Place) -> None:
    """Whether a pass in inference mode is still to go backwards whose statistics this one is about to move."""
    root = place.root
    before = next((one for one in NOW.window if one.root is root and not one.training), None)
    if before is None or before.lead is None or any(one.before.root is root for one in NOW.doubts):
        return
    root.overwrites += 1
    if _is_sampled(root.overwrites):
        from whynorm.frameworks.torch.stale import doubted

        found = doubted(before, place, before.lead)
        NOW.doubts += [found] if found is not None else []


def _is_sampled(passes: int) -> bool:
    """At the first passes, and ever more seldom."""
    return passes & (passes - 1) == 0


def _sample(norm: nn.Module, tally: Tally, place: Place, given: torch.Tensor) -> None:
    tally.buffers, tally.shape = norm._buffers, tuple(given.shape)
    if any(one is not None and one.requires_grad for one in norm._parameters.values()):
        tally.thawed.add(place)
    module = place.root.module()
    if tally.described is None and place.root.passes > 1 and module is not None:
        from whynorm.frameworks.torch.described import described, trained_parts

        if place.root.trained is None:
            place.root.trained = trained_parts(module)
        tally.described = described(module, place.root.norms[tally], norm, tally.shape, place.root.trained)
    own = _values([one for one in norm._parameters.values() if one is not None])
    if tally.own.get(place, own) != own:
        tally.moved.add(place)
    tally.own[place] = own
    if sum(one.place is place for one in tally.samples) < MOST_SAMPLES:
        from whynorm.frameworks.torch.samples import sample

        taken = sample(norm, given)
        if taken is not None:
            number = sum(one.clock == NOW.clock for one in tally.samples)
            tally.samples.append(Taken(place, norm.training, taken, number, NOW.clock))


def _look_after(root: Root) -> None:
    """Whether the pass before left statistics that are not finite: told by the norm that was called last."""
    if root.broken is not None or root.last is None:
        return
    variance = root.last.buffers.get("running_var")
    if variance is None or _adds_up(variance):
        return
    broken = {tally: None for tally in root.norms if not is_finite(tally)}
    if broken:
        root.broken = root.passes - 1, broken


def _adds_up(values: torch.Tensor) -> bool:
    """Whether the sum is finite, and so are the values; what lies on another device is not waited for."""
    if not values.is_cpu:
        return True
    if values.ndim == 1 and values.numel() <= FEW and values.layout is torch.strided:  # an operation takes longer here
        return math.isfinite(sum(values.tolist()))
    values = values.detach() if values.requires_grad else values
    return math.isfinite(values.sum() if values.dtype is torch.float32 else values.sum(dtype=torch.float32))


def _look_at_data(place: Place, handed: Sequence[object]) -> None:
    """Whether what a network in training mode is handed is finite."""
    for value in handed:
        if not isinstance(value, torch.Tensor) or not value.is_floating_point() or not value.ndim or _adds_up(value):
            continue
        with torch.no_grad():
            bad = (~value.isfinite()).flatten(1).any(1) if value.ndim > 1 else ~value.isfinite()
            if bool(bad.any()):
                place.root.odd = Odd(place.root.passes, place, int(bad.sum()), len(bad))


def is_finite(tally: Tally) -> bool:
    """Whether a norm's running statistics are finite."""
    held = (tally.buffers.get("running_mean"), tally.buffers.get("running_var"))
    return all(one is None or bool(one.isfinite().all()) for one in held)


def _compare_weights(root: Root) -> None:
    """Whether the weights have changed; told by a few values of some of them."""
    module = root.module()
    if module is None:
        return
    weights = [one for one in module.parameters() if one.requires_grad] or list(module.parameters())
    seen = _values(weights[:: max(1, len(weights) // 6)])
    if root.signature is not None and seen != root.signature and len(seen) == len(root.signature):
        root.moved = True
    root.signature = seen


def _values(weights: Sequence[torch.Tensor]) -> tuple[float, ...]:
    """Some values of each, of those that have any."""
    real = [one for one in weights if type(one) in (torch.Tensor, nn.Parameter) and not one.is_meta and one.numel()]
    return tuple(value for one in real for value in one.detach().reshape(-1)[:3].tolist())


def backward(tensors: object) -> None:
    """A backward pass from these tensors is being made."""
    for doubt in NOW.doubts:
        from whynorm.frameworks.torch.stale import stale

        doubt.before.root.stale = stale(doubt, tensors) or doubt.before.root.stale
    NOW.doubts.clear()
    NOW.backwards += 1
    NOW.unexplained += not NOW.window
    latest = {place.root: place for place in NOW.window}
    for root, place in latest.items():
        place.learnt += 1
        place.learnt_last = place.last
        root.backwards += 1
        root.between[1:] = [NOW.unexplained]
        for other in latest:
            if other is not root:
                root.joint[other] = root.joint.get(other, 0) + 1
    NOW.window.clear()


def loads(module: nn.Module, state: Any, frame: types.FrameType | None) -> None:
    """A state dict is about to be loaded into a module."""
    from whynorm.frameworks.torch.places import here

    place = here(frame, loads.__code__)
    found = [
        (one, (f"{path}.running_var" if path else "running_var") not in state)
        for path, one in module.named_modules()
        if one._buffers.get("running_var") is not None
    ]
    become = None
    if any(missing for _, missing in found):
        from whynorm.frameworks.torch.renamed import renamed

        become = renamed(module, state)
    for one, missing in found:
        tally_of(one).loaded = Loading(place, missing, become)


def exports(module: nn.Module, function: str, frame: types.FrameType, follow: Callable[[], Kept | None]) -> None:
    """The program hands a network to what writes it into a graph; nothing is noted of one that a library hands on."""
    norms = [one for one in module.modules() if one._buffers.get("running_var") is not None and one.training]
    caller = frame.f_back
    root = _root_of(module) if norms and caller is not None and _is_users(caller.f_code) else None
    if root is None or caller is None:
        return
    root.export = Export(function, (caller.f_code.co_filename, caller.f_lineno), follow())
    NOW.exported.append(root)
    for norm in norms:
        root.norms.setdefault(tally_of(norm), root.paths.get(id(norm), ""))


def roots() -> list[Root]:
    """The networks that were called, in the order of their first calls."""
    return list(dict.fromkeys((*(place.root for place in NOW.places), *NOW.exported)))
