"""The weights of a model of Hilum for PyTorch. For benchmarks; no part of the product."""
import json

import numpy as np


def read_safetensors(path):
    import torch

    with open(path, "rb") as file:
        data = file.read()
    header_bytes = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + header_bytes])
    kinds = {"F32": np.float32, "F16": np.float16, "I64": np.int64}
    state = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = (8 + header_bytes + offset for offset in entry["data_offsets"])
            numbers = np.frombuffer(data[begin:end], kinds[entry["dtype"]]).reshape(entry["shape"])
            state[name] = torch.from_numpy(numbers.astype(np.float32 if entry["dtype"] == "F16" else numbers.dtype))
    return state
