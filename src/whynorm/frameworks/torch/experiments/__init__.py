"""What is measured of a norm's own values while a program runs, and what its call gives when it is repeated.

Only the first calls of a norm come here, before they are made. Nothing is written to, no random number is drawn, and
no tensor is kept: numbers go into the facts.
"""

from whynorm.frameworks.torch.experiments.changed import by_values
from whynorm.frameworks.torch.experiments.measure import Look, look

__all__ = ["Look", "by_values", "look"]
