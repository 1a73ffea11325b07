"""Writes the speaker network CAM++ as ONNX out of its published weights, without the library it was trained with.

`python -m workers.campplus WEIGHTS.pt OUT.onnx`, for `workers.models`. Needs numpy and onnx, both only here. The
weights are a zip with a pickle in it: read by an unpickler that can build tensors and nothing else.

The graph follows the paper (Wang et al., CAM++, Interspeech 2023) and the names of the weights; the result was compared
with the original network on 57 to 3,001 frames: largest difference 6e-6 (matching.md §7). In: `feats`, (batch, frames,
80) log mel energies less their mean. Out: `embedding`, (batch, 192).
"""

from __future__ import annotations

import io
import pickle
import sys
import zipfile
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

# The kinds of numbers that may lie in the file, by the name of their storage.
STORAGES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}
LAYERS = ((12, 1), (24, 2), (16, 2))  # of each dense block: how many, and how far apart they look
SEGMENT = 100  # frames over which a layer's context is averaged
OPSET, IR = 18, 8


class _Tensors(pickle.Unpickler):
    """Builds dictionaries and tensors; everything else a pickle may name is refused."""

    def __init__(self, archive: zipfile.ZipFile, index: str) -> None:
        super().__init__(io.BytesIO(archive.read(index)))
        self.archive, self.root = archive, index.removesuffix("data.pkl")

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _tensor
        if module == "torch" and name in STORAGES:
            return STORAGES[name]
        raise pickle.UnpicklingError(f"a tensor file has no business with {module}.{name}")

    def persistent_load(self, pid: Any) -> Any:
        _storage, kind, key, _place, _count = pid
        return np.frombuffer(self.archive.read(f"{self.root}data/{key}"), kind)


def _tensor(storage: Any, offset: int, size: Sequence[int], stride: Sequence[int], *_rest: Any) -> Any:
    if not size:
        return np.array(storage[offset])
    reach = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True)) + 1
    if offset < 0 or reach > len(storage):
        raise pickle.UnpicklingError("a tensor reaches beyond its storage")
    steps = [step * storage.itemsize for step in stride]
    return np.array(np.lib.stride_tricks.as_strided(storage[offset:], size, steps))


def weights(data: bytes) -> Mapping[str, Any]:
    """The tensors of a PyTorch zip by name. Raises pickle.UnpicklingError, KeyError or zipfile.BadZipFile."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        index = next(name for name in archive.namelist() if name.endswith("/data.pkl"))
        found: Mapping[str, Any] = _Tensors(archive, index).load()
    return found


class Graph:
    """The network as it is written down: nodes that feed each other, and the weights they use."""

    def __init__(self, tensors: Mapping[str, Any]) -> None:
        from onnx import helper, numpy_helper

        self._helper, self._numpy = helper, numpy_helper
        self.tensors, self.nodes, self.kept = tensors, [], OrderedDict[str, Any]()  # type: ignore[var-annotated]

    def node(self, op: str, inputs: Sequence[str], **attributes: Any) -> str:
        """One more node; gives the name of what comes out of it."""
        name = f"v{len(self.nodes)}"
        self.nodes.append(self._helper.make_node(op, list(inputs), [name], **attributes))
        return name

    def weight(self, name: str, value: Any = None) -> str:
        """A weight of the file, or a value of ours under a name; kept once."""
        if name not in self.kept:
            given = self.tensors[name] if value is None else value
            self.kept[name] = self._numpy.from_array(np.ascontiguousarray(given), name)
        return name

    def whole(self, *numbers: int) -> str:
        """A constant of whole numbers."""
        return self.weight("whole_" + "_".join(map(str, numbers)), np.array(numbers, np.int64))

    def conv(self, x: str, name: str, pad: int = 0, stride: Sequence[int] = (1,), dilation: int = 1) -> str:
        """A convolution with the file's weights, with a bias where the file has one."""
        kernel = self.tensors[f"{name}.weight"].shape[2:]
        inputs = [x, self.weight(f"{name}.weight")]
        if f"{name}.bias" in self.tensors:
            inputs.append(self.weight(f"{name}.bias"))
        sides = [pad] * len(kernel)
        return self.node(
            "Conv", inputs, kernel_shape=kernel, pads=sides * 2, strides=stride, dilations=[dilation] * len(kernel)
        )

    def norm(self, x: str, name: str) -> str:
        """Batch normalisation as it stood at the end of training."""
        mean, spread = f"{name}.running_mean", f"{name}.running_var"
        ones = np.ones(len(self.tensors[mean]), np.float32)
        scaled = f"{name}.weight" in self.tensors
        scale = self.weight(f"{name}.weight", None if scaled else ones)
        shift = self.weight(f"{name}.bias", None if scaled else ones * 0)
        return self.node("BatchNormalization", [x, scale, shift, self.weight(mean), self.weight(spread)], epsilon=1e-5)

    def relu(self, x: str) -> str:
        return self.node("Relu", [x])


