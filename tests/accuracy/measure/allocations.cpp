/* Asks llama.cpp what it would allocate for a model, and what its quantizer would make of it.
 *
 *     allocations buffers FILE GPUS EXPERTS_IN_RAM < configurations
 *     allocations mixes FILE
 *
 * buffers loads FILE without its data, all layers on GPUS accounting devices, and answers every
 * line "ctx=8192,kv=f16,out=1" with "config buffer model context compute" lines, in bytes.
 * mixes prints what the dry run of the quantizer says of every tensor, a line "mix NAME" before
 * each. What llama.cpp logs while loading goes to the standard error. */
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <map>
#include <sstream>
#include <string>

#include "accounting.h"
#include "llama-ext.h"
#include "llama.h"

static const int BATCH_TOKENS = 2048;
static const int UBATCH_TOKENS = 512;
static const int ALL_LAYERS = 999;

struct mix {
    const char *name;
    llama_ftype ftype;
};

static const mix mixes[] = {
    {"F16", LLAMA_FTYPE_MOSTLY_F16},         {"Q8_0", LLAMA_FTYPE_MOSTLY_Q8_0},
    {"Q6_K", LLAMA_FTYPE_MOSTLY_Q6_K},       {"Q5_K_M", LLAMA_FTYPE_MOSTLY_Q5_K_M},
    {"Q5_K_S", LLAMA_FTYPE_MOSTLY_Q5_K_S},   {"Q5_0", LLAMA_FTYPE_MOSTLY_Q5_0},
    {"Q4_K_M", LLAMA_FTYPE_MOSTLY_Q4_K_M},   {"Q4_K_S", LLAMA_FTYPE_MOSTLY_Q4_K_S},
    {"Q4_1", LLAMA_FTYPE_MOSTLY_Q4_1},       {"Q4_0", LLAMA_FTYPE_MOSTLY_Q4_0},
    {"IQ4_XS", LLAMA_FTYPE_MOSTLY_IQ4_XS},   {"IQ4_NL", LLAMA_FTYPE_MOSTLY_IQ4_NL},
    {"Q3_K_L", LLAMA_FTYPE_MOSTLY_Q3_K_L},   {"Q3_K_M", LLAMA_FTYPE_MOSTLY_Q3_K_M},
    {"Q3_K_S", LLAMA_FTYPE_MOSTLY_Q3_K_S},   {"IQ3_M", LLAMA_FTYPE_MOSTLY_IQ3_M},
    {"IQ3_S", LLAMA_FTYPE_MOSTLY_IQ3_S},     {"IQ3_XS", LLAMA_FTYPE_MOSTLY_IQ3_XS},
    {"IQ3_XXS", LLAMA_FTYPE_MOSTLY_IQ3_XXS}, {"Q2_K", LLAMA_FTYPE_MOSTLY_Q2_K},
    {"Q2_K_S", LLAMA_FTYPE_MOSTLY_Q2_K_S},   {"IQ2_M", LLAMA_FTYPE_MOSTLY_IQ2_M},
    {"IQ2_XXS", LLAMA_FTYPE_MOSTLY_IQ2_XXS}, {"IQ1_S", LLAMA_FTYPE_MOSTLY_IQ1_S},
    {"MXFP4_MOE", LLAMA_FTYPE_MOSTLY_MXFP4_MOE},
};

using options = std::map<std::string, std::string>;

static options parse(const std::string &line)
{
    options parsed;
    std::stringstream rest(line);
    std::string part;
    while (std::getline(rest, part, ',')) {
        size_t equal = part.find('=');
        parsed[part.substr(0, equal)] = part.substr(equal + 1);
    }
    return parsed;
}

static int number(const options &config, const char *key, int otherwise)
{
    auto found = config.find(key);
    return found == config.end() ? otherwise : std::atoi(found->second.c_str());
}

