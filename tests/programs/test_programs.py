"""Whole programs, each judged in a process of its own; `score.py` runs all of them, here are some of each kind."""

import pytest

from tests.programs.score import HERE, expected, judge, programs

REPRESENTATIVE = (
    "pix2pix_seven_halvings",
    "style_net_caught",
    "tabular_last_batch",
    "video_conv3d_bn2d",
    "package_decoder",
    "depth_maps_instance_norm",
    "cifar_hwc_dataset",
    "single_image_without_batch",
    "unet_100_pixels",
    "groupnorm_narrow_width",
    "srgan_discriminator_norm",
    "checkpoint_running_stats",
)
UNTOUCHED = ("cifar_hwc_dataset", "spawned_workers", "unbatched_on_purpose", "package_decoder", "fallback_is_tried")


@pytest.mark.parametrize("name", REPRESENTATIVE)
def test_a_fault_is_explained_and_mended(name: str) -> None:
    verdict = judge("faulty", name)
    assert verdict.good, f"{verdict}\n{verdict.told}"


@pytest.mark.parametrize("name", UNTOUCHED)
def test_a_healthy_program_is_left_alone(name: str) -> None:
    verdict = judge("healthy", name)
    assert verdict.good, f"{verdict}\n{verdict.told}"


@pytest.mark.parametrize("name", ["interrupted", "exit_status", "labels_out_of_range"])
def test_what_is_not_ours_gets_no_word(name: str) -> None:
    verdict = judge("unrelated", name)
    assert verdict.good, f"{verdict}\n{verdict.told}"


def test_every_faulty_program_has_an_answer_whose_lines_are_unique() -> None:
    answers = expected()
    assert sorted(answers) == programs("faulty")
    for name, truth in answers.items():
        folder = HERE / "faulty" / name
        files = folder.rglob("*.py") if folder.is_dir() else [folder.with_suffix(".py")]
        lines = [line.strip() for file in files for line in file.read_text().splitlines()]
        assert [text for text in truth["lines"] if lines.count(text) != 1] == [], name
