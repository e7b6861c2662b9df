#include "base/store_folder.h"

const struct lf_store_place lf_store_places[LF_STORE_COUNT][LF_STORE_PLACES_MOST] = {
    [LF_STORE_CACHE] = {{.variable = "LLMFIT_CACHE_DIR", .below = ""},
                        {.variable = "HOME", .below = "/Library/Caches/llmfit"}},
    [LF_STORE_DATA] = {{.variable = "LLMFIT_DATA_DIR", .below = ""},
                       {.variable = "HOME", .below = "/Library/Application Support/llmfit"}},
};
