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
    if (placement->ram_expert_layers > 0) {
        add_pair(command, "--n-cpu-moe", digits(arena, placement->ram_expert_layers));
    }
    add_pair(command, "-fa", settings->flash_attn ? "on" : "off");
    add_pair(command, "-ctk", cache_type(arena, settings->type_k));
    add_pair(command, "-ctv", cache_type(arena, settings->type_v));
}