def _head(graph: Graph) -> str:
    """Two stages of residual convolutions over time and frequency, then frequency folded into channels."""
    turned = graph.node("Transpose", ["feats"], perm=[0, 2, 1])
    x = graph.node("Unsqueeze", [turned, graph.whole(1)])
    x = graph.relu(graph.norm(graph.conv(x, "head.conv1", 1, (1, 1)), "head.bn1"))
    for layer in ("head.layer1", "head.layer2"):
        for block, stride in ((0, 2), (1, 1)):
            name = f"{layer}.{block}"
            y = graph.relu(graph.norm(graph.conv(x, f"{name}.conv1", 1, (stride, 1)), f"{name}.bn1"))
            y = graph.norm(graph.conv(y, f"{name}.conv2", 1, (1, 1)), f"{name}.bn2")
            if f"{name}.shortcut.0.weight" in graph.tensors:
                x = graph.norm(graph.conv(x, f"{name}.shortcut.0", 0, (stride, 1)), f"{name}.shortcut.1")
            x = graph.relu(graph.node("Add", [y, x]))
    x = graph.relu(graph.norm(graph.conv(x, "head.conv2", 1, (2, 1)), "head.bn2"))
    return graph.node("Reshape", [x, graph.whole(0, 320, -1)])


def _dense(graph: Graph, x: str, name: str, dilation: int, frames: str) -> str:
    """One layer of a dense block: what it hears nearby, masked by the context of the whole and of the segment."""
    h = graph.conv(graph.relu(graph.norm(x, f"{name}.nonlinear1.batchnorm")), f"{name}.linear1")
    h = graph.relu(graph.norm(h, f"{name}.nonlinear2.batchnorm"))
    local = graph.conv(h, f"{name}.cam_layer.linear_local", dilation, dilation=dilation)
    segment = graph.node("AveragePool", [h], kernel_shape=[SEGMENT], strides=[SEGMENT], ceil_mode=1)
    segment = graph.node("Unsqueeze", [segment, graph.whole(3)])
    segment = graph.node("Expand", [segment, graph.whole(1, 1, 1, SEGMENT)])
    segment = graph.node("Reshape", [segment, graph.whole(0, 0, -1)])
    segment = graph.node("Slice", [segment, graph.whole(0), frames, graph.whole(2)])
    context = graph.node("Add", [graph.node("ReduceMean", [h, graph.whole(2)], keepdims=1), segment])
    context = graph.relu(graph.conv(context, f"{name}.cam_layer.linear1"))
    mask = graph.node("Sigmoid", [graph.conv(context, f"{name}.cam_layer.linear2")])
    return graph.node("Concat", [x, graph.node("Mul", [local, mask])], axis=1)


def _pooled(graph: Graph, x: str, frames: str) -> str:
    """Mean and standard deviation (of a sample) over time, then the embedding."""
    mean = graph.node("ReduceMean", [x, graph.whole(2)], keepdims=1)
    off = graph.node("Sub", [x, mean])
    squares = graph.node("ReduceSum", [graph.node("Mul", [off, off]), graph.whole(2)], keepdims=0)
    counted = graph.node("Cast", [frames], to=1)  # to 32-bit numbers
    less_one = graph.node("Sub", [counted, graph.weight("one", np.array([1], np.float32))])
    spread = graph.node("Sqrt", [graph.node("Div", [squares, less_one])])
    both = graph.node("Concat", [graph.node("Squeeze", [mean, graph.whole(2)]), spread], axis=1)
    y = graph.conv(graph.node("Unsqueeze", [both, graph.whole(2)]), "xvector.dense.linear")
    return graph.norm(graph.node("Squeeze", [y, graph.whole(2)]), "xvector.dense.nonlinear.batchnorm")


def model(tensors: Mapping[str, Any]) -> bytes:
    """The network as an ONNX file. The same weights and the same version of `onnx` give the same bytes."""
    from onnx import TensorProto, checker, helper

    graph = Graph(tensors)
    x = _head(graph)
    x = graph.conv(x, "xvector.tdnn.linear", 2, (2,))
    x = graph.relu(graph.norm(x, "xvector.tdnn.nonlinear.batchnorm"))
    frames = graph.node("Shape", [x], start=2, end=3)
    for block, (count, dilation) in enumerate(LAYERS, 1):
        for layer in range(1, count + 1):
            x = _dense(graph, x, f"xvector.block{block}.tdnnd{layer}", dilation, frames)
        x = graph.relu(graph.norm(x, f"xvector.transit{block}.nonlinear.batchnorm"))
        x = graph.conv(x, f"xvector.transit{block}.linear")
    x = _pooled(graph, graph.relu(graph.norm(x, "xvector.out_nonlinear.batchnorm")), frames)
    graph.node("Identity", [x])
    graph.nodes[-1].output[0] = "embedding"
    size = tensors["xvector.dense.linear.weight"].shape[0]
    made = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "campplus",
            [helper.make_tensor_value_info("feats", TensorProto.FLOAT, ["batch", "frames", 80])],
            [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", size])],
            list(graph.kept.values()),
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        producer_name="redress",
    )
    made.ir_version = IR
    checker.check_model(made)
    return bytes(made.SerializeToString(deterministic=True))


def main() -> NoReturn:
    """The command: 0 when the file was written."""
    source, target = (Path(name) for name in sys.argv[1:3])
    target.write_bytes(model(weights(source.read_bytes())))
    raise SystemExit(0)


if __name__ == "__main__":
    main()
