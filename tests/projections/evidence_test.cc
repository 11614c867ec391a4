// The evidence register: every item by id and by page, with what became of it, however many there
// are; and the rows that the maturity projection leaves for it.
#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/hash.h"
#include "projections/maturity/evidence_fields.h"
#include "projections/maturity/maturity_projection.h"
#include "projections/maturity/maturity_rows.h"
#include "projections/maturity/page_token.h"
#include "projections/maturity/queries.h"
#include "tests/projections/contract_events.h"
#include "tests/projections/test_ledger.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::unique_ptr<Projection>> Maturity() {
  std::vector<std::unique_ptr<Projection>> projections;
  projections.push_back(std::make_unique<maturity::MaturityProjection>());
  return projections;
}

ProjectionEngineOptions Options(uint32_t batch) {
  ProjectionEngineOptions options;
  options.store.disk_reserve_bytes = 0;
  options.follower.reading = {batch, 1 << 20};
  options.follower.following_events_max = options.follower.catching_up_events_max = batch;
  return options;
}

OfferedPayload Offered(const google::protobuf::Message& event) {
  return {event.GetDescriptor()->full_name(), event.SerializeAsString()};
}

class EvidenceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ledger_.SetNow(On(2024, 4, 1));
    ledger_.Append("A", Registered());
    ledger_.Append("A", Drafted());
    ledger_.Append("A", Adopted(On(2024, 4, 1)));
    ASSERT_OK_AND_ASSIGN(engine_, ProjectionEngine::Open(ledger_.views_directory(), ledger_.log(),
                                                         ledger_.head(), Maturity(), Options(64)));
    queries_ = std::make_unique<maturity::Queries>(*engine_, ledger_.log(), merkle::Sha256);
  }

  void Publish() {
    ledger_.Publish();
    ASSERT_OK(AwaitApplied(*engine_, "maturity", ledger_.size()));
  }

  v1::ListEvidenceRequest Ask(std::optional<TreeSize> known = {}) {
    v1::ListEvidenceRequest request;
    request.mutable_question()->set_contract_id("A");
    if (known) request.mutable_question()->mutable_known_at()->set_position(known->value - 1);
    return request;
  }

  absl::StatusOr<v1::ListEvidenceReply> List(const v1::ListEvidenceRequest& request) {
    return queries_->ListEvidence(request, ledger_.now());
  }

  // All pages, as "id status", and how many pages there were.
  std::vector<std::string> AllPages(v1::ListEvidenceRequest request, int* pages = nullptr) {
    std::vector<std::string> lines;
    for (int page = 1;; ++page) {
      const auto reply = List(request);
      EXPECT_OK(reply);
      if (!reply.ok()) return lines;
      for (const v1::EvidenceStanding& item : reply->items()) {
        lines.push_back(absl::StrCat(item.evidence_id(), " ", item.status()));
      }
      if (pages != nullptr) *pages = page;
      if (reply->next_page_token().empty()) return lines;
      request.set_page_token(reply->next_page_token());
    }
  }

  // One request of many submissions.
  void Submit(int first, int count, const std::vector<std::string>& focuses = {"PI-CS"}) {
    std::vector<OfferedPayload> events;
    for (int i = first; i < first + count; ++i) {
      events.push_back(Offered(Evidence(absl::StrCat("E-", i), focuses)));
    }
    ledger_.Append("A", events);
  }

  TestLedger ledger_;
  std::unique_ptr<ProjectionEngine> engine_;
  std::unique_ptr<maturity::Queries> queries_;
};

