#!/usr/bin/env python3
"""llmfit bench against engines that answer by a script, and a real one where there is one.

    engines.py LLMFIT

LLMFIT_LLAMA_SERVER names a llama-server to measure with a small file of drawn weights.
"""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import jsonschema

import fake_engine
import tiny_gguf

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[1]
MACHINE = str(ROOT / "tests" / "cases" / "machines" / "rtx4090.json")
SCHEMA = json.loads((ROOT / "data" / "schema" / "bench.schema.json").read_text(encoding="utf-8"))
TIMEOUT_S = 60
NETWORK, USAGE, INTERRUPTED = 5, 2, 130


class Bench:
    """Runs llmfit bench and keeps what came of it."""

    def __init__(self, program, folder, *arguments):
        environment = {**os.environ, "LLMFIT_DATA_DIR": str(folder), "LC_ALL": "C.UTF-8",
                       "http_proxy": "http://127.0.0.1:9", "SOURCE_DATE_EPOCH": "1795305600"}
        start = time.monotonic()
        done = subprocess.run([program, "bench", *arguments], capture_output=True, text=True,
                              encoding="utf-8", env=environment, timeout=TIMEOUT_S, check=False)
        self.seconds = time.monotonic() - start
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr

    def document(self):
        assert self.code == 0, (self.code, self.err)
        document = json.loads(self.out)
        jsonschema.Draft202012Validator(SCHEMA).validate(document)
        return document

    def fails(self, code, *phrases, seconds=5):
        assert self.code == code, (self.code, self.out, self.err)
        assert self.err.startswith("llmfit: ") and self.err.count("\n") == 1, self.err
        for phrase in phrases:
            assert phrase in self.err, (phrase, self.err)
        assert self.seconds < seconds, self.seconds


def is_near(figure, expected, share):
    return abs(figure / expected - 1) < share


def measure(program, folder, engine, *arguments, faults=None):
    with fake_engine.Engine(engine, faults) as running:
        return Bench(program, folder, "--url", running.url, "--machine", MACHINE, *arguments)


def check_rates(document, decode_tps, prefill_tps, share):
    for key, expected in (("decode", decode_tps), ("prefill", prefill_tps)):
        median = document[key]["measured_tps"]["median"]
        assert is_near(median, expected, share), (key, median, expected)


def every_engine_is_measured_by_its_own_times(program, folder):
    for engine, name in ((fake_engine.LLAMA_SERVER, "llama-server"), (fake_engine.OLLAMA, "ollama"),
                         (fake_engine.LM_STUDIO, "lm-studio")):
        document = measure(program, folder, engine, "--json").document()
        assert document["server"]["id"] == name, document["server"]
        assert document["server"]["timed_by"] == "engine"
        assert (document["model_id"], document["quant"]) == ("qwen3-8b", "Q4_K_M"), document
        assert document["predicted_placement"]["mode"] == "gpu", document
        assert document["repeats"] == 3 and document["generated_tokens"] == 128, document
        assert is_near(document["prompt_tokens"], 512, 0.02), document
        check_rates(document, fake_engine.DECODE_TPS, fake_engine.PREFILL_TPS, 0.001)
        assert document["decode"]["verdict"] == "below", document["decode"]


def an_engine_without_times_is_measured_by_the_clock(program, folder):
    for engine, name in ((fake_engine.VLLM, "vllm"), (fake_engine.OPENAI, "openai")):
        document = measure(program, folder, engine, "--json", "--generate", "32").document()
        assert document["server"]["id"] == name, document["server"]
        assert document["server"]["timed_by"] == "clock"
        # Sleeping takes longer than asked for, never shorter.
        decode = document["decode"]["measured_tps"]["median"]
        prefill = document["prefill"]["measured_tps"]["median"]
        assert fake_engine.DECODE_TPS < decode <= fake_engine.DECODE_TPS * 10.5, decode
        assert fake_engine.PREFILL_TPS < prefill <= fake_engine.PREFILL_TPS * 10.5, prefill


