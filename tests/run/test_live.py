"""`explain`, `watch` and `install` in a running process, and in IPython's."""

import io
import subprocess
import sys
import traceback
from contextlib import redirect_stderr, suppress

import pytest
import torch
from torch import nn

import whynorm

FAILS = "nn.InstanceNorm2d(4)(torch.randn(1, 4, 1, 1))"
SILENT = "nn.InstanceNorm2d(3)(torch.randn(2, 3, 64))"


def told(program: str, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *(command or ("-c",)), program], capture_output=True, text=True, check=False, timeout=300
    )


def fails() -> None:
    nn.InstanceNorm2d(4)(torch.randn(1, 4, 1, 1))


def test_explain_lets_the_exception_go_on_as_it_was() -> None:
    with pytest.raises(ValueError, match="more than 1 spatial") as plain:
        fails()
    errors = io.StringIO()
    with (
        pytest.raises(ValueError, match="more than 1 spatial") as explained,
        redirect_stderr(errors),
        whynorm.explain(),
    ):
        fails()
    assert "error[one-value]" in errors.getvalue()
    last = [traceback.format_exception(one.value)[-8:] for one in (plain, explained)]
    assert last[0] == last[1]
    assert explained.value.__cause__ is None


def test_explain_has_no_word_on_what_is_not_ours() -> None:
    errors = io.StringIO()
    with pytest.raises(KeyError), redirect_stderr(errors), whynorm.explain():
        {}["key"]
    assert errors.getvalue() == ""


def test_watch_tells_at_the_end_what_was_silently_wrong_and_undoes_itself() -> None:
    before = nn.Module._call_impl.__code__, nn.BatchNorm2d.forward.__code__
    errors = io.StringIO()
    layer = nn.InstanceNorm2d(3)
    with redirect_stderr(errors), whynorm.watch(layer):
        layer(torch.randn(2, 3, 64))
        assert nn.Module._call_impl.__code__ is not before[0]
        assert errors.getvalue().count("[") == 0
    assert errors.getvalue().startswith("\nwarning[read-as-unbatched]")
    assert (nn.Module._call_impl.__code__, nn.BatchNorm2d.forward.__code__) == before


def test_watch_tells_of_a_layer_that_could_not_be_built_and_undoes_itself() -> None:
    errors, before = io.StringIO(), nn.GroupNorm.__init__.__code__
    with redirect_stderr(errors), whynorm.watch():
        for groups in (4, 5):
            with suppress(ValueError):
                nn.GroupNorm(groups, 16)
    assert "error[uneven-groups]" in errors.getvalue()
    assert "nn.GroupNorm(groups, 16)" in errors.getvalue()
    assert nn.GroupNorm.__init__.__code__ is before
    assert repr(nn.GroupNorm(4, 16)).startswith("GroupNorm(4, 16")


def test_watch_has_no_word_on_a_healthy_network() -> None:
    errors = io.StringIO()
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.InstanceNorm2d(4))
    with redirect_stderr(errors), whynorm.watch(model):
        for _ in range(3):
            model(torch.randn(2, 3, 8, 8)).sum().backward()
    assert errors.getvalue() == ""


def test_install_explains_what_ends_the_process_after_its_traceback() -> None:
    done = told(f"import torch, whynorm\nfrom torch import nn\nwhynorm.install()\nwhynorm.install()\n{FAILS}")
    assert done.returncode == 1
    before, explanation = done.stderr.split("\nerror[one-value]")
    assert before.splitlines()[-1].startswith("ValueError: Expected more than 1 spatial element")
    assert "whynorm" not in before
    assert explanation.count("InstanceNorm2d(4) averages over") == 1


def test_install_explains_threads_and_tells_what_is_silent() -> None:
    done = told(
        f"import threading, torch, whynorm\nfrom torch import nn\nwhynorm.install()\n{SILENT}\n"
        f"one = threading.Thread(target=lambda: {FAILS})\none.start()\none.join()\nprint('goes on')"
    )
    assert (done.returncode, done.stdout) == (0, "goes on\n")
    assert done.stderr.count("error[one-value]") == 1
    assert done.stderr.count("warning[read-as-unbatched]") == 1


def test_install_in_ipython_explains_after_its_own_traceback() -> None:
    cells = [
        "import torch, whynorm\nfrom torch import nn\nwhynorm.install()",
        f"def step():\n    return {FAILS}\nstep()",
        "1 / 0",
        SILENT,
        "print('still here')",
    ]
    program = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance(colors='NoColor')\n"
        f"for cell in {cells!r}:\n    shell.run_cell(cell)\n"
    )
    done = told(program)
    assert done.returncode == 0, done.stderr
    assert "still here" in done.stdout
    assert done.stdout.count("ValueError: Expected more than 1 spatial element") == 1  # IPython's own traceback
    assert done.stderr.count("error[one-value]") == 1
    assert done.stderr.count("warning[read-as-unbatched]") == 1
    assert "ZeroDivisionError" in done.stdout
