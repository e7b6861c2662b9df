"""The formula of src/rules/speed.c as sums of monomials, and its robust fit.

A row's time is a sum of terms; a term is a known figure times powers of constants:

    t = sum over terms of figure * exp(sum of power * theta),   theta = log(constant)

so log(t) has a simple gradient and a few Gauss-Newton steps fit all constants at once. Errors are
weighed as absolute ones beyond SCALE (a median, not a mean), rows by what their source is worth
and by how many others their device has. Each constant is drawn to a prior: where no row speaks of
it (a small group, a fold without it) the prior speaks.

speed.py checks on every row that C, given the fitted constants, answers the same.
"""

import math

SCALE = 0.05
WORTH = {"A": 1.0, "B": 0.7, "C": 0.05}
LAPTOP_TFLOPS_FACTOR = 1.25
WIDE_MEMORY_BPS = 1e12
GRAPHICS = ("cuda", "rocm", "vulkan-amd", "vulkan-intel", "vulkan-nv", "metal", "mlx", "vllm",
            "exl2", "exl3")
TOKEN = {"cuda": "cuda", "vulkan-nv": "cuda", "rocm": "amd", "vulkan-amd": "amd",
         "vulkan-intel": "amd", "metal": "apple", "mlx": "apple", "cpu": "cpu"}

PASCAL = ["GTX 10", "GTX TITAN X", "TITAN Xp", "Tesla P", "Quadro P", "GTX 9", "Tesla M"]
EARLY_APPLE = ["Apple M1", "Apple M2"]
LAPTOPS = ["Laptop GPU", "Mobile", "Max-Q"]
LOW_K = ["Q2_K", "Q2_K_S", "Q3_K_S", "Q3_K_M", "Q3_K_L"]
LOW_I = ["IQ1_S", "IQ2_XXS", "IQ2_M", "IQ3_XXS", "IQ3_XS", "IQ3_S", "IQ3_M"]
SUPERBLOCK = LOW_K + LOW_I + ["IQ4_XS", "Q4_K_S", "Q4_K_M", "Q5_K_S", "Q5_K_M", "Q6_K"]

# (guess, spread of its logarithm). Guesses are round figures of what the hardware does; those of
# shares of a peak are narrow since nothing can exceed it by much.
PRIORS = {
    "e:cuda": (0.97, 0.04), "e:rocm": (0.85, 0.2), "e:vulkan-amd": (0.75, 0.2),
    "e:vulkan-intel": (0.5, 0.3), "e:vulkan-nv": (0.9, 0.2), "e:metal": (0.85, 0.2),
    "e:mlx": (0.9, 0.2), "e:vllm": (0.75, 0.2), "e:exl2": (0.95, 0.2), "e:exl3": (0.75, 0.2),
    "e:cpu": (0.65, 0.2), "layer:cuda": (25, 0.2), "k": (6.8, 0.5), "k16": (19.5, 0.5),
    "k:pascal": (2.5, 0.4), "k:early-apple": (1.5, 0.5), "q:k": (0.8, 0.2), "q:i": (0.95, 0.2),
    "m": (0.8, 0.15), "m:cpu": (0.85, 0.15), "m:ram": (1, 0.15), "ram": (0.65, 0.15),
    "kv": (0.73, 0.15), "kv:old": (0.8, 0.3), "wide": (1.35, 0.15), "hop": (400, 0.3),
    "sync": (150, 0.5), "parallel": (0.65, 0.2), "old": (3, 0.5), "slow-cpu": (0.4, 0.5),
}
PRIORS.update({"layer:" + back: (12, 0.5) for back in GRAPHICS + ("cpu",) if back != "cuda"})
PRIORS.update({"layer:metal": (40, 0.5), "layer:mlx": (40, 0.5)})  # a launch is dearer there
PRIORS.update({"moe-layer:" + back: (30, 0.7) for back in GRAPHICS + ("cpu",)})
PRIORS.update({"state-layer:" + back: (20, 0.7) for back in GRAPHICS + ("cpu",)})
PRIORS.update({"state-layer:" + back: (40, 0.7)  # no graphs to launch them at once
               for back in ("metal", "mlx", "rocm", "vulkan-amd")})
PRIORS.update({"token:" + kind: (us, 0.3) for kind, us in
               {"cuda": 150, "vllm": 150, "amd": 200, "apple": 200, "cpu": 150}.items()})

