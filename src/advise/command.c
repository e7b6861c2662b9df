#include "advise/command.h"

#include <stdio.h>
#include <string.h>

#include "advise/projector.h"
#include "base/units.h"
#include "rules/engine.h"

static struct lf_command *start(struct lf_commands *commands, const char *runtime,
                                const char *program)
{
    struct lf_command *command = &commands->items[commands->count++];
    *command = (struct lf_command){.runtime = runtime, .arguments = {program}, .count = 1};
    return command;
}

static void add(struct lf_command *command, const char *argument)
{
    if (command->count < LF_ARGUMENTS_MOST) {
        command->arguments[command->count++] = argument;
    }
}

static void add_pair(struct lf_command *command, const char *flag, const char *value)
{
    add(command, flag);
    add(command, value);
}

static const char *digits(struct lf_arena *arena, uint64_t number)
{
    return lf_arena_format(arena, "%llu", (unsigned long long)number);
}

/* Cache types as engines spell them: lower case. */
static const char *cache_type(struct lf_arena *arena, enum lf_type type)
{
    char name[32] = "";
    const char *upper = lf_type_name(type);
    for (size_t i = 0; upper[i] != '\0' && i + 1 < sizeof name; i++) {
        name[i] = upper[i];
        if (upper[i] >= 'A' && upper[i] <= 'Z') {
            name[i] = (char)(upper[i] - 'A' + 'a');
        }
    }
    return lf_arena_format(arena, "%s", name);
}

/* Which GPU takes how many layers, "20,0,13": what the engine would choose itself goes by free
 * memory alone. The output counts as a layer of the last GPU in use.
 * source  llama.cpp v0.5.0 src/llama-model.cpp: a layer goes to the first GPU whose cumulative
 *         share of the layers offloaded is above the layer's place among them */
static const char *tensor_split(const struct lf_placement *placement, struct lf_arena *arena)
{
    size_t in_use = placement->share_count - 1;
    bool has_output = placement->gpu_layers == placement->layer_count;
    const char *split = "";
    size_t place = 0;
    for (size_t i = 0; i < in_use; i++) {
        const struct lf_share *share = &placement->shares[i];
        for (; place < share->gpu; place++) {
            split = lf_arena_format(arena, "%s0,", split);
        }
        bool is_last = i + 1 == in_use;
        uint64_t layers = share->layers + (is_last && has_output ? 1 : 0);
        split = lf_arena_format(arena, "%s%llu%s", split, (unsigned long long)layers,
                                is_last ? "" : ",");
        place++;
    }
    return split;
}

/* Files published in MXFP4 carry no common label; without one llama.cpp takes the repository's
 * default. */
static const char *gguf_name(const struct lf_choice *choice, struct lf_arena *arena)
{
    const char *gguf = choice->subject->model->gguf;
    return choice->mix == LF_MIX_MXFP4_MOE
               ? gguf
               : lf_arena_format(arena, "%s:%s", gguf, lf_mix_name(choice->mix));
}

/* Every layer and the output are one more than the layers. */
static uint64_t offloaded_layers(const struct lf_placement *placement)
{
    if (placement->mode == LF_MODE_CPU) {
        return 0;
    }
    return placement->gpu_layers == placement->layer_count ? placement->layer_count + 1
                                                           : placement->gpu_layers;
}

/* Of a repository (-hf), llama-server loads the projector too unless told otherwise, onto the first
 * GPU there is, whatever the model uses. */
static void add_projector(const struct lf_choice *choice, struct lf_arena *arena,
                          struct lf_command *command)
{
    static const struct {
        const char *backend;
        const char *device;
    } devices[] = {{"cuda", "CUDA"},
                   {"rocm", "ROCm"},
                   {"vulkan-amd", "Vulkan"},
                   {"vulkan-intel", "Vulkan"},
                   {"vulkan-nv", "Vulkan"}};
    const struct lf_placement *placement = &choice->placement;
    const struct lf_share *first = &placement->shares[0];
    bool is_on_gpu = first->pool->accelerator != NULL && first->projector_bytes > 0;
    add(command, choice->projector.is_loaded ? "--mmproj-auto" : "--no-mmproj");
    if (choice->projector.file != NULL && !is_on_gpu && placement->gpu_count > 0) {
        add(command, "--no-mmproj-offload");
    }
    for (size_t i = 0; is_on_gpu && first->gpu > 0 && i < sizeof devices / sizeof devices[0]; i++) {
        if (strcmp(lf_backend_of(first->pool->accelerator), devices[i].backend) == 0) {
            add_pair(command, "--mmproj-device",
                     lf_arena_format(arena, "%s%zu", devices[i].device, first->gpu));
        }
    }
}

