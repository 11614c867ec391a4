// Rows are rewritten in good files, with good checksums, as someone with the database's own tools
// could: verify must find each, name it, and go on.
#include "ledger/storage/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ledger/merkle/encoding.h"
#include "ledger/storage/commitment_audit.h"
#include "ledger/storage/event_log.h"
#include "ledger/storage/fault_log.h"
#include "ledger/storage/rows.h"
#include "ledger/storage/tables.h"
#include "tests/storage/directory_bytes.h"
#include "tests/storage/sample_ledger.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace waymark::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Change = std::function<void(std::string*)>;

// One ledger of 700 events, made once and copied for each test.
class VerifyTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    temp_ = new TempDir();
    sample_ = new SampleLedger(11, /*payload_bytes_max=*/60);
    const std::string made = temp_->path() + "/made";
    ASSERT_OK(EventLog::Create(made, SampleIdentity()));
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<EventLog> log,
                         EventLog::Open(made, {.disk_reserve_bytes = 0}));
    while (sample_->size().value < 700)
      ASSERT_OK(log->Append(sample_->Next(1 + sample_->size().value % 60)));
  }
  static void TearDownTestSuite() {
    delete sample_;
    delete temp_;
  }

  void SetUp() override {
    directory_ = temp_->path() + "/data";
    CopyDirectory(temp_->path() + "/made", directory_);
  }

  VerifyReport Verify(VerifyOptions options = {}) {
    faults_.clear();
    options.on_fault = [this](const Fault& fault) { faults_.push_back(fault); };
    absl::StatusOr<VerifyReport> report = VerifyData(directory_, options);
    EXPECT_OK(report);
    return report.ok() ? *report : VerifyReport{};
  }

  std::vector<std::string> Whats() const {
    std::vector<std::string> whats;
    for (const Fault& fault : faults_) whats.push_back(fault.what);
    return whats;
  }

  // Replaces a row's value.
  void ChangeRow(Family family, const std::string& key, const Change& change) {
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Tables> tables,
                         Tables::Open(directory_, {.mode = Tables::Mode::kReadWrite}));
    rocksdb::PinnableSlice value;
    ASSERT_TRUE(tables->Get(family, key, &value).ok()) << merkle::ToHex(key);
    std::string row = value.ToString();
    change(&row);
    ASSERT_TRUE(tables->db().Put({}, tables->of(family), key, row).ok());
  }
  void DeleteRow(Family family, const std::string& key) {
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Tables> tables,
                         Tables::Open(directory_, {.mode = Tables::Mode::kReadWrite}));
    ASSERT_TRUE(tables->db().Delete({}, tables->of(family), key).ok());
  }
  void PutRow(Family family, const std::string& key, const std::string& value) {
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Tables> tables,
                         Tables::Open(directory_, {.mode = Tables::Mode::kReadWrite}));
    ASSERT_TRUE(tables->db().Put({}, tables->of(family), key, value).ok());
  }
  // A ledger of these commits in place of the sample.
  void Remake(const std::vector<CommitRecord>& commits) {
    std::filesystem::remove_all(directory_);
    ASSERT_OK(EventLog::Create(directory_, SampleIdentity()));
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<EventLog> log,
                         EventLog::Open(directory_, {.disk_reserve_bytes = 0}));
    for (const CommitRecord& commit : commits) ASSERT_OK(log->Append(commit));
  }
  // The key of the chunk that holds a position.
  std::string ChunkOf(Position position) const {
    uint64_t commit = 0;
    for (const TreeSize& size : sample_->sizes()) {
      if (size.value <= position.value) commit = size.value;
    }
    return EventKey(Position{position.value - (position.value - commit) % kChunkEventsMax});
  }
  const SampleRequest& RequestOf(Position position) const {
    for (const SampleRequest& request : sample_->requests()) {
      if (position.value < request.stored.first_position.value + request.stored.event_count)
        return request;
    }
    return sample_->requests().back();
  }
  const SampleRequest& SignedRequest() const {
    for (const SampleRequest& request : sample_->requests()) {
      if (!request.statement.signature.empty()) return request;
    }
    return sample_->requests().back();
  }

  static TempDir* temp_;
  static SampleLedger* sample_;
  std::string directory_;
  std::vector<Fault> faults_;
};
TempDir* VerifyTest::temp_ = nullptr;
SampleLedger* VerifyTest::sample_ = nullptr;

