// A database that holds a write up for ever.
#include "ledger/service/commit_watchdog.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "ledger/base/check.h"
#include "ledger/base/refusal.h"
#include "ledger/storage/event_log.h"
#include "tests/storage/coming_tables.h"
#include "tests/storage/sample_ledger.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace waymark::test {
namespace {

constexpr int kExitGivenUp = 7;

// A pipe that nobody reads keeps the flush that opens it, and what is written meanwhile finds the
// memory full: a stall that no error ends.
void AppendUntilGivenUp() {
  const TempDir temp;
  const std::string directory = temp.path() + "/data";
  WAYMARK_CHECK(EventLog::Create(directory, SampleIdentity()).ok());
  const auto log = EventLog::Open(directory, {.disk_reserve_bytes = 0});
  WAYMARK_CHECK(log.ok());
  for (const std::string& path : ComingTables(directory)) {
    WAYMARK_CHECK(mkfifo(path.c_str(), 0600) == 0);
  }
  const auto give_up = [&](const absl::Status& why) {
    std::fprintf(stderr, "%s in append %d\n", ReasonOf(why).c_str(),
                 static_cast<int>((*log)->append_under_way()));
    std::filesystem::remove_all(temp.path());
    _exit(kExitGivenUp);
  };
  const CommitWatchdog watchdog(**log, give_up,
                                {.look_every = absl::Milliseconds(20), .looks_max = 50});
  SampleLedger sample(1);
  while ((*log)->Append(sample.NextSingle(1 << 20)).ok()) {
  }
}

TEST(CommitWatchdogDeathTest, EndsAProcessWhoseDatabaseHoldsAnAppendUp) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(AppendUntilGivenUp(), testing::ExitedWithCode(kExitGivenUp),
              "COMMIT_STALLED in append [1-9]");
}

}  // namespace
}  // namespace waymark::test
