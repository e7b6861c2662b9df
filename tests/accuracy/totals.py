"""What a model takes in all, against what was measured and against the formula most tools use."""

import statistics

CONTEXTS = ("8192", "32768", "131072")
MEDIAN_MOST = 0.005
WORST_MOST = 0.02
# Of our own measurements: Granite 4.0 H Micro, a hole of the allocator that is counted and not
# always there.
OWN_WORST_MOST = 0.025


def most(counts):
    """A count that may be stated a layer."""
    return max(counts) if isinstance(counts, list) else counts


def naive_bytes(truth, context):
    """Parameters at 4.8 bits, half a gigabyte, and a cache of all layers at full length.

        params * 4.8 / 8 + 0.5 GB + 2 * layers * kv_heads * head_dim * context * 2

    Of latent attention every head counts, with its 128 dimensions.
    """
    facts = truth["hyperparameters"]
    kv_heads = most(facts["attention.head_count_kv"])
    head_dim = facts["attention.key_length"]
    if "attention.kv_lora_rank" in facts:
        kv_heads, head_dim = most(facts["attention.head_count"]), 128
    cache = 2 * facts["block_count"] * kv_heads * head_dim * int(context) * 2
    return truth["total_params"] * 4.8 / 8 + 0.5e9 + cache


def compare(truth, context, quant, size):
    """(what, context, our error, the naive formula's); the file counts whole, as it was measured."""
    measured = (truth["quant_bytes"][quant] + truth["kv_bytes"][context]["f16"]
                + truth["compute_bytes_gpu"][context]["f16"]["device"])
    ours = size["total_bytes"] + size["file_bytes"] - size["weights_bytes"]
    return (f"{truth['model']} {quant}", context, ours / measured - 1,
            naive_bytes(truth, context) / measured - 1)


def judge(rows, worst_most):
    """Prints the table and returns what is beyond the bounds."""
    faults = []
    print(f"\n{'weights, cache, state, compute':32} {'compared':>9} {'median':>8} {'worst':>8}   "
          f"{'naive: median':>14} {'worst':>8}")
    for context in CONTEXTS:
        here = [row for row in rows if row[1] == context]
        errors = [abs(row[2]) for row in here]
        naive = [row[3] for row in here]
        what = max(here, key=lambda row: abs(row[2]))[0]
        print(f"{context + ' tokens, f16':32} {len(here):9} {statistics.median(errors):8.2%} "
              f"{max(errors):8.2%}   {statistics.median(map(abs, naive)):14.1%} "
              f"{max(naive, key=abs):+8.0%}  {what}")
        if statistics.median(errors) > MEDIAN_MOST or max(errors) > worst_most:
            faults.append(f"total at {context}: median {statistics.median(errors):.2%}, worst "
                          f"{max(errors):.2%}")
    return faults if rows else ["no totals were compared"]
