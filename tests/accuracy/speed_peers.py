"""What other estimators say of a measured row: rows the test puts beside ours."""

import speed_model as model

# Bytes a parameter, by the start of the quant, as the existing tool of our name counts them.
NOMINAL_BYTES = (("Q8", 1.0), ("FP8", 1.0), ("8BIT", 1.0), ("Q6", 0.75), ("Q5", 0.625),
                 ("Q3", 0.375), ("IQ3", 0.375), ("Q2", 0.25), ("IQ2", 0.25), ("IQ1", 0.25),
                 ("F16", 2.0), ("BF16", 2.0))
QUANT_SPEED = {2.0: 0.6, 1.0: 0.8, 0.75: 0.95, 0.625: 1.0, 0.5: 1.15, 0.375: 1.25, 0.25: 1.35}
FIXED_BYTES = 3.2


def nominal_bytes(row):
    quant = row.raw["quant"].upper()
    return next((size for start, size in NOMINAL_BYTES if quant.startswith(start)), 0.5)


def roofline(row):
    """0.7 of what the bandwidth allows: each byte read once."""
    seconds = 0
    if row.bandwidth:
        seconds += sum(row.gpu) / row.bandwidth
    if row.ram:
        seconds += sum(row.cpu) / row.ram
    return 0.7 / seconds


def existing_tool(row):
    """llmfit 3f44fd3 (2026-08-22), fit.rs, given the true placement and architecture.

    dense: BW / (parameters * bytes) * 0.55, half that when split; experts: BW / (active * bytes +
    fixed * 3.2); experts in RAM: 0.8 / (active / RAM + active / (0.55 BW)); CPU: 70 (ARM 90) /
    parameters * 1.1 * 0.3."""
    size = nominal_bytes(row)
    billions = row.raw["total_params_b"]
    active = row.raw["active_params_b"]
    bandwidth, ram = row.bandwidth / 1e9, 0.75 * row.ram / 1e9
    if row.back == "cpu":
        is_arm = any(name in row.hardware for name in ("Raspberry", "CIX"))
        return (90 if is_arm else 70) / billions * QUANT_SPEED[size] * 1.1 * 0.3
    if row.is_moe and row.is_split:
        return 0.8 / (active * size / ram + active * size / (bandwidth * 0.55))
    if row.is_moe:
        embd, _, used, feed, _, _, shared = row.raw["moe_meta"]
        routed = min(active, 3 * embd * (feed * used + shared) * row.layers / 1e9)
        return bandwidth / (routed * size + (active - routed) * FIXED_BYTES)
    return bandwidth / (billions * size) * 0.55 * (0.5 if row.is_split else 1)


# The formula of reference/speed.md, section 3, and what its constants are drawn to.
REFERENCE_PRIORS = dict(model.PRIORS)
REFERENCE_PRIORS.update({
    "e:cuda": (0.95, 0.2), "layer:cuda": (12, 0.5), "m:ram": (0.87, 0.15), "hop": (300, 0.5),
    "layer:metal": (12, 0.5), "layer:mlx": (12, 0.5),
    "chat": (0.95, 0.1), "chat-us": (500, 0.5),
})


def reference_reading(row):
    """The terms of reading memory, and of the arithmetic on a GPU."""
    quant = model.quant_powers(row)
    if row.back == "cpu":
        efficiency = [("e:cpu", -1)] + quant
        return [(row.cpu[0] / row.ram, efficiency),
                (row.cpu[1] / row.ram, efficiency + [("m:cpu", -1)]),
                (row.cpu[2] / row.ram, [("kv", -1)])]
    parallel = [("parallel", -1)] if row.is_parallel else []
    efficiency = [("e:" + row.back, -1)] + quant + parallel
    terms = [(row.gpu[0] / row.bandwidth, efficiency),
             (row.gpu[1] / row.bandwidth, efficiency + [("m", -1)]),
             (row.gpu[2] / row.bandwidth, [("kv", -1)] + parallel)]
    if row.fp32:
        here = (row.gpu[0] + row.gpu[1]) / (row.always + row.experts)
        terms.append((row.active * here / (row.fp32 * 1e12), model.kappa_powers(row)[:1]))
    if row.is_split:
        terms += [(row.cpu[0] / row.ram, [("ram", -1)]),
                  (row.cpu[1] / row.ram, [("ram", -1), ("m:ram", -1)]),
                  (row.cpu[2] / row.ram, [("kv", -1)])]
    return terms


def reference_terms(row):
    terms = reference_reading(row)
    old = [("old", 1)] if model.is_old(row) else []
    terms.append((1e-6, [("token:" + model.TOKEN.get(row.back, "vllm"), 1)]))
    terms.append((row.layers * 1e-6, [("layer:" + row.back, 1)] + old))
    if row.is_moe:
        terms.append((row.layers * 1e-6, [("moe-layer:" + row.back, 1)] + old))
    if row.gpus > 1 and not row.is_parallel:
        terms.append(((row.gpus - 1) * 1e-6, [("hop", 1)]))
    if row.is_split:
        away = row.layers - row.gpu_layers + row.ram_expert_layers
        terms.append((away * 1e-6, [("sync", 1)]))
    if "chat" in row.raw["test"]:
        terms = [(figure, powers + [("chat", -1)]) for figure, powers in terms]
        terms.append((1e-6, [("chat-us", 1)]))
    return [term for term in terms if term[0] > 0]
