from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("library-version")
def library_version(case: Case) -> Because | None:
    """A version changed or broke it."""
    return None
