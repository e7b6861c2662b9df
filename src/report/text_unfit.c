/* The answer when nothing fits. */
#include <stdlib.h>
#include <string.h>

#include "report/text.h"

enum { UNFIT_SHOWN = 5 };

/* What keeps a model out: its speed, some memory, or else something no change here mends. */
enum obstacle { OBSTACLE_SPEED, OBSTACLE_MEMORY, OBSTACLE_OTHER };

static const char *first_text(const struct lf_choice *choice)
{
    return choice->reason_count > 0 ? choice->reasons[0].text : "unknown";
}

static enum obstacle obstacle_of(const struct lf_choice *choice)
{
    if (choice->reason_count > 0 && choice->reasons[0].short_by_bytes > 0) {
        return OBSTACLE_MEMORY;
    }
    return choice->placement.fits ? OBSTACLE_SPEED : OBSTACLE_OTHER;
}

/* The nearest to fitting first. */
static int compare_unfit(const void *a, const void *b)
{
    const struct lf_choice *one = *(const struct lf_choice *const *)a;
    const struct lf_choice *other = *(const struct lf_choice *const *)b;
    enum obstacle obstacle = obstacle_of(one);
    if (obstacle != obstacle_of(other)) {
        return obstacle < obstacle_of(other) ? -1 : 1;
    }
    if (obstacle == OBSTACLE_SPEED && one->decode.mid != other->decode.mid) {
        return one->decode.mid > other->decode.mid ? -1 : 1;
    }
    if (obstacle == OBSTACLE_MEMORY &&
        one->reasons[0].short_by_bytes != other->reasons[0].short_by_bytes) {
        return one->reasons[0].short_by_bytes < other->reasons[0].short_by_bytes ? -1 : 1;
    }
    int texts = obstacle == OBSTACLE_OTHER ? strcmp(first_text(one), first_text(other)) : 0;
    return texts != 0 ? texts : strcmp(one->subject->model->id, other->subject->model->id);
}

/* Those that came nearest, and why they do not fit. */
static void add_nearest(const struct lf_choice *const sorted[], size_t count,
                        const struct lf_style *style, struct lf_text *out)
{
    struct lf_paragraph why = {.label_paint = LF_PAINT_STRONG};
    for (size_t i = 0; i < count; i++) {
        size_t width = lf_text_columns(sorted[i]->subject->model->name) + 2;
        why.label_columns = width > why.label_columns ? width : why.label_columns;
    }
    for (size_t i = 0; i < count; i++) {
        why.label = sorted[i]->subject->model->name;
        lf_layout_paragraph(out, style, &why, first_text(sorted[i]));
    }
}

/* Nothing fits: what came nearest, and why it does not. */
void lf_text_unfit(const struct lf_fit_report *report, const struct lf_style *style,
                   struct lf_text *out)
{
    struct lf_arena arena = {0};
    const struct lf_choice **sorted =
        lf_arena_alloc(&arena, report->unfit_count, sizeof(struct lf_choice *));
    size_t near = 0;
    for (size_t i = 0; i < report->unfit_count; i++) {
        sorted[i] = report->unfit[i];
        near += obstacle_of(sorted[i]) != OBSTACLE_OTHER;
    }
    if (report->unfit_count > 0) {
        qsort(sorted, report->unfit_count, sizeof(struct lf_choice *), compare_unfit);
    }
    add_nearest(sorted, near < UNFIT_SHOWN ? near : UNFIT_SHOWN, style, out);
    for (size_t i = near; i < report->unfit_count;) {
        const char *text = first_text(sorted[i]);
        size_t same = 0;
        while (i < report->unfit_count && strcmp(first_text(sorted[i]), text) == 0) {
            same++;
            i++;
        }
        lf_text_format(out, "%zu model%s: %s\n", same, same == 1 ? "" : "s", text);
    }
    lf_text_warnings(report->warnings, report->warning_count, style, out);
    lf_arena_clear(&arena);
}