TEST_F(EvidenceTest, AnItemSaysWhenItCameAndWhetherThatWasInTime) {
  ledger_.SetNow(UnixMicros{1743460799000000});  // 2025-03-31T22:39:59Z
  ledger_.Append("A", Evidence("early", {"PI-CS"}, On(2026, 3, 31), On(2025, 3, 31)));
  ledger_.SetNow(UnixMicros{1743463800000000});  // 2025-03-31T23:30:00Z: summer time has begun
  ledger_.Append("A", Evidence("late", {"PI-CS", "SE-AM"}, {}, On(2025, 3, 31)));
  ledger_.Append("A", Evidence("free", {"SE-AM"}));
  Publish();
  auto request = Ask();
  request.set_evidence_id("late");
  ASSERT_OK_AND_ASSIGN(v1::ListEvidenceReply reply, List(request));
  ASSERT_EQ(reply.items_size(), 1);
  const v1::EvidenceStanding late = reply.items(0);
  EXPECT_EQ(late.recorded_local(), "2025-04-01T00:30:00+01:00");
  EXPECT_EQ(late.recorded_civil_day().ShortDebugString(), "year: 2025 month: 4 day: 1");
  EXPECT_EQ(late.recorded_at().seconds(), 1743463800);
  EXPECT_TRUE(late.has_in_time());
  EXPECT_FALSE(late.in_time());
  EXPECT_EQ(late.evidence_type(), v1::EVIDENCE_TYPE_ACCREDITATION_APPLICATION);
  EXPECT_EQ(late.subtype(), v1::EVIDENCE_SUBTYPE_AWARDED);
  EXPECT_THAT(late.focuses(), ElementsAre("PI-CS", "SE-AM"));
  EXPECT_EQ(late.submitted_by(), "P");
  EXPECT_FALSE(late.has_valid_to());
  request.set_evidence_id("early");
  ASSERT_OK_AND_ASSIGN(reply, List(request));
  EXPECT_TRUE(reply.items(0).in_time());
  EXPECT_EQ(reply.items(0).valid_to().year(), 2026);
  request.set_evidence_id("free");
  ASSERT_OK_AND_ASSIGN(reply, List(request));
  EXPECT_FALSE(reply.items(0).has_in_time());
  request.set_evidence_id("none");
  ASSERT_OK_AND_ASSIGN(reply, List(request));
  EXPECT_THAT(reply.items(), IsEmpty());
}

TEST_F(EvidenceTest, WhatBecameOfAnItemIsToldAsKnownAndAsOf) {
  ledger_.Append("A", Evidence("E1", {"PI-CS"}, On(2024, 6, 30)));
  ledger_.Append("A", Evidence("E2", {"SE-AM"}));
  const TreeSize submitted = ledger_.size();
  ledger_.SetNow(On(2024, 5, 1));
  ledger_.Append("A", Verified("E1", v1::VERIFICATION_OUTCOME_VERIFIED));
  ledger_.Append("A", Verified("E2", v1::VERIFICATION_OUTCOME_REJECTED));
  const TreeSize verified = ledger_.size();
  ledger_.SetNow(On(2024, 7, 10));
  ledger_.Append("A", Changed("E1", v1::EVIDENCE_CHANGE_RENEWED, On(2024, 7, 1), On(2025, 6, 30)));
  ledger_.Append("A", Changed("E2", v1::EVIDENCE_CHANGE_WITHDRAWN, On(2024, 7, 5)));
  Publish();
  EXPECT_THAT(AllPages(Ask()), ElementsAre("E1 RENEWED", "E2 WITHDRAWN"));
  EXPECT_THAT(AllPages(Ask(verified)), ElementsAre("E1 VERIFIED", "E2 REJECTED"));
  EXPECT_THAT(AllPages(Ask(submitted)), ElementsAre("E1 SUBMITTED", "E2 SUBMITTED"));
  EXPECT_THAT(AllPages(Ask(TreeSize{submitted.value - 1})), ElementsAre("E1 SUBMITTED"));
  auto earlier = Ask();
  *earlier.mutable_question()->mutable_as_of() = ToDate(On(2024, 7, 3));
  EXPECT_THAT(AllPages(earlier), ElementsAre("E1 RENEWED", "E2 REJECTED"));
  auto one = Ask();
  one.set_evidence_id("E1");
  ASSERT_OK_AND_ASSIGN(const v1::ListEvidenceReply reply, List(one));
  EXPECT_EQ(reply.items(0).valid_to().year(), 2025);
  auto of_focus = Ask();
  of_focus.set_focus("SE-AM");
  EXPECT_THAT(AllPages(of_focus), ElementsAre("E2 WITHDRAWN"));
  of_focus.set_evidence_id("E1");
  EXPECT_THAT(AllPages(of_focus), IsEmpty());
}

