#!/usr/bin/env python3
"""Compares every size llmfit tells with what llama.cpp allocated for real models.

    memory.py LLMFIT TRUTH [IDS]

TRUTH holds what was measured (measure/ makes such a file); without it the test is skipped (exit code
77). IDS tells the catalog's id of each model; without it they have their names in the catalog. File
sizes, caches and states must be equal to the byte. The compute buffer is an estimate: with all
layers on one GPU it is held to the bounds below, the rest of it is printed; so are totals
(totals.py).
"""

import collections
import concurrent.futures
import json
import os
import pathlib
import statistics
import subprocess
import sys

import totals

HERE = pathlib.Path(__file__).parent
ARCHITECTURES = HERE.parents[1] / "data" / "architectures.json"
SKIPPED = 77
TIMEOUT_S = 60

# Of the compute buffer on one GPU, at outputs 512 and 1.
JUDGED = ("f16, outputs 512", "out=1")
CLOSE = 0.05
CLOSE_LEAST = 0.9
SHORT_MOST_BYTES = 64 << 20

# Of our own measurements, which hold models that nobody chose: dots.llm1 and Devstral 2 meet holes
# of the allocator at one context each.
OWN_SHORT_MOST_BYTES = 92 << 20


class Tally:
    """What was compared of one kind, and what differed."""

    def __init__(self):
        self.compared = 0
        self.different = []

    def add(self, what, ours, truth):
        self.compared += 1
        if ours != truth:
            self.different.append((abs((ours or 0) - truth), what, ours, truth))


