/* The speed of a PCI Express link. */
#ifndef LLMFIT_PROBE_PCIE_H
#define LLMFIT_PROBE_PCIE_H

#include <stdint.h>

/* Bytes/s in one direction, without the coding of the line; 0 for a generation or a number of lanes
 * that there is not.
 * source  PCI Express Base Specification: 2.5 and 5 GT/s carry 8 bits in 10, 8 to 32 GT/s 128 in
 *         130, 64 GT/s 242 bytes in 256 */
uint64_t lf_pcie_bps(uint64_t generation, uint64_t lanes);

/* The generation of a speed as Linux tells it, "16.0 GT/s PCIe" or "16 GT/s"; 0 when it is none. */
uint64_t lf_pcie_generation(const char *speed);

#endif
