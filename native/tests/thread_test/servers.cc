// SPDX-License-Identifier: GPL-2.0-or-later
// What stands on the primitives: the thread that runs commands, and primitives that isolates share.
#include "thread_test/support.h"

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <memory>

#include "thread/shared_primitive.h"
#include "thread/thread_server.h"

using namespace dromaius;

void testThreadServer() {
  std::atomic<int> ended{0};
  std::shared_ptr<ThreadServer> server;
  CHECK(ThreadServer::create("server", QEMU_THREAD_JOINABLE, [&] { ended++; }, &server) == 0);
  CHECK(nameOf(server->thread().tid) == "server");
  CHECK(server->call([&] { return qemu_get_thread_id() == server->thread().tid ? 42 : 0; }) == 42);

  QemuEvent gate;
  qemu_event_init(&gate, false);
  QemuSemaphore answers;
  CHECK(qemu_sem_init(&answers, 0) == 0);
  int last = 0;
  auto done = [&](int result) {
    last = result;
    qemu_sem_post(&answers);
  };
  CHECK(server->post([&] { qemu_event_wait(&gate); return 1; }, done) == 0);
  CHECK(server->post([] { return 2; }, done) == 0);
  CHECK(server->busy());
  CHECK(server->call([] { return 0; }) == -EBUSY);
  qemu_event_set(&gate);
  qemu_sem_wait(&answers);
  qemu_sem_wait(&answers);
  CHECK(last == 2);
  for (int i = 0; i < 200; i++) CHECK(server->call([i] { return i; }) == i);

  CHECK(server->post([] { return 3; }, done) == 0);
  server->stop();  // what was posted before is still done
  CHECK(server->post([] { return 0; }, done) == -ESRCH);
  CHECK(server->call([] { return 0; }) == -ESRCH);
  server->join();
  server->join();
  CHECK(last == 3);
  CHECK(ended == 1);
  CHECK(!threadExists(server->thread().tid));

  // Letting go of a blocked thread does not wait for it, and it ends once it can.
  qemu_event_reset(&gate);
  std::shared_ptr<ThreadServer> blocked;
  CHECK(ThreadServer::create("blocked", QEMU_THREAD_JOINABLE, [&] { ended++; }, &blocked) == 0);
  long tid = blocked->thread().tid;
  CHECK(blocked->post([&] { qemu_event_wait(&gate); return 0; }, [](int) {}) == 0);
  blocked->abandon();
  blocked.reset();
  CHECK(threadExists(tid));
  CHECK(ended == 1);
  qemu_event_set(&gate);
  CHECK(threadEnds(tid));
  CHECK(ended == 2);

  std::shared_ptr<ThreadServer> idle;
  CHECK(ThreadServer::create("idle", QEMU_THREAD_JOINABLE, [&] { ended++; }, &idle) == 0);
  idle->abandon();
  CHECK(ended == 3);

  std::shared_ptr<ThreadServer> detached;
  CHECK(ThreadServer::create("detached", QEMU_THREAD_DETACHED, [&] { ended++; }, &detached) == 0);
  detached->stop();
  for (int i = 0; i < 500 && ended < 4; i++) sleepMs(2);
  CHECK(ended == 4);
  qemu_sem_destroy(&answers);
  qemu_event_destroy(&gate);
}

void testSharedPrimitives() {
  std::shared_ptr<SharedPrimitive> mutex, other, event;
  CHECK(SharedMutex::create(false, &mutex) == 0);
  CHECK(SharedMutex::create(true, &other) == 0);
  CHECK(SharedEvent::create(true, &event) == 0);
  CHECK(mutex->kind() == PrimitiveKind::kMutex && other->kind() == PrimitiveKind::kRecMutex);
  CHECK(mutex->handle() != other->handle());
  uint64_t handle = mutex->handle();
  std::shared_ptr<SharedPrimitive> again = SharedPrimitive::find(handle);
  CHECK(again == mutex);
  mutex.reset();
  CHECK(SharedPrimitive::find(handle) == again);
  again.reset();
  CHECK(SharedPrimitive::find(handle) == nullptr);
  CHECK(SharedPrimitive::find(0) == nullptr);
}