PREFILL_PRIORS = {
    "pe:cuda": (0.5, 0.5), "pe:rocm": (0.25, 0.5), "pe:metal": (0.5, 0.5), "falloff": (1.5, 0.2),
    "falloff:metal": (1.1, 0.1), "pmoe:cuda": (0.7, 0.3), "pmoe:rocm": (0.5, 0.3),
    "pmoe:metal": (0.8, 0.3), "p16": (1.4, 0.2), "pw": (0.8, 0.2), "pl": (200, 0.5),
    "copy": (15, 0.3),  # GB/s: PCIe 4.0, eight lanes
    "attention": (0.3, 0.7), "attention:old": (12, 1), "pold": (1.2, 0.3), "pipeline": (1.5, 0.3), "phop": (400, 0.5),
}


def quant_powers(row):
    return [("q:k", -1)] if row.mix in LOW_K else [("q:i", -1)] if row.mix in LOW_I else []


def has_name(row, names):
    return any(name in row.name for name in names)


def kappa_powers(row):
    powers = [("k16" if row.mix in ("F16", "BF16") else "k", 1)]
    if row.vendor == "NVIDIA" and has_name(row, PASCAL):
        powers.append(("k:pascal", 1))
    if row.vendor == "Apple" and has_name(row, EARLY_APPLE) and row.mix in SUPERBLOCK:
        powers.append(("k:early-apple", 1))
    return powers


def tflops_factor(row):
    return LAPTOP_TFLOPS_FACTOR if row.vendor == "NVIDIA" and has_name(row, LAPTOPS) else 1


def is_old(row):
    return row.runtime == "llama.cpp-2024"


def cpu_terms(row):
    slow = [("slow-cpu", -1)] if row.is_slow_cpu else []
    efficiency = [("e:cpu", -1)] + quant_powers(row) + slow
    return [(row.cpu[0] / row.ram, efficiency),
            (row.cpu[1] / row.ram, efficiency + [("m:cpu", -1)]),
            (row.cpu[2] / row.ram, [("kv", -1)])]


def wide_powers(row):
    wider = row.bandwidth / (row.gpus if row.is_parallel else 1) / WIDE_MEMORY_BPS
    return [("wide", math.log(wider))] if wider > 1 else []


def gpu_terms(row):
    parallel = [("parallel", -1)] if row.is_parallel else []
    efficiency = [("e:" + row.back, -1)] + quant_powers(row) + wide_powers(row) + parallel
    kv = [("kv", -1)] + parallel + ([("kv:old", -1)] if is_old(row) else [])
    terms = [(row.gpu[0] / row.bandwidth, efficiency),
             (row.gpu[1] / row.bandwidth, efficiency + [("m", -1)]),
             (row.gpu[2] / row.bandwidth, kv)]
    if row.fp32:
        here = (row.gpu[0] + row.gpu[1]) / (row.always + row.experts)
        terms.append((row.active * here / (row.fp32 * tflops_factor(row) * 1e12),
                      kappa_powers(row) + parallel))
    if row.is_split:
        terms.append((row.cpu[0] / row.ram, [("ram", -1)]))
        terms.append((row.cpu[1] / row.ram, [("ram", -1), ("m:ram", -1)]))
        terms.append((row.cpu[2] / row.ram, [("kv", -1)]))
    return terms


def decode_terms(row):
    terms = cpu_terms(row) if row.back == "cpu" else gpu_terms(row)
    old = [("old", 1)] if is_old(row) else []
    terms.append((1e-6, [("token:" + TOKEN.get(row.back, "vllm"), 1)]))
    terms.append((row.layers * 1e-6, [("layer:" + row.back, 1)] + old))
    terms.append((row.state_layers * 1e-6, [("state-layer:" + row.back, 1)]))
    if row.is_moe:
        terms.append((row.layers * 1e-6, [("moe-layer:" + row.back, 1)] + old))
    if row.gpus > 1 and not row.is_parallel:
        terms.append(((row.gpus - 1) * 1e-6, [("hop", 1)]))
    if row.is_split:
        away = row.layers - row.gpu_layers + row.ram_expert_layers
        terms.append((away * 1e-6, [("sync", 1)]))
    return [term for term in terms if term[0] > 0]


