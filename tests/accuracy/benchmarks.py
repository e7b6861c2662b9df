#!/usr/bin/env python3
"""Makes data/benchmarks.json: the medians of published speeds, by device, model and quant.

    benchmarks.py LLMFIT REFERENCE_FOLDER [--write]

Without --write it holds the file against what it would make of the measurements (models that have
come to the catalog since may wait), and the spread of repeated ones against the interval that
src/advise/same_device.h rests on them. Exits with 77 where the reference is absent.

Reads speed_measurements.jsonl of the folder. A row is the median of what was measured on one
device, of one model in one quant, with one engine, at about one depth; of several reliabilities
the best one counts. Measurements whose model, quant, engine or device the catalog does not have,
or whose split is not known, are left out and counted. Without --write only the counts are printed.
"""

import collections
import json
import math
import pathlib
import re
import statistics
import subprocess
import sys

import speed_rows

CHECKED = "2026-11-22"
TARGET = speed_rows.ROOT / "data" / "benchmarks.json"
PARAMS_TOLERANCE = 0.03
SKIPPED = 77

# Depths up to this are one: what such a cache adds to a token's time is a percent or two.
SHALLOW_TOKENS = 1200

# Names that are not the catalog's with a quant, a format or a vendor added.
MODELS = {
    "llama38b": "meta-llama-3-8b-instruct", "llama370b": "meta-llama-3-70b-instruct",
    "llama323b": "llama-3.2-3b-instruct", "llama318b": "llama-3.1-8b-instruct",
    "llama3170b": "llama-3.1-70b-instruct", "llama27b": "llama-2-7b-chat-hf",
    "llama27bhf": "llama-2-7b-chat-hf", "llama321b": "llama-3.2-1b-instruct",
    "llama3370b": "llama-3.3-70b-instruct", "qwen35122b": "qwen3.5-122b-a10b",
    "qwen3635b": "qwen3.6-35b-a3b", "qwen3codernextcoder": "qwen3-coder-next",
    "qwen3535ba3bqwen35": "qwen3.5-35b-a3b", "gemma4e2b": "gemma-4-e2b-it",
    "gemma4e4b": "gemma-4-e4b-it", "gemma412b": "gemma-4-12b-it", "gemma426b": "gemma-4-26b-a4b-it",
    "gemma426ba4b": "gemma-4-26b-a4b-it", "gemma431b": "gemma-4-31b-it",
    "gemma327b": "gemma-3-27b-it", "phi35mini": "phi-3.5-mini-instruct", "phi414b": "phi-4",
    "nemotron3nano30b": "nvidia-nemotron-3-nano-30b-a3b-bf16",
    "nemotron3nano30ba3b": "nvidia-nemotron-3-nano-30b-a3b-bf16",
    "nemotron3nano4b": "nvidia-nemotron-3-nano-4b-bf16",
    "nvidianemotron3nano30ba3b": "nvidia-nemotron-3-nano-30b-a3b-bf16",
    "nvidianemotron3nano4b": "nvidia-nemotron-3-nano-4b-bf16",
    "qwen25coder14b": "qwen2.5-coder-14b-instruct", "qwen2532b": "qwen2.5-32b-instruct",
    "lfm258b": "lfm2.5-8b-a1b", "ministral314b": "ministral-3-14b-instruct-2512",
    "ministral38b": "ministral-3-8b-instruct-2512", "ministral33b": "ministral-3-3b-instruct-2512",
    "devstralsmall2": "devstral-small-2-24b-instruct-2512", "phi3mini": "phi-3-mini-4k-instruct",
    "deepseekr1distillqwen14b": "deepseek-r1-distill-qwen-14b",
    "deepseekr17b": "deepseek-r1-distill-qwen-7b",
}
# What may stand around a name.
PREFIXES = r"(unsloth|bartowski|mlx-community|nvidia|qwen|google|microsoft|mistralai|baidu|thudm|huggingfacetb|deepseek-ai)_"
AROUND = (r"[ -](ud[-_])?(i?q[2-8](_[0-9a-z]+)*|bf16|f16|[4568]-?bit|fp8|awq|gptq|int[48]|nvfp4|"
          r"mxfp4(-q[48])?|mlx|gguf|i1|qat|4bit|8bit|docker mr|lm studio|omlx|ollama|llama\.cpp|"
          r"vllm-mlx|mlx-lm|mlx-vlm|think|mxfp4_moe|latest|ud|dwq)$")

# What the engine of a measurement is called in data/runtimes.json.
ENGINES = {"CUDA": "llama.cpp", "ROCm": "llama.cpp", "Metal": "llama.cpp", "CPU": "llama.cpp",
           "Vulkan": "llama.cpp", "SYCL": "llama.cpp", "MLX": "mlx", "CUDA-vLLM": "vllm"}