constexpr Position kVictim{258};

Change FlipByteOf(const std::string& text, size_t byte) {
  return [=](std::string* row) {
    const size_t at = row->find(text);
    ASSERT_NE(at, std::string::npos);
    (*row)[at + byte] ^= 0x10;
  };
}

TEST_F(VerifyTest, FindsNothingInAGoodLedgerAndChangesNoByte) {
  const DirectoryBytes before = BytesOfDirectory(directory_);
  uint64_t last_done = 0;
  VerifyOptions options;
  options.progress = [&](TreeSize done, TreeSize size) {
    EXPECT_LE(last_done, done.value);
    EXPECT_EQ(size, sample_->size());
    last_done = done.value;
  };
  for (size_t i = 1; i < sample_->sizes().size(); ++i) {
    options.checkpoints.insert(options.checkpoints.begin(),
                               {sample_->sizes()[i], sample_->roots()[i]});
  }
  const VerifyReport report = Verify(options);
  EXPECT_THAT(Whats(), IsEmpty()) << (faults_.empty() ? "" : FormatFault(faults_[0]));
  EXPECT_EQ(report.fault_count, 0u);
  EXPECT_EQ(report.size, sample_->size());
  EXPECT_EQ(report.root, sample_->tree().Root());
  EXPECT_EQ(report.events_checked, sample_->size().value);
  EXPECT_EQ(report.requests_checked, sample_->requests().size());
  EXPECT_GT(report.signatures_checked, 0u);
  EXPECT_EQ(report.checkpoints_checked, sample_->sizes().size() - 1);
  EXPECT_EQ(report.identity.ledger_id, kSampleLedgerId);
  EXPECT_EQ(BytesOfDirectory(directory_), before);
}

TEST_F(VerifyTest, CanStartInTheMiddle) {
  for (const uint64_t start : std::vector<uint64_t>{1, 255, 256, 300, 512, 699, 700, 5000}) {
    VerifyOptions options;
    options.start = TreeSize{start};
    options.checkpoints = {{sample_->size(), sample_->tree().Root()}};
    const VerifyReport report = Verify(options);
    EXPECT_THAT(Whats(), IsEmpty()) << start << (faults_.empty() ? "" : FormatFault(faults_[0]));
    EXPECT_EQ(report.events_checked,
              sample_->size().value - std::min(start, sample_->size().value) / 256 * 256);
    EXPECT_EQ(report.checkpoints_checked, 1u);
  }
}

TEST_F(VerifyTest, NamesAPayloadThatIsGoneThoughNoEventErasesIt) {
  ChangeRow(Family::kPayloads, ChunkOf(kVictim), [](std::string* row) {
    PayloadRow payloads = *DecodePayloads(*row);
    payloads.payloads[0] = {.erased = true};
    *row = EncodePayloads(payloads);
  });
  EXPECT_EQ(Verify().payloads_erased, 1u);
  EXPECT_THAT(Whats(), ElementsAre("erasure_event"));
  ASSERT_OK_AND_ASSIGN(const Position first, DecodeEventKey(ChunkOf(kVictim)));
  EXPECT_EQ(faults_[0].position, first);
}

// As after an older copy of the files was put back.
TEST_F(VerifyTest, NamesAPayloadThatIsThereThoughAnEventErasesIt) {
  SampleLedger sample(12, /*payload_bytes_max=*/60);
  std::vector<CommitRecord> commits = {sample.Next(40), sample.NextErasing({Position{7}})};
  commits[1].erased.clear();
  Remake(commits);
  EXPECT_EQ(Verify().payloads_erased, 0u);
  EXPECT_THAT(Whats(), ElementsAre("erasure_undone"));
  EXPECT_EQ(faults_[0].position, Position{7});
  EXPECT_THAT(faults_[0].want, HasSubstr("position 40"));
}

