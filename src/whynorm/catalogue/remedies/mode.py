"""The model, or a part of it, is put into the mode that is meant."""

from whynorm.catalogue.program import access, is_access
from whynorm.catalogue.registry import Remedy
from whynorm.catalogue.remedies.functions import recall
from whynorm.facts import Case, Location
from whynorm.facts.change import AddParameter, Drop, Edit, Infer, Insert, Mode, Ready, SetArgument
from whynorm.facts.history import Fixed, History, Use
from whynorm.facts.spelling import has_tensor_methods
from whynorm.facts.words import listed


def inference(case: Case, when: str | None = "this is inference") -> Remedy:
    """The model is put into inference mode before it is called."""
    called, callee = case.hints.get("called"), case.hints.get("callee")
    edits: tuple[Edit, ...] = ()
    if isinstance(called, Location) and isinstance(callee, str) and callee.replace(".", "").isidentifier():
        mode = case.hints.get("mode", "")
        edits = (Infer(called, callee),) if mode == "" else _said(called, callee, mode, "False")
    return Remedy("put the model into inference mode before it is called", "mode", when, (Mode(False),), edits)


def _said(called: Location, callee: str, mode: object, value: str) -> tuple[Edit, ...]:
    """The mode is an argument of the call, where it has one."""
    return (SetArgument(called, callee, mode, None, value),) if isinstance(mode, str) else ()


def inference_at(case: Case, use: Use, history: History) -> Remedy:
    """The calls of one place of the program are made in inference mode, and those that train in training mode."""
    learning = [one for one in history.uses if one.learnt and one.callee is not None]
    trains = max(learning, key=lambda one: one.learnt, default=None)
    edits: tuple[Edit, ...] = ()
    if use.fixed is not None and use.fixed.function is not None:
        return _by_the_mode(case, use.fixed)
    if use.fixed is not None and use.fixed.training:
        return _unfixed(use, use.fixed)
    if use.callee is not None and use.mode is not None:
        edits = (SetArgument(use.called, use.callee, use.mode, None, "False"),)
        return Remedy("make these passes in inference mode", "mode", None, (Mode(False),), edits)
    if not has_tensor_methods(case.framework):
        return Remedy("make these passes in inference mode: training=False", "mode", None, (Mode(False),))
    if use.callee is not None and is_access(use.callee) and _is_shared(use, history):
        edits = (Insert(use.called, f"{use.callee}.train(torch.is_grad_enabled())"),)
        title = "put the model into training mode only where gradients are recorded: one line calls it for both"
        return Remedy(title, "mode", None, (Mode(False),), edits)
    if use.callee is not None and is_access(use.callee):
        again = training_at(case, trains).edits[:1] if trains is not None and trains.last > use.first else ()
        behind = next((edit for edit in again if isinstance(edit, Ready)), None)
        edits = (Infer(use.called, use.callee, behind),)
    back = ", and back into training mode behind it" if trains is not None and trains.last > use.first else ""
    return Remedy(f"put the model into inference mode before these passes{back}", "mode", None, (Mode(False),), edits)


def _with_mode(use: Use) -> tuple[Edit, ...]:
    """The network's own call takes the mode, if it does not yet: Keras hands it to no other."""
    return (AddParameter(use.modeless, "training", "None"),) if use.modeless is not None else ()


def _unfixed(use: Use, fixed: Fixed) -> Remedy:
    """The mode that is written inside of the network is left out: the layer goes by the one of the network."""
    edits = (Drop(fixed.location, "training", fixed.written), *_with_mode(use))
    title = f"leave training={fixed.written} out there: the layer then goes by the mode of the network"
    return Remedy(title, "mode", None, (Mode(not fixed.training),), edits)


def _by_the_mode(case: Case, fixed: Fixed) -> Remedy:
    """The function goes by the mode of the module that calls it."""
    assert fixed.function is not None
    name, mode, position = fixed.function
    edits = (SetArgument(fixed.location, name, mode, position, "self.training"),)
    trial = recall(case.call, {mode: not fixed.training})
    return Remedy(f"have it go by the mode of its module: {mode}=self.training", "call", None, trial, edits)


def _is_shared(use: Use, history: History) -> bool:
    """Whether the very line that makes these passes makes those that train too, with gradients."""
    same = [one for one in history.uses if one.called[:2] == use.called[:2]]
    return not use.grad and any(one.grad and one.learnt for one in same)


def training_at(case: Case, use: Use) -> Remedy:
    """The calls of one place of the program are made in training mode."""
    edits = _with_mode(use)
    if use.fixed is not None and use.fixed.function is not None:
        return _by_the_mode(case, use.fixed)
    if use.fixed is not None:
        return _unfixed(use, use.fixed)
    if use.mode is None and not has_tensor_methods(case.framework):
        title = "give the network's call() an argument named training: Keras hands the mode to no other"
        return Remedy(title, "model", None, (Mode(True),), edits)
    if use.callee is not None and use.mode is not None:
        edits = (SetArgument(use.called, use.callee, use.mode, None, "True"),)
    elif use.callee is not None and is_access(use.callee):
        edits = (Ready(use.called, use.callee, f"{use.callee}.train()"),)
    return Remedy("put the model into training mode before these passes", "mode", None, (Mode(True),), edits)


def frozen_at(use: Use, parts: tuple[str, ...]) -> Remedy:
    """Parts of the model are in inference mode while the rest of it is trained; an empty path is all of it."""
    edits: tuple[Edit, ...] = ()
    if use.callee is not None and use.mode is not None:
        edits = (SetArgument(use.called, use.callee, use.mode, None, "False"),)
        title = f"call {parts[0] or use.callee} in inference mode"
        return Remedy(title, "mode", "it is to stay as it is", (Mode(False),), edits)
    if use.callee is not None and is_access(use.callee):
        frozen = [f"{use.callee}{access(part) if part else ''}" for part in parts]
        several = f"for part in ({', '.join(frozen)}):\n    part.eval()"
        edits = (Ready(use.called, use.callee, several if len(frozen) > 1 else f"{frozen[0]}.eval()"),)
    title = f"put {listed(part or 'the model' for part in parts)} into inference mode, after each train()"
    trial = tuple(Mode(False, part) for part in parts)
    return Remedy(
        title, "mode", "they are to stay as they are" if parts[1:] else "it is to stay as it is", trial, edits
    )
