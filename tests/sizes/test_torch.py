"""What `sizes` says of networks is what torch does, and reads as a person would say it."""

import copy
import itertools
from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch")

import whynorm  # noqa: E402
from whynorm.errors import UsageError  # noqa: E402

nn = torch.nn
F = torch.nn.functional


class UNet(nn.Module):  # type: ignore[misc, name-defined]
    """Halvings that are joined again."""

    def __init__(self, levels: int = 2, norm: Any = nn.InstanceNorm2d) -> None:
        super().__init__()
        self.down = nn.ModuleList(nn.Conv2d(4, 4, 3, stride=2, padding=1) for _ in range(levels))
        self.norms = nn.ModuleList(norm(4) for _ in range(levels))
        self.up = nn.ModuleList(nn.ConvTranspose2d(4, 4, 2, stride=2) for _ in range(levels))
        self.join = nn.ModuleList(nn.Conv2d(8, 4, 1) for _ in range(levels))
        self.first = nn.Conv2d(1, 4, 3, padding=1)

    def forward(self, x: Any) -> Any:
        x = self.first(x)
        skips = []
        for down, norm in zip(self.down, self.norms, strict=True):
            skips.append(x)
            x = norm(down(x))
        for up, join in zip(self.up, self.join, strict=True):
            x = join(torch.cat([up(x), skips.pop()], 1))
        return x


class Flat(nn.Module):  # type: ignore[misc, name-defined]
    """A classifier whose last layer was sized for one input size."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.last = nn.Linear(8 * 16 * 16, 2)

    def forward(self, x: Any) -> Any:
        return self.last(self.conv(x).flatten(1))


class Positions(nn.Module):  # type: ignore[misc, name-defined]
    """Tokens with a table of positions."""

    def __init__(self, longest: int = 40) -> None:
        super().__init__()
        self.words = nn.Embedding(9, 4)
        self.places = nn.Embedding(longest, 4)

    def forward(self, tokens: Any) -> Any:
        return self.words(tokens) + self.places(torch.arange(tokens.shape[1]))


class Padded(nn.Module):  # type: ignore[misc, name-defined]
    """A network that pads its input to what it needs."""

    def forward(self, x: Any) -> Any:
        more = -x.shape[2] % 8
        if more:
            x = F.pad(x, (0, 0, 0, more))
        return F.pixel_unshuffle(x, (8))


class Choosy(nn.Module):  # type: ignore[misc, name-defined]
    """A network that looks at its input's size itself."""

    def forward(self, x: Any) -> Any:
        if x.shape[2] != x.shape[3]:
            raise ValueError("the image has to be square")
        return x


def discriminator() -> Any:
    layers = [nn.Conv2d(3, 4, 4, 2, 1), nn.Conv2d(4, 4, 4, 2, 1), nn.InstanceNorm2d(4), nn.Conv2d(4, 1, 4, 1, 1)]
    return nn.Sequential(*layers)


def pooled() -> Any:
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1), nn.BatchNorm2d(4))


class Patches(nn.Module):  # type: ignore[misc, name-defined]
    """Patches with a table of places, one for each."""

    def __init__(self) -> None:
        super().__init__()
        self.cut = nn.Conv2d(3, 4, 8, stride=8)
        self.places = nn.Parameter(torch.zeros(1, 6, 4))

    def forward(self, x: Any) -> Any:
        return self.cut(x).flatten(2).transpose(1, 2) + self.places


class Added(nn.Module):  # type: ignore[misc, name-defined]
    """A halving that is added to what came in, so that a size of one is spread."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Conv2d(1, 1, 3, stride=2, padding=1)

    def forward(self, x: Any) -> Any:
        return x + F.interpolate(self.down(x), scale_factor=2)


class Joined(nn.Module):  # type: ignore[misc, name-defined]
    """Two images that have to be of one size."""

    def forward(self, x: Any, y: Any) -> Any:
        return torch.cat([x, y], 1)


class Root(nn.Module):  # type: ignore[misc, name-defined]
    """Positions that are taken to fill a square: how many there are becomes a plain number."""

    def forward(self, x: Any) -> Any:
        side = int((x.shape[2] * x.shape[3]) ** 0.5)
        return x.reshape(1, side, side)


class Shifted(nn.Module):  # type: ignore[misc, name-defined]
    """Positions that begin at two, as RoBERTa's do: no size says where the table ends."""

    def __init__(self) -> None:
        super().__init__()
        self.places = nn.Embedding(30, 4)

    def forward(self, tokens: Any) -> Any:
        return self.places(torch.ones_like(tokens).cumsum(1) + 1)


