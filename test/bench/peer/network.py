"""DenseNet-121 on a Python runtime: `openvino MODEL.onnx` or `pytorch MODEL.safetensors`, then threads and FILMS.f32.

Reads a number of films per line from stdin, runs the network once on the first so many, and answers with one line of
JSON: the milliseconds of the network alone, and the probabilities. For benchmarks; no part of the product.
"""
import json
import sys
import time

import numpy as np

from stored_weights import read_safetensors


def openvino_network(model, threads):
    import openvino

    options = {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
    compiled = openvino.Core().compile_model(model, "CPU", options)
    request = compiled.create_infer_request()
    return openvino.__version__.split("-")[0], lambda films: request.infer([films])[compiled.output("probabilities")]


def pytorch_network(model, threads):
    import torch
    import torchvision

    torch.set_num_threads(threads)
    state = read_safetensors(model)
    network = torchvision.models.densenet121(weights=None, num_classes=state["classifier.weight"].shape[0])
    missing, extra = network.load_state_dict(state, strict=False)
    assert not extra and all(name.endswith("num_batches_tracked") for name in missing), (missing, extra)
    network = network.eval().to(memory_format=torch.channels_last)
    if threads == 1:
        # Eager PyTorch 1.13 takes convolutions on one thread that are 15 times slower than oneDNN's.
        example = torch.zeros(1, 3, 224, 224).contiguous(memory_format=torch.channels_last)
        network = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(network, example)))

    def run(films):
        with torch.inference_mode():
            batch = torch.from_numpy(films).contiguous(memory_format=torch.channels_last)
            return torch.sigmoid(network(batch)).numpy()

    return torch.__version__, run


runtime, model, threads, films_file = sys.argv[1:]
version, run = {"openvino": openvino_network, "pytorch": pytorch_network}[runtime](model, int(threads))
films = np.fromfile(films_file, np.float32).reshape(-1, 3, 224, 224)
print(json.dumps({"version": version}), flush=True)
for line in sys.stdin:
    batch = films[: int(line)]
    start = time.perf_counter()
    probabilities = run(batch)
    milliseconds = (time.perf_counter() - start) * 1000
    print(json.dumps({"milliseconds": milliseconds, "probabilities": probabilities.ravel().tolist()}), flush=True)
