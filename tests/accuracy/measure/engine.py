"""A build of llama.cpp, asked through the program made of the C++ sources beside this file."""

import collections
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import header

HERE = pathlib.Path(__file__).parent
SOURCES = ("accounting.cpp", "allocations.cpp")
INCLUDES = ("include", "ggml/include", "ggml/src", "src")
TIMEOUT_S = 600

# "[  1/ 147]  token_embd.weight - [ 2048, 128256, 1, 1], type = f16, ... -> ... (q6_K)"
TENSOR_LINE = re.compile(r"^\[ *\d+/ *\d+\] +(\S+) +- \[([^\]]+)\], type = +(\w+)", re.MULTILINE)
FAULT = re.compile(r"error|ASSERT|failed")
CONVERTED = re.compile(r"-> .*?\((\w+)\)")


class Refused(Exception):
    """llama.cpp does not load the file; says why."""


class Engine:
    """build is the folder that cmake built the target "llama" in."""

    def __init__(self, build, scratch):
        cache = (build / "CMakeCache.txt").read_text(encoding="utf-8")
        self.source = pathlib.Path(re.search(r"^CMAKE_HOME_DIRECTORY:\w+=(.*)$", cache,
                                             re.MULTILINE).group(1))
        self.program = scratch / "allocations"
        libraries = sorted(path for path in build.rglob("lib*")
                           if re.fullmatch(r"lib(llama|ggml|ggml-base|ggml-cpu)\.(so|a|dylib)",
                                           path.name))
        if not libraries:
            sys.exit(f"{build}: no libllama was built there")
        folders = {library.parent for library in libraries}
        subprocess.run([os.environ.get("CXX", "c++"), "-std=c++17", "-O1", "-o", self.program,
                        *(f"-I{self.source / folder}" for folder in INCLUDES),
                        *(HERE / name for name in SOURCES),
                        *(f"-Wl,-rpath,{folder}" for folder in folders),
                        "-Wl,--start-group", *libraries, "-Wl,--end-group",
                        "-lpthread", "-ldl", "-lm"], check=True)

    def version(self):
        """What git calls the source, or None."""
        run = subprocess.run(["git", "-C", self.source, "log", "-1", "--format=%H %cs"],
                             capture_output=True, text=True, check=False)
        return run.stdout.strip() or None

    def run(self, arguments, text=""):
        run = subprocess.run([self.program, *map(str, arguments)], input=text, text=True,
                             capture_output=True, timeout=TIMEOUT_S, check=False)
        if run.returncode != 0:
            lines = [line for line in run.stderr.splitlines() if FAULT.search(line)]
            raise Refused(lines[0] if lines else f"exit code {run.returncode}")
        return run.stdout

    def buffers(self, path, configs, gpus, has_experts_in_ram=False):
        """{config: {buffer: (model, context, compute)}}, in bytes; no row where it was refused."""
        answer = collections.defaultdict(dict)
        arguments = ["buffers", path, gpus, int(has_experts_in_ram)]
        for line in self.run(arguments, "\n".join(configs) + "\n").splitlines():
            config, name, *bytes_ = line.split()
            if name != "refused":
                answer[config][name] = tuple(map(int, bytes_))
        return answer

    def mixes(self, path):
        """{mix: {tensor: type}} of the quantizer's dry run, without an importance matrix."""
        answer = {}
        for part in self.run(["mixes", path]).split("\nmix ")[1:]:
            mix, _, log = part.partition("\n")
            types = {}
            for line in log.splitlines():
                match = TENSOR_LINE.match(line)
                if match:
                    changed = CONVERTED.search(line)
                    types[match.group(1)] = (changed.group(1) if changed
                                             else match.group(3)).upper()
            if mix == "refused":
                answer.popitem()
            else:
                answer[mix] = types
        return answer


def write_header(metadata, tensors, types):
    """A header in a temporary file, the tensors in the types given."""
    handle, path = tempfile.mkstemp(suffix=".gguf")
    os.close(handle)
    header.write(path, metadata, [(tensor.name, tensor.ne, types.get(tensor.name, tensor.stored))
                                  for tensor in tensors])
    return path
