#!/usr/bin/env python3
"""Fits the constants of the speed formula and writes them into data/runtimes.json.

    fit_speed.py REFERENCE_FOLDER SPEED_EVAL [--write]

Reads speed_measurements.jsonl of the folder (57 devices) and needs no package. Intervals are fitted to
errors on devices that were left out. Without --write it prints the document. Other members of the
rows stay as they are. speed.py tests it.
"""

import json
import math
import pathlib
import subprocess
import sys
import tempfile

import speed_model as model
import speed_rows

CHECKED = "2026-11-22"
TARGET = pathlib.Path(__file__).resolve().parents[2] / "data" / "runtimes.json"
LLAMA_CPP = ("cuda", "rocm", "vulkan-amd", "vulkan-intel", "vulkan-nv", "metal", "cpu")
OWN = {"cuda": "cuda", "rocm": "rocm", "vulkan-intel": "vulkan-intel", "metal": "metal",
       "cpu": "cpu"}
# Beside llama.cpp's own: the constants that stand under each id of the vendors' back ends.
OTHERS = {"llama.cpp-2024": OWN,
          "vulkan": {**OWN, "cuda": "vulkan-nv", "rocm": "vulkan-amd"},
          "mlx": {**OWN, "metal": "mlx"}, "vllm": {**OWN, "cuda": "vllm"},
          "exl2": {**OWN, "cuda": "exl2"}, "exl3": {**OWN, "cuda": "exl3"}}

# Classes of intervals; with fewer rows of A and B than this, C joins.
BANDS = ("cuda-dense", "cuda-moe", "multi-gpu", "apple", "amd", "cpu", "partial", "poor")
ROWS_LEAST = 20
COVERAGE = 0.8
PREFILL_COVERAGE = 0.7
# Where hardly anything is known (six Intel rows) the reference's judgement, a factor of two, and a
# little more.
JUDGED = {"poor": (0.45, 2.2)}
# Engines beside llama.cpp, with the back ends they are written down for and the classes whose
# intervals their own rows give; the rest is as poorly known. vLLM's rows are leaderboards'.
ENGINES = {"mlx": ({"metal": "mlx"}, ("apple",)), "vllm": ({"cuda": "vllm"}, ())}
SPEED = ("backends", "constants", "families", "bands")


def rounded(value):
    """To four digits, wherever a number stands."""
    if isinstance(value, float):
        return float("%.4g" % value)
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return [rounded(item) for item in value] if isinstance(value, list) else value


def backend(name, own, fitted, old=1):
    token = model.TOKEN.get(own, "vllm")
    row = {"id": name, "efficiency": fitted["e:" + own], "layer_us": old * fitted["layer:" + own],
           "moe_layer_us": old * fitted["moe-layer:" + own],
           "state_layer_us": fitted["state-layer:" + own], "token_us": fitted["token:" + token]}
    if "pe:" + own in fitted:
        falloff = fitted["falloff:metal" if own == "metal" else "falloff"]
        row.update({"prefill_efficiency": fitted["pe:" + own] / (fitted["pold"] if old > 1 else 1),
                    "prefill_falloff": max(0, math.log(falloff)),
                    "prefill_moe_factor": fitted["pmoe:" + own]})
    return row


def families(fitted):
    return [
        {"backend": "cuda", "names": model.PASCAL, "kappa_factor": fitted["k:pascal"],
         "tflops_factor": 1, "checked": CHECKED,
         "source": "own fit: Tesla P40 and GTX 1050 Ti, no fast FP16; older ones assumed alike"},
        {"backend": "metal", "names": model.EARLY_APPLE, "mixes": model.SUPERBLOCK,
         "kappa_factor": fitted["k:early-apple"], "tflops_factor": 1, "checked": CHECKED,
         "source": "own fit: M1 Max, M1 Ultra and M2 Max lose on super-block quants, M3 on do not"},
        {"backend": "cuda", "names": model.LAPTOPS, "kappa_factor": 1,
         "tflops_factor": model.LAPTOP_TFLOPS_FACTOR, "checked": CHECKED,
         "source": "NVIDIA lists laptop GPUs' boost 1.05 to 1.4 times the clock that the device "
                   "table's TFLOPS are for (RTX 4070: up to 2175 against 1695 MHz; recalled)"},
    ]


