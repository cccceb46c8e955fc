"""What is so: plain typed data, filled in by a framework's room or read from a pasted text.

Nothing here imports a framework, and nothing here is heavy: `whynorm why` loads it too.
"""

from whynorm.facts.call import Call, Held, Open, Role, Value
from whynorm.facts.case import Case, Fits, Fitting, Trial, Verdict
from whynorm.facts.difference import Difference
from whynorm.facts.error import Frame, Raised
from whynorm.facts.measured import Measured, Padding, Precision, Seam, Variation
from whynorm.facts.missing import Learnt, Missing, Unshaped
from whynorm.facts.origin import Origin, OriginStep
from whynorm.facts.place import Location, Spot
from whynorm.facts.reading import Reading, Shape, axis_names, channels_of
from whynorm.facts.told import Loader, Seen, Sizes, Told
from whynorm.facts.trace import Trace

__all__ = [
    "Call",
    "Case",
    "Difference",
    "Fits",
    "Fitting",
    "Frame",
    "Held",
    "Learnt",
    "Loader",
    "Location",
    "Measured",
    "Missing",
    "Open",
    "Origin",
    "OriginStep",
    "Padding",
    "Precision",
    "Raised",
    "Reading",
    "Role",
    "Seam",
    "Seen",
    "Shape",
    "Sizes",
    "Spot",
    "Told",
    "Trace",
    "Trial",
    "Unshaped",
    "Value",
    "Variation",
    "Verdict",
    "axis_names",
    "channels_of",
]
