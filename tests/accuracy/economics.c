/* The worked examples of local against hosted, from our rules.
 *
 *     economics ECONOMICS_EXAMPLES
 *
 * Prints a table and exits with 1 when a figure differs by more than its rounding, with 77 when the
 * examples are not there. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "rules/cost.h"

enum { SKIPPED = 77, FILE_BYTES_MOST = 1024 * 1024 };

/* What the examples rest on, which their figures give away but their file does not say: an RTX 4090
 * PC, an RTX 3090 PC, an RTX 5090 PC, a DGX Spark, a Mac Studio M3 Ultra, an RTX 3060 PC, and an
 * RTX 4090 PC with a smaller model. All read four tokens for each one they write, and run for three
 * years. */
struct rig {
    double decode_tps;
    double prefill_tps;
    double watts;
    double idle_watts;
    double price_usd;
    double resale_usd;
};

static const struct rig rtx4090 = {38, 1900, 464, 70, 2500, 750};
static const struct rig rtx3090 = {124, 2300, 430, 60, 1300, 400};
static const struct rig rtx5090 = {70.07, 2000, 600, 80, 4300, 1300};
static const struct rig spark = {55.7, 2310, 150, 5, 4699, 1400};
static const struct rig studio = {19.9, 150, 262, 9, 9499, 2850};
static const struct rig rtx3060 = {83.96, 1500, 229.3, 0, 0, 0};
static const struct rig small4090 = {279.65, 5000, 509.1, 0, 0, 0};

enum { INPUT_RATIO = 4, YEARS = 3 };

static const struct example {
    const char *name; /* how its name begins */
    const struct rig *rig;
    bool is_owned;
    double usd_per_kwh;
    double input_usd;
    double output_usd;
} examples[] = {
    {"1 ", &rtx4090, false, 0.17, 0.14, 0.57},    {"1b ", &rtx4090, false, 0.17, 0.08, 0.28},
    {"1c ", &rtx4090, true, 0.17, 0.14, 0.57},    {"1d ", &rtx4090, false, 0.40, 0.14, 0.57},
    {"2 ", &rtx3090, false, 0.17, 0.175, 1.2175}, {"3 ", &rtx5090, false, 0.17, 0.41, 2.6},
    {"3b ", &rtx5090, false, 0.17, 0.15, 1.875},  {"3c ", &rtx5090, false, 0.17, 0.1, 0.5},
    {"4 ", &spark, false, 0.17, 0.15, 0.6},       {"4b ", &spark, false, 0.17, 0.05, 0.25},
    {"5 ", &studio, false, 0.17, 0.27, 0.4},      {"6 ", &rtx3060, true, 0.17, 0.045, 0.19},
    {"7 ", &small4090, true, 0.17, 0.045, 0.19},  {"8 ", &rtx5090, false, 0.17, 2, 10},
};
enum { EXAMPLE_COUNT = sizeof examples / sizeof examples[0] };

struct tally {
    unsigned compared;
    unsigned different;
    double worst; /* in units of the last digit */
};

/* Compares a figure with what the example says under the key, in so many decimals; what it does not
 * say is left out. */
static void compare(struct tally *tally, const cJSON *node, const char *key, int decimals,
                    double ours)
{
    const cJSON *theirs = lf_json_find(node, key);
    if (!cJSON_IsNumber(theirs)) {
        return;
    }
    double apart = fabs(ours - theirs->valuedouble) * pow(10, decimals);
    tally->compared++;
    tally->worst = fmax(tally->worst, apart);
    if (!(apart <= 0.5 + 1e-6)) {
        tally->different++;
        printf("%s, %s: %.*f, the example says %.*f\n", lf_json_find(node, "name")->valuestring,
               key, decimals + 2, ours, decimals, theirs->valuedouble);
    }
}