TEST_F(VerifyTest, NamesThePayloadThatWasChanged) {
  const CommitEvent& event = sample_->events()[kVictim.value];
  ChangeRow(Family::kPayloads, ChunkOf(kVictim), FlipByteOf(event.salt, 3));
  const VerifyReport report = Verify();
  ASSERT_EQ(report.fault_count, 1u);
  EXPECT_EQ(report.first_fault->what, "payload_commitment");
  EXPECT_EQ(report.first_fault->position, kVictim);
  EXPECT_EQ(report.first_fault->contract_id, RequestOf(kVictim).stored.contract_id);
  EXPECT_EQ(report.first_fault->key, merkle::ToHex(ChunkOf(kVictim)));
  EXPECT_THAT(FormatFault(*report.first_fault),
              ::testing::MatchesRegex(
                  "FAULT position=258 contract=C-[0-3] revision=[0-9]+ what=payload_commitment "
                  "file=([0-9]+.sst|log) key=[0-9a-f]{16} value_byte=[0-9]+ "
                  "want=[0-9a-f]{64} got=[0-9a-f]{64}"));
}

TEST_F(VerifyTest, NamesAPayloadThatSaysNotTheTypeOfItsHeader) {
  SampleLedger sample(12, /*payload_bytes_max=*/60);
  Remake({sample.Next(40), sample.NextSingle(0), sample.NextSingle(2), sample.NextSingle(5000),
          sample.NextOfType("waymark.v1.EvidenceVerified")});
  EXPECT_EQ(Verify().fault_count, 3u);
  EXPECT_THAT(Whats(), ::testing::Each("payload_type"));
  EXPECT_EQ(faults_[0].position, Position{40});
  EXPECT_EQ(faults_[1].position, Position{41});
  EXPECT_EQ(faults_[2].position, Position{43});
  EXPECT_EQ(faults_[2].want, "waymark.v1.EvidenceSubmitted");
  EXPECT_EQ(faults_[2].got, "waymark.v1.EvidenceVerified");
}

TEST_F(VerifyTest, NamesACommitmentThatStandsAtTwoPositions) {
  SampleLedger sample(14, /*payload_bytes_max=*/60);
  const CommitRecord first = sample.Next(300);
  Remake({first, sample.NextCopyOf(Position{7}), sample.Next(40), sample.NextCopyOf(Position{7}),
          sample.NextCopyOf(Position{320})});
  for (const uint64_t start : {0, 256, 512}) {
    VerifyOptions options;
    options.start = TreeSize{start};
    const VerifyReport report = Verify(options);
    EXPECT_EQ(report.fault_count, 3u) << "no start hides one with an older event";
    EXPECT_THAT(Whats(), ::testing::Each("commitment_repeated"));
    EXPECT_EQ(report.first_fault->position, Position{300});
    EXPECT_EQ(report.first_fault->got, "that of position 7");
  }
  // However little is held in memory at a time.
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Tables> tables, Tables::Open(directory_, {}));
  for (const size_t in_memory : {1, 2, 50, 1000}) {
    FaultLog faults(*tables, nullptr);
    CheckCommitmentsDiffer(*tables, sample.size(), TreeSize{}, &faults, in_memory);
    EXPECT_EQ(faults.count(), 3u) << in_memory;
    EXPECT_EQ(faults.first()->position, Position{300});
    FaultLog above(*tables, nullptr);
    CheckCommitmentsDiffer(*tables, sample.size(), TreeSize{301}, &above, in_memory);
    EXPECT_EQ(above.count(), 2u) << in_memory;
  }
}

TEST_F(VerifyTest, AHeadFarBeyondTheLastEventIsNamedAtOnce) {
  PutRow(Family::kMeta, MetaKey(kMetaHead),
         EncodeHead({TreeSize{uint64_t{1} << 60}, sample_->tree().Root()}));
  const VerifyReport report = Verify();
  EXPECT_GT(report.fault_count, 0u);
  EXPECT_EQ(report.events_checked, sample_->size().value);
  ASSERT_TRUE(report.first_fault->position.has_value());
  EXPECT_EQ(report.first_fault->position->value, sample_->size().value);
  EXPECT_EQ(report.first_fault->what, "entry_row");
}

