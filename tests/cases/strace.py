#!/usr/bin/env python3
"""Watches what the program does to the system: it executes nothing, opens no socket, and writes
nowhere but to its own folder.

    strace.py LLMFIT

Exits with 77, which is skipped, where strace is missing or may not trace.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
TIMEOUT_S = 120
SKIPPED = 77
# What changes something, and what would lead out of the program.
CALLS = ("execve,execveat,open,openat,openat2,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,"
         "unlinkat,rmdir,link,linkat,symlink,symlinkat,truncate,chmod,fchmodat,socket,connect")
COMMANDS = [["fit"], ["system"], ["doctor"], ["bench", "--memory"], ["system", "--json"],
            ["bench", "--memory", "--no-save"]]
WRITES = re.compile(r"O_(WRONLY|RDWR|CREAT|TRUNC|APPEND)")
PATH = re.compile(r'"((?:[^"\\]|\\.)*)"')


def faults_of(calls, cache):
    """What is wrong with the calls that were traced."""
    executed = 0
    for line in calls:
        match = re.match(r"(?:\d+\s+)?(\w+)\((.*)", line)
        if match is None:  # an exit or a signal
            continue
        name, arguments = match.groups()
        if name.startswith("execve"):
            executed += 1
            if executed > 1:
                yield f"executes: {line}"
        elif name in ("socket", "connect"):
            yield f"opens a socket: {line}"
        elif not name.startswith("open") or WRITES.search(arguments):
            # The folders that the cache lies in are made where they lack.
            outside = [path for path in PATH.findall(arguments)
                       if path != "/dev/null" and not path.startswith(cache)]
            if outside:
                yield f"writes outside of its folder: {line}"


def trace(program, arguments, folder):
    log = folder / "log"
    environment = {**os.environ, "LLMFIT_CACHE_DIR": str(folder / "home" / "cache"),
                   "HOME": str(folder), "ASAN_OPTIONS": "detect_leaks=0"}
    done = subprocess.run(["strace", "-f", "-qq", "-s", "4096", "-e", f"trace={CALLS}", "-o", log,
                           program, *arguments], capture_output=True, text=True, cwd=HERE,
                          env=environment, timeout=TIMEOUT_S, check=False)
    calls = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    return done, calls


def main(program):
    program = str(pathlib.Path(program).resolve())
    if shutil.which("strace") is None:
        print("strace is not installed")
        return SKIPPED
    faults = []
    for arguments in COMMANDS:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            done, calls = trace(program, arguments, folder)
            if not calls:
                print(f"strace may not trace here: {done.stderr}")
                return SKIPPED
            found = list(faults_of(calls, str(folder / "home")))
            saves = arguments == ["bench", "--memory"]
            if saves != (folder / "home").exists():
                found.append("keeps a file" if not saves else "keeps no file")
            if done.returncode not in (0, 4):
                found.append(f"ends with {done.returncode}: {done.stderr}")
            print(f"{'FAILED' if found else 'passed'}  llmfit {' '.join(arguments)}: "
                  f"{len(calls)} calls")
            faults += found
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
