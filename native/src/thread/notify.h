// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

namespace dromaius {

/// A callback that can be put on one NotifierList; the owner keeps it alive while it is on a list.
/// @qemu include/qemu/notify.h Notifier
struct Notifier {
  void (*notify)(Notifier* notifier, void* data) = nullptr;
  Notifier* next = nullptr;
  Notifier** pprev = nullptr;
};

/// @qemu include/qemu/notify.h NotifierList
struct NotifierList {
  Notifier* first = nullptr;
};

/// Puts the notifier at the head: the one added last is notified first.
/// @qemu util/notify.c notifier_list_add
inline void notifier_list_add(NotifierList* list, Notifier* notifier) {
  notifier->next = list->first;
  if (list->first != nullptr) list->first->pprev = &notifier->next;
  list->first = notifier;
  notifier->pprev = &list->first;
}

/// Takes the notifier off its list. One that is on no list is left alone.
/// @qemu util/notify.c notifier_remove
inline void notifier_remove(Notifier* notifier) {
  if (notifier->pprev == nullptr) return;
  *notifier->pprev = notifier->next;
  if (notifier->next != nullptr) notifier->next->pprev = notifier->pprev;
  notifier->next = nullptr;
  notifier->pprev = nullptr;
}

/// Calls every notifier once. Each is taken off before its call, so a callback may free its own notifier, remove any
/// other one or add new ones, which are called too.
/// @qemu util/notify.c notifier_list_notify
/// @differs QEMU leaves the notifiers on the list and allows a callback to remove only itself.
inline void notifier_list_notify(NotifierList* list, void* data) {
  while (Notifier* notifier = list->first) {
    notifier_remove(notifier);
    notifier->notify(notifier, data);
  }
}

}  // namespace dromaius
