"""What a program does between its passes: it goes backwards, loads weights, exports a network."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

from torch import nn

from whynorm.frameworks.torch.histories.frames import is_users
from whynorm.frameworks.torch.histories.noted import Export, Kept, Loading, tally_of
from whynorm.frameworks.torch.histories.now import NOW, root_of


def backward(tensors: object) -> None:
    """A backward pass from these tensors is being made."""
    for doubt in NOW.doubts:
        from whynorm.frameworks.torch.histories.stale import stale

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
    root = root_of(module) if norms and caller is not None and is_users(caller.f_code) else None
    if root is None or caller is None:
        return
    root.export = Export(function, (caller.f_code.co_filename, caller.f_lineno), follow())
    NOW.exported.append(root)
    for norm in norms:
        root.norms.setdefault(tally_of(norm), root.paths.get(id(norm), ""))