TEST_F(VerifyTest, ATileThatNoEventLeadsToIsNamed) {
  PutRow(Family::kTiles, TileKey(1, 5), EncodeTile(std::vector<Digest>(kTileWidth)));
  EXPECT_EQ(Verify().fault_count, 1u);
  EXPECT_THAT(Whats(), Contains("row_count"));
}

TEST_F(VerifyTest, ARequestWhoseEventsLieBeyondItsCommitIsNotAnswered) {
  const SampleRequest& request = sample_->requests().back();
  ChangeRow(Family::kRequests, RequestKey(request.request_id), [](std::string* row) {
    StoredRequest changed = *DecodeRequest(*row);
    changed.first_position.value += changed.head.value;
    *row = EncodeRequest(changed);
  });
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<EventLog> log, EventLog::Open(directory_, {}));
  EXPECT_THAT(log->FindRequest(request.request_id), RefusedWith("REQUEST_DAMAGED"));
}

TEST_F(VerifyTest, GoesOnAfterTheFirstAndCountsTheRest) {
  for (const uint64_t victim : std::vector<uint64_t>{600, 300, 10, 450}) {
    ChangeRow(Family::kPayloads, ChunkOf(Position{victim}),
              FlipByteOf(sample_->events()[victim].salt, 0));
  }
  const VerifyReport report = Verify();
  EXPECT_EQ(report.fault_count, 4u);
  EXPECT_EQ(report.first_fault->position, Position{10});
}

// A change, and the faults that may be reported for it: the first one of them must be at or before
// the victim.
struct Forgery {
  std::string name;
  Family family;
  std::function<std::string(const SampleLedger&, const std::string& chunk, const SampleRequest&)>
      key;
  std::function<Change(const SampleLedger&, const SampleRequest&)> change;
  std::string what;
  bool has_position = true;
};

