#!/usr/bin/env python3
"""Runs the golden cases of the command line and compares what llmfit prints.

    run.py LLMFIT [CASE ...]
    UPDATE=1 run.py LLMFIT [CASE ...]    rewrites what is expected

A case is a folder here with these files:

    args         one argument a line; {CASE} is the case's folder, {MACHINES} that of the machines
    stdout       what is printed; or stdout.head: how it begins, in as many lines as it holds
    stderr exit  the rest; absent: nothing, and 0
    env          lines NAME=VALUE beside what every case runs in; absent: none
    stdin        standard input; absent: empty

Cases name a machine file, never this computer, and run with a fixed date, so that the answers are
the same everywhere.
"""

import concurrent.futures
import difflib
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
TIMEOUT_S = 60
HEAD_LINES = 60
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "TERM": "xterm", "SOURCE_DATE_EPOCH": "1795305600"}
PASSED_ON = ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "LD_LIBRARY_PATH")


def read(path, otherwise=""):
    return path.read_text(encoding="utf-8") if path.exists() else otherwise


def run(program, case):
    """The case's exit code, stdout and stderr."""
    arguments = [line.replace("{CASE}", case.name).replace("{MACHINES}", "machines")
                 for line in read(case / "args").splitlines()]
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    environment.update(ENVIRONMENT)
    environment.update(line.split("=", 1) for line in read(case / "env").splitlines())
    done = subprocess.run([program, *arguments], input=read(case / "stdin"), text=True, cwd=HERE,
                          encoding="utf-8", env=environment, capture_output=True,
                          timeout=TIMEOUT_S, check=False)
    return str(done.returncode), done.stdout, done.stderr


def head(text, lines):
    return "".join(text.splitlines(keepends=True)[:lines])


def write(path, text, otherwise=""):
    if text == otherwise:
        path.unlink(missing_ok=True)
    else:
        path.write_text(text, encoding="utf-8")


def update(program, case):
    code, stdout, stderr = run(program, case)
    write(case / "exit", code + "\n", "0\n")
    write(case / "stderr", stderr)
    if (case / "stdout.head").exists():
        lines = len(read(case / "stdout.head").splitlines()) or HEAD_LINES
        write(case / "stdout.head", head(stdout, lines))
    else:
        write(case / "stdout", stdout)
    return []


def check(program, case):
    """Lines about what differs; none when all is as expected."""
    code, stdout, stderr = run(program, case)
    name = "stdout.head" if (case / "stdout.head").exists() else "stdout"
    wanted = read(case / name)
    if name == "stdout.head":
        stdout = head(stdout, len(wanted.splitlines()))
    faults = []
    for what, expected, found in (("exit", read(case / "exit", "0\n"), code + "\n"),
                                  (name, wanted, stdout),
                                  ("stderr", read(case / "stderr"), stderr)):
        faults += difflib.unified_diff(expected.splitlines(), found.splitlines(),
                                       f"{case.name}/{what}", "found", lineterm="", n=2)
    return faults


def attempt(action, program, case):
    try:
        return action(program, case)
    except (OSError, subprocess.SubprocessError, UnicodeError) as fault:
        return [str(fault)]


def main(program, names):
    program = str(pathlib.Path(program).resolve())
    cases = [HERE / name for name in names] or sorted(args.parent for args in HERE.glob("*/args"))
    action = update if os.environ.get("UPDATE") == "1" else check
    with concurrent.futures.ThreadPoolExecutor() as pool:
        results = list(pool.map(lambda case: attempt(action, program, case), cases))
    failed = 0
    for case, faults in zip(cases, results):
        if faults:
            failed += 1
            print(f"FAILED  {case.name}")
            print("\n".join(f"    {line}" for line in faults))
    print(f"{len(cases) - failed} of {len(cases)} cases are as expected")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
