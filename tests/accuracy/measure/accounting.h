/* Devices that take every operation and hold nothing: llama.cpp places a model on them and counts
 * what it would allocate. */
#ifndef LLMFIT_TESTS_ACCURACY_MEASURE_ACCOUNTING_H
#define LLMFIT_TESTS_ACCURACY_MEASURE_ACCOUNTING_H

/* Registers that many devices. Before the first model is loaded. */
void accounting_register(int count);

#endif
