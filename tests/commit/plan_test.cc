#include "ledger/commit/plan.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/commit/filter_capture.h"
#include "ledger/commit/receipt.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/entry_header.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/statement.h"
#include "ledger/storage/rows.h"
#include "tests/commit/commit_world.h"
#include "tests/merkle/root_by_definition.h"
#include "tests/support/status_matchers.h"

namespace waymark {
namespace {

using test::EvidenceRequest;
using test::RegisterRequest;
using test::UnsaltedEvidenceRequest;

constexpr uint64_t kNow = 1720000000000000;

// Plans batch after batch, as if each had become durable.
class PlanDesk {
 public:
  // `known` request ids are on record.
  CommitPlan Plan(const std::vector<v1::AppendRequest>& messages,
                  const std::set<std::string>& known = {}) {
    requests_.clear();
    std::vector<PlannedRequest> batch;
    for (const v1::AppendRequest& message : messages) {
      absl::StatusOr<AppendRequest> accepted = AcceptRequest(message, test::kCommitLedgerId);
      EXPECT_OK(accepted);
      requests_.push_back(std::make_unique<AppendRequest>(*std::move(accepted)));
      AppendRequest& request = *requests_.back();
      const bool is_known = known.contains(request.sealed.request_id);
      ContractState& state = states_[request.sealed.contract_id];
      state.contract_id = request.sealed.contract_id;
      batch.push_back({&request, is_known ? nullptr : &state, is_known});
    }
    now_ += 1000;
    const RecordingTime time{.recorded_at = UnixMicros{now_}, .clock = UnixMicros{now_}};
    CommitPlan plan = PlanCommit(batch, {tree_, time, test::kCommitLedgerId});
    tree_ = plan.tree;
    return plan;
  }

  ContractState& state(const std::string& contract_id) { return states_[contract_id]; }
  TreeSize size() const { return tree_.size(); }

