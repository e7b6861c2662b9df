/* For programs that read the files themselves. */
#include "catalog/image.h"

const struct lf_catalog_image lf_catalog_image = {0};
