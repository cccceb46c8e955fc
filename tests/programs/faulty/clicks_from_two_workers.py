"""Clicks are streamed by two workers; the first hundred steps are profiled."""
import itertools

import torch
from torch import nn
from torch.utils.data import DataLoader, IterableDataset, get_worker_info


class Clicks(IterableDataset):
    def __init__(self, count):
        self.count = count

    def __len__(self):
        return self.count

    def __iter__(self):
        worker = get_worker_info()
        first, every = (0, 1) if worker is None else (worker.id, worker.num_workers)
        for number in itertools.islice(range(self.count), first, None, every):
            generator = torch.Generator().manual_seed(number)
            yield torch.randn(6, generator=generator), torch.tensor(float(number % 2))


def main():
    clicks = Clicks(130)
    loader = DataLoader(clicks, batch_size=16, num_workers=2)
    tower = nn.Sequential(nn.Linear(6, 24), nn.BatchNorm1d(24), nn.ReLU(), nn.Linear(24, 1))
    optimizer = torch.optim.Adam(tower.parameters())
    for step, (features, clicked) in enumerate(loader):
        loss = nn.functional.binary_cross_entropy_with_logits(tower(features)[:, 0], clicked)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step == 3:
            print("profiled")
            break


if __name__ == "__main__":
    main()
