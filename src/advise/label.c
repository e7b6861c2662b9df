#include "advise/label.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "rules/cache.h"
#include "rules/engine.h"
#include "rules/weights.h"

/* Models so near in size are alike enough; at least so many, however far. */
#define NEAR_FACTOR 1.25
enum { MODELS_LEAST = 8, MODELS_MOST = 24, NUMBER_BYTES = 16 };

/* Reads "70B" or "1.5T" at *text and moves behind it. */
static bool read_params(const char **text, uint64_t *params)
{
    static const char units[] = "mbt";
    static const double sizes[] = {1e6, 1e9, 1e12};
    static const double most = 1e15;
    char number[NUMBER_BYTES] = "";
    double value = 0;
    size_t length = strspn(*text, "0123456789.");
    if (length == 0 || length >= sizeof number) {
        return false;
    }
    memcpy(number, *text, length);
    char unit = (*text)[length];
    const char *found = unit == '\0' ? NULL : strchr(units, unit >= 'a' ? unit : unit - 'A' + 'a');
    if (found == NULL || !lf_number_parse(number, &value)) {
        return false;
    }
    value *= sizes[found - units];
    if (value < 1 || value > most) {
        return false;
    }
    *text += length + 1;
    *params = (uint64_t)(value + 0.5);
    return true;
}

/* A mix by its name, or the plain one of so many bits: "Q4" is Q4_K_M. */
static bool find_mix(const char *name, enum lf_mix *mix)
{
    static const struct {
        const char *name;
        enum lf_mix mix;
    } plain[] = {
        {"Q8", LF_MIX_Q8_0},   {"Q6", LF_MIX_Q6_K},   {"Q5", LF_MIX_Q5_K_M},
        {"Q4", LF_MIX_Q4_K_M}, {"Q3", LF_MIX_Q3_K_M}, {"Q2", LF_MIX_Q2_K},
    };
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        if (lf_text_equal_nocase(name, plain[i].name)) {
            *mix = plain[i].mix;
            return true;
        }
    }
    return lf_mix_find(name, mix);
}

bool lf_label_parse(const char *text, struct lf_label *label)
{
    struct lf_label read = {0};
    if (!read_params(&text, &read.params_total)) {
        return false;
    }
    read.params_active = read.params_total;
    if (text[0] == '-' && (text[1] == 'A' || text[1] == 'a')) {
        text += 2;
        read.is_moe = true;
        if (!read_params(&text, &read.params_active) || read.params_active > read.params_total) {
            return false;
        }
    }
    if (*text == '@' || *text == ':') {
        read.has_mix = find_mix(text + 1, &read.mix);
        if (!read.has_mix) {
            return false;
        }
        text += strlen(text);
    }
    if (*text != '\0') {
        return false;
    }
    *label = read;
    return true;
}

/* A model, and how far its size is from the label's. */
struct neighbour {
    struct lf_subject subject;
    double distance; /* log of the factor, of total and active size together */
};

static int compare(const void *left, const void *right)
{
    const struct neighbour *a = left;
    const struct neighbour *b = right;
    int order = (a->distance > b->distance) - (a->distance < b->distance);
    return order != 0 ? order : strcmp(a->subject.model->id, b->subject.model->id);
}

/* Spells out the models of the label's kind, nearest first; those of unsure shape bound nothing. */
static enum lf_status find_neighbours(struct lf_label_report *report, struct neighbour **neighbours,
                                      struct lf_error *err)
{
    const struct lf_models *models = &report->catalog->models;
    const struct lf_label *label = &report->label;
    struct neighbour *found = lf_arena_alloc(&report->arena, models->count, sizeof *found);
    size_t count = 0;
    for (size_t i = 0; i < models->count; i++) {
        struct neighbour *neighbour = &found[count];
        enum lf_status status =
            lf_subject_make(&models->items[i], &report->arena, &neighbour->subject, err);
        const struct lf_form *form = &neighbour->subject.form;
        if (status != LF_OK) {
            return status;
        }
        if ((form->experts > 0) != label->is_moe ||
            models->items[i].confidence == LF_CONFIDENCE_LOW) {
            continue;
        }
        neighbour->distance = fabs(log((double)form->params_total / (double)label->params_total)) +
                              fabs(log((double)form->params_active / (double)label->params_active));
        neighbour->distance /= label->is_moe ? 1 : 2;
        count++;
    }
    if (count == 0) {
        return lf_fail(err, LF_USAGE, "the catalog has no model to compare this size with");
    }
    qsort(found, count, sizeof *found, compare);
    while (report->model_count < count && report->model_count < MODELS_MOST &&
           (report->model_count < MODELS_LEAST ||
            found[report->model_count].distance <= log(NEAR_FACTOR))) {
        report->model_count++;
    }
    *neighbours = found;
    return LF_OK;
}

