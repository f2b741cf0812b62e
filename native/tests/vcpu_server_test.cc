// SPDX-License-Identifier: GPL-2.0-or-later
//
// The hand-off between an isolate and its vCPU threads: commands, runs, kicks, ends. No KVM is needed: KVM_RUN on a
// descriptor that is none answers -EBADF at once.

#include <errno.h>
#include <linux/kvm.h>
#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "check.h"
#include "host_cpus.h"
#include "linux/run_delay.h"
#include "linux/vcpu_server.h"

using namespace dromaius;

namespace {

std::atomic<unsigned> g_wakes{0};

void CountWake(void*) { g_wakes++; }

/** What the isolate does between two turns: waits for `count` entries, spinning or asleep. */
std::vector<ReadyEntry> Collect(ReadyQueue& queue, size_t count) {
  std::vector<ReadyEntry> entries;
  while (entries.size() < count) {
    for (ReadyEntry* entry = queue.TakeAll(); entry != nullptr;) {
      ReadyEntry* next = entry->next;
      entries.push_back(*entry);
      entry = next;
    }
    if (entries.size() < count) std::this_thread::yield();
  }
  return entries;
}

void TestCommands() {
  ReadyQueue queue(CountWake, nullptr);
  VcpuServer server(1, &queue);
  CHECK(server.Start("CPU 0/test") == 0);
  CHECK(server.tid() > 0 && server.tid() != gettid());
  long total = 0;
  for (long i = 1; i <= 20'000; i++) {
    total += server.Call([](void* argument) { return *static_cast<long*>(argument); }, &i);
  }
  CHECK(total == 20'000L * 20'001 / 2);
  const long tid = server.Call([](void*) -> long { return gettid(); }, nullptr);
  CHECK(tid == server.tid());
  CHECK(server.Ioctl(-1, KVM_GET_API_VERSION, 0) == -EBADF);
  server.Stop();
  CHECK(Collect(queue, 1)[0].ended);
  server.Join();
  CHECK(!server.started());
}

void TestSleepersAreWoken() {
  ReadyQueue queue(CountWake, nullptr);
  VcpuServer server(1, &queue);
  CHECK(server.Start("CPU 0/test") == 0);
  // Longer than any spin: the thread sleeps, and later the isolate does.
  for (int i = 0; i < 20; i++) {
    usleep(1000);
    CHECK(server.Call([](void*) -> long { return usleep(1000) == 0 ? 7 : 0; }, nullptr) == 7);
  }
  server.Shutdown();
  CHECK(!server.started());
}

void TestRunsOfManyServers() {
  constexpr size_t kServers = 8;
  constexpr int kRuns = 2'000;
  ReadyQueue queue(CountWake, nullptr);
  std::vector<std::unique_ptr<VcpuServer>> servers;
  std::vector<int> runs(kServers);
  for (uint32_t id = 0; id < kServers; id++) {
    servers.push_back(std::make_unique<VcpuServer>(id, &queue));
    CHECK(servers.back()->Start("CPU n/test") == 0);
    servers.back()->Run(-1);
  }
  size_t finished = 0;
  while (finished < kServers) {
    for (const ReadyEntry& entry : Collect(queue, 1)) {
      CHECK(entry.result == -EBADF);
      if (++runs[entry.id] < kRuns) {
        servers[entry.id]->Run(-1);
      } else {
        finished++;
      }
    }
  }
  for (const int count : runs) CHECK(count == kRuns);
  for (auto& server : servers) server->Shutdown();
}

void TestWakesAreNotLost() {
  g_wakes = 0;
  ReadyQueue queue(CountWake, nullptr);
  VcpuServer server(1, &queue);
  CHECK(server.Start("CPU 0/test") == 0);
  for (int i = 0; i < 5'000; i++) {
    const unsigned before = g_wakes;
    server.Run(-1);
    // Either the entry was there before the isolate slept, or the thread wakes it.
    if (queue.Sleep()) {
      while (g_wakes == before) std::this_thread::yield();
    }
    CHECK(Collect(queue, 1).size() == 1);
  }
  server.Shutdown();
}

void TestSleepHere() {
  g_wakes = 0;
  ReadyQueue queue(CountWake, nullptr);
  CHECK(!queue.SleepHere(1'000'000));
  VcpuServer server(1, &queue);
  CHECK(server.Start("CPU 0/test") == 0);
  for (int i = 0; i < 2'000; i++) {
    server.Run(-1);
    while (!queue.SleepHere(900'000'000)) {
    }
    CHECK(Collect(queue, 1).size() == 1);
  }
  // Nobody waited in the event loop after the first sleep, so nobody was to be woken there.
  CHECK(g_wakes == 0);
  server.Shutdown();
}

void TestRunDelaySeesContention() {
  if (access("/proc/thread-self/schedstat", R_OK) != 0) {
    printf("skipped: this kernel does not count the time on run queues\n");
    return;
  }
  // Two threads that both want one CPU all the time: each waits about half of it.
  std::atomic<int> contended{0};
  const int cpu = sched_getcpu();
  const auto work = [&contended, cpu] {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    CHECK(sched_setaffinity(0, sizeof(one), &one) == 0);
    RunDelay delay;
    const uint64_t end = NowNs() + 5'000'000'000;
    while (contended.load() == 0 && NowNs() < end) {
      if (delay.Contended(NowNs())) contended++;
    }
  };
  std::thread first(work);
  std::thread second(work);
  first.join();
  second.join();
  CHECK(contended.load() > 0);
}

void TestKickSetsImmediateExit() {
  ReadyQueue queue(CountWake, nullptr);
  VcpuServer server(1, &queue);
  CHECK(server.Start("CPU 0/test") == 0);
  auto run = std::make_unique<kvm_run>();
  run->immediate_exit = 0;
  // Blocked until the CPU's signals are set up: an early kick is delivered then.
  server.Kick();
  CHECK(server.InitSignals(run.get()) == 0);
  const auto immediate_exit = [&] { return __atomic_load_n(&run->immediate_exit, __ATOMIC_SEQ_CST); };
  while (immediate_exit() == 0) usleep(100);
  CHECK(immediate_exit() == 1);
  __atomic_store_n(&run->immediate_exit, 0, __ATOMIC_SEQ_CST);
  CHECK(server.InitSignals(nullptr) == 0);
  server.Kick();
  server.Call([](void*) -> long { return 0; }, nullptr);
  CHECK(immediate_exit() == 0);
  server.Shutdown();
}

void TestSpinBudget() {
  SpinBudget spin;
  CHECK(spin.budget_ns() == SpinBudget::kMaxNs);
  CHECK(spin.Spin([] { return true; }));
  CHECK(!spin.Spin([] { return false; }));
  spin.Slept(SpinBudget::kShortSleepNs + 1);
  CHECK(spin.budget_ns() == 0);
  CHECK(!spin.Spin([] { return false; }));
  for (int i = 0; i < 5; i++) spin.Slept(1'000);
  CHECK(spin.budget_ns() == SpinBudget::kMaxNs);
  CHECK(UsableCpus() >= 1);
}

}  // namespace

int main() {
  TestCommands();
  TestSleepersAreWoken();
  TestRunsOfManyServers();
  TestWakesAreNotLost();
  TestSleepHere();
  TestRunDelaySeesContention();
  TestKickSetsImmediateExit();
  TestSpinBudget();
  return check::summary();
}
