#!/usr/bin/env python3
"""Asks llmfit what to run on machines people own and compares its first picks with what one who
knows them would say; golden.json argues each row.

    golden.py LLMFIT
"""
import json
import pathlib
import subprocess
import sys

from machines import machine_of

FOLDER = pathlib.Path(__file__).parent
PICKS = 5


def picks_of(llmfit, row):
    answer = subprocess.run([llmfit, "--machine", "-", "--json", "-n", str(PICKS)],
                            input=json.dumps(machine_of(row["machine"])), capture_output=True,
                            text=True, check=True)
    return json.loads(answer.stdout)["models"]


def complaints_of(row, picks):
    ids = [pick["id"] for pick in picks]
    if ids[0] not in row["first"]:
        yield f"first is {ids[0]}, not {' or '.join(row['first'])}"
    for wanted in row["in_top_five"]:
        if wanted not in ids:
            yield f"{wanted} is not among {', '.join(ids)}"


def main():
    rows = json.loads((FOLDER / "golden.json").read_text())
    wrong = 0
    for row in rows:
        picks = picks_of(sys.argv[1], row)
        complaints = list(complaints_of(row, picks))
        wrong += bool(complaints)
        first = picks[0]
        print(f"{'FAIL' if complaints else 'ok':4} {row['name']:16} {first['id']:24} "
              f"{first['quant']:9} {first['mode']:14} {first['decode_tps']['mid']:5.0f} tok/s  "
              f"then {', '.join(pick['id'] for pick in picks[1:])}")
        for complaint in complaints:
            print(f"     {complaint}\n     expected, because {row['why']}")
    print(f"{len(rows) - wrong} of {len(rows)} machines get the picks that golden.json argues for")
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main())
