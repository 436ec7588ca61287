// A disk that forgets at a power cut what was not synced. Loaded before libc (LD_PRELOAD), it notes
// what each write to a database or its log overwrites, and lets the notes go when the file is
// synced. power.ts takes the noted writes back.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static int ends(const char *text, const char *end) {
  size_t a = strlen(text), b = strlen(end);
  return a >= b && strcmp(text + a - b, end) == 0;
}

static int isWatched(const char *path) { return ends(path, ".db") || ends(path, ".db-wal"); }

static int notesOf(int fd, char *path, size_t room) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, room - 6);
  if (length < 0) return 0;
  path[length] = 0;
  if (!isWatched(path)) return 0;
  strcat(path, ".undo");
  return 1;
}

static void note(int fd, off_t at, size_t length) {
  char path[4096];
  struct stat now;
  if (!notesOf(fd, path, sizeof path) || fstat(fd, &now) != 0) return;
  size_t held = at >= now.st_size ? 0 : (size_t)(now.st_size - at);
  if (held > length) held = length;
  int64_t *record = malloc(3 * sizeof(int64_t) + held);
  record[0] = at;
  record[1] = (int64_t)held;
  record[2] = now.st_size;
  if (held > 0 && pread(fd, record + 3, held, at) != (ssize_t)held) abort();
  int notes = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  size_t whole = 3 * sizeof(int64_t) + held;
  if (notes < 0 || write(notes, record, whole) != (ssize_t)whole) abort();
  close(notes);
  free(record);
}

static void synced(int fd) {
  char path[4096];
  if (notesOf(fd, path, sizeof path)) truncate(path, 0);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
  REAL(pwrite64);
  note(fd, at, length);
  return real(fd, bytes, length, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
  REAL(pwrite);
  note(fd, at, length);
  return real(fd, bytes, length, at);
}

int ftruncate64(int fd, off64_t size) {
  REAL(ftruncate64);
  note(fd, size, SIZE_MAX);
  return real(fd, size);
}

int ftruncate(int fd, off_t size) {
  REAL(ftruncate);
  note(fd, size, SIZE_MAX);
  return real(fd, size);
}

int fsync(int fd) {
  REAL(fsync);
  int result = real(fd);
  if (result == 0) synced(fd);
  return result;
}

int fdatasync(int fd) {
  REAL(fdatasync);
  int result = real(fd);
  if (result == 0) synced(fd);
  return result;
}

int unlink(const char *path) {
  REAL(unlink);
  if (isWatched(path)) {
    char notes[4096];
    snprintf(notes, sizeof notes, "%s.undo", path);
    real(notes);
  }
  return real(path);
}
