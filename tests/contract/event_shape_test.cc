// What is asked of an event's bytes before anybody looks at the state.

#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/contract/event_types.h"
#include "ledger/contract/parsed_event.h"
#include "ledger/contract/shape_check.h"
#include "ledger/contract/violations.h"
#include "ledger/contract/wire_shape.h"
#include "tests/contract/contract_world.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {
namespace {

using ::testing::ElementsAre;

constexpr absl::string_view kEvidence = "waymark.v1.EvidenceSubmitted";

absl::Status Shape(absl::string_view type, absl::string_view payload) {
  return ParseRequest("A", {{type, payload}}, FakeHash).status();
}

std::string Payload() { return ContractWorld().Evidence("E1").SerializeAsString(); }

std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  for (const Violation& violation : ViolationsOf(status)) {
    fields.push_back(
        absl::StrCat(violation.event_index, " ", violation.reason, " ", violation.field));
  }
  return fields;
}

TEST(EventShape, TakesWhatSerialisingGives) { EXPECT_OK(Shape(kEvidence, Payload())); }

TEST(EventShape, RefusesTypesThatAreNotDeclaredOrHaveNoRules) {
  EXPECT_THAT(Shape("waymark.v1.Nothing", ""), RefusedWith("EVENT_TYPE_UNKNOWN"));
  EXPECT_THAT(Shape("waymark.v1.Common", ""), RefusedWith("EVENT_TYPE_UNKNOWN"));
  EXPECT_THAT(Shape("waymark.v1.PlanCommitment", ""), RefusedWith("EVENT_TYPE_UNKNOWN"));
  EXPECT_THAT(Shape("waymark.v1.ProjectionAttested", ""), RefusedWith("EVENT_TYPE_NOT_SUPPORTED"));
}

TEST(EventShape, RefusesAnotherTypeInThePayloadThanInTheHeader) {
  v1::EvidenceSubmitted event = ContractWorld().Evidence("E1");
  event.mutable_common()->set_event_type("waymark.v1.LevelDetermined");
  EXPECT_THAT(Shape(kEvidence, event.SerializeAsString()), RefusedWith("EVENT_TYPE_MISMATCH"));
}

TEST(EventShape, RefusesAPayloadThatIsCutAnywhere) {
  const std::string payload = Payload();
  for (size_t size = 0; size < payload.size(); ++size) {
    EXPECT_FALSE(Shape(kEvidence, payload.substr(0, size)).ok()) << "cut to " << size;
  }
}

TEST(EventShape, RefusesAPayloadBeyondItsBound) {
  EXPECT_THAT(Shape(kEvidence, std::string(kPayloadBytesMax + 1, 'x')),
              RefusedWith("PAYLOAD_TOO_LARGE"));
}

TEST(EventShape, RefusesFieldsThatAreNotDeclaredAtAnyDepth) {
  EXPECT_THAT(Shape(kEvidence, Payload() + absl::HexStringToBytes("980601")),
              RefusedWith("UNKNOWN_FIELD"));
  v1::EvidenceSubmitted event = ContractWorld().Evidence("E1");
  event.mutable_period()
      ->mutable_first()
      ->GetReflection()
      ->MutableUnknownFields(event.mutable_period()->mutable_first())
      ->AddVarint(99, 1);
  const absl::Status status = Shape(kEvidence, event.SerializeAsString());
  EXPECT_THAT(FieldsOf(status), ElementsAre("0 UNKNOWN_FIELD period.first"));
}

