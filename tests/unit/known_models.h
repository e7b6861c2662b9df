/* What well-known models are worth, to hold the tiers against. */
#ifndef LLMFIT_TESTS_KNOWN_MODELS_H
#define LLMFIT_TESTS_KNOWN_MODELS_H

#include "catalog/tier.h"
#include "support.h"

/* 47 well-known models: parameters (10^9), share of the best paid model at full precision, the
 * smaller share of two snapshots (-1: in one only), the format it was published in; then what a
 * context of 32k and more and a fast machine make of it, at full precision and at Q4_K_M.
 *
 * source  Artificial Analysis 2026-08-22 and v4.3 2026-09-11, LiveBench 2026-06-25 */
static const struct {
    const char *name;
    double total_b;
    double active_b;
    double q;
    double guard;
    const char *native_format;
    enum lf_tier tier;
    double q_at_q4;
    enum lf_tier tier_at_q4;
} known[] = {
    /* clang-format off */
    {"Kimi K3", 2800, 104, 0.96, -1, "MXFP4", LF_TIER_FRONTIER_ADJACENT, 0.96, LF_TIER_FRONTIER_ADJACENT},
    {"GLM-5.3", 753, 40, 0.94, -1, "BF16", LF_TIER_FRONTIER_ADJACENT, 0.92, LF_TIER_FRONTIER_ADJACENT},
    {"Qwen3.8 2.4T A95B", 2400, 95, 0.92, -1, "BF16", LF_TIER_FRONTIER_ADJACENT, 0.90, LF_TIER_FRONTIER_ADJACENT},
    {"DeepSeek V4 Pro 0813", 1600, 49, 0.89, -1, "FP4", LF_TIER_FRONTIER_ADJACENT, 0.89, LF_TIER_FRONTIER_ADJACENT},
    {"GLM-5.2", 753, 40, 0.87, -1, "BF16", LF_TIER_FRONTIER_ADJACENT, 0.85, LF_TIER_FRONTIER_ADJACENT},
    {"DeepSeek V4 Flash 0731", 284, 13, 0.87, 0.655, "FP4", LF_TIER_CAPABLE, 0.87, LF_TIER_CAPABLE},
    {"Qwen3.8 27B", 27, 27, 0.87, 0.637, "BF16", LF_TIER_CAPABLE, 0.85, LF_TIER_CAPABLE},
    {"Kimi K2.6", 1000, 32, 0.83, -1, "INT4", LF_TIER_FRONTIER_ADJACENT, 0.83, LF_TIER_FRONTIER_ADJACENT},
    {"MiniMax-M3", 428, 23, 0.82, -1, "BF16", LF_TIER_FRONTIER_ADJACENT, 0.80, LF_TIER_FRONTIER_ADJACENT},
    {"GLM-5.1", 744, 40, 0.79, -1, "BF16", LF_TIER_CAPABLE, 0.77, LF_TIER_CAPABLE},
    {"MiniMax-M2.7", 230, 10, 0.76, 0.431, "BF16", LF_TIER_CAPABLE, 0.74, LF_TIER_CAPABLE},
    {"Qwen3.6 27B", 27.8, 27.8, 0.73, 0.412, "BF16", LF_TIER_CAPABLE, 0.71, LF_TIER_CAPABLE},
    {"Muse Glimmer", 30, 30, 0.71, 0.337, "BF16", LF_TIER_CAPABLE, 0.69, LF_TIER_CAPABLE},
    {"Ling 3.0 Flash", 124, 5.1, 0.70, 0.468, "BF16", LF_TIER_CAPABLE, 0.68, LF_TIER_CAPABLE},
    {"Nemotron 3 Ultra 550B A55B", 550, 55, 0.70, -1, "BF16", LF_TIER_CAPABLE, 0.69, LF_TIER_CAPABLE},
    {"GLM-4.7", 357, 32, 0.70, -1, "BF16", LF_TIER_CAPABLE, 0.68, LF_TIER_CAPABLE},
    {"DeepSeek V3.2", 685, 37, 0.69, -1, "BF16", LF_TIER_CAPABLE, 0.68, LF_TIER_CAPABLE},
    {"Gemma 4 31B", 30.7, 30.7, 0.69, 0.281, "BF16", LF_TIER_CAPABLE, 0.67, LF_TIER_CAPABLE},
    {"Qwen3.6 35B A3B", 36, 3, 0.64, 0.356, "BF16", LF_TIER_CAPABLE, 0.62, LF_TIER_CAPABLE},
    {"Mistral Medium 3.5", 128, 128, 0.62, -1, "BF16", LF_TIER_CAPABLE, 0.61, LF_TIER_CAPABLE},
    {"Gemma 4 26B A4B", 25.2, 3.8, 0.59, 0.318, "BF16", LF_TIER_USEFUL, 0.58, LF_TIER_USEFUL},
    {"Qwen3 235B A22B 2507", 235, 22, 0.57, 0.243, "BF16", LF_TIER_USEFUL, 0.56, LF_TIER_USEFUL},
    {"gpt-oss-120b", 117, 5.1, 0.56, 0.225, "MXFP4", LF_TIER_USEFUL, 0.56, LF_TIER_USEFUL},
    {"Gemma 4 12B", 12, 12, 0.56, -1, "BF16", LF_TIER_USEFUL, 0.54, LF_TIER_USEFUL},
    {"Qwen3.5 9B", 9.65, 9.65, 0.53, 0.262, "BF16", LF_TIER_USEFUL, 0.51, LF_TIER_USEFUL},
    {"Nemotron 3 Super 120B A12B", 120.6, 12.7, 0.52, -1, "BF16", LF_TIER_USEFUL, 0.51, LF_TIER_USEFUL},
    {"Nemotron 3.5 Lightning", 31.6, 3.6, 0.52, 0.262, "BF16", LF_TIER_USEFUL, 0.50, LF_TIER_USEFUL},
    {"DeepSeek R1 0528", 685, 37, 0.50, -1, "BF16", LF_TIER_USEFUL, 0.49, LF_TIER_USEFUL},
    {"Mistral Small 4", 119, 6.5, 0.48, 0.206, "BF16", LF_TIER_USEFUL, 0.47, LF_TIER_USEFUL},
    {"GLM-4.7-Flash", 31.2, 3, 0.48, 0.281, "BF16", LF_TIER_USEFUL, 0.47, LF_TIER_USEFUL},
    {"Qwen3.5 4B", 4.66, 4.66, 0.47, 0.243, "BF16", LF_TIER_USEFUL, 0.45, LF_TIER_USEFUL},
    {"Qwen3 Coder Next", 79.7, 3, 0.45, 0.187, "BF16", LF_TIER_USEFUL, 0.44, LF_TIER_USEFUL},
    {"gpt-oss-20b", 21, 3.6, 0.43, 0.169, "MXFP4", LF_TIER_USEFUL, 0.43, LF_TIER_USEFUL},
    {"Llama 4 Maverick", 402, 17, 0.41, -1, "BF16", LF_TIER_USEFUL, 0.40, LF_TIER_USEFUL},
    {"Qwen3 32B", 32.8, 32.8, 0.38, 0.131, "BF16", LF_TIER_USEFUL, 0.38, LF_TIER_USEFUL},
    {"Devstral Small 2", 24, 24, 0.36, 0.15, "BF16", LF_TIER_USEFUL, 0.35, LF_TIER_USEFUL},
    {"Qwen3 Coder 30B A3B Instruct", 30.5, 3.3, 0.33, 0.187, "BF16", LF_TIER_USEFUL, 0.32, LF_TIER_USEFUL},
    {"Llama 4 Scout", 109, 17, 0.297, 0.112, "BF16", LF_TIER_LEARNING, 0.29, LF_TIER_LEARNING},
    {"Llama 3.3 Instruct 70B", 70, 70, 0.29, 0.15, "BF16", LF_TIER_LEARNING, 0.28, LF_TIER_LEARNING},
    {"Mistral Small 3.2", 24, 24, 0.28, 0.131, "BF16", LF_TIER_LEARNING, 0.28, LF_TIER_LEARNING},
    {"Qwen3 8B", 8.19, 8.19, 0.24, 0.094, "BF16", LF_TIER_LEARNING, 0.23, LF_TIER_LEARNING},
    {"Gemma 3 27B Instruct", 27.4, 27.4, 0.22, 0.094, "BF16", LF_TIER_LEARNING, 0.21, LF_TIER_LEARNING},
    {"Phi-4", 14, 14, 0.20, -1, "BF16", LF_TIER_LEARNING, 0.20, LF_TIER_LEARNING},
    {"Llama 3.1 Instruct 8B", 8, 8, 0.19, 0.12, "BF16", LF_TIER_LEARNING, 0.18, LF_TIER_LEARNING},
    {"Llama 3.2 Instruct 3B", 3, 3, 0.12, -1, "BF16", LF_TIER_LEARNING, 0.11, LF_TIER_LEARNING},
    {"Qwen3.5 0.8B", 0.873, 0.873, 0.10, -1, "BF16", LF_TIER_LEARNING, 0.10, LF_TIER_LEARNING},
    {"Llama 3.2 Instruct 1B", 1, 1, 0.08, -1, "BF16", LF_TIER_LEARNING, 0.07, LF_TIER_LEARNING},
    /* clang-format on */
};

enum { MODELS = COUNT(known) };

#endif