static void make_llama_server(const struct lf_choice *choice, struct lf_arena *arena,
                              struct lf_commands *commands)
{
    const struct lf_placement *placement = &choice->placement;
    const struct lf_settings *settings = &choice->settings;
    if (choice->subject->model->gguf == NULL) {
        return;
    }
    struct lf_command *command = start(commands, "llama.cpp", "llama-server");
    add_pair(command, "-hf", gguf_name(choice, arena));
    add_pair(command, "-c", digits(arena, settings->context_tokens));
    add_pair(command, "-np", digits(arena, settings->slots));
    add_pair(command, "-ub", digits(arena, settings->ubatch));
    add_pair(command, "-ngl", digits(arena, offloaded_layers(placement)));
    if (placement->gpu_count > 1 && placement->gpu_layers > 0) {
        add_pair(command, "-ts", tensor_split(placement, arena));
    }
    if (placement->ram_expert_layers > 0) {
        add_pair(command, "--n-cpu-moe", digits(arena, placement->ram_expert_layers));
    }
    add_pair(command, "-fa", settings->flash_attn ? "on" : "off");
    add_pair(command, "-ctk", cache_type(arena, settings->type_k));
    add_pair(command, "-ctv", cache_type(arena, settings->type_v));
    if (lf_model_has_projector(choice->subject->model)) {
        add_projector(choice, arena, command);
    }
    if (placement->stream.streamed_bytes > 0) {
        /* Weights repacked for the CPU would be copies, which the file does not stand behind.
         * source  llama.cpp, src/llama-model.cpp, make_cpu_buft_list */
        add_pair(command, "--load-mode", "mmap");
        add(command, "--no-repack");
    }
}

/* Ollama takes one cache type for K and V, and keeps no experts apart; the rest is told by the
 * server's environment and a Modelfile. Its context is that of each slot. */
static void make_ollama(const struct lf_choice *choice, struct lf_arena *arena,
                        struct lf_commands *commands)
{
    static const enum lf_type types[] = {LF_F16, LF_Q8_0, LF_Q4_0};
    const struct lf_model *model = choice->subject->model;
    const struct lf_placement *placement = &choice->placement;
    const struct lf_settings *settings = &choice->settings;
    bool has_type = false;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        has_type = has_type || settings->type_k == types[i];
    }
    if (model->gguf == NULL || !has_type || settings->type_v != settings->type_k ||
        placement->ram_expert_layers > 0) {
        return;
    }
    struct lf_command *serve = start(commands, "ollama", "env");
    add(serve,
        lf_arena_format(arena, "OLLAMA_NUM_PARALLEL=%llu", (unsigned long long)settings->slots));
    add(serve, settings->flash_attn ? "OLLAMA_FLASH_ATTENTION=1" : "OLLAMA_FLASH_ATTENTION=0");
    add(serve,
        lf_arena_format(arena, "OLLAMA_KV_CACHE_TYPE=%s", cache_type(arena, settings->type_k)));
    add(serve, "ollama");
    add(serve, "serve");
    const char *name = lf_arena_format(arena, "%s-llmfit", model->id);
    struct lf_command *create = start(commands, "ollama", "ollama");
    add(create, "create");
    add(create, name);
    add_pair(create, "-f", "Modelfile");
    create->file = lf_arena_format(
        arena,
        "FROM hf.co/%s\nPARAMETER num_ctx %llu\nPARAMETER num_batch %llu\nPARAMETER num_gpu "
        "%llu\n",
        gguf_name(choice, arena), (unsigned long long)(settings->context_tokens / settings->slots),
        (unsigned long long)settings->ubatch, (unsigned long long)offloaded_layers(placement));
    struct lf_command *run = start(commands, "ollama", "ollama");
    add(run, "run");
    add(run, name);
}

