"""Makes machine files of short descriptions.

A description is {"cpu": [name, cores, bandwidth in GB/s], "ram_gib": N, "gpus": [[name, GiB]],
"unified": true where the GPUs use the RAM}. What it leaves out llmfit completes from its own table
of devices.
"""

GIB = 1 << 30


def machine_of(row):
    name, cores, bandwidth_gbps = row["cpu"]
    ram_bytes = int(row["ram_gib"] * GIB)
    bandwidth_bps = None if bandwidth_gbps is None else int(bandwidth_gbps * 1e9)
    is_unified = row.get("unified", False)
    gpus = []
    for place, (gpu, gib) in enumerate(row.get("gpus", [])):
        gpus.append({
            "id": f"gpu{place}",
            "vendor": vendor_of(gpu),
            "name": gpu,
            "pci_id": None,
            "memory_kind": "unified" if is_unified else "dedicated",
            "total_bytes": ram_bytes if is_unified else int(gib * GIB),
            "free_bytes": None,
            "bandwidth_bps": bandwidth_bps if is_unified else None,
        })
    return {"machine": {
        "cpu": {"name": name, "cores": cores, "threads": cores, "isa": []},
        "memory": {"total_bytes": ram_bytes, "available_bytes": None, "limit_bytes": None,
                   "usable_bytes": None, "bandwidth_bps": bandwidth_bps},
        "accelerators": gpus,
    }}


def vendor_of(gpu):
    for vendor, words in {"Apple": ["Apple"], "AMD": ["Radeon", "AMD"], "Intel": ["Arc"]}.items():
        if any(word in gpu for word in words):
            return vendor
    return "NVIDIA"
