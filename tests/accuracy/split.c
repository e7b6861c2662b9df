/* Where weights lie with every layer on one GPU, against what llama.cpp allocated.
 *
 *     split TRUTH [IDS]
 *
 * IDS tells the catalog's id of each model; without it they have their names in the catalog.
 * Prints a table and exits with 1 when a part differs by a byte, with 77 when the truth is not
 * there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/units.h"
#include "catalog/catalog.h"
#include "rules/weights.h"

enum { SKIPPED = 77, FILE_BYTES_MOST = 64 * 1024 * 1024, RAM_ALIGNMENT = 32 };

static const char *const kinds[] = {"all layers on a GPU", "experts in RAM"};

struct tally {
    unsigned compared;
    unsigned different;
    uint64_t worst_bytes;
};

static void fail(const char *words)
{
    fprintf(stderr, "split: %s\n", words);
    exit(1);
}

static void read_json(const char *path, struct lf_text *text, struct lf_json *json)
{
    struct lf_error err = {0};
    if (lf_file_read(path, FILE_BYTES_MOST, text, &err) != LF_OK ||
        lf_json_parse(json, path, lf_text_string(text), text->length, &err) != LF_OK) {
        fail(err.text);
    }
}

/* The number at a path of keys; -1 when a part of it is missing. */
static double number_at(const cJSON *node, const char *const keys[], size_t count)
{
    for (size_t i = 0; i < count && node != NULL; i++) {
        node = lf_json_find(node, keys[i]);
    }
    return cJSON_IsNumber(node) ? node->valuedouble : -1;
}

static void compare(struct tally *tally, const char *model, const char *part, uint64_t ours,
                    double truth)
{
    uint64_t theirs = (uint64_t)truth;
    uint64_t apart = ours > theirs ? ours - theirs : theirs - ours;
    tally->compared++;
    tally->worst_bytes = apart > tally->worst_bytes ? apart : tally->worst_bytes;
    if (apart > 0) {
        tally->different++;
        printf("%s, %s: %llu bytes, measured %llu\n", model, part, (unsigned long long)ours,
               (unsigned long long)theirs);
    }
}

/* llama.cpp loads the router's bias of an MTP layer that it skips otherwise.
 * source  llama.cpp v0.5.0, src/models/glm-dsa.cpp: exp_probs_b is made without the flag */
static uint64_t left_of_mtp(const struct lf_form *form)
{
    bool is_glm = strcmp(form->arch, "glm-dsa") == 0;
    return is_glm ? (form->layers - form->trunk_layers) * form->experts * sizeof(float) : 0;
}

/* Our split of the file: everything on a GPU but the input embeddings, and the experts if asked.
 * RAM begins a tensor at a multiple of 32 bytes, which we do not count. */
static void split(const struct lf_form *form, enum lf_mix mix, bool experts_in_ram,
                  uint64_t bytes[2])
{
    struct lf_arena arena = {0};
    struct lf_weights weights;
    lf_weights_size(form, mix, false, lf_arena_alloc(&arena, form->layers, sizeof *weights.layers),
                    &weights, NULL);
    bytes[0] = weights.output_bytes + weights.output_padding_bytes + weights.duplicate_bytes +
               weights.duplicate_padding_bytes + left_of_mtp(form);
    bytes[1] = weights.input_bytes;
    for (uint64_t i = 0; i < form->trunk_layers; i++) {
        const struct lf_layer_weights *layer = &weights.layers[i];
        bytes[0] += layer->always_bytes + layer->always_padding_bytes;
        if (experts_in_ram) {
            bytes[1] += layer->expert_bytes;
        } else {
            bytes[0] += layer->expert_bytes + layer->expert_padding_bytes;
        }
    }
    bytes[1] = lf_round_up(bytes[1], RAM_ALIGNMENT);
    lf_arena_clear(&arena);
}

static void compare_model(const struct lf_catalog *catalog, const cJSON *truth, const char *id,
                          struct tally tallies[2])
{
    static const char *const measured[] = {"gpu_all_ctx8192", "gpu_experts_in_ram_ctx8192"};
    static const char *const parts[] = {"device", "host"};
    const cJSON *buffers = lf_json_find(truth, "quantized_buffers");
    const struct lf_model *model = lf_models_find_id(&catalog->models, id);
    struct lf_arena arena = {0};
    struct lf_error err = {0};
    struct lf_form form;
    enum lf_mix mix = LF_MIX_F16;
    if (model == NULL || lf_model_expand(model, &arena, &form, &err) != LF_OK) {
        fail(model == NULL ? id : err.text);
    }
    if (!lf_mix_find(lf_json_find(buffers, "quant")->valuestring, &mix)) {
        fail("a quant that is not known");
    }
    for (size_t kind = 0; kind < 2; kind++) {
        uint64_t bytes[2];
        split(&form, mix, kind == 1, bytes);
        for (size_t part = 0; part < 2; part++) {
            const char *const keys[] = {measured[kind], parts[part], "model"};
            double wanted = number_at(buffers, keys, 3);
            if (wanted >= 0) {
                compare(&tallies[kind], id, parts[part], bytes[part], wanted);
            }
        }
    }
    lf_arena_clear(&arena);
}

int main(int count, char **arguments)
{
    struct lf_text texts[2] = {{0}, {0}};
    struct lf_json truth = {0};
    struct lf_json ids = {0};
    struct lf_catalog catalog;
    struct tally tallies[2] = {{0}, {0}};
    struct lf_error err = {0};
    bool has_ids = count == 3;
    FILE *there = count == 2 || has_ids ? fopen(arguments[1], "r") : NULL;
    if (there == NULL) {
        puts("SKIP: the measured sizes are not there");
        return count == 2 || has_ids ? SKIPPED : 1;
    }
    fclose(there);
    read_json(arguments[1], &texts[0], &truth);
    if (has_ids) {
        read_json(arguments[2], &texts[1], &ids);
    }
    lf_catalog_init(&catalog, NULL);
    if (lf_catalog_load(&catalog, LF_CATALOG_MODELS, &err) != LF_OK) {
        fail(err.text);
    }
    for (const cJSON *node = lf_json_find(truth.root, "models")->child; node != NULL;
         node = node->next) {
        const cJSON *name = lf_json_find(node, "model");
        const cJSON *id = has_ids ? lf_json_find(ids.root, name->valuestring) : name;
        if (id == NULL) {
            fail("a model has no id in truth_ids.json");
        }
        compare_model(&catalog, node, id->valuestring, tallies);
    }
    printf("%-20s %10s %10s %14s\n", "split", "compared", "different", "worst, bytes");
    for (size_t kind = 0; kind < 2; kind++) {
        printf("%-20s %10u %10u %14llu\n", kinds[kind], tallies[kind].compared,
               tallies[kind].different, (unsigned long long)tallies[kind].worst_bytes);
    }
    lf_catalog_clear(&catalog);
    lf_json_clear(&truth);
    lf_json_clear(&ids);
    lf_text_clear(&texts[0]);
    lf_text_clear(&texts[1]);
    bool is_good = tallies[0].compared > 0 && tallies[1].compared > 0 &&
                   tallies[0].different + tallies[1].different == 0;
    return is_good ? 0 : 1;
}
