"""Measured speeds as the formula of src/rules/speed.c sees them.

load(reference) reads speed_measurements.jsonl and returns a Row for each measurement the formula
has inputs for: what a token reads of each pool, and the device's figures, which come from
data/devices.json where the device is listed there, as they do for a user.
"""

import json
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
GIB = 2**30

# Names of the measurements that are spelled otherwise in data/devices.json.
LISTED = {
    "A100 PCIe 80GB": "A100 PCIe 80 GB", "A100 SXM 80GB": "A100 SXM4 80 GB",
    "AI PRO R9700": "Radeon AI PRO R9700", "Apple M1 Max": "Apple M1 Max (32-core GPU)",
    "Apple M1 Ultra": "Apple M1 Ultra (48-core GPU)",
    "Apple M2 Max": "Apple M2 Max (38-core GPU)", "Apple M3 Max": "Apple M3 Max (40-core GPU)",
    "Apple M3 Pro": "Apple M3 Pro (18-core GPU)", "Apple M3 Ultra": "Apple M3 Ultra (80-core GPU)",
    "Apple M4 Pro": "Apple M4 Pro (20-core GPU)", "Apple M5 Max": "Apple M5 Max (40-core GPU)",
    "Apple M5 Pro": "Apple M5 Pro (20-core GPU)", "Arc 140V iGPU": "Arc 140V Mobile",
    "H100 PCIe": "H100 PCIe 80 GB", "PRO W7700": "Radeon PRO W7700",
    "RTX 3060": "GeForce RTX 3060 12 GB", "RTX 4000 Ada": "RTX 4000 Ada Generation",
    "RTX 6000 Ada": "RTX 6000 Ada Generation", "RTX 4060 Ti": "GeForce RTX 4060 Ti 16 GB",
    "RTX 5060 Ti": "GeForce RTX 5060 Ti 16 GB", "RTX 4070 Laptop": "GeForce RTX 4070 Mobile",
    "V100": "Tesla V100 PCIe 32 GB", "Radeon 840M/860M": "Radeon 860M",
}

# Whose bandwidth depends on the computer they are in.
SHARED_MEMORY = ("Radeon 780M", "Radeon 840M/860M", "Arc 140V iGPU")

VENDORS = {"nvidia": "NVIDIA", "amd": "AMD", "amd-igpu": "AMD", "apple": "Apple",
           "intel": "Intel", "intel-igpu": "Intel", "cpu": "-"}

# The runtime whose constants hold for a row, by the measurement's back end. Those other than
# llama.cpp's own are fitted beside it, under the id of the vendor's default back end.
RUNTIMES = {"CUDA": "llama.cpp", "ROCm": "llama.cpp", "Metal": "llama.cpp", "CPU": "llama.cpp",
            "SYCL": "llama.cpp", "Vulkan": "vulkan", "MLX": "mlx", "CUDA-vLLM": "vllm",
            "CUDA-MLC": "vllm", "CUDA-EXL2": "exl2", "CUDA-EXL3": "exl3"}
BACKENDS = {"CUDA": "cuda", "ROCm": "rocm", "Metal": "metal", "CPU": "cpu", "MLX": "mlx",
            "SYCL": "vulkan-intel", "CUDA-vLLM": "vllm", "CUDA-MLC": "vllm", "CUDA-EXL2": "exl2",
            "CUDA-EXL3": "exl3"}
VULKAN = {"NVIDIA": "vulkan-nv", "AMD": "vulkan-amd", "Intel": "vulkan-intel"}

# Mixes by the start of a measurement's quant; Q4_0 stands for all that is none of these.
MIXES = ((r"B?F16", "F16"), (r"BF16", "BF16"), (r"Q2_K", "Q2_K"), (r"Q3_K", "Q3_K_M"),
         (r"IQ[123]", "IQ3_S"), (r"IQ4", "IQ4_XS"), (r"Q4_K", "Q4_K_M"), (r"Q5_K", "Q5_K_M"),
         (r"Q6_K", "Q6_K"), (r"Q8|FP8|8BIT|INT8", "Q8_0"), (r"MXFP4", "MXFP4_MOE"),
         (r"APEX", "Q4_K_M"))

