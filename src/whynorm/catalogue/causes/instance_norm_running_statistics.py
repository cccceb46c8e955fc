from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("instance-norm-running-statistics")
def instance_norm_running_statistics(case: Case) -> Because | None:
    """`track_running_stats` differs between two sides, or is set where it is not meant."""
    return None
