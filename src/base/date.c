#include "base/date.h"

#include <stddef.h>

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int64_t days_in_month(int64_t year, int64_t month)
{
    static const int64_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

/* Whether text is four digits, two and two with dashes between; the three numbers go to parts. */
static bool split(const char *text, int64_t parts[3])
{
    static const char form[] = "dddd-dd-dd";
    size_t part = 0;
    parts[0] = parts[1] = parts[2] = 0;
    for (size_t i = 0; i < sizeof form; i++) {
        bool is_digit = text[i] >= '0' && text[i] <= '9';
        if (form[i] == 'd' ? !is_digit : text[i] != form[i]) {
            return false;
        }
        if (is_digit) {
            parts[part] = parts[part] * 10 + (text[i] - '0');
        } else {
            part++;
        }
    }
    return true;
}

bool lf_date_parse(const char *text, int64_t *day)
{
    enum { FIRST_YEAR = 1970, DAYS_OF_YEAR = 365 };
    int64_t parts[3];
    if (text == NULL || !split(text, parts)) {
        return false;
    }
    int64_t year = parts[0];
    int64_t month = parts[1];
    if (year < FIRST_YEAR || month < 1 || month > 12 || parts[2] < 1 ||
        parts[2] > days_in_month(year, month)) {
        return false;
    }
    int64_t days = parts[2] - 1;
    for (int64_t y = FIRST_YEAR; y < year; y++) {
        days += DAYS_OF_YEAR + is_leap(y);
    }
    for (int64_t m = 1; m < month; m++) {
        days += days_in_month(year, m);
    }
    *day = days;
    return true;
}