# CPUs without AVX2 or ARM's dot products (rules/budget.c tells them by their instructions).
SLOW_CPUS = ("Core2 Quad Q8400", "Raspberry Pi 400")


# Models with layers that keep a state; those with sliding windows have fewer full ones, too.
HYBRIDS = re.compile(r"qwen.?3\.[5-8]|qwen.?3.*next|coder-next|ornith|qwopus|nemotron|lfm2", re.I)


class Row:
    """One measurement: raw (as written), the inputs of the formula, and what was measured."""


def device_of(name, devices):
    for spelling in (LISTED.get(name), name, "GeForce " + name, "Radeon " + name):
        if spelling in devices:
            return devices[spelling]
    return None


def mix_of(quant):
    for pattern, mix in MIXES:
        if re.match(pattern, quant.upper()):
            return "BF16" if quant.upper().startswith("BF16") else mix
    return "Q4_0"


def add_device(row, raw, devices):
    device = device_of(raw["hardware"], devices) or {}
    row.name = device.get("name") or raw["hardware"]
    row.vendor = VENDORS[raw["hw_class"]]
    row.bandwidth = device.get("bandwidth_bps")
    if row.bandwidth is None or raw["hardware"] in SHARED_MEMORY:
        row.bandwidth = raw["memory_bandwidth_gbs"] * 1e9
    row.fp32 = device.get("fp32_tflops") or 0
    row.fp16 = device.get("fp16_tflops") or 0
    row.ram = (raw["ram_bandwidth_gbs"] or 0) * 1e9
    row.gpus = max(1, raw["gpus"])
    row.back = BACKENDS.get(raw["backend"]) or VULKAN[row.vendor]
    row.runtime = RUNTIMES[raw["backend"]]
    # Before CUDA graphs, flash attention by default and half of Metal's kernels.
    row.is_old = raw["source"].startswith("XiongjieDai") or raw["version"][:4] in ("2023", "2024")
    if row.runtime == "llama.cpp" and row.is_old and row.vendor in ("NVIDIA", "Apple"):
        row.runtime = "llama.cpp-2024"
    # Tensor parallel: the cards work as one.
    row.is_parallel = row.back == "vllm" and row.gpus > 1
    if row.is_parallel:
        row.bandwidth, row.fp32 = row.bandwidth * row.gpus, row.fp32 * row.gpus


def add_weights(row, raw):
    """What a token reads: the experts routed to, and all else but the input embeddings."""
    file = raw["file_size_gib"] * GIB
    total, active = raw["total_params_b"] * 1e9, raw["active_params_b"] * 1e9
    embeddings = raw["emb_params_b"] * 1e9 if raw["untied"] else 0
    bytes_per_weight = file / total
    row.active = active
    row.is_moe = raw["is_moe"]
    row.experts = 0
    if not row.is_moe:
        row.always = file - embeddings * bytes_per_weight
        if active < 0.99 * total:
            row.always = file * active / total
        return
    share = raw["moe_meta"][2] / raw["moe_meta"][1]
    common = max((active - total * share) / (1 - share), 0)
    common = max(common - embeddings, 0.2 * common)
    is_mxfp4 = "MXFP4" in raw["quant"].upper() or "gpt-oss" in raw["model"].lower()
    row.always = common * (8.5 / 8 if is_mxfp4 else min(1.2 * bytes_per_weight, 2.1))
    row.experts = share * (file - row.always - embeddings * bytes_per_weight)


def add_cache(row, raw):
    row.depth = raw["context"] or 0
    is_mla = raw["kv_heads"] == 1 and raw["head_dim"] in (576, 288, 320)
    values = raw["kv_heads"] * raw["head_dim"] * (1 if is_mla else 2)
    row.kv = 2 * values * raw["full_attn_layers"] * row.depth
    row.kv_values = raw["full_attn_layers"] * values


