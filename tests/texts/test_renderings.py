"""One crash in many renderings: the same answer, the user's line and the numbers in all of them."""

import json

import pytest

import whynorm

PLAIN = """Traceback (most recent call last):
  File "/srv/kite/train.py", line 88, in <module>
    run()
  File "/srv/kite/heads.py", line 31, in forward
    return self.norm(self.conv(x))
  File "/srv/venv/lib/python3.10/site-packages/torch/nn/functional.py", line 2480, in instance_norm
    _verify_spatial_size(input.size())
ValueError: Expected more than 1 spatial element when training, got input size torch.Size([1, 512, 1, 1])
"""
NOTEBOOK = """---------------------------------------------------------------------------
ValueError                                Traceback (most recent call last)
<ipython-input-4-2d1c> in <module>()
      1 x = load()
----> 2 y = net(x)

/srv/kite/heads.py in forward(self, x)
     30     def forward(self, x):
---> 31         return self.norm(self.conv(x))
     32

/usr/local/lib/python3.7/dist-packages/torch/nn/functional.py in instance_norm(input)
   2479         if use_input_stats:
-> 2480             _verify_spatial_size(input.size())

ValueError: Expected more than 1 spatial element when training, got input size torch.Size([1, 512, 1, 1])
"""
PYTEST = """heads.py:31: in forward
    return self.norm(self.conv(x))
/srv/venv/lib/python3.10/site-packages/torch/nn/functional.py:2480: in instance_norm
    _verify_spatial_size(input.size())
E   ValueError: Expected more than 1 spatial element when training, got input size torch.Size([1, 512, 1, 1])
"""
RICH = """╭──────────── Traceback (most recent call last) ─────────────╮
│ /srv/kite/heads.py:31 in forward                           │
│                                                            │
│   30     def forward(self, x):                             │
│ ❱ 31         return self.norm(self.conv(x))                │
│                                                            │
╰────────────────────────────────────────────────────────────╯
ValueError: Expected more than 1 spatial element when training, got input size
torch.Size([1, 512, 1, 1])
"""


def logged(prefix: str) -> str:
    return "".join(f"{prefix}{line}\n" for line in PLAIN.splitlines())


RENDERINGS = {
    "plain": PLAIN,
    "notebook": NOTEBOOK,
    "pytest": PYTEST,
    "rich": RICH,
    "rank": logged("[rank1]: "),
    "kubernetes": logged("2024-03-02T10:11:12.123456789Z stderr F "),
    "docker compose": logged("trainer-1  | "),
    "mail": logged("> "),
    "mail answered": logged("> > "),
    "coloured": PLAIN.replace("ValueError", "\x1b[1;31mValueError\x1b[0m").replace("File", "\x1b[2mFile\x1b[0m"),
    "bar": PLAIN.replace("  File", " 12%|█▏        | 3/25 [00:01<00:09,  2.3it/s]\r  File", 1),
    "windows": PLAIN.replace("/srv/kite/", "C:\\work\\kite\\").replace("\n", "\r\n"),
    "markdown": f"```python\n{PLAIN}```",
    "bold": PLAIN.replace("ValueError: Expected", "**ValueError: Expected").replace("1, 1])", "1, 1])**"),
    "docker": "".join(json.dumps({"log": f"{line}\n", "stream": "stderr"}) + "\n" for line in PLAIN.splitlines()),
    "json": json.dumps({"level": "error", "exc_info": PLAIN}),
    "group": "  + Exception Group Traceback (most recent call last):\n" + logged("  | "),
    "replica": "ValueError: Caught ValueError in replica 0 on device 0.\nOriginal " + PLAIN,
    "worker": "ValueError: Caught ValueError in DataLoader worker process 0.\nOriginal " + PLAIN,
    "chained": PLAIN + "\nDuring handling of the above exception, another exception occurred:\n\nKeyError: 'x'\n",
    "inside a log": "step 1 loss 0.5\n" * 5000 + PLAIN + "saved\n" * 5000,
    "wrapped": "\n".join(PLAIN[place : place + 72] for place in range(0, len(PLAIN), 72)),
    "top cut": PLAIN[PLAIN.index("kite/heads") :],
}


@pytest.mark.parametrize("name", RENDERINGS)
def test_every_rendering_is_read(name: str) -> None:
    report = whynorm.why(RENDERINGS[name])
    assert [finding.symptom for finding in report.findings] == ["one-value"]
    assert report.framework.name == "torch"
    finding = report.findings[0]
    assert finding.input_shape == (1, 512, 1, 1)
    assert finding.causes[0].cause == "downsampled-away"
    assert finding.message.startswith("InstanceNorm")
    if name not in ("json", "wrapped", "top cut"):
        assert finding.location is not None
        assert finding.location.file.endswith("heads.py")
        assert finding.location.line == 31
        assert finding.location.code == "return self.norm(self.conv(x))"


def test_several_errors_are_told_in_order() -> None:
    other = PLAIN.replace(
        "Expected more than 1 spatial element when training, got input size torch.Size([1, 512, 1, 1])",
        "expected 4D input (got 3D input)",
    )
    assert [finding.symptom for finding in whynorm.why(other + "\n" + PLAIN).findings] == ["wrong-rank", "one-value"]
    assert [finding.symptom for finding in whynorm.why(PLAIN + "\n" + other).findings] == ["one-value", "wrong-rank"]
    assert len(whynorm.why(PLAIN * 5).findings) == 1


def test_more_samples_help_a_batch_norm_and_not_an_instance_norm() -> None:
    batch = PLAIN.replace("spatial element", "value per channel").replace("instance_norm", "batch_norm")
    fixes = [fix.title for cause in whynorm.why(batch).findings[0].causes for fix in cause.fixes]
    assert any("two samples" in title for title in fixes)
    finding = whynorm.why(PLAIN).findings[0]
    assert not any("two samples" in fix.title for cause in finding.causes for fix in cause.fixes)
    assert any("drop_last" in warning for warning in finding.warnings)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("100%|█████████▉| 416/417 [03:12<00:00,  2.17it/s]\n", "last-batch"),
        ('  File "a.py", line 3, in validate\n    out = net(x)\n', "left-in-training"),
        ("ValueError: Caught ValueError in replica 2 on device 2.\n", "replica-share"),
        (
            '  File "a.py", line 3, in __init__\n    self.n = self.forward(torch.zeros(1, 3))\n'
            '  File "a.py", line 9, in forward\n    return self.bn(x)\n',
            "dummy-forward",
        ),
    ],
)
def test_what_stands_around_decides_the_cause(text: str, cause: str) -> None:
    message = "ValueError: Expected more than 1 value per channel when training, got input size torch.Size([1, 64])\n"
    assert whynorm.why(text + message).findings[0].causes[0].cause == cause


def test_an_exception_of_an_unloaded_framework_is_read_as_its_text() -> None:
    try:
        raise RuntimeError("running_mean should contain 256 elements not 512")
    except RuntimeError as error:
        report = whynorm.why(error)
    assert report.findings[0].symptom == "channel-mismatch"
