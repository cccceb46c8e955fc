import torch
from torch import nn

torch.manual_seed(0)
head = nn.Sequential(nn.Linear(4, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.SGD(head.parameters(), lr=1e-2)


def propose(image_number, threshold):
    boxes = torch.rand(50, 4)
    scores = torch.linspace(0, 1, 50)
    kept = boxes[scores > threshold]
    return kept


for image_number, threshold in enumerate([0.3, 0.6, 0.9, 0.98]):
    kept = propose(image_number, threshold)
    refined = head(kept)
    loss = (refined - kept).abs().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(image_number, len(kept), round(loss.item(), 4))
