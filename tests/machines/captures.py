#!/usr/bin/env python3
"""Probes recordings of real machines, made by other projects, and counts right and wrong figures.

    captures.py LLMFIT WITH_DRIVER NVML_FOLDER CAPTURES

CAPTURES holds the recordings and MANIFEST.json, which has the right answers; exits with 77 where it
is absent. Every recording is either read, or told with the reason why no probe reads it. No figure
may be wrong, and none unknown that the recording tells.
"""

import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the sources may be read-only

import capture_roots  # pylint: disable=wrong-import-position

SKIPPED = 77
TIMEOUT_S = 60
MEMORY = "/dev/shm"  # a file system for thousands of small files
MOST_RAM_BYTES = 64 << 40
BANDWIDTH_TOLERANCE = 0.02
VRAM_TOLERANCE = 0.08  # drivers keep a part of what the makers list
DEVICES = pathlib.Path(__file__).parents[2] / "data/devices.json"

# Arm's numbers as the maker lists them, for recordings that give no names.
ARM_CORES = {("0x41", "0xc09"): "Cortex-A9", ("0x41", "0xd0c"): "Neoverse-N1",
             ("0x41", "0xd40"): "Neoverse-V1", ("0x41", "0xd4f"): "Neoverse-V2",
             ("0x41", "0xd85"): "Cortex-X925", ("0x41", "0xd87"): "Cortex-A725",
             ("0x48", "0xd01"): "Kunpeng-920"}

UNREAD = {
    "macos": "no Linux interface",
    "wmic": "no Linux interface",
    "observed values": "figures people told, not files; *.machine has some of them",
}


class Tally:
    """What was found right, wrong and unknown, by kind of recording."""

    def __init__(self):
        self.kinds = collections.defaultdict(collections.Counter)
        self.faults = []
        self.unread = collections.Counter()

    def judge(self, entry, figure, wanted, found, is_right=None):
        right = found == wanted if is_right is None else is_right
        verdict = "right" if right else "unknown" if found in (None, []) else "wrong"
        self.kinds[entry["kind"]][verdict] += 1
        if verdict != "right":
            self.faults.append(f"{verdict}: {entry['file']}: {figure} is {found}, not {wanted}")


class Program:
    """The programs that are asked."""

    def __init__(self, llmfit, with_driver, nvml_folder):
        self.llmfit = llmfit
        self.with_driver = with_driver
        self.nvml_folder = nvml_folder

    @staticmethod
    def run(command, environment):
        run = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S,
                             check=True, env=environment)
        return json.loads(run.stdout)["machine"]

    def probe(self, root):
        return self.run([self.llmfit, "system", "--root", str(root), "--json"], None)

    def probe_with_driver(self, root):
        environment = dict(os.environ, LD_LIBRARY_PATH=self.nvml_folder,
                           LLMFIT_RECORDED_NVML=str(pathlib.Path(root) / "nvml"))
        return self.run([self.with_driver, str(root)], environment)


