#!/usr/bin/env python3
"""Records what NVIDIA's driver says, and looks whether it is said whole.

    answers.py NVML_FOLDER

The driver is the library of recorded_nvml.c in that folder, so that what it was told to say must
come out of tests/machines/record again, word by word.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
TIMEOUT_S = 60

ANSWERS = """\
gpu 0 1 0 268410de 25757220864 24117248000 10501 0 NVIDIA GeForce RTX 4090
about 384 367001600 8 9 4 16 0
gpu f 41 0 20b210de 85899345920 84893761536 1593 1 NVIDIA A100-SXM4-80GB
about 5120 0 8 0 4 16 12
slice 20937965568 20914896896 NVIDIA A100-SXM4-80GB MIG 2g.20gb
slice 10468982784 10447912960 NVIDIA A100-SXM4-80GB MIG 1g.10gb
gpu 0 2 0 2e1210de 0 0 0 0 NVIDIA GB10
about 0 0 12 1 0 0 0
"""


def recorded(text):
    """The content of the file "nvml" in a recording; empty where there is none."""
    lines = iter(text.splitlines())
    for line in lines:
        if line == "file nvml":
            break
    content = ""
    for line in lines:
        if not line.startswith("    "):
            break
        content += line[4:] + "\n"
    return content


def main(nvml_folder):
    with tempfile.TemporaryDirectory() as folder:
        answers = pathlib.Path(folder) / "nvml"
        answers.write_text(ANSWERS, encoding="utf-8")
        environment = dict(os.environ, LD_LIBRARY_PATH=nvml_folder,
                           LLMFIT_RECORDED_NVML=str(answers))
        command = [sys.executable, "-B", str(HERE / "record")]
        text = subprocess.run(command, capture_output=True, text=True, check=True,
                              timeout=TIMEOUT_S, env=environment).stdout
    if recorded(text) != ANSWERS:
        print(f"recorded:\n{recorded(text)}told:\n{ANSWERS}")
        return 1
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
