import os
import tempfile

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, DistributedSampler, TensorDataset


def train(rank, world, total_batch):
    dist.init_process_group("gloo", init_method=f"file://{os.environ['MEETING_POINT']}", rank=rank, world_size=world)
    torch.manual_seed(0)
    data = TensorDataset(torch.rand(8, 10), torch.rand(8, 1))
    loader = DataLoader(data, batch_size=total_batch // world, sampler=DistributedSampler(data, shuffle=False))
    model = DistributedDataParallel(nn.Sequential(nn.Linear(10, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 1)))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        loss = nn.functional.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if rank == 0:
        print("rank 0 done")
    dist.destroy_process_group()


if __name__ == "__main__":
    os.environ["OMP_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MEETING_POINT"] = os.path.join(folder, "store")
        mp.spawn(train, args=(2, 2), nprocs=2)
    print("finished")
