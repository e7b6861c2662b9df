#!/usr/bin/env python3
"""Spoils recorded machines and looks that the probe bears it.

    mutate.py LLMFIT [FIRST_SEED [SEEDS]]

Of each tests/machines/*.machine some files are cut, lost, filled with nonsense, made links that lead
round or out, or drowned among thousands. Whatever it is then: `llmfit system` must answer in time,
with JSON in which no figure is absurd and no text would move a terminal. A failure names the machine
and the seed, which give the same fault again.
"""

import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the sources may be read-only

import unpack  # pylint: disable=wrong-import-position

HERE = pathlib.Path(__file__).parent
MEMORY = "/dev/shm"  # a file system for many small files
SEEDS = 5
TIMEOUT_S = 20
EXITS = (0, 4)
MOST_BYTES = 128 << 40
LARGE_BYTES = 4096
MOST_ACCELERATORS = 64
NONSENSE = ["", "-1", "0", "0x", "nan", "1e999", "9" * 200, "18446744073709551615",
            "18446744073709551616", "0xffffffffffffffff", "%s%n", "max", "\x1b[2J", "0-4294967295",
            "65536", "0,0,0,0", "é" * 50, "/" * 300]


class Spoiler:
    """Ways to spoil the files of a folder."""

    def __init__(self, root, seed):
        self.random = random.Random(seed)
        self.root = root
        self.files = sorted(path for path in root.rglob("*")
                            if path.is_file() and not path.is_symlink())
        self.done = []

    def spoil(self):
        ways = [self.cut, self.lose, self.fill, self.misnumber, self.misnumber, self.repeat,
                self.swap, self.turn, self.lead_round, self.lead_out, self.drown, self.block]
        for _ in range(self.random.randint(1, 8)):
            way = self.random.choice(ways)
            path = self.random.choice(self.files)
            self.done.append(f"{way.__name__} {path.relative_to(self.root)}")
            # What was spoiled before may lead out of the folder, or block.
            if path.is_file() and not path.is_symlink():
                way(path)

    def cut(self, path):
        content = path.read_bytes()
        path.write_bytes(content[:self.random.randint(0, len(content))])

    def lose(self, path):
        path.unlink()

    def fill(self, path):
        path.write_bytes(self.random.randbytes(self.random.randint(1, 20000)))

    def misnumber(self, path):
        """Other figures in the places of some of its own."""
        words = path.read_bytes().decode("utf-8", "replace").split(" ")
        for _ in range(self.random.randint(1, 4)):
            words[self.random.randrange(len(words))] = self.random.choice(NONSENSE)
        path.write_bytes((" ".join(words) + "\n").encode("utf-8"))

    def repeat(self, path):
        content = path.read_bytes()[:LARGE_BYTES]
        path.write_bytes(content * self.random.choice([2, 100, 1000]))

    def swap(self, path):
        other = self.random.choice([file for file in self.files
                                    if file.is_file() and not file.is_symlink()])
        mine, theirs = path.read_bytes(), other.read_bytes()
        path.write_bytes(theirs)
        other.write_bytes(mine)

    @staticmethod
    def turn(path):
        """A folder in place of a file."""
        path.unlink()
        path.mkdir()

    def lead_round(self, path):
        path.unlink()
        path.symlink_to(self.random.choice([path.name, ".", "..", "../.."]))

    def lead_out(self, path):
        path.unlink()
        path.symlink_to(self.random.choice(["/dev/zero", "/dev/tty", "/proc/self/mem", "/",
                                            "../" * 40 + "dev/zero"]))

    def drown(self, path):
        """Thousands of others beside it, or beside its folder."""
        place = self.random.choice([path.parent, path.parent.parent])
        stem = self.random.choice([path.name, path.parent.name, "cpu", "node", "0000:01:00."])
        for number in range(self.random.choice([10, 100, 100, 2000])):
            folder = place / f"{stem}{number}"
            folder.mkdir(exist_ok=True)
            if self.random.random() < 0.1:
                (folder / path.name).write_bytes(path.read_bytes()[:LARGE_BYTES])

    @staticmethod
    def block(path):
        """A pipe that nobody writes to."""
        path.unlink()
        os.mkfifo(path)


def texts_and_numbers(value):
    if isinstance(value, dict):
        for item in value.values():
            yield from texts_and_numbers(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts_and_numbers(item)
    elif isinstance(value, (str, int, float)):
        yield value


def judge(text):
    """Sentences about what is wrong with an answer."""
    try:
        machine = json.loads(text)["machine"]
    except ValueError as error:
        return [f"no JSON: {error}"]
    faults = []
    if len(machine["accelerators"]) > MOST_ACCELERATORS:
        faults.append(f"{len(machine['accelerators'])} accelerators")
    for part in (machine["memory"], *machine["accelerators"]):
        for key, value in part.items():
            if key.endswith("_bytes") and value is not None and not 0 <= value <= MOST_BYTES:
                faults.append(f"{key} is {value}")
    faults += [f"a text with control characters: {value!r}" for value in texts_and_numbers(machine)
               if isinstance(value, str) and not value.isprintable()]
    return faults


def check(llmfit, machine, seed):
    with tempfile.TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as folder:
        root = pathlib.Path(folder) / "root"
        unpack.unpack(machine, root)
        spoiler = Spoiler(root, f"{machine.stem} {seed}")
        spoiler.spoil()
        command = [llmfit, "system", "--root", str(root), "--json", "--timeout", "500"]
        try:
            run = subprocess.run(command, capture_output=True, timeout=TIMEOUT_S, check=False)
        except subprocess.TimeoutExpired:
            return ["it hangs", *spoiler.done]
    if run.returncode not in EXITS:
        faults = [f"exit code {run.returncode}: {run.stderr.decode('utf-8', 'replace')}"]
    else:
        faults = judge(run.stdout)
    return faults + spoiler.done if faults else []


def main(llmfit, first_seed=0, seeds=SEEDS):
    failed = 0
    count = 0
    for machine in sorted(HERE.glob("*.machine")):
        for seed in range(int(first_seed), int(first_seed) + int(seeds)):
            faults = check(llmfit, machine, seed)
            count += 1
            failed += bool(faults)
            if faults:
                print(f"FAILED  {machine.stem}, seed {seed}")
                print("".join(f"        {fault}\n" for fault in faults), end="")
    print(f"{count} spoiled machines, {failed} not borne")
    return 1 if failed or count == 0 else 0


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