// Each line: bytes put behind a payload of EvidenceSubmitted, whose highest field so far is
// number 11.
TEST(EventShape, RefusesBytesThatSerialisingWouldNotGive) {
  const struct {
    const char* what;
    const char* hex;
    const char* reason;
  } kRows[] = {
      {"a field twice", "5a005a00", "PAYLOAD_NOT_CANONICAL"},
      {"a lower field behind a higher one", "12024531", "PAYLOAD_NOT_CANONICAL"},
      {"a default written out in a date", "62020800", "PAYLOAD_NOT_CANONICAL"},
      {"a number with a trailing zero group", "620408a88f00", "PAYLOAD_NOT_CANONICAL"},
      {"a tag with a trailing zero group", "e2000408a80f1001", "PAYLOAD_NOT_CANONICAL"},
      {"a number longer than 64 bits", "620c08ffffffffffffffffff7f", "PAYLOAD_MALFORMED"},
      {"another wire type", "6001", "PAYLOAD_MALFORMED"},
      {"a group", "63", "PAYLOAD_MALFORMED"},
      {"field number 0", "0200", "PAYLOAD_MALFORMED"},
      {"a length past the end", "62ff01", "PAYLOAD_MALFORMED"},
      {"a year beyond 32 bits", "62060880808080707f", "PAYLOAD_NOT_CANONICAL"},
  };
  for (const auto& row : kRows) {
    const std::string payload = Payload() + absl::HexStringToBytes(row.hex);
    const absl::Status status = Shape(kEvidence, payload);
    std::set<std::string> reasons;
    for (const Violation& violation : ViolationsOf(status)) reasons.insert(violation.reason);
    EXPECT_TRUE(reasons.count(row.reason)) << row.what << ": " << status;
  }
}

TEST(EventShape, RefusesADefaultValueThatIsWrittenOut) {
  // Field 8, size, set to 0, in its place.
  v1::EvidenceSubmitted event = ContractWorld().Evidence("E1");
  event.clear_size();
  std::string payload = event.SerializeAsString();
  const size_t place = payload.find(
      "\x42\x0f"
      "application/pdf");
  ASSERT_NE(place, std::string::npos);
  EXPECT_OK(Shape(kEvidence, payload));
  payload.insert(place, std::string("\x38\x00", 2));
  EXPECT_THAT(Shape(kEvidence, payload), RefusedWith("PAYLOAD_NOT_CANONICAL"));
}

TEST(EventShape, RefusesTextThatIsNotUtf8OrHoldsControlCharacters) {
  for (const std::string& bad :
       {std::string("a\xffz"), std::string("a\0z", 3), std::string("a\x1bz"), std::string("a\x7fz"),
        std::string("\xc0\x80"), std::string("a\xc2\x80z"), std::string("a\xc2\x9fz")}) {
    v1::EvidenceSubmitted event = ContractWorld().Evidence("E1");
    std::string payload = event.SerializeAsString();
    const size_t place = payload.find("portal");
    payload.replace(place, bad.size(), bad);
    EXPECT_THAT(Shape(kEvidence, payload), RefusedWith("TEXT_INVALID")) << absl::CHexEscape(bad);
  }
}

TEST(EventShape, TakesTextBeyondAsciiUpToItsControlCharacters) {
  // Of the bytes C2 xx, those from A0 on are printed: a no-break space, the pound sign.
  for (const char* good :
       {"\xc2\xa0", "\xc2\xa3", "\xc3\x82", "\xe2\x80\x94", "\xf0\x9f\x9b\xa3"}) {
    v1::EvidenceSubmitted event = ContractWorld().Evidence("E1");
    event.set_issuer(good);
    EXPECT_OK(Shape(kEvidence, event.SerializeAsString())) << absl::CHexEscape(good);
  }
}

TEST(EventShape, RefusesAnIdOfBlanks) {
  for (const char* bad : {" ", "  ", "\xc2\xa0", " \xc2\xa0 "}) {
    const v1::EvidenceSubmitted event = ContractWorld().Evidence(bad);
    EXPECT_THAT(Shape(kEvidence, event.SerializeAsString()), RefusedWith("TEXT_INVALID"));
  }
  EXPECT_OK(Shape(kEvidence, ContractWorld().Evidence("a b").SerializeAsString()));
}

