// SPDX-License-Identifier: GPL-2.0-or-later
#include "thread/shared_primitive.h"

#include <cerrno>
#include <mutex>
#include <unordered_map>

namespace dromaius {

namespace {

struct Table {
  std::mutex lock;
  uint64_t last_handle = 0;
  std::unordered_map<uint64_t, std::weak_ptr<SharedPrimitive>> primitives;
};

/// Never destroyed: a thread may let go of the last reference while the process is exiting.
Table& table() {
  static Table* const the_table = new Table();
  return *the_table;
}

}  // namespace

SharedPrimitive::~SharedPrimitive() {
  if (handle_ == 0) return;
  std::lock_guard guard(table().lock);
  table().primitives.erase(handle_);
}

void SharedPrimitive::enlist(const std::shared_ptr<SharedPrimitive>& primitive) {
  std::lock_guard guard(table().lock);
  primitive->handle_ = ++table().last_handle;
  table().primitives.emplace(primitive->handle_, primitive);
}

std::shared_ptr<SharedPrimitive> SharedPrimitive::find(uint64_t handle) {
  std::lock_guard guard(table().lock);
  auto found = table().primitives.find(handle);
  return found == table().primitives.end() ? nullptr : found->second.lock();
}

int SharedMutex::create(bool recursive, std::shared_ptr<SharedPrimitive>* out) {
  std::shared_ptr<SharedMutex> mutex(
      new SharedMutex(recursive ? PrimitiveKind::kRecMutex : PrimitiveKind::kMutex));
  int rc = recursive ? qemu_rec_mutex_init(&mutex->rec_mutex_) : qemu_mutex_init(&mutex->mutex_);
  if (rc < 0) return rc;
  mutex->initialized_ = true;
  enlist(mutex);
  *out = std::move(mutex);
  return 0;
}

SharedMutex::~SharedMutex() {
  if (!initialized_) return;
  // A mutex whose last holder forgot it while it was locked cannot be destroyed; its memory goes nevertheless.
  if (recursive()) {
    qemu_rec_mutex_destroy(&rec_mutex_);
  } else {
    qemu_mutex_destroy(&mutex_);
  }
}

int SharedMutex::lock() { return recursive() ? qemu_rec_mutex_lock(&rec_mutex_) : qemu_mutex_lock(&mutex_); }
int SharedMutex::trylock() { return recursive() ? qemu_rec_mutex_trylock(&rec_mutex_) : qemu_mutex_trylock(&mutex_); }
int SharedMutex::unlock() { return recursive() ? qemu_rec_mutex_unlock(&rec_mutex_) : qemu_mutex_unlock(&mutex_); }

int SharedCond::create(std::shared_ptr<SharedPrimitive>* out) {
  std::shared_ptr<SharedCond> cond(new SharedCond(PrimitiveKind::kCond));
  int rc = qemu_cond_init(&cond->cond_);
  if (rc < 0) return rc;
  enlist(cond);
  *out = std::move(cond);
  return 0;
}

SharedCond::~SharedCond() {
  if (cond_.initialized) qemu_cond_destroy(&cond_);
}

int SharedSemaphore::create(unsigned init, std::shared_ptr<SharedPrimitive>* out) {
  std::shared_ptr<SharedSemaphore> semaphore(new SharedSemaphore(PrimitiveKind::kSemaphore));
  int rc = qemu_sem_init(&semaphore->semaphore_, init);
  if (rc < 0) return rc;
  enlist(semaphore);
  *out = std::move(semaphore);
  return 0;
}

SharedSemaphore::~SharedSemaphore() {
  if (semaphore_.initialized) qemu_sem_destroy(&semaphore_);
}

int SharedEvent::create(bool init, std::shared_ptr<SharedPrimitive>* out) {
  std::shared_ptr<SharedEvent> event(new SharedEvent(PrimitiveKind::kEvent));
  qemu_event_init(&event->event_, init);
  enlist(event);
  *out = std::move(event);
  return 0;
}

SharedEvent::~SharedEvent() { qemu_event_destroy(&event_); }

}  // namespace dromaius
