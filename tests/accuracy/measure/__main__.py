#!/usr/bin/env python3
"""Measures on llama.cpp itself what models of the catalog take.

    measure BUILD MODEL... [--into FILE] [--data FOLDER] [--engine NAME]
    measure BUILD --all [--into FILE] [--data FOLDER] [--engine NAME]

BUILD is where cmake built llama.cpp's target "llama" (v0.5.0 or later); MODEL is an id of the
catalog. Of each a GGUF header is written whose data is a hole. llama.cpp loads it as it would the
model, refuses it when a tensor is missing, unknown or of another size, and tells every buffer it
would allocate, on the CPU and on devices that only count; the dry run of its quantizer tells the
type of every tensor in every mix. Nothing is read, computed or downloaded.

The rows go to the standard output, or into FILE, where they take the place of older ones of the
same models. --all are the models with a shape of their own. Exits with 1 when llama.cpp refused one.
"""

import argparse
import collections
import concurrent.futures
import datetime
import json
import os
import pathlib
import sys
import tempfile

import engine
import header
import hyperparameters
import shapes

DATA = pathlib.Path(__file__).parents[3] / "data"
CONTEXTS = (8192, 32768, 131072)
USUAL = 8192
GRID = [*((context, "f16") for context in CONTEXTS), (USUAL, "q8_0"), (131072, "q8_0"),
        (USUAL, "q4_0")]
OTHER_CONFIGS = [f"ctx={context},kv=f16,out=1" for context in CONTEXTS] + \
    [f"ctx=32768,kv=f16,{rest}" for rest in (
        "fa=off", "ub=2048", "seq=4,uni=1,out=4", "seq=4,uni=0,out=4", "swafull=1")]

# Truth rows name devices so.
GPUS = ("GPU0", "GPU1", "GPU2", "GPU3")


def plain(context, kv):
    return f"ctx={context},kv={kv}"


def sum_of(buffers, names, part):
    """Model (0), context (1) or compute (2) bytes of those buffers."""
    return sum(bytes_[part] for name, bytes_ in buffers.items() if name in names)


def named(buffers, names):
    return dict(zip(("model", "context", "compute"),
                    (sum_of(buffers, names, part) for part in range(3))))


def on_host(buffers):
    return named(buffers, [name for name in buffers if name not in GPUS])


class Subject:
    """One model on one engine, and the headers written for it."""

    def __init__(self, llama, model):
        self.llama = llama
        self.model = model
        self.metadata = hyperparameters.metadata_of(model)
        self.tensors = shapes.tensors_of(model)
        self.paths = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for path in self.paths:
            os.remove(path)

    def header(self, types):
        path = engine.write_header(self.metadata, self.tensors, types)
        self.paths.append(path)
        return path

    def mixes(self, path):
        """Bytes by mix, and the types of each. What is stored as MXFP4 is not quantized again."""
        kept = {tensor.name: tensor.stored for tensor in self.tensors if tensor.stored == "MXFP4"}
        types = {mix: {**found, **kept} for mix, found in self.llama.mixes(path).items()}
        bytes_ = {mix: sum(header.size_of(tensor.ne, found[tensor.name])
                           for tensor in self.tensors)
                  for mix, found in types.items()}
        return bytes_, types

    def quantized_buffers(self, quant, types):
        """Of a quantized file: on the CPU, on a GPU, and on a GPU with the experts in RAM."""
        path = self.header(types[quant])
        usual = plain(USUAL, "f16")
        one = usual + ",out=1"
        on_gpu = self.llama.buffers(path, (usual, one), 1)
        split = {"gpu_all_ctx8192": on_gpu[usual], "gpu_all_out1_ctx8192": on_gpu[one]}
        if self.model.all_of("moe"):
            split["gpu_experts_in_ram_ctx8192"] = self.llama.buffers(path, (usual,), 1, True)[usual]
        on_cpu = self.llama.buffers(path, (usual,), 0)[usual]
        return {"quant": quant, "cpu_only_ctx8192": {"CPU": on_host(on_cpu)},
                **{key: {"host": named(found, ("host",)), "device": named(found, GPUS)}
                   for key, found in split.items()}}

    def row(self):
        path = self.header({})
        quant_bytes, types = self.mixes(path)
        has_mxfp4 = any(tensor.stored == "MXFP4" for tensor in self.tensors)
        quant = "MXFP4_MOE" if has_mxfp4 else "Q4_K_M"
        grid = {cell: plain(*cell) for cell in GRID}
        # A Q4_0 cache is measured as a GPU keeps it.
        on_cpu = self.llama.buffers(path, (plain(*cell) for cell in GRID if cell[1] != "q4_0"), 0)
        on_gpu = self.llama.buffers(path, [*grid.values(), *OTHER_CONFIGS], 1)
        two = plain(32768, "f16")
        on_two = self.llama.buffers(path, (two,), 2)[two]
        kv_bytes, cpu, gpu, differs = (collections.defaultdict(dict) for _ in range(4))
        for (context, kv), config in grid.items():
            here = on_gpu[config]
            there = on_cpu.get(config, here)
            kv_bytes[context][kv] = sum_of(there, ("host", *GPUS), 1)
            if config in on_cpu:
                cpu[context][kv] = sum_of(there, ("host",), 2)
            if sum_of(here, GPUS, 1) != kv_bytes[context][kv]:
                differs[f"{context}{kv}"] = sum_of(here, GPUS, 1)
            gpu[context][kv] = {"device": sum_of(here, GPUS, 2), "host": sum_of(here, ("host",), 2)}
        others = {}
        for config in OTHER_CONFIGS:
            context, kv, rest = config.split(",", 2)
            if config in on_gpu:
                others[f"{context},{kv},gpus=1,{rest}"] = other(on_gpu[config])
        others[f"{two},gpus=2"] = {"context": sum_of(on_two, GPUS, 1),
                                   "compute_by_device": [sum_of(on_two, (name,), 2)
                                                         for name in GPUS[:2]]}
        if differs:
            others["kv_differs_on_gpu"] = differs
        return {"model": self.model.id, "arch": self.model.arch,
                "hyperparameters": hyperparameters.facts_of(self.model),
                "n_tensors": len(self.tensors),
                "total_params": shapes.count_elements(self.tensors), "quant_bytes": quant_bytes,
                "quantized_buffers": self.quantized_buffers(quant, types), "kv_bytes": kv_bytes,
                "compute_bytes_cpu_only": cpu, "compute_bytes_gpu": gpu, "other_configs": others}


