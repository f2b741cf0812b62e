// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <atomic>
#include <cstdio>

/// Counts checks; a failed one is printed and the program goes on.
namespace check {
inline std::atomic<int> passed{0};
inline std::atomic<int> failed{0};

inline void that(bool holds, const char* text, const char* file, int line) {
  if (holds) {
    passed++;
  } else {
    failed++;
    std::printf("%s:%d: failed: %s\n", file, line, text);
  }
}

/// Prints the sum. @return the exit code of the program.
inline int summary() {
  std::printf("%d passed, %d failed\n", passed.load(), failed.load());
  return failed.load() == 0 ? 0 : 1;
}
}  // namespace check

#define CHECK(condition) check::that((condition), #condition, __FILE__, __LINE__)
