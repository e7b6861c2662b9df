#!/usr/bin/env python3
"""Checks the sources against the house style.

    check.py NAME

NAME is one of: layers, banned, pure, names, size, data, words. Prints one line an offence,
"file:line: what is wrong", and exits with 1 when there is any.
"""

import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SRC = ROOT / "src"

FILE_LINES_MOST = 400
FUNCTION_LINES_MOST = 60

# A layer may use those of smaller numbers; neighbours of one number do not know each other.
LAYERS = {"base": 0, "net": 1, "probe": 2, "catalog": 2, "source": 2, "measure": 2, "rules": 3,
          "advise": 4, "report": 5, "cli": 6}
PURE_LAYERS = ("rules", "advise", "report")

BANNED_CALLS = ("strcpy", "strcat", "sprintf", "vsprintf", "strtok", "atoi", "atol", "atof",
                "gets", "alloca", "system", "popen", "cJSON_GetObjectItem")
IMPURE_CALLS = ("fopen", "open", "openat", "freopen", "opendir", "stat", "access", "read", "write",
                "printf", "puts", "putchar", "fprintf", "fputs", "fwrite", "perror", "time",
                "clock", "clock_gettime", "gettimeofday", "localtime", "gmtime", "strftime",
                "getenv", "setenv", "setlocale", "localeconv", "isatty", "ioctl", "rand", "random")
IMPURE_HEADERS = ("fcntl.h", "unistd.h", "time.h", "locale.h", "dirent.h", "termios.h", "errno.h")


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def sources(*folders, endings=(".c", ".h")):
    """The C files below those folders of the repository, sorted."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*")
                  if path.suffix in endings)


TOKEN = re.compile(r"""/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.DOTALL)


