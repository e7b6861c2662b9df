/* What libFuzzer calls, and replay.c in its place: each fuzz_<target>.c has one. */
#ifndef LLMFIT_TESTS_FUZZ_FUZZ_H
#define LLMFIT_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Runs one input; crashes where it finds a fault. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
