#include "rules/stream.h"

#include "base/units.h"

void lf_stream_make(const struct lf_ram_weights *weights, uint64_t room_bytes,
                    const struct lf_disk_reading *disk, struct lf_stream *stream)
{
    uint64_t all =
        lf_add(lf_add(weights->always_bytes, weights->expert_bytes), weights->other_bytes);
    *stream = (struct lf_stream){.disk = disk};
    if (all <= room_bytes) {
        return;
    }
    uint64_t always_kept = lf_smaller(weights->always_bytes, room_bytes);
    uint64_t experts_kept = lf_smaller(weights->expert_bytes, room_bytes - always_kept);
    double active = (double)weights->expert_bytes * weights->active_share;
    double missed = experts_kept == weights->expert_bytes
                        ? 0
                        : 1.0 - (double)experts_kept / (double)weights->expert_bytes;
    double touched = (double)weights->always_bytes + active;
    stream->resident_bytes = room_bytes;
    stream->streamed_bytes = all - room_bytes;
    stream->least_read_bytes =
        (double)(weights->always_bytes - always_kept) + active * missed * disk->reuse_missed_frac;
    if (touched <= (double)room_bytes) {
        stream->mid_read_bytes = active * missed;
        stream->most_read_bytes = missed > 0 ? active : 0;
    } else {
        stream->mid_read_bytes = (stream->least_read_bytes + touched) / 2;
        stream->most_read_bytes = touched;
    }
}

double lf_stream_tps(double memory_tps, double read_bytes, double rate_bps)
{
    return memory_tps > 0 && rate_bps > 0 ? 1.0 / (1.0 / memory_tps + read_bytes / rate_bps) : 0;
}
