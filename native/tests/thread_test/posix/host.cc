// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <time.h>
#include <unistd.h>

#include <fstream>

#include "thread_test/host.h"

long nowMs() {
  timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void sleepMs(int ms) { usleep(static_cast<useconds_t>(ms) * 1000); }

std::string nameOf(long tid) {
  std::ifstream file("/proc/self/task/" + std::to_string(tid) + "/comm");
  std::string line;
  std::getline(file, line);
  return line;
}

std::string keptName(const std::string& name) {
  if (name.size() <= 15) return name;
  // The umlaut that byte 15 would cut in half goes as a whole.
  const bool in_character = (static_cast<unsigned char>(name[15]) & 0xc0) == 0x80;
  return name.substr(0, in_character ? 14 : 15);
}

bool threadExists(long tid) { return access(("/proc/self/task/" + std::to_string(tid)).c_str(), F_OK) == 0; }

bool threadEnds(long tid) {
  for (int i = 0; i < 500 && threadExists(tid); i++) sleepMs(2);
  return !threadExists(tid);
}

long openHandles() {
  DIR* directory = opendir("/proc/self/fd");
  long count = 0;
  while (readdir(directory) != nullptr) count++;
  closedir(directory);
  return count;
}
