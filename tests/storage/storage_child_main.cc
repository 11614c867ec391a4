// The second process of the storage tests.
//
//   hold DIR                             opens, prints READY, waits for the end of its input
//   open DIR | inspect DIR               prints OK or the reason of the refusal
//   as-nobody COMMAND ...                the same as another user
//   append DIR SEED SKIP COUNT           appends commits [SKIP, SKIP + COUNT) of the sample, prints
//   each acknowledged
//                                        size, and dies without closing
//   fill DIR RESERVE FILE_BYTES_MAX      appends until it is refused; prints the head and the
//   reasons of two refusals read DIR SEED COUNT                  compares with COUNT commits of the
//   sample: see ReadOutcome
//   erase DIR SEED COUNT POSITION        over COUNT commits of the sample: erases the event while a
//   reader holds its file, prints READY, waits for the end of its input
//   flip DIR WORK SEED COUNT STRIDE FIRST FILE...
//                                        flips a bit at every STRIDE-th byte of the files, from
//                                        number FIRST on, each in a fresh copy, and prints "TRY
//                                        number file byte" and the outcome of a read
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/check.h"
#include "ledger/base/refusal.h"
#include "ledger/storage/event_log.h"
#include "tests/storage/directory_bytes.h"
#include "tests/storage/sample_ledger.h"

