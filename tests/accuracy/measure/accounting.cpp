/* A buffer is as large as ggml-cuda would make it (get_alloc_size there), seen from its source:
 * a row of a quantized tensor is padded to 512 values, and flash attention keeps an F16 copy of a
 * quantized K and V behind its result. No GPU was asked. */
#include "accounting.h"

#include "ggml-backend-impl.h"

static const int DEVICES_MOST = 4;
static const size_t DEVICE_BYTES = (size_t)1 << 43;
static const size_t ALIGNMENT = 128;
static const int64_t ROW_VALUES = 512;
/* From that many rows on a device computes with weights that lie in RAM. */
static const int64_t OFFLOAD_ROWS_LEAST = 32;
/* Fewer rows of Q go through the kernel that reads the quantized cache as it is. */
static const int64_t VECTOR_ROWS_MOST = 2;

static const char *const names[DEVICES_MOST] = {"GPU0", "GPU1", "GPU2", "GPU3"};
static int device_count;
static ggml_backend_reg registry;
static ggml_backend_device devices[DEVICES_MOST];
static ggml_backend_buffer_type device_buffers[DEVICES_MOST];
static ggml_backend_buffer_type host_buffers;
static ggml_guid guid = {'l', 'l', 'm', 'f', 'i', 't'};