def constants(name, fitted):
    plain = {"kappa_flop_per_weight": "k", "kappa_flop_per_weight_f16": "k16",
             "moe_efficiency": "m", "cpu_moe_efficiency": "m:cpu",
             "slow_cpu_factor": "slow-cpu", "ram_efficiency": "ram",
             "offloaded_expert_efficiency": "m:ram", "kv_efficiency": "kv", "gpu_hop_us": "hop",
             "offload_sync_us": "sync", "prefill_bandwidth_efficiency": "pw",
             "prefill_layer_us": "pl", "prefill_16_bit_factor": "p16"}
    values = {key: fitted[own] for key, own in plain.items()}
    values["prefill_copy_bps"] = fitted["copy"] * 1e9
    values["wide_memory_bps"] = model.WIDE_MEMORY_BPS
    values["wide_memory_falloff"] = max(0, math.log(fitted["wide"]))
    if name == "llama.cpp-2024":
        values["kv_efficiency"] *= fitted["kv:old"]
    if name == "vllm":
        values["parallel_efficiency"] = fitted["parallel"]
    values["quant_efficiency"] = [{"mixes": model.LOW_K, "factor": fitted["q:k"]},
                                  {"mixes": model.LOW_I, "factor": fitted["q:i"]}]
    return values


def speed(name, ids, fitted, bands):
    """The members of a runtime's row that make its speed."""
    old = fitted["old"] if name == "llama.cpp-2024" else 1
    rows = [backend(key, own, fitted, old) for key, own in ids.items()]
    return {"backends": rows, "constants": constants(name, fitted), "families": families(fitted),
            "bands": bands}


def runtime(name, ids, fitted, bands):
    """A row that says nothing but how fast the engine is, for speed_eval.c."""
    loads = [{"format": "gguf", "engine": name, "backends": list(ids)}]
    return {"id": name, "name": name, "version": "-", "source": "own fit", "checked": CHECKED,
            "loads": loads, **speed(name, ids, fitted, bands)}


def document(fitted, bands):
    """The engines of all measurements."""
    engines = {"llama.cpp": {name: name for name in LLAMA_CPP}, **OTHERS}
    return {"schema": "llmfit.runtimes", "schema_version": 1,
            "runtimes": [runtime(name, ids, fitted, bands) for name, ids in engines.items()]}


def engine_bands(bands, own):
    """An engine's intervals: its own of some classes, the widest of the rest."""
    poor = next(band for band in bands if band["when"] == "poor")
    prefill = [band for band in bands if band["when"].startswith("prefill")]
    named = {band["when"]: band for band in own}
    return [{**named.get(name, poor), "when": name} for name in BANDS] + prefill


def updated(fitted, bands, own_bands):
    """data/runtimes.json with new figures."""
    doc = json.loads(TARGET.read_text(encoding="ascii"))
    for item in doc["runtimes"]:
        if item["id"] == "llama.cpp":
            figures = speed(item["id"], {name: name for name in LLAMA_CPP}, fitted, bands)
        elif item["id"] in ENGINES:
            figures = speed(item["id"], ENGINES[item["id"]][0], fitted,
                            engine_bands(bands, own_bands[item["id"]]))
        else:
            continue
        item.update(rounded(figures))
    return doc


def line_of(row):
    """A row as speed_eval.c reads it."""
    cards = row.gpus if row.is_parallel else 1  # whose rates the row has the sum of
    figures = (row.active, row.gpus, row.bandwidth / cards, row.ram, row.fp32 / cards,
               row.fp16) + row.gpu + row.cpu
    figures += (row.file, row.state_layers, row.is_slow_cpu, row.copied)
    texts = ["%d" % round(x) if i not in (4, 5) else repr(x) for i, x in enumerate(figures)]
    return "\t".join([row.runtime, row.vendor, row.name, row.mix, "1" if row.is_moe else "0",
                      str(row.layers), str(row.gpu_layers), str(row.ram_expert_layers)] + texts)


def evaluate(program, fitted, bands, rows):
    """C's answers: (decode low, mid, high, prefill low, mid, high) for each row."""
    doc = document(fitted, bands)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(doc, file)
        file.flush()
        text = "".join(line_of(row) + "\n" for row in rows)
        done = subprocess.run([program, file.name], input=text, stdout=subprocess.PIPE,
                              encoding="ascii", check=True)
    return [tuple(map(float, line.split("\t"))) for line in done.stdout.splitlines()]


def fold_constants(problems, keys, held_out):
    """Constants from all rows but those whose key is held out."""
    fitted = {}
    for problem, key in zip(problems, keys):
        left_out = {i for i, k in enumerate(key) if k == held_out}
        fitted.update(problem.constants(problem.fit(left_out, problem.start, 8)))
    return fitted


def all_constants(problems):
    return {name: value for problem in problems
            for name, value in problem.constants(problem.start).items()}


def problems_of(decode, prefill):
    problems = [model.Problem(decode, model.decode_terms, model.PRIORS),
                model.Problem(prefill, model.prefill_terms, model.PREFILL_PRIORS)]
    for problem in problems:
        problem.start = problem.fit()
    return problems