TEST_F(EvidenceTest, EveryItemOfALargeContractIsFoundByIdAndListedOnce) {
  // Beyond the first epoch of the index and the first row of the list; another contract in
  // between.
  std::mt19937_64 random(3);
  const int count = 5000;
  for (int first = 0; first < count; first += 500) {
    Submit(first, 500, {first % 1000 == 0 ? "PI-CS" : "SE-AM"});
    ledger_.Append("B", Evidence(absl::StrCat("E-", first), {"PI-CS"}));
  }
  Publish();
  for (int i = 0; i < 200; ++i) {
    auto request = Ask();
    request.set_evidence_id(absl::StrCat("E-", random() % count));
    ASSERT_OK_AND_ASSIGN(const v1::ListEvidenceReply reply, List(request));
    ASSERT_EQ(reply.items_size(), 1) << request.evidence_id();
    EXPECT_EQ(reply.items(0).evidence_id(), request.evidence_id());
  }
  std::vector<std::string> wanted;
  for (int i = 0; i < count; ++i) wanted.push_back(absl::StrCat("E-", i, " SUBMITTED"));
  int pages = 0;
  EXPECT_EQ(AllPages(Ask(), &pages), wanted);
  EXPECT_EQ(pages, 10);
  auto large = Ask();
  large.set_page_size(5000);
  EXPECT_EQ(AllPages(large, &pages), wanted);
  EXPECT_EQ(pages, 1);
  auto of_focus = Ask();
  of_focus.set_focus("SE-AM");
  of_focus.set_page_size(700);
  EXPECT_EQ(AllPages(of_focus).size(), wanted.size() / 2);
  of_focus.set_focus("CR-FR");
  EXPECT_THAT(AllPages(of_focus), IsEmpty());
}

// A gRPC client takes messages of 4 MiB unless it was told otherwise.
TEST_F(EvidenceTest, APageEndsBeforeItIsTooLargeForAClient) {
  std::vector<std::string> focuses;
  for (int i = 0; i < 64; ++i) focuses.push_back(absl::StrCat(std::string(60, 'F'), i));
  const int count = 2000;
  for (int i = 0; i < count; i += 100) Submit(i, 100, focuses);
  Publish();
  auto request = Ask();
  request.set_page_size(5000);
  std::vector<std::string> listed, wanted;
  int pages = 0;
  size_t largest = 0;
  do {
    ASSERT_OK_AND_ASSIGN(const v1::ListEvidenceReply reply, List(request));
    EXPECT_LT(reply.ByteSizeLong(), size_t{4} << 20);
    largest = std::max(largest, reply.ByteSizeLong());
    for (const v1::EvidenceStanding& item : reply.items()) listed.push_back(item.evidence_id());
    request.set_page_token(reply.next_page_token());
    ++pages;
  } while (!request.page_token().empty() && pages < count);
  for (int i = 0; i < count; ++i) wanted.push_back(absl::StrCat("E-", i));
  EXPECT_EQ(listed, wanted);
  // Full pages, but for the last.
  EXPECT_EQ(pages, 3);
  EXPECT_GT(largest, size_t{5} << 19);
}

TEST_F(EvidenceTest, APageThatEndsWithTheListNamesNoOther) {
  Submit(0, 3);
  Submit(3, 2, {"SE-AM"});
  Publish();
  auto request = Ask();
  int pages = 0;
  for (const auto& [size, wanted] :
       std::map<uint32_t, int>{{1, 5}, {2, 3}, {4, 2}, {5, 1}, {6, 1}}) {
    request.set_page_size(size);
    EXPECT_EQ(AllPages(request, &pages).size(), 5u);
    EXPECT_EQ(pages, wanted) << size;
  }
  request.set_focus("PI-CS");
  request.set_page_size(3);
  EXPECT_EQ(AllPages(request, &pages).size(), 3u);
  EXPECT_EQ(pages, 1);
}