# Other engines' back ends under the vendors' own names, as in data/runtimes.json.
OWN_BACKENDS = {"mlx": "metal", "vllm": "cuda"}

MLX_QUANTS = {"4BIT": "mlx-4bit", "5BIT": "mlx-5bit", "6BIT": "mlx-6bit", "8BIT": "mlx-8bit",
              "MLX-4BIT": "mlx-4bit", "MLX-8BIT": "mlx-8bit", "BF16": "BF16"}
VLLM_QUANTS = {"AWQ": "awq", "GPTQ": "gptq", "FP8": "fp8", "NVFP4": "nvfp4", "MXFP4": "mxfp4",
               "BF16": "BF16"}
GGUF_QUANTS = ("F16 BF16 Q8_0 Q6_K Q5_K_M Q5_K_S Q5_0 Q4_K_M Q4_K_S Q4_1 Q4_0 IQ4_NL IQ4_XS Q3_K_L "
               "Q3_K_M Q3_K_S IQ3_M IQ3_S IQ3_XS IQ3_XXS Q2_K Q2_K_S IQ2_M IQ2_XXS IQ1_S").split()


def squeezed(name):
    return re.sub(r"[^a-z0-9]", "", name.lower())


class Names:
    """Models of the catalog by all they are called."""

    def __init__(self, program):
        done = subprocess.run([program, "list", "--json"], stdout=subprocess.PIPE, check=True)
        self.params, self.ids = {}, {}
        for model in json.loads(done.stdout)["models"]:
            self.params[model["id"]] = model["params_total"]
            hf = (model["hf"] or "").split("/")[-1]
            for name in [model["id"], model["name"], hf, model["ollama"] or ""] + model["aliases"]:
                self.ids.setdefault(squeezed(name), model["id"])
        self.ids.update(MODELS)

    def find(self, name):
        bracket = re.search(r"\[(.*)\]", name)
        name = (bracket.group(1) if bracket else name).split("/")[-1].lower()
        name = re.sub(r"\.gguf$", "", re.sub("^" + PREFIXES, "", name))
        while True:
            found = self.ids.get(squeezed(name))
            for ending in ("it", "instruct", "chat"):
                found = found or self.ids.get(squeezed(name) + ending)
            shorter = re.sub(AROUND, "", re.sub(r"[-_. ](ud-)?i?q[1-8]_[0-9a-z_]+$", "", name))
            shorter = re.sub(r"(:|-)(mlx|gguf)$", "", shorter)
            if found or shorter == name:
                return found
            name = shorter


def quant_of(raw, names):
    """(the catalog's mix, the label where the file is of another make) or (None, None)."""
    quant = raw["quant"]
    if raw["backend"] == "MLX":
        return MLX_QUANTS.get(quant.upper()), None
    if raw["backend"] == "CUDA-vLLM":
        return VLLM_QUANTS.get(quant.upper()), None
    if quant == "MXFP4":
        return ("MXFP4_MOE" if "gpt-oss" in names else None), None
    if quant in GGUF_QUANTS:
        return quant, None
    base = re.match(r"(Q[2-8])_K_(XL|L|P)$", quant)
    if base:
        size = {"Q2": "Q2_K", "Q6": "Q6_K", "Q8": "Q8_0"}.get(base.group(1), base.group(1) + "_K_M")
        return size, quant
    return None, None


def device_name(raw, devices):
    """The catalog's name of a GPU, or of a CPU as people call it."""
    if raw["mode"] == "cpu":
        return raw["hardware"]
    if raw["hardware"] in speed_rows.SHARED_MEMORY:
        return None
    return (speed_rows.device_of(raw["hardware"], devices) or {}).get("name")


def depth_class(tokens):
    return 0 if tokens <= SHALLOW_TOKENS else tokens


def split_of(raw):
    """What lies in RAM: (layers on GPUs, layers whose experts are in RAM, the RAM's bandwidth)."""
    if raw["mode"] == "moe":
        away = min(raw["layers"], raw["n_cpu_moe"] or raw["layers"])
        return None, away, int(raw["ram_bandwidth_gbs"] * 1e9)
    if raw["mode"] == "ngl":
        return min(raw["layers"], int(raw["ngl"] or 0)), None, int(raw["ram_bandwidth_gbs"] * 1e9)
    return None, None, None


class Group:
    """Measurements of one row to be."""

    def __init__(self):
        self.decode, self.prefill = [], []


def best(raws):
    """Those of the best reliability."""
    grade = min(raw["reliability"] for raw in raws)
    return [raw for raw in raws if raw["reliability"] == grade]


def worst(group):
    return max(raw["reliability"] for raw in group.decode + group.prefill)


