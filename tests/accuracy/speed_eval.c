/* Answers what the speed rules say of measured rows, for tests/accuracy/speed.py.
 *
 *     speed_eval RUNTIMES.json < rows > answers
 *
 * A row is fields divided by tabs, in the order of the `fields` below; an answer is
 * low, mid and high of decode, then of prefill, divided by tabs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "catalog/runtime.h"
#include "rules/speed.h"

enum field {
    RUNTIME,
    VENDOR, /* "-": no GPU */
    NAME,
    MIX,
    EXPERTS,
    LAYERS,
    GPU_LAYERS,
    RAM_EXPERT_LAYERS,
    PARAMS_ACTIVE,
    GPUS,
    GPU_BPS,
    RAM_BPS,
    FP32_TFLOPS,
    FP16_TFLOPS,
    GPU_ALWAYS,
    GPU_EXPERTS,
    GPU_KV,
    RAM_ALWAYS,
    RAM_EXPERTS,
    RAM_KV,
    WEIGHTS_BYTES,
    STATE_LAYERS,
    SLOW_CPU,     /* 0 or 1 */
    COPIED_BYTES, /* weights in RAM that prompts need on the GPU */
    FIELD_COUNT
};

enum {
    LINE_MOST = 4096,
    LAYERS_MOST = 256,
    GPUS_MOST = LF_ACCELERATORS_MOST,
    FILE_BYTES_MOST = 1024 * 1024
};

static bool split(char *line, char *fields[FIELD_COUNT])
{
    size_t count = 0;
    line[strcspn(line, "\n")] = '\0';
    for (char *at = line; at != NULL && count < FIELD_COUNT; count++) {
        fields[count] = at;
        at = strchr(at, '\t');
        if (at != NULL) {
            *at++ = '\0';
        }
    }
    return count == FIELD_COUNT;
}

static uint64_t whole(const char *text)
{
    return strtoull(text, NULL, 10);
}

static struct lf_share share_of(const struct lf_pool *pool, char *const amounts[3], uint64_t parts)
{
    return (struct lf_share){
        .pool = pool,
        .always_read_bytes = whole(amounts[0]) / parts,
        .experts_read_bytes = whole(amounts[1]) / parts,
        .kv_read_bytes = whole(amounts[2]) / parts,
    };
}

static void answer(char *fields[FIELD_COUNT], const struct lf_runtime *runtime, enum lf_mix mix)
{
    struct lf_accelerator gpu = {.vendor = fields[VENDOR],
                                 .name = fields[NAME],
                                 .fp32_tflops = strtod(fields[FP32_TFLOPS], NULL),
                                 .fp16_tflops = strtod(fields[FP16_TFLOPS], NULL)};
    struct lf_pool pool = {.accelerator = &gpu, .bandwidth_bps = whole(fields[GPU_BPS])};
    struct lf_pool ram = {.bandwidth_bps = whole(fields[RAM_BPS]),
                          .has_slow_cpu = whole(fields[SLOW_CPU]) != 0};
    struct lf_form form = {.params_active = whole(fields[PARAMS_ACTIVE]),
                           .experts = whole(fields[EXPERTS]),
                           .state_layers = whole(fields[STATE_LAYERS])};
    struct lf_weights weights = {.file_bytes = whole(fields[WEIGHTS_BYTES])};
    struct lf_layer_sum sums[LAYERS_MOST + 1] = {{0}};
    struct lf_load load = {.weights = &weights, .sums = sums};
    struct lf_placement placement = {.fits = true,
                                     .layer_count = whole(fields[LAYERS]),
                                     .gpu_layers = whole(fields[GPU_LAYERS]),
                                     .ram_expert_layers = whole(fields[RAM_EXPERT_LAYERS])};
    for (size_t i = 1; i <= LAYERS_MOST; i++) { /* all in the first layer */
        sums[i].expert_bytes = whole(fields[COPIED_BYTES]);
    }
    bool has_gpu = strcmp(fields[VENDOR], "-") != 0;
    uint64_t gpus = has_gpu ? whole(fields[GPUS]) : 0;
    for (uint64_t i = 0; i < gpus && i < GPUS_MOST; i++) {
        placement.shares[placement.share_count++] = share_of(&pool, &fields[GPU_ALWAYS], gpus);
    }
    struct lf_share in_ram = share_of(&ram, &fields[RAM_ALWAYS], 1);
    if (!has_gpu || in_ram.always_read_bytes + in_ram.experts_read_bytes > 0) {
        placement.shares[placement.share_count++] = in_ram;
    }
    struct lf_estimate decode = lf_decode_tps(&placement, &form, mix, runtime);
    struct lf_estimate prefill = lf_prefill_tps(&placement, &load, &form, mix, runtime);
    printf("%.9g\t%.9g\t%.9g\t%.9g\t%.9g\t%.9g\n", decode.low, decode.mid, decode.high, prefill.low,
           prefill.mid, prefill.high);
}

static int answer_rows(const struct lf_runtimes *runtimes)
{
    char line[LINE_MOST];
    char *fields[FIELD_COUNT];
    for (int number = 1; fgets(line, sizeof line, stdin) != NULL; number++) {
        enum lf_mix mix;
        const struct lf_runtime *runtime =
            split(line, fields) ? lf_runtime_find(runtimes, fields[RUNTIME]) : NULL;
        if (runtime == NULL || !lf_mix_find(fields[MIX], &mix)) {
            fprintf(stderr, "speed_eval: row %d: too few fields, or a runtime or mix not known\n",
                    number);
            return EXIT_FAILURE;
        }
        answer(fields, runtime, mix);
    }
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    struct lf_json json = {0};
    struct lf_arena arena = {0};
    struct lf_runtimes runtimes;
    struct lf_error error = {0};
    struct lf_text text = {0};
    if (argc != 2) {
        fprintf(stderr, "usage: speed_eval RUNTIMES.json < rows\n");
        return 2;
    }
    enum lf_status status = lf_file_read(argv[1], FILE_BYTES_MOST, &text, &error);
    if (status == LF_OK) {
        status = lf_json_parse(&json, argv[1], lf_text_string(&text), text.length, &error);
    }
    if (status == LF_OK) {
        status = lf_runtimes_read(&json, &arena, &runtimes, &error);
    }
    int result = EXIT_FAILURE;
    if (status == LF_OK) {
        result = answer_rows(&runtimes);
    } else {
        fprintf(stderr, "speed_eval: %s\n", error.text);
    }
    lf_arena_clear(&arena);
    lf_json_clear(&json);
    lf_text_clear(&text);
    return result;
}
