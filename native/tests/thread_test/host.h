// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the tests ask the system: posix/host.cc and win32/host.cc.
#pragma once

#include <string>

/// Milliseconds of a clock that nobody sets.
long nowMs();
void sleepMs(int ms);
/// The name of a thread of this process as the system has it.
std::string nameOf(long tid);
/// What of a name the system keeps.
std::string keptName(const std::string& name);
/// Whether a thread of this process with this id runs.
bool threadExists(long tid);
/// Waits, for a second at most, until the thread is gone.
bool threadEnds(long tid);
/// Handles or descriptors that the process has open.
long openHandles();
