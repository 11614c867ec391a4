// Making and opening a ledger: what is refused, and that a refusal leaves nothing behind.
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/entry_header.h"
#include "ledger/service/init_ledger.h"
#include "ledger/service/open_ledger.h"
#include "ledger/service/server.h"
#include "tests/service/live_ledger.h"
#include "tests/service/sample_requests.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "waymark/v1/event.pb.h"

namespace waymark::test {
namespace {

namespace fs = std::filesystem;

// Names and bytes of everything below a directory.
std::map<std::string, std::string> Everything(const std::string& directory) {
  std::map<std::string, std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    std::stringstream bytes;
    if (entry.is_regular_file()) bytes << std::ifstream(entry.path()).rdbuf();
    found[entry.path().string()] = bytes.str();
  }
  return found;
}

class InitAndOpen : public testing::Test {
 protected:
  void SetUp() override { WriteKeyFile(options_.key_file); }

  absl::Status Open() {
    return OpenLedger(
               {.paths = options_.paths, .key_file = options_.key_file, .disk_reserve_bytes = 0},
               [](const absl::Status& why) { ADD_FAILURE() << why; })
        .status();
  }
  // Opens it, appends, signs and closes.
  void Use(const std::string& contract) {
    ASSERT_OK_AND_ASSIGN(
        const auto ledger,
        OpenLedger(
            {.paths = options_.paths, .key_file = options_.key_file, .disk_reserve_bytes = 0},
            [](const absl::Status& why) { ADD_FAILURE() << why; }));
    ASSERT_OK_AND_ASSIGN(AppendRequest request,
                         AcceptRequest(RegisterContract(contract), options_.ledger_id));
    ledger->committer->Submit(std::move(request), [](const absl::StatusOr<CommitOutcome>& outcome) {
      EXPECT_OK(outcome.status());
    });
    ledger->StopWriting();
  }