std::vector<Forgery> Forgeries() {
  const auto chunk = [](const SampleLedger&, const std::string& key, const SampleRequest&) {
    return key;
  };
  const auto statement = [](const SampleLedger&, const std::string&, const SampleRequest& request) {
    return EventKey(request.stored.first_position);
  };
  const auto request_key = [](const SampleLedger&, const std::string&,
                              const SampleRequest& request) {
    return RequestKey(request.request_id);
  };
  const auto stream = [](const SampleLedger& sample, const std::string&,
                         const SampleRequest& request) {
    return StreamKey(request.stored.contract_id, Revision{});
  };
  // Flips a byte of the victim's header, counted from its end: the commitment is the last field.
  const auto header_byte = [](size_t from_end) {
    return [from_end](const SampleLedger& sample, const SampleRequest&) {
      const std::string& header = sample.events()[kVictim.value].header;
      return FlipByteOf(header, header.size() - from_end);
    };
  };
  const auto edit_request = [](std::function<void(StoredRequest*)> edit) {
    return [edit](const SampleLedger&, const SampleRequest&) -> Change {
      return [edit](std::string* row) {
        StoredRequest request = *DecodeRequest(*row);
        edit(&request);
        *row = EncodeRequest(request);
      };
    };
  };
  const auto append_byte = [](const SampleLedger&, const SampleRequest&) -> Change {
    return [](std::string* row) { row->push_back('\0'); };
  };
  return {
      {"commitment in the header", Family::kEntries, chunk, header_byte(1), "statement_commitment"},
      {"leaf of that header", Family::kEntries, chunk, header_byte(1), "leaf_hash"},
      {"statement digest in the header", Family::kEntries, chunk, header_byte(50),
       "statement_digest"},
      {"statement index in the header", Family::kEntries, chunk, header_byte(38),
       "statement_index"},
      {"header grammar", Family::kEntries, chunk, header_byte(34), "header"},
      {"entries row", Family::kEntries, chunk, append_byte, "entry_row"},
      {"payloads row", Family::kPayloads, chunk, append_byte, "payload_row"},
      {"statement bytes", Family::kStatements, statement,
       [](const SampleLedger&, const SampleRequest& request) {
         return FlipByteOf(request.statement.statement, 40);
       },
       "statement_digest"},
      {"statement row", Family::kStatements, statement,
       [](const SampleLedger&, const SampleRequest&) -> Change {
         return [](std::string* row) { (*row)[0] = 9; };
       },
       "statement_row"},
      {"request row", Family::kRequests, request_key, append_byte, "request_row"},
      {"request digest", Family::kRequests, request_key,
       edit_request([](StoredRequest* r) { r->statement_digest[0] ^= 1; }), "request_digest"},
      {"request contract", Family::kRequests, request_key,
       edit_request([](StoredRequest* r) { r->contract_id = "C-9"; }), "request_contract"},
      {"request position", Family::kRequests, request_key,
       edit_request([](StoredRequest* r) { ++r->first_position.value; }), "request_position"},
      {"request revision", Family::kRequests, request_key,
       edit_request([](StoredRequest* r) { ++r->first_revision.value; }), "request_revision"},
      {"request time", Family::kRequests, request_key,
       edit_request([](StoredRequest* r) { ++r->recorded_at.value; }), "request_recorded_at"},
      {"request head", Family::kRequests, request_key,
       edit_request([](StoredRequest* r) { ++r->head.value; }), "request_head"},
      {"request event count", Family::kRequests, request_key,
       edit_request([](StoredRequest* r) { r->flags.resize(++r->event_count); }),
       "request_event_count"},
      {"stream positions", Family::kStreams, stream,
       [](const SampleLedger&, const SampleRequest&) -> Change {
         return [](std::string* row) {
           std::vector<PositionRange> ranges = *DecodeStream(*row);
           ++ranges.back().first.value;
           *row = EncodeStream(ranges);
         };
       },
       "stream_row"},
      {"tile", Family::kTiles,
       [](const SampleLedger&, const std::string&, const SampleRequest&) { return TileKey(0, 1); },
       [](const SampleLedger&, const SampleRequest&) -> Change {
         return [](std::string* row) { (*row)[1 + 64] ^= 1; };
       },
       "leaf_hash"},
      {"tile row", Family::kTiles,
       [](const SampleLedger&, const std::string&, const SampleRequest&) { return TileKey(0, 1); },
       append_byte, "tile", false},
      {"stored root", Family::kMeta,
       [](const SampleLedger&, const std::string&, const SampleRequest&) {
         return MetaKey(kMetaHead);
       },
       [](const SampleLedger&, const SampleRequest&) -> Change {
         return [](std::string* row) { row->back() ^= 1; };
       },
       "root", false},
  };
}

TEST_F(VerifyTest, NamesEveryKindOfForgedRow) {
  for (const Forgery& forgery : Forgeries()) {
    SetUp();
    const SampleRequest& request = RequestOf(kVictim);
    ChangeRow(forgery.family, forgery.key(*sample_, ChunkOf(kVictim), request),
              forgery.change(*sample_, request));
    if (HasFatalFailure()) return;
    const VerifyReport report = Verify();
    EXPECT_GT(report.fault_count, 0u) << forgery.name;
    EXPECT_THAT(Whats(), Contains(forgery.what)) << forgery.name;
    if (report.fault_count == 0 || !forgery.has_position) continue;
    ASSERT_TRUE(report.first_fault->position.has_value()) << forgery.name;
    EXPECT_LE(report.first_fault->position->value, kVictim.value) << forgery.name;
  }
}