/* "never ..." or "needs 14% utilisation over 3 y (0.72 Mtok out/day)". */
static void compare_words(struct tally *tally, const cJSON *node, double hours, double mtok)
{
    const char *words = lf_json_find(node, "breakeven")->valuestring;
    bool says_never = lf_text_starts_with(words, "never");
    double percent = -1;
    double a_day = -1;
    bool is_same = says_never == (bool)isinf(mtok);
    if (!says_never) {
        is_same =
            is_same &&
            sscanf(words, "needs %lf%% utilisation over 3 y (%lf Mtok", &percent, &a_day) == 2 &&
            fabs(100 * mtok / lf_capacity_mtok(hours, YEARS) - percent) <= 0.5 &&
            fabs(lf_mtok_per_day(mtok, YEARS) - a_day) <= 0.005;
    }
    tally->compared++;
    if (!is_same) {
        tally->different++;
        printf("%s: %.2f Mtok, the example says %s\n", lf_json_find(node, "name")->valuestring,
               mtok, words);
    }
}

static void check(const struct example *example, const cJSON *node, struct tally *tally)
{
    static const struct {
        const char *key;
        double utilisation;
    } shares[] = {{"local@1%", 0.01}, {"local@5%", 0.05}, {"local@25%", 0.25}, {"local@100%", 1}};
    const struct rig *rig = example->rig;
    double hours = lf_hours_per_mtok(rig->decode_tps, rig->prefill_tps, INPUT_RATIO);
    double hosted = lf_hosted_usd(example->input_usd, example->output_usd, INPUT_RATIO);
    struct lf_cost_terms terms = {
        .usd_per_kwh = example->usd_per_kwh, .generating_watts = rig->watts, .years = YEARS};
    compare(tally, node, "hours_per_Mtok", 2, hours);
    compare(tally, node, "kWh_per_Mtok", 2, lf_energy_kwh(hours, rig->watts));
    compare(tally, node, "electricity_usd", 3, lf_electricity_usd(hours, &terms));
    compare(tally, node, "api_usd", 3, hosted);
    compare(tally, node, "machine_lifetime_Mtok_out", 0, lf_capacity_mtok(hours, YEARS));
    if (!example->is_owned) {
        terms.price_usd = rig->price_usd;
        terms.resale_frac = rig->resale_usd / rig->price_usd;
    }
    /* The examples' break-even leaves idle power out. */
    double mtok = lf_break_even_mtok(hours, hosted, &terms);
    compare_words(tally, node, hours, mtok);
    /* They also say how many it would take where the machine cannot write as many. */
    struct lf_cost_terms endless = terms;
    endless.years = 1e6;
    compare(tally, node, "breakeven_Mtok_out", 0, lf_break_even_mtok(hours, hosted, &endless));
    terms.idle_watts = example->is_owned ? 0 : rig->idle_watts;
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        terms.utilisation = shares[i].utilisation;
        compare(tally, node, shares[i].key, 2, lf_all_in_usd(hours, &terms));
    }
}

static const struct example *find(const char *name)
{
    for (size_t i = 0; i < EXAMPLE_COUNT; i++) {
        if (lf_text_starts_with(name, examples[i].name)) {
            return &examples[i];
        }
    }
    return NULL;
}

int main(int count, char **arguments)
{
    struct lf_text text = {0};
    struct lf_json json = {0};
    struct tally tally = {0};
    struct lf_error err = {0};
    unsigned found = 0;
    FILE *there = count == 2 ? fopen(arguments[1], "r") : NULL;
    if (there == NULL) {
        puts("SKIP: the worked examples are not there");
        return count == 2 ? SKIPPED : 1;
    }
    fclose(there);
    if (lf_file_read(arguments[1], FILE_BYTES_MOST, &text, &err) != LF_OK ||
        lf_json_parse(&json, arguments[1], lf_text_string(&text), text.length, &err) != LF_OK) {
        fprintf(stderr, "economics: %s\n", err.text);
        return 1;
    }
    for (const cJSON *node = json.root->child; node != NULL; node = node->next) {
        const struct example *example = find(lf_json_find(node, "name")->valuestring);
        if (example == NULL) {
            printf("%s: not known here\n", lf_json_find(node, "name")->valuestring);
            tally.different++;
            continue;
        }
        found++;
        check(example, node, &tally);
    }
    printf("%u of %d examples, %u figures compared, %u different, worst %.2f of a last digit\n",
           found, (int)EXAMPLE_COUNT, tally.compared, tally.different, tally.worst);
    lf_json_clear(&json);
    lf_text_clear(&text);
    return found == EXAMPLE_COUNT && tally.different == 0 ? 0 : 1;
}
