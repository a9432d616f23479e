/* Makes every fsync and fdatasync take SLOW_SYNC_MS longer, as on a busy or old disk. Preloaded by bench/stall.ts. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static void hold(void) {
  const char *text = getenv("SLOW_SYNC_MS");
  long ms = text ? strtol(text, NULL, 10) : 0;
  struct timespec pause = {ms / 1000, (ms % 1000) * 1000000L};
  nanosleep(&pause, NULL);
}

int fsync(int fd) {
  static int (*real)(int);
  if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  hold();
  return real(fd);
}

int fdatasync(int fd) {
  static int (*real)(int);
  if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  hold();
  return real(fd);
}