TEST_F(VerifyTest, NamesEveryRowThatIsMissing) {
  const SampleRequest& request = RequestOf(kVictim);
  const std::vector<std::tuple<Family, std::string, std::string>> rows = {
      {Family::kEntries, ChunkOf(kVictim), "entry_row"},
      {Family::kPayloads, ChunkOf(kVictim), "payload_row"},
      {Family::kStatements, EventKey(request.stored.first_position), "statement_row"},
      {Family::kRequests, RequestKey(request.request_id), "request_row"},
      {Family::kStreams, StreamKey("C-1", Revision{}), "stream_row"},
      {Family::kFilters, EventKey(Position{0}), "filter_row"},
      {Family::kTiles, TileKey(0, 1), "tile"},
  };
  for (const auto& [family, key, what] : rows) {
    SetUp();
    DeleteRow(family, key);
    Verify();
    EXPECT_THAT(Whats(), Contains(what));
    for (const Fault& fault : faults_) {
      EXPECT_TRUE(absl::StartsWith(FormatFault(fault), "FAULT ")) << FormatFault(fault);
    }
  }
}

TEST_F(VerifyTest, NamesRowsThatNoEventLeadsTo) {
  PutRow(Family::kRequests, RequestKey("slipped in"), EncodeRequest(sample_->requests()[0].stored));
  Verify();
  EXPECT_THAT(Whats(), Contains("row_count"));
  SetUp();
  std::string row;
  EncodePayloads({sample_->events()[0]}, &row);
  PutRow(Family::kPayloads, EventKey(Position{sample_->size().value}), row);
  Verify();
  EXPECT_THAT(Whats(), Contains("rows_beyond_head"));
}

TEST_F(VerifyTest, ASignatureThatDoesNotVerifyIsNamed) {
  // The digest covers the signature, so a forger must change both, and every header: here only the
  // row is changed.
  const SampleRequest& request = SignedRequest();
  ChangeRow(Family::kStatements, EventKey(request.stored.first_position),
            FlipByteOf(request.statement.signature, 5));
  const VerifyReport report = Verify();
  EXPECT_EQ(report.first_fault->what, "statement_digest");
  EXPECT_EQ(report.first_fault->position, request.stored.first_position);
  SetUp();
  ChangeRow(Family::kStatements, EventKey(request.stored.first_position),
            FlipByteOf(request.statement.author_public_key, 5));
  Verify();
  EXPECT_THAT(Whats(), Contains("author_key_id"));
}

TEST_F(VerifyTest, ACheckpointOfAnotherRootOrALargerTreeIsNamed) {
  VerifyOptions options;
  options.checkpoints = {{TreeSize{sample_->size().value + 1}, sample_->tree().Root()},
                         {sample_->sizes()[3], sample_->roots()[4]},
                         {sample_->sizes()[2], sample_->roots()[2]}};
  EXPECT_EQ(Verify(options).fault_count, 2u);
  EXPECT_THAT(Whats(), ::testing::Each("checkpoint_root"));
}

TEST_F(VerifyTest, AFlippedBitInAFileNamesTheFile) {
  size_t named = 0;
  for (const std::string& file : FilesEndingIn(directory_, ".sst")) {
    SetUp();
    std::string bytes = BytesOfFile(file);
    bytes[bytes.size() / 3] ^= 0x04;
    WriteFile(file, bytes);
    const std::string name = file.substr(file.rfind('/') + 1);
    const absl::StatusOr<VerifyReport> report = VerifyData(directory_, {});
    if (!report.ok()) {
      EXPECT_THAT(report, RefusedWith("LEDGER_DAMAGED"));
      EXPECT_THAT(std::string(report.status().message()), HasSubstr(name));
    } else {
      Verify();
      ASSERT_FALSE(faults_.empty()) << name;
      std::vector<std::string> lines;
      for (const Fault& fault : faults_) lines.push_back(FormatFault(fault));
      EXPECT_THAT(lines, Contains(HasSubstr(name)));
      ++named;
    }
  }
  EXPECT_GT(named, 0u);
}

TEST(Fault, IsOneLineWhateverItHolds) {
  Fault fault;
  fault.position = Position{7};
  fault.what = "entry_row";
  fault.got = "two words\nand a \"line\"";
  EXPECT_EQ(FormatFault(fault),
            "FAULT position=7 what=entry_row got=\"two words\\nand a \\\"line\\\"\"");
}

}  // namespace
}  // namespace waymark::test
