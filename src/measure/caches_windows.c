#include <windows.h>

#include <stdint.h>
#include <stdlib.h>

#include "base/memory.h"
#include "measure/memory.h"

uint64_t lf_memory_cache_bytes(void)
{
    DWORD bytes = 0;
    uint64_t total = 0;
    unsigned last = 0;
    GetLogicalProcessorInformationEx(RelationCache, NULL, &bytes);
    unsigned char *list = lf_alloc(bytes, 1);
    if (!GetLogicalProcessorInformationEx(
            RelationCache, (SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX *)(void *)list, &bytes)) {
        bytes = 0;
    }
    const SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX *item = NULL;
    for (DWORD place = 0; place < bytes; place += item->Size) {
        item = (const SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX *)(void *)(list + place);
        if (item->Cache.Level > last) {
            last = item->Cache.Level;
            total = 0;
        }
        total += item->Cache.Level == last ? item->Cache.CacheSize : 0;
    }
    free(list);
    return total;
}
