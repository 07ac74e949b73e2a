"""DenseNet-121 in training on PyTorch: PART LAYOUT MODEL.safetensors THREADS INPUTS.f32 LABELS.f32.

PART: all, tail (from the last dense block, behind frozen layers) or head (one linear layer on pooled features).
INPUTS are films [n,224,224,3], or for a head features [n,1024]; LABELS are [n,14]. Each line on stdin is a batch size:
one step of Adam on the first so many films, or for a head an epoch of shuffled batches of that size over all features.
The answer is one line of JSON: the milliseconds and the loss before the step. For benchmarks; no part of the product.
"""
import json
import sys
import time

import numpy as np
import torch
import torchvision

from stored_weights import read_safetensors

LEARNING_RATE = 1e-4


def load_network(model):
    state = read_safetensors(model)
    network = torchvision.models.densenet121(weights=None, num_classes=state["classifier.weight"].shape[0])
    missing, extra = network.load_state_dict(state, strict=False)
    assert not extra and all(name.endswith("num_batches_tracked") for name in missing), (missing, extra)
    return network


def cut_tail(network):
    """The frozen layers, and those that learn."""
    children = list(network.features.named_children())
    at = [name for name, _ in children].index("denseblock4")
    trunk = torch.nn.Sequential(*(layer for _, layer in children[:at])).eval().requires_grad_(False)
    pool = [torch.nn.ReLU(), torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), network.classifier]
    return trunk, torch.nn.Sequential(*(layer for _, layer in children[at:]), *pool)


def stepper(network, inputs, labels):
    optimiser = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE)

    def step(films):
        optimiser.zero_grad(set_to_none=True)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(network(inputs[films]), labels[films])
        loss.backward()
        optimiser.step()
        return loss.item()

    return step


def prepare(part, layout, model, inputs_file, labels):
    network = load_network(model)
    if part == "head":
        features = torch.from_numpy(np.fromfile(inputs_file, np.float32)).reshape(-1, 1024)
        step = stepper(network.classifier.train(), features, labels)

        def epoch(batch):
            losses = [step(films) for films in torch.randperm(len(features)).split(batch)]
            return losses[0]

        return epoch
    films = torch.from_numpy(np.fromfile(inputs_file, np.float32)).reshape(-1, 224, 224, 3).permute(0, 3, 1, 2)
    memory = {"nchw": torch.contiguous_format, "channels_last": torch.channels_last}[layout]
    network, inputs = network.to(memory_format=memory), films.contiguous(memory_format=memory)
    if part == "tail":
        trunk, network = cut_tail(network)
        with torch.no_grad():
            inputs = trunk(inputs).contiguous(memory_format=memory)
    step = stepper(network.train(), inputs, labels)
    return lambda batch: step(slice(0, batch))


part, layout, model, threads, inputs_file, labels_file = sys.argv[1:]
torch.set_num_threads(int(threads))
labels = torch.from_numpy(np.fromfile(labels_file, np.float32)).reshape(-1, 14)
run = prepare(part, layout, model, inputs_file, labels)
print(json.dumps({"version": torch.__version__}), flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    loss = run(int(line))
    print(json.dumps({"milliseconds": (time.perf_counter() - start) * 1000, "loss": loss}), flush=True)
