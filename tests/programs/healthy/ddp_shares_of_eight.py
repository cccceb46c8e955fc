"""Trains on the CPU in two processes; the batch of sixteen is split over them."""

import os

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, DistributedSampler, TensorDataset

TOTAL_BATCH = 16


def train(rank, world):
    store = dist.FileStore(os.path.join(os.path.dirname(os.path.abspath(__file__)), "store"), world)
    dist.init_process_group("gloo", store=store, rank=rank, world_size=world)
    torch.manual_seed(0)
    data = TensorDataset(torch.randn(32, 6), torch.randint(0, 3, (32,)))
    model = DistributedDataParallel(
        nn.Sequential(nn.Linear(6, 16, bias=False), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 3))
    )
    loader = DataLoader(data, batch_size=TOTAL_BATCH // world, sampler=DistributedSampler(data, world, rank))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    for rows, labels in loader:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(rows), labels)
        loss.backward()
        optimizer.step()
    dist.barrier()
    dist.destroy_process_group()


if __name__ == "__main__":
    mp.spawn(train, args=(2,), nprocs=2)
    print("trained")
