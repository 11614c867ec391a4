#include "clients/cpp/receipt_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "clients/cpp/request_builder.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/entry_header.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/statement.h"
#include "tests/support/status_matchers.h"
#include "waymark/v1/event.pb.h"

namespace waymark {
namespace {

using ::waymark::test::RefusedWith;

constexpr char kLedger[] = "example.com/test";

class ReceiptCheck : public ::testing::Test {
 protected:
  void SetUp() override {
    v1::EvidenceVerified event;
    event.set_evidence_id("E-1");
    RequestBuilder builder(kLedger, "C-1", "county-cm-1");
    builder.SetRequestId("r-1").Add(event);
    event.set_evidence_id("E-2");
    builder.Add(event);
    ASSERT_OK_AND_ASSIGN(request_, builder.Build(&author_));
    receipt_ = HonestReceipt();
  }

  // What an honest ledger answers, written out here once more from the request alone.
  v1::Receipt HonestReceipt() const {
    v1::Receipt receipt;
    v1::ReceiptFixed& fixed = *receipt.mutable_fixed();
    fixed.set_ledger(kLedger);
    fixed.set_request_id("r-1");
    fixed.set_contract_id("C-1");
    fixed.mutable_recorded_at()->set_seconds(1700000000);
    fixed.mutable_recorded_at()->set_nanos(5000);
    fixed.set_head(9);
    const Digest digest =
        merkle::StatementDigest(StatementOf(kLedger, request_).value(), request_.signature());
    for (uint32_t i = 0; i < 2; ++i) {
      const v1::EventToAppend& event = request_.events(i);
      v1::EventPlace& place = *fixed.add_events();
      place.set_position(7 + i);
      place.set_revision(3 + i);
      const Digest leaf = merkle::LeafHash(merkle::EncodeEntryHeader(
          merkle::EntryHeader{Position{7 + i}, UnixMicros{1700000000000005}, "C-1", Revision{3 + i},
                              event.event_type(), request_.author_key_id(), digest, i,
                              merkle::PayloadCommitment(event.salt(), event.payload())}));
      place.set_leaf_hash(std::string(merkle::BytesOf(leaf)));
    }
    return receipt;
  }

  absl::Status Check() const { return CheckReceipt(kLedger, request_, receipt_, key_); }

  merkle::PrivateKey author_ = merkle::PrivateKey::Generate();
  merkle::VerifierKey key_{kLedger, merkle::KeyType::kLog,
                           merkle::PrivateKey::Generate().public_key()};
  v1::AppendRequest request_;
  v1::Receipt receipt_;
};

TEST_F(ReceiptCheck, AnHonestReceiptPasses) { EXPECT_OK(Check()); }

TEST_F(ReceiptCheck, EveryFieldThatDiffersIsFound) {
  const v1::Receipt honest = receipt_;
  const std::function<void(v1::ReceiptFixed&)> changes[] = {
      [](v1::ReceiptFixed& fixed) { fixed.set_ledger("example.com/other"); },
      [](v1::ReceiptFixed& fixed) { fixed.set_request_id("r-2"); },
      [](v1::ReceiptFixed& fixed) { fixed.set_contract_id("C-2"); },
      [](v1::ReceiptFixed& fixed) { fixed.mutable_recorded_at()->set_nanos(6000); },
      [](v1::ReceiptFixed& fixed) { fixed.set_head(8); },
      [](v1::ReceiptFixed& fixed) { fixed.mutable_events()->RemoveLast(); },
      [](v1::ReceiptFixed& fixed) { *fixed.add_events() = fixed.events(1); },
      [](v1::ReceiptFixed& fixed) { fixed.mutable_events(0)->set_position(6); },
      [](v1::ReceiptFixed& fixed) { fixed.mutable_events(1)->set_revision(5); },
      [](v1::ReceiptFixed& fixed) { (*fixed.mutable_events(1)->mutable_leaf_hash())[31] ^= 1; },
      [](v1::ReceiptFixed& fixed) { fixed.mutable_events(0)->clear_leaf_hash(); },
      [](v1::ReceiptFixed& fixed) { fixed.mutable_events()->SwapElements(0, 1); },
  };
  int number = 0;
  for (const auto& change : changes) {
    SCOPED_TRACE(number++);
    receipt_ = honest;
    change(*receipt_.mutable_fixed());
    EXPECT_THAT(Check(), RefusedWith("RECEIPT_MISMATCH"));
  }
}

TEST_F(ReceiptCheck, AnotherPayloadSaltOrSignatureThanWasSentIsFound) {
  const v1::AppendRequest sent = request_;
  (*request_.mutable_events(0)->mutable_payload())[0] ^= 1;
  EXPECT_THAT(Check(), RefusedWith("RECEIPT_MISMATCH"));
  request_ = sent;
  (*request_.mutable_events(1)->mutable_salt())[5] ^= 1;
  EXPECT_THAT(Check(), RefusedWith("RECEIPT_MISMATCH"));
  request_ = sent;
  (*request_.mutable_signature())[63] ^= 1;
  EXPECT_THAT(Check(), RefusedWith("RECEIPT_MISMATCH"));
}

TEST_F(ReceiptCheck, FewerProofsThanEventsAreFound) {
  receipt_.add_tlog_proofs("c2sp.org/tlog-proof@v1\n");
  EXPECT_THAT(Check(), RefusedWith("RECEIPT_MISMATCH"));
}

}  // namespace
}  // namespace waymark
