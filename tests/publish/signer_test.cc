#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <rocksdb/options.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ledger/commit/record_builder.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/note_key.h"
#include "ledger/publish/publisher.h"
#include "ledger/publish/reread.h"
#include "tests/merkle/frozen_chain.h"
#include "tests/merkle/root_by_definition.h"
#include "tests/publish/publish_world.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace waymark {
namespace {

using test::PublishWorld;

merkle::VerifierKey Verifier() { return merkle::ParseVkey(PublishWorld::Vkey()).value(); }

TEST(Signer, HasNothingToSignForAnEmptyLedger) {
  PublishWorld world;
  ASSERT_OK_AND_ASSIGN(const std::optional<Released> released, world.signer().SignHead());
  EXPECT_FALSE(released.has_value());
  EXPECT_EQ(world.anchor().checkpoint().size, TreeSize{0});
}

TEST(Signer, SignsTheRootThatTheDefinitionGives) {
  PublishWorld world;
  std::vector<std::string> headers;
  // Across the widths at which chunks and tiles fill.
  for (const size_t events : {1u, 30u, 1u, 200u, 24u, 1u, 400u, 3u}) {
    world.Append(events);
    ASSERT_OK_AND_ASSIGN(const std::optional<Released> released, world.signer().SignHead());
    ASSERT_TRUE(released.has_value());
    EXPECT_EQ(released->checkpoint.size, world.log().head());
    headers.clear();
    for (const CommitEvent& event : world.sample().events()) headers.push_back(event.header);
    EXPECT_EQ(released->checkpoint.root, merkle::test::RootByDefinition(headers));
    EXPECT_OK(merkle::OpenCheckpoint(released->note, Verifier()));
    EXPECT_EQ(world.anchor().note(), released->note) << "anchored before it is released";
    ASSERT_OK_AND_ASSIGN(const std::optional<Released> again, world.signer().SignHead());
    EXPECT_FALSE(again.has_value()) << "once a size";
  }
}

TEST(Signer, GoesOnFromTheAnchorAfterARestart) {
  PublishWorld world;
  for (int round = 0; round < 6; ++round) {
    world.Append(static_cast<size_t>(100 + round * 37));
    ASSERT_OK_AND_ASSIGN(const std::optional<Released> released, world.signer().SignHead());
    ASSERT_TRUE(released.has_value());
    world.Close();
    world.Open();
    ASSERT_OK_AND_ASSIGN(const std::optional<Released> again, world.signer().SignHead());
    EXPECT_FALSE(again.has_value());
  }
}

TEST(Signer, SignsTheSameBytesAgainAfterACrashBeforeTheAnchor) {
  PublishWorld world;
  world.Append(50);
  const merkle::Checkpoint next{world.log().identity().ledger_id, world.log().head(),
                                world.log().tree().Root()};
  const std::string lost = merkle::SignCheckpoint(next, PublishWorld::Key()).value();
  world.Close();
  world.Open();
  ASSERT_OK_AND_ASSIGN(const std::optional<Released> released, world.signer().SignHead());
  EXPECT_EQ(released->note, lost);
}

TEST(Signer, SignsTheFrozenChainByteForByte) {
  const merkle::test::Chain chain = merkle::test::BuildChain();
  test::TempDir temp;
  ASSERT_OK(EventLog::Create(
      temp.path() + "/data",
      {.ledger_id = "example.com/waymark", .public_key = merkle::test::LedgerKey().public_key()}));
  ASSERT_OK(Anchor::Create(temp.path() + "/anchor", chain.empty_checkpoint));
  ASSERT_OK_AND_ASSIGN(const auto log,
                       EventLog::Open(temp.path() + "/data", {.disk_reserve_bytes = 1}));
  ASSERT_OK_AND_ASSIGN(const auto anchor, Anchor::Open(temp.path() + "/anchor", chain.vkey));
  SealedRequest request{.request_id = "req-1",
                        .contract_id = "C-1",
                        .principal = "provider-1",
                        .statement = chain.statement_bytes,
                        .statement_digest = chain.headers[0].statement_digest,
                        .author_key_id = chain.headers[0].author_key_id,
                        .author_public_key = merkle::test::AuthorKey().public_key(),
                        .signature = chain.signature};
  for (size_t i = 0; i < 2; ++i) {
    request.events.push_back({chain.headers[i].event_type, chain.payloads[i], chain.salts[i],
                              chain.headers[i].payload_commitment});
  }
  RecordBuilder builder(log->tree(), {.recorded_at = chain.headers[0].recorded_at});
  builder.Add(std::move(request), Revision{0}, {{}, {}}, {{}, {}});
  ASSERT_OK(log->Append(std::move(builder).Finish()));
  Signer signer(*log, *anchor, merkle::test::LedgerKey());
  ASSERT_OK_AND_ASSIGN(const std::optional<Released> released, signer.SignHead());
  EXPECT_EQ(released->note, chain.checkpoint);
  EXPECT_EQ(released->note.size(), 185u);
  EXPECT_THAT(released->note,
              ::testing::HasSubstr("K8GEliHGpY0DLhYHef7seL+TI25DpTio2YMdH7YsZo8dUo1yyz6luqoEH/"
                                   "aK5qneD0gW3UzolGxwihA4A0BWs2pInwE="));
}

TEST(Signer, RefusesAKeyThatTheLedgerWasNotMadeWith) {
  PublishWorld world;
  world.Append(5);
  Signer signer(world.log(), world.anchor(), merkle::PrivateKey::Generate());
  EXPECT_THAT(signer.SignHead(), test::RefusedWith("KEY_CHANGED"));
}

TEST(Signer, StopsForGoodAfterABreach) {
  PublishWorld world;
  world.Append(5);
  ASSERT_OK(world.signer().SignHead());
  // Another process signs behind our back.
  world.Append(5);
  const merkle::Checkpoint other{world.log().identity().ledger_id, TreeSize{1000},
                                 merkle::EmptyRoot()};
  ASSERT_OK(
      world.anchor().Replace(other, merkle::SignCheckpoint(other, PublishWorld::Key()).value()));
  const absl::Status breach = world.signer().SignHead().status();
  EXPECT_THAT(breach, test::RefusedWith("ANCHOR_WOULD_SHRINK"));
  world.Append(2000);
  EXPECT_EQ(world.signer().SignHead().status(), breach) << "the same error for ever";
}

TEST(Signer, RefusesALogThatFallsShortOfTheAnchor) {
  PublishWorld world;
  world.Append(20);
  const merkle::Checkpoint beyond{world.log().identity().ledger_id, TreeSize{1000},
                                  merkle::EmptyRoot()};
  ASSERT_OK(
      world.anchor().Replace(beyond, merkle::SignCheckpoint(beyond, PublishWorld::Key()).value()));
  EXPECT_THAT(world.signer().SignHead(), test::RefusedWith("ROLLED_BACK"));
}

TEST(Signer, RefusesALogWithAnotherRootAtTheAnchorsSize) {
  PublishWorld world;
  world.Append(20);
  const merkle::Checkpoint forged{world.log().identity().ledger_id, TreeSize{10},
                                  merkle::EmptyRoot()};
  ASSERT_OK(
      world.anchor().Replace(forged, merkle::SignCheckpoint(forged, PublishWorld::Key()).value()));
  const absl::Status breach = world.signer().SignHead().status();
  ASSERT_THAT(breach, test::RefusedWith("ROOT_CHANGED"));
  // Position and both hashes are named.
  const auto metadata = ViolationsOf(breach)[0].metadata;
  EXPECT_THAT(metadata, ::testing::Contains(::testing::Pair("position", "10")));
  EXPECT_THAT(metadata,
              ::testing::Contains(::testing::Pair("want", merkle::ToHex(merkle::EmptyRoot()))));
}

TEST(Rereader, RefusesARootThatTheLeavesDoNotGive) {
  PublishWorld world;
  world.Append(20);
  ASSERT_OK_AND_ASSIGN(Rereader reader, Rereader::Start(world.log(), world.anchor().checkpoint()));
  EXPECT_THAT(reader.ReadThrough(world.log().head(), merkle::EmptyRoot()),
              test::RefusedWith("ROOT_MISMATCH"));
}

// A record of one event that the commit thread got wrong somewhere: the log stores it, but it is
// never signed.
struct WrongRecord {
  const char* what;
  const char* reason;
  // `before`: the tree that the record continues.
  void (*spoil)(CommitRecord*, merkle::CompactTree before);
};

void PrintTo(const WrongRecord& wrong, std::ostream* out) { *out << wrong.what; }

class WrongRecordTest : public ::testing::TestWithParam<WrongRecord> {};

TEST_P(WrongRecordTest, IsNeverSigned) {
  PublishWorld world;
  world.Append(40);
  ASSERT_OK(world.signer().SignHead());
  test::SampleLedger sample = world.sample();
  CommitRecord record = sample.Next(12);
  GetParam().spoil(&record, world.log().tree());
  ASSERT_OK(world.log().Append(record));
  EXPECT_THAT(world.signer().SignHead(), test::StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(world.signer().SignHead(), test::RefusedWith(GetParam().reason));
  EXPECT_LT(world.anchor().checkpoint().size, record.new_size);
}

INSTANTIATE_TEST_SUITE_P(
    Rereader, WrongRecordTest,
    ::testing::Values(
        WrongRecord{"payload", "COMMITMENT_MISMATCH",
                    [](CommitRecord* r, merkle::CompactTree) { r->events[3].payload += "x"; }},
        WrongRecord{"salt", "COMMITMENT_MISMATCH",
                    [](CommitRecord* r, merkle::CompactTree) { r->events[3].salt[31] ^= 1; }},
        WrongRecord{"leaf hash", "ROOT_MISMATCH",
                    [](CommitRecord* r, merkle::CompactTree tree) {
                      // A bit that flips between hashing and storing: the tree follows the wrong
                      // leaf.
                      r->leaf_hashes[5][0] ^= 1;
                      for (const Digest& leaf : r->leaf_hashes) tree.Append(leaf);
                      r->new_root = tree.Root();
                      r->new_edge = tree.edge();
                    }},
        WrongRecord{"edge", "ROOT_MISMATCH",
                    [](CommitRecord* r, merkle::CompactTree) { r->new_edge[0][0] ^= 1; }},
        WrongRecord{"statement", "STATEMENT_MISMATCH",
                    [](CommitRecord* r, merkle::CompactTree) { r->requests[0].statement[3] ^= 1; }},
        WrongRecord{"signature", "STATEMENT_MISMATCH",
                    [](CommitRecord* r, merkle::CompactTree) {
                      r->requests[0].signature = std::string(64, 'x');
                      r->requests[0].author_public_key = std::string(32, 'x');
                    }},
        WrongRecord{"headers exchanged", "EVENT_DAMAGED",
                    [](CommitRecord* r, merkle::CompactTree) {
                      std::swap(r->events[0].header, r->events[1].header);
                    }}),
    [](const auto& info) {
      std::string name = info.param.what;
      std::replace(name.begin(), name.end(), ' ', '_');
      return name;
    });

// Flips one bit of one value in the database, below every checksum of RocksDB, and puts it back
// afterwards.
class StoredBits {
 public:
  explicit StoredBits(const std::string& directory) {
    std::vector<std::string> names;
    EXPECT_TRUE(rocksdb::DB::ListColumnFamilies({}, directory, &names).ok());
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (const std::string& name : names)
      families.emplace_back(name, rocksdb::ColumnFamilyOptions());
    rocksdb::DB* db = nullptr;
    EXPECT_TRUE(rocksdb::DB::Open({}, directory, families, &handles_, &db).ok());
    db_.reset(db);
  }
  ~StoredBits() {
    for (auto* handle : handles_) db_->DestroyColumnFamilyHandle(handle);
  }

  struct Row {
    std::string key;
    std::string value;
  };
  std::vector<Row> Rows(const std::string& family) {
    std::vector<Row> rows;
    std::unique_ptr<rocksdb::Iterator> iterator(db_->NewIterator({}, Handle(family)));
    for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
      rows.push_back({iterator->key().ToString(), iterator->value().ToString()});
    }
    return rows;
  }
  void Put(const std::string& family, const Row& row) {
    EXPECT_TRUE(db_->Put({}, Handle(family), row.key, row.value).ok());
  }

 private:
  rocksdb::ColumnFamilyHandle* Handle(const std::string& family) {
    for (auto* handle : handles_) {
      if (handle->GetName() == family) return handle;
    }
    ADD_FAILURE() << "no column family " << family;
    return handles_[0];
  }
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
};

// Signs what lies in the directory, as a daemon started on it would; the status of the first step
// that fails.
absl::Status SignStored(PublishWorld* world) {
  absl::StatusOr<std::unique_ptr<EventLog>> log =
      EventLog::Open(world->data_directory(), {.disk_reserve_bytes = 1});
  if (!log.ok()) return log.status();
  const std::unique_ptr<Anchor> anchor =
      Anchor::Open(world->anchor_directory(), PublishWorld::Vkey()).value();
  Signer signer(**log, *anchor, PublishWorld::Key());
  return signer.SignHead().status();
}

TEST(Signer, AFlippedStoredBitOfAnUnsignedEventStopsSigning) {
  PublishWorld world;
  world.Append(3);
  ASSERT_OK(world.signer().SignHead());
  const uint64_t anchored = world.log().head().value;
  for (int i = 0; i < 3; ++i) world.Append(40);
  world.Close();
  for (const std::string family : {"entries", "payloads", "statements"}) {
    std::vector<StoredBits::Row> rows = StoredBits(world.data_directory()).Rows(family);
    // Those of the commits after the anchor.
    rows.erase(std::remove_if(rows.begin(), rows.end(),
                              [&](const StoredBits::Row& row) {
                                return merkle::GetU64be(row.key) < anchored;
                              }),
               rows.end());
    ASSERT_GE(rows.size(), 3u) << family;
    for (size_t r = 0; r < rows.size(); r += 1 + rows.size() / 4) {
      for (size_t i = 0; i < rows[r].value.size(); i += 1 + rows[r].value.size() / 7) {
        StoredBits::Row flipped = rows[r];
        flipped.value[i] ^= 0x10;
        StoredBits(world.data_directory()).Put(family, flipped);
        EXPECT_THAT(SignStored(&world), test::StatusIs(absl::StatusCode::kDataLoss))
            << family << " row " << r << " byte " << i;
        StoredBits(world.data_directory()).Put(family, rows[r]);
      }
    }
  }
  EXPECT_OK(SignStored(&world)) << "with every bit back in its place";
}

TEST(Signer, AFlippedStoredBitOfAFullTileStopsSigning) {
  PublishWorld world;
  world.Append(700);
  world.Close();
  const std::vector<StoredBits::Row> rows = StoredBits(world.data_directory()).Rows("tiles");
  ASSERT_GE(rows.size(), 2u);
  for (const StoredBits::Row& row : rows) {
    for (size_t i = 0; i < row.value.size(); i += 1 + row.value.size() / 3) {
      StoredBits::Row flipped = row;
      flipped.value[i] ^= 0x10;
      StoredBits(world.data_directory()).Put("tiles", flipped);
      EXPECT_THAT(SignStored(&world), test::StatusIs(absl::StatusCode::kDataLoss)) << i;
      StoredBits(world.data_directory()).Put("tiles", row);
    }
  }
  EXPECT_OK(SignStored(&world));
}

}  // namespace
}  // namespace waymark
