/* The command line that runs a choice. */
#include "advise/choice.h"

#include "base/units.h"

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

/* Cache types as llama.cpp spells them: lower case. */
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

void lf_command_make(const struct lf_choice *choice, struct lf_arena *arena,
                     struct lf_command *command)
{
    const struct lf_model *model = choice->subject->model;
    const struct lf_placement *placement = &choice->placement;
    const struct lf_settings *settings = &choice->settings;
    *command = (struct lf_command){.runtime = "llama.cpp"};
    if (model->gguf == NULL || !placement->fits) {
        return;
    }
    /* Every layer and the output are one more than the layers. */
    uint64_t on_gpu = placement->gpu_layers == placement->layer_count ? placement->layer_count + 1
                                                                      : placement->gpu_layers;
    add(command, "llama-server");
    /* Files published in MXFP4 carry no common label; without one llama.cpp takes the repository's
     * default. */
    add_pair(command, "-hf",
             choice->mix == LF_MIX_MXFP4_MOE
                 ? model->gguf
                 : lf_arena_format(arena, "%s:%s", model->gguf, lf_mix_name(choice->mix)));
    add_pair(command, "-c", digits(arena, settings->context_tokens));
    add_pair(command, "-np", digits(arena, settings->slots));
    add_pair(command, "-ub", digits(arena, settings->ubatch));
    add_pair(command, "-ngl", digits(arena, placement->mode == LF_MODE_CPU ? 0 : on_gpu));
    if (placement->gpu_count > 1 && placement->gpu_layers > 0) {
        add_pair(command, "-ts", tensor_split(placement, arena));
    }
    if (placement->ram_expert_layers > 0) {
        add_pair(command, "--n-cpu-moe", digits(arena, placement->ram_expert_layers));
    }
    add_pair(command, "-fa", settings->flash_attn ? "on" : "off");
    add_pair(command, "-ctk", cache_type(arena, settings->type_k));
    add_pair(command, "-ctv", cache_type(arena, settings->type_v));
}
