#!/usr/bin/env python3
"""Checks JSON answers against their schemas in data/schema.

    schema.py LLMFIT

Every answer must name a document that has a schema there, and pass it.
"""

import json
import pathlib
import subprocess
import sys

import jsonschema

HERE = pathlib.Path(__file__).parent
SCHEMAS = HERE.parents[1] / "data" / "schema"
TIMEOUT_S = 60

COMMANDS = [
    ["catalog", "check"],
    ["catalog", "check", "catalog-check/catalog"],
    ["doctor"],
    ["doctor", "--machine", "machines/no-driver.json"],
    ["doctor", "--machine", "machines/unknown.json"],
    ["plan", "qwen3-8b"],
    ["plan", "qwen3-32b", "--min-tps", "20", "--kv", "q8_0"],
    ["plan", "gpt-oss-120b", "--context", "64k", "-n", "all"],
    ["plan", "deepseek-v3.2", "--quant", "Q8_0"],
    ["plan", "kimi-k2-instruct", "--quant", "F16", "--min-tps", "500"],
    ["cost", "qwen3-32b", "--machine", "machines/rtx4090.json"],
    ["cost", "qwen3-32b", "--machine", "machines/rtx4090.json", "--hardware-price", "2500"],
    ["cost", "gpt-oss-120b", "--machine", "machines/laptop.json"],
    ["cost", "qwen3-8b", "--machine", "machines/server.json", "--watts", "600"],
    ["info", "70B", "--machine", "machines/rtx4090.json"],
    ["info", "256b-a32b@Q4", "--machine", "machines/laptop.json"],
]


def faults_of(program, arguments):
    """What is wrong with the answer to a command."""
    run = subprocess.run([program, *arguments, "--json"], capture_output=True, text=True, cwd=HERE,
                         timeout=TIMEOUT_S, check=False)
    document = json.loads(run.stdout)
    path = SCHEMAS / f"{document['schema'].removeprefix('llmfit.')}.schema.json"
    if not path.exists():
        return [f"{document['schema']} has no schema"]
    schema = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return [f"{error.json_path}: {error.message[:200]}"
            for error in jsonschema.Draft202012Validator(schema).iter_errors(document)]


def main(program):
    program = str(pathlib.Path(program).resolve())
    failed = 0
    for arguments in COMMANDS:
        faults = faults_of(program, arguments)
        failed += bool(faults)
        print(f"{'FAILED' if faults else 'passed'}  llmfit {' '.join(arguments)}")
        print("".join(f"    {fault}\n" for fault in faults), end="")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
