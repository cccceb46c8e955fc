from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.wording import in_its_words
from whynorm.facts import Call


@symptom("modified-in-place", causes=("several-forwards",))
def modified_in_place(call: Call) -> Shown | None:
    """A norm's buffer is overwritten while the backward pass still needs it."""
    return in_its_words(call, "a buffer is overwritten while the backward pass still needs it")