def one_prompt(raws):
    """Those of the prompt's length next to 512 tokens, which the formula is for."""
    length = min((raw["prompt"] for raw in raws), key=lambda n: max(n / 512, 512 / n))
    return [raw for raw in raws if raw["prompt"] == length]


def runs(raws):
    """How often it was measured: some measurements are medians themselves."""
    found = [re.search(r"median of (\d+) runs", raw["note"] or "") for raw in raws]
    return sum(int(match.group(1)) if match else 1 for match in found)


def rounded(value):
    return float("%.4g" % value)


def median(raws):
    return rounded(statistics.median(raw["tokens_per_s"] for raw in raws))


def chosen(group):
    """The measurements that count: (decode, prefill)."""
    decode = best(group.decode) if group.decode else []
    prefill = one_prompt(best(group.prefill)) if group.prefill else []
    return decode, prefill


def series_of(key, group):
    """What the rows of one series share."""
    raws = sum(chosen(group), [])
    series = {"engine": key[4], "backend": key[5]}
    if key[8]:
        series["old"] = True
    series["reliability"] = max(raw["reliability"] for raw in raws)
    series["source"] = ", ".join(sorted({source_of(raw) for raw in raws}))
    return {**series, "checked": CHECKED}


def row_of(key, group):
    """A row as it is written."""
    decode, prefill = chosen(group)
    row = {"model": key[1], "quant": key[2]}
    if key[3]:
        row["label"] = key[3]
    if key[6] > 1:
        row["gpus"] = key[6]
    row.update({name: value for name, value in zip(
        ("gpu_layers", "ram_expert_layers", "ram_bandwidth_bps"), key[7]) if value is not None})
    row["depth_tokens"] = int(statistics.median(raw["context"] or 0 for raw in decode or prefill))
    if decode:
        row.update({"decode_tps": median(decode), "decode_rows": runs(decode)})
    if prefill:
        row.update({"prefill_tps": median(prefill), "prefill_rows": runs(prefill),
                    "prompt_tokens": prefill[0]["prompt"]})
    return row


def source_of(raw):
    """A repository on GitHub, or a page."""
    source = re.sub(r"^https?://(www\.)?", "", raw["source"])
    source = re.sub(r"^github\.com/", "", source)
    is_page = raw["source"].startswith("http") and "github.com" not in raw["source"]
    return source if is_page else "github " + "/".join(source.split(":")[0].split("/")[:2])


def why_not(raw, model, quant, device, names):
    """Why a measurement is left out, or None."""
    if not raw["use_in_fit"] or raw["reliability"] == "D":
        return "suspect"
    if raw["mode"] == "auto" or (raw["mode"] in ("moe", "ngl") and not raw["ram_bandwidth_gbs"]):
        return "split not known"
    if raw["backend"] not in ENGINES:
        return "engine not in the catalog"
    if "ik_llama" in raw["source"]:
        return "a fork's engine"
    if device is None:
        return "device not in the catalog, or without memory of its own kind"
    if model is None:
        return "model not in the catalog"
    if abs(names.params[model] / 1e9 / raw["total_params_b"] - 1) > PARAMS_TOLERANCE:
        return "model's size unsure"
    return "quant not in the catalog" if quant is None else None


def groups_of(reference, names, devices, cpus):
    groups, left_out = collections.defaultdict(Group), collections.Counter()
    with open(pathlib.Path(reference) / "speed_measurements.jsonl", encoding="utf-8") as lines:
        for raw in map(json.loads, lines):
            model = names.find(raw["model"])
            quant, label = quant_of(raw, model or "")
            device = device_name(raw, devices)
            if raw["mode"] == "cpu" and device not in cpus:
                device = None
            reason = why_not(raw, model, quant, device, names)
            if reason:
                left_out[reason] += 1
                continue
            row = speed_rows.make(raw, devices)
            raw["prompt"] = row.prompt
            if row.prompt and "ubatch 2048" in (raw["note"] or ""):
                left_out["prompts in batches of 2048"] += 1
                continue
            key = (device, model, quant, label, ENGINES[raw["backend"]], OWN_BACKENDS.get(row.back, row.back), row.gpus,
                   split_of(raw), row.is_old, depth_class(raw["context"] or 0))
            (groups[key].prefill if row.prompt else groups[key].decode).append(raw)
    for key, group in list(groups.items()):
        if len(group.decode) + len(group.prefill) == 1 and worst(group) == "C":
            left_out["one measurement alone of a leaderboard"] += 1
            del groups[key]
    return groups, left_out


# CPUs of the measurements whose platform data/cpus.json has.
CPUS = ("EPYC 9554", "Raspberry Pi 5", "Xeon Gold 6240", "Threadripper 3970X", "Core i7-8700")


