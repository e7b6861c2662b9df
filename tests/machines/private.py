#!/usr/bin/env python3
"""Plants serial numbers and names in a machine and looks for them in what is made to be sent on.

    private.py LLMFIT

Neither `llmfit doctor` nor tests/machines/record may let one through, and the recording must still
be the same machine.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the sources may be read-only

import unpack  # pylint: disable=wrong-import-position

HERE = pathlib.Path(__file__).parent
TIMEOUT_S = 60
SECRETS = ["alices-laptop", "alice", "c0ffee5e4141", "PF3XYZ42", "4711-0815", "deadbeef",
           "GPU-5f1e9c2a", "1234567890987654321", "29AA14", "/srv/secret"]

MACHINE = """
cpus packages=1 cores=4 threads=2 model=AMD EPYC 7502P 32-Core Processor flags=fpu avx2 fma
value proc/sys/kernel/hostname alices-laptop
value etc/machine-id deadbeef
value sys/class/dmi/id/product_name ThinkStation P620
value sys/class/dmi/id/product_serial PF3XYZ42
value sys/class/dmi/id/product_uuid 4711-0815
file run/udev/data/+dmi:id
    E:ID_SERIAL=PF3XYZ42
    E:MEMORY_ARRAY_NUM_DEVICES=2
    E:MEMORY_DEVICE_0_DATA_WIDTH=64
    E:MEMORY_DEVICE_0_SIZE=17179869184
    E:MEMORY_DEVICE_0_LOCATOR=DIMM_A1
    E:MEMORY_DEVICE_0_TYPE=DDR4
    E:MEMORY_DEVICE_0_SERIAL_NUMBER=4711-0815
    E:MEMORY_DEVICE_0_ASSET_TAG=PF3XYZ42
    E:MEMORY_DEVICE_0_CONFIGURED_SPEED_MTS=3200
file proc/meminfo
    MemTotal:       65800000 kB
    MemAvailable:   60000000 kB
    SwapTotal:          3000 kB
file proc/swaps
    Filename\\tType\\tSize\\tUsed\\tPriority
    /home/alice/swapfile\\tfile\\t2000\\t0\\t-2
    /dev/zram0\\tpartition\\t1000\\t0\\t100
value proc/self/cgroup 0::/user.slice/user-alice.slice/docker-c0ffee5e4141.scope
file proc/self/mountinfo
    25 1 8:1 / /srv/secret rw - ext4 /dev/sda1 rw
    35 25 0:30 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate
value sys/fs/cgroup/user.slice/user-alice.slice/memory.max 8589934592
value sys/fs/cgroup/user.slice/user-alice.slice/docker-c0ffee5e4141.scope/cpu.max 150000 100000
file proc/self/status
    Name:\\talice-shell
    Cpus_allowed_list:\\t0-5
file proc/self/environ
    HOME=/home/alice
pci 0000:01:00.0 class=0x030000 vendor=0x10de device=0x2684 revision=0xa1 driver=nvidia
value sys/devices/pci0000:01/0000:01:00.0/max_link_speed 16.0 GT/s PCIe
value sys/devices/pci0000:01/0000:01:00.0/max_link_width 16
value sys/devices/pci0000:01/max_link_speed 8.0 GT/s PCIe
value sys/devices/pci0000:01/max_link_width 4
file proc/driver/nvidia/gpus/0000:01:00.0/information
    Model: \\t\\t NVIDIA GeForce RTX 4090
    GPU UUID: \\t GPU-5f1e9c2a
    Device Minor: \\t 0
pci 0000:05:00.0 class=0x120000 vendor=0x1002 device=0x74a1 revision=0x00 driver=amdgpu
value sys/devices/pci0000:05/0000:05:00.0/mem_info_vram_vendor hynix
value sys/devices/pci0000:05/0000:05:00.0/unique_id deadbeef
value sys/devices/pci0000:05/0000:05:00.0/serial_number PF3XYZ42
file sys/class/kfd/kfd/topology/nodes/1/properties
    simd_count 304
    gfx_target_version 90402
    device_id 29857
    location_id 1280
    domain 0
    unique_id 1234567890987654321
file sys/class/kfd/kfd/topology/nodes/1/mem_banks/0/properties
    heap_type 1
    size_in_bytes 103012106240
    width 8192
    mem_clk_max 1300
file sys/class/kfd/kfd/topology/nodes/2/properties
    simd_count 304
    gfx_target_version 90402
    device_id 29857
    location_id 1281
    domain 0
    unique_id 1234567890987654321
file sys/class/kfd/kfd/topology/nodes/2/mem_banks/0/properties
    heap_type 1
    size_in_bytes 103012106240
    width 8192
    mem_clk_max 1300
"""

# A machine of another kind, whose processors' lines hold numbers of theirs.
S390 = """
file proc/cpuinfo
    vendor_id       : IBM/S390
    # processors    : 1
    processor 0: version = FF,  identification = 29AA14,  machine = 2817
    Serial          : PF3XYZ42
file proc/meminfo
    MemTotal:       65800000 kB
"""


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True,
                          timeout=TIMEOUT_S).stdout


def unpacked(text, folder):
    """The folder a recording's text is laid out in."""
    machine = pathlib.Path(folder) / "text.machine"
    machine.write_text(text, encoding="utf-8")
    root = pathlib.Path(folder) / "root"
    unpack.unpack(machine, root)
    return str(root)


def essence(llmfit, root):
    """What a machine is, without where that was read and how long it took."""
    machine = json.loads(run(llmfit, "system", "--root", root, "--json"))["machine"]
    return {key: value for key, value in machine.items() if key not in ("origins", "steps")}


def check(llmfit, text):
    faults = []
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        root = unpacked(text, first)
        recording = run(sys.executable, str(HERE / "record"), root)
        outputs = {
            "record": recording,
            "llmfit doctor": run(llmfit, "doctor", "--root", root),
            "llmfit doctor --json": run(llmfit, "doctor", "--root", root, "--json"),
        }
        for name, output in outputs.items():
            faults += [f"{name} tells {secret}" for secret in SECRETS
                       if secret.lower() in output.lower()]
        before = essence(llmfit, root)
        after = essence(llmfit, unpacked(recording, second))
        if before != after:
            faults.append(f"the recording is another machine: {before} and {after}")
    return faults


def main(llmfit):
    faults = [fault for text in (MACHINE, S390) for fault in check(llmfit, text)]
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
