#!/usr/bin/env python3
"""Compares the file sizes llmfit computes with those of published GGUF files.

    files.py LLMFIT

The published sizes stand in the catalog's models ("files"). Labels of plain mixes are compared;
"UD-..." and the like follow no rule. A file is a few MB larger than its tensors, for it holds the
vocabulary too. Files that differ by more say why ("differs") and are printed apart. A reason must be
needed; a second output head must account for the difference; a mix of the publisher's own is only
believed where the shape is known to be right, from the engine or from a file of a pure type.

The bounds hold for the models whose tensors were never compared with the engine's; the others are a
cross check within the same bounds.
"""

import collections
import concurrent.futures
import json
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
MODELS = HERE.parents[1] / "data" / "models"
TIMEOUT_S = 60
MODELS_LEAST = 20
MEDIAN_MOST = 0.005
WORST_MOST = 0.03
PRINTED = 12

# In these every tensor has the type of the label, so that a file tells whether the shape is right.
PURE_LABELS = ("Q8_0", "BF16", "F16")
PURE_MOST = 0.005

# A second copy of the table, which a tied model's file has no need of: bytes a value by label.
HEAD_WORDS = "with a second output head"
HEAD_BYTES = {"Q4_K_M": 144 / 256, "Q8_0": 34 / 32}

File = collections.namedtuple("File", "model label repo published computed differs")


def read_rows():
    """The catalog's rows by id."""
    rows = {}
    for path in sorted(MODELS.glob("*.json")):
        for row in json.loads(path.read_text(encoding="utf-8"))["models"]:
            rows[row["id"]] = row
    return rows


def compute(program, model):
    """File bytes of every mix."""
    run = subprocess.run([program, "info", model, "--quant", "all", "--json", "--offline",
                          "--machine", HERE / "no-gpu.json"],
                         capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    if run.returncode not in (0, 4):
        sys.exit(f"llmfit info {model}: exit code {run.returncode}\n{run.stderr}")
    sizes = {size["quant"]: size["file_bytes"] for size in json.loads(run.stdout)["sizes"]}
    return {**sizes, "BF16": sizes["F16"]}


def gather(program, rows):
    """Every published file of a plain mix."""
    models = [row for row in rows.values() if row.get("files")]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        computed = pool.map(lambda row: compute(program, row["id"]), models)
        for row, sizes in zip(models, computed):
            for file in row["files"]:
                if file["label"] in sizes:
                    yield File(row["id"], file["label"], file["repo"], file["bytes"],
                               sizes[file["label"]], file.get("differs"))


def deviation(file):
    return file.computed / file.published - 1


def fault_of_reason(file, rows, pure):
    """What is wrong with the reason a file gives; None when it holds."""
    if abs(deviation(file)) <= WORST_MOST:
        return "needs no reason"
    if file.differs != HEAD_WORDS:
        return None if file.model in pure else "its shape is not known to be right"
    row = rows[file.model]
    shape = rows[row["shape"]] if "shape" in row else row
    head = shape["embd"] * shape["vocab"] * HEAD_BYTES[file.label]
    left = (file.computed + head) / file.published - 1
    return None if abs(left) <= WORST_MOST else f"its reason leaves {left:+.2%}"


def print_files(title, files, limit):
    print(f"\n{title}")
    for file in sorted(files, key=lambda file: -abs(deviation(file)))[:limit]:
        print(f"  {deviation(file):+8.2%}  {file.model:<36} {file.label:<9} {file.repo}"
              + (f": {file.differs}" if file.differs else ""))


def judge(name, files):
    """Prints a group's figures; returns what is out of bounds."""
    deviations = [abs(deviation(file)) for file in files]
    models = len({file.model for file in files})
    median = statistics.median(deviations)
    print(f"{name:<34} {models:4} models {len(files):5} files   median {median:.3%}   "
          f"worst {max(deviations):.2%}")
    faults = []
    if median > MEDIAN_MOST:
        faults.append(f"{name}: median {median:.3%}, at most {MEDIAN_MOST:.1%} is allowed")
    if max(deviations) > WORST_MOST:
        faults.append(f"{name}: worst {max(deviations):.2%}, at most {WORST_MOST:.0%} is allowed")
    return faults


def main(arguments):
    if len(arguments) != 1:
        sys.exit(__doc__)
    rows = read_rows()
    measured = set(json.loads((HERE / "truth_ids.json").read_text(encoding="utf-8")).values())
    files = list(gather(arguments[0], rows))
    plain = [file for file in files if not file.differs]
    outliers = [file for file in files if file.differs]
    fresh = [file for file in plain if file.model not in measured]
    faults = judge("models not measured on the engine", fresh)
    faults += judge("models measured on the engine", [f for f in plain if f.model in measured])
    if len({file.model for file in fresh}) < MODELS_LEAST:
        faults.append(f"at least {MODELS_LEAST} models are wanted")
    print_files("furthest off", plain, PRINTED)
    print_files("outliers, and why", outliers, len(outliers))
    pure = measured | {file.model for file in plain
                       if file.label in PURE_LABELS and abs(deviation(file)) <= PURE_MOST}
    for file in outliers:
        fault = fault_of_reason(file, rows, pure)
        if fault is not None:
            faults.append(f"{file.model} {file.label} {file.repo}: {fault}")
    for fault in faults:
        print(f"fault: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
