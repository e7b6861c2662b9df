#include "cli/bench_engine.h"
#include "cli/bench_memory.h"
#include "cli/command.h"

static enum lf_status run(struct lf_session *session, struct lf_error *err)
{
    return session->options.bench_memory ? lf_bench_memory_run(session, err)
                                         : lf_bench_engine(session, err);
}

const struct lf_command_row lf_command_bench = {
    .name = "bench",
    .summary = "measure a running engine, or the memory, beside what is predicted",
    .usage = "[MODEL | --memory] [OPTION...]",
    .about =
        "Finds an engine that runs here (llama-server, Ollama, LM Studio, vLLM, or another with "
        "OpenAI's interface), has it read and write a few times, and prints what was measured "
        "beside what llmfit predicts for the same model, quant, context and place. MODEL is the "
        "engine's name of it; without, the one that is loaded. Nothing leaves this computer unless "
        "--url names another. With --memory, reads a buffer much larger than the caches with all "
        "cores for about two seconds, while nothing else should run, and shows it beside what the "
        "firmware or a list tells of the memory's peak; where nothing else tells the bandwidth, "
        "later answers use it.",
    .examples = {"llmfit bench", "llmfit bench qwen3:8b --repeat 5",
                 "llmfit bench --url http://127.0.0.1:9090 --model qwen3-8b --quant Q4_K_M",
                 "llmfit bench --memory"},
    .bit = LF_FOR_BENCH,
    .run = run,
};