GOLDEN: list[tuple[str, Callable[[], Any], tuple[str, ...], str]] = [
    ("u-net", UNet, ("1,1,H,W",), "H and W each a multiple of 4, and at least one of them above 4"),
    ("u-net, alike", UNet, ("1,1,S,S",), "S a multiple of 4, and at least 8"),
    ("discriminator", discriminator, ("1,3,H,W",), "H and W each at least 8"),
    ("batch norm after pooling", pooled, ("N,3,8,8",), "N at least 2"),
    ("two convolutions", lambda: nn.Sequential(nn.Conv1d(1, 2, 5, 2), nn.Conv1d(2, 2, 3)), ("1,1,T",), "T at least 9"),
    ("positions", Positions, ("1,T:int64",), "T at most 40"),
    ("reflection", lambda: nn.ReflectionPad2d(3), ("1,1,H,8",), "H at least 4"),
    ("square", Choosy, ("1,1,H,W",), "H and W equal"),
    ("any", lambda: nn.Conv2d(1, 1, 1), ("1,1,H,W",), "every H and W in the range works"),
    ("patches", Patches, ("1,3,H,W",), "H and W each at least 8, and (H // 8) * (W // 8) either 1 or 6"),
    ("added", Added, ("1,1,H,8",), "H even, or 1"),
    ("added, both", Added, ("1,1,H,W",), "H and W each even, or 1"),
    ("unshuffled", lambda: nn.PixelUnshuffle(4), ("1,3,H,W",), "H and W each a multiple of 4"),
    ("channels", lambda: nn.GroupNorm(4, 12), ("1,C,8,8",), "C exactly 12"),
]


@pytest.mark.parametrize(("make", "inputs", "words"), [row[1:] for row in GOLDEN], ids=[row[0] for row in GOLDEN])
def test_the_rule_reads_as_one_would_say_it(make: Callable[[], Any], inputs: tuple[str, ...], words: str) -> None:
    assert whynorm.sizes(make(), *inputs).rule == words


REAL = [
    *GOLDEN,
    ("shifted", Shifted, ("1,T:int64",), ""),
    ("flat", Flat, ("1,3,H,W",), ""),
    ("padded", Padded, ("1,1,H,W",), ""),
]


@pytest.mark.parametrize(("make", "inputs"), [row[1:3] for row in REAL], ids=[row[0] for row in REAL])
def test_it_is_what_torch_does(make: Callable[[], Any], inputs: tuple[str, ...]) -> None:
    model = make()
    letters = sorted({letter for text in inputs for letter in text if letter.isupper()})
    bounds = dict.fromkeys(letters, (1, 44))
    found = whynorm.sizes(model, *inputs, range=bounds)
    assert found.exact, found.unknown
    for first in range(1, 45):
        for second in (first, 8, 31) if len(letters) > 1 else (first,):
            sizes = dict(zip(letters, (first, second), strict=False))
            assert found.accepts(**sizes) == really(model, inputs, sizes), sizes


@pytest.mark.parametrize(("make", "inputs"), [row[1:3] for row in REAL], ids=[row[0] for row in REAL])
def test_the_conditions_are_the_rule(make: Callable[[], Any], inputs: tuple[str, ...]) -> None:
    letters = sorted({letter for text in inputs for letter in text if letter.isupper()})
    found = whynorm.sizes(make(), *inputs, range=dict.fromkeys(letters, (1, 44)))
    conditions = found.to_dict()["conditions"]
    assert conditions is not None
    for first in range(1, 45):
        for second in range(1, 45, 3) if len(letters) > 1 else (first,):
            sizes = dict(zip(letters, (first, second), strict=False))
            told = all(eval(text, {"min": min, "max": max, "__builtins__": {}}, dict(sizes)) for text in conditions)
            assert told == found.accepts(**sizes), sizes
            nearest = found.nearest(**sizes)
            for way, at in nearest.items():
                assert at is None or found.accepts(**at)
                assert at is None or all(at[x] >= sizes[x] if way == "pad" else at[x] <= sizes[x] for x in letters)
            if told:
                assert nearest == {"pad": sizes, "crop": sizes}


def test_what_could_not_be_told_apart_is_said() -> None:
    found = whynorm.sizes(Root(), "1,1,H,W", range={"H": (1, 44), "W": (1, 44)})
    assert not found.exact
    assert str(found.unknown).startswith("the network decides in more ways than could be told apart")


def really(model: Any, inputs: tuple[str, ...], sizes: dict[str, int]) -> bool:
    """Whether a real forward pass on real tensors goes through."""
    given = []
    for text in inputs:
        shape, _, dtype = text.partition(":")
        numbers = [sizes.get(part, 0) or int(part) for part in shape.split(",")]
        given.append(torch.zeros(numbers, dtype=getattr(torch, dtype or "float32")))
    try:
        with torch.no_grad():
            copy.deepcopy(model)(*given)
    except Exception:  # noqa: BLE001 - whatever it raises is the answer
        return False
    return True


