#include "advise/worth.h"

#include <math.h>

bool lf_is_whole(const struct lf_choice *choice)
{
    enum lf_mode mode = choice->placement.mode;
    return choice->placement.fits &&
           (mode == LF_MODE_GPU || mode == LF_MODE_MULTI_GPU || mode == LF_MODE_UNIFIED);
}

/* q_eff, less what the place and the formats cost besides. */
static double quality_here(const struct lf_choice *choice)
{
    /* A q8_0 cache and i-quants are for what does not fit otherwise; where a CPU has to unpack
     * them, i-quants are slow as well. */
    static const double packed_cache = 0.98;
    static const double i_quant = 0.97;
    static const double i_quant_on_cpu = 0.85;
    /* Parts in RAM make long prompts wait, which tokens/s do not show. */
    static const double spilled = 0.95;
    /* Among equals the one that was measured. */
    static const double estimated = 0.9;
    enum lf_mode mode = choice->placement.mode;
    bool is_spilled = mode == LF_MODE_EXPERTS_IN_RAM || mode == LF_MODE_LAYERS_SPLIT;
    double quality = choice->expectation.q_eff;
    quality *= choice->expectation.is_estimated ? estimated : 1.0;
    quality *= lf_type_is_packed(choice->settings.type_k) ? packed_cache : 1.0;
    if (lf_mix_name(choice->mix)[0] == 'I') {
        quality *= is_spilled || mode == LF_MODE_CPU ? i_quant_on_cpu : i_quant;
    }
    return is_spilled ? quality * spilled : quality;
}

/* Where no speed is known a GPU that holds all of it is still the better place. */
static double tps_of(const struct lf_choice *choice)
{
    static const double fast_tps = 36.0;
    static const double slow_tps = 4.0;
    double unknown_tps = lf_is_whole(choice) ? fast_tps : slow_tps;
    return choice->decode.mid > 0 ? choice->decode.mid : unknown_tps;
}

double lf_worth(const struct lf_choice *choice)
{
    static const double satisfying_tps = 12.0;
    if (!choice->placement.fits) {
        return 0;
    }
    return quality_here(choice) * (1 - exp(-tps_of(choice) / satisfying_tps));
}

/* Half of a very fast answer's worth at 4 tokens/s, nine tenths at 36. */
static double worth_of_quant(const struct lf_choice *choice)
{
    static const double half_worth_tps = 4.0;
    double tps = tps_of(choice);
    return quality_here(choice) * tps / (tps + half_worth_tps);
}

bool lf_may_be_better(const struct lf_expectation *expectation, enum lf_mix mix,
                      const struct lf_choice *best)
{
    const struct lf_choice ideal = {
        .mix = mix,
        .placement = {.mode = LF_MODE_GPU, .fits = true},
        .decode = {.mid = INFINITY},
        .expectation = *expectation,
    };
    if (expectation->tier != best->expectation.tier) {
        return expectation->tier > best->expectation.tier;
    }
    return quality_here(&ideal) > worth_of_quant(best);
}

bool lf_is_better(const struct lf_choice *tried, const struct lf_choice *best)
{
    if (tried->placement.fits != best->placement.fits) {
        return tried->placement.fits;
    }
    if (!tried->placement.fits) {
        return tried->placement.short_by_bytes < best->placement.short_by_bytes;
    }
    if (tried->expectation.tier != best->expectation.tier) {
        return tried->expectation.tier > best->expectation.tier;
    }
    return worth_of_quant(tried) > worth_of_quant(best);
}
