"""Fine-tune a small classifier of tabular rows with the Trainer of transformers."""

import tempfile

import torch
from torch import nn
from transformers import PrinterCallback, Trainer, TrainingArguments


class RowClassifier(nn.Module):
    def __init__(self, columns: int, width: int = 32, classes: int = 2) -> None:
        super().__init__()
        self.encode = nn.Sequential(nn.Linear(columns, width), nn.BatchNorm1d(width), nn.ReLU())
        self.classify = nn.Linear(width, classes)

    def forward(self, features, labels=None):
        logits = self.classify(self.encode(features))
        loss = nn.functional.cross_entropy(logits, labels) if labels is not None else None
        return {"loss": loss, "logits": logits}


class Rows(torch.utils.data.Dataset):
    def __init__(self, count: int) -> None:
        generator = torch.Generator().manual_seed(0)
        self.features = torch.randn(count, 8, generator=generator)

    def __len__(self):
        return len(self.features)

    def __getitem__(self, index):
        return {"features": self.features[index], "labels": (self.features[index].sum() > 0).long()}


def arguments(folder: str) -> TrainingArguments:
    return TrainingArguments(
        output_dir=folder,
        per_device_train_batch_size=16,
        num_train_epochs=1,
        save_strategy="no",
        logging_strategy="no",
        report_to=[],
        disable_tqdm=True,
        use_cpu=True,
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(model=RowClassifier(8), args=arguments(folder), train_dataset=Rows(64))
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    print("trained")


if __name__ == "__main__":
    main()
