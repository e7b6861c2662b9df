"""Makes of a recording a folder that `llmfit --root` reads: archives are taken apart, texts are laid
out as the files in which Linux would tell the same."""

import json
import pathlib
import re
import tarfile
import xml.etree.ElementTree

import unpack

MIB = 1024 * 1024


def extract(archive, folder):
    """Takes an archive apart, but for the thousands of files about caches, which nobody asks for.
    Newer Pythons refuse members that would leave the folder."""
    options = {"filter": "tar"} if hasattr(tarfile, "tar_filter") else {}
    with tarfile.open(archive) as tar:
        members = [member for member in tar.getmembers() if "/cache/" not in member.name]
        tar.extractall(folder, members=members, **options)


def linux_root(archive, folder, inside):
    """The root in an archive; the folder that holds proc or sys where nobody says which."""
    extract(archive, folder)
    folder = pathlib.Path(folder)
    if inside:
        return folder / inside
    for place in [folder, *sorted(path for path in folder.rglob("*") if path.is_dir())]:
        if (place / "proc").is_dir() or (place / "sys").is_dir():
            return place
    return folder


def kfd_root(archive, folder):
    extract(archive, pathlib.Path(folder) / "sys/class/kfd/kfd")
    return folder


def cpuinfo_root(path, folder):
    unpack.Tree(folder).file("proc/cpuinfo", path.read_text(encoding="utf-8", errors="replace"))
    return folder


def lscpu_fields(path):
    """lscpu's "Key:   value" lines."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    pairs = (line.partition(":") for line in lines)
    return {key.strip(): value.strip() for key, _, value in pairs}


def lscpu_root(path, folder):
    """The files that lscpu read what it tells of."""
    fields = lscpu_fields(path)
    threads = int(fields.get("Thread(s) per core", 1))
    sockets = int(fields.get("Socket(s)", 1))
    cores = max(1, int(fields["CPU(s)"]) // threads // sockets)
    unpack.add_cpus(unpack.Tree(folder), [
        f"packages={sockets}", f"cores={cores}", f"threads={threads}",
        f"model={fields.get('Model name', '')}", f"flags={fields.get('Flags', '')}"])
    return folder


def pci_root(folder, devices):
    """A root with PCI devices: dictionaries with address, vendor, device, driver and files."""
    tree = unpack.Tree(folder)
    for device in devices:
        unpack.add_pci(tree, [device["address"], "class=0x030000",
                              *(f"{key}={device[key]}" for key in
                                ("vendor", "device", "revision", "driver") if device.get(key))])
        home = f"sys/devices/pci{device['address'][:7]}/{device['address']}"
        for name, value in device.get("files", {}).items():
            tree.file(f"{home}/{name}", f"{value}\n")
    return folder


def rocm_smi_root(path, folder):
    """amdgpu's files in sysfs are where rocm-smi reads what it tells."""
    devices = []
    for name, card in json.loads(path.read_text(encoding="utf-8")).items():
        if not name.startswith("card"):
            continue
        files = {f"mem_info_{pool}_{ours}": card[f"{pool.upper()} Total {theirs}Memory (B)"]
                 for pool in ("vram", "gtt") for ours, theirs in (("total", ""), ("used", "Used "))
                 if f"{pool.upper()} Total {theirs}Memory (B)" in card}
        # What "GPU memory vendor" is read from, and a GPU without memory of its own has not.
        if "GPU memory vendor" in card:
            files["mem_info_vram_vendor"] = card["GPU memory vendor"]
        ids = [card.get(key, "") for key in ("Device ID", "GPU ID")]
        device = next((value for value in ids if value.startswith("0x")), None)
        devices.append({"address": card["PCI Bus"].lower(), "vendor": "0x1002",
                        "device": device or "0xffff", "revision": card.get("Device Rev"),
                        "driver": "amdgpu", "files": files})
    return pci_root(folder, devices)


def bytes_of(text):
    """ "8192 MiB" in bytes; 0 where there is no figure."""
    match = re.match(r"(\d+) MiB", text or "")
    return int(match.group(1)) * MIB if match else 0


def nvidia_smi_root(path, folder):
    """The cards on the bus, and in the file "nvml" what recorded_nvml.c repeats."""
    devices = []
    lines = []
    for gpu in xml.etree.ElementTree.parse(path).getroot().iter("gpu"):
        domain, bus, rest = gpu.get("id").lower().split(":")
        told = re.fullmatch(r"[0-9A-F]{8}", gpu.findtext("pci/pci_device_id") or "")
        ids = told.group() if told else "FFFF10DE"  # left out, or made unreadable
        clock = re.match(r"\d+", gpu.findtext("max_clocks/mem_clock") or "")
        is_sliced = gpu.findtext("mig_mode/current_mig") == "Enabled"
        lines.append(" ".join([
            "gpu", domain, bus, rest.split(".")[0], ids,
            str(bytes_of(gpu.findtext("fb_memory_usage/total"))),
            str(bytes_of(gpu.findtext("fb_memory_usage/free"))), clock.group() if clock else "0",
            str(int(is_sliced)), gpu.findtext("product_name")]))
        for device in gpu.iter("mig_device"):
            lines.append(" ".join(["slice", str(bytes_of(device.findtext("fb_memory_usage/total"))),
                                   str(bytes_of(device.findtext("fb_memory_usage/free"))),
                                   gpu.findtext("product_name"), "MIG"]))
        devices.append({"address": f"{domain[-4:]}:{bus}:{rest}", "vendor": "0x10de",
                        "device": "0x" + ids[:4].lower(), "driver": "nvidia"})
    pci_root(folder, devices)
    unpack.Tree(folder).file("nvml", "".join(line + "\n" for line in lines))
    return folder


def kib_of(text):
    """ "16671616" or "16671616KiB" in bytes."""
    return int(re.match(r"\d+", text).group()) * 1024


def hwloc_devices(path):
    """The display adapters of hwloc's XML: dictionaries as for pci_root, with the memory that CUDA
    tells of them, or None."""
    drivers = {"10de": "nvidia", "1002": "amdgpu", "8086": "i915"}
    found = []
    for device in xml.etree.ElementTree.parse(path).getroot().iter("object"):
        match = re.match(r"(03|12)\w\w \[(\w{4}):(\w{4})\]", device.get("pci_type", ""))
        if match is None:
            continue
        _, vendor, number = match.groups()
        told = device.find(".//info[@name='CUDAGlobalMemorySize']")
        found.append({"address": device.get("pci_busid"), "vendor": f"0x{vendor}",
                      "device": f"0x{number}", "driver": drivers.get(vendor),
                      "memory_bytes": None if told is None else kib_of(told.get("value"))})
    return found