namespace waymark::test {
namespace {

uint64_t Number(const std::string& text) {
  uint64_t number = 0;
  WAYMARK_CHECK(absl::SimpleAtoi(text, &number));
  return number;
}

void Say(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

std::string WordOf(const absl::Status& status) { return status.ok() ? "OK" : ReasonOf(status); }

SampleLedger SampleOf(uint64_t seed) { return SampleLedger(seed, /*payload_bytes_max=*/60); }
// Small commits mostly, and one that completes a tile.
CommitRecord NextOf(SampleLedger* sample, uint64_t number) {
  return sample->Next(number % 8 == 5 ? 120 : 1 + number % 11);
}

// Compares everything up to the head. OK, DataLoss from the log, or Internal where bytes are wrong.
absl::Status Compare(const EventLog& log, const SampleLedger& sample) {
  ReadOptions options;
  options.until = log.head();
  options.events_max = 1 << 20;
  options.bytes_max = size_t{1} << 40;
  const auto events = log.Read(Position{}, options);
  if (!events.ok()) return events.status();
  for (const StoredEvent& event : *events) {
    const CommitEvent& want = sample.events()[event.position.value];
    if (event.header != want.header || event.payload != want.payload || event.salt != want.salt) {
      return absl::InternalError(absl::StrCat("event ", event.position.value));
    }
  }
  for (const SampleRequest& want : sample.requests()) {
    const auto found = log.FindRequest(want.request_id);
    if (!found.ok()) return found.status();
    if (found->has_value() != (want.stored.head <= log.head()))
      return absl::InternalError("request");
    if (!found->has_value()) continue;
    if ((*found)->first_position != want.stored.first_position ||
        (*found)->flags != want.stored.flags ||
        (*found)->statement_digest != want.stored.statement_digest) {
      return absl::InternalError("request");
    }
    const auto statement = log.ReadStatement(want.stored.first_position);
    if (!statement.ok()) return statement.status();
    if (statement->statement != want.statement.statement ||
        statement->signature != want.statement.signature) {
      return absl::InternalError("statement");
    }
  }
  const auto filters = log.ReadFilters(Position{}, log.head(), log.head().value);
  if (!filters.ok()) return filters.status();
  for (size_t i = 0; i < filters->size(); ++i) {
    const FilterEntry& want = sample.events()[i].filter;
    if ((*filters)[i].party != want.party || (*filters)[i].focuses != want.focuses) {
      return absl::InternalError("filter");
    }
  }
  for (const auto& [contract, positions] : sample.streams()) {
    const auto found = log.StreamPositions(contract, Revision{}, 1 << 20);
    if (!found.ok()) return found.status();
    size_t below = 0;
    while (below < positions.size() && positions[below].value < log.head().value) ++below;
    if (*found != std::vector<Position>(positions.begin(), positions.begin() + below)) {
      return absl::InternalError("stream");
    }
  }
  for (uint64_t i = 0; i < log.head().value; ++i) {
    const auto node = log.Node(0, i);
    if (!node.ok()) return node.status();
    if (*node != sample.leaves()[i]) return absl::InternalError("node");
  }
  return absl::OkStatus();
}

// "REFUSED reason" (not opened), "DAMAGED reason" (opened, and a read said so), "HOLDS size" (all
// right up to there) or "WRONG what" (bytes that were never written were given out).
std::string ReadOutcome(const std::string& directory, const SampleLedger& sample) {
  const auto inspected = EventLog::Inspect(directory, {});
  if (!inspected.ok()) return "REFUSED " + ReasonOf(inspected.status());
  const auto log = EventLog::Open(directory, {.disk_reserve_bytes = 0});
  if (!log.ok()) return "REFUSED " + ReasonOf(log.status());
  const TreeSize size = (*log)->head();
  size_t commit = 0;
  while (commit < sample.sizes().size() && sample.sizes()[commit] != size) ++commit;
  if (commit == sample.sizes().size()) return "WRONG size";
  if ((*log)->tree().Root() != sample.roots()[commit] ||
      inspected->root != sample.roots()[commit]) {
    return "WRONG root";
  }
  const absl::Status compared = Compare(**log, sample);
  if (compared.ok()) return absl::StrCat("HOLDS ", size.value);
  if (absl::IsDataLoss(compared)) return "DAMAGED " + ReasonOf(compared);
  return absl::StrCat("WRONG ", compared.message());
}

int Append(const std::string& directory, uint64_t seed, uint64_t skip, uint64_t count) {
  auto log = EventLog::Open(directory, {.disk_reserve_bytes = 0});
  WAYMARK_CHECK(log.ok());
  SampleLedger sample = SampleOf(seed);
  for (uint64_t i = 0; i < skip + count; ++i) {
    const CommitRecord record = NextOf(&sample, i);
    if (i < skip) continue;
    WAYMARK_CHECK((*log)->Append(record).ok());
    Say(absl::StrCat(record.new_size.value));
  }
  _exit(0);
}

int Erase(const std::string& directory, uint64_t seed, uint64_t count, uint64_t position) {
  auto log = EventLog::Open(directory, {.disk_reserve_bytes = 0});
  WAYMARK_CHECK(log.ok());
  SampleLedger sample = SampleOf(seed);
  for (uint64_t i = 0; i < count; ++i) NextOf(&sample, i);
  const absl::Status visited =
      (*log)->Visit(Position{position}, TreeSize{position + 1}, [&](const EventView&) {
        WAYMARK_CHECK((*log)->Append(sample.NextErasing({Position{position}})).ok());
        Say("READY");
        while (std::getchar() != EOF) {
        }
        return absl::OkStatus();
      });
  return visited.ok() ? 0 : 1;
}

int Fill(const std::string& directory, uint64_t reserve, uint64_t file_bytes_max) {
  if (file_bytes_max > 0) {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit = {file_bytes_max, file_bytes_max};
    WAYMARK_CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
  }
  auto log = EventLog::Open(directory, {.disk_reserve_bytes = reserve});
  if (!log.ok()) {
    Say("0 " + WordOf(log.status()));
    return 0;
  }
  SampleLedger sample(1);
  for (;;) {
    const CommitRecord record = sample.NextSingle(60000);
    const absl::Status first = (*log)->Append(record);
    if (first.ok()) continue;
    const absl::Status second = (*log)->Append(record);
    Say(absl::StrCat((*log)->head().value, " ", WordOf(first), " ", WordOf(second)));
    // What was acknowledged can still be read.
    WAYMARK_CHECK((*log)->ReadOne(Position{(*log)->head().value - 1}, false).ok());
    return 0;
  }
}

int Flip(const std::vector<std::string>& words) {
  const std::string& directory = words[1];
  const std::string& work = words[2];
  SampleLedger sample = SampleOf(Number(words[3]));
  for (uint64_t i = 0; i < Number(words[4]); ++i) NextOf(&sample, i);
  const uint64_t stride = Number(words[5]);
  const uint64_t first = Number(words[6]);
  uint64_t number = 0;
  for (size_t i = 7; i < words.size(); ++i) {
    const std::string bytes = BytesOfFile(directory + "/" + words[i]);
    for (uint64_t at = stride / 2; at < bytes.size(); at += stride, ++number) {
      if (number < first) continue;
      CopyDirectory(directory, work);
      std::string flipped = bytes;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << (at % 8)));
      WriteFile(work + "/" + words[i], flipped);
      Say(absl::StrCat("TRY ", number, " ", words[i], " ", at));
      alarm(60);  // A read that never ends is a failure too.
      Say(ReadOutcome(work, sample));
    }
  }
  return 0;
}

int Run(std::vector<std::string> words) {
  if (words[0] == "as-nobody") {
    constexpr int kNobody = 65534;
    WAYMARK_CHECK(setgid(kNobody) == 0 && setuid(kNobody) == 0);
    words.erase(words.begin());
  }
  const std::string& command = words[0];
  if (command == "hold") {
    const auto log = EventLog::Open(words[1], {});
    Say(log.ok() ? "READY" : WordOf(log.status()));
    while (std::getchar() != EOF) {
    }
    return 0;
  }
  if (command == "open") {
    Say(WordOf(EventLog::Open(words[1], {}).status()));
    return 0;
  }
  if (command == "inspect") {
    Say(WordOf(EventLog::Inspect(words[1], {}).status()));
    return 0;
  }
  if (command == "append")
    return Append(words[1], Number(words[2]), Number(words[3]), Number(words[4]));
  if (command == "erase") {
    return Erase(words[1], Number(words[2]), Number(words[3]), Number(words[4]));
  }
  if (command == "fill") return Fill(words[1], Number(words[2]), Number(words[3]));
  if (command == "read") {
    SampleLedger sample = SampleOf(Number(words[2]));
    for (uint64_t i = 0; i < Number(words[3]); ++i) NextOf(&sample, i);
    Say(ReadOutcome(words[1], sample));
    return 0;
  }
  if (command == "flip") return Flip(words);
  return 2;
}

}  // namespace
}  // namespace waymark::test

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  return waymark::test::Run(std::vector<std::string>(argv + 1, argv + argc));
}
