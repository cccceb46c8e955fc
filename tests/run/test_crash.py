"""Real programs under `whynorm run`: what is explained, and what is passed on untouched."""

import json
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"
TO_ONE = "nn.Sequential(nn.Conv2d(3, 4, 3, 2, 1), nn.InstanceNorm2d(4))"

EXPLAINED: dict[str, tuple[str, dict[str, Any]]] = {
    "a_crash": (f"{TO_ONE}(torch.randn(1, 3, 2, 2))", {"symptom": "one-value", "handled": False, "path": "1"}),
    "caught": (
        f"try:\n    {TO_ONE}(torch.randn(1, 3, 2, 2))\nexcept ValueError:\n    print('caught')",
        {"symptom": "one-value", "handled": True, "outcome": "completes"},
    ),
    "caught_then_another": (
        f"try:\n    {TO_ONE}(torch.randn(1, 3, 2, 2))\nexcept ValueError:\n    pass\n1 / 0",
        {"symptom": "one-value", "handled": True},
    ),
    "silent": (
        "nn.InstanceNorm2d(3)(torch.randn(2, 3, 64))",
        {"symptom": "read-as-unbatched", "handled": False, "outcome": "completes", "severity": "warning"},
    ),
    "raise_from": (
        f"try:\n    {TO_ONE}(torch.randn(1, 3, 2, 2))\nexcept ValueError as e:\n    raise KeyError('step') from e",
        {"symptom": "one-value", "handled": False, "path": "1"},
    ),
    "compiled": (
        f"torch.compile({TO_ONE}, backend='eager')(torch.randn(1, 3, 2, 2))",
        {"symptom": "one-value", "handled": False},
    ),
    "compiled_join": (
        """
        class Meeting(nn.Module):
            def __init__(self):
                super().__init__()
                self.norm = nn.BatchNorm1d(2)
            def forward(self, x): return torch.cat([self.norm(x), x[..., 1:]], dim=1)
        torch.compile(Meeting(), backend="eager")(torch.randn(2, 2, 9))
        """,
        {"symptom": "size-mismatch", "handled": False, "path": ""},
    ),
    "fused": (
        "nn.utils.fusion.fuse_conv_bn_eval(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))",
        {"symptom": "unsupported-export", "handled": False, "cause": "left-in-training"},
    ),
    "constructor": ("nn.GroupNorm(32, 48)", {"symptom": "uneven-groups", "handled": False}),
    "functional": (
        "F.batch_norm(torch.randn(1, 4), torch.zeros(4), torch.ones(4), training=True)",
        {"symptom": "one-value", "handled": False},
    ),
    "lazy": (
        "sum(one.numel() for one in nn.Sequential(nn.LazyLinear(4), nn.LazyBatchNorm1d()).parameters())",
        {"symptom": "undefined-axis", "handled": False},
    ),
    "bytes": (
        "nn.Conv2d(3, 4, 3)(torch.zeros(1, 3, 8, 8, dtype=torch.uint8))",
        {"symptom": "unsupported-type", "handled": False},
    ),
    "state": (
        "nn.BatchNorm2d(4).load_state_dict(nn.BatchNorm2d(8).state_dict())",
        {"symptom": "state-mismatch", "handled": False},
    ),
    "two_processes": (
        """
        import os, tempfile
        import torch.distributed as dist, torch.multiprocessing as mp
        def rank(number, meeting):
            dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=number, world_size=2)
            model = nn.parallel.DistributedDataParallel(nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8)))
            model(torch.randn(1, 4))
        if __name__ == "__main__":
            mp.spawn(rank, (os.path.join(tempfile.mkdtemp(), "meet"),), nprocs=2)
        """,
        {"symptom": "one-value", "handled": False, "path": "1"},
    ),
    "loader_worker": (
        """
        class Data(torch.utils.data.Dataset):
            norm = nn.InstanceNorm1d(4)
            def __len__(self): return 2
            def __getitem__(self, index): return self.norm(torch.randn(1, 4, 1))
        if __name__ == "__main__":
            next(iter(torch.utils.data.DataLoader(Data(), num_workers=1)))
        """,
        {"symptom": "one-value", "handled": False},
    ),
}

