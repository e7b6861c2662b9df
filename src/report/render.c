#include "report/render.h"

#include <string.h>

#include "report/json.h"
#include "report/text.h"

static const struct lf_renderer *const renderers[] = {&lf_renderer_text, &lf_renderer_json,
                                                      &lf_renderer_markdown};

enum { RENDERER_COUNT = sizeof renderers / sizeof renderers[0] };

const struct lf_renderer *lf_renderer_at(size_t row)
{
    return row < RENDERER_COUNT ? renderers[row] : NULL;
}

const struct lf_renderer *lf_renderer_find(const char *name)
{
    for (size_t i = 0; i < RENDERER_COUNT; i++) {
        if (strcmp(renderers[i]->name, name) == 0) {
            return renderers[i];
        }
    }
    return NULL;
}
