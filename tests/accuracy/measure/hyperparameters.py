"""The metadata a GGUF file of a model would state.

llama.cpp ignores keys that it does not ask for, so that one list serves every architecture; what it
asks for and the catalog does not describe (frequencies, scales, epsilons) moves no byte and gets
any value that it takes. OWN holds what single architectures want beside the list.
"""

ATTENTION = ("attn", "mla", "dsv4")
RECURRENT = ("gdn", "mamba2", "mamba", "kda")
SIGMOID = 2


def shortest(values):
    """One value where all layers have the same, as converters write it."""
    return values[0] if len(set(values)) == 1 else values


def of_layers(model, types, key):
    return [part[key] if part and key in part else 0 for part in model.kinds_of(*types)]


def heads(model):
    """Head counts; a recurrent layer has none of K and V, and takes part in Q's count all the same.
    """
    attention = model.all_of(*ATTENTION)
    if not attention:
        return {}
    kv = [0 if part is None else part.get("kv_heads", 1) for part in model.kinds_of(*ATTENTION)]
    q = [part.get("heads", 0) if part else 0 for part in model.kinds_of(*ATTENTION)]
    if None in model.kinds_of(*ATTENTION):
        q = [part["heads"] for part in attention]
    if model.templates.get("uniform_heads"):
        kv = [part["kv_heads"] for part in attention]
    return {"attention.head_count": shortest(q), "attention.head_count_kv": shortest(kv)}


def widths(part, suffix=""):
    """Head sizes of one kind of attention."""
    if part["type"] != "mla":
        return {f"attention.key_length{suffix}": part["head_dim"],
                f"attention.value_length{suffix}": part.get("v_dim", part["head_dim"]),
                f"rope.dimension_count{suffix}": part["head_dim"]}
    return {f"attention.kv_lora_rank{suffix}": part["kv_lora"],
            f"attention.key_length{suffix}": part["kv_lora"] + part["rope"],
            f"attention.value_length{suffix}": part["kv_lora"],
            f"attention.key_length_mla{suffix}": part["nope"] + part["rope"],
            f"attention.value_length_mla{suffix}": part["v_dim"],
            f"rope.dimension_count{suffix}": part["rope"],
            **({"attention.q_lora_rank": part["q_lora"]} if "q_lora" in part else {})}


def attention_facts(model):
    parts = model.all_of(*ATTENTION)
    if not parts:
        return {}
    sliding = [part for part in parts if part.get("window")]
    full = [part for part in parts if not part.get("window")] or parts
    facts = {**heads(model), **widths(full[0])}
    if sliding:
        facts["attention.sliding_window"] = sliding[0]["window"]
        facts["attention.sliding_window_pattern"] = [
            bool(part and part.get("window")) for part in model.kinds_of(*ATTENTION)]
        facts.update(widths(sliding[0], "_swa"))
    indexed = [part for part in parts if "index_dim" in part]
    if indexed:
        facts.update({"attention.indexer.head_count": indexed[0]["index_heads"],
                      "attention.indexer.key_length": indexed[0]["index_dim"],
                      "attention.indexer.top_k": indexed[0]["index_top_k"]})
    return facts


