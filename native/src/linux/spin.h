// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>

namespace dromaius {

/** Monotonic time in ns. */
uint64_t NowNs();

/**
 * How long one side of a hand-off spins before it sleeps.
 *
 * On idle CPUs a sleeping hand-off costs many times the exit itself, a spinning one nothing but CPU time, so
 * the budget follows what spinning brings, as the kernel's halt polling does: an event that came soon after
 * the thread had gone to sleep raises it, one that came late sets it to zero. The longest budget is longer
 * than a wake-up takes: two sides that both gave up just before the other one answered find together again.
 *
 * Where other work keeps the CPUs busy it is the other way round: a sleeping thread is woken at once, a
 * spinning one takes the CPU from the side that it waits for. So a thread that has to wait for a CPU does not spin
 * for a while. In the whole process fewer threads spin at once than there are usable CPUs.
 */
class SpinBudget {
 public:
  static constexpr uint64_t kMaxNs = 150'000;
  /** A sleep shorter than this would have been worth a spin. */
  static constexpr uint64_t kShortSleepNs = 200'000;

  /** Spins until `ready()` or until the budget is spent; true when ready. */
  template <typename Ready>
  bool Spin(Ready ready) {
    if (ready()) return true;
    if (budget_ns_ == 0) return false;
    const uint64_t start = NowNs();
    if (WaitsForCpu(start)) return false;
    // The other side of the hand-off may not have seen yet what this thread has just given it, and holds its slot.
    while (!Enter()) {
      if (ready()) return true;
      if (NowNs() - start > kSlotWaitNs) return false;
      Pause();
    }
    bool hit = false;
    do {
      for (int i = 0; i < 32 && !hit; i++) {
        Pause();
        hit = ready();
      }
    } while (!hit && NowNs() - start < budget_ns_);
    Leave();
    return hit;
  }

  /** Tells how long the thread then slept. */
  void Slept(uint64_t ns) {
    if (ns > kShortSleepNs) {
      budget_ns_ = 0;
    } else {
      budget_ns_ = budget_ns_ == 0 ? kMaxNs / 4 : budget_ns_ * 2 > kMaxNs ? kMaxNs : budget_ns_ * 2;
    }
  }

  uint64_t budget_ns() const { return budget_ns_; }

 private:
  /** Longest wait for a slot: many times what a change takes to be seen by another core. */
  static constexpr uint64_t kSlotWaitNs = 3'000;

  static void Pause() {
#if defined(__x86_64__) || defined(_M_X64)
    __builtin_ia32_pause();
#endif
  }
  /** Whether the calling thread lately had to wait for a CPU more than a tenth of the time: others want them too. */
  static bool WaitsForCpu(uint64_t now_ns);
  static bool Enter();
  static void Leave();

  uint64_t budget_ns_ = kMaxNs;
};

}  // namespace dromaius
