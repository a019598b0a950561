/* Makes each read at a place in a file of SQLite take as long as on a disk that has to seek for it.
   Loaded before the program's own libraries. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void seek(int file) {
  char link[32], name[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, name, sizeof name - 1);
  const char *micros = getenv("SLOW_DISK_MICROS");
  if (length <= 0 || !micros) return;
  name[length] = 0;
  if (strstr(name, ".sqlite")) usleep((useconds_t)atoi(micros));
}

ssize_t pread(int file, void *into, size_t bytes, off_t at) {
  ssize_t (*real)(int, void *, size_t, off_t) = dlsym(RTLD_NEXT, "pread");
  seek(file);
  return real(file, into, bytes, at);
}

ssize_t pread64(int file, void *into, size_t bytes, off64_t at) {
  ssize_t (*real)(int, void *, size_t, off64_t) = dlsym(RTLD_NEXT, "pread64");
  seek(file);
  return real(file, into, bytes, at);
}
