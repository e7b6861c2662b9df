/* Names of models, as they are compared. Inner header of the catalog. */
#ifndef LLMFIT_CATALOG_NAME_H
#define LLMFIT_CATALOG_NAME_H

/* Makes name lower case without separators; a '.' between digits stays, for 1.7B is not 17B. */
void lf_name_squeeze(char *name);

#endif
