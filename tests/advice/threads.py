#!/usr/bin/env python3
"""Asks llmfit about machines whose owners were advised in public, and looks where the advice stands.

threads.json names each place, what the owner has, what was advised, and which models of the catalog
are that pick or its successor in the same family. A pick that is not among our first five carries
the reason in "apart".

    threads.py LLMFIT
"""
import json
import pathlib
import subprocess
import sys

from machines import machine_of

FOLDER = pathlib.Path(__file__).parent
PICKS = 5
LEAST_SHARE = 0.7  # of the places whose pick is among our first five


def rank_of(llmfit, row):
    """The best rank of an accepted model, from 1; None when none of them fits."""
    answer = subprocess.run([llmfit, "--machine", "-", "--json", "-n", "all",
                             "--use-case", row["use_case"]],
                            input=json.dumps(machine_of(row["machine"])), capture_output=True,
                            text=True, check=True)
    ids = [model["id"] for model in json.loads(answer.stdout)["models"]]
    ranks = [ids.index(id) + 1 for id in row["accepted"] if id in ids]
    return (min(ranks) if ranks else None), ids[:PICKS]


def main():
    rows = json.loads((FOLDER / "threads.json").read_text())
    agreed = unexplained = 0
    for row in rows:
        rank, picks = rank_of(sys.argv[1], row)
        is_agreed = rank is not None and rank <= PICKS
        agreed += is_agreed
        unexplained += not is_agreed and "apart" not in row
        print(f"{row['id']:24} {row['date']:10} {row['use_case']:8} "
              f"advised {row['accepted'][0]:34} rank {rank or 'none'}")
        if not is_agreed:
            print(f"     ours: {', '.join(picks)}\n     {row.get('apart', 'NOT EXPLAINED')}")
    print(f"{agreed} of {len(rows)} picks are among our first {PICKS}, at least "
          f"{LEAST_SHARE:.0%} wanted; {unexplained} of the others are not explained")
    return agreed < LEAST_SHARE * len(rows) or unexplained > 0


if __name__ == "__main__":
    sys.exit(main())
