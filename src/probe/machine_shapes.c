#include "probe/machine_shapes.h"

#include <stddef.h>

#define MOST_BANDWIDTH_BPS 1e15
#define MOST_SPEED_MTPS 100000
#define MOST_PARTITIONS 256
#define MOST_NVLINKS 64

#define FIELD(type, member, word, holds) \
    .key = word, .offset = offsetof(type, member), .kind = (holds)
#define TEXT(type, member, word) FIELD(type, member, word, LF_JSON_STRING)
#define AMOUNT(type, member, word, from, to) \
    FIELD(type, member, word, LF_JSON_INTEGER), .least = (from), .most = (to)
#define NUMBER(type, member, word, to) FIELD(type, member, word, LF_JSON_NUMBER), .most = (to)
#define PART(member, holds) FIELD(struct lf_machine_parts, member, #member, holds)

static const struct lf_json_field machine_fields[] = {
    {PART(cpu, LF_JSON_OBJECT)},         {PART(memory, LF_JSON_OBJECT)},
    {PART(accelerators, LF_JSON_ARRAY)}, {PART(disks, LF_JSON_ARRAY)},
    {PART(diagnostics, LF_JSON_ARRAY)},  {PART(steps, LF_JSON_ARRAY)},
    {PART(origins, LF_JSON_OBJECT)},     {PART(preview, LF_JSON_OBJECT)},
};

static const struct lf_json_field machine_preview_fields[] = {
    {TEXT(struct lf_machine, board, "board")},
};

static const struct lf_json_field cpu_fields[] = {
    {TEXT(struct lf_cpu, name, "name")},
    {AMOUNT(struct lf_cpu, cores, "cores", 1, LF_THREADS_MOST)},
    {AMOUNT(struct lf_cpu, threads, "threads", 1, LF_THREADS_MOST)},
    {FIELD(struct lf_cpu, isa, "isa", LF_JSON_STRINGS)},
};

static const struct lf_json_field cpu_preview_fields[] = {
    {AMOUNT(struct lf_cpu, performance_cores, "performance_cores", 1, LF_THREADS_MOST)},
    {AMOUNT(struct lf_cpu, efficiency_cores, "efficiency_cores", 1, LF_THREADS_MOST)},
    {AMOUNT(struct lf_cpu, quota_millis, "quota_millis", 1, LF_THREADS_MOST * 1000.0)},
};

static const struct lf_json_field memory_fields[] = {
    {AMOUNT(struct lf_memory, total_bytes, "total_bytes", 1, 0)},
    {AMOUNT(struct lf_memory, available_bytes, "available_bytes", 0, 0)},
    {AMOUNT(struct lf_memory, limit_bytes, "limit_bytes", 0, 0)},
    {AMOUNT(struct lf_memory, usable_bytes, "usable_bytes", 0, 0)},
    {AMOUNT(struct lf_memory, bandwidth_bps, "bandwidth_bps", 1, MOST_BANDWIDTH_BPS)},
};

static const struct lf_json_field memory_preview_fields[] = {
    {AMOUNT(struct lf_memory, speed_mtps, "speed_mtps", 1, MOST_SPEED_MTPS)},
    {AMOUNT(struct lf_memory, hugepages_bytes, "hugepages_bytes", 0, 0)},
    {AMOUNT(struct lf_memory, swap_bytes, "swap_bytes", 0, 0)},
    {AMOUNT(struct lf_memory, zram_bytes, "zram_bytes", 0, 0)},
};

static const struct lf_json_field accelerator_fields[] = {
    {TEXT(struct lf_accelerator_record, it.id, "id")},
    {TEXT(struct lf_accelerator_record, it.vendor, "vendor")},
    {TEXT(struct lf_accelerator_record, it.name, "name")},
    {TEXT(struct lf_accelerator_record, it.pci_id, "pci_id")},
    {TEXT(struct lf_accelerator_record, memory_kind, "memory_kind")},
    {AMOUNT(struct lf_accelerator_record, it.total_bytes, "total_bytes", 1, 0)},
    {AMOUNT(struct lf_accelerator_record, it.free_bytes, "free_bytes", 0, 0)},
    {AMOUNT(struct lf_accelerator_record, it.usable_bytes, "usable_bytes", 0, 0)},
    {AMOUNT(struct lf_accelerator_record, it.bandwidth_bps, "bandwidth_bps", 1,
            MOST_BANDWIDTH_BPS)},
};