static size_t pad(size_t bytes)
{
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static size_t with_copies(const ggml_tensor *attention, size_t bytes)
{
    const ggml_tensor *q = attention->src[0];
    const ggml_tensor *k = attention->src[1];
    const ggml_tensor *v = attention->src[2];
    bool is_inside = v->view_src != nullptr &&
                     (v->view_src == k || (v->view_src == k->view_src &&
                                           v->view_offs == k->view_offs));
    if (q->ne[1] <= VECTOR_ROWS_MOST) {
        return bytes;
    }
    if (k->type != GGML_TYPE_F16) {
        bytes = pad(bytes) + (size_t)ggml_nelements(k) * sizeof(ggml_fp16_t);
    }
    if (v->type != GGML_TYPE_F16 && !is_inside) {
        bytes = pad(bytes) + (size_t)ggml_nelements(v) * sizeof(ggml_fp16_t);
    }
    return bytes;
}

static size_t alloc_size(ggml_backend_buffer_type_t, const ggml_tensor *tensor)
{
    size_t bytes = ggml_nbytes(tensor);
    if (tensor->op == GGML_OP_FLASH_ATTN_EXT) {
        bytes = with_copies(tensor, bytes);
    }
    int64_t rest = tensor->ne[0] % ROW_VALUES;
    if (ggml_is_quantized(tensor->type) && rest != 0) {
        bytes += ggml_row_size(tensor->type, ROW_VALUES - rest);
    }
    return bytes;
}

static ggml_backend_buffer_t alloc_buffer(ggml_backend_buffer_type_t type, size_t bytes)
{
    ggml_backend_buffer_i calls = {};
    calls.get_base = [](ggml_backend_buffer_t) { return (void *)ALIGNMENT; };
    calls.set_tensor = [](ggml_backend_buffer_t, ggml_tensor *, const void *, size_t, size_t) {};
    calls.clear = [](ggml_backend_buffer_t, uint8_t) {};
    return ggml_backend_buffer_init(type, calls, nullptr, bytes);
}

static ggml_backend_t init_backend(ggml_backend_dev_t device, const char *)
{
    ggml_backend *backend = new ggml_backend{};
    backend->guid = &guid;
    backend->device = device;
    ggml_backend_i &calls = backend->iface;
    calls.get_name = [](ggml_backend_t self) { return names[self->device - devices]; };
    calls.free = [](ggml_backend_t self) { delete self; };
    calls.graph_compute = [](ggml_backend_t, ggml_cgraph *) { return GGML_STATUS_SUCCESS; };
    calls.synchronize = [](ggml_backend_t) {};
    calls.set_tensor_async = [](ggml_backend_t, ggml_tensor *, const void *, size_t, size_t) {};
    calls.get_tensor_async = [](ggml_backend_t, const ggml_tensor *, void *, size_t, size_t) {};
    calls.event_record = [](ggml_backend_t, ggml_backend_event_t) {};
    calls.event_wait = [](ggml_backend_t, ggml_backend_event_t) {};
    return backend;
}

/* Rows an operation computes, as ggml-cuda counts them to decide on offloading. */
static int64_t rows_of(const ggml_tensor *result)
{
    switch (result->op) {
    case GGML_OP_GET_ROWS:
        return 0;
    case GGML_OP_MUL_MAT:
        return result->ne[1];
    case GGML_OP_MUL_MAT_ID:
    case GGML_OP_ROPE:
        return result->ne[2];
    default:
        return ggml_nrows(result);
    }
}

static void get_props(ggml_backend_dev_t device, ggml_backend_dev_props *props)
{
    *props = {};
    props->name = names[device - devices];
    props->description = props->name;
    props->memory_free = DEVICE_BYTES;
    props->memory_total = DEVICE_BYTES;
    props->type = GGML_BACKEND_DEVICE_TYPE_GPU;
    props->caps.async = true;
    props->caps.host_buffer = true;
    props->caps.events = true;
}

static void fill_device(int number)
{
    ggml_backend_device &device = devices[number];
    ggml_backend_device_i &calls = device.iface;
    device.reg = &registry;
    calls.get_name = [](ggml_backend_dev_t self) { return names[self - devices]; };
    calls.get_description = calls.get_name;
    calls.get_memory = [](ggml_backend_dev_t, size_t *free, size_t *total) {
        *free = *total = DEVICE_BYTES;
    };
    calls.get_type = [](ggml_backend_dev_t) { return GGML_BACKEND_DEVICE_TYPE_GPU; };
    calls.get_props = get_props;
    calls.init_backend = init_backend;
    calls.get_buffer_type = [](ggml_backend_dev_t self) { return &device_buffers[self - devices]; };
    calls.get_host_buffer_type = [](ggml_backend_dev_t) { return &host_buffers; };
    calls.supports_op = [](ggml_backend_dev_t, const ggml_tensor *) { return true; };
    calls.supports_buft = [](ggml_backend_dev_t self, ggml_backend_buffer_type_t type) {
        return type == &device_buffers[self - devices];
    };
    calls.offload_op = [](ggml_backend_dev_t, const ggml_tensor *result) {
        return rows_of(result) >= OFFLOAD_ROWS_LEAST;
    };
    calls.event_new = [](ggml_backend_dev_t self) {
        return new ggml_backend_event{self, nullptr};
    };
    calls.event_free = [](ggml_backend_dev_t, ggml_backend_event_t event) { delete event; };
    calls.event_synchronize = [](ggml_backend_dev_t, ggml_backend_event_t) {};
    ggml_backend_buffer_type &buffers = device_buffers[number];
    buffers.device = &device;
    buffers.iface.get_name = [](ggml_backend_buffer_type_t self) {
        return names[self - device_buffers];
    };
    buffers.iface.alloc_buffer = alloc_buffer;
    buffers.iface.get_alignment = [](ggml_backend_buffer_type_t) { return ALIGNMENT; };
    buffers.iface.get_alloc_size = alloc_size;
}

void accounting_register(int count)
{
    device_count = count < DEVICES_MOST ? count : DEVICES_MOST;
    registry.api_version = GGML_BACKEND_API_VERSION;
    registry.iface.get_name = [](ggml_backend_reg_t) { return "accounting"; };
    registry.iface.get_device_count = [](ggml_backend_reg_t) { return (size_t)device_count; };
    registry.iface.get_device = [](ggml_backend_reg_t, size_t i) { return &devices[i]; };
    registry.iface.get_proc_address = [](ggml_backend_reg_t, const char *) -> void * {
        return nullptr;
    };
    for (int i = 0; i < device_count; i++) {
        fill_device(i);
    }
    host_buffers = *ggml_backend_cpu_buffer_type();
    host_buffers.device = &devices[0];
    host_buffers.iface.get_name = [](ggml_backend_buffer_type_t) { return "host"; };
    ggml_backend_register(&registry);
}
