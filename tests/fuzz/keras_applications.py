"""The networks of `keras.applications`, with random weights: none may have a finding of severity error or warning.

`python -m tests.fuzz.keras_applications --backend jax [NAME …]`: a valid size, training and inference. One backend a
process: Keras reads `KERAS_BACKEND` when it is imported.
"""

import argparse
import os
import sys
import time

SMALLEST = {"InceptionV3": 75, "InceptionResNetV2": 75, "Xception": 71}
"""The sizes under which a network is refused by its own constructor; 64 elsewhere."""
REFUSED = {"torch": ("NASNetMobile",)}
"""What Keras itself refuses to build on a backend ("not available … due to an outstanding bug")."""


def names() -> list[str]:
    """The networks that this Keras has on its backend."""
    import keras

    every = [name for name in dir(keras.applications) if name[0].isupper()]
    refused = REFUSED.get(keras.backend.backend(), ())
    return [name for name in every if callable(getattr(keras.applications, name)) and name not in refused]


def alarms(name: str) -> list[str]:
    """What is wrongly said of a network, in either mode."""
    import keras

    import whynorm

    keras.utils.clear_session()
    size = SMALLEST.get(name, 64)
    network = getattr(keras.applications, name)(weights=None, include_top=False, input_shape=(size, size, 3))
    told = []
    for training in (True, False):
        report = whynorm.check(network, (2, size, size, 3), training=training)
        if report.outcome != "completes":
            told.append(f"training={training}: {report.outcome}")
        loud = [finding for finding in report.findings if finding.severity != "note"]
        told += [f"training={training}: {finding.symptom}: {finding.message}" for finding in loud]
    return told


def main() -> int:
    """Check every network, or those that are named; 1 if something is said of one."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.keras_applications", description=__doc__)
    parser.add_argument("--backend", choices=("tensorflow", "jax", "torch"), default="tensorflow")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    os.environ["KERAS_BACKEND"] = arguments.backend
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    wanted = arguments.names or names()
    wrong = 0
    for number, name in enumerate(wanted, 1):
        started = time.process_time()
        told = alarms(name)
        wrong += bool(told)
        print(f"{number}/{len(wanted)} {name}: {time.process_time() - started:.1f} s", *told, sep="\n  ", flush=True)
    print(f"{arguments.backend}: {wrong} of {len(wanted)} networks have a false alarm")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
