"""Region head of a detector: only the proposals that pass the score threshold are refined."""
import torch
from torch import nn


class TrainingError(RuntimeError):
    pass


class RefineHead(nn.Module):
    def __init__(self, dim=32):
        super().__init__()
        self.fc = nn.Linear(dim, dim)
        self.bn = nn.BatchNorm1d(dim)
        self.delta = nn.Linear(dim, 4)

    def forward(self, rows):
        return self.delta(torch.relu(self.bn(self.fc(rows))))


class Detector(nn.Module):
    def __init__(self, dim=32):
        super().__init__()
        self.trunk = nn.Sequential(nn.Conv2d(3, dim, 3, 2, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(4))
        self.score = nn.Linear(dim, 1)
        self.refine = RefineHead(dim)

    def select(self, feats, n):
        scores = self.score(feats).squeeze(-1)
        keep = scores >= scores.flatten().topk(n).values[-1]
        return feats[keep], scores

    def forward(self, images, n_objects):
        feats = self.trunk(images).flatten(2).transpose(1, 2)
        rows, scores = self.select(feats, n_objects)
        return self.refine(rows), scores


def annotations():
    """Numbers of labelled objects in each mini-batch of the street scenes."""
    return [5, 3, 1, 4]


def run_step(model, opt, images, n):
    boxes, scores = model(images, n)
    loss = boxes.abs().mean() + scores.sigmoid().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.item()


def train():
    torch.manual_seed(1)
    model = Detector()
    opt = torch.optim.SGD(model.parameters(), 0.01)
    for step, n in enumerate(annotations()):
        try:
            print(step, run_step(model, opt, torch.rand(2, 3, 32, 32), n))
        except (ValueError, RuntimeError) as err:
            raise TrainingError(f"step {step} with {n} objects failed") from err


train()
