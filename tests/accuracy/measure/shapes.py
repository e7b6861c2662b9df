"""The catalog's models, spelled out into tensors.

This reads data/ on its own, so that llmfit's expansion is not compared with itself: a tensor that
either of them forgets or sizes differently is refused by llama.cpp or shows in the sums.
"""

import collections
import dataclasses
import functools
import json
import math
import re

# Part of a shape; a finetune takes them from the model it names.
SHAPE_KEYS = ("arch", "layers", "embd", "vocab", "tied", "per_layer_embd", "rope_freqs", "altup",
              "laurel", "parts", "kinds", "order", "mtp")
MODEL_SYMBOLS = ("layers", "embd", "vocab", "tied", "per_layer_embd", "rope_freqs", "altup",
                 "laurel")
ABSENT = {"q_gate": 1, "gated": 1, "has_kv": 1}

# Whole numbers, as wide as the F32 that the catalog has of them.
INTEGERS = "ffn_gate_tid2eid.weight"

Tensor = collections.namedtuple("Tensor", "name ne stored")


@dataclasses.dataclass(frozen=True)
class Model:
    """A model of the catalog. A part is its symbols, with its "type" and "kv"."""
    id: str
    arch: str
    row: dict       # as written, the shape filled in
    templates: dict  # its architecture's row in data/architectures.json
    parts: dict     # the common templates
    trunk: list     # [layers][parts]
    mtp: list       # [MTP layers][parts], of those the file holds

    def kinds_of(self, *types):
        """Of each trunk layer its first part of those types, or None."""
        return [next((part for part in layer if part["type"] in types), None)
                for layer in self.trunk]

    def all_of(self, *types):
        return [part for part in self.kinds_of(*types) if part is not None]


def resolve_part(row, name):
    part = row["parts"][name]
    if "like" in part:
        part = {**resolve_part(row, part["like"]), **part}
    return {key: value for key, value in part.items() if key != "like"}


def make_model(row, architectures, parts):
    letters = "".join(unit * count for count, unit in row["order"])
    mtp = row.get("mtp") or {"in_gguf": False}
    resolve = functools.cache(lambda name: resolve_part(row, name))
    return Model(row["id"], row["arch"], row, architectures[row["arch"]], parts,
                 [[resolve(name) for name in row["kinds"][letter]] for letter in letters],
                 [[resolve(name) for name in mtp["parts"]]] * mtp["layers"]
                 if mtp["in_gguf"] else [])


def read_catalog(data):
    """The models of a data folder by id; those that share a shape are left to its owner."""
    document = json.loads((data / "architectures.json").read_text(encoding="utf-8"))
    architectures = {row["id"]: row for row in document["architectures"]}
    rows = {}
    for path in sorted((data / "models").glob("*.json")):
        for row in json.loads(path.read_text(encoding="utf-8"))["models"]:
            rows[row["id"]] = row
    return {id_: make_model(row, architectures, document["parts"])
            for id_, row in rows.items() if "shape" not in row}


def evaluate(expression, symbols):
    """The value of "2*inner+dt": terms of factors, from left to right, divisions exact."""
    total = 0
    for term in expression.split("+"):
        value = 1
        for sign, factor in re.findall(r"(^|[*/])(\w+)", term):
            number = int(factor) if factor.isdigit() else int(symbols.get(factor, 0))
            if sign == "/":
                if number == 0 or value % number != 0:
                    raise ValueError(f"{expression}: {value} / {number}")
                value //= number
            else:
                value *= number
        total += value
    if total == 0:
        raise ValueError(f"{expression} is 0")
    return total


def holds(condition, symbols):
    return all(bool(symbols.get(name.lstrip("!"), 0)) != name.startswith("!")
               for name in condition.split(" & "))


def spell_out(templates, symbols, prefix):
    for template in templates:
        if "when" in template and not holds(template["when"], symbols):
            continue
        ne = [evaluate(expression, symbols) for expression in template["ne"]]
        while len(ne) > 1 and ne[-1] == 1:
            ne.pop()
        is_vector = sum(size > 1 for size in ne) <= 1
        stored = template.get("stored") or ("F32" if is_vector else "F16")
        if template["name"] == INTEGERS:
            stored = "I32"
        yield Tensor(prefix + template["name"], ne, stored)


def symbols_of(model, part):
    """What the templates of a part see: its own values, else the model's."""
    symbols = {**ABSENT, **{key: model.row[key] for key in MODEL_SYMBOLS if key in model.row},
               **part}
    if "kv" in part:
        symbols["has_kv"] = int(part["kv"] != "none")
    symbols.setdefault("v_dim", symbols.get("head_dim", 0))
    return symbols


def tensors_of(model):
    """Every tensor of the model's GGUF file, in the order of its layers."""
    own = model.templates.get("parts", {})
    tensors = list(spell_out(model.templates["model"], symbols_of(model, {}), ""))
    for number, layer in enumerate(model.trunk + model.mtp):
        prefix = f"blk.{number}."
        tensors += spell_out(model.templates["layer"], symbols_of(model, {}), prefix)
        for part in layer:
            templates = own.get(part["type"]) or model.parts[part["type"]]
            tensors += spell_out(templates, symbols_of(model, part), prefix)
    return tensors


def count_elements(tensors):
    return sum(math.prod(tensor.ne) for tensor in tensors)
