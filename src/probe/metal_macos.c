/* Metal and the I/O registry, found at run time: Metal's interface is Objective-C's, whose messages
 * are calls of objc_msgSend, so that no Objective-C source and no framework is needed to build. */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "probe/macos.h"

/* objc_msgSend by the types of what is sent; an id and a selector are pointers. */
struct runtime {
    void *(*find_selector)(const char *name);
    void *(*push_pool)(void);
    void (*pop_pool)(void *pool);
    void *(*send)(void *receiver, void *selector);
    void *(*send_index)(void *receiver, void *selector, unsigned long index);
    unsigned long (*send_for_number)(void *receiver, void *selector);
    signed char (*send_for_bool)(void *receiver, void *selector);
};

/* The parts of IOKit and CoreFoundation that are used, as their headers declare them. */
struct registry {
    void *(*match)(const char *class_name);
    unsigned (*find_service)(unsigned port, void *matching);
    const void *(*get_property)(unsigned entry, const void *key, const void *allocator,
                                unsigned options);
    int (*release_object)(unsigned entry);
    const void *(*make_string)(const void *allocator, const char *text, unsigned encoding);
    unsigned char (*get_number)(const void *number, long type, void *value);
    unsigned long (*get_type)(const void *object);
    unsigned long (*get_number_type)(void);
    void (*release)(const void *object);
};

enum { ENCODING_UTF8 = 0x08000100, NUMBER_SINT64 = 4, MOST_DEVICES = 8 };

static const char objc_path[] = "/usr/lib/libobjc.A.dylib";
static const char metal_path[] = "/System/Library/Frameworks/Metal.framework/Metal";
static const char iokit_path[] = "/System/Library/Frameworks/IOKit.framework/IOKit";
static const char cf_path[] = "/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation";

/* Finds one function; POSIX makes an object pointer hold it, C does not convert them. */
static bool find(const char *path, const char *symbol, void *function)
{
    void *library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
    void *found = library == NULL ? NULL : dlsym(library, symbol);
    memcpy(function, &found, sizeof found);
    return found != NULL;
}

static bool open_runtime(struct runtime *runtime)
{
    return find(objc_path, "sel_registerName", &runtime->find_selector) &&
           find(objc_path, "objc_autoreleasePoolPush", &runtime->push_pool) &&
           find(objc_path, "objc_autoreleasePoolPop", &runtime->pop_pool) &&
           find(objc_path, "objc_msgSend", &runtime->send) &&
           find(objc_path, "objc_msgSend", &runtime->send_index) &&
           find(objc_path, "objc_msgSend", &runtime->send_for_number) &&
           find(objc_path, "objc_msgSend", &runtime->send_for_bool);
}

static bool open_registry(struct registry *registry)
{
    return find(iokit_path, "IOServiceMatching", &registry->match) &&
           find(iokit_path, "IOServiceGetMatchingService", &registry->find_service) &&
           find(iokit_path, "IORegistryEntryCreateCFProperty", &registry->get_property) &&
           find(iokit_path, "IOObjectRelease", &registry->release_object) &&
           find(cf_path, "CFStringCreateWithCString", &registry->make_string) &&
           find(cf_path, "CFNumberGetValue", &registry->get_number) &&
           find(cf_path, "CFGetTypeID", &registry->get_type) &&
           find(cf_path, "CFNumberGetTypeID", &registry->get_number_type) &&
           find(cf_path, "CFRelease", &registry->release);
}

/* The number of cores of the chip's GPU; 0 when the registry does not tell. */
static uint64_t count_gpu_cores(void)
{
    struct registry registry;
    if (!open_registry(&registry)) {
        return 0;
    }
    /* Matching takes the dictionary over. */
    void *matching = registry.match("AGXAccelerator");
    unsigned service = matching == NULL ? 0 : registry.find_service(0, matching);
    if (service == 0) {
        return 0;
    }
    int64_t cores = 0;
    const void *key = registry.make_string(NULL, "gpu-core-count", ENCODING_UTF8);
    const void *value = key == NULL ? NULL : registry.get_property(service, key, NULL, 0);
    if (value != NULL && registry.get_type(value) == registry.get_number_type()) {
        registry.get_number(value, NUMBER_SINT64, &cores);
    }
    if (value != NULL) {
        registry.release(value);
    }
    if (key != NULL) {
        registry.release(key);
    }
    registry.release_object(service);
    return cores > 0 ? (uint64_t)cores : 0;
}

static void tell_device(const struct lf_child_outlet *outlet, const struct runtime *runtime,
                        void *device, uint64_t gpu_cores)
{
    struct lf_macos_gpu gpu = {.gpu_cores = gpu_cores};
    gpu.working_set_bytes =
        runtime->send_for_number(device, runtime->find_selector("recommendedMaxWorkingSetSize"));
    gpu.has_unified_memory =
        runtime->send_for_bool(device, runtime->find_selector("hasUnifiedMemory")) != 0;
    void *name = runtime->send(device, runtime->find_selector("name"));
    const char *text =
        name == NULL ? NULL : runtime->send(name, runtime->find_selector("UTF8String"));
    snprintf(gpu.name, sizeof gpu.name, "%s", text == NULL ? "" : text);
    lf_child_send(outlet, &gpu);
}

/* In the child. Every GPU, as a Mac with an Intel processor may have two. */
void lf_macos_tell_gpus(const struct lf_child_outlet *outlet, const void *context)
{
    (void)context;
    struct runtime runtime;
    void *(*copy_devices)(void) = NULL;
    if (!open_runtime(&runtime) || !find(metal_path, "MTLCopyAllDevices", &copy_devices)) {
        return;
    }
    uint64_t gpu_cores = count_gpu_cores();
    void *pool = runtime.push_pool();
    void *devices = copy_devices();
    unsigned long count =
        devices == NULL ? 0 : runtime.send_for_number(devices, runtime.find_selector("count"));
    for (unsigned long i = 0; i < count && i < MOST_DEVICES; i++) {
        void *device = runtime.send_index(devices, runtime.find_selector("objectAtIndex:"), i);
        tell_device(outlet, &runtime, device, gpu_cores);
    }
    if (devices != NULL) {
        runtime.send(devices, runtime.find_selector("release"));
    }
    runtime.pop_pool(pool);
}