 private:
  std::vector<std::unique_ptr<AppendRequest>> requests_;
  std::map<std::string, ContractState> states_;
  merkle::CompactTree tree_;
  uint64_t now_ = kNow;
};

std::vector<Verdict> VerdictsOf(const CommitPlan& plan) {
  std::vector<Verdict> verdicts;
  for (const PlannedOutcome& outcome : plan.outcomes) verdicts.push_back(outcome.verdict);
  return verdicts;
}

v1::AppendRequest Expecting(uint64_t revision, v1::AppendRequest request) {
  request.set_expected_revision(revision);
  return request;
}

TEST(PlanCommit, TakesAContractFromItsRegistrationOnInOneBatch) {
  PlanDesk desk;
  const CommitPlan plan = desk.Plan(
      {RegisterRequest("A", "a"), RegisterRequest("B", "b"), EvidenceRequest("A", "e", {"E-1"})});
  EXPECT_THAT(VerdictsOf(plan), ::testing::Each(Verdict::kTaken));
  EXPECT_EQ(plan.record.new_size, TreeSize{5});
  EXPECT_EQ(plan.record.requests[2].first_position, Position{4});
  EXPECT_EQ(plan.record.requests[2].first_revision, Revision{2});
  EXPECT_EQ(desk.state("A").next_revision, Revision{3});
}

TEST(PlanCommit, T2ARefusedRequestConsumesNoPositionAndNoRevision) {
  PlanDesk desk;
  desk.Plan({RegisterRequest("A", "a")});
  const CommitPlan plan = desk.Plan({
      EvidenceRequest("A", "e1", {"E-1"}),
      EvidenceRequest("A", "e2", {"E-2", "E-1"}),  // the second event is refused, so the first is
      EvidenceRequest("X", "e3", {"E-1"}),         // no such contract
      EvidenceRequest("A", "e4", {"E-2"}),
  });
  EXPECT_EQ(VerdictsOf(plan), (std::vector<Verdict>{Verdict::kTaken, Verdict::kRefused,
                                                    Verdict::kRefused, Verdict::kTaken}));
  EXPECT_THAT(plan.outcomes[1].refusal, test::RefusedWith("EVIDENCE_ID_USED"));
  EXPECT_THAT(plan.outcomes[2].refusal, test::RefusedWith("CONTRACT_UNKNOWN"));
  ASSERT_EQ(plan.record.requests.size(), 2u);
  EXPECT_EQ(plan.outcomes[3].record_index, 1u);
  EXPECT_EQ(plan.record.requests[1].first_position, Position{3});
  EXPECT_EQ(plan.record.requests[1].first_revision, Revision{3});
  EXPECT_EQ(plan.record.new_size, TreeSize{4});
  EXPECT_EQ(desk.state("X").next_revision, Revision{0});
}

TEST(PlanCommit, MakesAnEmptyRecordWhereNothingIsTaken) {
  PlanDesk desk;
  const CommitPlan plan = desk.Plan({EvidenceRequest("X", "e", {"E-1"})});
  EXPECT_TRUE(plan.record.requests.empty());
  EXPECT_TRUE(plan.record.events.empty());
  EXPECT_EQ(plan.record.new_size, plan.record.prev_size);
  EXPECT_EQ(plan.record.new_root, plan.record.prev_root);
}

TEST(PlanCommit, RefusesAStaleRevisionAndNamesTheNextOne) {
  PlanDesk desk;
  desk.Plan({RegisterRequest("A", "a")});
  const CommitPlan plan = desk.Plan({Expecting(2, EvidenceRequest("A", "e1", {"E-1"})),
                                     Expecting(2, EvidenceRequest("A", "e2", {"E-2"}))});
  EXPECT_EQ(VerdictsOf(plan), (std::vector<Verdict>{Verdict::kTaken, Verdict::kRefused}));
  EXPECT_THAT(plan.outcomes[1].refusal, test::StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(plan.outcomes[1].refusal, test::RefusedWith("REVISION_STALE"));
}

TEST(PlanCommit, AsksForAKnownIdBeforeRevisionAndRules) {
  PlanDesk desk;
  const CommitPlan plan = desk.Plan({Expecting(99, EvidenceRequest("X", "e", {"E-1"}))}, {"e"});
  EXPECT_EQ(plan.outcomes[0].verdict, Verdict::kKnown);
  EXPECT_TRUE(plan.record.requests.empty());
}

TEST(PlanCommit, T21ARepeatInTheSameBatchGetsTheFirstPlaceWhateverRevisionItExpects) {
  PlanDesk desk;
  desk.Plan({RegisterRequest("A", "a")});
  const CommitPlan plan = desk.Plan({Expecting(2, EvidenceRequest("A", "e", {"E-1"})),
                                     Expecting(2, EvidenceRequest("A", "e", {"E-1"})),
                                     Expecting(3, EvidenceRequest("A", "e", {"E-1"}))});
  EXPECT_EQ(VerdictsOf(plan), (std::vector<Verdict>{Verdict::kTaken, Verdict::kTakenInThisBatch,
                                                    Verdict::kTakenInThisBatch}));
  EXPECT_EQ(plan.outcomes[2].record_index, 0u);
  EXPECT_EQ(plan.record.events.size(), 1u);
}

TEST(PlanCommit, T20T19AnotherRequestUnderTheSameIdIsRefusedWholeNamingBothDigests) {
  PlanDesk desk;
  desk.Plan({RegisterRequest("A", "a"), RegisterRequest("B", "b")});
  v1::AppendRequest other_principal = EvidenceRequest("A", "e", {"E-1", "E-2"});
  other_principal.set_principal("somebody");
  const CommitPlan plan = desk.Plan({
      EvidenceRequest("A", "e", {"E-1", "E-2"}),
      EvidenceRequest("A", "e", {"E-1"}),
      EvidenceRequest("A", "e", {"E-1", "E-2", "E-3"}),
      EvidenceRequest("A", "e", {"E-1", "E-9"}),
      EvidenceRequest("B", "e", {"E-1", "E-2"}),
      other_principal,
  });
  EXPECT_EQ(plan.record.events.size(), 2u);
  for (size_t i = 1; i < plan.outcomes.size(); ++i) {
    const absl::Status& refusal = plan.outcomes[i].refusal;
    EXPECT_THAT(refusal, test::StatusIs(absl::StatusCode::kAlreadyExists)) << i;
    ASSERT_THAT(refusal, test::RefusedWith("REQUEST_ID_REUSED")) << i;
    const Violation violation = ViolationsOf(refusal)[0];
    ASSERT_EQ(violation.metadata.size(), 2u);
    EXPECT_EQ(violation.metadata[0].second,
              merkle::ToHex(plan.record.requests[0].statement_digest));
    EXPECT_NE(violation.metadata[1].second, violation.metadata[0].second);
  }
}

TEST(PlanCommit, TellsARepeatWithoutSaltsByTheSaltsOfTheFirstTime) {
  PlanDesk desk;
  desk.Plan({RegisterRequest("A", "a")});
  const CommitPlan plan = desk.Plan({
      UnsaltedEvidenceRequest("A", "e", {"E-1", "E-2"}),
      UnsaltedEvidenceRequest("A", "e", {"E-1", "E-2"}),
      UnsaltedEvidenceRequest("A", "e", {"E-2", "E-1"}),
      EvidenceRequest("A", "e", {"E-1", "E-2"}),  // salts of its own: another request
  });
  EXPECT_EQ(VerdictsOf(plan), (std::vector<Verdict>{Verdict::kTaken, Verdict::kTakenInThisBatch,
                                                    Verdict::kRefused, Verdict::kRefused}));
}

TEST(PlanCommit, LetsARefusedIdBeUsedAgain) {
  PlanDesk desk;
  const CommitPlan plan = desk.Plan({EvidenceRequest("A", "e", {"E-1"}), RegisterRequest("A", "a"),
                                     EvidenceRequest("A", "e", {"E-1"})});
  EXPECT_EQ(VerdictsOf(plan),
            (std::vector<Verdict>{Verdict::kRefused, Verdict::kTaken, Verdict::kTaken}));
}

TEST(PlanCommit, CapturesWhatAFeedMaySelectOn) {
  PlanDesk desk;
  const CommitPlan plan =
      desk.Plan({RegisterRequest("A", "a"), EvidenceRequest("A", "e", {"E-1"})});
  const FilterEntry& evidence = plan.record.events[2].filter;
  EXPECT_EQ(evidence.focuses, std::vector<std::string>{"PI-CS"});
  EXPECT_EQ(evidence.party, "X");
  EXPECT_EQ(evidence.marking, v1::MARKING_OFFICIAL);
  EXPECT_EQ(evidence.category, "") << "no matrix version is adopted yet";
  EXPECT_TRUE(plan.record.events[0].filter.focuses.empty());
}

TEST(PlanCommit, GivesTheSameRecordForTheSameArguments) {
  const std::vector<v1::AppendRequest> batch = {RegisterRequest("A", "a"),
                                                EvidenceRequest("A", "e", {"E-1", "E-2"}),
                                                EvidenceRequest("A", "f", {"E-3"})};
  const CommitPlan one = PlanDesk().Plan(batch);
  const CommitPlan two = PlanDesk().Plan(batch);
  EXPECT_EQ(one.record.new_root, two.record.new_root);
  for (size_t i = 0; i < one.record.events.size(); ++i) {
    EXPECT_EQ(one.record.events[i].header, two.record.events[i].header);
  }
}

// The slow and obvious book-keeper: what a ledger of evidence must hold, told in maps.
class Book {
 public:
  Verdict Take(const v1::AppendRequest& request) {
    // The condition is no part of what makes a request the same.
    v1::AppendRequest kept = request;
    kept.clear_expected_revision();
    const std::string bytes = kept.SerializeAsString();
    if (const auto first = requests_.find(request.request_id()); first != requests_.end()) {
      return first->second == bytes ? Verdict::kTakenInThisBatch : Verdict::kRefused;
    }
    if (request.has_expected_revision() &&
        request.expected_revision() != revisions_[request.contract_id()]) {
      return Verdict::kRefused;
    }
    std::set<std::string> ids = evidence_[request.contract_id()];
    for (const v1::EventToAppend& event : request.events()) {
      v1::EvidenceSubmitted evidence;
      if (!evidence.ParseFromString(event.payload())) return Verdict::kRefused;
      if (!ids.insert(evidence.evidence_id()).second) return Verdict::kRefused;
    }
    evidence_[request.contract_id()] = std::move(ids);
    requests_[request.request_id()] = bytes;
    for (const v1::EventToAppend& event : request.events()) {
      payloads_.push_back(event.payload());
      contracts_.push_back(request.contract_id());
      event_revisions_.push_back(revisions_[request.contract_id()]++);
    }
    return Verdict::kTaken;
  }
  void Registered(const std::string& contract_id) { revisions_[contract_id] = 2; }

  const std::vector<std::string>& payloads() const { return payloads_; }
  const std::vector<std::string>& contracts() const { return contracts_; }
  const std::vector<uint64_t>& event_revisions() const { return event_revisions_; }

 private:
  std::vector<std::string> payloads_;
  std::vector<std::string> contracts_;
  std::vector<uint64_t> event_revisions_;
  std::map<std::string, std::string> requests_;
  std::map<std::string, uint64_t> revisions_;
  std::map<std::string, std::set<std::string>> evidence_;
};

TEST(PlanCommit, AgreesWithABookkeeperOnRandomBatches) {
  std::mt19937_64 random(20240703);
  for (int round = 0; round < 60; ++round) {
    PlanDesk desk;
    Book book;
    std::vector<std::string> headers;
    const std::vector<std::string> contracts = {"A", "B", "C"};
    for (const std::string& contract : contracts) {
      const CommitPlan plan = desk.Plan({RegisterRequest(contract, "register-" + contract)});
      book.Registered(contract);
      for (const CommitEvent& event : plan.record.events) headers.push_back(event.header);
    }
    const size_t registered = headers.size();
    // One batch, so that a repeat is always one inside it.
    std::vector<v1::AppendRequest> batch;
    std::vector<Verdict> expected;
    for (int i = 0; i < 40; ++i) {
      std::vector<std::string> ids;
      for (uint64_t n = 1 + random() % 4; n > 0; --n) {
        ids.push_back(absl::StrCat("E-", random() % 60));
      }
      if (std::set<std::string>(ids.begin(), ids.end()).size() != ids.size()) ids.resize(1);
      v1::AppendRequest request =
          EvidenceRequest(contracts[random() % 3], absl::StrCat("r-", random() % 30), ids);
      if (!batch.empty() && random() % 4 == 0) request = batch[random() % batch.size()];
      request.clear_expected_revision();
      if (random() % 3 == 0) request.set_expected_revision(random() % 8);
      expected.push_back(book.Take(request));
      batch.push_back(request);
    }
    const CommitPlan plan = desk.Plan(batch);
    ASSERT_EQ(VerdictsOf(plan), expected) << "round " << round;
    ASSERT_EQ(plan.record.events.size(), book.payloads().size());
    for (size_t i = 0; i < plan.record.events.size(); ++i) {
      ASSERT_OK_AND_ASSIGN(const merkle::EntryHeader header,
                           merkle::DecodeEntryHeader(plan.record.events[i].header));
      EXPECT_EQ(plan.record.events[i].payload, book.payloads()[i]);
      EXPECT_EQ(header.contract_id, book.contracts()[i]);
      EXPECT_EQ(header.revision.value, book.event_revisions()[i]);
      EXPECT_EQ(header.position.value, registered + i);
      headers.push_back(plan.record.events[i].header);
    }
    EXPECT_EQ(plan.record.new_root, merkle::test::RootByDefinition(headers));
  }
}

TEST(CaptureFilter, KeepsNoMoreFocusesThanARowHolds) {
  v1::AppendRequest message = EvidenceRequest("A", "e", {"E-1"});
  v1::EvidenceSubmitted submitted;
  ASSERT_TRUE(submitted.ParseFromString(message.events(0).payload()));
  v1::EvidenceVerified event;
  *event.mutable_common() = submitted.common();
  event.mutable_common()->set_event_type("waymark.v1.EvidenceVerified");
  event.set_evidence_id("E-1");
  event.set_method("read");
  event.set_outcome(v1::VERIFICATION_OUTCOME_VERIFIED);
  message.mutable_events(0)->set_event_type("waymark.v1.EvidenceVerified");
  message.mutable_events(0)->set_payload(event.SerializeAsString());
  ASSERT_OK_AND_ASSIGN(const AppendRequest request, AcceptRequest(message, test::kCommitLedgerId));
  ContractState state;
  std::vector<std::string> first;
  for (size_t i = 0; i < 3 * kFilterFocusesMax; ++i) {
    state.evidence["E-1"].focuses.push_back(absl::StrCat("F-", i));
    if (i < kFilterFocusesMax) first.push_back(absl::StrCat("F-", i));
  }
  CommitEvent stored;
  stored.filter = CaptureFilter(request.parsed[0], Position{}, absl::CivilDay(2024, 7, 3), state);
  EXPECT_EQ(stored.filter.focuses, first);
  ASSERT_OK_AND_ASSIGN(const FilterRow row, DecodeFilters(EncodeFilters({stored})));
  EXPECT_EQ(row.distinct.at(0).focuses, first);
}

}  // namespace
}  // namespace waymark
