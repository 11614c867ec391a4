// Erasures through the committer: a commit by themselves, behind what they erase and before what
// rests on them.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "ledger/base/limits.h"
#include "ledger/commit/committer.h"
#include "tests/commit/commit_world.h"
#include "tests/contract/contract_world.h"
#include "tests/support/status_matchers.h"

namespace waymark {
namespace {

using test::CommitWorld;
using test::EvidenceRequest;
using test::RegisterRequest;

v1::AppendRequest ErasureRequest(const std::string& request_id,
                                 const std::vector<uint64_t>& positions) {
  v1::AppendRequest request;
  request.set_request_id(request_id);
  request.set_contract_id("A");
  request.set_principal("X-REC");
  auto event = test::MakeEvent<v1::PersonalDataErased>("X", v1::ROLE_REC);
  for (const uint64_t position : positions) event.add_positions(position);
  event.set_ground("UK GDPR art. 17(1)(a)");
  event.set_authority("data protection officer");
  test::AddEvent(event, /*salted=*/true, &request);
  return request;
}

v1::AppendRequest VerificationRequest(const std::string& request_id, const std::string& evidence) {
  v1::AppendRequest request;
  request.set_request_id(request_id);
  request.set_contract_id("A");
  request.set_principal("X-ASR");
  test::AddEvent(
      test::ContractWorld::Registered().Verification(evidence, v1::VERIFICATION_OUTCOME_VERIFIED),
      /*salted=*/true, &request);
  return request;
}

TEST(Erasure, ErasesPayloadsAndNoLongerKnowsWhatTheySaid) {
  CommitWorld world;
  ASSERT_OK(world.Append(RegisterRequest("A", "a")));
  ASSERT_OK_AND_ASSIGN(const CommitOutcome first,
                       world.Append(EvidenceRequest("A", "e", {"E-1", "E-2"})));
  ASSERT_OK(world.Append(VerificationRequest("v", "E-1")));
  ASSERT_OK_AND_ASSIGN(const CommitOutcome erased, world.Append(ErasureRequest("x", {2})));
  for (const bool restarted : {false, true}) {
    if (restarted) world.Restart();
    ASSERT_OK_AND_ASSIGN(const StoredEvent gone, world.log().ReadOne(Position{2}, false));
    EXPECT_EQ(gone.state, StoredPayload::kErased);
    EXPECT_EQ(gone.payload + gone.salt, "");
    ASSERT_OK_AND_ASSIGN(const StoredEvent kept, world.log().ReadOne(Position{3}, false));
    EXPECT_EQ(kept.state, StoredPayload::kPresent);
    EXPECT_THAT(world.Append(VerificationRequest("v1", "E-1")), test::RefusedWith("REF_UNKNOWN"));
    EXPECT_THAT(world.Append(ErasureRequest("y", {2})), test::RefusedWith("ALREADY_ERASED"));
    // Sent again, both get their first receipts.
    ASSERT_OK_AND_ASSIGN(const CommitOutcome again,
                         world.Append(EvidenceRequest("A", "e", {"E-1", "E-2"})));
    EXPECT_EQ(again.receipt.SerializeAsString(), first.receipt.SerializeAsString());
    ASSERT_OK_AND_ASSIGN(const CommitOutcome erased_again, world.Append(ErasureRequest("x", {2})));
    EXPECT_EQ(erased_again.receipt.SerializeAsString(), erased.receipt.SerializeAsString());
  }
  ASSERT_OK(world.Append(VerificationRequest("v2", "E-2")));
}

// What is erased may have come in the same moment: an erasure is a commit by itself, after it.
TEST(Erasure, ErasesWhatWasQueuedJustBefore) {
  for (const size_t evidence : {size_t{3}, kRequestEventsMax}) {
    CommitWorld world;
    ASSERT_OK(world.Append(RegisterRequest("A", "a")));
    std::vector<std::string> ids;
    for (size_t i = 0; i < evidence; ++i) ids.push_back(absl::StrCat("E-", i));
    const std::vector<v1::AppendRequest> requests = {
        EvidenceRequest("A", "e1", ids), ErasureRequest("x", {2, 4}),
        VerificationRequest("v", "E-1"), ErasureRequest("y", {3})};
    std::vector<absl::Status> answers(requests.size());
    absl::BlockingCounter answered(static_cast<int>(requests.size()));
    for (size_t i = 0; i < requests.size(); ++i) {
      world.Submit(requests[i], [&answers, &answered, i](absl::StatusOr<CommitOutcome> outcome) {
        answers[i] = outcome.status();
        answered.DecrementCount();
      });
    }
    answered.Wait();
    for (const absl::Status& answer : answers) EXPECT_OK(answer);
    for (const uint64_t position : {2u, 3u, 4u}) {
      EXPECT_EQ(world.log().ReadOne(Position{position}, false)->state, StoredPayload::kErased);
    }
    EXPECT_EQ(world.log().head(), TreeSize{2 + evidence + 3});
  }
}

}  // namespace
}  // namespace waymark
