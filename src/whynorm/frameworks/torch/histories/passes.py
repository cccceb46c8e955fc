"""The passes of a running program, noted as they are made: which norm is called from where, in which mode.

A pass is a call of a network by the program. It is told by the first norm of the network: only there the frames are
walked. A norm that follows the same norm as it did before is taken to stand in the same pass, so that it costs next
to nothing.
"""

from __future__ import annotations

import types

import torch
from torch import nn

from whynorm.frameworks.torch.histories.frames import around, replicas_of, unwrapped
from whynorm.frameworks.torch.histories.looks import (
    compare_weights,
    frozen_parts,
    is_sampled,
    look_after,
    look_at_data,
    take_sample,
)
from whynorm.frameworks.torch.histories.noted import FIRST, Place, Root, Tally, tally_of
from whynorm.frameworks.torch.histories.now import NOW, root_of
from whynorm.frameworks.torch.versions import is_plain_execution

MOST_USES = 64
"""So many places and modes in which a network is called."""


def entered(norm: nn.Module, given: torch.Tensor, frame: types.FrameType, training: bool) -> None:
    """A norm is called of which it is not known in which pass it stands, or whose input is to be sampled.

    `frame` is that of its own `forward`; `training`, whether it takes the statistics of the batch.
    """
    tally = tally_of(norm)
    if tally.muted or not is_plain_execution():
        NOW.last, NOW.place, NOW.sampling = tally, None, False
        return
    if tally.after is not NOW.last:
        _find_pass(training, tally, given, frame)
    NOW.last = tally
    place = NOW.place
    if place is None:
        return
    key = place, training
    tally.uses[key] = tally.uses.get(key, 0) + 1
    if tally not in place.root.norms:
        place.root.norms[tally] = place.root.paths.get(id(norm), "")
        if tally.tracks and id(norm) not in place.root.paths:
            _look_for(norm, tally, place.root)
    if tally.tracks:
        place.root.last = tally
        if NOW.sampling:
            take_sample(norm, tally, place, given, training)


def _look_for(norm: nn.Module, tally: Tally, root: Root) -> None:
    """Who holds a norm that is called in a network and is no part of it."""
    module = root.module()
    if module is not None:
        from whynorm.frameworks.torch.histories.loose import loose

        tally.loose = loose(module, norm)


def _find_pass(training: bool, tally: Tally, given: torch.Tensor, frame: types.FrameType) -> None:
    """Walk the frames: which network is called, from where, and whether this is a pass that was not met yet."""
    found = around(frame)
    before, NOW.place = NOW.place, None
    if found is None:
        return
    top, lines, grad, recalibrates = found
    held = top.f_locals
    root = root_of(unwrapped(held["self"]))
    if root is None:
        tally.muted = True
        return
    call = None if held["kwargs"] else held["kwargs"]
    if before is not None and before.root is root and _is_same(before, tally, call, id(top)):
        NOW.place = before
        if tally.after is FIRST and tally is not before.lead:
            tally.after = NOW.last
        return
    NOW.call, NOW.top = call, id(top)
    module = root.module()
    modes = module is not None and module.training, training
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
        look_at_data(place, (*held["args"], *held["kwargs"].values()))


def _is_same(before: Place, tally: Tally, call: object, top: int) -> bool:
    """Whether this is still the pass of the norm before."""
    return call is NOW.call if call is not None else top == NOW.top and tally is not before.lead


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
        doubt_gradient(place)
    if place.grad:
        NOW.window.append(place)
    if place.passes == 2 and place.root_training:
        place.parts = frozen_parts(root)
    NOW.sampling = is_sampled(place.passes)
    look_after(root)
    if is_sampled(root.passes) and not root.moved:
        compare_weights(root)
    if place.kept is None and (place.run == 2 or place.passes in (1, 3)):
        place.kept = NOW.doubt(place, frame)


def doubt_gradient(place: Place) -> None:
    """Whether a pass in inference mode is still to go backwards whose statistics this one is about to move."""
    root = place.root
    before = next((one for one in NOW.window if one.root is root and not one.training), None)
    if before is None or before.lead is None or any(one.before.root is root for one in NOW.doubts):
        return
    root.overwrites += 1
    if is_sampled(root.overwrites):
        from whynorm.frameworks.torch.histories.stale import doubted

        found = doubted(before, place, before.lead)
        NOW.doubts += [found] if found is not None else []
