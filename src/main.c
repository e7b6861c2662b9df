/* The program: everything is in the library. */
#include "cli/cli.h"

int main(int argc, char **argv)
{
    return lf_cli_run(argc, argv, &lf_catalog_image);
}
