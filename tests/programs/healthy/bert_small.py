import torch
from transformers import BertConfig, BertForSequenceClassification

torch.manual_seed(0)
config = BertConfig(vocab_size=100, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64)
model = BertForSequenceClassification(config)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
ids = torch.randint(0, 100, (4, 16))
for _ in range(2):
    out = model(input_ids=ids, labels=torch.tensor([0, 1, 1, 0]))
    optimizer.zero_grad()
    out.loss.backward()
    optimizer.step()
model.eval()
print(model(input_ids=ids[:1]).logits.shape)
