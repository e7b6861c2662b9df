#!/usr/bin/env python3
"""Probes every recorded machine and compares what is found with what is expected.

    run.py LLMFIT WITH_DRIVER NVML_FOLDER [NAME ...]

Runs `LLMFIT system --root FOLDER --json` on each tests/machines/NAME.machine; on one that has a
file nvml, which holds what NVIDIA's driver said, WITH_DRIVER with that driver. NAME.expect.json
holds the part of the answer that matters: an object may have more members than expected, an array
may not have more items, and everything else must be equal.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the sources may be read-only

import unpack  # pylint: disable=wrong-import-position

HERE = pathlib.Path(__file__).parent
TIMEOUT_S = 30


def differences(wanted, found, path="$"):
    """Sentences about what is not as expected."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for key, value in wanted.items():
            if key not in found:
                yield f"{path}.{key} is missing"
            else:
                yield from differences(value, found[key], f"{path}.{key}")
    elif isinstance(wanted, list) and isinstance(found, list):
        if len(wanted) != len(found):
            yield f"{path} has {len(found)} items, {len(wanted)} expected: {json.dumps(found)}"
        else:
            for index, (value, other) in enumerate(zip(wanted, found)):
                yield from differences(value, other, f"{path}[{index}]")
    elif type(wanted) is not type(found) or wanted != found:
        yield f"{path} is {json.dumps(found)}, expected {json.dumps(wanted)}"


def check(llmfit, with_driver, nvml_folder, machine):
    with tempfile.TemporaryDirectory() as folder:
        unpack.unpack(machine, folder)
        command = [llmfit, "system", "--root", folder, "--json"]
        environment = dict(os.environ)
        answers = pathlib.Path(folder) / "nvml"
        if answers.exists():
            command = [with_driver, folder]
            environment.update(LD_LIBRARY_PATH=nvml_folder, LLMFIT_RECORDED_NVML=str(answers))
        run = subprocess.run(command, text=True, capture_output=True, timeout=TIMEOUT_S,
                             check=False, env=environment)
    if run.returncode != 0:
        return [f"exit code {run.returncode}: {run.stderr.strip()}"]
    wanted = json.loads(machine.with_suffix(".expect.json").read_text(encoding="utf-8"))
    return list(differences(wanted, json.loads(run.stdout)))


def main(llmfit, with_driver, nvml_folder, names):
    machines = [HERE / f"{name}.machine" for name in names] or sorted(HERE.glob("*.machine"))
    failed = 0
    for machine in machines:
        faults = check(llmfit, with_driver, nvml_folder, machine)
        print(f"{'FAILED' if faults else 'ok'}  {machine.stem}")
        for fault in faults:
            print(f"        {fault}")
        failed += bool(faults)
    return 1 if failed or not machines else 0


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:4], sys.argv[4:]))
