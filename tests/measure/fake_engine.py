"""Engines that answer by a script, on a port of this computer: what their interfaces say, at
chosen speeds, and what hostile ones might.

Each class is one engine; `faults` maps a path to bytes that are sent in place of the true answer,
or to a function that is given the connection.
"""

import http.server
import json
import threading
import time

PREFILL_TPS = 1000.0
DECODE_TPS = 50.0


def words(body):
    return len(body["prompt"].split())


def llama_props(_):
    return {"default_generation_settings": {"n_ctx": 8192, "params": {"seed": 4294967295}},
            "total_slots": 1, "model_alias": "qwen3-8b",
            "model_path": "/models/Qwen3-8B-Q4_K_M.gguf", "build_info": "b9999-abcdef0",
            "chat_template": "{{ messages }}"}


def llama_completion(body):
    assert body["cache_prompt"] is False and body["temperature"] == 0, body
    read, written = words(body), body["n_predict"]
    return {"content": "text", "tokens_predicted": written,
            "timings": {"cache_n": 0, "prompt_n": read, "prompt_ms": read / PREFILL_TPS * 1e3,
                        "predicted_n": written, "predicted_ms": written / DECODE_TPS * 1e3}}


LLAMA_SERVER = {"/props": llama_props, "/completion": llama_completion}

OLLAMA_MODEL = {"name": "qwen3:8b", "model": "qwen3:8b", "size": 6543210000,
                "details": {"format": "gguf", "family": "qwen3", "parameter_size": "8.2B",
                            "quantization_level": "Q4_K_M"}}


def ollama_generate(body):
    assert body["raw"] is True and body["stream"] is False, body
    read, written = words(body), body["options"]["num_predict"]
    return {"model": body["model"], "response": "text", "done": True,
            "prompt_eval_count": read, "prompt_eval_duration": int(read / PREFILL_TPS * 1e9),
            "eval_count": written, "eval_duration": int(written / DECODE_TPS * 1e9)}


OLLAMA = {
    "/api/version": lambda _: {"version": "0.33.0"},
    "/api/ps": lambda _: {"models": [
        {**OLLAMA_MODEL, "size_vram": OLLAMA_MODEL["size"], "context_length": 4096}]},
    "/api/tags": lambda _: {"models": [OLLAMA_MODEL, {**OLLAMA_MODEL, "name": "gemma3:4b"}]},
    "/api/generate": ollama_generate,
}


def lm_studio_completion(body):
    read, written = words(body), body["max_tokens"]
    return {"model": body["model"], "choices": [{"text": "text"}],
            "usage": {"prompt_tokens": read, "completion_tokens": written,
                      "total_tokens": read + written},
            "stats": {"tokens_per_second": DECODE_TPS, "time_to_first_token": read / PREFILL_TPS,
                      "generation_time": written / DECODE_TPS}}


LM_STUDIO = {
    "/api/v0/models": lambda _: {"object": "list", "data": [
        {"id": "text-embedding-nomic", "type": "embeddings", "state": "loaded"},
        {"id": "gemma-3-4b-it", "type": "llm", "state": "not-loaded", "quantization": "Q8_0"},
        {"id": "qwen3-8b", "type": "llm", "state": "loaded", "quantization": "Q4_K_M",
         "max_context_length": 40960, "loaded_context_length": 8192}]},
    "/api/v0/completions": lm_studio_completion,
}


def openai_stream(body):
    """Server-sent events at the two speeds, ten times faster, so that a test does not last."""
    assert body["stream"] is True and body["stream_options"]["include_usage"] is True, body
    read, written = words(body), body["max_tokens"]
    time.sleep(read / PREFILL_TPS / 10)
    for number in range(written):
        if number > 0:
            time.sleep(1 / DECODE_TPS / 10)
        yield {"choices": [{"index": 0, "text": " time"}], "usage": None}
    yield {"choices": [], "usage": {"prompt_tokens": read, "completion_tokens": written}}


VLLM = {
    "/v1/models": lambda _: {"object": "list", "data": [
        {"id": "Qwen/Qwen3-8B-AWQ", "object": "model", "owned_by": "vllm",
         "max_model_len": 8192}]},
    "/version": lambda _: {"version": "0.33.0"},
    "/v1/completions": openai_stream,
}

OPENAI = {
    "/v1/models": lambda _: {"object": "list", "data": [{"id": "qwen3-8b", "object": "model"}]},
    "/v1/completions": openai_stream,
}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(length)) if length else None
        self.server.asked.append(self.path)
        fault = self.server.faults.get(self.path)
        if callable(fault):
            fault(self)
        elif fault is not None:
            self.send(200, fault)
        elif self.path not in self.server.engine:
            self.send(404, b'{"error": {"code": 404, "message": "File Not Found"}}')
        else:
            self.send_answer(self.server.engine[self.path](body))

    do_GET = do_POST = answer

    def send(self, code, data, headers=()):
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def send_answer(self, answer):
        if isinstance(answer, dict):
            self.send(200, json.dumps(answer).encode())
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for chunk in answer:
            self.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\r\n\r\n")
            self.wfile.flush()
        self.wfile.write(b"data: [DONE]\n\n")
        self.close_connection = True

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # a client that has heard enough hangs up


class Engine:
    """An engine that runs while the context lasts; its url is where."""

    def __init__(self, engine, faults=None, port=0):
        self.server = Server(("127.0.0.1", port), Handler)
        self.server.engine = engine
        self.server.faults = faults or {}
        self.server.asked = []
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
