/* Loaded before everything else: lets one write, or one fsync, of the ledger fail as a dying disk would. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int disk_error_in = 0;   /* which call fails, counted from now: 0 for none */
int disk_error_kind = 0; /* 0: fsync and fdatasync, 1: pwrite */

static int fails(int kind, int fd) {
    char link[64], path[4096];
    if (!disk_error_in || kind != disk_error_kind) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length > 0 ? length : 0] = 0;
    if (!strstr(path, "communique.sqlite") || --disk_error_in) return 0;
    errno = EIO;
    return 1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int fsync(int fd) { return fails(0, fd) ? -1 : REAL(fsync)(fd); }
int fdatasync(int fd) { return fails(0, fd) ? -1 : REAL(fdatasync)(fd); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
    return fails(1, fd) ? -1 : REAL(pwrite)(fd, data, size, at);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    return fails(1, fd) ? -1 : REAL(pwrite64)(fd, data, size, at);
}