static const struct lf_json_field accelerator_preview_fields[] = {
    {TEXT(struct lf_accelerator_record, it.driver, "driver")},
    {TEXT(struct lf_accelerator_record, it.pci_revision, "pci_revision")},
    {AMOUNT(struct lf_accelerator_record, it.partition_count, "partition_count", 1,
            MOST_PARTITIONS)},
    {AMOUNT(struct lf_accelerator_record, it.link_bps, "link_bps", 1, MOST_BANDWIDTH_BPS)},
    {AMOUNT(struct lf_accelerator_record, it.nvlink_count, "nvlink_count", 1, MOST_NVLINKS)},
    {TEXT(struct lf_accelerator_record, it.compute, "compute")},
    {NUMBER(struct lf_accelerator_record, it.fp16_tflops, "fp16_tflops", 1e6)},
    {NUMBER(struct lf_accelerator_record, it.fp32_tflops, "fp32_tflops", 1e6)},
    {FIELD(struct lf_accelerator_record, it.is_integrated, "is_integrated", LF_JSON_BOOL)},
};

static const struct lf_json_field disk_fields[] = {
    {TEXT(struct lf_disk, path, "path"), .required = true},
    {TEXT(struct lf_disk, kind, "kind")},
    {AMOUNT(struct lf_disk, free_bytes, "free_bytes", 0, 0)},
};

static const struct lf_json_field diagnostic_fields[] = {
    {TEXT(struct lf_diagnostic_record, it.code, "code"), .required = true},
    {TEXT(struct lf_diagnostic_record, it.text, "text"), .required = true},
    {TEXT(struct lf_diagnostic_record, gap, "gap")},
};

static const struct lf_json_field step_fields[] = {
    {TEXT(struct lf_step_record, it.name, "name"), .required = true},
    {TEXT(struct lf_step_record, it.source, "source")},
    {TEXT(struct lf_step_record, status, "status"), .required = true},
    {NUMBER(struct lf_step_record, it.elapsed_ms, "elapsed_ms", 1e9)},
};

static const struct lf_json_field origin_fields[] = {
    {TEXT(struct lf_origin_record, from, "from"), .required = true},
    {TEXT(struct lf_origin_record, source, "source")},
};

const struct lf_json_shape lf_machine_shape = LF_JSON_OPEN_SHAPE(machine_fields);
const struct lf_json_shape lf_machine_preview_shape = LF_JSON_OPEN_SHAPE(machine_preview_fields);
const struct lf_json_shape lf_cpu_shape = LF_JSON_OPEN_SHAPE(cpu_fields);
const struct lf_json_shape lf_cpu_preview_shape = LF_JSON_OPEN_SHAPE(cpu_preview_fields);
const struct lf_json_shape lf_memory_shape = LF_JSON_OPEN_SHAPE(memory_fields);
const struct lf_json_shape lf_memory_preview_shape = LF_JSON_OPEN_SHAPE(memory_preview_fields);
const struct lf_json_shape lf_accelerator_shape = LF_JSON_OPEN_SHAPE(accelerator_fields);
const struct lf_json_shape lf_accelerator_preview_shape =
    LF_JSON_OPEN_SHAPE(accelerator_preview_fields);
const struct lf_json_shape lf_disk_shape = LF_JSON_OPEN_SHAPE(disk_fields);
const struct lf_json_shape lf_diagnostic_shape = LF_JSON_OPEN_SHAPE(diagnostic_fields);
const struct lf_json_shape lf_step_shape = LF_JSON_OPEN_SHAPE(step_fields);
const struct lf_json_shape lf_origin_shape = LF_JSON_OPEN_SHAPE(origin_fields);
