"""Series of several lengths, standardised by a transform in the loader's worker."""
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset


class Standardise:
    def __call__(self, x):
        return F.instance_norm(x[None])[0]


class Series(Dataset):
    def __init__(self, lengths, transform=None):
        self.lengths, self.transform = lengths, transform

    def __len__(self):
        return len(self.lengths)

    def __getitem__(self, index):
        x = torch.randn(4, self.lengths[index])
        return self.transform(x) if self.transform else x


if __name__ == "__main__":
    lengths = [50, 40, 20, 30]
    for x in DataLoader(Series(lengths, Standardise()), batch_size=1, num_workers=1):
        print(tuple(x.shape))