TEST_F(EvidenceTest, APageTokenGoesWithItsQuestionAloneAndKeepsItsMoment) {
  Submit(0, 5);
  Publish();
  auto request = Ask();
  request.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(const v1::ListEvidenceReply first, List(request));
  const std::string token = first.next_page_token();
  Submit(5, 3);
  Publish();
  const auto ask = [&](const std::string& with, auto change) {
    auto next = request;
    next.set_page_token(with);
    change(&next);
    return List(next);
  };
  const auto same = [](v1::ListEvidenceRequest*) {};
  ASSERT_OK_AND_ASSIGN(const v1::ListEvidenceReply second,
                       ask(token, [](auto* r) { r->set_page_size(100); }));
  EXPECT_EQ(second.items_size(), 3);
  EXPECT_EQ(second.basis().known(), first.basis().known());
  EXPECT_OK(ask(token, [](auto* r) { r->mutable_question()->set_min_position(0); }));
  const std::function<void(v1::ListEvidenceRequest*)> kOthers[] = {
      [](auto* r) { r->set_focus("SE-AM"); },
      [](auto* r) { r->set_evidence_id("E-1"); },
      [](auto* r) { r->mutable_question()->set_contract_id("B"); },
      [](auto* r) { *r->mutable_question()->mutable_as_of() = ToDate(On(2024, 4, 1)); },
      [](auto* r) { r->mutable_question()->mutable_known_at()->set_position(8); },
  };
  for (const auto& other : kOthers) {
    EXPECT_THAT(ask(token, other), RefusedWith("PAGE_TOKEN_INVALID"));
  }
  for (const std::string& bad : {std::string("3"), token + "0", "0" + token}) {
    EXPECT_THAT(ask(bad, same), RefusedWith("PAGE_TOKEN_INVALID")) << bad;
  }
  // One of a timeline of the same words.
  v1::GetTimelineRequest timeline;
  *timeline.mutable_question() = request.question();
  EXPECT_THAT(ask(maturity::PageTokenOf({On(2024, 4, 1), ledger_.size(), 1},
                                        maturity::AskedIn(timeline, merkle::Sha256)),
                  same),
              RefusedWith("PAGE_TOKEN_INVALID"));
}

TEST_F(EvidenceTest, RefusesWhatCannotBeListed) {
  Publish();
  auto request = Ask();
  request.set_page_size(5001);
  EXPECT_THAT(List(request), RefusedWith("PAGE_SIZE_INVALID"));
  request.set_page_size(5000);
  EXPECT_OK(List(request));
  request.set_page_token("x");
  EXPECT_THAT(List(request), RefusedWith("PAGE_TOKEN_INVALID"));
  request.clear_page_token();
  request.set_focus("PI-XX");
  EXPECT_THAT(List(request), RefusedWith("FOCUS_UNKNOWN"));
  request = Ask();
  request.mutable_question()->set_contract_id("Z");
  EXPECT_THAT(List(request), RefusedWith("CONTRACT_UNKNOWN"));
}

TEST_F(EvidenceTest, AnEventThatCannotBeReadStopsTheProjectionThere) {
  Submit(0, 10);
  const Position poison = ledger_.Append("A", {{"waymark.v1.EvidenceSubmitted", "\x0a\xff\xff"}});
  Submit(10, 10);
  ledger_.Publish();
  EXPECT_THAT(AwaitApplied(*engine_, "maturity", ledger_.size()),
              RefusedWith("PROJECTION_STOPPED"));
  EXPECT_THAT(engine_->Status()[0].fault(), HasSubstr(absl::StrCat("position ", poison.value)));
  EXPECT_EQ(engine_->Status()[0].applied(), poison.value);
  // What was applied is still answered.
  EXPECT_EQ(AllPages(Ask()).size(), 10u);
}