def other(buffers):
    return {"context": sum_of(buffers, GPUS, 1), "dev_compute": sum_of(buffers, GPUS, 2),
            "host_compute": sum_of(buffers, ("host",), 2)}


def measure(llama, model):
    """A truth row, or why there is none."""
    with Subject(llama, model) as subject:
        try:
            return subject.row()
        except engine.Refused as refusal:
            return str(refusal)


def read_rows(path):
    document = json.loads(path.read_text(encoding="utf-8"))
    return {row["model"]: row for row in document["models"]}


def write(path, llama_cpp, rows):
    """A row a line, so that a changed one shows as such."""
    lines = ",\n".join(json.dumps(row, separators=(",", ":"))
                       for _, row in sorted(rows.items(), key=lambda item: item[0]))
    today = datetime.date.today().isoformat()
    text = (f'{{\n"llama_cpp": {json.dumps(llama_cpp)},\n"checked": "{today}",\n'
            f'"models": [\n{lines}\n]\n}}\n')
    if path is None:
        sys.stdout.write(text)
    else:
        path.write_text(text, encoding="utf-8")


def parse(arguments):
    parser = argparse.ArgumentParser(prog="measure", usage=__doc__, add_help=False)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("models", nargs="*")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--into", type=pathlib.Path)
    parser.add_argument("--data", type=pathlib.Path, default=DATA)
    parser.add_argument("--engine")
    return parser.parse_args(arguments)


def main(arguments):
    options = parse(arguments)
    catalog = shapes.read_catalog(options.data)
    ids = list(catalog) if options.all else options.models
    for id_ in ids:
        if id_ not in catalog:
            sys.exit(f"{id_} is no model of the catalog with a shape of its own")
    refused = 0
    with tempfile.TemporaryDirectory() as scratch:
        llama = engine.Engine(options.build, pathlib.Path(scratch))
        rows = read_rows(options.into) if options.into and options.into.exists() else {}
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for id_, row in zip(ids, pool.map(lambda id_: measure(llama, catalog[id_]), ids)):
                if isinstance(row, str):
                    refused += 1
                    print(f"{id_} ({catalog[id_].arch}): {row}", file=sys.stderr)
                else:
                    rows[id_] = row
        write(options.into, options.engine or llama.version(), rows)
    return 1 if refused or not ids else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
