#include "cli/interrupt.h"

void lf_interrupt_hold(void)
{
}

bool lf_interrupt_came(void)
{
    return false;
}

void lf_interrupt_release(void)
{
}
