"""20,000 random norms: predicted outcome, exception type and message are torch's own."""

from itertools import islice

import pytest
import torch

from tests.fuzz.torch import cases, compare


@pytest.mark.parametrize("part", range(10))
def test_norms_are_predicted_as_torch_answers(part: int) -> None:
    torch.set_num_threads(1)
    differ = [
        (number, case.told, case.inputs, case.training, found)
        for number, case in islice(cases("norms", seed=part), 2000)
        if (found := compare(case)) is not None
    ]
    assert not differ


def test_other_layers_are_predicted_as_torch_answers() -> None:
    differ = [
        (number, case.told, case.inputs, case.training, found)
        for number, case in islice(cases("others", seed=100), 1000)
        if (found := compare(case)) is not None
    ]
    assert not differ
