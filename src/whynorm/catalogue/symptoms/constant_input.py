from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.wording import in_its_words
from whynorm.facts import Call


@symptom("constant-input", causes=())
def constant_input(call: Call) -> Shown | None:
    """A statistic is taken over values that are all the same."""
    return in_its_words(call, "a statistic is taken over values that are all the same")
