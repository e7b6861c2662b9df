#include "advise/projector.h"

#include <string.h>

#include "base/units.h"

bool lf_model_has_projector(const struct lf_model *model)
{
    for (size_t i = 0; i < model->modalities.count; i++) {
        if (strcmp(model->modalities.items[i], "text") != 0) {
            return true;
        }
    }
    return false;
}

struct lf_projector lf_projector_of(const struct lf_advice_context *context,
                                    const struct lf_model *model, enum lf_mix mix)
{
    const struct lf_runtime_load *load = lf_runtime_load_of(context->runtime, mix);
    bool is_wanted = load->projector == LF_PROJECTOR_ALWAYS ||
                     (load->projector == LF_PROJECTOR_ASKED && context->request->loads_projector);
    if (!is_wanted || !lf_model_has_projector(model)) {
        return (struct lf_projector){.is_loaded = false};
    }
    bool is_file = load->format == LF_FORMAT_GGUF;
    const char *beside = is_file ? lf_mix_name(mix) : "BF16";
    return (struct lf_projector){
        .is_loaded = true,
        .stays_in_ram =
            context->request->projector_in_ram && is_file && load->projector == LF_PROJECTOR_ASKED,
        .file = lf_projector_find(&model->files, model->gguf, lf_label_bits(beside)),
    };
}

struct lf_reason lf_projector_reason(const struct lf_choice *choice, struct lf_arena *arena)
{
    const struct lf_published_file *file = choice->projector.file;
    const char *gguf = choice->subject->model->gguf;
    char size[LF_SIZE_TEXT_BYTES];
    if (!choice->projector.is_loaded) {
        return (struct lf_reason){0};
    }
    if (file == NULL) {
        return (struct lf_reason){.code = "projector-unknown",
                                  .text = "the part that sees and hears is loaded too, but how "
                                          "large it is is not known: it is not counted"};
    }
    bool is_elsewhere = gguf == NULL || strcmp(file->repo, gguf) != 0;
    return (struct lf_reason){
        .code = "projector-loaded",
        .text = lf_arena_format(arena,
                                "the part that sees and hears is loaded too, %s (%s%s%s); the "
                                "buffer it works in is not counted",
                                lf_size_format(size, file->bytes), file->label,
                                is_elsewhere ? " of " : "", is_elsewhere ? file->repo : "")};
}