/* Whether the MLX repository known of the model holds the choice's quant, which stands behind the
 * name: "mlx-community/Qwen3-8B-4bit". Experts published in MXFP4 stay so in every one. */
static bool is_published_for_mlx(const struct lf_choice *choice)
{
    const char *repository = choice->subject->model->mlx;
    const char *native = choice->subject->model->native_format;
    const char *suffix = lf_mix_name(choice->mix) + sizeof "mlx" - 1;
    size_t length = repository == NULL ? 0 : strlen(repository);
    bool is_named = choice->mix != LF_MIX_BF16 && length > strlen(suffix) &&
                    strcmp(repository + length - strlen(suffix), suffix) == 0;
    bool is_kept = repository != NULL && native != NULL && strcmp(native, "MXFP4") == 0;
    return is_named || is_kept;
}

/* `lms` downloads by address and loads by the key it made of the name. The share of layers on the
 * GPU is a number from 0 to 1. */
static void make_lm_studio(const struct lf_choice *choice, struct lf_arena *arena,
                           struct lf_commands *commands)
{
    const struct lf_model *model = choice->subject->model;
    const struct lf_placement *placement = &choice->placement;
    const struct lf_settings *settings = &choice->settings;
    bool is_mlx = settings->engine == &lf_engine_mlx;
    bool is_plain = settings->type_k == LF_F16 && settings->type_v == LF_F16;
    const char *repository = is_mlx ? model->mlx : model->gguf;
    if (repository == NULL || placement->ram_expert_layers > 0 || !is_plain ||
        (is_mlx && !is_published_for_mlx(choice))) {
        return;
    }
    struct lf_command *get = start(commands, "lm-studio", "lms");
    add(get, "get");
    add(get, is_mlx || choice->mix == LF_MIX_MXFP4_MOE
                 ? lf_arena_format(arena, "https://huggingface.co/%s", repository)
                 : lf_arena_format(arena, "https://huggingface.co/%s@%s", repository,
                                   lf_mix_name(choice->mix)));
    add(get, "--yes");
    struct lf_command *load = start(commands, "lm-studio", "lms");
    add(load, "load");
    add(load, model->id);
    add_pair(load, "--context-length", digits(arena, settings->context_tokens / settings->slots));
    add_pair(load, "--parallel", digits(arena, settings->slots));
    double share = (double)placement->gpu_layers / (double)placement->layer_count;
    add_pair(load, "--gpu",
             placement->mode == LF_MODE_CPU ? "off"
             : placement->gpu_layers == placement->layer_count
                 ? "max"
                 : lf_arena_format(arena, "%.2f", share));
    add(load, "--yes");
}

/* mlx-lm's server has no bound of its own for the context: its cache grows with the conversation.
 * A quant that nobody is known to publish is made first. */
static void make_mlx(const struct lf_choice *choice, struct lf_arena *arena,
                     struct lf_commands *commands)
{
    const struct lf_model *model = choice->subject->model;
    const struct lf_settings *settings = &choice->settings;
    const char *path = model->mlx;
    if (!is_published_for_mlx(choice)) {
        path = lf_arena_format(arena, "%s-%s", model->id, lf_mix_name(choice->mix));
        struct lf_command *convert = start(commands, "mlx", "mlx_lm.convert");
        add_pair(convert, "--hf-path", model->hf);
        add_pair(convert, "--mlx-path", path);
        if (choice->mix != LF_MIX_BF16) {
            add(convert, "--quantize");
            add_pair(convert, "--q-bits", digits(arena, lf_mix_packing(choice->mix).bits));
            add_pair(convert, "--q-group-size", digits(arena, lf_mix_packing(choice->mix).group));
        }
    }
    struct lf_command *serve = start(commands, "mlx", "mlx_lm.server");
    add_pair(serve, "--model", path);
    add_pair(serve, "--prefill-step-size", digits(arena, settings->ubatch));
    add_pair(serve, "--decode-concurrency", digits(arena, settings->slots));
    add_pair(serve, "--prompt-concurrency", digits(arena, settings->slots));
    add_pair(serve, "--prompt-cache-size", digits(arena, settings->slots));
    if (settings->type_k == LF_Q8_0 || settings->type_k == LF_Q4_0) {
        add_pair(serve, "--kv-bits", settings->type_k == LF_Q8_0 ? "8" : "4");
        add_pair(serve, "--kv-group-size", "64");
    }
}

