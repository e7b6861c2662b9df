#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

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

bool lf_terminal_has_messages(void)
{
    return isatty(STDERR_FILENO);
}

unsigned lf_terminal_columns(void)
{
    struct winsize size = {0};
    bool is_sized = isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
    return is_sized ? size.ws_col : 0;
}

bool lf_terminal_knows_utf8(void)
{
    return false;
}
