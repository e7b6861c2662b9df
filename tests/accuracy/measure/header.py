"""Writes the header of a GGUF file; its tensors' data is a hole, which takes no disk."""

import math
import os
import struct

ALIGNMENT = 32
UINT32, INT32, FLOAT32, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9

# ggml's types by their names: number, values of a block, bytes of a block.
TYPES = {
    "F32": (0, 1, 4), "F16": (1, 1, 2), "Q4_0": (2, 32, 18), "Q4_1": (3, 32, 20),
    "Q5_0": (6, 32, 22), "Q5_1": (7, 32, 24), "Q8_0": (8, 32, 34), "Q2_K": (10, 256, 84),
    "Q3_K": (11, 256, 110), "Q4_K": (12, 256, 144), "Q5_K": (13, 256, 176),
    "Q6_K": (14, 256, 210), "IQ2_XXS": (16, 256, 66), "IQ2_XS": (17, 256, 74),
    "IQ3_XXS": (18, 256, 98), "IQ1_S": (19, 256, 50), "IQ4_NL": (20, 32, 18),
    "IQ3_S": (21, 256, 110), "IQ2_S": (22, 256, 82), "IQ4_XS": (23, 256, 136),
    "I32": (26, 1, 4), "IQ1_M": (29, 256, 56), "BF16": (30, 1, 2), "MXFP4": (39, 32, 17),
}


def size_of(ne, type_):
    """Bytes of a tensor."""
    _, values, bytes_ = TYPES[type_]
    return math.prod(ne) // values * bytes_


def pack_string(text):
    encoded = text.encode()
    return struct.pack("<Q", len(encoded)) + encoded


def pack_value(value):
    if isinstance(value, bool):
        return struct.pack("<IB", BOOL, value)
    if isinstance(value, int):
        return struct.pack("<II", UINT32, value)
    if isinstance(value, float):
        return struct.pack("<If", FLOAT32, value)
    if isinstance(value, str):
        return struct.pack("<I", STRING) + pack_string(value)
    kind, letter = {bool: (BOOL, "?"), float: (FLOAT32, "f"), int: (INT32, "i")}[type(value[0])]
    return struct.pack(f"<IIQ{len(value)}{letter}", ARRAY, kind, len(value), *value)


def write(path, metadata, tensors):
    """A file with those (name, ne, type) tensors, in that order."""
    offset = 0
    body = b"".join(pack_string(key) + pack_value(value) for key, value in metadata.items())
    for name, ne, type_ in tensors:
        body += pack_string(name) + struct.pack(f"<I{len(ne)}QIQ", len(ne), *ne, TYPES[type_][0],
                                                offset)
        offset += -(-size_of(ne, type_) // ALIGNMENT) * ALIGNMENT
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata)) + body
    head += bytes(-len(head) % ALIGNMENT)
    with open(path, "wb") as file:
        file.write(head)
    os.truncate(path, len(head) + offset)
