"""Data against a rule: what would fail is named, with what makes it fit; a damaged file does not stop it."""

import json
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
numpy = pytest.importorskip("numpy")
image = pytest.importorskip("PIL.Image")

import whynorm  # noqa: E402
from whynorm.cli import main  # noqa: E402
from whynorm.data import Header, entries  # noqa: E402
from whynorm.render.plot import svg  # noqa: E402
from whynorm.sizing.data import judged, match, widened  # noqa: E402
from whynorm.sizing.matching import Unfit, matched, other_channels  # noqa: E402
from whynorm.sizing.question import ask  # noqa: E402


def test_files_against_a_rule(tmp_path: Path) -> None:
    for name, shape in {"a": (8, 12), "b": (9, 12), "c": (3, 8, 8), "e": (1, 8, 8), "f": (12, 8, 1)}.items():
        numpy.save(tmp_path / f"{name}.npy", numpy.zeros(shape, "u1"))
    (tmp_path / "d.npy").write_bytes(b"damaged")
    found = whynorm.sizes(torch.nn.PixelUnshuffle(4), "1,1,H,W", range={"H": (1, 40), "W": (1, 40)})
    listed = match(found.question, entries(str(tmp_path)))
    verdicts = {Path(one.name).stem: one for one in judged(found, listed)}
    assert [name for name, verdict in verdicts.items() if verdict.accepted] == ["a", "e", "f"]
    assert verdicts["b"].pad == {"H": 12, "W": 12}
    assert verdicts["b"].crop == {"H": 8, "W": 12}
    assert "does not fit" in str(verdicts["c"].why)
    assert verdicts["d"].damaged


def test_the_map_says_what_each_condition_refuses() -> None:
    found = whynorm.sizes(torch.nn.PixelUnshuffle(4), "1,1,H,W", range={"H": (1, 40), "W": (1, 40)})
    rows, columns, kinds = found.drawn()
    for row, line in zip(rows, kinds, strict=True):
        for column, kind in zip(columns, line, strict=True):
            assert kind == ("refused 0" if row % 4 else "refused 1" if column % 4 else "works")
    drawn = svg(found)
    assert drawn.count("<rect") == 1 + 20 * 20 + 4
    assert ">5–7</text>" in drawn
    assert ">refused unless W % 4 == 0</text>" in drawn


MATCHES: list[tuple[str, Header, dict[str, int] | str]] = [
    ("1,3,H,W", Header((5, 7), 3), {"H": 5, "W": 7}),
    ("1,3,H,W", Header((3, 5, 7)), {"H": 5, "W": 7}),
    ("1,3,H,W", Header((5, 7, 3)), {"H": 5, "W": 7}),
    ("1,3,H,W", Header((2, 3, 5, 7)), {"H": 5, "W": 7}),
    ("1,3,H,W", Header((5, 7, 4)), "4"),
    ("1,3,H,W", Header((5,)), "does not fit"),
    ("1,3,H,64", Header((5, 64)), {"H": 5}),
    ("1,3,H,64", Header((5, 65)), "65 is not 64"),
    ("1,3,S,S", Header((5, 5)), {"S": 5}),
    ("1,3,S,S", Header((5, 7)), "one size"),
    ("N,3,H,W", Header((5, 7)), {"N": 1, "H": 5, "W": 7}),
    ("N,3,H,W", Header((8, 3, 5, 7)), {"N": 8, "H": 5, "W": 7}),
    ("1,C,H,W", Header((5, 7), 4), {"C": 4, "H": 5, "W": 7}),
    ("1,H,W,3", Header((5, 7), 3), {"H": 5, "W": 7}),
    ("1,H,W,3", Header((5, 7, 3)), {"H": 5, "W": 7}),
    ("1,1,D,H,W", Header((4, 5, 7)), {"D": 4, "H": 5, "W": 7}),
    ("1,1,D,H,W", Header((5, 7)), "does not fit"),
    ("1,1,T", Header((9,)), {"T": 9}),
    ("1,1,T", Header((1, 9)), {"T": 9}),
    ("1,T:int64", Header((9,)), {"T": 9}),
]


@pytest.mark.parametrize(("text", "header", "expected"), MATCHES)
def test_the_axes_of_a_file_are_those_of_the_input(text: str, header: Header, expected: Any) -> None:
    question = ask([text])
    if isinstance(expected, dict):
        assert matched(question, header) == expected
    else:
        with pytest.raises(Unfit, match=expected):
            matched(question, header)


def test_axes_by_name_and_by_title() -> None:
    question = ask(["1,3,H,W"])
    assert matched(question, Header((5, 7, 3)), ["W", "H", "C"]) == {"W": 5, "H": 7}
    assert matched(question, Header((1, 64, 48)), None, {"id": 1, "width": 64, "height": 48}) == {"H": 48, "W": 64}
    with pytest.raises(Unfit, match="names 2"):
        matched(question, Header((5, 7, 3)), ["W", "H"])


def test_other_channels_are_told() -> None:
    question = ask(["1,3,H,W"])
    assert other_channels(question, Header((5, 7), 3, "RGB")) is None
    assert other_channels(question, Header((5, 7), None, "P")) is None
    told = other_channels(question, Header((5, 7), 4, "RGBA"))
    assert told == "4 channels (RGBA), and the network takes 3"


def test_ranges_hold_what_the_files_need() -> None:
    question = ask(["1,3,H,W"], None, {"W": (1, 100)})
    files = match(question, [whynorm.data.Entry("a", Header((3000, 2000), 3))])
    assert widened(question, files, {"W"}).ranges == {"H": (1, 3512), "W": (1, 100)}


@pytest.fixture
def network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "net.py").write_text("from torch import nn\nmodel = nn.PixelUnshuffle(4)\n")
    (tmp_path / "images").mkdir()
    image.new("L", (12, 8)).save(tmp_path / "images" / "gut.png")
    image.new("RGBA", (13, 8)).save(tmp_path / "images" / "zu groß.png")
    (tmp_path / "images" / "kaputt.jpg").write_bytes(b"?")
    monkeypatch.chdir(tmp_path)
    return tmp_path


COMMAND = ["sizes", "net.py:model", "-i", "1,1,H,W", "--range", "H=1..40", "--range", "W=1..40", "--data", "images"]


def test_the_command(network: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(COMMAND) == 1
    _, _, why, *lines = capsys.readouterr().out.splitlines()
    assert why.startswith("refused unless W % 4 == 0: at H = 40, W = 39, ")
    assert lines == [
        "  images/zu groß.png  8 x 13  pad to 8 x 16, or crop to 8 x 12",
        "",
        "damaged",
        "  images/kaputt.jpg: its first bytes are not those of an image",
        "",
        "1 image has 4 channels (RGBA), and the network takes 1: convert them as they are loaded",
        "  images/zu groß.png",
        "",
        "1 of 3 fits",
    ]


def test_the_document(network: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*COMMAND, "--json"]) == 1
    data = json.loads(capsys.readouterr().out)["data"]
    assert data["files"] == 3
    assert [(one["name"], one["pad"], one["damaged"]) for one in data["refused"]] == [
        ("images/kaputt.jpg", None, True),
        ("images/zu groß.png", {"H": 8, "W": 16}, False),
    ]


@pytest.mark.parametrize(
    "more", [["--data", "nothing/*.png"], ["--axes", "W,X"], ["--dask", "tcp://127.0.0.1:9"], ["--data", "s3:/x"]]
)
def test_bad_questions_are_one_line(network: Path, more: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*COMMAND, *more]) == 2
    said = capsys.readouterr().err
    assert said.startswith("whynorm: ")
    assert said.count("\n") == 1
