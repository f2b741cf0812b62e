// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>

namespace dromaius {

/**
 * How long the calling thread has to wait for a CPU, as the scheduler counts it: looked up every few ms.
 *
 * Source: the second number of /proc/thread-self/schedstat (ns on a run queue); without the file nothing is ever
 * contended.
 */
class RunDelay {
 public:
  /** Whether the thread lately waited more than a tenth of the time: others want the CPUs too. */
  bool Contended(uint64_t now_ns);

 private:
  static constexpr uint64_t kPeriodNs = 4'000'000;
  static constexpr unsigned kLongestPause = 16;

  uint64_t sampled_ns_ = 0;
  uint64_t delay_ns_ = 0;
  bool contended_ = false;
  /** Periods that "contended" still holds, and how many the last finding brought: more each time in a row. */
  unsigned rest_ = 0;
  unsigned pause_ = 1;
};

}  // namespace dromaius
