import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Strips(Dataset):
    """Column strips of a scan, standardised per channel while loading."""

    def __init__(self):
        self.standardise = nn.InstanceNorm1d(4)

    def __len__(self):
        return 6

    def __getitem__(self, index):
        generator = torch.Generator().manual_seed(index)
        image = torch.rand(4, 1, 30, generator=generator)
        strip = image.mean(dim=1)
        return self.standardise(strip)


if __name__ == "__main__":
    total = 0.0
    for strips in DataLoader(Strips(), batch_size=3, num_workers=2):
        total += strips.abs().sum().item()
    print("total", total)
