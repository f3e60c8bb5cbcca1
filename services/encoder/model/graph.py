"""all-MiniLM-L6-v2 as an ONNX graph made from its weights: BERT, mean pooling and the unit norm in one.

The architecture is BERT's (Devlin et al. 2018), post-norm with exact GELU; pooling and norm are those of
sentence-transformers. Compiling and running the graph is left to ONNX Runtime.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from services.encoder.domain import DIMENSIONS, MAX_TOKENS_PER_TEXT

LAYERS = 6
HEADS = 12
HEAD_WIDTH = DIMENSIONS // HEADS
EPSILON = 1e-12
OPSET = 20  # the first with Gelu as one operator

Weights = Mapping[str, NDArray[np.float32]]


class GraphBuilder:
    """Collects nodes and constants; each call returns the name of the value it adds."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def integers(self, *values: int) -> str:
        return self.constant("i_" + "_".join(map(str, values)), np.array(values, np.int64))

    def node(self, operator: str, *inputs: str, outputs: int = 1, **attributes: Any) -> str:
        return self.split(operator, *inputs, outputs=outputs, **attributes)[0]

    def split(self, operator: str, *inputs: str, outputs: int, **attributes: Any) -> Sequence[str]:
        stem = f"{operator.lower()}_{len(self.nodes)}"
        names = [f"{stem}_{index}" for index in range(outputs)]
        self.nodes.append(helper.make_node(operator, inputs, names, name=stem, **attributes))
        return names


def build_graph(weights: Weights) -> onnx.ModelProto:
    """Return the model: input_ids and attention_mask (int64, texts x tokens) in, float32 texts x 384 out."""
    graph = GraphBuilder()
    hidden = _embed_tokens(graph, weights)
    unseen = _mask_of_padding(graph)
    for index in range(LAYERS):
        hidden = _layer(graph, weights, f"encoder.layer.{index}", hidden, unseen)
    _pool(graph, hidden)
    return _assemble(graph)


def _embed_tokens(graph: GraphBuilder, weights: Weights) -> str:
    words = graph.constant("words", weights["embeddings.word_embeddings.weight"])
    places = weights["embeddings.position_embeddings.weight"][:MAX_TOKENS_PER_TEXT]
    # Every text is one segment, so the segment's vector is the same everywhere: it is added to the places.
    segment = weights["embeddings.token_type_embeddings.weight"][0]
    length = graph.node("Shape", "input_ids", start=1, end=2)
    seen = graph.node("Slice", graph.constant("places", places + segment), graph.integers(0), length)
    summed = graph.node("Add", graph.node("Gather", words, "input_ids"), seen)
    return _norm(graph, weights, "embeddings.LayerNorm", summed)


def _mask_of_padding(graph: GraphBuilder) -> str:
    """Return a value to add to attention scores: 0 at a token, so low at padding that its weight is 0."""
    mask = graph.node("Cast", "attention_mask", to=TensorProto.FLOAT)
    lowest = graph.constant("lowest", np.array(-1e9, np.float32))
    padding = graph.node("Sub", graph.constant("one", np.array(1, np.float32)), mask)
    return graph.node("Unsqueeze", graph.node("Mul", padding, lowest), graph.integers(1, 2))


def _layer(graph: GraphBuilder, weights: Weights, name: str, hidden: str, unseen: str) -> str:
    attended = _attend(graph, weights, f"{name}.attention.self", hidden, unseen)
    projected = _dense(graph, weights, f"{name}.attention.output.dense", attended)
    settled = _norm(graph, weights, f"{name}.attention.output.LayerNorm", graph.node("Add", projected, hidden))
    widened = graph.node("Gelu", _dense(graph, weights, f"{name}.intermediate.dense", settled))
    narrowed = _dense(graph, weights, f"{name}.output.dense", widened)
    return _norm(graph, weights, f"{name}.output.LayerNorm", graph.node("Add", narrowed, settled))


def _attend(graph: GraphBuilder, weights: Weights, name: str, hidden: str, unseen: str) -> str:
    # Query, key and value in one product: one pass over `hidden`, which int8 quantizes once instead of thrice.
    parts = ("query", "key", "value")
    matrix = np.concatenate([weights[f"{name}.{part}.weight"].T for part in parts], axis=1)
    bias = np.concatenate([weights[f"{name}.{part}.bias"] for part in parts])
    joined = _affine(graph, name, matrix, bias, hidden)
    split = graph.node("Reshape", joined, graph.integers(0, 0, 3 * HEADS, HEAD_WIDTH))
    by_head = graph.node("Transpose", split, perm=[0, 2, 1, 3])
    query, key, value = graph.split("Split", by_head, graph.integers(HEADS, HEADS, HEADS), outputs=3, axis=1)
    products = graph.node("MatMul", query, graph.node("Transpose", key, perm=[0, 1, 3, 2]))
    scale = graph.constant("scale", np.array(HEAD_WIDTH**-0.5, np.float32))
    shares = graph.node("Softmax", graph.node("Add", graph.node("Mul", products, scale), unseen), axis=-1)
    mixed = graph.node("Transpose", graph.node("MatMul", shares, value), perm=[0, 2, 1, 3])
    return graph.node("Reshape", mixed, graph.integers(0, 0, DIMENSIONS))


def _dense(graph: GraphBuilder, weights: Weights, name: str, value: str) -> str:
    return _affine(graph, name, weights[f"{name}.weight"].T, weights[f"{name}.bias"], value)


def _affine(graph: GraphBuilder, name: str, matrix: NDArray[np.float32], bias: NDArray[np.float32], value: str) -> str:
    product = graph.node("MatMul", value, graph.constant(f"{name}.matrix", matrix))
    return graph.node("Add", product, graph.constant(f"{name}.bias", bias))


def _norm(graph: GraphBuilder, weights: Weights, name: str, value: str) -> str:
    scale = graph.constant(f"{name}.weight", weights[f"{name}.weight"])
    bias = graph.constant(f"{name}.bias", weights[f"{name}.bias"])
    return graph.node("LayerNormalization", value, scale, bias, axis=-1, epsilon=EPSILON)


def _pool(graph: GraphBuilder, hidden: str) -> None:
    """Mean over the tokens that are no padding, then length one. A text has two tokens at least, never none."""
    mask = graph.node("Unsqueeze", graph.node("Cast", "attention_mask", to=TensorProto.FLOAT), graph.integers(2))
    # The norm undoes any scale, so the sum over the tokens gives the same unit vector as their mean.
    summed = graph.node("ReduceSum", graph.node("Mul", hidden, mask), graph.integers(1), keepdims=0)
    length = graph.node("ReduceL2", summed, graph.integers(1), keepdims=1)
    graph.nodes.append(helper.make_node("Div", [summed, length], ["embedding"], name="unit"))


def _assemble(graph: GraphBuilder) -> onnx.ModelProto:
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"])
        for name in ("input_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["texts", DIMENSIONS])
    body = helper.make_graph(graph.nodes, "all-MiniLM-L6-v2", inputs, [output], [*graph.constants.values()])
    model = helper.make_model(body, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
    onnx.checker.check_model(model)
    return model
