#!/usr/bin/env python3
"""Ten times the catalog must cost about ten times as much, no worse.

    growth.py LLMFIT

Writes catalogs of several times the built-in models, each with names of its own, compares the
processor time of some commands on them, prints a table and fails beyond the bound.
"""

import json
import pathlib
import resource
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
MACHINE = ROOT / "tests" / "cases" / "machines" / "rtx4090.json"
GROWTH = 10
# Caches are missed more often; a cost that grows with the square is at 2 to 10 here.
SLACK = 1.6
RUNS = 3
TIMEOUT_S = 120

# A command, and how many times the models it starts from: enough that they are what costs.
COMMANDS = [
    (["list", "-n", "all"], 4),
    (["catalog", "check"], 4),
    (["fit", "-n", "all", "--machine", str(MACHINE)], 1),
]


def renamed(row, number):
    """A model's row under other names."""
    row = dict(row)
    tail = f"-x{number}" if number > 0 else ""
    for key in ("id", "name", "hf", "ollama", "shape"):
        if row.get(key):
            row[key] += tail
    if "aliases" in row:
        row["aliases"] = [alias + tail for alias in row["aliases"]]
    return row


def write_catalog(folder, times):
    """A catalog over the built-in one, with its models so many times."""
    (folder / "models").mkdir(parents=True)
    for path in [*(DATA / "models").glob("*.json"), DATA / "quality.json"]:
        document = json.loads(path.read_text(encoding="utf-8"))
        document["models"] = [renamed(row, number) for number in range(times)
                              for row in document["models"]]
        (folder / path.relative_to(DATA)).write_text(json.dumps(document), encoding="utf-8")
    return folder


def cost_s(program, arguments, folder):
    """The least processor time of some runs."""
    costs = []
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run = subprocess.run([program, *arguments, "--json", "--catalog", folder],
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                             timeout=TIMEOUT_S, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if run.returncode != 0:
            sys.exit(f"llmfit {' '.join(arguments)}: exit code {run.returncode}\n{run.stderr}")
        costs.append(after.ru_utime - before.ru_utime)
    return min(costs)


def main(program):
    failed = False
    print(f"{'command':20} {'models':>8} {'ms':>8} {'models':>8} {'ms':>8} {'times':>6}")
    with tempfile.TemporaryDirectory(prefix="llmfit-growth-") as name:
        folders = {}
        for arguments, start in COMMANDS:
            costs = []
            for times in (start, start * GROWTH):
                if times not in folders:
                    folders[times] = write_catalog(pathlib.Path(name) / str(times), times)
                costs.append((times, cost_s(program, arguments, folders[times])))
            ratio = costs[1][1] / costs[0][1]
            failed |= ratio > GROWTH * SLACK
            cells = " ".join(f"{'x' + str(times):>8} {cost * 1e3:8.1f}" for times, cost in costs)
            print(f"{' '.join(arguments[:2]):20} {cells} {ratio:6.1f}"
                  f"{'' if ratio <= GROWTH * SLACK else '  BEYOND BOUND'}")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