def the_prediction_is_that_of_info(program, folder):
    document = measure(program, folder, fake_engine.LLAMA_SERVER, "--json").document()
    done = subprocess.run([program, "info", "qwen3-8b", "--machine", MACHINE, "--quant", "Q4_K_M",
                           "--context", "8k", "--kv", "f16", "--json"],
                          capture_output=True, text=True, timeout=TIMEOUT_S, check=True)
    info = json.loads(done.stdout)["placements"][0]
    assert document["prefill"]["prefill_tps"] == info["prefill_tps"]
    assert document["memory"]["predicted_bytes"] == info["preview"]["total_bytes"]
    # At a smaller depth than info's, so a little faster.
    assert info["decode_tps"]["mid"] < document["decode"]["decode_tps"]["mid"]
    assert document["decode"]["decode_tps"]["depth_tokens"] < 600


def ollama_tells_what_it_took(program, folder):
    memory = measure(program, folder, fake_engine.OLLAMA, "--json").document()["memory"]
    assert memory["measured_bytes"] == memory["measured_gpu_bytes"] == 6543210000, memory
    on_cpu = {**fake_engine.OLLAMA, "/api/ps": lambda _: {"models": [
        {**fake_engine.OLLAMA_MODEL, "size_vram": 0, "context_length": 4096}]}}
    document = measure(program, folder, on_cpu, "--json").document()
    assert document["predicted_placement"]["mode"] == "cpu", document["predicted_placement"]
    assert document["predicted_placement"]["context_tokens"] == 4096


def a_model_is_named_as_the_engine_names_it(program, folder):
    document = measure(program, folder, fake_engine.OLLAMA, "GEMMA3:4b", "--json").document()
    assert document["server"]["model"] == "gemma3:4b", document["server"]
    measure(program, folder, fake_engine.OLLAMA, "llama9").fails(
        USAGE, '"llama9" is no single model of the engine, which has qwen3:8b, gemma3:4b')
    idle = {**fake_engine.OLLAMA, "/api/ps": lambda _: {"models": []}}
    measure(program, folder, idle).fails(USAGE, "no model is loaded; name one", "qwen3:8b")


def what_is_not_told_can_be_stated(program, folder):
    nameless = {**fake_engine.LLAMA_SERVER, "/props": lambda _: {
        **fake_engine.llama_props(None), "model_path": "/models/mine.gguf"}}
    document = measure(program, folder, nameless, "--json").document()
    assert document["model_id"] is None and document["decode"]["decode_tps"] is None, document
    assert [warning["code"] for warning in document["warnings"]] == ["model-unknown"]
    document = measure(program, folder, nameless, "--model", "qwen3-8b", "--json").document()
    assert [warning["code"] for warning in document["warnings"]] == ["quant-unknown"]
    document = measure(program, folder, nameless, "--model", "qwen3-8b", "--quant", "Q6_K",
                       "--context", "4k", "--json").document()
    assert (document["model_id"], document["quant"]) == ("qwen3-8b", "Q6_K")
    assert document["predicted_placement"]["context_tokens"] == 4096
    measure(program, folder, nameless, "--model", "no such").fails(USAGE, "--model:")


def prompts_have_nothing_in_common(program, folder):
    prompts = []

    def completion(body):
        prompts.append(body["prompt"].split())
        return fake_engine.llama_completion(body)

    engine = {**fake_engine.LLAMA_SERVER, "/completion": completion}
    measure(program, folder, engine, "--repeat", "5")
    assert len(prompts) == 6, len(prompts)
    heads = {tuple(prompt[:6]) for prompt in prompts}
    assert len(heads) == 6, heads


def nobody_there_is_told(program, folder):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    Bench(program, folder, "--url", f"http://127.0.0.1:{port}").fails(
        NETWORK, f"http://127.0.0.1:{port}", "nobody answers there")
    for url in ("file:///etc/passwd", "ftp://127.0.0.1/", "http://", "http://user@127.0.0.1/",
                "127.0.0.1:8080", "http://127.0.0.1/ x"):
        Bench(program, folder, "--url", url).fails(NETWORK, "is no address of http or https")
    Bench(program, folder, "--url", "http://127.0.0.1", "--offline").fails(USAGE, "--offline")


