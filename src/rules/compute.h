/* The compute buffer: where an engine keeps the intermediate results of one step. An estimate,
 * unlike weights and cache: the engine's allocator reuses and fragments.
 *
 * All figures hold for llama.cpp v0.5.0, whose graphs were traced to see which tensors are alive
 * when the buffer is fullest. The rules follow what the parts of a layer keep alive; no number is
 * fitted, and no architecture is named. "Truth" is 46 models whose buffers were measured. "Others"
 * is 66 further models of the catalog, measured the same way after the rules stood; then 91 % were
 * within 5 % at outputs 1 and 93 % at outputs 512. Seven of them showed what to mend, so their
 * figures below are no longer those of unseen models. */
#ifndef LLMFIT_RULES_COMPUTE_H
#define LLMFIT_RULES_COMPUTE_H

#include "base/form.h"
#include "rules/settings.h"

struct lf_compute_bytes {
    uint64_t device_bytes; /* with all layers on one GPU */
    uint64_t host_bytes;   /* beside it, in RAM */
};

/* The fullest of these phases, E being embd and widths those of the form, in F32 values a token:
 *
 *     attention  2 E + q + q beside, then q for the result, with an f16 copy of the widest layer's
 *                K and V where they are quantized
 *                or, with an indexer, 2 * its heads * context and a copy of the mask
 *     latent     3 E + MLA's q + 2 joined; the indexer's scores (context a token) and the result,
 *                each where it does not fit in what Q left
 *     recurrent  2 E + 2 inner + input projection + 2 conv, and the states; delta net 2 E + 3 conv
 *     dense      2 E + left + ff           left: what the mixer's result takes: q, MLA's heads x V
 *     experts    2 E + left + used * (gate + up + product + result)      size, Mamba-2's inner, 0
 *     output     E + vocab * outputs / ubatch + what lies under the last row; behind a scan with a
 *                feed-forward that is all of the feed-forward, side by side
 *
 * All layers also keep the masks (2 bytes * ubatch * cells: one for the full cache, one for the
 * sliding, one more for an indexer), per-layer embeddings, AltUp's rows and an indexer's picks. Of
 * the experts, gates go where attention was and results where gate and up were, if they fit. When
 * one norm feeds both, attention's result stays beside the feed-forward. Without flash attention
 * the result takes heads * context a token more, and masks are F32.
 *
 *     host = 2 E + per-layer embeddings + masks
 *
 * rounding  none; the allocator aligns each tensor to 128 bytes
 * error     within 5 %, truth and others: outputs 1 96 and 98 %, outputs 512 95 and 94 %, q8_0
 *           cache 97 and 94 %, ubatch 256 to 2048 96 and 98 %, 4 slots 95 and 97 %, no flash
 *           attention 97 and 99 %; host part within 2 MiB everywhere. Outputs 1 is never short by
 *           more than 34 MiB, outputs 512 by 46. The allocator's fragmentation is not foreseen: at
 *           outputs 512, Granite-4.0-H takes what is said at about half of the contexts and up to
 *           125 MiB less at the others, where the last layer might reuse the mask's place
 *           Qwen3-Next is 26 % over at 128k; with a q8_0 cache DeepSeek-V3.2 is 89 MiB short at
 *           32k. All of it grows with the ubatch (2048: 144 MiB).
 * source    llama.cpp v0.5.0 src/models, src/llama-graph.cpp, ggml/src/ggml-alloc.c, and
 *           ggml/src/ggml-cuda/fattn.cu for the copies */
struct lf_compute_bytes lf_compute_bytes(const struct lf_form *form,
                                         const struct lf_settings *settings);

/* What device_bytes is made of:
 *
 *     layers = larger of mixer, feed and scan, plus masks and kept
 *     output = logits + row + under
 *     device = larger of layers and output, plus graphs; with adds_output the sum of all three */
struct lf_compute_terms {
    uint64_t mixer_bytes; /* attention, of whichever kind */
    uint64_t feed_bytes;  /* the feed-forward, with attention's result where it waits */
    uint64_t scan_bytes;  /* a recurrent mixer; 0: none */
    uint64_t mask_bytes;
    uint64_t kept_bytes; /* alive from the first layer to the last */
    uint64_t logits_bytes;
    uint64_t row_bytes;
    uint64_t under_bytes;  /* what lies under the last row */
    uint64_t graphs_bytes; /* recorded graphs and the workspace of kernels */
    bool adds_output;      /* the output does not take the layers' place */
    struct lf_compute_bytes sum;
};

/* The terms of lf_compute_bytes. */
struct lf_compute_terms lf_compute_explain(const struct lf_form *form,
                                           const struct lf_settings *settings);

struct lf_split_bytes {
    uint64_t first_bytes;  /* of the device with the first layers */
    uint64_t middle_bytes; /* of each device between */
    uint64_t last_bytes;   /* of the device with the last layers and the output */
    uint64_t host_bytes;
};

/* The layers split over several GPUs: what crosses to a device is there four times, and is never
 * reused.
 *
 *     first   = layers + 4 * (masks + E + per-layer embeddings)
 *     middle  = layers + 4 * (masks + 2 E)
 *     last    = 4 * (masks + 2 E) + the larger of layers and output
 *     host    = 2 E + per-layer embeddings + 4 * masks
 *
 * layers is the widest phase of lf_compute_bytes without masks; AltUp's rows cross twice.
 *
 * devices  that share the layers, at least 2
 * error    46 models on two GPUs at 32k: within 5 % first 98 %, last 89 %, host all. Short: layers
 *          that read the cache of a layer on another device get it copied (Gemma-4-E2B's last
 *          device 1.1 GiB), and Mamba-2's projection crosses too (Nemotron-Nano-9B-v2 186 MiB).
 *          More than two devices were not measured. */
struct lf_split_bytes lf_compute_split_bytes(const struct lf_form *form,
                                             const struct lf_settings *settings, uint64_t devices);

/* The device's buffer when experts are kept in RAM: for a prompt, one layer's tensor of experts
 * after the other is brought to the GPU whole.
 *
 *     larger of lf_compute_bytes and
 *     masks + 2 E + left + tensor + used * larger(product + result, gate + up)
 *     hybrids: the mask comes late and parts two tensors, so tensor + used * gate beside the first
 *
 * tensor_bytes  the largest tensor of experts in its mix
 * error         26 measured buffers of 13 models at outputs 512, 13 at outputs 1 (Q4_K_M): 88 and
 *               92 % within 5 %; Llama-4-Scout at 32k needs a second tensor too (509 MiB short) */
uint64_t lf_compute_staged_bytes(const struct lf_form *form, const struct lf_settings *settings,
                                 uint64_t tensor_bytes);

/* The buffer without a GPU: as with one, without copies of the cache, and the input rows beside.
 *
 * error  184 measured buffers each: f16 93 % within 5 %, q8_0 87 %; at worst 113 MiB short
 *        (Gemma-4-12B at 128k). A step touches less than is reserved. */
uint64_t lf_compute_cpu_bytes(const struct lf_form *form, const struct lf_settings *settings);

/* Added to an estimate when something must fit. */
#define LF_COMPUTE_ALLOWANCE_BYTES (UINT64_C(64) << 20)

#endif
