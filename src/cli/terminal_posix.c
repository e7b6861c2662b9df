#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/terminal.h"

unsigned lf_terminal_open(void)
{
    signal(SIGPIPE, SIG_IGN);
    return 0;
}

void lf_terminal_close(unsigned before)
{
    (void)before;
}

bool lf_terminal_is_shown(void)
{
    return isatty(STDOUT_FILENO);
}

unsigned lf_terminal_columns(void)
{
    struct winsize size = {0};
    bool is_sized = isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
    return is_sized ? size.ws_col : 0;
}

/* The locale's name says so. */
bool lf_terminal_is_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0') {
            return lf_text_contains_nocase(value, "UTF-8") ||
                   lf_text_contains_nocase(value, "UTF8");
        }
    }
    return false;
}
