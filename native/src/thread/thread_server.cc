// SPDX-License-Identifier: GPL-2.0-or-later
#include "thread/thread_server.h"

#include <cerrno>
#include <utility>

namespace dromaius {

namespace {

/// The thread's own hold on its server, and the notifier that tells of the thread's end.
struct ThreadStart : Notifier {
  std::shared_ptr<ThreadServer> server;
  std::function<void()> ended;

  ThreadStart(std::shared_ptr<ThreadServer> its_server, std::function<void()> its_ended)
      : server(std::move(its_server)), ended(std::move(its_ended)) {
    notify = &ThreadStart::run;
  }

  static void run(Notifier* notifier, void*) {
    std::unique_ptr<ThreadStart> start(static_cast<ThreadStart*>(notifier));
    std::function<void()> ended = std::move(start->ended);
    start.reset();
    ended();
  }
};

}  // namespace

int ThreadServer::create(const std::string& name, QemuThreadMode mode, std::function<void()> ended,
                         std::shared_ptr<ThreadServer>* out) {
  std::shared_ptr<ThreadServer> server(new ThreadServer());
  int rc = qemu_mutex_init(&server->lock_);
  if (rc == 0) rc = qemu_cond_init(&server->wake_);
  if (rc == 0) rc = qemu_cond_init(&server->answered_);
  if (rc < 0) return rc;

  auto* start = new ThreadStart(server, std::move(ended));
  // Held until thread_ is filled in: the thread takes the lock before it touches the server.
  QemuLockGuard guard(&server->lock_);
  rc = qemu_thread_create(&server->thread_, name.c_str(), threadFn, start, mode);
  if (rc < 0) {
    delete start;
    return rc;
  }
  server->reapable_ = mode == QEMU_THREAD_JOINABLE;
  *out = server;
  return 0;
}

ThreadServer::~ThreadServer() {
  if (answered_.initialized) qemu_cond_destroy(&answered_);
  if (wake_.initialized) qemu_cond_destroy(&wake_);
  if (lock_.initialized) qemu_mutex_destroy(&lock_);
}

void* ThreadServer::threadFn(void* opaque) {
  auto* start = static_cast<ThreadStart*>(opaque);
  qemu_thread_atexit_add(start);
  start->server->loop();
  return nullptr;
}

void ThreadServer::loop() {
  qemu_mutex_lock(&lock_);
  for (;;) {
    while (queue_.empty() && !stopping_) qemu_cond_wait(&wake_, &lock_);
    if (queue_.empty()) break;
    Item item = std::move(queue_.front());
    queue_.pop_front();
    qemu_mutex_unlock(&lock_);
    int result = item.work();
    qemu_mutex_lock(&lock_);
    outstanding_--;
    qemu_mutex_unlock(&lock_);
    // Idle before it answers: whoever gets the answer may call() at once.
    item.done(result);
    item = {};
    qemu_mutex_lock(&lock_);
  }
  qemu_mutex_unlock(&lock_);
}

int ThreadServer::post(Work work, Done done) {
  QemuLockGuard guard(&lock_);
  if (stopping_) return -ESRCH;
  queue_.push_back({std::move(work), std::move(done)});
  outstanding_++;
  qemu_cond_signal(&wake_);
  return 0;
}

int ThreadServer::call(const Work& work) {
  QemuLockGuard guard(&lock_);
  if (stopping_) return -ESRCH;
  if (outstanding_ != 0) return -EBUSY;
  int answer = 0;
  bool answered = false;
  outstanding_++;
  queue_.push_back({[&work] { return work(); },
                    [&, this](int result) {
                      QemuLockGuard inner(&lock_);
                      answer = result;
                      answered = true;
                      qemu_cond_broadcast(&answered_);
                    }});
  qemu_cond_signal(&wake_);
  while (!answered) qemu_cond_wait(&answered_, &lock_);
  return answer;
}

void ThreadServer::stop() {
  QemuLockGuard guard(&lock_);
  stopping_ = true;
  qemu_cond_signal(&wake_);
}

bool ThreadServer::busy() {
  QemuLockGuard guard(&lock_);
  return outstanding_ != 0;
}

void ThreadServer::join() {
  if (reapable_.exchange(false)) qemu_thread_join(&thread_);
}

void ThreadServer::abandon() {
  stop();
  if (!busy()) {
    join();
  } else if (reapable_.exchange(false)) {
    qemu_thread_detach(&thread_);
  }
}

}  // namespace dromaius