TEST(EventShape, RefusesATextBeyondItsBound) {
  v1::EvidenceSubmitted event = ContractWorld().Evidence("E1");
  event.set_issuer(std::string(kTextBytesMax, 'x'));
  EXPECT_OK(Shape(kEvidence, event.SerializeAsString()));
  event.set_issuer(std::string(kTextBytesMax + 1, 'x'));
  EXPECT_THAT(Shape(kEvidence, event.SerializeAsString()), RefusedWith("FIELD_TOO_LONG"));
}

TEST(EventShape, RefusesEnumValuesThatAreNotDeclared) {
  v1::EvidenceSubmitted event = ContractWorld().Evidence("E1");
  event.mutable_common()->set_marking(static_cast<v1::Marking>(9));
  event.set_subtype(v1::EVIDENCE_SUBTYPE_UNSPECIFIED);
  EXPECT_THAT(FieldsOf(Shape(kEvidence, event.SerializeAsString())),
              ElementsAre("0 ENUM_UNKNOWN common.marking", "0 ENUM_UNKNOWN subtype"));
}

TEST(EventShape, RefusesDaysThatDoNotExist) {
  const std::vector<std::vector<int>> days = {{2023, 2, 29}, {2024, 4, 31}, {2024, 13, 1},
                                              {2024, 0, 1},  {0, 1, 1},     {2024, 1, 0},
                                              {10000, 1, 1}, {-1, 1, 1}};
  for (const auto& day : days) {
    v1::EvidenceSubmitted event = ContractWorld().Evidence("E1");
    event.mutable_due()->set_year(day[0]);
    event.mutable_due()->set_month(day[1]);
    event.mutable_due()->set_day(day[2]);
    EXPECT_THAT(Shape(kEvidence, event.SerializeAsString()), RefusedWith("DATE_INVALID"))
        << day[0] << "-" << day[1] << "-" << day[2];
  }
}

TEST(EventShape, ListsTheViolationsOfAllEventsInTheCataloguesOrder) {
  v1::EvidenceSubmitted first = ContractWorld().Evidence("E1");
  first.clear_artefact();
  first.mutable_period()->mutable_last()->set_year(1999);
  v1::EvidenceSubmitted second = ContractWorld().Evidence("");
  second.mutable_common()->clear_marking();
  const std::string payloads[] = {first.SerializeAsString(), second.SerializeAsString()};
  const absl::Status status =
      ParseRequest("A", {{kEvidence, payloads[0]}, {kEvidence, payloads[1]}}, FakeHash).status();
  EXPECT_THAT(FieldsOf(status),
              ElementsAre("1 FIELD_MISSING common.marking", "1 FIELD_MISSING evidence_id",
                          "0 PERIOD_REVERSED period", "0 HASH_MISSING artefact"));
}

TEST(EventShape, ListsNoMoreViolationsThanATrailerHolds) {
  v1::EvidenceSubmitted event = ContractWorld().Evidence("E1");
  while (event.focuses_size() < static_cast<int>(kMatrixFocusesMax)) event.add_focuses("");
  EXPECT_EQ(ViolationsOf(Shape(kEvidence, event.SerializeAsString())).size(), kViolationsMax);
}