def ask(program, model, quant, options):
    """The sizes `llmfit info` tells, by quant."""
    run = subprocess.run([program, "info", model, "--quant", quant, "--imatrix", "off", "--json",
                          "--offline", "--machine", HERE / "no-gpu.json", *options],
                         capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    if run.returncode not in (0, 4):
        sys.exit(f"llmfit info {model} {' '.join(options)}: exit code {run.returncode}\n"
                 f"{run.stderr}{run.stdout}")
    return {size["quant"]: size for size in json.loads(run.stdout)["sizes"]}


def cache_of(size, is_padded):
    """Cache and state; with what a CUDA buffer adds where it was measured so."""
    bytes_ = size["kv_bytes"] + size["state_bytes"]
    return bytes_ + (size["preview"]["kv_padding_bytes"] if is_padded else 0)


def options_of(key):
    """The options that make the configuration the truth names "ctx=8192,kv=f16,gpus=1,out=1"."""
    parts = dict(part.split("=") for part in key.split(","))
    options = ["--context", parts.pop("ctx"), "--kv", parts.pop("kv")]
    parts.pop("gpus")
    if parts.pop("fa", "on") == "off":
        options += ["--flash-attn", "off"]
    if parts.pop("swafull", "0") == "1":
        options += ["--swa-full"]
    if parts.pop("uni", "1") == "0":
        options += ["--kv-split"]
    for name, option in (("out", "--outputs"), ("ub", "--ubatch"), ("seq", "--parallel")):
        if name in parts:
            options += [option, parts.pop(name)]
    # The library makes a row of logits for every token of a batch.
    if "--ubatch" in options and "--outputs" not in options:
        options += ["--outputs", options[options.index("--ubatch") + 1]]
    if parts:
        sys.exit(f"{key}: {', '.join(parts)} is not known")
    return options


def kind_of(key):
    """The configuration without its context and cache type."""
    rest = [part for part in key.split(",") if part.split("=")[0] not in ("ctx", "kv", "gpus")]
    return ",".join(rest) or "outputs 512"


def compare_model(program, truth, model):
    """The tallies by kind, (kind, ours, truth, what) of each compute buffer, and the totals."""
    tallies = collections.defaultdict(Tally)
    buffers = []
    sums = []
    name = truth["model"]
    quant = truth["quantized_buffers"]["quant"]
    for mix, size in ask(program, model, "all", ["--context", "8192"]).items():
        if mix in truth["quant_bytes"]:
            tallies["file"].add(f"{name} {mix}", size["file_bytes"], truth["quant_bytes"][mix])
    if tallies["file"].compared != len(truth["quant_bytes"]):
        sys.exit(f"{name}: {tallies['file'].compared} mixes of {len(truth['quant_bytes'])}")
    for context, types in truth["kv_bytes"].items():
        for kv, bytes_ in types.items():
            size = ask(program, model, quant, ["--context", context, "--kv", kv])[quant]
            what = f"{name} {context} {kv}"
            # q4_0 was measured in a CUDA buffer.
            tallies[f"cache {kv}"].add(what, cache_of(size, kv == "q4_0"), bytes_)
            if kv == "f16" and context in totals.CONTEXTS:
                sums.append(totals.compare(truth, context, quant, size))
            measured = truth["compute_bytes_gpu"].get(context, {}).get(kv)
            if measured:
                buffers.append((f"{kv}, outputs 512", size["compute_bytes"], measured["device"],
                                what))
                buffers.append((f"{kv}, host part", size["host_compute_bytes"], measured["host"],
                                what))
    for key, measured in truth["other_configs"].items():
        if "context" not in measured or "gpus=1" not in key:
            continue
        size = ask(program, model, quant, options_of(key))[quant]
        what = f"{name} {key}"
        tallies[f"cache {kind_of(key)}"].add(what, cache_of(size, True), measured["context"])
        buffers.append((kind_of(key), size["compute_bytes"], measured["dev_compute"], what))
    for key, bytes_ in truth["other_configs"].get("kv_differs_on_gpu", {}).items():
        context, kv = key[:-4], key[-4:]
        size = ask(program, model, quant, ["--context", context, "--kv", kv])[quant]
        tallies[f"cache {kv} on CUDA"].add(f"{name} {key}", cache_of(size, True), bytes_)
    return tallies, buffers, sums


def print_exact(tallies):
    print(f"{'equal to the byte':32} {'compared':>9} {'different':>9} {'worst, bytes':>14}")
    for kind, tally in tallies.items():
        worst = max((row[0] for row in tally.different), default=0)
        print(f"{kind:32} {tally.compared:9} {len(tally.different):9} {worst:14}")
    for kind, tally in tallies.items():
        for _, what, ours, truth in sorted(tally.different, reverse=True)[:10]:
            print(f"  {kind}: {what}: {ours}, measured {truth}")


def judge_estimates(buffers, short_most_bytes):
    """Prints how far buffers are off and returns what is beyond the bounds."""
    faults = []
    print(f"\n{'compute buffer, an estimate':32} {'compared':>9} {'median':>8} {'p5':>8} {'p95':>8} "
          f"{'in 5 %':>7} {'most short':>12}")
    kinds = collections.defaultdict(list)
    for kind, ours, truth, what in buffers:
        kinds[kind].append((ours / truth - 1, truth - ours, what))
    for kind, rows in kinds.items():
        errors = sorted(row[0] for row in rows)
        short, what = max((row[1], row[2]) for row in rows)
        share = sum(abs(error) <= CLOSE for error in errors) / len(errors)
        print(f"{kind:32} {len(rows):9} {statistics.median(errors):+8.1%} "
              f"{errors[len(errors) // 20]:+8.1%} {errors[len(errors) * 19 // 20]:+8.1%} "
              f"{share:7.0%} {max(short, 0) / 2**20:8.0f} MiB"
              f"{'  ' + what if short > 2**20 else ''}")
        if kind in JUDGED and (share < CLOSE_LEAST or short > short_most_bytes):
            faults.append(f"compute buffer, {kind}: {share:.0%} within {CLOSE:.0%}, {what} is "
                          f"{short / 2**20:.0f} MiB short")
    return faults + [f"no compute buffer of {kind}" for kind in JUDGED if kind not in kinds]


def unmeasured(models):
    """Architectures that the catalog calls measured, of which no model is."""
    document = json.loads(ARCHITECTURES.read_text(encoding="utf-8"))
    seen = {truth["arch"] for truth in models}
    return [f"{row['id']} is called measured, no model of it is"
            for row in document["architectures"] if row["measured"] and row["id"] not in seen]


def main(program, truth_path, ids_path=None):
    path = pathlib.Path(truth_path)
    if not path.exists():
        print("SKIP: the measured sizes are not there")
        return SKIPPED
    models = json.loads(path.read_text(encoding="utf-8"))["models"]
    ids = {truth["model"]: truth["model"] for truth in models}
    faults = []
    if ids_path is None:
        faults += unmeasured(models)
    else:
        ids = json.loads(pathlib.Path(ids_path).read_text(encoding="utf-8"))
    tallies = collections.defaultdict(Tally)
    buffers = []
    sums = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda truth: compare_model(program, truth, ids[truth["model"]]), models)
        for result in results:
            for kind, tally in result[0].items():
                tallies[kind].compared += tally.compared
                tallies[kind].different += tally.different
            buffers += result[1]
            sums += result[2]
    print_exact(tallies)
    is_own = ids_path is None
    faults += judge_estimates(buffers, OWN_SHORT_MOST_BYTES if is_own else SHORT_MOST_BYTES)
    faults += totals.judge(sums, totals.OWN_WORST_MOST if is_own else totals.WORST_MOST)
    exact = sum(tally.compared for tally in tallies.values())
    different = sum(len(tally.different) for tally in tallies.values())
    print(f"\n{len(models)} models, {exact} exact figures, {different} different")
    for fault in faults:
        print(f"BEYOND BOUNDS: {fault}")
    return 1 if different or faults or not models else 0


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