def prefill_terms(row):
    """Attention, the pipeline and larger batches are of longer prompts than the formula is for."""
    back = row.back
    flops = max(row.fp16, row.fp32) * tflops_factor(row) * 1e12
    falloff = "falloff:metal" if back == "metal" else "falloff"
    powers = [("pe:" + back, -1), (falloff, math.log(flops / 100e12))]
    if row.mix in ("F16", "BF16"):
        powers.append(("p16", -1))
    if row.is_moe:
        powers.append(("pmoe:" + back, -1))
    if is_old(row):
        powers.append(("pold", 1))
    batch = min(row.prompt, row.ubatch)
    batches = row.prompt / batch
    if row.gpus > 1 and batches > 1:
        powers.append(("pipeline", -math.log(min(row.gpus, batches))))
    attention = [("attention", 1)]
    if is_old(row):
        attention.append(("attention:old", 1))
    terms = [(2 * row.active / flops, powers),
             ((row.file - row.copied) / (row.bandwidth * batch), [("pw", -1)]),
             (row.copied * 1e-9 / batch, [("copy", -1)]),
             (row.layers * 1e-6 / batch, [("pl", 1)]),
             (8 * row.kv_values * row.prompt / 2 / flops, attention)]
    if row.gpus > 1:
        terms.append(((row.gpus - 1) * 1e-6 / batch, [("phop", 1)]))
    return [term for term in terms if term[0] > 0]


def weights_of(rows):
    """A device's rows together count for the square root of their number."""
    of_device = {}
    for row in rows:
        of_device[row.hardware] = of_device.get(row.hardware, 0) + 1
    return [3 * WORTH[row.reliability] / math.sqrt(of_device[row.hardware]) for row in rows]


def solve(matrix, vector):
    """Gauss elimination of a symmetric positive matrix; both are used up."""
    size = len(vector)
    for i in range(size):
        pivot_row, pivot = matrix[i], matrix[i][i]
        for j in range(i + 1, size):
            factor = matrix[j][i] / pivot
            if factor:
                row = matrix[j]
                for k in range(i, size):
                    row[k] -= factor * pivot_row[k]
                vector[j] -= factor * vector[i]
    for i in reversed(range(size)):
        rest = sum(matrix[i][k] * vector[k] for k in range(i + 1, size))
        vector[i] = (vector[i] - rest) / matrix[i][i]
    return vector


class Problem:
    """Rows as terms over numbered constants."""

    def __init__(self, rows, terms_of, priors):
        self.names = sorted(priors)
        number = {name: i for i, name in enumerate(self.names)}
        self.prior = [math.log(priors[name][0]) for name in self.names]
        self.pull = [(SCALE / priors[name][1]) ** 2 for name in self.names]
        self.rows = [[(figure, [(number[name], power) for name, power in powers])
                      for figure, powers in terms_of(row)] for row in rows]
        self.logs = [-math.log(row.tps) for row in rows]
        self.weights = weights_of(rows)

    def seconds(self, index, theta):
        total, gradient = 0.0, {}
        for figure, powers in self.rows[index]:
            value = figure * math.exp(sum(power * theta[i] for i, power in powers))
            total += value
            for i, power in powers:
                gradient[i] = gradient.get(i, 0.0) + power * value
        return total, gradient

    def step(self, theta, left_out):
        size = len(theta)
        matrix = [[0.0] * size for _ in range(size)]
        vector = [pull * (prior - now) for pull, prior, now in zip(self.pull, self.prior, theta)]
        for i in range(size):
            matrix[i][i] = self.pull[i]
        for index, log in enumerate(self.logs):
            if index in left_out:
                continue
            total, gradient = self.seconds(index, theta)
            error = log - math.log(total)
            weight = self.weights[index] / max(1, abs(error) / SCALE)
            items = [(i, g / total) for i, g in gradient.items()]
            for i, g in items:
                vector[i] += weight * g * error
                row = matrix[i]
                for j, h in items:
                    row[j] += weight * g * h
        return solve(matrix, vector)

    def fit(self, left_out=frozenset(), start=None, steps=60):
        theta = list(start or self.prior)
        for _ in range(steps):
            change = [max(-0.5, min(0.5, x)) for x in self.step(theta, left_out)]
            theta = [a + b for a, b in zip(theta, change)]
            if max(map(abs, change)) < 1e-4:
                break
        return theta

    def constants(self, theta):
        return {name: math.exp(value) for name, value in zip(self.names, theta)}
