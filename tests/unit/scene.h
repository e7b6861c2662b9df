/* Models whose layers differ, and machines for them, drawn from a fixed sequence. */
#ifndef LLMFIT_TESTS_SCENE_H
#define LLMFIT_TESTS_SCENE_H

#include "rules/placement.h"

enum { SCENE_LAYERS_MOST = 12, SCENE_GPUS_MOST = 3 };

/* A model and a machine; the load points into the scene. */
struct scene {
    struct lf_layer_weights layers[SCENE_LAYERS_MOST];
    struct lf_layer_cache cache[SCENE_LAYERS_MOST];
    struct lf_layer_sum sums[SCENE_LAYERS_MOST + 1];
    struct lf_weights weights;
    struct lf_load load;
    struct lf_budget budget;
};

/* The next number of the sequence, from least to most; the same on every machine. */
uint64_t draw(uint64_t *seed, uint64_t least, uint64_t most);

/* A model of up to SCENE_LAYERS_MOST layers, dense or with experts; in a third of them the layers
 * are alike. */
void scene_make_model(uint64_t *seed, struct scene *scene);

/* One to SCENE_GPUS_MOST GPUs, alike in a third of them, and RAM: from too little to enough. */
void scene_make_machine(uint64_t *seed, struct scene *scene);

#endif