def text_of(groups, devices):
    """JSON with a line for each row."""
    blocks = []
    for device in sorted({key[0] for key in groups}):
        series = collections.defaultdict(list)
        for key in sorted((key for key in groups if key[0] == device), key=str):
            row = json.dumps(row_of(key, groups[key]))
            series[json.dumps(series_of(key, groups[key]))].append("        " + row)
        lists = ["      %s, \"rows\": [\n%s]}" % (head[:-1], ",\n".join(rows))
                 for head, rows in series.items()]
        speed = '"bandwidth_bps": %d, ' % devices[device]["bandwidth_bps"] if device in devices else ""
        blocks.append('    %s: {%s"series": [\n%s]}' % (json.dumps(device), speed, ",\n".join(lists)))
    return ('{\n  "schema": "llmfit.benchmarks",\n  "schema_version": 1,\n  "devices": {\n'
            + ",\n".join(blocks) + "\n  }\n}\n")


def rows_in(text):
    """{(device, series without its rows, row)} as text."""
    document = json.loads(text)
    return {(device, json.dumps({**series, "rows": None}), json.dumps(row))
            for device, found in document["devices"].items()
            for series in found["series"] for row in series["rows"]}


def share_within(ratios, factor):
    return sum(abs(math.log(ratio)) <= math.log(factor) for ratio in ratios) / len(ratios)


def repetitions(groups):
    """Each instrumented measurement of a recent engine, all on GPUs, by the median of the others."""
    ratios = []
    for key, group in groups.items():
        speeds = [raw["tokens_per_s"] for raw in group.decode if raw["reliability"] == "A"]
        if key[7] == (None, None, None) and not key[8] and len(speeds) > 1:
            ratios += [speed / statistics.median(speeds[:i] + speeds[i + 1:])
                       for i, speed in enumerate(speeds)]
    return ratios


def between_sources(groups):
    """Medians of one thing by two sources, of A and B."""
    ratios = []
    for group in groups.values():
        speeds = collections.defaultdict(list)
        for raw in group.decode:
            if raw["reliability"] != "C":
                speeds[source_of(raw)].append(raw["tokens_per_s"])
        medians = [statistics.median(found) for found in speeds.values()]
        ratios += [a / b for i, a in enumerate(medians) for b in medians[:i]]
    return ratios


def check(groups, text):
    """What is wrong, a line each."""
    faults = []
    shipped, fresh = rows_in(TARGET.read_text(encoding="ascii")), rows_in(text)
    if not shipped <= fresh:
        faults.append("%d rows of data/benchmarks.json are not what the measurements give; run "
                      "with --write" % len(shipped - fresh))
    if len(fresh - shipped):
        print("%d rows could be added with --write" % len(fresh - shipped))
    header = (speed_rows.ROOT / "src" / "advise" / "same_device.h").read_text(encoding="ascii")
    spread = float(re.search(r"LF_SAME_DEVICE_SPREAD ([0-9.]+)", header).group(1))
    coverage = float(re.search(r"LF_SAME_DEVICE_COVERAGE ([0-9.]+)", header).group(1))
    for name, ratios in (("repetitions", repetitions(groups)),
                         ("pairs of sources", between_sources(groups))):
        within = share_within(ratios, spread)
        sizes = sorted(max(ratio, 1 / ratio) - 1 for ratio in ratios)
        print("%d %s: median %.1f %%, worst %.1f %% apart, %.0f %% within a factor of %g"
              % (len(ratios), name, 100 * statistics.median(sizes), 100 * sizes[-1],
                 100 * within, spread))
        if within < coverage:
            faults.append("%s: only %.2f within the interval" % (name, within))
    return faults


def main():
    program, reference = sys.argv[1:3]
    if not (pathlib.Path(reference) / "speed_measurements.jsonl").exists():
        print("SKIP: no speed_measurements.jsonl in %s" % reference)
        return SKIPPED
    listed = json.loads((speed_rows.ROOT / "data" / "devices.json").read_text(encoding="utf-8"))
    devices = {device["name"]: device for device in listed["devices"]}
    groups, left_out = groups_of(reference, Names(program), devices, CPUS)
    text = text_of(groups, devices)
    kept = sum(len(group.decode) + len(group.prefill) for group in groups.values())
    print("%d rows of %d devices from %d measurements, %d bytes"
          % (len(groups), len({key[0] for key in groups}), kept, len(text)))
    for reason, count in left_out.most_common():
        print("%5d left out: %s" % (count, reason))
    if "--write" in sys.argv:
        TARGET.write_text(text, encoding="ascii")
    faults = check(groups, text)
    for words in faults:
        print("BEYOND THE BOUND  " + words)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