PORTS = (8080, 11434, 1234, 8000)


def are_free(ports):
    for port in ports:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return False
    return True


def engines_are_found_where_they_listen_unasked(program, folder):
    if not are_free(PORTS):
        print("        not checked: something listens where engines do")
        return
    Bench(program, folder).fails(NETWORK, "no engine answers", "8080, 11434, 1234, 8000", "--url")
    with fake_engine.Engine(fake_engine.OLLAMA, port=11434):
        document = Bench(program, folder, "--machine", MACHINE, "--json").document()
    assert document["server"]["url"] == "http://127.0.0.1:11434", document["server"]
    # One that hangs takes 200 ms, and does not hide those behind it.
    with fake_engine.Engine({}, {"/props": silence}, port=8080), \
            fake_engine.Engine(fake_engine.LM_STUDIO, port=1234):
        bench = Bench(program, folder, "--machine", MACHINE, "--json")
    assert bench.document()["server"]["id"] == "lm-studio", bench.out
    assert bench.seconds < 3, bench.seconds


def silence(connection):
    time.sleep(30)
    connection.close_connection = True


def endless(connection):
    connection.send_response(200)
    connection.end_headers()
    while True:
        connection.wfile.write(b" " * 65536)


def trickle(connection):
    connection.send_response(200)
    connection.end_headers()
    while True:
        connection.wfile.write(b" ")
        time.sleep(0.05)


def cut_short(connection):
    connection.send_response(200)
    connection.send_header("Content-Length", "1000")
    connection.end_headers()
    connection.wfile.write(b'{"timings": {')
    connection.close_connection = True


def elsewhere(connection):
    connection.send(302, b"", [("Location", "http://127.0.0.1:1/")])


def timings(**changes):
    true = {"prompt_n": 512, "prompt_ms": 500.0, "predicted_n": 128, "predicted_ms": 2500.0}
    return json.dumps({"timings": {**true, **changes}}).encode()


HOSTILE = (
    (b"<html>", "/completion:1:1:"),
    (b"", "/completion:1:1:"),
    (b"[]", "/completion:1:1:"),
    (b"{}", "timings"),
    (b'{"timings": 7}', "timings"),
    (timings(prompt_ms="fast"), "prompt_ms"),
    (timings(prompt_ms=-500.0), "prompt_ms"),
    (timings(predicted_n=-1), "predicted_n"),
    (timings(predicted_n=0.5), "predicted_n"),
    (timings(predicted_ms=1e300), "predicted_ms"),
    (timings(predicted_ms=0), "took no time"),
    (timings(predicted_n=0), "wrote 0"),
    (b'{"timings": {"prompt_n": 1, "prompt_n": 2}}', "twice"),
    (b"[" * 100000, "/completion:1:"),
    (cut_short, "/completion: "),
    (elsewhere, "code 302"),
    (endless, "longer than 4194304 bytes"),
    (silence, "no full answer within"),
    (trickle, "no full answer within"),
)


def hostile_answers_end_in_one_sentence(program, folder):
    for fault, phrase in HOSTILE:
        measure(program, folder, fake_engine.LLAMA_SERVER, "--max-time", "2",
                faults={"/completion": fault}).fails(NETWORK, "http://127.0.0.1:", phrase)
    for fault in (b"{", b"<html>", cut_short, elsewhere, endless, silence):
        faults = {path: fault for path in ("/props", "/api/version", "/api/v0/models",
                                           "/v1/models")}
        measure(program, folder, {}, faults=faults).fails(NETWORK, "http://127.0.0.1:")
    usage = b'data: {"choices": [{}]}\n\ndata: [DONE]\n\n'
    measure(program, folder, fake_engine.OPENAI, faults={"/v1/completions": usage}).fails(
        NETWORK, "does not tell how many tokens")
    measure(program, folder, fake_engine.OPENAI, "--max-time", "2",
            faults={"/v1/completions": b"data: {\n\n"}).fails(NETWORK, "/v1/completions:1:2:")