def test_the_document() -> None:
    found = whynorm.sizes(UNet(), "1,1,H,W")
    document = found.to_dict()
    assert document["conditions"] == ["H % 4 == 0", "W % 4 == 0", "max(H, W) > 4"]
    assert document["keeps_size"] == {"rule": "every size that works", "conditions": []}
    symptoms = [region["finding"]["symptom"] for region in document["refused"]]
    assert symptoms == ["size-mismatch", "size-mismatch", "one-value"]
    for region in document["refused"]:
        assert not found.accepts(**region["example"])
        assert not really(UNet(), ("1,1,H,W",), region["example"])


@pytest.mark.parametrize("make", [UNet, Added, Padded, discriminator])
def test_what_keeps_its_size_has_it(make: Callable[[], Any]) -> None:
    model, channels = make(), 3 if make is discriminator else 1
    found = whynorm.sizes(model, f"1,{channels},H,W", range={"H": (1, 44), "W": (1, 44)})
    for height, width in itertools.product(range(1, 45, 3), (1, 8, 31)):
        if found.accepts(H=height, W=width):
            with torch.no_grad():
                shape = model(torch.zeros(1, channels, height, width)).shape
            assert found.keeps(H=height, W=width) == (shape[2:] == (height, width))


def test_two_inputs_that_need_one_size() -> None:
    found = whynorm.sizes(Joined(), "1,3,H,W", "1,3,I,J")
    assert found.rule == "I equal to H, and J equal to W"
    assert found.conditions == ("I == H", "J == W")
    assert found.keeps_size is not None
    assert found.keeps_size.words == "every size that works"


def test_both_modes_are_told_where_they_differ() -> None:
    found = whynorm.sizes(pooled(), "N,3,8,8")
    document = found.to_dict()
    assert document["mode"] == "training"
    assert document["other_mode"] == {
        "mode": "inference",
        "rule": "every N in the range works",
        "conditions": [],
        "exact": True,
    }
    assert "in inference mode: every N in the range works" in str(found)
    assert "other_mode" not in whynorm.sizes(UNet(), "1,1,H,W").to_dict()


def test_a_network_that_takes_no_size() -> None:
    found = whynorm.sizes(pooled(), "1,3,H,W")
    assert found.exact
    assert found.conditions == ("False",)
    assert [region.finding.symptom for region in found.refused] == ["one-value"]


def test_what_depends_on_values_is_not_called_exact() -> None:
    class Values(nn.Module):  # type: ignore[misc, name-defined]
        def forward(self, x: Any) -> Any:
            return F.max_pool2d(x, 4) if x.sum() > 0 else F.max_pool2d(x, 2)

    found = whynorm.sizes(Values(), "1,1,H,W", range={"H": (1, 40), "W": (1, 40)})
    assert not found.exact
    assert "values" in str(found.unknown)


def test_what_is_looked_up_by_computed_places_is_not_called_exact() -> None:
    class Gathers(nn.Module):  # type: ignore[misc, name-defined]
        def forward(self, x: Any) -> Any:
            return torch.gather(x, 1, torch.arange(x.shape[1]).expand_as(x) + 3 - 3 * (x.shape[1] > 8))

    assert not really(Gathers(), ("1,T",), {"T": 5})
    found = whynorm.sizes(Gathers(), "1,T", range={"T": (1, 40)})
    assert not found.exact
    assert "gather" in str(found.unknown)


def test_the_nearest() -> None:
    found = whynorm.sizes(UNet(), "1,1,H,W")
    assert found.nearest(H=50, W=64) == {"pad": {"H": 52, "W": 64}, "crop": {"H": 48, "W": 64}}
    assert found.nearest(H=2, W=5) == {"pad": {"H": 4, "W": 8}, "crop": None}


def test_the_model_stays_as_it_was() -> None:
    model = UNet(norm=nn.BatchNorm2d).eval()
    model.norms[0].train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    modes = [module.training for module in model.modules()]
    state = torch.get_rng_state()
    whynorm.sizes(model, "2,1,H,W", range={"H": (1, 20), "W": (1, 20)})
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert [module.training for module in model.modules()] == modes
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("inputs", [("1,3,64,64",), ("A,B,C,D,E",), ("1,3,H,?",)])
def test_bad_questions_get_one_line(inputs: tuple[str, ...]) -> None:
    with pytest.raises(UsageError):
        whynorm.sizes(UNet(), *inputs)
