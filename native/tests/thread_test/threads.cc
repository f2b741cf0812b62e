// SPDX-License-Identifier: GPL-2.0-or-later
// Threads: create, join, detach, names, exit notifiers, thread-local storage, affinity.
#include "thread_test/support.h"

#include <atomic>
#include <cerrno>
#include <string>
#include <thread>
#include <vector>

using namespace dromaius;

namespace {

struct Recorder : Notifier {
  std::vector<int>* order;
  int number;
  Recorder(std::vector<int>* its_order, int its_number) : order(its_order), number(its_number) {
    notify = [](Notifier* notifier, void*) {
      auto* self = static_cast<Recorder*>(notifier);
      self->order->push_back(self->number);
    };
  }
};

}  // namespace

void testCreateAndJoin() {
  bool ran = false;
  long inside = 0;
  auto body = [&] {
    ran = true;
    inside = qemu_get_thread_id();
  };
  QemuThread thread = spawn("finished", body);
  sleepMs(20);  // a thread that has finished long ago is joined as well
  CHECK(qemu_thread_join(&thread) == &body);
  CHECK(ran);
  CHECK(inside == thread.tid && inside != qemu_get_thread_id());
  CHECK(!threadExists(thread.tid));

  auto slow = [] { sleepMs(50); };
  long before = nowMs();
  QemuThread running = spawn("running", slow);
  CHECK(threadExists(running.tid));
  CHECK(qemu_thread_join(&running) == &slow);
  CHECK(nowMs() - before >= 49);
}

void testExit() {
  QemuThread thread{};
  static int value = 7;
  CHECK(qemu_thread_create(&thread, "exit", [](void*) -> void* { qemu_thread_exit(&value); }, nullptr,
                           QEMU_THREAD_JOINABLE) == 0);
  CHECK(qemu_thread_join(&thread) == &value);
}

void testSelf() {
  QemuThread self{};
  qemu_thread_get_self(&self);
  CHECK(qemu_thread_is_self(&self));
  QemuThread other{};
  bool other_is_self = false;
  auto body = [&] {
    qemu_thread_get_self(&other);
    other_is_self = qemu_thread_is_self(&other);
    CHECK(!qemu_thread_is_self(&self));
  };
  QemuThread thread = spawn("self", body);
  qemu_thread_join(&thread);
  CHECK(other_is_self);
  CHECK(other.tid == thread.tid);
}

void testNames() {
  // The fourth: a letter of two bytes across the fifteenth.
  for (const char* name : {"CPU 0/KVM", "fifteen bytes!!", "sixteen bytes!!!", "14 bytes then \xc3\xa4", ""}) {
    QemuEvent end;
    qemu_event_init(&end, false);
    auto body = [&] { qemu_event_wait(&end); };
    QemuThread thread = spawn(name, body);
    CHECK(nameOf(thread.tid) == keptName(name));
    qemu_event_set(&end);
    qemu_thread_join(&thread);
    qemu_event_destroy(&end);
  }
}

void testDetached() {
  QemuSemaphore done;
  CHECK(qemu_sem_init(&done, 0) == 0);
  auto body = [&] { qemu_sem_post(&done); };
  QemuThread thread = spawn("detached", body, QEMU_THREAD_DETACHED);
  qemu_sem_wait(&done);
  CHECK(threadEnds(thread.tid));

  QemuThread later = spawn("detached later", body);
  qemu_thread_detach(&later);
  qemu_sem_wait(&done);
  CHECK(threadEnds(later.tid));

  QemuThread finished = spawn("detached after its end", body);
  qemu_sem_wait(&done);
  CHECK(threadEnds(finished.tid));
  qemu_thread_detach(&finished);
  qemu_sem_destroy(&done);
}

void testNothingLeaks() {
  QemuEvent end;
  qemu_event_init(&end, false);
  auto body = [&] { qemu_event_wait(&end); };
  auto batch = [&] {
    qemu_event_reset(&end);
    std::vector<QemuThread> threads;
    for (int i = 0; i < 64; i++) threads.push_back(spawn("batch", body));
    qemu_event_set(&end);
    // Last made, first joined: some have ended by then, some run.
    for (; !threads.empty(); threads.pop_back()) CHECK(qemu_thread_join(&threads.back()) == &body);
  };
  batch();
  const long before = openHandles();
  for (int i = 0; i < 4; i++) batch();
  CHECK(openHandles() == before);
  qemu_event_destroy(&end);
}

