#!/usr/bin/env python3
"""Holds the speed of models that are read from the disk against published measurements.

    disk.py LLMFIT

Each row of disk_rows.json is a machine and a run on it with llama.cpp's mmap. The measured speed
must lie in the interval that is told. Rows that leave open what was measured are shown only. None
tells the speed of its RAM.
"""

import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
GIB = 1 << 30


def estimate(program, row):
    """The placement of the row's model on the row's machine, as a reader would ask for it."""
    memory = {"total_bytes": row["ram_gib"] * GIB}
    disks = [{"path": "/", "kind": row["disk_kind"]}] if "disk_kind" in row else []
    rate = row.get("disk_bandwidth_bps")
    arguments = [program, "info", row["model"], "--quant", row["quant"], "--context", "4k", "--json",
                 "--machine", "-", "--from-disk"]
    arguments += ["--disk-bandwidth", str(rate)] if rate else []
    run = subprocess.run(arguments, input=json.dumps({"machine": {"memory": memory, "disks": disks}}),
                         stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(run.stdout)["placements"][0]


def main(program):
    rows = json.loads((HERE / "disk_rows.json").read_text(encoding="utf-8"))["rows"]
    missed = 0
    print(f"{'model':<36}{'GiB on disk':>12}{'low':>8}{'mid':>8}{'high':>8}{'measured':>10}")
    for row in rows:
        placement = estimate(program, row)
        stream = placement["preview"]["from_disk"]
        tps = placement["decode_tps"]
        is_in = stream is not None and tps["low"] <= row["tps"] <= tps["high"]
        missed += not is_in and "open" not in row
        streamed = 0 if stream is None else stream["streamed_bytes"] / GIB
        print(f"{row['model']:<36}{streamed:>12.1f}{tps['low']:>8.3f}{tps['mid']:>8.3f}"
              f"{tps['high']:>8.3f}{row['tps']:>10.3f}  {'' if is_in else 'outside'}")
    print(f"{missed} outside that should be inside")
    return 1 if missed else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
