#include "probe/pcie.h"

#include <stddef.h>
#include <string.h>

#include "probe/systext.h"

enum { MOST_LANES = 32 };

/* The first one is generation 1. */
static const struct {
    uint64_t gtps; /* without its fraction */
    uint64_t lane_bps;
} generations[] = {
    {2, 250000000},   {5, 500000000},   {8, 984615384},
    {16, 1969230769}, {32, 3938461538}, {64, 7562500000},
};

enum { GENERATIONS = sizeof generations / sizeof generations[0] };

uint64_t lf_pcie_bps(uint64_t generation, uint64_t lanes)
{
    if (generation == 0 || generation > GENERATIONS || lanes == 0 || lanes > MOST_LANES) {
        return 0;
    }
    return generations[generation - 1].lane_bps * lanes;
}

uint64_t lf_pcie_generation(const char *speed)
{
    uint64_t gtps = 0;
    const char *rest = speed;
    if (lf_sys_parse(speed, 10, &gtps, &rest) && strstr(rest, " GT/s") != NULL) {
        for (size_t i = 0; i < GENERATIONS; i++) {
            if (generations[i].gtps == gtps) {
                return i + 1;
            }
        }
    }
    return 0;
}
