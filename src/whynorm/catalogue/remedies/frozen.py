"""What is to stay as it is, is frozen as a whole."""

from whynorm.catalogue.registry import Remedy
from whynorm.facts import Call
from whynorm.facts.change import Insert, Rebuild
from whynorm.facts.history import OneByOne


def frozen_whole(call: Call, known: OneByOne) -> Remedy:
    """The layers are frozen, not their variables alone (Keras): their norms are in inference mode then."""
    edits = (Insert(known.location, f"{known.holder}.trainable = False", after=True),) if known.holder else ()
    trial = (Rebuild(call.path or "", arguments={"trainable": False}),)
    title = f"freeze the layers, and not their variables alone: {known.holder or 'the layer'}.trainable = False"
    return Remedy(title, "mode", "it is to stay as it is", trial, edits)