def an_engine_that_refuses_is_quoted(program, folder):
    def refuse(connection):
        connection.send(503, b'{"error": {"code": 503, "message": "Loading model"}}')

    measure(program, folder, fake_engine.LLAMA_SERVER, faults={"/completion": refuse}).fails(
        NETWORK, "code 503: Loading model")


def time_that_is_up_keeps_what_was_measured(program, folder):
    def slow(body):
        time.sleep(0.6)
        return fake_engine.llama_completion(body)

    engine = {**fake_engine.LLAMA_SERVER, "/completion": slow}
    bench = measure(program, folder, engine, "--repeat", "50", "--max-time", "3", "--json")
    assert 1 <= bench.document()["repeats"] < 5, bench.out
    assert bench.seconds < 5, bench.seconds


def an_interrupt_ends_it_with_130(program, folder):
    with fake_engine.Engine(fake_engine.LLAMA_SERVER, {"/completion": silence}) as running:
        bench = subprocess.Popen([program, "bench", "--url", running.url, "--machine", MACHINE],
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                 env={**os.environ, "LLMFIT_DATA_DIR": str(folder)})
        while "/completion" not in running.server.asked:
            time.sleep(0.02)
        bench.send_signal(signal.SIGINT)
        out, err = bench.communicate(timeout=10)
    assert (bench.returncode, out, err) == (INTERRUPTED, "", "llmfit: interrupted\n"), \
        (bench.returncode, out, err)


def is_here(program):
    """Whether this computer has room for the smallest models, which is all the test needs."""
    done = subprocess.run([program, "info", "qwen3-0.6b", "--quant", "Q4_K_M", "--context", "4k",
                           "--json"], capture_output=True, text=True, timeout=TIMEOUT_S,
                          env={**os.environ, "LLMFIT_DATA_DIR": "/nonexistent"}, check=False)
    return done.returncode == 0 and json.loads(done.stdout)["placements"][0]["fits"]


def ask(program, folder, *arguments):
    done = subprocess.run([program, *arguments, "--json"], capture_output=True, text=True,
                          env={**os.environ, "LLMFIT_DATA_DIR": str(folder)}, timeout=TIMEOUT_S,
                          check=False)
    return json.loads(done.stdout)


def what_was_measured_here_is_remembered_and_used(program, folder):
    if not is_here(program):
        print("        not checked: nothing fits this computer")
        return
    engine = {**fake_engine.LLAMA_SERVER, "/props": lambda _: {
        **fake_engine.llama_props(None), "model_path": "/m/Qwen3-0.6B-Q4_K_M.gguf",
        "default_generation_settings": {"n_ctx": 4096}}}
    small = ("info", "qwen3-0.6b", "--quant", "Q4_K_M", "--context", "4k")
    other = ("info", "qwen3-1.7b", "--quant", "Q4_K_M", "--context", "4k")
    before = ask(program, folder, *other)["placements"][0]
    with fake_engine.Engine(engine) as running:
        for arguments in (("--no-save",), ("--machine", MACHINE)):
            document = Bench(program, folder, "--url", running.url, "--json", *arguments).document()
            assert document["saved"] is False and list(pathlib.Path(folder).iterdir()) == []
        document = Bench(program, folder, "--url", running.url, "--json").document()
    assert document["saved"] is True, document["warnings"]
    info = ask(program, folder, *small)
    placement = info["placements"][0]
    assert is_near(placement["decode_tps"]["mid"], fake_engine.DECODE_TPS, 0.001), placement
    assert placement["decode_tps"]["basis"] == "own"
    assert placement["decode_tps"]["high"] / placement["decode_tps"]["low"] < 1.2
    assert is_near(placement["prefill_tps"]["mid"], fake_engine.PREFILL_TPS, 0.001), placement
    assert "own-measurement" in [warning["code"] for warning in info["warnings"]], info["warnings"]
    ratio = min(2.0, max(0.5, document["decode"]["measured_tps"]["median"] /
                         document["decode"]["decode_tps"]["mid"]))
    after = ask(program, folder, *other)["placements"][0]
    if after["mode"] == before["mode"] == placement["mode"]:
        assert after["decode_tps"]["basis"] == "own-ratio", after
        assert is_near(after["decode_tps"]["mid"], before["decode_tps"]["mid"] * ratio, 0.001)
    elsewhere = ask(program, folder, *small, "--machine", MACHINE)["placements"][0]
    assert elsewhere["decode_tps"]["basis"] == "bandwidth", elsewhere


