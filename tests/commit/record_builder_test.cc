#include "ledger/commit/record_builder.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "ledger/commit/receipt.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/entry_header.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/statement.h"
#include "tests/merkle/frozen_chain.h"
#include "tests/support/status_matchers.h"

namespace waymark {
namespace {

using merkle::test::AuthorKey;
using merkle::test::Chain;

const RecordingTime kNewYear = {.recorded_at = UnixMicros{1767225600000000},
                                .clock = UnixMicros{1767225600000000}};

// The frozen chain's request, as its author sends it. Its payloads are no messages of their types,
// so it is sealed and stamped below the rules.
v1::AppendRequest FrozenRequest(const Chain& chain) {
  v1::AppendRequest request;
  request.set_request_id("req-1");
  request.set_contract_id("C-1");
  request.set_principal("provider-1");
  for (int i = 0; i < 2; ++i) {
    v1::EventToAppend* const event = request.add_events();
    event->set_event_type(chain.headers[i].event_type);
    event->set_payload(chain.payloads[i]);
    event->set_salt(chain.salts[i]);
  }
  request.set_author_public_key(AuthorKey().public_key());
  request.set_author_key_id(chain.headers[0].author_key_id);
  request.set_signature(chain.signature);
  return request;
}

CommitRecord Stamp(v1::AppendRequest* request, const std::string& ledger_id) {
  RecordBuilder builder(merkle::CompactTree(), kNewYear);
  absl::StatusOr<SealedRequest> sealed = SealRequest(request, ledger_id);
  EXPECT_OK(sealed);
  const size_t count = sealed->events.size();
  builder.Add(*std::move(sealed), Revision{0}, std::vector<FilterEntry>(count),
              std::vector<std::vector<std::string>>(count));
  return std::move(builder).Finish();
}

TEST(RecordBuilder, ReproducesTheFrozenChainByteForByte) {
  const Chain chain = merkle::test::BuildChain();
  v1::AppendRequest request = FrozenRequest(chain);
  const CommitRecord record = Stamp(&request, "example.com/waymark");
  ASSERT_EQ(record.requests.size(), 1u);
  EXPECT_EQ(record.requests[0].statement, chain.statement_bytes);
  EXPECT_EQ(merkle::ToHex(record.requests[0].statement_digest),
            "7ab0d8e0c5e936e79f6fb7a280f45d3efadc31fc181df7161930520378c9993f");
  ASSERT_EQ(record.events.size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(record.events[i].header, merkle::EncodeEntryHeader(chain.headers[i]));
    EXPECT_EQ(record.events[i].payload, chain.payloads[i]);
    EXPECT_EQ(record.events[i].salt, chain.salts[i]);
  }
  EXPECT_EQ(merkle::ToHex(record.leaf_hashes[0]),
            "e485ebd74d08615b47d6018af8b848e9a14500bd7b97848aad171f6d09a6b668");
  EXPECT_EQ(merkle::ToHex(record.leaf_hashes[1]),
            "694efc4ea2761c1e928d51c0062ab2651282cd155f6b79788056f37b845e7466");
  EXPECT_EQ(record.prev_root, merkle::EmptyRoot());
  EXPECT_EQ(record.new_size, TreeSize{2});
  EXPECT_EQ(merkle::ToHex(record.new_root),
            "c83b81ca44cde0189d26ef4e55d7d419fca8b839e5b54ed85588afca55f535c1");
}

TEST(RecordBuilder, PlacesTheRequestsOfOneCommitBehindEachOther) {
  const Chain chain = merkle::test::BuildChain();
  v1::AppendRequest first = FrozenRequest(chain);
  CommitRecord before = Stamp(&first, "example.com/waymark");
  ASSERT_OK_AND_ASSIGN(merkle::CompactTree tree,
                       merkle::CompactTree::FromEdge(before.new_size, before.new_edge));
  RecordBuilder builder(tree, kNewYear);
  builder.Reserve(3, 6);
  std::vector<v1::AppendRequest> requests(3, FrozenRequest(chain));
  for (v1::AppendRequest& request : requests) {
    ASSERT_OK_AND_ASSIGN(SealedRequest sealed, SealRequest(&request, "example.com/waymark"));
    builder.Add(std::move(sealed), Revision{builder.next_position().value}, {{}, {}}, {{"F"}, {}});
  }
  const CommitRecord record = std::move(builder).Finish();
  EXPECT_EQ(record.prev_size, TreeSize{2});
  EXPECT_EQ(record.prev_root, before.new_root);
  for (uint64_t i = 0; i < record.events.size(); ++i) {
    ASSERT_OK_AND_ASSIGN(const merkle::EntryHeader header,
                         merkle::DecodeEntryHeader(record.events[i].header));
    EXPECT_EQ(header.position, Position{2 + i});
    EXPECT_EQ(header.revision, Revision{2 + i});
    EXPECT_EQ(header.statement_index, i % 2);
    EXPECT_EQ(header.recorded_at, kNewYear.recorded_at);
    tree.Append(merkle::LeafHash(record.events[i].header));
  }
  EXPECT_EQ(record.new_root, tree.Root());
  EXPECT_EQ(record.new_edge, tree.edge());
  EXPECT_EQ(record.requests[2].first_position, Position{6});
}

TEST(Receipt, SaysWhereEachEventStands) {
  const Chain chain = merkle::test::BuildChain();
  v1::AppendRequest request = FrozenRequest(chain);
  const CommitRecord record = Stamp(&request, "example.com/waymark");
  const v1::ReceiptFixed receipt = ReceiptOf(record, 0, "example.com/waymark");
  EXPECT_EQ(receipt.ledger(), "example.com/waymark");
  EXPECT_EQ(receipt.request_id(), "req-1");
  EXPECT_EQ(receipt.contract_id(), "C-1");
  EXPECT_EQ(receipt.recorded_at().seconds(), 1767225600);
  EXPECT_EQ(receipt.head(), 2u);
  ASSERT_EQ(receipt.events_size(), 2);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(receipt.events(i).position(), static_cast<uint64_t>(i));
    EXPECT_EQ(receipt.events(i).revision(), static_cast<uint64_t>(i));
    EXPECT_EQ(receipt.events(i).leaf_hash(),
              merkle::BytesOf(record.leaf_hashes[static_cast<size_t>(i)]));
  }
}

}  // namespace
}  // namespace waymark
