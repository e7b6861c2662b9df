"""Writes a GGUF file of the llama architecture with weights drawn at random, for an engine to run.

    tiny_gguf.py PATH [LAYERS EMBD FF HEADS]

Its vocabulary is the bytes and three marks, so that any text can be read and written.
"""

import random
import struct
import sys

ALIGNMENT = 32
CONTEXT_TOKENS = 4096
UINT32, FLOAT32, STRING, ARRAY, INT32 = 4, 6, 8, 9, 5
NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6
F32, F16 = 0, 1


def text(value):
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def pair(key, kind, form, value):
    return text(key) + struct.pack("<I" + form, kind, value)


def array(key, kind, count, data):
    return text(key) + struct.pack("<IIQ", ARRAY, kind, count) + data


def metadata(layers, embd, ff, heads):
    tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    kinds = [UNKNOWN, CONTROL, CONTROL] + [BYTE] * 256
    size = len(tokens)
    rows = [
        text("general.architecture") + struct.pack("<I", STRING) + text("llama"),
        text("general.name") + struct.pack("<I", STRING) + text("tiny"),
        pair("general.file_type", UINT32, "I", F16),
        pair("llama.context_length", UINT32, "I", CONTEXT_TOKENS),
        pair("llama.embedding_length", UINT32, "I", embd),
        pair("llama.block_count", UINT32, "I", layers),
        pair("llama.feed_forward_length", UINT32, "I", ff),
        pair("llama.attention.head_count", UINT32, "I", heads),
        pair("llama.attention.head_count_kv", UINT32, "I", heads),
        pair("llama.attention.layer_norm_rms_epsilon", FLOAT32, "f", 1e-5),
        pair("llama.rope.dimension_count", UINT32, "I", embd // heads),
        text("tokenizer.ggml.model") + struct.pack("<I", STRING) + text("llama"),
        array("tokenizer.ggml.tokens", STRING, size, b"".join(text(token) for token in tokens)),
        array("tokenizer.ggml.scores", FLOAT32, size, struct.pack(f"<{size}f", *[0.0] * size)),
        array("tokenizer.ggml.token_type", INT32, size, struct.pack(f"<{size}i", *kinds)),
        pair("tokenizer.ggml.bos_token_id", UINT32, "I", 1),
        pair("tokenizer.ggml.eos_token_id", UINT32, "I", 2),
        pair("tokenizer.ggml.unknown_token_id", UINT32, "I", 0),
    ]
    return rows, size


def shapes(layers, embd, ff, vocab):
    """(name, dimensions, type) of each tensor."""
    yield "token_embd.weight", (embd, vocab), F16
    for layer in range(layers):
        block = f"blk.{layer}."
        yield block + "attn_norm.weight", (embd,), F32
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            yield block + part + ".weight", (embd, embd), F16
        yield block + "ffn_norm.weight", (embd,), F32
        yield block + "ffn_gate.weight", (embd, ff), F16
        yield block + "ffn_up.weight", (embd, ff), F16
        yield block + "ffn_down.weight", (ff, embd), F16
    yield "output_norm.weight", (embd,), F32
    yield "output.weight", (embd, vocab), F16


def weights(count, kind):
    """One row of drawn numbers, over and over: speed does not depend on them."""
    if kind == F32:
        return struct.pack("<f", 1.0) * count
    row = struct.pack("<64e", *[random.uniform(-0.05, 0.05) for _ in range(64)])
    return (row * (count // 64 + 1))[:2 * count]


def write(path, layers=2, embd=64, ff=128, heads=4):
    rows, vocab = metadata(layers, embd, ff, heads)
    tensors = list(shapes(layers, embd, ff, vocab))
    table = b""
    offset = 0
    for name, dimensions, kind in tensors:
        table += text(name) + struct.pack("<I", len(dimensions))
        table += struct.pack(f"<{len(dimensions)}QIQ", *dimensions, kind, offset)
        count = dimensions[0] * (dimensions[1] if len(dimensions) > 1 else 1)
        offset += -(-count * (4 if kind == F32 else 2) // ALIGNMENT) * ALIGNMENT
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(rows)) + b"".join(rows) + table
    with open(path, "wb") as file:
        file.write(head + b"\0" * (-len(head) % ALIGNMENT))
        for _, dimensions, kind in tensors:
            count = dimensions[0] * (dimensions[1] if len(dimensions) > 1 else 1)
            data = weights(count, kind)
            file.write(data + b"\0" * (-len(data) % ALIGNMENT))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 6):
        sys.exit(__doc__)
    write(sys.argv[1], *map(int, sys.argv[2:]))
