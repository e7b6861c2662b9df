#include "cli/bench_engine.h"
#include "cli/command.h"

const struct lf_command_row lf_command_bench = {
    .name = "bench",
    .summary = "measure a running engine, beside what is predicted for it",
    .usage = "[MODEL] [OPTION...]",
    .about =
        "Finds an engine that runs here (llama-server, Ollama, LM Studio, vLLM, or another with "
        "OpenAI's interface), has it read and write a few times, and prints what was measured "
        "beside what llmfit predicts for the same model, quant, context and place. MODEL is the "
        "engine's name of it; without, the one that is loaded. Nothing leaves this computer unless "
        "--url names another.",
    .examples = {"llmfit bench", "llmfit bench qwen3:8b --repeat 5",
                 "llmfit bench --url http://127.0.0.1:9090 --model qwen3-8b --quant Q4_K_M",
                 "llmfit bench --json"},
    .bit = LF_FOR_BENCH,
    .run = lf_bench_engine,
};
