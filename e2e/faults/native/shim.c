/*
 * Faults for one process and its children, through LD_PRELOAD. What can change while it runs stands in a file that is mapped
 * (SHIM_CONTROL, see struct control); the rest in the environment:
 *
 * SHIM_PREFIX      faults hit files below this path only
 * SHIM_KILL_AT     SIGKILL to itself at the n-th sync of a file whose path ends in SHIM_KILL_MATCH
 * SHIM_KILL_AFTER  set: after that sync has been done instead of before
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct control {
  /* errno of every write, sync and creation below the prefix; 0: none. */
  volatile int32_t write_error;
  /* The same for reads and for opening. */
  volatile int32_t read_error;
  /* 1: sync calls below the prefix answer well and do nothing. */
  volatile int32_t lies;
  int32_t unused;
  /* Added to the wall clock, in milliseconds. */
  volatile int64_t wall_offset_ms;
};

static struct control none;
static struct control *control = &none;
static const char *prefix = "";
static const char *kill_match = "";
static long kill_at;
static int kill_after;
static atomic_long syncs;

#define REAL(name, type, ...) static type (*real)(__VA_ARGS__); if (real == NULL) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

__attribute__((constructor)) static void begin(void) {
  const char *text = getenv("SHIM_CONTROL");
  if (text != NULL) {
    int fd = open(text, O_RDONLY);
    if (fd >= 0) {
      void *mapped = mmap(NULL, sizeof none, PROT_READ, MAP_SHARED, fd, 0);
      if (mapped != MAP_FAILED) control = mapped;
      close(fd);
    }
  }
  if ((text = getenv("SHIM_PREFIX")) != NULL) prefix = text;
  if ((text = getenv("SHIM_KILL_MATCH")) != NULL) kill_match = text;
  if ((text = getenv("SHIM_KILL_AT")) != NULL) kill_at = atol(text);
  kill_after = getenv("SHIM_KILL_AFTER") != NULL;
}

static int path_of(int fd, char *path, size_t size) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, size - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return 1;
}

static int is_below(const char *path) { return prefix[0] != 0 && path != NULL && strncmp(path, prefix, strlen(prefix)) == 0; }

static int is_fd_below(int fd) {
  char path[4096];
  return prefix[0] != 0 && path_of(fd, path, sizeof path) && is_below(path);
}

/* Whether a call on this descriptor has to fail; errno says how. */
static int fails(int fd, int32_t error) {
  if (error == 0 || !is_fd_below(fd)) return 0;
  errno = error;
  return 1;
}

static int fails_at(const char *path, int32_t error) {
  if (error == 0 || !is_below(path)) return 0;
  errno = error;
  return 1;
}

ssize_t write(int fd, const void *data, size_t size) {
  REAL("write", ssize_t, int, const void *, size_t);
  return fails(fd, control->write_error) ? -1 : real(fd, data, size);
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
  REAL("writev", ssize_t, int, const struct iovec *, int);
  return fails(fd, control->write_error) ? -1 : real(fd, parts, count);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
  REAL("pwrite64", ssize_t, int, const void *, size_t, off64_t);
  return fails(fd, control->write_error) ? -1 : real(fd, data, size, at);
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { return pwrite64(fd, data, size, at); }
int ftruncate64(int fd, off64_t size) {
  REAL("ftruncate64", int, int, off64_t);
  return fails(fd, control->write_error) ? -1 : real(fd, size);
}
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }
ssize_t read(int fd, void *data, size_t size) {
  REAL("read", ssize_t, int, void *, size_t);
  return fails(fd, control->read_error) ? -1 : real(fd, data, size);
}
ssize_t pread64(int fd, void *data, size_t size, off64_t at) {
  REAL("pread64", ssize_t, int, void *, size_t, off64_t);
  return fails(fd, control->read_error) ? -1 : real(fd, data, size, at);
}
ssize_t pread(int fd, void *data, size_t size, off_t at) { return pread64(fd, data, size, at); }

static int open_error(const char *path, int flags) { return fails_at(path, flags & (O_CREAT | O_TRUNC) ? control->write_error : 0) || fails_at(path, control->read_error); }

int open64(const char *path, int flags, ...) {
  REAL("open64", int, const char *, int, ...);
  va_list more;
  va_start(more, flags);
  mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
  va_end(more);
  return open_error(path, flags) ? -1 : real(path, flags, mode);
}
int open(const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
  va_end(more);
  return open64(path, flags, mode);
}
int mkdir(const char *path, mode_t mode) {
  REAL("mkdir", int, const char *, mode_t);
  return fails_at(path, control->write_error) ? -1 : real(path, mode);
}
int rename(const char *from, const char *to) {
  REAL("rename", int, const char *, const char *);
  return fails_at(to, control->write_error) ? -1 : real(from, to);
}
int link(const char *from, const char *to) {
  REAL("link", int, const char *, const char *);
  return fails_at(to, control->write_error) ? -1 : real(from, to);
}
int unlink(const char *path) {
  REAL("unlink", int, const char *);
  return fails_at(path, control->write_error) ? -1 : real(path);
}

/* 1: this is the sync at which the process has to die. */
static int is_last(int fd) {
  if (kill_at == 0) return 0;
  char path[4096];
  if (!path_of(fd, path, sizeof path)) return 0;
  size_t length = strlen(path), wanted = strlen(kill_match);
  if (length < wanted || strcmp(path + length - wanted, kill_match) != 0) return 0;
  return atomic_fetch_add(&syncs, 1) + 1 == kill_at;
}
static int sync_with(int fd, int (*real)(int)) {
  if (fails(fd, control->write_error)) return -1;
  if (control->lies && is_fd_below(fd)) return 0;
  if (!is_last(fd)) return real(fd);
  if (kill_after) real(fd);
  kill(getpid(), SIGKILL);
  for (;;) pause();
}
int fsync(int fd) {
  REAL("fsync", int, int);
  return sync_with(fd, real);
}
int fdatasync(int fd) {
  REAL("fdatasync", int, int);
  return sync_with(fd, real);
}

int clock_gettime(clockid_t clock, struct timespec *out) {
  REAL("clock_gettime", int, clockid_t, struct timespec *);
  int result = real(clock, out);
  if (result != 0 || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)) return result;
  int64_t ms = control->wall_offset_ms;
  out->tv_sec += ms / 1000;
  out->tv_nsec += (ms % 1000) * 1000000;
  if (out->tv_nsec < 0) { out->tv_nsec += 1000000000; out->tv_sec -= 1; }
  if (out->tv_nsec >= 1000000000) { out->tv_nsec -= 1000000000; out->tv_sec += 1; }
  return 0;
}
int gettimeofday(struct timeval *restrict out, void *restrict zone) {
  (void)zone;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  out->tv_sec = now.tv_sec;
  out->tv_usec = now.tv_nsec / 1000;
  return 0;
}
time_t time(time_t *out) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != NULL) *out = now.tv_sec;
  return now.tv_sec;
}
