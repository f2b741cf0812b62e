// SPDX-License-Identifier: GPL-2.0-or-later
#include "linux/spin.h"

#include <sched.h>
#include <stdio.h>
#include <time.h>

#include <algorithm>
#include <atomic>

#include "host_cpus.h"
#include "linux/run_delay.h"

namespace dromaius {

namespace {

/** Threads of this process that spin now. */
std::atomic<unsigned> g_spinners{0};

/** CPUs that the cgroup v2 quota allows, rounded down, or 0 where there is no quota. */
unsigned CgroupCpus() {
  FILE* file = fopen("/sys/fs/cgroup/cpu.max", "re");
  if (file == nullptr) return 0;
  long quota = 0;
  long period = 0;
  const int n = fscanf(file, "%ld %ld", &quota, &period);  // "max 100000" leaves n at 0
  fclose(file);
  if (n != 2 || quota <= 0 || period <= 0) return 0;
  return static_cast<unsigned>(std::max(1L, quota / period));
}

thread_local RunDelay t_run_delay;

}  // namespace

uint64_t NowNs() {
  timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return static_cast<uint64_t>(ts.tv_sec) * 1'000'000'000u + static_cast<uint64_t>(ts.tv_nsec);
}

unsigned UsableCpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  unsigned cpus = 1;
  if (sched_getaffinity(0, sizeof(set), &set) == 0) cpus = static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
  const unsigned quota = CgroupCpus();
  return quota == 0 ? cpus : std::min(cpus, quota);
}

bool SpinBudget::WaitsForCpu(uint64_t now_ns) { return t_run_delay.Contended(now_ns); }

bool SpinBudget::Enter() {
  static const unsigned most = UsableCpus() - 1;
  if (g_spinners.fetch_add(1) < most) return true;
  g_spinners.fetch_sub(1);
  return false;
}

void SpinBudget::Leave() { g_spinners.fetch_sub(1); }

}  // namespace dromaius
