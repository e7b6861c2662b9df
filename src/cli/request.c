/* What the rest of the program makes of the options. */
#include <string.h>

#include "cli/options.h"

bool lf_options_want_json(int argc, char *const argv[])
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--json") == 0 || strcmp(argv[i], "--format=json") == 0 ||
            (strcmp(argv[i], "--format") == 0 && i + 1 < argc &&
             strcmp(argv[i + 1], "json") == 0)) {
            return true;
        }
    }
    return false;
}

void lf_options_request(const struct lf_options *options, const char *today,
                        struct lf_request *request)
{
    lf_request_init(request);
    request->use_case = (enum lf_use_case)options->use_case;
    request->runtime = options->runtime == 0 ? NULL : lf_runtime_id(options->runtime);
    request->context_tokens = options->context_tokens;
    request->max_context_tokens = options->max_context_tokens;
    request->has_kv = options->cache.has_types;
    request->type_k = options->cache.type_k;
    request->type_v = options->cache.type_v;
    request->has_mix = options->quant.has_mix;
    request->mix = options->quant.mix;
    request->all_mixes = options->quant.all;
    if (options->slots != 0) {
        request->slots = options->slots;
    }
    request->ubatch = options->ubatch;
    request->outputs = options->outputs;
    request->no_flash_attn = options->flash_attn == LF_SWITCH_OFF;
    request->swa_full = options->swa_full;
    request->no_imatrix = options->imatrix == LF_SWITCH_OFF;
    request->splits_cache = options->splits_cache;
    request->loads_mtp = options->loads_mtp;
    request->loads_projector =
        options->mmproj || options->vision || request->use_case == LF_USE_CASE_VISION;
    request->projector_in_ram = options->no_mmproj_offload;
    request->uses_free = options->use_free;
    request->from_disk = options->from_disk;
    request->disk_bandwidth_bps = options->disk_bandwidth_bps;
    request->explains = options->explain;
    request->min_tps = options->min_tps;
    request->prompt_tokens = options->prompt_tokens;
    request->answer_tokens = options->answer_tokens;
    request->licence = options->licence;
    request->needs_vision = options->vision;
    request->needs_tools = options->tools;
    request->needs_thinking = options->thinking;
    request->sort = (enum lf_sort)options->sort;
    request->limit = options->limit == LF_LIMIT_UNSET ? 0 : (size_t)options->limit;
    request->today = today;
    request->cost = options->cost;
}
