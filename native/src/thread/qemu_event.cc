// SPDX-License-Identifier: GPL-2.0-or-later
//
// The event is one protocol over the host's futex, so this is for every platform, as QEMU's util/event.c.
#include <cassert>

#include "thread/qemu_thread.h"

namespace dromaius {

void qemu_event_init(QemuEvent* ev, bool init) {
  ev->protocol.init(init);
  ev->initialized = true;
}

void qemu_event_destroy(QemuEvent* ev) {
  assert(ev->initialized);
  ev->initialized = false;
}

void qemu_event_set(QemuEvent* ev) {
  assert(ev->initialized);
  ev->protocol.set();
}

void qemu_event_reset(QemuEvent* ev) {
  assert(ev->initialized);
  ev->protocol.reset();
}

void qemu_event_wait(QemuEvent* ev) {
  assert(ev->initialized);
  ev->protocol.wait();
}

}  // namespace dromaius
