// SPDX-License-Identifier: GPL-2.0-or-later
// Mutex, recursive mutex, condition variable, semaphore.
#include "thread_test/support.h"

#include <cerrno>
#include <vector>

using namespace dromaius;

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
  CHECK(qemu_sem_init(&full, kSemaphoreMax) == 0);
  CHECK(qemu_sem_post(&full) == -EOVERFLOW);
  qemu_sem_destroy(&full);
  CHECK(qemu_sem_init(&full, kSemaphoreMax + 1) == -EINVAL);
}
