/* A folder of data files for one test, as --catalog takes it. */
#ifndef LLMFIT_TESTS_FOLDER_H
#define LLMFIT_TESTS_FOLDER_H

#include <stddef.h>

enum { FOLDER_FILES_MOST = 8, FOLDER_PATH_BYTES = 128 };

struct folder {
    char path[64];
    char files[FOLDER_FILES_MOST][FOLDER_PATH_BYTES];
    size_t count;
};

/* Makes an empty folder of a name of its own. */
void folder_make(struct folder *folder);

/* Writes "models/mine.json" or the like into it. */
void folder_write(struct folder *folder, const char *name, const char *text);

/* Removes it with all it holds. */
void folder_remove(struct folder *folder);

/* Rows for models/x.json. */
#define MODELS(rows)                                                                \
    "{\"schema\": \"llmfit.models\", \"schema_version\": 1, \"vendor\": \"Test\", " \
    "\"models\": [\n" rows "]}"
#define MODEL_HEAD(id) "{\"id\": \"" id "\", \"name\": \"N\", \"hf\": \"o/" id "\", "
#define MODEL_TAIL "\"confidence\": \"low\", \"source\": \"s\", \"checked\": \"2026-01-02\"}"
#define FINETUNE(id) MODEL_HEAD(id) "\"shape\": \"qwen3-8b\", " MODEL_TAIL

#endif
