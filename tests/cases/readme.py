#!/usr/bin/env python3
"""Runs the README's examples and compares what llmfit prints with what the README shows.

    readme.py LLMFIT
    UPDATE=1 readme.py LLMFIT    rewrites what the README shows

An example is a ```console block: a line "$ llmfit ..." and its output. They run in the repository's
top folder, in the surroundings of the golden cases.
"""

import difflib
import os
import pathlib
import re
import shlex
import subprocess
import sys

import run as cases

ROOT = pathlib.Path(__file__).parents[2]
BLOCK = re.compile(r"^```console\n\$ (llmfit [^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def answer(program, command):
    environment = {name: os.environ[name] for name in cases.PASSED_ON if name in os.environ}
    done = subprocess.run([program, *shlex.split(command)[1:]], cwd=ROOT, text=True,
                          encoding="utf-8", env={**environment, **cases.ENVIRONMENT},
                          capture_output=True, timeout=cases.TIMEOUT_S, check=False)
    return done.stdout + done.stderr


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    path = ROOT / "README.md"
    text = path.read_text(encoding="utf-8")
    if os.environ.get("UPDATE") == "1":
        path.write_text(BLOCK.sub(lambda block: f"```console\n$ {block[1]}\n"
                                  f"{answer(program, block[1])}```", text), encoding="utf-8")
        return 0
    blocks = BLOCK.findall(text)
    failed = not blocks
    for command, shown in blocks:
        printed = answer(program, command)
        if printed != shown:
            failed = True
            sys.stdout.writelines(difflib.unified_diff(shown.splitlines(True),
                                                       printed.splitlines(True), "README.md",
                                                       command))
    print(f"{len(blocks)} examples of the README")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