def add_split(row, raw):
    """Shares on the GPU, and the layers or experts of layers in RAM."""
    row.layers = raw["layers"]
    is_hybrid = HYBRIDS.search(raw["model"]) or HYBRIDS.search(raw["arch"].replace("\\", ""))
    row.state_layers = row.layers - raw["full_attn_layers"] if is_hybrid else 0
    row.gpu_layers = row.layers
    row.ram_expert_layers = 0
    if raw["mode"] == "moe":
        row.ram_expert_layers = min(row.layers, raw["n_cpu_moe"] or row.layers)
    if raw["mode"] == "ngl":
        row.gpu_layers = min(row.layers, int(raw["ngl"] or 0))
    share = 1 if row.gpu_layers == row.layers else row.gpu_layers / (row.layers + 1)
    if row.back == "cpu":
        share, row.gpu_layers = 0, 0
    experts_share = share * (1 - row.ram_expert_layers / row.layers)
    row.gpu = (row.always * share, row.experts * experts_share, row.kv * share)
    row.cpu = (row.always - row.gpu[0], row.experts - row.gpu[1], row.kv - row.gpu[2])
    row.is_split = 0 < share < 1 or row.ram_expert_layers > 0
    if raw["mode"] == "moe":
        row.copied = (row.file - row.always) * row.ram_expert_layers / row.layers
    else:
        row.copied = row.file * (1 - share) if row.is_split else 0
    named = re.match(r"ubatch (\d+)", raw["note"] or "")
    row.ubatch = int(named.group(1)) if named else 512
    if row.back == "cpu":
        row.ram, row.bandwidth = row.bandwidth, 0


def source_of(raw):
    """A repository, or a site."""
    source = re.sub(r"https?://(www\.)?", "", raw["source"])
    return "/".join(source.split(":")[0].split("/")[:3 if "github.com" in source else 2])


def group_of(row):
    if row.is_split:
        return "partial offload"
    if row.back == "cpu":
        return "CPU only"
    if row.vendor != "NVIDIA":
        return row.vendor
    if row.gpus > 1:
        return "NVIDIA multi-GPU"
    return "NVIDIA MoE" if row.is_moe else "NVIDIA dense"


def make(raw, devices):
    row = Row()
    row.raw = raw
    row.hardware = raw["hardware"]
    row.reliability = raw["reliability"]
    row.source = source_of(raw)
    row.mix = mix_of(raw["quant"])
    row.tps = raw["tokens_per_s"]
    row.prompt = int(raw["test"][2:]) if raw["test"].startswith("pp") else 0
    row.file = raw["file_size_gib"] * GIB
    row.is_slow_cpu = raw["hardware"] in SLOW_CPUS
    add_device(row, raw, devices)
    add_weights(row, raw)
    add_cache(row, raw)
    add_split(row, raw)
    row.group = group_of(row)
    return row


def is_usable(raw):
    is_ternary = raw["backend"] == "CPU" and "bitnet" in raw["model"].lower()
    is_known_split = raw["mode"] not in ("moe", "ngl") or raw["ram_bandwidth_gbs"]
    return (raw["use_in_fit"] and raw["reliability"] in "ABC" and raw["mode"] != "auto" and
            is_known_split and not is_ternary)


def load(reference):
    """Rows of generating, rows of reading prompts (with a GPU)."""
    listed = json.loads((ROOT / "data" / "devices.json").read_text(encoding="utf-8"))["devices"]
    devices = {device["name"]: device for device in listed}
    decode, prefill = [], []
    with open(pathlib.Path(reference) / "speed_measurements.jsonl", encoding="utf-8") as lines:
        for raw in map(json.loads, lines):
            if not is_usable(raw):
                continue
            row = make(raw, devices)
            if not row.prompt:
                decode.append(row)
            elif row.back != "cpu" and row.fp16 and row.runtime.startswith("llama.cpp"):
                prefill.append(row)
    return decode, prefill
