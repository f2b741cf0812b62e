// SPDX-License-Identifier: GPL-2.0-or-later
//
// Tests of thread/: a plain program that is also run under AddressSanitizer and ThreadSanitizer.
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "check.h"
#include "posix/futex_portable.h"
#include "thread/qemu_thread.h"
#include "thread/shared_primitive.h"
#include "thread/thread_server.h"

using namespace dromaius;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif
/// What a thread does to a mutex that it does not hold is answered by the mutex, but ThreadSanitizer reports it.
#if defined(__SANITIZE_THREAD__)
constexpr bool kMayMisuse = false;
#else
constexpr bool kMayMisuse = true;
#endif

long nowMs() {
  timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void sleepMs(int ms) { usleep(static_cast<useconds_t>(ms) * 1000); }

/// Runs a lambda on a new joinable thread; the lambda must live until the join.
template <typename Fn>
QemuThread spawn(const char* name, Fn& fn, QemuThreadMode mode = QEMU_THREAD_JOINABLE) {
  QemuThread thread{};
  int rc = qemu_thread_create(
      &thread, name,
      [](void* arg) -> void* {
        (*static_cast<Fn*>(arg))();
        return arg;
      },
      &fn, mode);
  CHECK(rc == 0);
  return thread;
}

std::string commOf(long tid) {
  std::ifstream file("/proc/self/task/" + std::to_string(tid) + "/comm");
  std::string line;
  std::getline(file, line);
  return line;
}

bool threadExists(long tid) { return access(("/proc/self/task/" + std::to_string(tid)).c_str(), F_OK) == 0; }

void testCreateFailure() {
  // The sanitizers map memory of their own for a thread and cannot live with the limit.
  if (kSanitized) return;
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    rlimit none = {0, 0};
    setrlimit(RLIMIT_AS, &none);
    QemuThread thread{};
    auto body = [](void*) -> void* { return nullptr; };
    _exit(qemu_thread_create(&thread, "never", body, nullptr, QEMU_THREAD_JOINABLE) == -EAGAIN ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

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
  struct Case {
    const char* name;
    const char* comm;
  };
  const Case cases[] = {
      {"CPU 0/KVM", "CPU 0/KVM"},
      {"fifteen bytes!!", "fifteen bytes!!"},
      {"sixteen bytes!!!", "sixteen bytes!!"},
      {"14 bytes then \xc3\xa4", "14 bytes then "},  // the umlaut would be cut in half
      {"", ""},
  };
  for (const Case& c : cases) {
    QemuEvent end;
    qemu_event_init(&end, false);
    auto body = [&] { qemu_event_wait(&end); };
    QemuThread thread = spawn(c.name, body);
    CHECK(commOf(thread.tid) == c.comm);
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
  for (int i = 0; i < 500 && threadExists(thread.tid); i++) sleepMs(2);
  CHECK(!threadExists(thread.tid));

  QemuThread later = spawn("detached later", body);
  qemu_thread_detach(&later);
  qemu_sem_wait(&done);
  for (int i = 0; i < 500 && threadExists(later.tid); i++) sleepMs(2);
  CHECK(!threadExists(later.tid));
  qemu_sem_destroy(&done);
}

void testSignalMask() {
  sigset_t before, inside, after;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  auto body = [&] { pthread_sigmask(SIG_SETMASK, nullptr, &inside); };
  QemuThread thread = spawn("mask", body);
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  qemu_thread_join(&thread);
  for (int sig : {SIGSEGV, SIGFPE, SIGILL}) CHECK(sigismember(&inside, sig) == 0);
  for (int sig : {SIGBUS, SIGINT, SIGTERM, SIGUSR1, SIGCHLD, SIGALRM, SIGRTMIN, SIGRTMAX}) {
    CHECK(sigismember(&inside, sig) == 1);
    CHECK(sigismember(&after, sig) == sigismember(&before, sig));
  }
}

void testMutex() {
  QemuMutex mutex;
  CHECK(qemu_mutex_init(&mutex) == 0);
  CHECK(qemu_mutex_lock(&mutex) == 0);
  CHECK(qemu_mutex_lock(&mutex) == -EDEADLK);
  CHECK(qemu_mutex_trylock(&mutex) == -EBUSY);
  CHECK(qemu_mutex_destroy(&mutex) == -EBUSY);
  auto body = [&] {
    CHECK(qemu_mutex_trylock(&mutex) == -EBUSY);
    if (kMayMisuse) CHECK(qemu_mutex_unlock(&mutex) == -EPERM);
    CHECK(qemu_mutex_destroy(&mutex) == -EBUSY);
  };
  QemuThread thread = spawn("other", body);
  qemu_thread_join(&thread);
  CHECK(qemu_mutex_unlock(&mutex) == 0);
  if (kMayMisuse) CHECK(qemu_mutex_unlock(&mutex) == -EPERM);
  CHECK(qemu_mutex_trylock(&mutex) == 0);
  CHECK(qemu_mutex_unlock(&mutex) == 0);
  CHECK(qemu_mutex_destroy(&mutex) == 0);
  CHECK(!mutex.initialized);
}

void testContention() {
  constexpr int kThreads = 64, kTurns = 500;
  QemuMutex mutex;
  CHECK(qemu_mutex_init(&mutex) == 0);
  long counter = 0;
  auto body = [&] {
    for (int i = 0; i < kTurns; i++) {
      QemuLockGuard guard(&mutex);
      counter++;
    }
  };
  std::vector<QemuThread> threads;
  for (int i = 0; i < kThreads; i++) threads.push_back(spawn("contend", body));
  for (QemuThread& thread : threads) qemu_thread_join(&thread);
  CHECK(counter == static_cast<long>(kThreads) * kTurns);
  CHECK(qemu_mutex_destroy(&mutex) == 0);
}

void testRecMutex() {
  QemuRecMutex mutex;
  CHECK(qemu_rec_mutex_init(&mutex) == 0);
  CHECK(qemu_rec_mutex_lock(&mutex) == 0);
  CHECK(qemu_rec_mutex_lock(&mutex) == 0);
  CHECK(qemu_rec_mutex_trylock(&mutex) == 0);
  CHECK(qemu_rec_mutex_unlock(&mutex) == 0);
  CHECK(qemu_rec_mutex_unlock(&mutex) == 0);
  auto held = [&] {
    CHECK(qemu_rec_mutex_trylock(&mutex) == -EBUSY);
    if (kMayMisuse) CHECK(qemu_rec_mutex_unlock(&mutex) == -EPERM);
    CHECK(qemu_rec_mutex_destroy(&mutex) == -EBUSY);
  };
  QemuThread thread = spawn("held", held);
  qemu_thread_join(&thread);
  CHECK(qemu_rec_mutex_unlock(&mutex) == 0);
  auto free = [&] {
    CHECK(qemu_rec_mutex_trylock(&mutex) == 0);
    CHECK(qemu_rec_mutex_unlock(&mutex) == 0);
  };
  thread = spawn("free", free);
  qemu_thread_join(&thread);
  CHECK(qemu_rec_mutex_destroy(&mutex) == 0);
}

void testCond() {
  QemuMutex mutex;
  QemuCond cond;
  CHECK(qemu_mutex_init(&mutex) == 0 && qemu_cond_init(&cond) == 0);
  if (kMayMisuse) CHECK(qemu_cond_wait(&cond, &mutex) == -EPERM);

  int waiting = 0, woken = 0, tickets = 0;
  auto body = [&] {
    QemuLockGuard guard(&mutex);
    waiting++;
    while (tickets == 0) CHECK(qemu_cond_wait(&cond, &mutex) == 0);
    tickets--;
    woken++;
  };
  std::vector<QemuThread> threads;
  for (int i = 0; i < 8; i++) threads.push_back(spawn("wait", body));
  auto count = [&](int& value) {
    QemuLockGuard guard(&mutex);
    return value;
  };
  while (count(waiting) < 8) sleepMs(1);
  {
    QemuLockGuard guard(&mutex);
    tickets = 1;
    qemu_cond_signal(&cond);
  }
  while (count(woken) < 1) sleepMs(1);
  CHECK(count(woken) == 1);
  {
    QemuLockGuard guard(&mutex);
    tickets = 7;
    qemu_cond_broadcast(&cond);
  }
  for (QemuThread& thread : threads) qemu_thread_join(&thread);
  CHECK(woken == 8);

  qemu_mutex_lock(&mutex);
  long before = nowMs();
  int rc;
  do {
    rc = qemu_cond_timedwait(&cond, &mutex, 40);
  } while (rc == 0);
  CHECK(rc == -ETIMEDOUT);
  CHECK(nowMs() - before >= 39);
  CHECK(qemu_mutex_unlock(&mutex) == 0);  // held again after the time ran out
  if (kMayMisuse) CHECK(qemu_cond_timedwait(&cond, &mutex, 1) == -EPERM);
  qemu_cond_destroy(&cond);
  CHECK(qemu_mutex_destroy(&mutex) == 0);
}

void testSemaphore() {
  QemuSemaphore sem;
  CHECK(qemu_sem_init(&sem, 2) == 0);
  qemu_sem_wait(&sem);
  CHECK(qemu_sem_timedwait(&sem, 0) == 0);
  CHECK(qemu_sem_timedwait(&sem, 0) == -ETIMEDOUT);
  CHECK(qemu_sem_timedwait(&sem, -1) == -ETIMEDOUT);
  long before = nowMs();
  CHECK(qemu_sem_timedwait(&sem, 1030) == -ETIMEDOUT);  // more than a second: the carry into seconds
  CHECK(nowMs() - before >= 1029);

  long taken = 0;
  QemuMutex mutex;
  CHECK(qemu_mutex_init(&mutex) == 0);
  auto body = [&] {
    for (int i = 0; i < 100; i++) {
      qemu_sem_wait(&sem);
      QemuLockGuard guard(&mutex);
      taken++;
    }
  };
  std::vector<QemuThread> threads;
  for (int i = 0; i < 8; i++) threads.push_back(spawn("take", body));
  for (int i = 0; i < 800; i++) CHECK(qemu_sem_post(&sem) == 0);
  for (QemuThread& thread : threads) qemu_thread_join(&thread);
  CHECK(taken == 800);
  CHECK(qemu_sem_timedwait(&sem, 0) == -ETIMEDOUT);
  qemu_mutex_destroy(&mutex);
  qemu_sem_destroy(&sem);

  QemuSemaphore full;
  CHECK(qemu_sem_init(&full, UINT32_MAX) == 0);
  CHECK(qemu_sem_post(&full) == -EOVERFLOW);
  qemu_sem_destroy(&full);
}

/// One battery for QemuEvent's protocol over both back ends.
template <typename Futex>
void testEventProtocol() {
  EventProtocol<Futex> event;
  event.init(true);
  event.wait();  // set: returns at once, again and again
  event.wait();
  event.reset();
  event.reset();
  CHECK(!event.isSet());

  // Many waiters, one set.
  std::atomic<int> through{0};
  auto waiter = [&] {
    event.wait();
    through++;
  };
  std::vector<QemuThread> threads;
  for (int i = 0; i < 16; i++) threads.push_back(spawn("event", waiter));
  sleepMs(20);
  CHECK(through == 0);
  event.set();
  for (QemuThread& thread : threads) qemu_thread_join(&thread);
  CHECK(through == 16);

  // Ping-pong: a lost wake-up would hang here.
  EventProtocol<Futex> ping, pong;
  ping.init(false);
  pong.init(false);
  constexpr int kTurns = 3000;
  auto answer = [&] {
    for (int i = 0; i < kTurns; i++) {
      ping.wait();
      ping.reset();
      pong.set();
    }
  };
  QemuThread thread = spawn("pong", answer);
  for (int i = 0; i < kTurns; i++) {
    ping.set();
    pong.wait();
    pong.reset();
  }
  qemu_thread_join(&thread);
  CHECK(!ping.isSet() && !pong.isSet());
}

void testEvent() {
  QemuEvent event;
  qemu_event_init(&event, false);
  auto body = [&] { qemu_event_set(&event); };
  QemuThread thread = spawn("set", body);
  qemu_event_wait(&event);
  qemu_thread_join(&thread);
  qemu_event_wait(&event);
  qemu_event_reset(&event);
  qemu_event_destroy(&event);
}

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
  QemuThreadLocal local;
  CHECK(qemu_thread_local_init(&local, [](void* value) { destroyed += *static_cast<int*>(value); }) == 0);
  int mine = 1000, theirs = 3;
  CHECK(qemu_thread_local_set(&local, &mine) == 0);
  auto body = [&] {
    CHECK(qemu_thread_local_get(&local) == nullptr);
    CHECK(qemu_thread_local_set(&local, &theirs) == 0);
    CHECK(qemu_thread_local_get(&local) == &theirs);
  };
  QemuThread a = spawn("local a", body);
  QemuThread b = spawn("local b", body);
  qemu_thread_join(&a);
  qemu_thread_join(&b);
  CHECK(destroyed == 6);
  CHECK(qemu_thread_local_get(&local) == &mine);
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

void testThreadServer() {
  std::atomic<int> ended{0};
  std::shared_ptr<ThreadServer> server;
  CHECK(ThreadServer::create("server", QEMU_THREAD_JOINABLE, [&] { ended++; }, &server) == 0);
  CHECK(commOf(server->thread().tid) == "server");
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
  for (int i = 0; i < 500 && threadExists(tid); i++) sleepMs(2);
  CHECK(!threadExists(tid));
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

}  // namespace

int main() {
  testCreateFailure();
  testCreateAndJoin();
  testExit();
  testSelf();
  testNames();
  testDetached();
  testSignalMask();
  testMutex();
  testContention();
  testRecMutex();
  testCond();
  testSemaphore();
  testEvent();
#if defined(__linux__)
  testEventProtocol<LinuxFutex>();
#endif
  testEventProtocol<PortableFutex>();
  testExitNotifiers();
  testThreadLocal();
  testAffinity();
  testThreadServer();
  testSharedPrimitives();
  return check::summary();
}
