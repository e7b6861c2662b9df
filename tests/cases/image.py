#!/usr/bin/env python3
"""The catalog built in as it lies in memory answers as the files it was made from.

    image.py LLMFIT DATA_FOLDER

Runs commands that between them show every file of the catalog, with and without --catalog, and
fails where a byte differs.
"""

import subprocess
import sys

COMMANDS = [
    ["-n", "all", "--json", "--machine", "pc-rtx-4090"],
    ["-n", "all", "--json", "--runtime", "vllm", "--machine", "pc-rtx-4090"],
    ["-n", "all", "--json", "--machine", "macbook-pro-m4-max-64"],
    ["list", "--json"],
    ["--machine", "help"],
    ["info", "qwen3-8b", "--explain", "--quant", "all", "--json", "--gpu", "rtx 3060"],
    ["info", "70B", "--json", "--gpu", "rtx 3060"],
    ["plan", "deepseek-v4-flash-0731", "--json"],
    ["cost", "qwen3.6-27b", "--json", "--machine", "pc-rtx-4090"],
]


def answer(words):
    done = subprocess.run(words, capture_output=True, timeout=120, check=False)
    return done.returncode, done.stdout, done.stderr


def main():
    program, folder = sys.argv[1:]
    faults = 0
    for command in COMMANDS:
        built_in = answer([program, *command])
        from_files = answer([program, *command, "--catalog", folder])
        if built_in != from_files or built_in[0] not in (0, 1):
            faults += 1
            print("differs or fails:", " ".join(command), built_in[2][:200])
    print("%d of %d commands answer alike" % (len(COMMANDS) - faults, len(COMMANDS)))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
