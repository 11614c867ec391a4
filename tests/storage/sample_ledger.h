// This header defines a maker of valid commits, the same for the same seed, and the plain vectors
// that say what a ledger must hold after them: the oracle of the storage tests.
//
//   SampleLedger sample(/*seed=*/1);
//   ASSERT_OK(log->Append(sample.Next(/*events=*/40)));
//   ExpectHolds(*log, sample);
#ifndef WAYMARK_TESTS_STORAGE_SAMPLE_LEDGER_H_
#define WAYMARK_TESTS_STORAGE_SAMPLE_LEDGER_H_

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "ledger/merkle/compact_tree.h"
#include "ledger/storage/commit_record.h"
#include "ledger/storage/event_log.h"

namespace waymark::test {

inline constexpr char kSampleLedgerId[] = "waymark.example/storage/rehearsal";
inline constexpr char kSampleEventType[] = "waymark.v1.EvidenceSubmitted";
LedgerIdentity SampleIdentity();

struct SampleRequest {
  std::string request_id;
  StoredRequest stored;
  StoredStatement statement;
};

class SampleLedger {
 public:
  // Payloads say of which type they are, unless they are too small for it.
  explicit SampleLedger(uint64_t seed, size_t payload_bytes_max = 300)
      : random_(seed), payload_bytes_max_(payload_bytes_max) {}

  // The next commit, of about `events` events in several requests of several contracts; some
  // requests are signed.
  CommitRecord Next(size_t events);

  // The next commit, of one event with a payload of that size. Its bytes on disk depend on nothing
  // else.
  CommitRecord NextSingle(size_t payload_bytes);

  // The next commit, of one event whose payload says that it is of this type; its header does not.
  CommitRecord NextOfType(const std::string& type);

  // The next commit, of one event whose payload and salt are those of an earlier one.
  CommitRecord NextCopyOf(Position position);

  // The next commit, of one event that erases these.
  CommitRecord NextErasing(const std::vector<Position>& positions);

  // What must be found, all in order; of what was erased, what was there before.
  const std::vector<CommitEvent>& events() const { return events_; }
  const std::vector<SampleRequest>& requests() const { return requests_; }
  const std::map<std::string, std::vector<Position>>& streams() const { return streams_; }
  const std::vector<Digest>& leaves() const { return leaves_; }
  const std::vector<UnixMicros>& recorded_at() const { return recorded_at_; }
  // Sizes after each commit, from 0 on, and the roots there.
  const std::vector<TreeSize>& sizes() const { return sizes_; }
  const std::vector<Digest>& roots() const { return roots_; }
  TreeSize size() const { return tree_.size(); }
  const merkle::CompactTree& tree() const { return tree_; }

 private:
  uint64_t Below(uint64_t bound) { return random_() % bound; }
  std::string Bytes(size_t count);
  // An event with a payload of that size, and a fresh salt.
  CommitEvent Event(size_t payload_bytes);
  // Adds one request to the record, with the payloads and salts of these events.
  void AddRequest(std::vector<CommitEvent> events, bool plain, CommitRecord* record,
                  const std::string& type = kSampleEventType);
  CommitRecord Begin();
  void End(CommitRecord* record);
  FilterEntry Filter();

  std::mt19937_64 random_;
  const size_t payload_bytes_max_;
  uint64_t clock_ = 1700000000000000;
  int next_request_ = 0;
  std::vector<CommitEvent> events_;
  std::vector<SampleRequest> requests_;
  std::map<std::string, std::vector<Position>> streams_;
  std::vector<Digest> leaves_;
  std::vector<UnixMicros> recorded_at_;
  std::vector<TreeSize> sizes_ = {TreeSize{}};
  std::vector<Digest> roots_ = {merkle::CompactTree().Root()};
  merkle::CompactTree tree_;
};

// Reads everything back in every way and compares. `size` is how much of the sample the log must
// hold: one of sizes().
void ExpectHolds(const EventLog& log, const SampleLedger& sample, TreeSize size);
void ExpectHolds(const EventLog& log, const SampleLedger& sample);

}  // namespace waymark::test

#endif  // WAYMARK_TESTS_STORAGE_SAMPLE_LEDGER_H_
