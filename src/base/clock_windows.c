#include <windows.h>

#include "base/clock.h"

double lf_clock_now_ms(void)
{
    LARGE_INTEGER now;
    LARGE_INTEGER per_second;
    QueryPerformanceCounter(&now);
    QueryPerformanceFrequency(&per_second);
    return (double)now.QuadPart * 1e3 / (double)per_second.QuadPart;
}

void lf_clock_sleep_ms(unsigned ms)
{
    Sleep(ms);
}
