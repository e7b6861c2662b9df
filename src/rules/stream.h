/* Weights that RAM has no room for: mapped from the model's file, they are read from the disk as
 * tokens use them, and the rest of RAM keeps what it can of them. */
#ifndef LLMFIT_RULES_STREAM_H
#define LLMFIT_RULES_STREAM_H

#include <stdint.h>

#include "catalog/disk.h"

/* What lies in RAM of a model's weights, or would. */
struct lf_ram_weights {
    uint64_t always_bytes; /* read for every token */
    uint64_t expert_bytes; /* routed experts, all of them */
    uint64_t other_bytes;  /* the input embeddings, of which a token reads a row */
    double active_share;   /* 0..1: of the experts, read for a token */
};

/* All-zero: nothing is left on the disk. */
struct lf_stream {
    uint64_t resident_bytes; /* weights that RAM keeps */
    uint64_t streamed_bytes; /* and those it does not */
    /* What a token reads from the disk, bytes: at best, expected, at worst. */
    double least_read_bytes;
    double mid_read_bytes;
    double most_read_bytes;
    const struct lf_disk_reading *disk; /* borrowed from the budget */
};

/* Works out what RAM keeps and what a token reads from the disk.
 *
 * A token touches what every token reads, H of it in RAM, and the experts it is routed to; the rest
 * of the room holds experts.
 *
 *     missed = 1 - experts in RAM / experts
 *     least  = always - H + active experts * missed * reuse
 *
 *     where the room holds all that a token touches:
 *     mid    = active experts * missed
 *     most   = active experts, where any is missed
 *
 *     and where it does not:
 *     mid    = (least + most) / 2
 *     most   = always + active experts
 *
 * mid takes routing to be uniform: then any cache finds the share that it holds. least has tokens
 * use the experts of those before them, most has none of them found. A cache that holds less than
 * one round and drops what was used longest ago finds nothing in the next (most); one that never
 * drops finds all it holds (least); systems do something between.
 *
 * room_bytes  of RAM for weights
 * returns     bytes, in *stream; all-zero but the disk when the room holds them all
 * error       of the speed that follows: tests/accuracy/disk.py */
void lf_stream_make(const struct lf_ram_weights *weights, uint64_t room_bytes,
                    const struct lf_disk_reading *disk, struct lf_stream *stream);

/* A model at that speed from memory alone, with what it reads from the disk: the seconds of both
 * add up, for a page that is missing is waited for. Returns tokens/s, or 0 where the disk's rate is
 * not known.
 *
 *     1 / tps = 1 / memory_tps + read / rate */
double lf_stream_tps(double memory_tps, double read_bytes, double rate_bps);

#endif
