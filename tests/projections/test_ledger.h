// This header defines a real ledger on disk for the tests of projections: whatever events are given
// are stamped, hashed and stored as a commit stores them, without asking the rules.
//
//   TestLedger ledger;
//   Position at = ledger.Append("A", event);
//   ledger.Publish();                          // lets projections see it
//   auto engine = ledger.OpenEngine(...);
#ifndef WAYMARK_TESTS_PROJECTIONS_TEST_LEDGER_H_
#define WAYMARK_TESTS_PROJECTIONS_TEST_LEDGER_H_

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "google/protobuf/message.h"
#include "ledger/merkle/compact_tree.h"
#include "ledger/storage/event_log.h"
#include "ledger/storage/head_watch.h"
#include "projections/engine/engine.h"
#include "tests/support/temp_dir.h"

namespace waymark::test {

inline constexpr char kTestLedgerId[] = "waymark.example/projections/rehearsal";

struct OfferedPayload {
  std::string event_type;
  std::string payload;
};

class TestLedger {
 public:
  explicit TestLedger(const std::string& ledger_id = kTestLedgerId);
  ~TestLedger();

  EventLog& log() { return *log_; }
  HeadWatch& head() { return *head_; }
  TreeSize size() const { return TreeSize{tree_.size()}; }
  std::string directory() const { return directory_.path() + "/ledger"; }
  std::string views_directory() const { return directory_.path() + "/views"; }

  // Of the next commit: noon UTC of a day, or an instant; never before the last one.
  void SetNow(absl::CivilDay day);
  void SetNow(UnixMicros now) { now_ = std::max(now_, now); }
  UnixMicros now() const { return now_; }

  // One request of these events in one commit; the first one's position. Not published.
  Position Append(const std::string& contract_id, const std::vector<OfferedPayload>& events);
  Position Append(const std::string& contract_id, const google::protobuf::Message& event) {
    return Append(contract_id, {{event.GetDescriptor()->full_name(), event.SerializeAsString()}});
  }
  // Lets projections see the first `size` events; all of them.
  void Publish(TreeSize size) { head_->Publish(size); }
  void Publish() { Publish(size()); }

  // Closes the log, so that another process can open it; and opens it again, with a watch of its
  // own that stands at `visible`.
  void Close();
  void Reopen(TreeSize visible);
  void Reopen() { Reopen(size()); }

 private:
  const TempDir directory_;
  std::unique_ptr<EventLog> log_;
  std::unique_ptr<HeadWatch> head_;
  merkle::CompactTree tree_;
  std::map<std::string, uint64_t> revisions_;
  UnixMicros now_{1711972800000000};  // 2024-04-01T12:00:00Z
  uint64_t requests_ = 0;
};

// Blocks until the serving view has applied `size` events, for at most a minute; what
// CallWhenApplied says.
absl::Status AwaitApplied(ProjectionEngine& engine, absl::string_view name, TreeSize size);

// Blocks until a rebuild ends; its last report.
absl::StatusOr<v1::RebuildProjectionReply> RebuildAndWait(ProjectionEngine& engine,
                                                          absl::string_view name);

// Every row of the serving view, in key order.
std::vector<std::pair<std::string, std::string>> RowsOf(const ProjectionEngine& engine,
                                                        absl::string_view name);

}  // namespace waymark::test

#endif  // WAYMARK_TESTS_PROJECTIONS_TEST_LEDGER_H_
