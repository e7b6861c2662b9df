/* What hosts take for a model, and what machines draw and cost (prices.json). */
#ifndef LLMFIT_CATALOG_PRICE_H
#define LLMFIT_CATALOG_PRICE_H

#include "base/json.h"
#include "catalog/device.h"

/* USD per million tokens read and written, on that day. date NULL: not known. */
struct lf_rate {
    double input_usd;
    double output_usd;
    const char *date; /* "2026-11-10" */
};

struct lf_price {
    const char *id;          /* a model of the catalog; NULL: a paid model */
    const char *name;        /* a paid model, named as in quality.json; NULL: one of the catalog */
    struct lf_rate vendor;   /* the list price of who made it */
    struct lf_rate median;   /* over the hosts; each counts with its newest price */
    struct lf_rate cheapest; /* of the hosts, when four times as much is read as written */
    uint64_t hosts;          /* that the median is over */
    const char *host;        /* the cheapest */
    const char *source;
    const char *checked;
};

/* How sure a machine's power is. */
enum lf_power_basis {
    LF_POWER_MEASURED, /* at the wall while a model generates */
    LF_POWER_MAXIMUM,  /* the maker's maximum, which generating seldom reaches */
    LF_POWER_GUESS,
};

/* What a whole machine with so many of a device draws at the wall. */
struct lf_power {
    const char *device; /* a GPU or an Apple chip, as devices.json names it */
    uint64_t count;
    double generating_watts;
    double idle_watts; /* 0: not known */
    const char *basis_name;
    enum lf_power_basis basis;
    const char *source;
    const char *checked;
};

/* What a whole machine with a device of unified memory is sold for. */
struct lf_machine_price {
    const char *name;
    const char *device;
    uint64_t memory_gib;
    double price_usd;
    const char *date;
    const char *source;
    const char *checked;
};

/* How many tokens are read for each one written, by use case. */
struct lf_input_ratio {
    const char *use_case;
    double input_ratio;
    const char *source;
    const char *checked;
};

/* What a sum rests on when nobody says otherwise: id, and the least and the most it may be. The
 * same bounds hold on the command line. */
#define LF_COST_DEFAULTS(X)            \
    X(electricity_usd_per_kwh, 0, 100) \
    X(hours_per_day, 0.01, 24)         \
    X(years, 0.1, 100)                 \
    X(resale_frac, 0, 1)

struct lf_cost_defaults {
#define LF_COST_DEFAULT_FIELD(id, least, most) double id;
    LF_COST_DEFAULTS(LF_COST_DEFAULT_FIELD)
#undef LF_COST_DEFAULT_FIELD
};

struct lf_prices {
    struct lf_cost_defaults defaults;
    const struct lf_input_ratio *input_ratios; /* [input_ratio_count] */
    size_t input_ratio_count;
    const struct lf_price *models; /* [model_count], those of the catalog */
    size_t model_count;
    const struct lf_price *paid; /* [paid_count] */
    size_t paid_count;
    const struct lf_power *powers; /* [power_count] */
    size_t power_count;
    const struct lf_machine_price *machines; /* [machine_count] */
    size_t machine_count;
};

enum lf_status lf_prices_read(const struct lf_json *json, struct lf_arena *arena,
                              struct lf_prices *prices, struct lf_error *err);

/* "measured", "maximum", "guess". */
const char *lf_power_basis_name(enum lf_power_basis basis);

/* The price of that model of the catalog, or NULL. */
const struct lf_price *lf_price_find(const struct lf_prices *prices, const char *id);

/* The price of the hosted model that a person names, case and separators ignored ("gpt-6 luna",
 * "GPT-6 Luna"), whether paid or of the catalog; NULL when none has it. */
const struct lf_price *lf_price_find_named(const struct lf_prices *prices, const char *name);

/* The power of a machine with so many of that device, whose words must be the row's, or NULL. */
const struct lf_power *lf_power_find(const struct lf_prices *prices, const char *device,
                                     uint64_t count);

/* The price of the machine sold under that name with that device, by its name or its driver's, and
 * memory; NULL when none is known. */
const struct lf_machine_price *lf_machine_price_find_sold(const struct lf_prices *prices,
                                                          const char *sold_as,
                                                          const struct lf_device *device,
                                                          uint64_t memory_bytes);

/* The price of a machine with that device and memory, or NULL. */
const struct lf_machine_price *lf_machine_price_find(const struct lf_prices *prices,
                                                     const char *device, uint64_t memory_bytes);

/* Tokens read for each one written; 0 when there is no row for the use case. */
double lf_input_ratio_find(const struct lf_prices *prices, const char *use_case);

#endif
