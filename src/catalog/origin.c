#include "catalog/origin.h"

#include <string.h>

#include "base/date.h"

static enum lf_status check_date(const struct lf_json *json, const cJSON *node, const char *today,
                                 const char **newest, struct lf_error *err)
{
    int64_t day = 0;
    bool is_known = cJSON_IsString(node) && *newest != NULL &&
                    strcmp(node->valuestring, *newest) == 0; /* most rows were checked together */
    if (is_known) {
        return LF_OK;
    }
    if (!cJSON_IsString(node) || !lf_date_parse(node->valuestring, &day)) {
        return lf_json_fail(json, node, err, "checked must be a date, \"YYYY-MM-DD\"");
    }
    if (today != NULL && strcmp(node->valuestring, today) > 0) {
        return lf_json_fail(json, node, err, "checked: %s is after today, %s", node->valuestring,
                            today);
    }
    if (*newest == NULL || strcmp(node->valuestring, *newest) > 0) {
        *newest = node->valuestring;
    }
    return LF_OK;
}

static enum lf_status check_source(const struct lf_json *json, const cJSON *node,
                                   struct lf_error *err)
{
    bool is_empty = cJSON_IsString(node) && node->valuestring[0] == '\0';
    return is_empty ? lf_json_fail(json, node, err, "source is empty") : LF_OK;
}

/* The depth is that of the scan, at most LF_JSON_DEPTH. */
static enum lf_status check(const struct lf_json *json, const cJSON *node, const char *today,
                            const char **newest, struct lf_error *err)
{
    for (; node != NULL; node = node->next) {
        enum lf_status status = LF_OK;
        if (node->child != NULL) {
            status = check(json, node->child, today, newest, err);
        } else if (node->string != NULL && strcmp(node->string, "checked") == 0) {
            status = check_date(json, node, today, newest, err);
        } else if (node->string != NULL && strcmp(node->string, "source") == 0) {
            status = check_source(json, node, err);
        }
        if (lf_json_ends(json, status)) {
            return status;
        }
    }
    return LF_OK;
}

enum lf_status lf_origins_check(const struct lf_json *json, const char *today, const char **newest,
                                struct lf_error *err)
{
    return check(json, json->root, today, newest, err);
}