def feed_forward_facts(model):
    dense = of_layers(model, ("mlp",), "ff")
    experts = model.all_of("moe")
    if not experts:
        return {"feed_forward_length": shortest(dense)}
    first = experts[0]
    is_expert = [part is not None for part in model.kinds_of("moe")]
    shared_ff = first.get("shared_ff", 0)
    facts = {"expert_count": first["experts"], "expert_used_count": first["used"],
             "expert_feed_forward_length": first["ff"], "expert_weights_scale": 1.0,
             "leading_dense_block_count": is_expert.index(True),
             "interleave_moe_layer_step": 1 if all(is_expert) else 2,
             "feed_forward_length": max(dense) or first["ff"],
             "expert_shared_count": max(1, shared_ff // first["ff"]) if shared_ff else 0}
    if any(part.get("router_bias") for part in experts):
        facts.update({"expert_gating_func": SIGMOID, "expert_weights_norm": True})
    if shared_ff:
        facts["expert_shared_feed_forward_length"] = shared_ff
    if "latent" in first:
        facts.update({"moe_latent_size": first["latent"],
                      "expert_latent_length": first["latent"]})
    return facts


def recurrent_facts(model):
    parts = model.all_of(*RECURRENT)
    facts = {}
    if parts and parts[0]["type"] == "kda":
        facts = {"ssm.conv_kernel": parts[0]["conv"], "kda.head_dim": parts[0]["state"]}
    elif parts:
        first = parts[0]
        facts = {"ssm.conv_kernel": first["conv"], "ssm.state_size": first["state"],
                 "ssm.group_count": first.get("groups", 0), "ssm.time_step_rank": first["dt"],
                 "ssm.inner_size": first["inner"]}
    for part in model.all_of("shortconv")[:1]:
        facts["shortconv.l_cache"] = part["l_cache"]
    return facts


def multi_head(*sections):
    return lambda model: {"rope.dimension_sections": list(sections)}


def scaled(model):
    return {"logit_scale": 0.0625}


def sliding_frequency(model):
    return {"rope.freq_base_swa": 10000.0}


def delta_nets(model):
    return {"full_attention_interval": 4, "rope.dimension_sections": [11, 11, 10, 0]}


def nemotron(model):
    ff = [next((part["ff"] for part in layer if part["type"] in ("mlp", "moe")), 0)
          for layer in model.trunk]
    return {"feed_forward_length": ff}


def gemma3n(model):
    return {"attention.shared_kv_layers": shared_layers(model),
            "embedding_length_per_layer_input": model.row["per_layer_embd"]}


def gemma4(model):
    return {"attention.shared_kv_layers": shared_layers(model),
            "embedding_length_per_layer_input": model.row.get("per_layer_embd", 0),
            "feed_forward_length": shortest(of_layers(model, ("mlp",), "ff"))}


def shared_layers(model):
    return sum(part.get("kv", "own") != "own" for part in model.all_of("attn"))


def compressed(model):
    parts = model.all_of("dsv4")
    first = parts[0]
    hashed = sum(bool(part.get("hashed")) for part in model.all_of("moe"))
    return {"attention.q_lora_rank": first["q_lora"], "rope.dimension_count": 64,
            "rope.dimension_count_swa": 64,
            "attention.output_group_count": first["groups"],
            "attention.output_lora_rank": first["o_lora"],
            "attention.compress_rope_freq_base": 160000.0,
            "attention.compress_ratios": [part.get("compress", 0) for part in parts],
            "hyper_connection.count": 4, "hyper_connection.sinkhorn_iterations": 20,
            "hyper_connection.epsilon": 1e-6, "hash_layer_count": hashed,
            "swiglu_clamp_exp": 10.0, "expert_gating_func": 4}


def indexed_blocks(model):
    return {"attention.indexer.block_size": 128, "attention.indexer.local_blocks": 2}


def residual_attention(model):
    return {"kda.gate_lower_bound": -5.0, "attn_res.block_size": 12,
            "activation.situ_beta": 1.0, "activation.situ_linear_beta": 1.0}


def two_indexers(model):
    return {**sliding_frequency(model), "attention.indexer.types": [
        "index_dim" in part for part in model.kinds_of("mla")]}


def ring_delta(model):
    return {"kda.gate_lower_bound": -5.0}


def split_shared(model):
    """Its shared experts are stated one by one."""
    for part in model.all_of("moe")[:1]:
        count = max(1, part["shared_ff"] // part["ff"])
        return {"expert_shared_feed_forward_length": part["shared_ff"] // count}
    return {}


def part_rotated(model):
    """Long factors are as many as the halves of the values that rotate."""
    freqs = model.row.get("rope_freqs")
    return {"rope.dimension_count": 2 * freqs} if freqs else {}


def puzzle(model):
    return {"feed_forward_length": of_layers(model, ("mlp",), "ff"),
            "attention.head_count": of_layers(model, ("attn",), "heads"),
            "attention.head_count_kv": of_layers(model, ("attn",), "kv_heads")}


OWN = {
    "apertus": lambda model: {f"xielu.{key}": [0.5] * len(model.trunk)
                              for key in ("alpha_n", "alpha_p", "beta", "eps")},
    "bailingmoe2": split_shared, "bailingmoe3": ring_delta,
    "cohere2": scaled, "cohere2moe": scaled, "command-r": scaled, "deci": puzzle,
    "deepseek4": compressed, "dots3note": two_indexers, "gemma3n": gemma3n, "gemma4": gemma4,
    "granite": scaled, "granitehybrid": scaled, "kimi-k3": residual_attention,
    "kimi-linear": ring_delta, "mimo2": sliding_frequency, "minimax-m3": indexed_blocks,
    "mistral4": lambda model: {"attention.temperature_length": 8192},
    "muse-glimmer": scaled, "nemotron_h": nemotron, "nemotron_h_moe": nemotron,
    "phi3": part_rotated, "qwen2vl": multi_head(16, 24, 24, 0), "qwen35": delta_nets,
    "qwen35moe": delta_nets,
    "qwen3next": delta_nets, "qwen3vl": multi_head(24, 20, 20, 0),
    "qwen3vlmoe": multi_head(24, 20, 20, 0), "step35": sliding_frequency,
}

# Some keys stand without the architecture's name before them.
BARE = ("xielu.",)


def facts_of(model):
    """The hyperparameters by key, without the architecture's name."""
    row = model.row
    facts = {"vocab_size": row["vocab"], "context_length": 131072,
             "embedding_length": row["embd"], "block_count": len(model.trunk) + len(model.mtp),
             "attention.layer_norm_rms_epsilon": 1e-6, "attention.layer_norm_epsilon": 1e-6,
             "rope.freq_base": 10000.0,
             **attention_facts(model), **feed_forward_facts(model), **recurrent_facts(model)}
    if model.mtp:
        facts["nextn_predict_layers"] = len(model.mtp)
    if model.arch in OWN:
        facts.update(OWN[model.arch](model))
    return facts


def metadata_of(model):
    """Key and value of everything a header states."""
    metadata = {"general.architecture": model.arch, "tokenizer.ggml.model": "none"}
    for key, value in facts_of(model).items():
        is_bare = key.startswith(BARE)
        metadata[key if is_bare else f"{model.arch}.{key}"] = value
    return metadata
