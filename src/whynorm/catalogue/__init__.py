"""Every symptom and every cause, each declared once, in a file of its own name.

`one-value` is `symptoms/one_value.py`; a file is imported when its name is asked for, never before.
"""

from whynorm.catalogue.registry import (
    Because,
    Cause,
    Remedy,
    Shown,
    Symptom,
    cause,
    load_cause,
    load_symptom,
    names,
    silent_symptoms,
    symptom,
)

__all__ = [
    "Because",
    "Cause",
    "Remedy",
    "Shown",
    "Symptom",
    "cause",
    "load_cause",
    "load_symptom",
    "names",
    "silent_symptoms",
    "symptom",
]
