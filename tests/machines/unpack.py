#!/usr/bin/env python3
"""Lays a recorded machine out as a folder that `llmfit --root` reads.

    unpack.py MACHINE FOLDER

A .machine file is a list of directives; blank lines and lines that start with # are skipped.

    file PATH                 a file; its content is the lines below, indented by four spaces
    value PATH TEXT           a file of one line
    link PATH TARGET          a symbolic link
    cpus KEY=VALUE ...        processors: packages, cores (of a package), threads (of a core),
                              model and flags (for /proc/cpuinfo; the rest of the line)
    pci ADDRESS KEY=VALUE ... a PCI device: class, vendor, device, revision, driver

Paths are relative to the folder and stay inside it. In file content, \\t is a tab and \\0 a NUL.
"""

import os
import pathlib
import sys


class Tree:
    """The folder that is filled."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def place(self, path):
        parts = pathlib.PurePosixPath(path).parts
        if not parts or path.startswith("/") or ".." in parts:
            raise ValueError(f"path leads out of the folder: {path}")
        place = self.folder.joinpath(*parts)
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def file(self, path, text):
        content = text.replace("\\t", "\t").replace("\\0", "\0")
        self.place(path).write_text(content, encoding="utf-8")

    def link(self, path, target):
        os.symlink(target, self.place(path))


def settings(words):
    """KEY=VALUE words; the last value runs to the end of the line."""
    found = {}
    last = None
    for word in words:
        key, equals, value = word.partition("=")
        if equals and key.isidentifier():
            found[key] = value
            last = key
        elif last is None:
            raise ValueError(f"KEY=VALUE is wanted, not {word}")
        else:
            found[last] += " " + word
    return found


def mask(numbers, count):
    """A kernel bit mask: groups of 32 bits, the highest first."""
    bits = sum(1 << number for number in numbers)
    groups = [f"{bits >> 32 * i & 0xFFFFFFFF:08x}" for i in range((count + 31) // 32)]
    return ",".join(reversed(groups)) + "\n"


def add_cpus(tree, words):
    wanted = settings(words)
    packages, cores, threads = (int(wanted[key]) for key in ("packages", "cores", "threads"))
    count = packages * cores * threads
    base = "sys/devices/system/cpu"
    for name in ("online", "possible", "present"):
        tree.file(f"{base}/{name}", f"0-{count - 1}\n")
    info = ""
    # As Linux numbers them: every core's first thread, then every core's second one.
    for cpu in range(count):
        core = cpu % (packages * cores)
        package = core // cores
        siblings = range(core, count, packages * cores)
        neighbours = [i for i in range(count) if i % (packages * cores) // cores == package]
        topology = f"{base}/cpu{cpu}/topology"
        tree.file(f"{topology}/core_id", f"{core % cores}\n")
        tree.file(f"{topology}/physical_package_id", f"{package}\n")
        tree.file(f"{topology}/thread_siblings", mask(siblings, count))
        tree.file(f"{topology}/thread_siblings_list", ",".join(map(str, siblings)) + "\n")
        tree.file(f"{topology}/core_siblings", mask(neighbours, count))
        info += f"processor\t: {cpu}\nmodel name\t: {wanted['model']}\n"
        info += f"physical id\t: {package}\ncore id\t\t: {core % cores}\n"
        info += f"flags\t\t: {wanted.get('flags', '')}\n\n"
    tree.file("proc/cpuinfo", info)


def add_pci(tree, words):
    address, *rest = words
    wanted = settings(rest)
    home = f"sys/devices/pci{address[:7]}/{address}"
    for key in ("class", "vendor", "device", "revision"):
        if key in wanted:
            tree.file(f"{home}/{key}", wanted[key] + "\n")
    if "driver" in wanted:
        tree.link(f"{home}/driver", f"../../../bus/pci/drivers/{wanted['driver']}")
    tree.link(f"sys/bus/pci/devices/{address}", f"../../../../{home}")


def unpack(machine, folder):
    tree = Tree(folder)
    lines = pathlib.Path(machine).read_text(encoding="utf-8").splitlines()
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if not line.strip() or line.startswith("#"):
            continue
        directive, *words = line.split()
        if directive == "file":
            content = []
            while number < len(lines) and lines[number].startswith("    "):
                content.append(lines[number][4:] + "\n")
                number += 1
            tree.file(words[0], "".join(content))
        elif directive == "value":
            tree.file(words[0], line.split(None, 2)[2] + "\n")
        elif directive == "link":
            tree.link(words[0], words[1])
        elif directive == "cpus":
            add_cpus(tree, words)
        elif directive == "pci":
            add_pci(tree, words)
        else:
            raise ValueError(f"{machine}:{number}: unknown directive {directive}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    unpack(sys.argv[1], sys.argv[2])