/* FP8 is made of a 16-bit model while it is loaded; the other packings are files of their own,
 * whose publishers are not known here. */
static void make_vllm(const struct lf_choice *choice, struct lf_arena *arena,
                      struct lf_commands *commands)
{
    const struct lf_model *model = choice->subject->model;
    const struct lf_settings *settings = &choice->settings;
    const struct lf_pool *pool = choice->placement.shares[0].pool;
    const char *native = model->native_format == NULL ? "BF16" : model->native_format;
    bool is_native = (choice->mix == LF_MIX_BF16 && strcmp(native, "BF16") == 0) ||
                     (choice->mix == LF_MIX_FP8 && strcmp(native, "FP8") == 0) ||
                     choice->mix == LF_MIX_MXFP4;
    bool is_made = choice->mix == LF_MIX_FP8 && strcmp(native, "BF16") == 0;
    if (!is_native && !is_made) {
        return;
    }
    /* The share was cut to whole bytes. */
    double usable = (double)pool->budget_bytes + (double)pool->reserve_bytes;
    uint64_t hundredths = (uint64_t)(100 * (double)pool->budget_bytes / usable + 0.001);
    struct lf_command *command = start(commands, "vllm", "vllm");
    add(command, "serve");
    add(command, model->hf);
    if (is_made) {
        add_pair(command, "--quantization", "fp8_per_block");
    }
    add_pair(command, "--max-model-len", digits(arena, settings->context_tokens / settings->slots));
    add_pair(command, "--max-num-seqs", digits(arena, settings->slots));
    add_pair(command, "--max-num-batched-tokens", digits(arena, settings->ubatch));
    add_pair(command, "--gpu-memory-utilization",
             lf_arena_format(arena, "0.%02llu", (unsigned long long)hundredths));
    add_pair(command, "--kv-cache-dtype", settings->type_k == LF_FP8 ? "fp8" : "auto");
    if (choice->placement.mode == LF_MODE_MULTI_GPU) {
        add_pair(command, "--tensor-parallel-size",
                 digits(arena, choice->placement.share_count - 1));
    }
    if (lf_model_has_projector(model) && !choice->projector.is_loaded) {
        add(command, "--language-model-only");
    }
    if (settings->swa_full) {
        add(command, "--disable-hybrid-kv-cache-manager");
    }
}

/* Who runs what: the runtime asked for, and those beside it that take the same file. */
static const struct {
    const char *runtime;
    const char *beside; /* NULL: only when asked for */
    void (*make)(const struct lf_choice *choice, struct lf_arena *arena,
                 struct lf_commands *commands);
} makers[] = {
    {"llama.cpp", NULL, make_llama_server},
    {"ollama", "llama.cpp", make_ollama},
    {"mlx", NULL, make_mlx},
    {"lm-studio", "llama.cpp", make_lm_studio},
    {"vllm", NULL, make_vllm},
};

void lf_commands_make(const struct lf_runtime *runtime, const struct lf_choice *choice,
                      struct lf_arena *arena, struct lf_commands *commands)
{
    commands->count = 0;
    for (size_t i = 0; choice->placement.fits && i < sizeof makers / sizeof makers[0]; i++) {
        bool is_beside = makers[i].beside != NULL && strcmp(makers[i].beside, runtime->id) == 0;
        bool is_whole = choice->placement.stream.streamed_bytes == 0;
        if ((is_beside && is_whole) || strcmp(makers[i].runtime, runtime->id) == 0) {
            makers[i].make(choice, arena, commands);
        }
    }
}

size_t lf_commands_own(const struct lf_commands *commands)
{
    size_t count = 0;
    while (count < commands->count &&
           strcmp(commands->items[count].runtime, commands->items[0].runtime) == 0) {
        count++;
    }
    return count;
}
