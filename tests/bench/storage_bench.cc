// How fast the event log takes and gives events by itself: one thread, synced, hashing done
// beforehand.
//
//   storage_bench DIRECTORY [EVENTS [BATCH]]     the directory is made, filled and left
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/merkle/compact_tree.h"
#include "ledger/merkle/entry_header.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/statement.h"
#include "ledger/storage/event_log.h"
#include "ledger/storage/verify.h"

namespace waymark {
namespace {

constexpr size_t kPayloadBytes = 256;
constexpr char kEventType[] = "waymark.v1.EvidenceSubmitted";

// The front of a payload: Common, and in it the type, which VerifyData compares with the header's.
// Then the tag of a field that takes the other bytes, and their number in two.
std::string FrontOfPayload() {
  constexpr size_t kTypeBytes = sizeof(kEventType) - 1;
  constexpr size_t kRestBytes = kPayloadBytes - kTypeBytes - 7;
  static_assert(kRestBytes >= 0x80 && kRestBytes < 0x4000, "a length of two bytes");
  const auto byte = [](size_t value) { return std::string(1, static_cast<char>(value)); };
  return absl::StrCat("\x0a", byte(kTypeBytes + 2), "\x0a", byte(kTypeBytes), kEventType, "\x7a",
                      byte((kRestBytes & 0x7f) | 0x80), byte(kRestBytes >> 7));
}

double SecondsOf(clockid_t clock) {
  timespec time = {};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// What passed on the wall, and what this thread and the whole process used of a processor
// meanwhile: on a busy machine only the latter two say anything.
class Stretch {
 public:
  void Start() {
    wall_ -= SecondsOf(CLOCK_MONOTONIC);
    thread_ -= SecondsOf(CLOCK_THREAD_CPUTIME_ID);
    process_ -= SecondsOf(CLOCK_PROCESS_CPUTIME_ID);
  }
  void Stop() {
    wall_ += SecondsOf(CLOCK_MONOTONIC);
    thread_ += SecondsOf(CLOCK_THREAD_CPUTIME_ID);
    process_ += SecondsOf(CLOCK_PROCESS_CPUTIME_ID);
  }
  void Print(const char* what, double events) const {
    std::printf("%-28s %12.0f /s %9.2f us each %9.2f us of its thread %9.2f us of all threads\n",
                what, events / wall_, wall_ * 1e6 / events, thread_ * 1e6 / events,
                process_ * 1e6 / events);
    std::fflush(stdout);
  }

 private:
  double wall_ = 0;
  double thread_ = 0;
  double process_ = 0;
};

template <typename Work>
void Measure(const char* what, double events, Work work) {
  Stretch stretch;
  stretch.Start();
  work();
  stretch.Stop();
  stretch.Print(what, events);
}

// One request of `count` events for one contract, as the planner would hand it over.
CommitRecord MakeCommit(uint64_t count, uint64_t revision, std::mt19937_64* random,
                        merkle::CompactTree* tree) {
  CommitRecord record;
  record.prev_size = tree->size();
  record.recorded_at = UnixMicros{1700000000000000 + tree->size().value};
  record.clock = record.recorded_at;
  const std::string front = FrontOfPayload();
  for (uint64_t done = 0; done < count;) {
    const uint64_t part = std::min<uint64_t>(500, count - done);
    CommitRequest request;
    request.request_id = absl::StrCat("request-", tree->size().value);
    request.contract_id = "C-1";
    request.first_position = Position{tree->size().value};
    request.first_revision = Revision{revision + done};
    request.event_count = part;
    merkle::Statement statement{"bench.example", "C-1", request.request_id, "P-1", {}};
    const size_t first = record.events.size();
    for (uint64_t i = 0; i < part; ++i) {
      CommitEvent event;
      event.payload = front;
      // Half noise, half text: what a protobuf with prose compresses like.
      for (size_t byte = 0; byte < kPayloadBytes / 2; byte += 8) {
        const uint64_t noise = (*random)();
        event.payload.append(reinterpret_cast<const char*>(&noise), 8);
      }
      event.payload.resize(kPayloadBytes, 'x');
      for (int word = 0; word < 4; ++word) {
        const uint64_t noise = (*random)();
        event.salt.append(reinterpret_cast<const char*>(&noise), 8);
      }
      event.filter = {{"F-1"}, "C1", "provider", 1};
      statement.commitments.push_back(merkle::PayloadCommitment(event.salt, event.payload));
      record.events.push_back(std::move(event));
    }
    request.statement = merkle::EncodeStatement(statement);
    request.statement_digest = merkle::StatementDigest(request.statement, "");
    for (uint64_t i = 0; i < part; ++i) {
      merkle::EntryHeader header{Position{tree->size().value},
                                 record.recorded_at,
                                 "C-1",
                                 Revision{revision + done + i},
                                 kEventType,
                                 "",
                                 request.statement_digest,
                                 static_cast<uint32_t>(i),
                                 statement.commitments[i]};
      record.events[first + i].header = merkle::EncodeEntryHeader(header);
      record.leaf_hashes.push_back(merkle::LeafHash(record.events[first + i].header));
      tree->Append(record.leaf_hashes.back());
    }
    record.requests.push_back(std::move(request));
    done += part;
  }
  record.new_size = tree->size();
  record.new_root = tree->Root();
  record.new_edge = tree->edge();
  return record;
}

void Run(const std::string& directory, uint64_t events, uint64_t batch) {
  WAYMARK_CHECK(EventLog::Create(directory, {"bench.example", std::string(32, 'k'), false}).ok());
  auto opened = EventLog::Open(directory, {});
  WAYMARK_CHECK(opened.ok());
  EventLog& log = **opened;
  std::mt19937_64 random(1);
  merkle::CompactTree tree;
  Stretch appending;
  while (tree.size().value < events) {
    const CommitRecord record = MakeCommit(batch, tree.size().value, &random, &tree);
    appending.Start();
    WAYMARK_CHECK(log.Append(record).ok());
    appending.Stop();
  }
  const uint64_t size = log.head().value;
  appending.Print("append", size);
  for (const bool headers_only : {true, false}) {
    ReadOptions options;
    options.until = log.head();
    options.events_max = kReadBatchEventsMax;
    options.headers_only = headers_only;
    options.bytes_max = kReadBatchBytesMax;
    Measure(headers_only ? "read headers" : "read headers and payloads", size, [&] {
      for (uint64_t next = 0; next < size;) next += log.Read(Position{next}, options)->size();
    });
  }
  constexpr int kPoints = 20000;
  Measure("read one", kPoints, [&] {
    for (int i = 0; i < kPoints; ++i)
      WAYMARK_CHECK(log.ReadOne(Position{random() % size}, false).ok());
  });
  Measure("node of the tree", kPoints, [&] {
    for (int i = 0; i < kPoints; ++i) WAYMARK_CHECK(log.Node(3, random() % (size >> 3)).ok());
  });
  Measure("find no request", kPoints, [&] {
    for (int i = 0; i < kPoints; ++i) WAYMARK_CHECK(log.FindRequest(absl::StrCat("none-", i)).ok());
  });
  std::printf("%-28s %12.1f MB\n", "on disk", log.database_bytes() / 1e6);
  opened->reset();
  Measure("inspect the end", 1,
          [&] { WAYMARK_CHECK(EventLog::Inspect(directory, {.checked = tree.size()}).ok()); });
  Measure("open", 1, [&] { WAYMARK_CHECK(EventLog::Open(directory, {}).ok()); });
  Measure("inspect all", size, [&] { WAYMARK_CHECK(EventLog::Inspect(directory, {}).ok()); });
  Measure("verify all", size, [&] { WAYMARK_CHECK(VerifyData(directory, {})->fault_count == 0); });
}

}  // namespace
}  // namespace waymark

int main(int argc, char** argv) {
  uint64_t events = 2000000;
  uint64_t batch = 1000;
  if (argc < 2 || (argc > 2 && !absl::SimpleAtoi(argv[2], &events)) ||
      (argc > 3 && !absl::SimpleAtoi(argv[3], &batch)) || batch == 0) {
    std::fprintf(stderr, "usage: storage_bench DIRECTORY [EVENTS [BATCH]]\n");
    return 2;
  }
  waymark::Run(argv[1], events, batch);
  return 0;
}
