// SPDX-License-Identifier: GPL-2.0-or-later
#include "linux/run_delay.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

namespace dromaius {

namespace {

/**
 * The calling thread's time on run queues so far in ns; false where the kernel does not count it. The file is opened
 * anew each time, some 10 us every few ms, so that threads keep no descriptors.
 */
bool ReadDelay(uint64_t* delay_ns) {
  const int fd = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  char text[96];
  const ssize_t length = read(fd, text, sizeof(text) - 1);
  close(fd);
  if (length <= 0) return false;
  text[length] = 0;
  unsigned long long run = 0;
  unsigned long long delay = 0;
  if (sscanf(text, "%llu %llu", &run, &delay) != 2) return false;
  *delay_ns = delay;
  return true;
}

}  // namespace

bool RunDelay::Contended(uint64_t now_ns) {
  if (now_ns - sampled_ns_ < kPeriodNs) return contended_;
  const bool first = sampled_ns_ == 0;
  uint64_t delay_ns = delay_ns_;
  const bool known = ReadDelay(&delay_ns);
  if (contended_) {
    // A thread that sleeps waits a little at every wake-up, so only a period of spinning tells: try one now and then.
    contended_ = --rest_ > 0;
  } else if (known && !first && (delay_ns - delay_ns_) * 10 > now_ns - sampled_ns_) {
    contended_ = true;
    if (pause_ < kLongestPause) pause_ *= 2;
    rest_ = pause_;
  } else {
    pause_ = 1;
  }
  sampled_ns_ = now_ns;
  delay_ns_ = delay_ns;
  return contended_;
}

}  // namespace dromaius
