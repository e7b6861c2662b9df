#include "base/store_folder.h"

const struct lf_store_place lf_store_places[LF_STORE_COUNT][LF_STORE_PLACES_MOST] = {
    [LF_STORE_CACHE] = {{.variable = "LLMFIT_CACHE_DIR", .below = ""},
                        {.variable = "XDG_CACHE_HOME", .below = "/llmfit"},
                        {.variable = "HOME", .below = "/.cache/llmfit"}},
    [LF_STORE_DATA] = {{.variable = "LLMFIT_DATA_DIR", .below = ""},
                       {.variable = "XDG_DATA_HOME", .below = "/llmfit"},
                       {.variable = "HOME", .below = "/.local/share/llmfit"}},
};
