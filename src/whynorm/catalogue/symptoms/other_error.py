from whynorm.catalogue import Shown, symptom
from whynorm.facts import Call


@symptom("other-error", causes=())
def other_error(call: Call) -> Shown | None:
    """The forward raises for a reason that no other name covers: told in the framework's words."""
    return None
