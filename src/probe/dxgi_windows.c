/* Display adapters as DXGI lists them; dxgi.dll is found at run time. */
#define COBJMACROS
#define INITGUID /* the interfaces' ids are defined here */

#include <windows.h>

#include <dxgi1_4.h>
#include <string.h>

#include "probe/windows.h"

typedef HRESULT WINAPI create_factory(REFIID id, void **factory);

static create_factory *find_factory(void)
{
    HMODULE library = LoadLibraryExA("dxgi.dll", NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
    FARPROC found = library == NULL ? NULL : GetProcAddress(library, "CreateDXGIFactory1");
    create_factory *create = NULL;
    memcpy(&create, &found, sizeof create);
    return create;
}

/* What the system grants this process of the adapter's own memory; 0 before Windows 10. */
static uint64_t find_budget(IDXGIAdapter1 *adapter)
{
    IDXGIAdapter3 *newer = NULL;
    DXGI_QUERY_VIDEO_MEMORY_INFO facts = {0};
    if (FAILED(IDXGIAdapter1_QueryInterface(adapter, &IID_IDXGIAdapter3, (void **)&newer))) {
        return 0;
    }
    HRESULT result =
        IDXGIAdapter3_QueryVideoMemoryInfo(newer, 0, DXGI_MEMORY_SEGMENT_GROUP_LOCAL, &facts);
    IDXGIAdapter3_Release(newer);
    return SUCCEEDED(result) ? facts.Budget : 0;
}

static void tell(const struct lf_child_outlet *outlet, IDXGIAdapter1 *adapter)
{
    DXGI_ADAPTER_DESC1 facts;
    if (FAILED(IDXGIAdapter1_GetDesc1(adapter, &facts))) {
        return;
    }
    struct lf_windows_adapter record = {
        .id = (uint64_t)(uint32_t)facts.AdapterLuid.HighPart << 32 | facts.AdapterLuid.LowPart,
        .dedicated_bytes = facts.DedicatedVideoMemory,
        .shared_bytes = facts.SharedSystemMemory,
        .budget_bytes = find_budget(adapter),
        .vendor = facts.VendorId,
        .device = facts.DeviceId,
        .revision = facts.Revision,
        .is_software = (facts.Flags & DXGI_ADAPTER_FLAG_SOFTWARE) != 0,
        .is_remote = (facts.Flags & DXGI_ADAPTER_FLAG_REMOTE) != 0,
    };
    WideCharToMultiByte(CP_UTF8, 0, facts.Description, -1, record.name, sizeof record.name - 1,
                        NULL, NULL);
    lf_child_send(outlet, &record);
}

/* In the thread. */
void lf_windows_tell_adapters(const struct lf_child_outlet *outlet, const void *context)
{
    (void)context;
    create_factory *create = find_factory();
    IDXGIFactory1 *factory = NULL;
    if (create == NULL || FAILED(create(&IID_IDXGIFactory1, (void **)&factory))) {
        return;
    }
    IDXGIAdapter1 *adapter = NULL;
    for (UINT i = 0; IDXGIFactory1_EnumAdapters1(factory, i, &adapter) == S_OK; i++) {
        tell(outlet, adapter);
        IDXGIAdapter1_Release(adapter);
    }
    IDXGIFactory1_Release(factory);
}
