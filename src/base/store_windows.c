#include "base/store_folder.h"

#include <direct.h>
#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

const struct lf_store_place lf_store_places[LF_STORE_COUNT][LF_STORE_PLACES_MOST] = {
    [LF_STORE_CACHE] = {{.variable = "LLMFIT_CACHE_DIR", .below = ""},
                        {.variable = "LOCALAPPDATA", .below = "\\llmfit\\cache"}},
    [LF_STORE_DATA] = {{.variable = "LLMFIT_DATA_DIR", .below = ""},
                       {.variable = "LOCALAPPDATA", .below = "\\llmfit"}},
};

const char lf_store_separators[] = "\\/";

bool lf_store_is_absolute(const char *path)
{
    bool is_share = path[0] == '\\' && path[1] == '\\';
    return is_share || (path[0] != '\0' && path[1] == ':' && (path[2] == '\\' || path[2] == '/'));
}

int lf_store_make_folder(const char *path)
{
    /* What is below a user's folder is the user's alone by inheritance. */
    return _mkdir(path);
}

const char *lf_store_folder_fault(const char *path)
{
    DWORD attributes = GetFileAttributesA(path);
    if (attributes == INVALID_FILE_ATTRIBUTES) {
        return "cannot be looked at";
    }
    if ((attributes & FILE_ATTRIBUTE_DIRECTORY) == 0) {
        return "is not a folder";
    }
    return (attributes & FILE_ATTRIBUTE_REPARSE_POINT) == 0 ? NULL : "is a link";
}

int lf_store_open(const char *path)
{
    return _open(path, _O_RDONLY | _O_BINARY | _O_NOINHERIT);
}

int lf_store_create(const char *path)
{
    return _open(path, _O_WRONLY | _O_CREAT | _O_EXCL | _O_BINARY | _O_NOINHERIT,
                 _S_IREAD | _S_IWRITE);
}

int lf_store_sync(int handle)
{
    return _commit(handle);
}

int lf_store_rename(const char *from, const char *to)
{
    if (MoveFileExA(from, to, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH)) {
        return 0;
    }
    errno = EACCES;
    return -1;
}
