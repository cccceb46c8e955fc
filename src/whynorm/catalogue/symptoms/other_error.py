from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.wording import first_line, in_its_words
from whynorm.facts import Call


@symptom("other-error", causes=())
def other_error(call: Call) -> Shown | None:
    """The forward raises for a reason that no other name covers: told in the framework's words, without causes."""
    return in_its_words(call, first_line(call.raised.message)) if call.raised else None
