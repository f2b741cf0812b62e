// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <atomic>
#include <cstdint>

namespace dromaius {

/** What a vCPU thread leaves for its isolate: at most one entry per thread at any time. */
struct ReadyEntry {
  uint32_t id = 0;
  /** Result of the last KVM_RUN: 0 or -errno. */
  int result = 0;
  /** The thread has run its last command and ends. */
  bool ended = false;
  ReadyEntry* next = nullptr;
};

/**
 * Ready vCPUs of one isolate: many threads push, the isolate takes all.
 *
 * When the isolate has gone to sleep (it turned to its event loop), the first push wakes it through
 * `wake`. The order of flag and list is sequentially consistent on both sides: either the pusher sees
 * the isolate asleep, or the isolate sees the entry before it sleeps.
 */
class ReadyQueue {
 public:
  using Wake = void (*)(void* opaque);

  ReadyQueue(Wake wake, void* opaque) : wake_(wake), opaque_(opaque) {}

  void Push(ReadyEntry* entry) {
    ReadyEntry* head = head_.load(std::memory_order_relaxed);
    do {
      entry->next = head;
    } while (!head_.compare_exchange_weak(head, entry, std::memory_order_seq_cst));
    if (asleep_.load(std::memory_order_seq_cst) && asleep_.exchange(false)) wake_(opaque_);
  }

  bool empty() const { return head_.load(std::memory_order_seq_cst) == nullptr; }

  /** All entries, oldest first, linked by `next`. */
  ReadyEntry* TakeAll() {
    ReadyEntry* entry = head_.exchange(nullptr, std::memory_order_seq_cst);
    ReadyEntry* oldest = nullptr;
    while (entry != nullptr) {
      ReadyEntry* next = entry->next;
      entry->next = oldest;
      oldest = entry;
      entry = next;
    }
    return oldest;
  }

  /** Announces sleep; false if an entry came in the meantime (then the isolate stays awake). */
  bool Sleep() {
    asleep_.store(true, std::memory_order_seq_cst);
    if (empty()) return true;
    // Whoever resets the flag owns the wake-up: if a pusher was first, its wake comes and finds nothing new.
    asleep_.store(false, std::memory_order_seq_cst);
    return false;
  }

 private:
  std::atomic<ReadyEntry*> head_{nullptr};
  std::atomic<bool> asleep_{true};
  Wake wake_;
  void* opaque_;
};

}  // namespace dromaius
