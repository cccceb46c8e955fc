from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("wrong-constructor-number")
def wrong_constructor_number(case: Case) -> Because | None:
    """The number given to the constructor is not the channel count."""
    return None
