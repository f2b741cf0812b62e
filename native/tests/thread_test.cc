// SPDX-License-Identifier: GPL-2.0-or-later
//
// Tests of thread/ on both systems: a plain program, which is also run under AddressSanitizer and ThreadSanitizer, and
// built for Windows under Wine. Its parts are in thread_test/.
#include "thread_test/support.h"

int main() {
  testPlatform();
  testCreateAndJoin();
  testExit();
  testSelf();
  testNames();
  testDetached();
  testNothingLeaks();
  testMutex();
  testContention();
  testRecMutex();
  testCond();
  testSemaphore();
  testEvent();
  testExitNotifiers();
  testThreadLocal();
  testAffinity();
  testThreadServer();
  testSharedPrimitives();
  return check::summary();
}
