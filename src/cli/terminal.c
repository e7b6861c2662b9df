#include "cli/terminal.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value == NULL ? "" : value;
}

static bool is_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = variable(names[i]);
        if (value[0] != '\0') {
            return lf_text_contains_nocase(value, "UTF-8") ||
                   lf_text_contains_nocase(value, "UTF8");
        }
    }
    return lf_terminal_knows_utf8();
}

static bool wants_color(unsigned when)
{
    if (when != LF_COLOR_AUTO) {
        return when == LF_COLOR_ALWAYS;
    }
    return lf_terminal_is_shown() && variable("NO_COLOR")[0] == '\0' &&
           strcmp(variable("TERM"), "dumb") != 0;
}

static unsigned find_columns(void)
{
    uint64_t columns = lf_terminal_columns();
    if (columns == 0 && (!lf_count_parse(variable("COLUMNS"), &columns) || columns == 0)) {
        columns = LF_STYLE_COLUMNS;
    }
    if (columns < LF_STYLE_COLUMNS_LEAST) {
        return LF_STYLE_COLUMNS_LEAST;
    }
    return columns > LF_STYLE_COLUMNS_MOST ? LF_STYLE_COLUMNS_MOST : (unsigned)columns;
}

void lf_terminal_style(const struct lf_options *options, struct lf_style *style)
{
    *style = (struct lf_style){
        .columns = find_columns(),
        .lines = options->limit == LF_LIMIT_UNSET ? LF_STYLE_LINES : 0,
        .color = wants_color(options->color),
        .ascii = !is_utf8(),
    };
}
