#!/usr/bin/env python3
"""Measures this computer's memory and looks at what is remembered of it.

    bench_memory.py LLMFIT

How fast the memory is nobody knows beforehand; that the document passes its schema, that it is kept
where it should be, and who makes use of it, is held here.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import jsonschema

HERE = pathlib.Path(__file__).parent
SCHEMA = HERE.parents[1] / "data" / "schema" / "bench-memory.schema.json"
TIMEOUT_S = 60
DAY = {"SOURCE_DATE_EPOCH": "1795305600"}  # 2026-11-22


class Bench:
    """The program, with a cache folder of its own."""

    def __init__(self, program, folder):
        self.program = program
        self.file = folder / "cache" / "bench-memory.json"
        self.environment = {**os.environ, **DAY, "LLMFIT_CACHE_DIR": str(self.file.parent)}

    def run(self, *arguments, **variables):
        done = subprocess.run([self.program, *arguments], capture_output=True, text=True, cwd=HERE,
                              env={**self.environment, **variables}, timeout=TIMEOUT_S, check=False)
        assert done.returncode == 0, f"{arguments}: {done.stderr}"
        return done.stdout

    def bandwidth(self, *arguments):
        """The RAM's bandwidth, its origin, and the codes of diagnostics, as system tells them."""
        machine = json.loads(self.run("system", "--json", *arguments))["machine"]
        origin = machine["origins"].get("memory.bandwidth_bps", {})
        return (machine["memory"]["bandwidth_bps"], origin.get("source") or "",
                [diagnostic["code"] for diagnostic in machine["diagnostics"]])


def check_document(document, threads):
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(document)
    assert document["threads"] == threads, document
    assert document["date"] == "2026-11-22", document
    share = document["read_bps"] / document["peak_bps"]
    assert abs(share - document["read_share_of_peak"]) < 1e-6, document


def main(program):
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(str(pathlib.Path(program).resolve()), pathlib.Path(name))
        before = bench.bandwidth()
        document = json.loads(bench.run("bench", "--memory", "--threads", "1", "--no-save", "--json"))
        check_document(document, 1)
        assert document["saved_to"] is None and not bench.file.exists()
        assert document["one_thread_read_bps"] == document["read_bps"]

        document = json.loads(bench.run("bench", "--memory", "--threads", "2", "--json"))
        check_document(document, 2)
        assert document["saved_to"] == str(bench.file), document
        assert json.loads(bench.file.read_text(encoding="utf-8")) == document

        # Where something else tells the bandwidth, nothing changes.
        after = bench.bandwidth()
        if before[0] is None:
            assert after[0] == document["peak_bps"], after
            assert after[1].startswith("llmfit bench --memory, 2026-11-22"), after
        else:
            assert after == before, after
        recorded = ("--machine", "machines/unknown.json")
        assert bench.bandwidth(*recorded)[0] is None
        empty = pathlib.Path(name) / "root"
        (empty / "proc").mkdir(parents=True)
        assert bench.bandwidth("--root", str(empty))[0] is None

        kept = json.dumps(document)
        bench.file.write_text(kept.replace('"ram_bytes": ', '"ram_bytes": 9'), encoding="utf-8")
        assert bench.bandwidth() == before
        bench.file.write_text(kept[:-9], encoding="utf-8")
        broken = bench.bandwidth()
        assert broken[0] == before[0], broken
        assert ("remembered-unreadable" in broken[2]) == (before[0] is None), broken

        # A folder that cannot be used is told, and the answer given all the same.
        bench.environment["LLMFIT_CACHE_DIR"] = str(bench.file)
        document = json.loads(bench.run("bench", "--memory", "--json"))
        assert document["saved_to"] is None, document
        assert document["warnings"][-1]["code"] == "not-saved", document
        text = bench.run("bench", "--memory", "--no-save")
        assert "RAM is read at" in text and "GB/s" in text, text


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