def a_broken_store_is_one_warning(program, folder):
    (pathlib.Path(folder) / "bench.json").write_text("{", encoding="utf-8")
    for arguments in (("fit", "-n", "1"), ("info", "qwen3-0.6b")):
        warnings = ask(program, folder, *arguments)["warnings"]
        codes = [warning["code"] for warning in warnings]
        assert codes.count("own-unreadable") == 1, warnings


def only_loopback_is_spoken_to_and_nothing_run(program, folder):
    if shutil.which("strace") is None:
        print("        not checked: there is no strace")
        return
    trace = pathlib.Path(folder) / "trace"
    with fake_engine.Engine(fake_engine.LLAMA_SERVER) as running:
        subprocess.run(["strace", "-f", "-qq", "-e", "trace=connect,sendto,execve,execveat",
                        "-o", trace, program, "bench", "--url", running.url, "--machine", MACHINE,
                        "--no-save"],
                       capture_output=True, timeout=TIMEOUT_S, check=True,
                       env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})  # it traces itself
    lines = trace.read_text(encoding="utf-8").splitlines()
    assert sum("execve" in line for line in lines) == 1, lines  # its own start
    calls = [line for line in lines if "connect(" in line]
    assert calls and all("127.0.0.1" in line for line in calls), calls


def a_real_engine_agrees(program, folder):
    server = os.environ.get("LLMFIT_LLAMA_SERVER")
    if server is None:
        print("        not checked: LLMFIT_LLAMA_SERVER names no llama-server")
        return
    path = pathlib.Path(folder) / "tiny-F16.gguf"
    tiny_gguf.write(path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    engine = subprocess.Popen([server, "-m", path, "--port", str(port), "-c", "2048", "-t", "1",
                               "--no-warmup"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/health")
        document = Bench(program, folder, "--url", url, "--json", "--no-save").document()
    finally:
        engine.terminate()
        engine.wait()
    assert document["server"]["id"] == "llama-server"
    assert document["generated_tokens"] == 128 and document["repeats"] == 3, document
    assert is_near(document["prompt_tokens"], 512, 0.1), document
    if sys.platform == "linux":
        assert document["memory"]["resident_bytes"] > path.stat().st_size, document["memory"]
    print(f"        {document['server']['version']}: reads "
          f"{document['prefill']['measured_tps']['median']}, writes "
          f"{document['decode']['measured_tps']['median']} tokens/s")


def wait_for(url):
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(url)


CLAIMS = (
    every_engine_is_measured_by_its_own_times,
    an_engine_without_times_is_measured_by_the_clock,
    the_prediction_is_that_of_info,
    ollama_tells_what_it_took,
    a_model_is_named_as_the_engine_names_it,
    what_is_not_told_can_be_stated,
    prompts_have_nothing_in_common,
    nobody_there_is_told,
    engines_are_found_where_they_listen_unasked,
    hostile_answers_end_in_one_sentence,
    an_engine_that_refuses_is_quoted,
    time_that_is_up_keeps_what_was_measured,
    an_interrupt_ends_it_with_130,
    what_was_measured_here_is_remembered_and_used,
    a_broken_store_is_one_warning,
    only_loopback_is_spoken_to_and_nothing_run,
    a_real_engine_agrees,
)


def main(program):
    program = str(pathlib.Path(program).resolve())
    failed = 0
    for claim in CLAIMS:
        with tempfile.TemporaryDirectory() as folder:
            try:
                claim(program, folder)
                print(f"passed  {claim.__name__}")
            except (AssertionError, OSError, ValueError, subprocess.SubprocessError,
                    jsonschema.ValidationError) as fault:
                failed += 1
                print(f"FAILED  {claim.__name__}\n        {fault!r}"[:2000])
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
