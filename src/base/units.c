#include "base/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* Decimal digits with an optional fraction as mantissa / 10^decimals; returns where they end, or
 * NULL when there are none or they do not fit. */
static const char *read_digits(const char *text, uint64_t *mantissa, unsigned *decimals)
{
    enum { MOST_DECIMALS = 9 };
    bool point = false;
    bool digit = false;
    *mantissa = 0;
    *decimals = 0;
    for (;; text++) {
        if (*text == '.' && !point) {
            point = true;
        } else if (*text >= '0' && *text <= '9') {
            if (*mantissa > (UINT64_MAX - 9) / 10 || (point && *decimals == MOST_DECIMALS)) {
                return NULL;
            }
            *mantissa = *mantissa * 10 + (uint64_t)(*text - '0');
            *decimals += point;
            digit = true;
        } else {
            break;
        }
    }
    return digit && text[-1] != '.' ? text : NULL;
}

struct unit {
    const char *name;
    uint64_t scale;
};

static const struct unit size_units[] = {
    {"", 1},
    {"B", 1},
    {"K", LF_KIB},
    {"KiB", LF_KIB},
    {"KB", 1000},
    {"M", LF_MIB},
    {"MiB", LF_MIB},
    {"MB", 1000000},
    {"G", LF_GIB},
    {"GiB", LF_GIB},
    {"GB", 1000000000},
    {"T", UINT64_C(1) << 40},
    {"TiB", UINT64_C(1) << 40},
    {"TB", UINT64_C(1000000000000)},
};

static const struct unit token_units[] = {{"", 1}, {"K", LF_KIB}, {"M", LF_MIB}};

static bool read_scaled(const char *text, const struct unit *units, size_t count, uint64_t *value)
{
    uint64_t mantissa = 0;
    unsigned decimals = 0;
    const char *unit = read_digits(text, &mantissa, &decimals);
    if (unit == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!lf_text_equal_nocase(unit, units[i].name)) {
            continue;
        }
        uint64_t divisor = 1;
        for (unsigned d = 0; d < decimals; d++) {
            divisor *= 10;
        }
        uint64_t whole = lf_mul(mantissa / divisor, units[i].scale);
        /* The fraction is below 10^9 and a scale at most 2^40: split it so that it fits. */
        uint64_t fraction = (uint64_t)((long double)(mantissa % divisor) *
                                       (long double)units[i].scale / (long double)divisor);
        if (whole == UINT64_MAX || lf_add(whole, fraction) == UINT64_MAX) {
            return false;
        }
        *value = whole + fraction;
        return true;
    }
    return false;
}

bool lf_size_parse(const char *text, uint64_t *bytes)
{
    return read_scaled(text, size_units, sizeof size_units / sizeof size_units[0], bytes);
}

bool lf_tokens_parse(const char *text, uint64_t *tokens)
{
    return read_scaled(text, token_units, sizeof token_units / sizeof token_units[0], tokens);
}

bool lf_count_parse(const char *text, uint64_t *count)
{
    unsigned decimals = 0;
    uint64_t value = 0;
    const char *end = read_digits(text, &value, &decimals);
    if (end == NULL || *end != '\0' || decimals != 0) {
        return false;
    }
    *count = value;
    return true;
}

bool lf_number_parse(const char *text, double *number)
{
    unsigned decimals = 0;
    uint64_t mantissa = 0;
    const char *end = read_digits(text, &mantissa, &decimals);
    if (end == NULL || *end != '\0') {
        return false;
    }
    *number = (double)mantissa / pow(10.0, decimals);
    return true;
}

const char *lf_size_format(char buffer[LF_SIZE_TEXT_BYTES], uint64_t bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = (double)bytes;
    size_t unit = 0;
    /* 999.5 is where three digits would round to 1000. */
    while (value >= 999.5 && unit < sizeof units / sizeof units[0] - 1) {
        value /= 1024.0;
        unit++;
    }
    int decimals = unit == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    snprintf(buffer, LF_SIZE_TEXT_BYTES, "%.*f %s", decimals, value, units[unit]);
    return buffer;
}

const char *lf_gib_format(char buffer[LF_SIZE_TEXT_BYTES], uint64_t bytes)
{
    double value = (double)bytes / (double)LF_GIB;
    snprintf(buffer, LF_SIZE_TEXT_BYTES, value >= 999.95 ? "%.0f" : "%.1f", value);
    return buffer;
}

const char *lf_tokens_format(char buffer[LF_SIZE_TEXT_BYTES], uint64_t tokens)
{
    if (tokens != 0 && tokens % LF_MIB == 0) {
        snprintf(buffer, LF_SIZE_TEXT_BYTES, "%lluM", (unsigned long long)(tokens / LF_MIB));
    } else if (tokens != 0 && tokens % LF_KIB == 0) {
        snprintf(buffer, LF_SIZE_TEXT_BYTES, "%lluk", (unsigned long long)(tokens / LF_KIB));
    } else {
        snprintf(buffer, LF_SIZE_TEXT_BYTES, "%llu", (unsigned long long)tokens);
    }
    return buffer;
}

const char *lf_rate_format(char buffer[LF_SIZE_TEXT_BYTES], uint64_t bytes_per_second)
{
    double value = (double)bytes_per_second / 1e9;
    snprintf(buffer, LF_SIZE_TEXT_BYTES, "%.*f GB/s", value < 99.95 ? 1 : 0, value);
    return buffer;
}

const char *lf_params_format(char buffer[LF_SIZE_TEXT_BYTES], uint64_t params)
{
    double billions = (double)params / 1e9;
    if (billions >= 999.5) {
        snprintf(buffer, LF_SIZE_TEXT_BYTES, "%.2fT", billions / 1000.0);
    } else {
        snprintf(buffer, LF_SIZE_TEXT_BYTES, "%.*fB", billions < 99.95 ? 1 : 0, billions);
    }
    return buffer;
}

const char *lf_usd_format(char buffer[LF_SIZE_TEXT_BYTES], double usd)
{
    if (isnan(usd)) {
        snprintf(buffer, LF_SIZE_TEXT_BYTES, "unknown");
    } else if (isinf(usd)) {
        snprintf(buffer, LF_SIZE_TEXT_BYTES, "never");
    } else {
        /* The decimals are chosen after rounding, so there is no "$10.00" beside "$9.99". */
        int decimals = usd < 0.0995 ? 3 : usd < 9.995 ? 2 : usd < 99.95 ? 1 : 0;
        snprintf(buffer, LF_SIZE_TEXT_BYTES, "$%.*f", decimals, usd);
    }
    return buffer;
}
