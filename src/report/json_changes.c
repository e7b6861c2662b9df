/* How a model would run elsewhere, and the changes that lead there. */
#include "report/json.h"

void lf_json_prospect(struct lf_json_writer *writer, const struct lf_prospect *prospect,
                      const struct lf_catalog *catalog)
{
    lf_json_string(writer, "quant", lf_mix_name(prospect->mix));
    lf_json_string(writer, "mode", lf_mode_id(prospect->mode));
    lf_json_integer(writer, "gpus", prospect->gpus);
    lf_json_integer(writer, "context_tokens", prospect->context_tokens);
    lf_json_cache_type(writer, "type_k", prospect->type_k);
    lf_json_cache_type(writer, "type_v", prospect->type_v);
    lf_json_integer(writer, "total_bytes", prospect->total_bytes);
    lf_json_integer(writer, "left_bytes", prospect->left_bytes);
    lf_json_decode(writer, &prospect->decode, prospect->depth_tokens);
    lf_json_tier(writer, &prospect->expectation, catalog);
}

static void write_goals(struct lf_json_writer *writer, const char *key, unsigned goals)
{
    lf_json_open_array(writer, key);
    for (unsigned goal = 1; lf_goal_id(goal) != NULL; goal <<= 1) {
        if ((goals & goal) != 0) {
            lf_json_string(writer, NULL, lf_goal_id(goal));
        }
    }
    lf_json_close_array(writer);
}

void lf_json_changes(struct lf_json_writer *writer, const struct lf_changes *changes,
                     const struct lf_catalog *catalog)
{
    write_goals(writer, "missing", changes->missing);
    lf_json_open_array(writer, "changes");
    for (size_t i = 0; i < changes->count; i++) {
        const struct lf_change *change = &changes->items[i];
        lf_json_open_object(writer, NULL);
        lf_json_string(writer, "code", change->code);
        lf_json_string(writer, "text", change->text);
        write_goals(writer, "reaches", change->reaches);
        lf_json_prospect(writer, &change->prospect, catalog);
        lf_json_bool(writer, "from_disk", change->prospect.from_disk);
        lf_json_close_object(writer);
    }
    lf_json_close_array(writer);
}
