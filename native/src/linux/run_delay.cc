// SPDX-License-Identifier: GPL-2.0-or-later
#include "linux/run_delay.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

namespace dromaius {

RunDelay::~RunDelay() {
  if (fd_ >= 0) close(fd_);
}

bool RunDelay::ReadDelay(uint64_t* delay_ns) {
  char text[96];
  const ssize_t length = fd_ < 0 ? -1 : pread(fd_, text, sizeof(text) - 1, 0);
  if (length <= 0) return false;
  text[length] = 0;
  unsigned long long run = 0;
  unsigned long long delay = 0;
  if (sscanf(text, "%llu %llu", &run, &delay) != 2) return false;
  *delay_ns = delay;
  return true;
}

bool RunDelay::Contended(uint64_t now_ns) {
  if (now_ns - sampled_ns_ < kPeriodNs) return contended_;
  const bool first = sampled_ns_ == 0;
  if (first) fd_ = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
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
