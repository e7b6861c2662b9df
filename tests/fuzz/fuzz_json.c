/* Text as JSON: what the scan takes, the tree builder takes too, and every value has a place. */
#include <stdlib.h>

#include "base/json.h"
#include "fuzz.h"

static void locate_all(const struct lf_json *json, const cJSON *node)
{
    for (; node != NULL; node = node->next) {
        struct lf_error err = {0};
        lf_json_fail(json, node, &err, "x");
        if (err.line == 0 || err.column == 0) {
            abort();
        }
        locate_all(json, node->child);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { LOCATED_BYTES_MOST = 4096 }; /* each place is counted from the start */
    struct lf_json json;
    struct lf_error err = {0};
    const char *text = (const char *)data;
    enum lf_status scanned = lf_json_scan("fuzz", text, size, &err);
    if (lf_json_parse(&json, "fuzz", text, size, &err) != scanned) {
        abort();
    }
    if (json.root != NULL && size <= LOCATED_BYTES_MOST) {
        locate_all(&json, json.root);
    }
    lf_json_clear(&json);
    return 0;
}
