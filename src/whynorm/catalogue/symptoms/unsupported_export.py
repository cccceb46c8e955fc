from whynorm.catalogue import Shown, symptom
from whynorm.facts import Call


@symptom("unsupported-export", causes=())
def unsupported_export(call: Call) -> Shown | None:
    """The layer cannot be exported or converted as it is."""
    return None