def read(root, path):
    try:
        return (root / path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def gpu_node_bytes(root):
    """Memory of GPUs that MemTotal counts."""
    total = 0
    for status in root.glob("proc/driver/nvidia/gpus/*/numa_status"):
        text = status.read_text(encoding="utf-8")
        node = re.search(r"Node:\s*(\d+)", text)
        if node and re.search(r"Status:\s*online", text):
            meminfo = read(root, f"sys/devices/system/node/node{node.group(1)}/meminfo")
            told = re.search(r"MemTotal:\s*(\d+) kB", meminfo)
            size = re.search(r"Size:\s*([0-9a-f]+)", text)
            total += int(told.group(1)) * 1024 if told else int(size.group(1), 16)
    return total


def words(text):
    """A name without what differs from printing to printing."""
    return " ".join((text or "").split())


def judge_memory(tally, entry, machine, root):
    truth = entry["truth"]
    memory = machine["memory"]
    if "ram_total_bytes" in truth:
        if truth["ram_total_bytes"] > MOST_RAM_BYTES:
            codes = [item["code"] for item in machine["diagnostics"]]
            tally.judge(entry, "absurd RAM", ["memory-absurd"], codes)
            return
        tally.judge(entry, "RAM", truth["ram_total_bytes"] - gpu_node_bytes(root),
                    memory["total_bytes"])
    if "ram_available_bytes" in truth and gpu_node_bytes(root) == 0:
        tally.judge(entry, "free RAM", truth["ram_available_bytes"], memory["available_bytes"])
    for key, ours in (("swap_total_bytes", "swap_bytes"),
                      ("hugepages_reserved_bytes", "hugepages_bytes")):
        if key in truth and truth.get("ram_total_bytes"):
            tally.judge(entry, ours, truth[key], memory["preview"][ours])


def judge_name(tally, entry, name):
    truth = entry["truth"]
    models = [truth["cpu_model"]] if truth.get("cpu_model") else truth.get("cpu_models", [])
    cores = [ARM_CORES.get(tuple(part)) for part in truth.get("arm_cpu_parts", [])]
    if cores and all(cores):
        models = cores  # more than "ARMv7 Processor rev 1 (v7l)" tells
    for model in models:
        if model != "-":
            tally.judge(entry, "CPU name", model, name, words(model) in words(name))


def judge_cpu(tally, entry, machine, root):
    truth = entry["truth"]
    cpu = machine["cpu"]
    seen = entry.get("hwloc29_load", {})
    judge_name(tally, entry, cpu["name"])
    if "isa" in truth:
        flags = set(re.split(r"\s+", read(root, "proc/cpuinfo")))
        tally.judge(entry, "isa", truth["isa"], cpu["isa"],
                    set(truth["isa"]) <= set(cpu["isa"]) <= flags | {"rvv"})
    online = truth.get("logical_cpus_online", truth.get("logical_cpus"))
    # A cpuset or a mask may allow fewer than are online, and then fewer cores, too.
    is_limited = online is not None and seen.get("pu", int(online)) < int(online) or \
        seen.get("cores", 0) < seen.get("pu", 0) == seen.get("cores")
    if is_limited or online is None:
        online = seen.get("pu")
    if online is not None:
        tally.judge(entry, "threads", int(online), cpu["threads"])
    cores = truth.get("physical_cores_from_thread_siblings")
    if seen.get("pu") and cores and seen["pu"] < cores:
        cores = seen["cores"]
    if cores:
        tally.judge(entry, "cores", cores, cpu["cores"])
    for key, ours in (("p_cores", "performance_cores"), ("e_cores", "efficiency_cores")):
        if key in truth:
            tally.judge(entry, ours, truth[key], cpu["preview"][ours])


def judge_pci(tally, entry, machine):
    found = {gpu["id"]: gpu["pci_id"] for gpu in machine["accelerators"]}
    for gpu in entry["truth"].get("pci_gpus", []):
        wanted = f"{gpu['vendor_id']}:{gpu['device_id']}"
        if gpu["real_gpu_not_bmc_or_virtual"]:
            tally.judge(entry, "GPU", wanted, found.get(gpu["pci"]))
        else:
            tally.judge(entry, "no GPU", None, found.get(gpu["pci"]))


def judge_linux(tally, entry, path, folder, program):
    root = capture_roots.linux_root(path, folder, entry.get("root_in_archive"))
    machine = program.probe(root)
    judge_memory(tally, entry, machine, root)
    judge_cpu(tally, entry, machine, root)
    judge_pci(tally, entry, machine)


def listed(pci_id, figure):
    """What the makers say of the parts of that id."""
    devices = json.loads(DEVICES.read_text(encoding="utf-8"))["devices"]
    return [row[figure] for row in devices if pci_id in row.get("pci", []) and row[figure]]


def judge_kfd(tally, entry, path, folder, program):
    machine = program.probe(capture_roots.kfd_root(path, folder))
    truth = entry["truth"]
    gpus = machine["accelerators"]
    tally.judge(entry, "threads", truth["cpu_logical"], machine["cpu"]["threads"])
    tally.judge(entry, "RAM", truth["system_ram_bytes"], machine["memory"]["total_bytes"])
    tally.judge(entry, "cards", truth["physical_gpus"], len(gpus))
    tally.judge(entry, "GPUs of the cards", truth["kfd_gpu_nodes"],
                sum(gpu["preview"]["partition_count"] or 0 for gpu in gpus))
    tally.judge(entry, "VRAM", truth["vram_bytes_sum"],
                sum(gpu["total_bytes"] or 0 for gpu in gpus))
    for gpu in gpus:
        wanted = truth["gpus"][0]["device_id"]
        tally.judge(entry, "GPU", f"1002:{wanted}", gpu["pci_id"])
        wanted = max(listed(gpu["pci_id"], "bandwidth_bps"))
        found = gpu["bandwidth_bps"]
        tally.judge(entry, "bandwidth", wanted, found, found is not None and
                    abs(found / wanted - 1) <= BANDWIDTH_TOLERANCE)


def judge_nvidia_smi(tally, entry, path, folder, program):
    machine = program.probe_with_driver(capture_roots.nvidia_smi_root(path, folder))
    gpus = {gpu["id"].split("/")[0]: gpu for gpu in machine["accelerators"]}
    for truth in entry["truth"]["gpus"]:
        gpu = gpus.get(truth["pci"][4:].lower(), {})
        tally.judge(entry, "unified", truth["unified"], gpu.get("memory_kind") == "unified")
        if truth["mig_devices_bytes"]:
            tally.judge(entry, "slices", truth["mig_devices_bytes"],
                        [slice["total_bytes"] for slice in machine["accelerators"]
                         if slice["memory_kind"] == "partition"])
            continue
        tally.judge(entry, "GPU name", truth["name"], gpu.get("name"))
        if truth["vram_bytes"] is not None:
            tally.judge(entry, "VRAM", truth["vram_bytes"], gpu.get("total_bytes"))
            tally.judge(entry, "free VRAM", truth["vram_free_bytes"], gpu.get("free_bytes"))


def judge_rocm_smi(tally, entry, path, folder, program):
    machine = program.probe(capture_roots.rocm_smi_root(path, folder))
    for truth, gpu in zip(entry["truth"]["gpus"], machine["accelerators"]):
        tally.judge(entry, "VRAM", truth["vram_bytes"], gpu["total_bytes"])
        tally.judge(entry, "free VRAM", truth["vram_bytes"] - truth["vram_used_bytes"],
                    gpu["free_bytes"])
        tally.judge(entry, "unified", truth["unified"], gpu["memory_kind"] == "unified")
        if gpu["pci_id"] == "1002:ffff":
            continue  # the recording does not tell which it is
        # "Navi 22 [Radeon RX 6700/6700 XT / 6800M]" holds each word of "Radeon RX 6700 XT".
        runs = re.compile(r"[A-Za-z]+|\d+")
        tally.judge(entry, "GPU name", truth["series"], gpu["name"], gpu["name"] is not None and
                    set(runs.findall(gpu["name"])) <= set(runs.findall(truth["series"])))


def judge_cpuinfo(tally, entry, path, folder, program):
    root = pathlib.Path(capture_roots.cpuinfo_root(path, folder))
    machine = program.probe(root)
    text = read(root, "proc/cpuinfo")
    entries = len(re.findall(r"^processor\s*:", text, re.MULTILINE))
    told = re.search(r"^# processors\s*: (\d+)", text, re.MULTILINE)
    tally.judge(entry, "threads", entries or int(told.group(1)), machine["cpu"]["threads"])
    judge_name(tally, entry, machine["cpu"]["name"])


def judge_lscpu(tally, entry, path, folder, program):
    machine = program.probe(capture_roots.lscpu_root(path, folder))
    judge_name(tally, entry, machine["cpu"]["name"])
    truth = entry["truth"]
    tally.judge(entry, "threads", int(truth["logical_cpus"]), machine["cpu"]["threads"])
    tally.judge(entry, "cores", int(truth["logical_cpus"]) // int(truth["threads_per_core"]),
                machine["cpu"]["cores"])


def judge_hwloc_xml(tally, entry, path, folder, program):
    """The XML itself no machine has; the devices it lists are found on the bus, each once."""
    devices = capture_roots.hwloc_devices(path)
    machine = program.probe(capture_roots.pci_root(folder, devices))
    found = {gpu["id"]: gpu for gpu in machine["accelerators"]}
    wanted = [device["address"] for device in devices
              if device["driver"] and device["device"] != "0x515e"]  # a server's ES1000
    tally.judge(entry, "GPUs", sorted(wanted), sorted(found))
    for device in devices:
        gpu = found.get(device["address"])
        pci_id = f"{device['vendor'][2:]}:{device['device'][2:]}"
        if gpu is None or not listed(pci_id, "memory_bytes"):
            continue
        total = gpu["total_bytes"]
        told = device["memory_bytes"] or max(listed(pci_id, "memory_bytes"))
        tally.judge(entry, "VRAM", told, total,
                    total is not None and abs(total / told - 1) <= VRAM_TOLERANCE)
        tally.judge(entry, "bandwidth", max(listed(pci_id, "bandwidth_bps")), gpu["bandwidth_bps"])


READERS = {
    "hwloc-xml": judge_hwloc_xml,
    "linux-fsroot": judge_linux,
    "amd-kfd-topology": judge_kfd,
    "nvidia-smi": judge_nvidia_smi,
    "rocm-smi": judge_rocm_smi,
    "cpuinfo text": judge_cpuinfo,
    "lscpu text": judge_lscpu,
}


def find_row(table, kind):
    return next((row for start, row in table.items() if kind.startswith(start)), None)


def judge_all(captures, program):
    tally = Tally()
    manifest = json.loads((captures / "MANIFEST.json").read_text(encoding="utf-8"))
    for entry in manifest["entries"]:
        reader = find_row(READERS, entry["kind"])
        if reader is not None:
            with tempfile.TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else None) \
                    as folder:
                reader(tally, entry, captures / entry["file"], folder, program)
            tally.kinds[entry["kind"]]["recordings"] += 1
        else:
            reason = find_row(UNREAD, entry["kind"]) or "NOBODY HAS SAID WHY"
            tally.unread[f"{entry['kind']}: {reason}"] += 1
    return tally


def main(llmfit, with_driver, nvml_folder, captures):
    captures = pathlib.Path(captures)
    if not (captures / "MANIFEST.json").exists():
        print(f"skipped: {captures} is not here")
        return SKIPPED
    tally = judge_all(captures, Program(llmfit, with_driver, nvml_folder))
    for kind, counts in sorted(tally.kinds.items()):
        print(f"{counts['recordings']:4} read, {counts['right']:4} figures right, "
              f"{counts['wrong']:3} wrong, {counts['unknown']:3} unknown: {kind}")
    for reason, count in sorted(tally.unread.items()):
        print(f"{count:4} that no probe reads: {reason}")
    print("\n".join(tally.faults))
    return 1 if tally.faults or any("NOBODY" in reason for reason in tally.unread) else 0


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
