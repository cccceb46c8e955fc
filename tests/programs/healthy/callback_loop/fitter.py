import torch


class Printer:
    def before_fit(self, fitter):
        print("parameters", sum(p.numel() for p in fitter.model.parameters()))

    def after_batch(self, fitter):
        print("loss", round(fitter.loss.item(), 3))


class Fitter:
    """The usual loop, with callbacks that get the fitter itself."""

    def __init__(self, model, callbacks=()):
        self.model, self.callbacks = model, callbacks
        self.optimizer = torch.optim.Adam(model.parameters())

    def __call__(self, event):
        for callback in self.callbacks:
            getattr(callback, event, lambda fitter: None)(self)

    def one_batch(self):
        self.output = self.model(**self.batch)
        self.loss = self.output["loss"]
        self.optimizer.zero_grad()
        self.loss.backward()
        self.optimizer.step()

    def fit(self, batches):
        self("before_fit")
        try:
            for self.batch in batches:
                self.one_batch()
                self("after_batch")
        finally:
            self("after_fit")
