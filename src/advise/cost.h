/* Is it cheaper than the API? A model at its best placement here, against hosted ones. */
#ifndef LLMFIT_ADVISE_COST_H
#define LLMFIT_ADVISE_COST_H

#include "advise/choice.h"
#include "advise/fit.h"
#include "base/units.h"
#include "rules/cost.h"

/* The catalog parts lf_cost needs. */
enum { LF_COST_PARTS = LF_FIT_PARTS | LF_CATALOG_PRICES };

/* Prices that are older than this many days are warned about: they change within weeks. */
enum { LF_PRICE_DAYS_MOST = 90 };

/* A figure over the interval of the speed; low is the best case. NAN: not known, INFINITY: never.
 */
struct lf_range {
    double low;
    double mid;
    double high;
};

/* How a sum here compares with a host's, over the whole interval of the speed. */
enum lf_cost_verdict {
    LF_COST_UNKNOWN, /* the speed or the power is not known */
    LF_COST_LOCAL,   /* cheaper here even at the lowest speed */
    LF_COST_HOSTED,  /* dearer here even at the highest */
    LF_COST_OPEN,    /* the interval holds both */
};

/* "unknown", "local", "hosted", "open". */
const char *lf_cost_verdict_name(enum lf_cost_verdict verdict);

/* A hosted price that is compared with. Borrowed from the catalog. */
struct lf_offer {
    const char *code;  /* "same-median", "same-cheapest", "tier-cheapest", "asked-for" */
    const char *model; /* its name */
    const struct lf_price *price;
    const struct lf_rate *rate; /* one of the price's */
    const char *host;           /* NULL: the median of price->hosts */
    double usd;                 /* for a Mtok, see rules/cost.h */
    double q;                   /* share of the best paid model; negative: not known */
    enum lf_tier tier;          /* where q is known */
    enum lf_cost_verdict verdict;
    struct lf_range break_even; /* Mtok a day; NAN where only electricity counts */
};

enum { LF_OFFERS_MOST = 4, LF_COST_WARNINGS_MOST = 16 };

/* What the sums rest on. */
struct lf_cost_basis {
    struct lf_cost_terms terms; /* generating_watts is NAN when not known */
    double input_ratio;
    double hours_per_day;
    bool only_electricity;        /* neither a price nor idle watts are said: it is there anyway */
    bool has_idle;                /* idle_watts is known */
    bool has_given_watts;         /* generating_watts was said */
    const struct lf_power *power; /* the row where it was not; NULL: there is none */
};

/* Sums for a Mtok here. */
struct lf_local_cost {
    struct lf_range hours;
    struct lf_range kwh;
    struct lf_range electricity_usd;
    struct lf_range all_in_usd;   /* NAN where only electricity counts */
    struct lf_range mtok_per_day; /* in the hours it works; low is the lowest speed's */
};

/* A finished report. Texts are in its arena or borrowed from catalog and machine. */
struct lf_cost_report {
    struct lf_arena arena;
    const struct lf_machine *machine;
    const struct lf_request *request;
    const struct lf_catalog *catalog;
    const struct lf_runtime *runtime; /* the engine the speed is for */
    struct lf_budget budget;
    struct lf_subject subject;
    struct lf_choice *choice; /* choice->placement.fits: whether it runs here at all */
    struct lf_cost_basis basis;
    struct lf_local_cost local;                   /* all NAN when it does not run here */
    const struct lf_machine_price *machine_price; /* of such a machine; NULL: not known */
    const struct lf_price *price;                 /* of the model; NULL: not known */
    struct lf_offer offers[LF_OFFERS_MOST];       /* [offer_count] */
    size_t offer_count;
    struct lf_reason headline;
    struct lf_reason warnings[LF_COST_WARNINGS_MOST]; /* [warning_count] */
    size_t warning_count;
};

/* Fails with LF_USAGE when no price of the model to compare with is known, and on a catalog
 * error. */
enum lf_status lf_cost(const struct lf_machine *machine, const struct lf_catalog *catalog,
                       const struct lf_request *request, const struct lf_model *model,
                       struct lf_cost_report *report, struct lf_error *err);

void lf_cost_clear(struct lf_cost_report *report);

/* "$0.52", or "$0.52 to $0.93" where the ends do not read the same. Returns buffer. */
enum { LF_USD_RANGE_BYTES = 2 * LF_SIZE_TEXT_BYTES };
const char *lf_usd_range_format(char buffer[LF_USD_RANGE_BYTES], const struct lf_range *range);

/* One phrase for other reports: what a million tokens cost here in electricity, and what the
 * cheapest hosted model as good costs. NULL when either is not known; the text is in the arena.
 * The catalog's prices must be loaded. */
const char *lf_cost_brief(const struct lf_advice_context *context, const struct lf_choice *choice,
                          struct lf_arena *arena);

#endif