UNTOUCHED = {
    "healthy": f"model = {TO_ONE}\nfor _ in range(3):\n    model(torch.randn(2, 3, 8, 8)).sum().backward()",
    "loss": "F.cross_entropy(torch.randn(4, 3), torch.tensor([0, 1, 2]))",
    "loss_module": "nn.MSELoss()(torch.randn(4, 3), torch.randn(5, 2))",
    "label": "F.cross_entropy(torch.randn(2, 3), torch.tensor([0, 7]))",
    "no_grad_fn": "nn.BatchNorm1d(4)(torch.randn(2, 4)).detach().sum().backward()",
    "attribute": "nn.BatchNorm1d(4).nothing",
    "key_in_forward": """
        class Net(nn.Module):
            def forward(self, x): return {}["key"]
        Net()(torch.randn(2, 3))
    """,
    "numpy": "import numpy\nnumpy.ones(3) + numpy.ones(4)",
    "empty_loader": "next(iter(torch.utils.data.DataLoader([])))",
    "exit": f"import sys\nmodel = {TO_ONE}\nmodel(torch.randn(1, 3, 8, 8))\nsys.exit(3)",
    "scripted": f"print(torch.jit.script({TO_ONE})(torch.randn(1, 3, 8, 8)).shape)",
    "traced": f"print(torch.jit.trace({TO_ONE}, torch.randn(1, 3, 8, 8)).graph)",
    "exported": f"print(torch.export.export({TO_ONE}.eval(), (torch.randn(1, 3, 8, 8),)).graph)",
    "one_graph": f"print(torch.compile({TO_ONE}, backend='eager', fullgraph=True)(torch.randn(1, 3, 8, 8)).shape)",
    "pickled": f"import pickle\nprint(len(pickle.dumps({TO_ONE}.double(), protocol=2)) > 0)",
    "inspected": "import inspect\nmade = nn.BatchNorm2d.forward\nprint(inspect.getsource(made), made.__qualname__)",
}


_ADDRESS = re.compile(r"at 0x[0-9a-f]+")


def _ended(command: list[str], folder: Path) -> tuple[int, str, str]:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, timeout=300)
    return done.returncode, done.stdout, _ADDRESS.sub("at 0x…", done.stderr)


def _both(text: str, folder: Path) -> tuple[tuple[int, str, str], tuple[int, str, str], dict[str, Any]]:
    """A program's end under python and under `whynorm run`, and the report."""
    (folder / "program.py").write_text(f"{HEAD}torch.manual_seed(0)\n{textwrap.dedent(text)}\n")
    plain = _ended([sys.executable, "program.py"], folder)
    run = _ended([sys.executable, "-m", "whynorm", "run", "--json", "report.json", "program.py"], folder)
    return plain, run, json.loads((folder / "report.json").read_text())


@pytest.mark.parametrize("name", EXPLAINED)
def test_explained_after_the_traceback(name: str, tmp_path: Path) -> None:
    text, expected = EXPLAINED[name]
    plain, run, report = _both(text, tmp_path)
    assert run[:2] == plain[:2]
    if name not in (
        "two_processes",
        "loader_worker",
        "compiled_join",
    ):  # process numbers and temporary names are printed
        assert run[2].startswith(plain[2])
    assert report["outcome"] == expected.get("outcome", "raises")
    assert "unknown" not in report
    finding = report["findings"][0]
    assert (finding["symptom"], finding["handled"]) == (expected["symptom"], expected["handled"])
    assert finding["severity"] == expected.get("severity", "error")
    if "path" in expected:
        assert finding["layer"]["path"] == expected["path"]
    if "cause" in expected:
        assert finding["causes"][0]["cause"] == expected["cause"]
        assert [fix["verified"] for fix in finding["causes"][0]["fixes"]] == [True]
    told = f"{finding['severity']}[{finding['symptom']}]"
    assert run[2].count(told) == 1


@pytest.mark.parametrize("name", UNTOUCHED)
def test_passed_on_untouched(name: str, tmp_path: Path) -> None:
    plain, run, report = _both(UNTOUCHED[name], tmp_path)
    assert run == plain
    assert {finding["severity"] for finding in report["findings"]} <= {"note"}
    assert report["outcome"] == ("raises" if "Traceback" in plain[2] else "completes")