  TempDir dir_;
  InitOptions options_{.paths = {(dir_.path() + "/data"), ""},
                       .key_file = (dir_.path() + "/key.pem"),
                       .ledger_id = "example.com/test"};
};

TEST_F(InitAndOpen, AMadeLedgerHoldsItsOwnBeginning) {
  ASSERT_OK_AND_ASSIGN(const LedgerIdentity identity, InitLedger(options_));
  ASSERT_OK_AND_ASSIGN(const auto ledger,
                       OpenLedger({.paths = options_.paths, .key_file = options_.key_file},
                                  [](const absl::Status&) {}));
  EXPECT_EQ(ledger->log->head().value, 1u);
  ASSERT_OK_AND_ASSIGN(const StoredEvent event, ledger->log->ReadOne(Position{0}, false));
  ASSERT_OK_AND_ASSIGN(const auto header, merkle::DecodeEntryHeader(event.header));
  EXPECT_EQ(header.contract_id, "_ledger");
  v1::LedgerCreated created;
  ASSERT_TRUE(created.ParseFromString(event.payload));
  EXPECT_EQ(created.ledger(), "example.com/test");
  EXPECT_EQ(created.key(), identity.public_key);
}

TEST_F(InitAndOpen, ARehearsalBeginsWhereItsClockIsSet) {
  options_.ledger_id = "example.com/test/rehearsal";
  options_.rehearsal = true;
  options_.clock = UnixMicros{1711962000000000};
  ASSERT_OK(InitLedger(options_).status());
  ASSERT_OK_AND_ASSIGN(const auto ledger,
                       OpenLedger({.paths = options_.paths, .key_file = options_.key_file},
                                  [](const absl::Status&) {}));
  EXPECT_EQ(ledger->log->last_recorded_at(), *options_.clock);
  EXPECT_EQ(ledger->clock->Now(), *options_.clock);
  EXPECT_NE(ledger->rehearsal_clock, nullptr);
}

TEST_F(InitAndOpen, ARehearsalsClockIsTakenFromItsFileOrNotAtAll) {
  options_.ledger_id = "example.com/test/rehearsal";
  options_.rehearsal = true;
  options_.clock = UnixMicros{1711962000000000};
  ASSERT_OK(InitLedger(options_).status());
  const auto clock_after = [this](const std::string& kept) -> absl::StatusOr<uint64_t> {
    std::ofstream(options_.paths.data + "/rehearsal-clock") << kept;
    ASSIGN_OR_RETURN(const auto ledger,
                     OpenLedger({.paths = options_.paths, .key_file = options_.key_file},
                                [](const absl::Status&) {}));
    return ledger->clock->Now().value;
  };
  EXPECT_EQ(clock_after("1711962000000007\n").value_or(0), 1711962000000007u);
  // Never before what is recorded, and nothing after a power cut is no clock at all.
  EXPECT_EQ(clock_after("1711961999999999\n").value_or(0), options_.clock->value);
  EXPECT_EQ(clock_after("").value_or(0), options_.clock->value);
  EXPECT_THAT(clock_after("yesterday\n"), RefusedWith("CLOCK_FILE_DAMAGED"));
  EXPECT_THAT(clock_after(std::string(100, '1')), RefusedWith("CLOCK_FILE_DAMAGED"));
}

TEST_F(InitAndOpen, InitRefusesWhatIsThereAndChangesNothing) {
  ASSERT_OK(InitLedger(options_).status());
  const auto before = Everything(dir_.path());
  EXPECT_THAT(InitLedger(options_), RefusedWith("LEDGER_EXISTS"));
  fs::remove_all(options_.paths.database());
  EXPECT_THAT(InitLedger(options_), RefusedWith("ANCHOR_EXISTS"));
  fs::remove_all(options_.paths.anchor());
  EXPECT_THAT(InitLedger(options_), RefusedWith("DIRECTORY_NOT_EMPTY"));
  EXPECT_EQ(before.count((dir_.path() + "/data.init-unfinished")), 0u);
}

TEST_F(InitAndOpen, InitRefusesAnAnchorElsewhereThatHasOneAlready) {
  options_.paths.anchor_dir = (dir_.path() + "/anchor");
  ASSERT_OK(InitLedger(options_).status());
  EXPECT_OK(Open());
  options_.paths.data = (dir_.path() + "/another");
  EXPECT_THAT(InitLedger(options_), RefusedWith("ANCHOR_EXISTS"));
  EXPECT_FALSE(fs::exists(options_.paths.data));
}

TEST_F(InitAndOpen, InitRefusesAndLeavesNothing) {
  const auto before = Everything(dir_.path());
  const auto refused = [&](auto change) {
    InitOptions options = options_;
    change(options);
    const absl::Status status = InitLedger(options).status();
    EXPECT_EQ(Everything(dir_.path()), before) << status;
    return status;
  };
  EXPECT_THAT(refused([&](auto& o) { o.key_file = (dir_.path() + "/none.pem"); }),
              RefusedWith("KEY_FILE_MISSING"));
  EXPECT_THAT(refused([&](auto& o) { o.ledger_id = "a b"; }), RefusedWith("LEDGER_ID_INVALID"));
  EXPECT_THAT(refused([&](auto& o) { o.ledger_id = "a+b"; }), RefusedWith("LEDGER_ID_INVALID"));
  EXPECT_THAT(refused([&](auto& o) { o.ledger_id = std::string(128, 'a'); }),
              RefusedWith("LEDGER_ID_INVALID"));
  EXPECT_THAT(refused([&](auto& o) { o.ledger_id = "example.com/rehearsal"; }),
              RefusedWith("REHEARSAL_ID"));
  EXPECT_THAT(refused([&](auto& o) { o.rehearsal = true; }), RefusedWith("REHEARSAL_ID"));
  EXPECT_THAT(refused([&](auto& o) { o.clock = UnixMicros{1}; }),
              RefusedWith("CLOCK_NOT_SETTABLE"));
  EXPECT_THAT(refused([&](auto& o) { o.paths.anchor_dir = o.paths.database() + "/a"; }),
              RefusedWith("ANCHOR_INSIDE_DATABASE"));
  EXPECT_THAT(refused([&](auto& o) { o.paths.data = (dir_.path() + "/no/such/parent"); }),
              RefusedWith("DIRECTORY_NOT_MADE"));
  // Half-way: the rules refuse the first event.
  EXPECT_THAT(refused([&](auto& o) { o.administrator = std::string(200, 'x'); }),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(InitAndOpen, OpenRefusesAnExposedOrForeignKey) {
  ASSERT_OK(InitLedger(options_).status());
  chmod(options_.key_file.c_str(), 0640);
  EXPECT_THAT(Open(), RefusedWith("KEY_FILE_EXPOSED"));
  WriteKeyFile(options_.key_file);
  EXPECT_THAT(Open(), RefusedWith("KEY_MISMATCH"));
}

TEST_F(InitAndOpen, OpenRefusesWhatIsMissing) {
  EXPECT_THAT(Open(), RefusedWith("LEDGER_MISSING"));
  ASSERT_OK(InitLedger(options_).status());
  fs::rename(options_.paths.anchor(), (dir_.path() + "/away"));
  EXPECT_THAT(Open(), RefusedWith("ANCHOR_MISSING"));
  fs::rename((dir_.path() + "/away"), options_.paths.anchor());
  fs::remove_all(options_.paths.database());
  const absl::Status lost = Open();
  EXPECT_THAT(lost, RefusedWith("LEDGER_MISSING"));
  EXPECT_THAT(lost, StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(InitAndOpen, OpenRefusesADatabaseThatWentBackAndChangesNoByteOfIt) {
  ASSERT_OK(InitLedger(options_).status());
  Use("C-1");
  fs::copy(options_.paths.database(), (dir_.path() + "/older"), fs::copy_options::recursive);
  Use("C-2");
  fs::remove_all(options_.paths.database());
  fs::rename((dir_.path() + "/older"), options_.paths.database());
  const auto before = Everything(options_.paths.database());
  const absl::Status rolled_back = Open();
  EXPECT_THAT(rolled_back, RefusedWith("ROLLED_BACK"));
  EXPECT_THAT(rolled_back, StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_EQ(Everything(options_.paths.database()), before);
}

TEST_F(InitAndOpen, OpenRefusesAnotherHistoryThatIsLongerAndChangesNoByteOfIt) {
  ASSERT_OK(InitLedger(options_).status());
  fs::copy(options_.paths.data, (dir_.path() + "/fork"), fs::copy_options::recursive);
  Use("C-1");
  const LedgerPaths ours = options_.paths;
  options_.paths.data = (dir_.path() + "/fork");
  Use("C-2");
  Use("C-3");
  fs::remove_all(ours.database());
  fs::rename(options_.paths.database(), ours.database());
  options_.paths = ours;
  const auto before = Everything(options_.paths.database());
  EXPECT_THAT(Open(), RefusedWith("ROOT_CHANGED"));
  EXPECT_EQ(Everything(options_.paths.database()), before);
}

TEST_F(InitAndOpen, OpenRefusesALedgerThatAnotherHolds) {
  ASSERT_OK(InitLedger(options_).status());
  ASSERT_OK_AND_ASSIGN(const auto ledger,
                       OpenLedger({.paths = options_.paths, .key_file = options_.key_file},
                                  [](const absl::Status&) {}));
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kUnavailable));
}

TEST(ListenAddress, IsLoopbackOrRefused) {
  for (const char* good : {"127.0.0.1:7443", "127.3.2.1:0", "[::1]:1", "localhost:65535"}) {
    EXPECT_OK(CheckListenAddress(good)) << good;
  }
  for (const char* exposed : {"0.0.0.0:7443", "[::]:7443", "10.0.0.1:1", "example.com:443",
                              "127.0.0.1.example.com:1", "127.1:1", "128.0.0.1:1"}) {
    EXPECT_THAT(CheckListenAddress(exposed), RefusedWith("TLS_REQUIRED")) << exposed;
  }
  for (const char* bad : {"", "7443", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536",
                          ":1", "::1:1", "[::1:1", "127.0.0.1:-1"}) {
    EXPECT_THAT(CheckListenAddress(bad), RefusedWith("LISTEN_INVALID")) << bad;
  }
}

TEST(Port, IsNotShared) {
  LiveLedger first;
  ASSERT_OK(first.Start());
  TempDir dir;
  const InitOptions options{.paths = {(dir.path() + "/data"), ""},
                            .key_file = (dir.path() + "/key.pem"),
                            .ledger_id = "example.com/second"};
  WriteKeyFile(options.key_file);
  ASSERT_OK(InitLedger(options).status());
  ASSERT_OK_AND_ASSIGN(const auto ledger,
                       OpenLedger({.paths = options.paths, .key_file = options.key_file},
                                  [](const absl::Status&) {}));
  EXPECT_THAT(Server::Start(ledger->parts(), {}, {}, {.listen = first.server().address()}).status(),
              RefusedWith("PORT_NOT_BOUND"));
}

}  // namespace
}  // namespace waymark::test
