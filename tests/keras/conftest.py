"""Keras runs on one backend a process; `test_backends` runs these tests again on the others."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