def left_out_answers(program, decode, prefill, key, bands, problems):
    """C's answers for every row with constants that have not seen its device (or source)."""
    keys = [[key(row) for row in rows] for rows in (decode, prefill)]
    answers = [[None] * len(decode), [None] * len(prefill)]
    for held_out in sorted(set(keys[0] + keys[1])):
        fitted = fold_constants(problems, keys, held_out)
        places = [(side, i) for side in (0, 1) for i, k in enumerate(keys[side]) if k == held_out]
        held = [(decode, prefill)[side][i] for side, i in places]
        for (side, i), figures in zip(places, evaluate(program, fitted, bands, held)):
            answers[side][i] = figures
    return answers


def numbered_bands():
    """Bands whose width tells which one C took."""
    names = BANDS + ("prefill", "prefill-poor")
    return [{"when": name, "low": 1 - 0.01 * (i + 1), "high": 1.5, "coverage": COVERAGE}
            for i, name in enumerate(names)]


def band_name(low, mid):
    return numbered_bands()[round((1 - low / mid) * 100) - 1]["when"]


def quantile(pairs, share):
    """Of (value, weight)."""
    pairs = sorted(pairs)
    goal, seen = share * sum(weight for _, weight in pairs), 0
    for value, weight in pairs:
        seen += weight
        if seen >= goal:
            return value
    return pairs[-1][0]


def band_of(name, found, coverage):
    """found: (row, measured / predicted). Half the say is the rows', half the devices'; few devices
    tell little of the next, so with n of them the interval is 1 + 3/2n times as wide."""
    rows = [x for x in found if x[0].reliability != "C"]
    if len(rows) < ROWS_LEAST:
        rows = found
    count = {}
    for row, _ in rows:
        count[row.hardware] = count.get(row.hardware, 0) + 1
    pairs = [(math.log(ratio), 1 / len(rows) + 1 / len(count) / count[row.hardware])
             for row, ratio in rows]
    tail = (1 - coverage) / 2
    wider = 1 + 1.5 / len(count)
    low = math.exp(wider * quantile(pairs, tail))
    high = math.exp(wider * quantile(pairs, 1 - tail))
    low, high = JUDGED.get(name, (min(low, 0.95), max(high, 1.05)))
    return {"when": name, "low": low, "high": high, "coverage": coverage}


def fit_bands(program, decode, prefill, problems):
    answers = left_out_answers(program, decode, prefill, lambda row: row.hardware,
                               numbered_bands(), problems)
    found = {}
    for row, (low, mid, _, _, _, _) in zip(decode, answers[0]):
        found.setdefault(band_name(low, mid), []).append((row, row.tps / mid))
    bands = [band_of(name, found[name], COVERAGE) for name in BANDS]
    own_bands = {name: [band_of(when, [pair for pair in found[when] if pair[0].runtime == name],
                                COVERAGE) for when in classes]
                 for name, (_, classes) in ENGINES.items()}
    found = {"prefill": [], "prefill-poor": []}
    for row, (_, _, _, low, mid, _) in zip(prefill, answers[1]):
        if mid > 0 and row.prompt <= 1024:
            found[band_name(low, mid)].append((row, row.tps / mid))
    least = {"prefill": (1 / 1.6, 1.6), "prefill-poor": (0.5, 2.0)}
    for name, pairs in found.items():
        band = band_of(name, pairs, PREFILL_COVERAGE)
        band["low"] = min(band["low"], least[name][0])
        band["high"] = max(band["high"], least[name][1])
        bands.append(band)
    return bands, own_bands


def text_of(doc):
    """JSON with a line for each back end, family and band."""
    rows = []

    def mark(value):
        rows.append(json.dumps(value))
        return "@%d@" % (len(rows) - 1)

    for item in doc["runtimes"]:
        for key in ("loads", "default_contexts", "backends", "families", "bands"):
            if key in item:
                item[key] = [mark(row) for row in item[key]]
        lists = item.get("constants", {"quant_efficiency": []})
        lists["quant_efficiency"] = [mark(row) for row in lists["quant_efficiency"]]
    text = json.dumps(doc, indent=2)
    for i, row in enumerate(rows):
        text = text.replace('"@%d@"' % i, row)
    return text + "\n"


def main():
    reference, program = sys.argv[1:3]
    decode, prefill = speed_rows.load(reference)
    problems = problems_of(decode, prefill)
    bands, own_bands = fit_bands(program, decode, prefill, problems)
    text = text_of(updated(all_constants(problems), bands, own_bands))
    if "--write" in sys.argv:
        TARGET.write_text(text, encoding="ascii")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
