#include <windows.h>

#include <string.h>

#include "cli/system.h"

typedef LONG WINAPI get_version(OSVERSIONINFOW *facts);

/* "10.0.22631"; GetVersionEx tells an older one to programs that do not name the newest. */
static const char *find_release(struct lf_arena *arena)
{
    OSVERSIONINFOW facts = {.dwOSVersionInfoSize = sizeof facts};
    FARPROC found = GetProcAddress(GetModuleHandleA("ntdll.dll"), "RtlGetVersion");
    get_version *get = NULL;
    memcpy(&get, &found, sizeof get);
    if (get == NULL || get(&facts) != 0) {
        return NULL;
    }
    return lf_arena_format(arena, "%lu.%lu.%lu", facts.dwMajorVersion, facts.dwMinorVersion,
                           facts.dwBuildNumber);
}

static const char *find_machine(void)
{
    SYSTEM_INFO facts;
    GetNativeSystemInfo(&facts);
    switch (facts.wProcessorArchitecture) {
    case PROCESSOR_ARCHITECTURE_AMD64:
        return "x86_64";
    case PROCESSOR_ARCHITECTURE_ARM64:
        return "aarch64";
    default:
        return NULL;
    }
}

struct lf_doctor_system lf_system_describe(struct lf_arena *arena)
{
    return (struct lf_doctor_system){"Windows", find_release(arena), find_machine()};
}