/* Makes the range hold value, which the model sets. */
static void widen(struct lf_label_range *range, double value, const struct lf_model *model)
{
    if (range->low.model == NULL || value < range->low.value) {
        range->low = (struct lf_label_bound){value, model};
    }
    if (range->high.model == NULL || value > range->high.value) {
        range->high = (struct lf_label_bound){value, model};
    }
}

/* Bits a weight of the model in the mix, times the label's weights. */
static double scaled_weights(const struct lf_label_report *report, const struct lf_form *form,
                             enum lf_mix mix)
{
    struct lf_layer_weights *layers = lf_alloc(form->layers, sizeof *layers);
    struct lf_weights weights;
    lf_weights_size(form, mix, !report->request.no_imatrix, layers, &weights, NULL);
    free(layers);
    return (double)weights.file_bytes / (double)form->params_total *
           (double)report->label.params_total;
}

/* Where the model fits, its speed, as if it had the label's active weights. */
static void add_speed(const struct lf_advice_context *context, const struct lf_label *label,
                      const struct lf_subject *subject, struct lf_label_row *row)
{
    struct lf_choice *choice = lf_alloc(1, sizeof *choice);
    if (lf_choose_mix(context, subject, row->mix, choice)) {
        double scale = (double)subject->form.params_active / (double)label->params_active;
        row->fitting++;
        if (choice->decode.mid > 0) {
            widen(&row->decode, choice->decode.low * scale, subject->model);
            widen(&row->decode, choice->decode.high * scale, subject->model);
        }
    }
    free(choice);
}

static void make_row(const struct lf_advice_context *context, const struct neighbour *neighbours,
                     struct lf_label_report *report, struct lf_label_row *row)
{
    for (size_t i = 0; i < report->model_count; i++) {
        const struct lf_subject *subject = &neighbours[i].subject;
        widen(&row->weights, scaled_weights(report, &subject->form, row->mix), subject->model);
        add_speed(context, &report->label, subject, row);
    }
    row->total.low.value =
        row->weights.low.value + report->cache.low.value + report->compute.low.value;
    row->total.high.value =
        row->weights.high.value + report->cache.high.value + report->compute.high.value;
}

static void make_rows(const struct lf_advice_context *context, const struct neighbour *neighbours,
                      struct lf_label_report *report)
{
    static const enum lf_mix usual[] = {LF_MIX_F16,    LF_MIX_Q8_0,   LF_MIX_Q6_K, LF_MIX_Q5_K_M,
                                        LF_MIX_Q4_K_M, LF_MIX_Q3_K_M, LF_MIX_Q2_K};
    const struct lf_request *request = &report->request;
    report->row_count = request->has_mix ? 1 : sizeof usual / sizeof usual[0];
    report->rows = lf_arena_alloc(&report->arena, report->row_count, sizeof *report->rows);
    for (size_t i = 0; i < report->row_count; i++) {
        report->rows[i].mix = request->has_mix ? request->mix : usual[i];
        make_row(context, neighbours, report, &report->rows[i]);
    }
}

enum lf_status lf_label(const struct lf_machine *machine, const struct lf_catalog *catalog,
                        const struct lf_request *request, const struct lf_label *label,
                        struct lf_label_report *report, struct lf_error *err)
{
    struct neighbour *neighbours = NULL;
    struct lf_advice_context context;
    *report = (struct lf_label_report){
        .machine = machine, .catalog = catalog, .request = *request, .label = *label};
    if (label->has_mix && !request->has_mix) {
        report->request.has_mix = true;
        report->request.mix = label->mix;
    }
    if (request->context_tokens == 0) {
        report->request.context_tokens = lf_use_case_context(request->use_case);
    }
    enum lf_status status = find_neighbours(report, &neighbours, err);
    if (status == LF_OK) {
        status =
            lf_advice_prepare(catalog, machine, &report->request, &report->budget, &context, err);
    }
    if (status != LF_OK) {
        return status;
    }
    struct lf_settings settings =
        lf_settings_for(&report->request, &lf_engine_gguf, report->request.context_tokens);
    report->models = lf_arena_alloc(&report->arena, report->model_count, sizeof(struct lf_model *));
    for (size_t i = 0; i < report->model_count; i++) {
        const struct lf_subject *subject = &neighbours[i].subject;
        struct lf_cache_bytes cache = lf_cache_bytes(&subject->form, &settings);
        report->models[i] = subject->model;
        widen(&report->cache, (double)cache.kv_bytes + (double)cache.state_bytes, subject->model);
        widen(&report->compute, (double)lf_compute_bytes(&subject->form, &settings).device_bytes,
              subject->model);
    }
    make_rows(&context, neighbours, report);
    return LF_OK;
}

void lf_label_clear(struct lf_label_report *report)
{
    lf_arena_clear(&report->arena);
}