static ggml_type cache_type(const std::string &name)
{
    for (int i = 0; i < GGML_TYPE_COUNT; i++) {
        const char *known = ggml_type_name((ggml_type)i);
        if (known != nullptr && name == known) {
            return (ggml_type)i;
        }
    }
    fprintf(stderr, "%s is no type\n", name.c_str());
    std::exit(2);
}

static llama_context_params context_params(const options &config)
{
    llama_context_params params = llama_context_default_params();
    params.n_ctx = number(config, "ctx", 0);
    params.n_batch = BATCH_TOKENS;
    params.n_ubatch = number(config, "ub", UBATCH_TOKENS);
    params.n_seq_max = number(config, "seq", 1);
    params.kv_unified = number(config, "uni", 0) != 0;
    params.n_outputs_max = number(config, "out", 0);
    params.swa_full = number(config, "swafull", 0) != 0;
    params.type_k = params.type_v = cache_type(config.at("kv"));
    bool is_off = config.count("fa") != 0 && config.at("fa") == "off";
    params.flash_attn_type =
        is_off ? LLAMA_FLASH_ATTN_TYPE_DISABLED : LLAMA_FLASH_ATTN_TYPE_AUTO;
    return params;
}

/* Prints the buffers of one configuration; all that lies in RAM is "host". */
static void print_buffers(llama_model *model, const std::string &line)
{
    llama_context *context = llama_init_from_model(model, context_params(parse(line)));
    if (context == nullptr) {
        printf("%s refused 0 0 0\n", line.c_str());
        return;
    }
    std::map<std::string, llama_memory_breakdown_data> sums;
    for (const auto &[type, bytes] : llama_get_memory_breakdown(context)) {
        bool is_host = ggml_backend_buft_is_host(type);
        llama_memory_breakdown_data &sum = sums[is_host ? "host" : ggml_backend_buft_name(type)];
        sum.model += bytes.model;
        sum.context += bytes.context;
        sum.compute += bytes.compute;
    }
    for (const auto &[name, sum] : sums) {
        printf("%s %s %zu %zu %zu\n", line.c_str(), name.c_str(), sum.model, sum.context,
               sum.compute);
    }
    fflush(stdout);
    llama_free(context);
}

static int print_all_buffers(const char *path, int gpus, bool has_experts_in_ram)
{
    if (gpus > 0) {
        accounting_register(gpus);
    }
    llama_model_tensor_buft_override overrides[] = {
        {"\\.ffn_(up|down|gate|gate_up)_(ch|)exps", ggml_backend_cpu_buffer_type()},
        {nullptr, nullptr}};
    llama_model_params params = llama_model_default_params();
    params.no_alloc = true;
    params.load_mode = LLAMA_LOAD_MODE_NONE;
    params.n_gpu_layers = gpus > 0 ? ALL_LAYERS : 0;
    params.tensor_buft_overrides = has_experts_in_ram ? overrides : nullptr;
    llama_model *model = llama_model_load_from_file(path, params);
    if (model == nullptr) {
        return 1;
    }
    std::string line;
    while (std::getline(std::cin, line)) {
        print_buffers(model, line);
    }
    llama_model_free(model);
    return 0;
}

static int print_mixes(const char *path)
{
    llama_log_set([](ggml_log_level, const char *text, void *) { fputs(text, stdout); }, nullptr);
    for (const mix &mix : mixes) {
        printf("\nmix %s\n", mix.name);
        llama_model_quantize_params params = llama_model_quantize_default_params();
        params.ftype = mix.ftype;
        params.dry_run = true;
        params.nthread = 1;
        if (llama_model_quantize(path, "/dev/null", &params) != 0) {
            printf("\nmix refused\n");
        }
    }
    return 0;
}

int main(int count, char **arguments)
{
    if (count == 5 && strcmp(arguments[1], "buffers") == 0) {
        return print_all_buffers(arguments[2], std::atoi(arguments[3]),
                                 std::atoi(arguments[4]) != 0);
    }
    if (count == 3 && strcmp(arguments[1], "mixes") == 0) {
        return print_mixes(arguments[2]);
    }
    fprintf(stderr, "allocations: see the head of its source\n");
    return 2;
}
