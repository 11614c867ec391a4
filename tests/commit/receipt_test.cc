#include "ledger/commit/receipt.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "ledger/commit/record_builder.h"
#include "tests/commit/commit_world.h"
#include "tests/support/status_matchers.h"

namespace waymark {
namespace {

using test::EvidenceRequest;
using test::UnsaltedEvidenceRequest;

const RecordingTime kNow = {.recorded_at = UnixMicros{1720000000123456},
                            .clock = UnixMicros{1720000000123456}};

SealedRequest Seal(const v1::AppendRequest& message) {
  return AcceptRequest(message, test::kCommitLedgerId).value().sealed;
}

// A request as the ledger holds it after it was taken, at positions 0, 1, ...
struct Taken {
  CommitRecord record;
  FirstTime first;
};

Taken Take(const v1::AppendRequest& message) {
  SealedRequest sealed = Seal(message);
  const size_t count = sealed.events.size();
  RecordBuilder builder(merkle::CompactTree(), kNow);
  builder.Add(std::move(sealed), Revision{5}, std::vector<FilterEntry>(count),
              std::vector<std::vector<std::string>>(count, {"FLAG"}));
  Taken taken{std::move(builder).Finish(), {}};
  const CommitRequest& request = taken.record.requests[0];
  taken.first.row = {.contract_id = request.contract_id,
                     .statement_digest = request.statement_digest,
                     .first_position = request.first_position,
                     .first_revision = request.first_revision,
                     .event_count = request.event_count,
                     .recorded_at = taken.record.recorded_at,
                     .head = taken.record.new_size,
                     .salts_from_server = request.salts_from_server,
                     .flags = request.flags};
  for (uint64_t p = 0; p < count; ++p) {
    const CommitEvent& event = taken.record.events[p];
    taken.first.events.push_back(
        {Position{p}, event.header, StoredPayload::kPresent, event.payload, event.salt});
  }
  return taken;
}

void Erase(StoredEvent* event) {
  event->state = StoredPayload::kErased;
  event->payload.clear();
  event->salt.clear();
}

absl::StatusOr<CommitOutcome> Repeat(const v1::AppendRequest& message, const Taken& taken) {
  return AnswerRepeat(Seal(message), taken.first, test::kCommitLedgerId);
}

TEST(AnswerRepeat, GivesTheFirstReceiptByteForByte) {
  for (const auto& message : {EvidenceRequest("A", "e", {"E-1", "E-2"}),
                              UnsaltedEvidenceRequest("A", "e", {"E-1", "E-2"})}) {
    const Taken taken = Take(message);
    ASSERT_OK_AND_ASSIGN(const CommitOutcome outcome, Repeat(message, taken));
    EXPECT_EQ(outcome.receipt.SerializeAsString(),
              ReceiptOf(taken.record, 0, test::kCommitLedgerId).SerializeAsString());
    EXPECT_EQ(outcome.flags, taken.record.requests[0].flags);
    EXPECT_TRUE(outcome.repeated);
  }
}

TEST(AnswerRepeat, StillGivesItOnceThePayloadsAreErased) {
  for (const auto& message : {EvidenceRequest("A", "e", {"E-1", "E-2"}),
                              UnsaltedEvidenceRequest("A", "e", {"E-1", "E-2"})}) {
    Taken taken = Take(message);
    for (StoredEvent& event : taken.first.events) {
      Erase(&event);
      ASSERT_OK_AND_ASSIGN(const CommitOutcome outcome, Repeat(message, taken));
      EXPECT_EQ(outcome.receipt.SerializeAsString(),
                ReceiptOf(taken.record, 0, test::kCommitLedgerId).SerializeAsString());
    }
  }
}

TEST(AnswerRepeat, OfAnErasedEventOnlyPlaceAndTypeAreLeftToCompare) {
  Taken taken = Take(UnsaltedEvidenceRequest("A", "e", {"E-1", "E-2"}));
  Erase(&taken.first.events[1]);
  EXPECT_OK(Repeat(UnsaltedEvidenceRequest("A", "e", {"E-1", "E-9"}), taken));
  EXPECT_THAT(Repeat(UnsaltedEvidenceRequest("A", "e", {"E-9", "E-2"}), taken),
              test::RefusedWith("REQUEST_ID_REUSED"));
  EXPECT_THAT(Repeat(UnsaltedEvidenceRequest("A", "e", {"E-1"}), taken),
              test::RefusedWith("REQUEST_ID_REUSED"));
  EXPECT_THAT(Repeat(UnsaltedEvidenceRequest("A", "e", {"E-1", "E-2", "E-3"}), taken),
              test::RefusedWith("REQUEST_ID_REUSED"));
  SealedRequest other_type = Seal(UnsaltedEvidenceRequest("A", "e", {"E-1", "E-2"}));
  other_type.events[1].event_type = "waymark.v1.EvidenceVerified";
  EXPECT_THAT(AnswerRepeat(other_type, taken.first, test::kCommitLedgerId),
              test::RefusedWith("REQUEST_ID_REUSED"));
}

TEST(AnswerRepeat, RefusesContractAndPrincipalThatDiffer) {
  const v1::AppendRequest message = UnsaltedEvidenceRequest("A", "e", {"E-1"});
  const Taken taken = Take(message);
  v1::AppendRequest other = message;
  other.set_principal("somebody");
  EXPECT_THAT(Repeat(other, taken), test::RefusedWith("REQUEST_ID_REUSED"));
  EXPECT_THAT(Repeat(UnsaltedEvidenceRequest("B", "e", {"E-1"}), taken),
              test::RefusedWith("REQUEST_ID_REUSED"));
}

TEST(AnswerRepeat, NamesADamagedHeader) {
  const v1::AppendRequest message = EvidenceRequest("A", "e", {"E-1"});
  Taken taken = Take(message);
  taken.first.events[0].header[0] ^= 1;
  EXPECT_THAT(Repeat(message, taken), test::StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(Repeat(message, taken), test::RefusedWith("EVENT_DAMAGED"));
}

TEST(AnswerRepeat, CallsNobodyAnotherRequestOverBytesThatHaveChanged) {
  const v1::AppendRequest message = UnsaltedEvidenceRequest("A", "e", {"E-1", "E-2"});
  const Taken taken = Take(message);
  for (const auto& damage : std::vector<std::function<void(FirstTime*)>>{
           [](FirstTime* first) { first->events[1].salt[5] ^= 1; },
           [](FirstTime* first) { first->events[0].payload.push_back('x'); },
           [](FirstTime* first) { std::swap(first->events[0].header, first->events[1].header); },
           [](FirstTime* first) { first->row.statement_digest[0] ^= 1; },
       }) {
    Taken damaged = taken;
    damage(&damaged.first);
    EXPECT_THAT(Repeat(message, damaged), test::RefusedWith("EVENT_DAMAGED"));
  }
}

TEST(ReceiptOf, KeepsTheMicrosecond) {
  const Taken taken = Take(EvidenceRequest("A", "e", {"E-1"}));
  const v1::ReceiptFixed receipt = ReceiptOf(taken.record, 0, test::kCommitLedgerId);
  EXPECT_EQ(receipt.recorded_at().seconds(), 1720000000);
  EXPECT_EQ(receipt.recorded_at().nanos(), 123456000);
}

}  // namespace
}  // namespace waymark
