/* The port's socket in /proc/net, the socket's owner by /proc/PID/fd, the owner's memory in
 * /proc/PID/status.
 * source  Linux Documentation/networking/proc_net_tcp.rst; proc(5) */
#include "measure/process.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/units.h"

enum { TABLE_BYTES = 4 * 1024 * 1024, STATUS_BYTES = 64 * 1024, PATH_BYTES = 64, LINK_BYTES = 64 };
enum { LISTENING = 0x0A };

/* The port of an address of this computer; 0 for another's. */
static unsigned find_port(const char *url)
{
    static const char *const hosts[] = {"http://127.0.0.1:", "http://localhost:", "http://[::1]:"};
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        if (lf_text_starts_with(url, hosts[i])) {
            unsigned long port = strtoul(url + strlen(hosts[i]), NULL, 10);
            return port <= 65535 ? (unsigned)port : 0;
        }
    }
    return 0;
}

/* The inode of the socket that listens to a port, by a table of /proc/net; 0: none does. */
static unsigned long find_inode(const char *table, unsigned port)
{
    struct lf_text content = {0};
    unsigned long found = 0;
    lf_file_read(table, TABLE_BYTES, &content, NULL);
    const char *line = strchr(lf_text_string(&content), '\n'); /* behind the titles */
    while (line != NULL && found == 0) {
        unsigned local = 0;
        unsigned state = 0;
        unsigned long inode = 0;
        int got = sscanf(line + 1, "%*d: %*[0-9A-F]:%x %*[0-9A-F]:%*x %x %*s %*s %*s %*s %*s %lu",
                         &local, &state, &inode);
        if (got == 3 && local == port && state == LISTENING) {
            found = inode;
        }
        line = strchr(line + 1, '\n');
    }
    lf_text_clear(&content);
    return found;
}

/* Whether a process has a descriptor of that socket. */
static bool has_socket(const char *process, const char *socket)
{
    char folder[PATH_BYTES];
    snprintf(folder, sizeof folder, "/proc/%.16s/fd", process);
    DIR *descriptors = opendir(folder);
    const struct dirent *entry = NULL;
    bool found = false;
    while (descriptors != NULL && !found && (entry = readdir(descriptors)) != NULL) {
        char path[PATH_BYTES];
        char link[LINK_BYTES];
        snprintf(path, sizeof path, "%.40s/%.16s", folder, entry->d_name);
        ssize_t length = readlink(path, link, sizeof link - 1);
        link[length < 0 ? 0 : length] = '\0';
        found = strcmp(link, socket) == 0;
    }
    if (descriptors != NULL) {
        closedir(descriptors);
    }
    return found;
}

/* The resident memory of a process. */
static struct lf_amount read_resident(const char *process)
{
    static const char key[] = "VmRSS:";
    char path[PATH_BYTES];
    struct lf_text content = {0};
    struct lf_amount bytes = {0};
    snprintf(path, sizeof path, "/proc/%.16s/status", process);
    lf_file_read(path, STATUS_BYTES, &content, NULL);
    const char *row = strstr(lf_text_string(&content), key);
    if (row != NULL) {
        uint64_t kib = strtoull(row + sizeof key - 1, NULL, 10);
        bytes = lf_amount(lf_mul(kib, LF_KIB), LF_MEASURED, "/proc/PID/status");
    }
    lf_text_clear(&content);
    return bytes;
}

struct lf_amount lf_process_resident_bytes(const char *url)
{
    unsigned port = find_port(url);
    unsigned long inode = port == 0 ? 0 : find_inode("/proc/net/tcp", port);
    inode = port != 0 && inode == 0 ? find_inode("/proc/net/tcp6", port) : inode;
    DIR *processes = inode == 0 ? NULL : opendir("/proc");
    const struct dirent *entry = NULL;
    struct lf_amount bytes = {0};
    char socket[LINK_BYTES];
    snprintf(socket, sizeof socket, "socket:[%lu]", inode);
    while (processes != NULL && !lf_known(bytes) && (entry = readdir(processes)) != NULL) {
        bool is_process = entry->d_name[0] >= '0' && entry->d_name[0] <= '9';
        if (is_process && has_socket(entry->d_name, socket)) {
            bytes = read_resident(entry->d_name);
        }
    }
    if (processes != NULL) {
        closedir(processes);
    }
    return bytes;
}