TEST(MaturityProjection, RefusesWhatItCannotReadAndPassesOverWhatItDoesNotNeed) {
  const maturity::MaturityProjection projection;
  const auto apply = [&](absl::string_view type, absl::string_view payload,
                         const std::string& contract = "A") {
    Rows rows;
    const LedgerEvent event{.position = Position{7},
                            .contract_id = contract,
                            .event_type = type,
                            .state = StoredPayload::kPresent,
                            .payload = payload};
    const absl::Status status = projection.Apply(event, rows);
    return std::make_pair(status, rows.Sorted().size());
  };
  EXPECT_THAT(apply("waymark.v1.LevelDetermined", "\xff").first,
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(apply("waymark.v1.NeverHeardOf", "").first, StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(apply("waymark.v1.EvidenceSubmitted", "").first, RefusedWith("PAYLOAD_MALFORMED"));
  EXPECT_THAT(apply("waymark.v1.EvidenceVerified", std::string("\0", 1)).first,
              RefusedWith("PAYLOAD_MALFORMED"));
  for (const char* unread :
       {"SelfAssessmentSubmitted", "MeasureRecorded", "ExportIssued", "AnnotationAdded"}) {
    EXPECT_EQ(apply(absl::StrCat("waymark.v1.", unread), "\xff"),
              std::make_pair(absl::OkStatus(), size_t{0}))
        << unread;
  }
  EXPECT_EQ(apply("waymark.v1.LedgerCreated", "\xff", "_ledger"),
            std::make_pair(absl::OkStatus(), size_t{0}));
  const std::string determined = Determined("PI-CS", 3, On(2024, 4, 1)).SerializeAsString();
  EXPECT_EQ(apply("waymark.v1.LevelDetermined", determined),
            std::make_pair(absl::OkStatus(), size_t{2}));
  const std::string evidence = Evidence("E1", {"PI-CS"}).SerializeAsString();
  EXPECT_EQ(apply("waymark.v1.EvidenceSubmitted", evidence),
            std::make_pair(absl::OkStatus(), size_t{2}));
  const std::string verified =
      Verified("E1", v1::VERIFICATION_OUTCOME_VERIFIED).SerializeAsString();
  EXPECT_EQ(apply("waymark.v1.EvidenceVerified", verified),
            std::make_pair(absl::OkStatus(), size_t{3}));
}

TEST(MaturityProjection, TheQuickLookAtEvidenceReadsWhatTheMessageSays) {
  std::mt19937_64 random(5);
  for (int i = 0; i < 2000; ++i) {
    const std::string id = std::string(1 + random() % 64, static_cast<char>('a' + random() % 26));
    std::vector<std::string> focuses(random() % 4, absl::StrCat("F-", random() % 9));
    const v1::EvidenceSubmitted event = Evidence(id, focuses);
    const std::string payload = event.SerializeAsString();
    ASSERT_OK_AND_ASSIGN(const maturity::EvidenceFields fields,
                         maturity::ReadEvidenceFields(payload, true));
    EXPECT_EQ(fields.evidence_id, id);
    uint16_t marks = 0;
    for (const std::string& focus : focuses) marks |= maturity::FocusMark(focus);
    EXPECT_EQ(fields.focus_marks, marks);
    // Cut anywhere before the last of these fields ends, it is refused or says no more than is
    // there.
    const auto cut = maturity::ReadEvidenceFields(
        absl::string_view(payload).substr(0, random() % payload.size()), true);
    if (cut.ok()) {
      EXPECT_EQ(cut->evidence_id, id);
    }
  }
}

// T27: rows are bytes that any machine gives, so they are frozen here.
TEST(MaturityProjection, RowsOfAFixedLedgerAreFrozen) {
  TestLedger ledger;
  RandomContract a("A", 11), b("B", 12);
  for (int i = 0; i < 150; ++i) (i % 3 == 0 ? b : a).AppendNext(&ledger);
  ledger.Publish();
  for (const uint32_t batch : {1u, 17u, 4096u}) {
    TestLedger other;  // only for its directory
    auto engine = ProjectionEngine::Open(other.views_directory(), ledger.log(), ledger.head(),
                                         Maturity(), Options(batch));
    ASSERT_OK(engine);
    ASSERT_OK(AwaitApplied(**engine, "maturity", ledger.size()));
    std::string all;
    for (const auto& [key, value] : RowsOf(**engine, "maturity")) {
      absl::StrAppend(&all, key.size(), ":", key, value.size(), ":", value);
    }
    EXPECT_EQ(merkle::ToHex(merkle::Sha256(all)),
              "04fba800e05623afe9be8b9c96535731d162bd863aac9fbafb47300242021289")
        << "batches of " << batch;
  }
  // Other rows are another version: views that were stored before are then built anew.
  EXPECT_EQ(maturity::kProjectionVersion, 3u);
}

TEST(MaturityRows, KeysAndValuesAreFrozen) {
  const auto hex = [](absl::string_view bytes) { return absl::BytesToHexString(bytes); };
  EXPECT_EQ(hex(maturity::FactKey("C-1", Position{258})), "4603432d310000000000000102");
  EXPECT_EQ(hex(maturity::EvidenceListKey("C-1", Position{8191})), "4503432d310000000000000001");
  EXPECT_EQ(hex(maturity::EvidenceIndexKey("C-1", Revision{4095}, 0xff)),
            "4903432d31000000000000000000");
  EXPECT_EQ(hex(maturity::EvidenceIndexKey("C-1", Revision{4096}, 0xff)),
            "4903432d31010000000000000001");
  EXPECT_EQ(hex(maturity::EvidenceIndexKey("C-1", Revision{12288}, 0xfe)),
            "4903432d31020000000000000002");
  EXPECT_EQ(hex(maturity::EvidenceEventKey("C-1", 1, Position{2})),
            "5303432d3100000000000000010000000000000002");
  EXPECT_EQ(hex(maturity::NewestChangeKey("C-1")), "4e03432d31");
  EXPECT_EQ(hex(maturity::EncodePlace({Position{258}, 0x8001})), "00000000000001028001");
  EXPECT_EQ(hex(maturity::EncodeIndexEntry(0x0102030405060708, Position{9})),
            "010203040000000000000009");
  EXPECT_EQ(hex(maturity::EncodePosition(Position{258})), "0000000000000102");
  EXPECT_EQ(hex(maturity::EncodeFact({UnixMicros{1}, 2, "T", "xy"})),
            "00000000000000010000000201547879");
  // FNV-1a's published value for "foobar" (draft-eastlake-fnv, test vectors for 64 bits).
  EXPECT_EQ(maturity::HashOf("foobar"), 0x85944171f73967e8u);
}

TEST(MaturityRows, WhatIsNotAWholeRowIsDamage) {
  EXPECT_THAT(maturity::DecodePlaces("123"), RefusedWith("VIEW_DAMAGED"));
  EXPECT_THAT(maturity::FindInIndex("123", 1), RefusedWith("VIEW_DAMAGED"));
  EXPECT_THAT(maturity::DecodePosition("123"), RefusedWith("VIEW_DAMAGED"));
  EXPECT_THAT(maturity::DecodeFact("123"), RefusedWith("VIEW_DAMAGED"));
  EXPECT_THAT(maturity::DecodeFact(std::string(12, '\0') + "\x05"
                                                           "abc"),
              RefusedWith("VIEW_DAMAGED"));
}

TEST(MaturityRows, AnIndexFindsAnIdInWhicheverEpochItCame) {
  for (const uint64_t revision :
       {0ull, 4095ull, 4096ull, 12287ull, 12288ull, 28671ull, 28672ull, 1000000ull}) {
    const uint64_t hash = maturity::HashOf(absl::StrCat("E-", revision));
    const auto written = maturity::EvidenceIndexKey("A", Revision{revision}, hash).ToString();
    std::set<std::string> read;
    for (const maturity::RowKey& key : maturity::EvidenceIndexKeys("A", hash, revision + 1)) {
      read.insert(key.ToString());
    }
    EXPECT_TRUE(read.contains(written)) << revision;
    EXPECT_LE(read.size(), 8u);
  }
  EXPECT_THAT(maturity::EvidenceIndexKeys("A", 1, 0), IsEmpty());
}

}  // namespace
}  // namespace waymark::test
