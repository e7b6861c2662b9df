#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <windows.h>

#include "cli/terminal.h"

/* The console of standard output; INVALID_HANDLE_VALUE when that goes elsewhere. */
static HANDLE find_console(DWORD *mode)
{
    HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE);
    return GetConsoleMode(output, mode) ? output : INVALID_HANDLE_VALUE;
}

unsigned lf_terminal_open(void)
{
    DWORD mode = 0;
    HANDLE console = find_console(&mode);
    if (console != INVALID_HANDLE_VALUE) {
        SetConsoleMode(console, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
    }
    _setmode(_fileno(stdin), _O_BINARY);
    _setmode(_fileno(stdout), _O_BINARY);
    UINT before = GetConsoleOutputCP();
    SetConsoleOutputCP(CP_UTF8);
    return before;
}

void lf_terminal_close(unsigned before)
{
    if (before != 0) {
        SetConsoleOutputCP(before);
    }
}

bool lf_terminal_is_shown(void)
{
    DWORD mode = 0;
    return find_console(&mode) != INVALID_HANDLE_VALUE &&
           (mode & ENABLE_VIRTUAL_TERMINAL_PROCESSING) != 0;
}

bool lf_terminal_has_messages(void)
{
    return _isatty(_fileno(stderr)) != 0;
}

unsigned lf_terminal_columns(void)
{
    DWORD mode = 0;
    CONSOLE_SCREEN_BUFFER_INFO facts;
    HANDLE console = find_console(&mode);
    if (console == INVALID_HANDLE_VALUE || !GetConsoleScreenBufferInfo(console, &facts) ||
        facts.srWindow.Right < facts.srWindow.Left) {
        return 0;
    }
    return (unsigned)(facts.srWindow.Right - facts.srWindow.Left) + 1;
}

bool lf_terminal_knows_utf8(void)
{
    return true;
}
