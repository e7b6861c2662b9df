#!/usr/bin/env python3
"""Compares the weights llmfit computes for MLX and vLLM with published sizes.

    engines.py LLMFIT

engine_sizes.json holds the sizes, each with its source. `holds` says what of: the text part alone;
with a vision tower, which llmfit leaves out, so that what is beside must be the same in every quant;
loaded, as an engine's log has it, to its digits and with what tensor parallelism keeps twice; or
other: files made by another recipe, or listings that contradict the pinned size, printed only.
Prints a table and exits with 1 beyond a bound.
"""

import json
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
MACHINES = {"mlx": "mac.json", "vllm": "rtx4090.json"}
TEXT_WORST = 0.0002
TEXT_EXACT_LEAST = 38
LOADED_WORST = 0.002
TOWER_SPREAD = 0.0015  # of the file: the tower's own projections are packed in some quants


def sizes_of(program, runtime, model, known):
    """Bytes of the weights by quant."""
    if (runtime, model) not in known:
        machine = HERE.parent / "cases" / "machines" / MACHINES[runtime]
        done = subprocess.run([program, "info", model, "--runtime", runtime, "--quant", "all",
                               "--json", "--machine", machine],
                              stdout=subprocess.PIPE, check=True)
        known[runtime, model] = {row["quant"]: row["weights_bytes"]
                                 for row in json.loads(done.stdout)["sizes"]}
    return known[runtime, model]


def main():
    rows = json.loads((HERE / "engine_sizes.json").read_text(encoding="ascii"))["rows"]
    known, faults, towers, errors = {}, [], {}, {"text": [], "loaded": [], "other": []}
    for row in rows:
        ours = sizes_of(sys.argv[1], row["runtime"], row["model"], known)[row["quant"]]
        error = ours / row["bytes"] - 1
        print("%-56s %-8s %14d %+9.4f %%  %s" % (row["repository"], row["quant"], row["bytes"],
                                                 100 * error, row["holds"]))
        if row["holds"] == "tower":
            towers.setdefault(row["model"], []).append((row["bytes"] - ours, row["bytes"]))
        else:
            errors[row["holds"]].append(abs(error))
    exact = sum(error == 0 for error in errors["text"])
    print("text: %d files, %d of them to the byte, median %.4f %%, worst %.4f %%" %
          (len(errors["text"]), exact, 100 * statistics.median(errors["text"]),
           100 * max(errors["text"])))
    if max(errors["text"]) > TEXT_WORST or exact < TEXT_EXACT_LEAST:
        faults.append("text")
    if max(errors["loaded"]) > LOADED_WORST:
        faults.append("loaded")
    for model, pairs in towers.items():
        beside = [pair[0] for pair in pairs]
        spread = (max(beside) - min(beside)) / min(pair[1] for pair in pairs)
        print("%s: %.1f to %.1f MB beside the text part in %d quants" %
              (model, min(beside) / 1e6, max(beside) / 1e6, len(pairs)))
        if spread > TOWER_SPREAD or min(beside) < 0:
            faults.append("%s: what is beside the text part depends on the quant" % model)
    for fault in faults:
        print("BEYOND THE BOUND  " + fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