void testExitNotifiers() {
  std::vector<int> order;
  Recorder first(&order, 1), removed(&order, 2), third(&order, 3);
  auto body = [&] {
    qemu_thread_atexit_add(&first);
    qemu_thread_atexit_add(&removed);
    qemu_thread_atexit_add(&third);
    qemu_thread_atexit_remove(&removed);
  };
  QemuThread thread = spawn("notify", body);
  qemu_thread_join(&thread);
  CHECK((order == std::vector<int>{3, 1}));

  // By qemu_thread_exit as well, and one that adds another.
  order.clear();
  static Recorder* added;
  Recorder late(&order, 5);
  added = &late;
  struct Adder : Notifier {
  } adder;
  adder.notify = [](Notifier*, void*) { qemu_thread_atexit_add(added); };
  auto exits = [&] {
    qemu_thread_atexit_add(&first);
    qemu_thread_atexit_add(&adder);
    qemu_thread_exit(nullptr);
  };
  thread = spawn("exits", exits);
  qemu_thread_join(&thread);
  CHECK((order == std::vector<int>{5, 1}));
}

void testThreadLocal() {
  static std::atomic<int> destroyed{0};
  QemuThreadLocal local, plain, gone;
  CHECK(qemu_thread_local_init(&plain, nullptr) == 0);
  CHECK(qemu_thread_local_init(&gone, [](void*) { destroyed += 100; }) == 0);
  CHECK(qemu_thread_local_init(&local, [](void* value) { destroyed += *static_cast<int*>(value); }) == 0);
  int mine = 1000, theirs = 3;
  CHECK(qemu_thread_local_set(&local, &mine) == 0);
  auto body = [&] {
    CHECK(qemu_thread_local_get(&local) == nullptr);
    CHECK(qemu_thread_local_set(&local, &theirs) == 0);
    CHECK(qemu_thread_local_get(&local) == &theirs);
    CHECK(qemu_thread_local_set(&plain, &mine) == 0);
  };
  QemuThread a = spawn("local a", body);
  QemuThread b = spawn("local b", body);
  qemu_thread_join(&a);
  qemu_thread_join(&b);
  CHECK(destroyed == 6);
  CHECK(qemu_thread_local_get(&local) == &mine);

  // One that set it back, one whose slot was destroyed before its end, and one that is not ours.
  QemuEvent set, end;
  qemu_event_init(&set, false);
  qemu_event_init(&end, false);
  auto sets_back = [&] {
    CHECK(qemu_thread_local_set(&local, &theirs) == 0);
    CHECK(qemu_thread_local_set(&local, nullptr) == 0);
  };
  auto outlives = [&] {
    CHECK(qemu_thread_local_set(&gone, &theirs) == 0);
    qemu_event_set(&set);
    qemu_event_wait(&end);
  };
  a = spawn("sets back", sets_back);
  b = spawn("outlives", outlives);
  qemu_thread_join(&a);
  qemu_event_wait(&set);
  qemu_thread_local_destroy(&gone);
  qemu_event_set(&end);
  qemu_thread_join(&b);
  CHECK(destroyed == 6);
  std::thread([&] { CHECK(qemu_thread_local_set(&local, &theirs) == 0); }).join();
  CHECK(destroyed == 9);
  qemu_event_destroy(&set);
  qemu_event_destroy(&end);
  qemu_thread_local_destroy(&plain);
  qemu_thread_local_destroy(&local);
}

void testAffinity() {
  QemuEvent end;
  qemu_event_init(&end, false);
  auto body = [&] { qemu_event_wait(&end); };
  QemuThread thread = spawn("affinity", body);
  std::vector<unsigned long> all, now;
  CHECK(qemu_thread_get_affinity(&thread, &all) == 0);
  size_t cpu = 0;
  const size_t bits = sizeof(unsigned long) * 8;
  while ((all[cpu / bits] >> (cpu % bits) & 1) == 0) cpu++;
  std::vector<unsigned long> one(cpu / bits + 1, 0);
  one[cpu / bits] = 1ul << (cpu % bits);
  CHECK(qemu_thread_set_affinity(&thread, one.data(), one.size() * bits) == 0);
  CHECK(qemu_thread_get_affinity(&thread, &now) == 0);
  for (size_t i = 0; i < now.size(); i++) CHECK(now[i] == (i < one.size() ? one[i] : 0));
  std::vector<unsigned long> none(4, 0);
  CHECK(qemu_thread_set_affinity(&thread, none.data(), none.size() * bits) == -EINVAL);
  qemu_event_set(&end);
  qemu_thread_join(&thread);
  CHECK(qemu_thread_set_affinity(&thread, one.data(), one.size() * bits) == -ESRCH);
  CHECK(qemu_thread_get_affinity(&thread, &now) == -ESRCH);
  qemu_event_destroy(&end);
}
