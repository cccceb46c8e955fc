import torch

from fitter import Fitter, Printer
from sentiment import Sentiment, sentences

torch.manual_seed(0)
fitter = Fitter(Sentiment({"hidden": 32}), callbacks=[Printer()])
fitter.fit(sentences(3))
