import torch


def volumes(settings, count=3):
    edge = settings["edge"]
    for _ in range(count):
        yield torch.rand(settings["batch"], 1, edge, edge, edge)
