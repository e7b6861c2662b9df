#!/usr/bin/env python3
"""Checks every command line llmfit writes against what the engines' own parsers take.

    flags.py LLMFIT

engine_flags.json lists the flags of each program with the values they take, and says of which
version, read in which of its sources. Exits with 1 when a word is not in it, or when a flag of it is
never written, for then nothing shows that it is right.
"""

import json
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
MODELS = ("qwen3-8b", "llama-3.3-70b-instruct", "gpt-oss-20b", "gemma-3-12b-it", "qwen3-30b-a3b",
          "deepseek-v3", "deepseek-v3.2")
MACHINES = (["--machine", "mac.json"], ["--machine", "rtx4090.json"], ["--machine", "laptop.json"],
            ["--gpu", "rtx 3090x2", "--ram", "64G"],
            ["--gpu", "rtx 3060", "--gpu", "rtx 4090", "--ram", "64G"], ["--gpu", "H100 SXM5 96 GB x8", "--ram", "1024G"])
WISHES = {"llama.cpp": ([], ["--kv", "q8_0,q4_0", "--parallel", "4"], ["--flash-attn", "off"],
                        ["--mmproj"], ["--mmproj", "--no-mmproj-offload"], ["--from-disk"]),
          "ollama": ([], ["--kv", "q8_0"], ["--parallel", "2", "--flash-attn", "off"]),
          "lm-studio": ([], ["--parallel", "4"]),
          "mlx": ([], ["--kv", "q8_0"], ["--quant", "all"]),
          "vllm": ([], ["--kv", "fp8", "--swa-full"], ["--parallel", "8", "--quant", "all"])}
RUNTIME_OF = {"llama-server": "llama.cpp", "lms": "lm-studio", "mlx_lm.server": "mlx",
              "mlx_lm.convert": "mlx"}

faults = []
written = set()


def documents(program):
    for runtime, wishes in WISHES.items():
        for machine in MACHINES:
            for wish in wishes:
                for model in MODELS:
                    done = subprocess.run([program, "info", model, "--json", "--runtime", runtime,
                                           *machine, *wish], cwd=HERE / "machines",
                                          stdout=subprocess.PIPE, check=True)
                    yield runtime, json.loads(done.stdout)


def takes(flag, value):
    kind = flag["value"]
    if kind == "none":
        return value is None
    if value is None or value == "":
        return False
    if kind == "integer":
        return re.fullmatch(r"[0-9]{1,9}", value) is not None
    if kind == "counts":
        return re.fullmatch(r"[0-9]+(,[0-9]+)*", value) is not None
    if kind == "share":
        return value in flag.get("words", ()) or \
            re.fullmatch(r"0\.[0-9]+", value) is not None and 0 < float(value) < 1
    if kind == "device":
        return re.fullmatch(r"(CUDA|ROCm|Vulkan)[0-9]+", value) is not None
    return value in flag["words"] if kind == "word" else not value.startswith("-")


def check_pairs(program, rows, pairs, line):
    flags = {flag["name"]: flag for flag in rows}
    for name, value in pairs:
        if name not in flags or not takes(flags[name], value):
            faults.append("%s does not take %s %s: %s" % (program, name, value, line))
        written.add((program, name))


def check_flags(engine, words, line):
    rows = {flag["name"]: flag for flag in engine["flags"]}
    pairs, i = [], 0
    while i < len(words):
        if not words[i].startswith("-"):
            i += 1  # what the program works on
            continue
        has_value = rows.get(words[i], {}).get("value") != "none"
        pairs.append((words[i], words[i + 1] if has_value and i + 1 < len(words) else None))
        i += 2 if has_value else 1
    check_pairs(engine["program"], engine["flags"], pairs, line)


def check_command(engines, command):
    words = list(command["argv"])
    line = " ".join(words)
    if words[0] == "env":
        words = words[1:]
        settings = [word.split("=", 1) for word in words if re.match(r"[A-Z_]+=", word)]
        words = words[len(settings):]
        check_pairs(words[0], engines[words[0]]["environment"], settings, line)
    if words[0] not in engines:
        faults.append("%s is no program that was recorded: %s" % (words[0], line))
        return
    engine = engines[words[0]]
    if "commands" in engine and words[1] not in engine["commands"]:
        faults.append("%s has no command %s" % (words[0], words[1]))
    if RUNTIME_OF.get(words[0], words[0]) != command["runtime"]:
        faults.append("%s is not of %s" % (words[0], command["runtime"]))
    check_flags(engine, words[2 if "commands" in engine else 1:], line)
    for row in command.get("preview", {}).get("file", "").splitlines():
        found = re.fullmatch(r"FROM hf\.co/\S+/\S+|PARAMETER (\w+) [0-9]+", row)
        if found is None or found.group(1) not in [None] + engine["parameters"]:
            faults.append("a Modelfile does not take %s" % row)


def main():
    listed = json.loads((HERE / "engine_flags.json").read_text(encoding="ascii"))["engines"]
    engines = {engine["program"]: engine for engine in listed}
    seen = set()
    for runtime, document in documents(sys.argv[1]):
        for placement in document["placements"]:
            for command in placement["commands"]:
                check_command(engines, command)
                seen.add((runtime, command["runtime"]))
    for runtime in WISHES:
        if (runtime, runtime) not in seen:
            faults.append("%s never got a command" % runtime)
    for engine in listed:
        for flag in engine["flags"] + engine.get("environment", []):
            if (engine["program"], flag["name"]) not in written:
                faults.append("%s of %s is recorded, but never written"
                              % (flag["name"], engine["program"]))
    for fault in dict.fromkeys(faults):
        print(fault)
    print("%d flags of %d programs" % (len(written), len(engines)))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
