// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <memory>

#include "thread/qemu_thread.h"

namespace dromaius {

enum class PrimitiveKind { kMutex, kRecMutex, kCond, kSemaphore, kEvent };

/// A primitive that several isolates of the process may hold: found by its handle, freed with its last holder.
/// Work that is running on a thread holds the primitives that it uses.
class SharedPrimitive {
 public:
  virtual ~SharedPrimitive();
  SharedPrimitive(const SharedPrimitive&) = delete;
  SharedPrimitive& operator=(const SharedPrimitive&) = delete;

  PrimitiveKind kind() const { return kind_; }
  /// Names the primitive in the whole process; never used twice.
  uint64_t handle() const { return handle_; }

  /// Enters a new primitive in the table of handles.
  static void enlist(const std::shared_ptr<SharedPrimitive>& primitive);
  /// @return the living primitive with this handle, or null.
  static std::shared_ptr<SharedPrimitive> find(uint64_t handle);

 protected:
  explicit SharedPrimitive(PrimitiveKind kind) : kind_(kind) {}

 private:
  const PrimitiveKind kind_;
  uint64_t handle_ = 0;
};

/// A mutex, recursive or not.
class SharedMutex : public SharedPrimitive {
 public:
  /// @return 0 or -errno.
  static int create(bool recursive, std::shared_ptr<SharedPrimitive>* mutex);
  ~SharedMutex() override;

  int lock();
  int trylock();
  int unlock();
  /// The mutex itself, of one that is not recursive.
  QemuMutex* mutex() { return &mutex_; }

 private:
  using SharedPrimitive::SharedPrimitive;
  bool recursive() const { return kind() == PrimitiveKind::kRecMutex; }

  // One of the two is used: kind() says which.
  QemuMutex mutex_{};
  QemuRecMutex rec_mutex_{};
  bool initialized_ = false;
};

class SharedCond : public SharedPrimitive {
 public:
  static int create(std::shared_ptr<SharedPrimitive>* cond);
  ~SharedCond() override;
  QemuCond* cond() { return &cond_; }

 private:
  using SharedPrimitive::SharedPrimitive;
  QemuCond cond_{};
};

class SharedSemaphore : public SharedPrimitive {
 public:
  static int create(unsigned init, std::shared_ptr<SharedPrimitive>* semaphore);
  ~SharedSemaphore() override;
  QemuSemaphore* semaphore() { return &semaphore_; }

 private:
  using SharedPrimitive::SharedPrimitive;
  QemuSemaphore semaphore_{};
};

class SharedEvent : public SharedPrimitive {
 public:
  static int create(bool init, std::shared_ptr<SharedPrimitive>* event);
  ~SharedEvent() override;
  QemuEvent* event() { return &event_; }

 private:
  using SharedPrimitive::SharedPrimitive;
  QemuEvent event_{};
};

}  // namespace dromaius