def blank(text, keeps_strings=False):
    """The text with comments (and strings) emptied, every line where it was."""
    def replace(match):
        token = match.group()
        if token[0] in "\"'":
            return token if keeps_strings else token[0] * 2
        return "\n" * token.count("\n") or " "
    return TOKEN.sub(replace, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def find_calls(path, names):
    """(line, name) of each call of one of those functions."""
    text = blank(path.read_text(encoding="utf-8"))
    pattern = re.compile(r"(?<![\w.>])(" + "|".join(names) + r")\s*\(")
    for match in pattern.finditer(text):
        yield line_of(text, match.start()), match.group(1)


def check_layers():
    for path in sources("src"):
        layer = path.relative_to(SRC).parts[0] if path.parent != SRC else None
        if layer is not None and layer not in LAYERS:
            yield f"{name_of(path)}:1: {layer} is no layer"
            continue
        text = blank(path.read_text(encoding="utf-8"), keeps_strings=True)
        for match in re.finditer(r'^\s*#\s*include\s*"([^"]+)"', text, re.MULTILINE):
            other = match.group(1).split("/")[0]
            place = f"{name_of(path)}:{line_of(text, match.start())}"
            if "/" not in match.group(1) or other not in (*LAYERS, "llmfit"):
                yield f'{place}: "{match.group(1)}" does not begin with a layer'
            elif layer is not None and other in LAYERS and other != layer \
                    and LAYERS[other] >= LAYERS[layer]:
                yield f"{place}: {layer} includes {other}"


# cJSON's hooks for memory take no argument.
NEEDED_GLOBALS = {"src/base/json.c": "static _Thread_local struct lf_arena *taken_from"}


def mutable_globals(path):
    """(line, declaration) of variables that outlive a function and may change."""
    text = blank(path.read_text(encoding="utf-8"))
    text = re.sub(r"^[ \t]*#(?:\\\n|[^\n])*", lambda m: "\n" * m.group().count("\n"), text,
                  flags=re.MULTILINE)
    # A type that is written out in a declaration says nothing of whether that is constant.
    body = re.compile(r"\b((?:struct|union|enum)\s*\w*)\s*\{([^{}]*)\}(?=\s*[\w*])")
    while body.search(text):
        text = body.sub(lambda m: m.group(1) + " t" + "\n" * m.group(2).count("\n"), text)
    depth = 0
    start = 0
    for match in re.finditer(r"[{};]", text):
        statement = text[start:match.start()]
        words = " ".join(statement.split())
        is_head = match.group() != "}" and re.search(r"=|;|\]$|\w$", words + match.group())
        begins = depth == 0 or words.startswith("static ")
        if is_head and begins and is_mutable(words, match.group()):
            offset = start + len(statement) - len(statement.lstrip())
            yield line_of(text, offset), words
        depth += (match.group() == "{") - (match.group() == "}")
        start = match.end()


def is_mutable(words, ending):
    """Whether a declaration at file scope (or a static one) makes a variable that may change."""
    declaration = words.split("=")[0].strip()
    is_variable = "=" in words or ending == ";"
    if not declaration or not is_variable:
        return False
    if "(" in declaration:  # a pointer to a function, or a function
        return re.match(r"static [^(]*\(\s*\*(?!\s*const\b)", declaration) is not None
    first = declaration.split()[0]
    if first in ("struct", "enum", "union", "typedef", "extern", "_Static_assert", "return") and \
            ("=" not in words and (ending == "{" or len(declaration.split()) < 3)):
        return False  # a type
    if first in ("extern", "typedef", "return", "_Static_assert"):
        return False
    if not re.match(r"^[A-Za-z_][\w\s*\[\]+\-<>()]*$", declaration) or \
            len(re.findall(r"[A-Za-z_]\w*", declaration)) < 2:
        return False  # no declaration
    if "*" in declaration:
        return re.search(r"\*\s*const\b[^*]*$", declaration) is None
    return re.search(r"\bconst\b", declaration) is None


def check_banned():
    for path in sources("src", "tests"):
        raw = path.read_text(encoding="utf-8")
        name = name_of(path)
        for line, call in find_calls(path, BANNED_CALLS):
            yield f"{name}:{line}: {call} is forbidden"
        if name.startswith("src/") and name != "src/main.c":
            for line, call in find_calls(path, ("exit",)):
                yield f"{name}:{line}: {call} outside main.c"
        for match in re.finditer(r"\b(?:TODO|FIXME|XXX)\b", raw):
            yield f"{name}:{line_of(raw, match.start())}: {match.group()}"
        for match in TOKEN.finditer(raw):
            if match.group().startswith("//"):
                yield f"{name}:{line_of(raw, match.start())}: // comment"
        text = blank(raw, keeps_strings=True)
        for match in re.finditer(r'scanf\s*\([^;]*?%s', text):
            yield f'{name}:{line_of(text, match.start())}: scanf("%s")'
        if name.startswith("src/"):
            for line, words in mutable_globals(path):
                if words == NEEDED_GLOBALS.get(name):
                    continue
                yield f"{name}:{line}: mutable global: {words[:60]}"


def check_pure():
    for path in sources(*(f"src/{layer}" for layer in PURE_LAYERS)):
        for line, call in find_calls(path, IMPURE_CALLS):
            yield f"{name_of(path)}:{line}: {call} in a pure layer"
        text = blank(path.read_text(encoding="utf-8"), keeps_strings=True)
        for match in re.finditer(r"#\s*include\s*<([^>]+)>", text):
            if match.group(1) in IMPURE_HEADERS or match.group(1).startswith("sys/"):
                yield (f"{name_of(path)}:{line_of(text, match.start())}: <{match.group(1)}> "
                       "in a pure layer")
        for match in re.finditer(r"\b(?:stdin|stdout|stderr|environ)\b", blank(text)):
            yield (f"{name_of(path)}:{line_of(text, match.start())}: {match.group()} "
                   "in a pure layer")


def check_names():
    """Every source is built, once, by the library of its layer."""
    text = re.sub(r"#[^\n]*", "", (SRC / "CMakeLists.txt").read_text(encoding="utf-8"))
    listed = []
    for match in re.finditer(r"llmfit_layer\(\s*(\w+)\s+SOURCES\s+(.*?)\bLINKS\b", text, re.DOTALL):
        listed += [f"{match.group(1)}/{name}" for name in match.group(2).split()
                   if not name.isupper()]  # the kind of system that the names behind it are for
    for match in re.finditer(r"add_executable\(\s*\w+\s+([^)]*)\)", text):
        listed += match.group(1).split()
    listed += re.findall(r"target_sources\(\s*\w+\s+PRIVATE\s+([\w/]+\.c)\s*\)", text)
    files = [path.relative_to(SRC).as_posix() for path in sources("src", endings=(".c",))]
    for name in sorted(set(files) | set(listed)):
        if name not in files:
            yield f"src/CMakeLists.txt:1: {name} does not exist"
        elif listed.count(name) != 1:
            yield f"src/{name}:1: listed {listed.count(name)} times in src/CMakeLists.txt"
    for path in sources("src", "tests", endings=(".h",)):
        guard = "LLMFIT_" + re.sub(r"\W", "_", path.relative_to(ROOT).as_posix()).upper()
        guard = re.sub(r"^LLMFIT_(SRC|TESTS_UNIT|TESTS)_", lambda m: "LLMFIT_" if m.group(1) ==
                       "SRC" else "LLMFIT_TESTS_", guard)
        if f"#ifndef {guard}\n#define {guard}\n" not in path.read_text(encoding="utf-8"):
            yield f"{name_of(path)}:1: the guard is not {guard}"


def functions(text):
    """(line, name, lines) of each function whose braces stand in the first column."""
    lines = text.split("\n")
    start = None
    for number, line in enumerate(lines, 1):
        if re.match(r"[A-Za-z_].*\w\(", line) and not line.rstrip().endswith(";"):
            start = number
        elif line.startswith("}") and not line.startswith("};") and start is not None:
            name = re.search(r"(\w+)\(", lines[start - 1]).group(1)
            yield start, name, number - start + 1
            start = None


def check_size():
    for path in sources("src", "tests"):
        text = path.read_text(encoding="utf-8")
        if text.count("\n") > FILE_LINES_MOST:
            yield f"{name_of(path)}:1: {text.count(chr(10))} lines, {FILE_LINES_MOST} at most"
        for line, name, count in functions(text):
            # A table of expectations may be long; what the program does may not.
            if count > FUNCTION_LINES_MOST and name_of(path).startswith("src/"):
                yield f"{name_of(path)}:{line}: {name} has {count} lines, {FUNCTION_LINES_MOST} at most"


def rows_without_origin(document):
    """Paths of rows that lack their source or the date it was checked."""
    for key, value in document.items():
        if isinstance(value, list):
            for index, row in enumerate(value):
                if isinstance(row, dict):
                    for field in ("source", "checked"):
                        if not row.get(field):
                            yield f"{key}[{index}] ({row.get('id', row.get('name', '?'))}): no {field}"


def check_data():
    try:
        import jsonschema  # pylint: disable=import-outside-toplevel
    except ImportError:
        yield "data/schema:1: python3-jsonschema is not installed"
        return
    data = ROOT / "data"
    paths = sorted(data.glob("*.json")) + sorted((data / "models").glob("*.json"))
    for path in paths:
        document = json.loads(path.read_text(encoding="utf-8"))
        kind = str(document.get("schema", "")).removeprefix("llmfit.")
        schema_path = data / "schema" / f"{kind}.schema.json"
        if not schema_path.exists():
            yield f"{name_of(path)}:1: {name_of(schema_path)} does not exist"
            continue
        schema = json.loads(schema_path.read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        for error in jsonschema.Draft202012Validator(schema).iter_errors(document):
            yield f"{name_of(path)}:1: {error.json_path}: {error.message[:200]}"
        for fault in rows_without_origin(document):
            yield f"{name_of(path)}:1: {fault}"


def repository_files():
    try:
        run = subprocess.run(["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT,
                             capture_output=True, check=True)
        return [ROOT / name for name in run.stdout.decode().split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        return [path for path in ROOT.rglob("*")
                if not re.match(r"\.git$|build", path.relative_to(ROOT).parts[0])]


def check_words():
    """Nothing speaks of the computer it was written on."""
    folder = "/" + "work" + "/"
    reference = "shared" + "/reference"
    may_refer = ("tests/CMakeLists.txt", ".ci/run")
    for path in repository_files():
        if not path.is_file():
            continue
        text = path.read_bytes().decode("utf-8", "replace")
        for number, line in enumerate(text.split("\n"), 1):
            if folder in line:
                yield f"{name_of(path)}:{number}: a path of a development machine"
            if reference in line and name_of(path) not in may_refer:
                yield f"{name_of(path)}:{number}: names the reference folder"


CHECKS = {"layers": check_layers, "banned": check_banned, "pure": check_pure, "names": check_names,
          "size": check_size, "data": check_data, "words": check_words}


def main(arguments):
    if len(arguments) != 1 or arguments[0] not in CHECKS:
        sys.exit(__doc__)
    offences = list(CHECKS[arguments[0]]())
    for offence in offences:
        print(offence)
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
