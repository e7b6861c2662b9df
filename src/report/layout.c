#include "report/layout.h"

#include <string.h>

#include "report/layout_markdown.h"

static const char *const escapes[] = {
    [LF_PAINT_PLAIN] = "",        [LF_PAINT_STRONG] = "\033[1m",   [LF_PAINT_FAINT] = "\033[2m",
    [LF_PAINT_RED] = "\033[31m",  [LF_PAINT_YELLOW] = "\033[33m",  [LF_PAINT_GREEN] = "\033[32m",
    [LF_PAINT_CYAN] = "\033[36m", [LF_PAINT_MAGENTA] = "\033[35m",
};

static void begin_paint(struct lf_text *out, const struct lf_style *style, enum lf_paint paint)
{
    if (style->color) {
        lf_text_add_string(out, escapes[paint]);
    }
}

static void end_paint(struct lf_text *out, const struct lf_style *style, enum lf_paint paint)
{
    if (style->color && paint != LF_PAINT_PLAIN) {
        lf_text_add_string(out, "\033[0m");
    }
}

static void add_blanks(struct lf_text *out, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        lf_text_add(out, " ", 1);
    }
}

void lf_layout_paint(struct lf_text *out, const struct lf_style *style, enum lf_paint paint,
                     const char *text)
{
    if (style->markdown) {
        lf_markdown_paint(out, paint, text);
        return;
    }
    begin_paint(out, style, paint);
    lf_text_add_string(out, text);
    end_paint(out, style, paint);
}

/* Columns of text[length]. */
static size_t columns_of(const char *text, size_t length)
{
    size_t columns = 0;
    for (size_t i = 0; i < length; i++) {
        columns += ((unsigned char)text[i] & 0xC0U) != 0x80U;
    }
    return columns;
}

/* Whether a line may end before this word. A number stays with the word before it ("Opus 5"); the
 * lines of a command begin with an option. */
static bool starts_line(const char *word, bool is_command)
{
    return is_command ? *word == '-' : strchr("0123456789%", *word) == NULL;
}

/* Bytes of the longest run of whole words that fits into so many columns; at least one word. */
static size_t fitting(const char *text, size_t columns, bool is_command)
{
    size_t best = 0;
    for (size_t end = 0;; end++) {
        bool is_break = text[end] == ' ' && starts_line(text + end + 1, is_command);
        if (!is_break && text[end] != '\0') {
            continue;
        }
        if (best > 0 && columns_of(text, end) > columns) {
            return best;
        }
        best = end;
        if (text[end] == '\0') {
            return best;
        }
    }
}

void lf_layout_paragraph(struct lf_text *out, const struct lf_style *style,
                         const struct lf_paragraph *paragraph, const char *text)
{
    if (style->markdown) {
        lf_markdown_paragraph(out, paragraph, text);
        return;
    }
    const char *label = paragraph->label == NULL ? "" : paragraph->label;
    const char *joint = paragraph->joint == NULL ? "" : paragraph->joint;
    size_t indent = paragraph->label_columns;
    size_t room = style->columns > indent + 20 ? style->columns - indent : 20;
    lf_layout_paint(out, style, paragraph->label_paint, label);
    size_t used = lf_text_columns(label);
    add_blanks(out, indent > used ? indent - used : 0);
    for (;;) {
        bool is_last = lf_text_columns(text) <= room;
        size_t length =
            is_last ? strlen(text) : fitting(text, room - lf_text_columns(joint), joint[0] != '\0');
        is_last = is_last || text[length] == '\0';
        begin_paint(out, style, paragraph->paint);
        lf_text_add(out, text, length);
        end_paint(out, style, paragraph->paint);
        lf_text_add_string(out, is_last ? "" : joint);
        lf_text_add(out, "\n", 1);
        if (is_last) {
            return;
        }
        text += length + 1;
        add_blanks(out, indent);
    }
}

void lf_layout_parts(struct lf_text *out, const struct lf_style *style, const char *const parts[],
                     size_t count)
{
    enum { DOT_COLUMNS = 3 };
    size_t used = 0;
    if (style->markdown) {
        lf_markdown_parts(out, parts, count);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        size_t columns = lf_text_columns(parts[i]);
        if (i > 0 && used + DOT_COLUMNS + columns > style->columns) {
            lf_text_add(out, "\n", 1);
            used = 0;
        } else if (i > 0) {
            lf_text_add_string(out, " \u00B7 ");
            used += DOT_COLUMNS;
        }
        lf_text_add_string(out, parts[i]);
        used += columns;
    }
    lf_text_add(out, "\n", 1);
}

size_t lf_layout_lines(const struct lf_text *text)
{
    size_t lines = 0;
    for (size_t i = 0; i < text->length; i++) {
        lines += text->bytes[i] == '\n';
    }
    return lines;
}

/* ASCII for what we write ourselves; one column for one. */
static char plain(const char *sequence, size_t length)
{
    static const struct {
        const char *sequence;
        char plain;
    } rows[] = {
        {"\u00B7", '-'}, {"\u2013", '-'}, {"\u2014", '-'},  {"\u2026", '~'},
        {"\u00D7", 'x'}, {"\u2265", '>'}, {"\u2264", '<'},  {"\u2192", '>'},
        {"\u2500", '-'}, {"\u2248", '~'}, {"\u2019", '\''}, {"\u00A0", ' '},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strlen(rows[i].sequence) == length && memcmp(rows[i].sequence, sequence, length) == 0) {
            return rows[i].plain;
        }
    }
    return '?';
}

void lf_layout_finish(struct lf_text *out, const struct lf_style *style, size_t start)
{
    if (style->markdown) {
        lf_markdown_finish(out, start);
    }
    if (!style->ascii || out->length == start) {
        return;
    }
    size_t to = start;
    for (size_t from = start; from < out->length;) {
        size_t length = 1;
        while (from + length < out->length &&
               ((unsigned char)out->bytes[from + length] & 0xC0U) == 0x80U) {
            length++;
        }
        bool is_ascii = (unsigned char)out->bytes[from] < 0x80;
        out->bytes[to++] = is_ascii ? out->bytes[from] : plain(out->bytes + from, length);
        from += length;
    }
    out->length = to;
    out->bytes[to] = '\0';
}