TEST(EventShape, KeepsTheFirstViolationsInOrderHoweverManyThereAre) {
  std::mt19937_64 random(1);
  const std::pair<absl::StatusCode, const char*> kinds[] = {
      {absl::StatusCode::kInvalidArgument, "FIELD_MISSING"},
      {absl::StatusCode::kInvalidArgument, "PERIOD_REVERSED"},
      {absl::StatusCode::kPermissionDenied, "ROLE_NOT_HELD"},
      {absl::StatusCode::kNotFound, "REF_UNKNOWN"},
      {absl::StatusCode::kFailedPrecondition, "NO_GAP"}};
  for (const int count : {1, 31, 32, 33, 300}) {
    Violations violations;
    std::vector<std::vector<std::string>> by_kind(std::size(kinds));
    for (int i = 0; i < count; ++i) {
      const size_t kind = random() % std::size(kinds);
      by_kind[kind].push_back(absl::StrCat(i));
      violations.Add({kinds[kind].first, kinds[kind].second, absl::StrCat(i)});
    }
    std::vector<std::string> wanted;
    for (const auto& some : by_kind) wanted.insert(wanted.end(), some.begin(), some.end());
    if (wanted.size() > kViolationsMax) wanted.resize(kViolationsMax);
    std::vector<std::string> kept;
    for (const Violation& violation : ViolationsOf(violations.ToStatus())) {
      kept.push_back(violation.message);
    }
    EXPECT_EQ(kept, wanted);
  }
}

TEST(EventShape, RefusesAListBeyondItsBoundWithoutLookingIntoIt) {
  v1::EvidenceSubmitted evidence = ContractWorld().Evidence("E1");
  evidence.clear_focuses();
  for (size_t i = 0; i < kMatrixFocusesMax; ++i) evidence.add_focuses(absl::StrCat("F-", i));
  EXPECT_OK(Shape(kEvidence, evidence.SerializeAsString()));
  // Each takes three bytes, so these fill a payload.
  for (int i = 0; i < 340000; ++i) evidence.add_focuses("F");
  ASSERT_LT(evidence.ByteSizeLong(), kPayloadBytesMax);
  EXPECT_THAT(FieldsOf(Shape(kEvidence, evidence.SerializeAsString())),
              ElementsAre("0 LIST_TOO_LONG focuses"));

  v1::LevelDetermined determined = ContractWorld().Determination("PI-CS", 3);
  const auto refuses = [&](const char* field) {
    const std::string payload = determined.SerializeAsString();
    EXPECT_THAT(FieldsOf(Shape("waymark.v1.LevelDetermined", payload)),
                ::testing::Contains(absl::StrCat("0 LIST_TOO_LONG ", field)));
  };
  for (int i = 0; i <= kListValuesMax; ++i) determined.add_evidence()->set_evidence_id("E");
  refuses("evidence");
  for (int i = 0; i <= kListValuesMax; ++i) determined.add_supersedes()->set_position(1);
  refuses("supersedes");
  for (int i = 0; i <= kListValuesMax; ++i) {
    determined.mutable_common()->add_caused_by()->set_position(1);
  }
  refuses("common.caused_by");
}

TEST(EventShape, GivesADraftTheHashOfItsMatrix) {
  const v1::MatrixVersionDrafted event = ContractWorld().Draft();
  const std::string payload = event.SerializeAsString();
  const auto parsed = ParseRequest("A", {{"waymark.v1.MatrixVersionDrafted", payload}}, FakeHash);
  ASSERT_THAT(parsed, IsOk());
  EXPECT_NE((*parsed)[0].digest(), Digest{});
}

TEST(ParseRecorded, FindsStoredBytesDamagedRatherThanWrong) {
  EXPECT_THAT(ParseRecorded(kEvidence, "\xff", FakeHash).status(),
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(ParseRecorded("waymark.v1.ProjectionAttested", "", FakeHash).status(),
              StatusIs(absl::StatusCode::kDataLoss));
}

// Every declared type starts with its Common, so that a signature covers the type; and no two share
// a name.
TEST(EventTypes, AreDeclaredInTheCatalogue) {
  std::set<std::string> names;
  for (const EventType& type : AllEventTypes()) {
    EXPECT_TRUE(names.insert(type.name).second);
    EXPECT_EQ(FindEventType(type.name), &type);
    EXPECT_EQ(type.descriptor->FindFieldByNumber(1)->name(), "common") << type.name;
  }
  // 56 rows of the catalogue, three of them with two types, and seven more of the ledger's stream.
  EXPECT_EQ(names.size(), 66u);
}

}  // namespace
}  // namespace waymark::test
