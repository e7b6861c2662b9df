#include "cli/option_words.h"

#include "cli/options.h"
#include "report/render.h"

const char *lf_option_format_word(size_t place)
{
    const struct lf_renderer *renderer = lf_renderer_at(place);
    return renderer == NULL ? NULL : renderer->name;
}

const char *lf_option_color_word(size_t place)
{
    static const char *const words[] = {
        [LF_COLOR_AUTO] = "auto", [LF_COLOR_ALWAYS] = "always", [LF_COLOR_NEVER] = "never"};
    return place < sizeof words / sizeof words[0] ? words[place] : NULL;
}

const char *lf_option_switch_word(size_t place)
{
    static const char *const words[] = {[LF_SWITCH_ON] = "on", [LF_SWITCH_OFF] = "off"};
    return place < sizeof words / sizeof words[0] ? words[place] : NULL;
}

const char *lf_option_use_case_word(size_t place)
{
    return place < LF_USE_CASE_COUNT ? lf_use_case_id((enum lf_use_case)place) : NULL;
}

const char *lf_option_sort_word(size_t place)
{
    return place < LF_SORT_COUNT ? lf_sort_id((enum lf_sort)place) : NULL;
}
