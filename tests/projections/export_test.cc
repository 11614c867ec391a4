// The documents: frozen text on a small history, the same bytes whenever they are asked for,
// nothing that runs in what people typed, and nothing of what is not for the public.
#include <fstream>
#include <functional>
#include <sstream>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "ledger/base/limits.h"
#include "ledger/contract/matrix_canonical.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/hash.h"
#include "projections/export/exports.h"
#include "projections/export/words.h"
#include "tests/projections/export_world.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {
namespace {

using exports::Document;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kFrozen[] = WAYMARK_SOURCE_DIR "/tests/projections/frozen/";

std::string ReadWhole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

class ExportTest : public ::testing::Test {
 protected:
  std::string Content(v1::ExportWhat what, v1::ExportFormat format) {
    const auto document = world_.Make(what, format);
    EXPECT_OK(document);
    return document.ok() ? document->content : "";
  }
  std::string PublicContent(const ExportKind& kind) {
    v1::ExportRequest request = world_.Request(kind.what, kind.format);
    request.set_is_public(true);
    const auto document = world_.Make(request);
    EXPECT_OK(document);
    return document.ok() ? document->content : "";
  }

  ExportWorld world_;
};

TEST_F(ExportTest, TextsAreFrozen) {
  world_.AppendHistory();
  for (const ExportKind& kind : AllKinds()) {
    if (kind.format == v1::EXPORT_FORMAT_XLSX) continue;
    ASSERT_OK_AND_ASSIGN(const Document document, world_.Make(kind.what, kind.format));
    const std::string name = document.head.file_name();
    if (ReadWhole(kFrozen + name) == document.content) continue;
    // Compare the two; where the new one is right, it takes the other's place.
    const std::string kept = ::testing::TempDir() + name;
    std::ofstream(kept, std::ios::binary) << document.content;
    ADD_FAILURE() << kFrozen << name << " differs from " << kept;
  }
}

TEST_F(ExportTest, TheSameQuestionGivesTheSameBytesWhateverIsRecordedSince) {
  world_.AppendHistory();
  const uint64_t known_at = world_.ledger().size().value - 1;
  std::vector<std::string> first;
  for (const bool later : {false, true}) {
    if (later) world_.AppendSecret(v1::MARKING_OFFICIAL);
    size_t i = 0;
    for (const ExportKind& kind : AllKinds()) {
      v1::ExportRequest request = world_.Request(kind.what, kind.format);
      request.mutable_question()->mutable_known_at()->set_position(known_at);
      ASSERT_OK_AND_ASSIGN(const Document document, world_.Make(request));
      if (!later) first.push_back(document.content);
      EXPECT_EQ(document.content, first[i++]) << document.head.file_name();
    }
  }
}

TEST_F(ExportTest, TheHeadNamesWhatCame) {
  world_.AppendHistory();
  ASSERT_OK_AND_ASSIGN(const Document document,
                       world_.Make(v1::EXPORT_WHAT_MATRIX, v1::EXPORT_FORMAT_CSV));
  EXPECT_EQ(document.head.size(), document.content.size());
  EXPECT_EQ(document.head.digest(), merkle::BytesOf(merkle::Sha256(document.content)));
  EXPECT_EQ(document.head.root(), merkle::BytesOf(world_.ledger().log().tree().Root()));
  EXPECT_EQ(document.head.basis().known(), world_.ledger().size().value);
  EXPECT_EQ(document.head.file_name(), "A-matrix-2025-04-30-16.csv");
  EXPECT_EQ(document.head.form(), v1::EXPORT_FORM_CSV);
}

TEST_F(ExportTest, EveryDocumentStatesWhereItComesFrom) {
  world_.AppendHistory();
  for (const ExportKind& kind : AllKinds()) {
    if (kind.format == v1::EXPORT_FORMAT_XLSX)
      continue;  // compressed; read by the command line's test
    ASSERT_OK_AND_ASSIGN(const Document document, world_.Make(kind.what, kind.format));
    SCOPED_TRACE(document.head.file_name());
    for (const std::string& said :
         {std::string("2025-04-30"), merkle::ToHex(document.head.root()),
          merkle::ToHex(document.head.basis().matrix_version()), std::string("GAP_POLICY=HOLD"),
          std::string("RETENTION_MARGIN_MONTHS=12"), std::string(kTestLedgerId),
          std::string("REHEARSAL")}) {
      EXPECT_THAT(document.content, HasSubstr(said));
    }
  }
}

TEST_F(ExportTest, BeforeAnythingIsKnownThereIsNothingToTell) {
  world_.AppendHistory();
  v1::ExportRequest request = world_.Request(v1::EXPORT_WHAT_EVENTS, v1::EXPORT_FORMAT_CSV);
  request.mutable_question()->mutable_known_at()->mutable_instant()->set_seconds(0);
  ASSERT_OK_AND_ASSIGN(const Document document, world_.Make(request));
  EXPECT_THAT(document.content, HasSubstr("\r\n,,,,,,,,,,,REHEARSAL,"));
  EXPECT_THAT(document.content, HasSubstr(",A,2025-04-30,nothing,"));
  // SHA-256 of nothing is the root of nothing.
  EXPECT_EQ(document.head.root(), merkle::BytesOf(merkle::Sha256("")));
}

TEST_F(ExportTest, WhatPeopleTypedNeverRuns) {
  world_.AppendHistory("=cmd|'/C calc'!A0,\"<script>alert(1)</script>\" & more");
  v1::TargetSet target = Target("CR-FR", 2, On(2026, 3, 31));
  target.set_words("@SUM(1,2)\"><img src=x onerror=alert(2)>");
  world_.ledger().Append("A", target);
  v1::EvidenceSubmitted evidence = Evidence("+1-E", {"PI-CS"});
  evidence.mutable_common()->set_party_id("-P\ttab");
  world_.ledger().Append("A", evidence);
  for (const ExportKind& kind : AllKinds()) {
    const std::string content = Content(kind.what, kind.format);
    SCOPED_TRACE(absl::StrCat(kind.what, " as ", kind.format));
    if (kind.format == v1::EXPORT_FORMAT_HTML || kind.format == v1::EXPORT_FORMAT_SVG) {
      EXPECT_THAT(content, Not(HasSubstr("<script")));
      EXPECT_THAT(content, Not(HasSubstr("<img")));
    }
    if (kind.format != v1::EXPORT_FORMAT_CSV) continue;
    for (const char* live : {"\n=", "\n+", "\n-", "\n@", ",=", ",+", ",@", "\"=", "\"@"}) {
      EXPECT_THAT(content, Not(HasSubstr(live)));
    }
  }
  EXPECT_THAT(Content(v1::EXPORT_WHAT_MATRIX, v1::EXPORT_FORMAT_HTML),
              HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;&quot; &amp; more"));
  const std::string register_csv = Content(v1::EXPORT_WHAT_EVIDENCE, v1::EXPORT_FORMAT_CSV);
  EXPECT_THAT(register_csv, HasSubstr("\r\n'+1-E,"));
  EXPECT_THAT(register_csv, HasSubstr(",'-P\ttab,"));
}

TEST(WordsTest, TextsAreMadeInertByTheirFirstCharacterAlone) {
  for (const char* live : {"=1", "+1", "-1", "@x", "\tx", "\rx", "\nx"}) {
    EXPECT_EQ(exports::Inert(live), absl::StrCat("'", live));
  }
  for (const char* still : {"", "1-2", "a=b", " =1", "'=1"})
    EXPECT_EQ(exports::Inert(still), still);
  EXPECT_EQ(exports::Escaped(absl::string_view("a\0b<\x1b", 5)),
            "a\xef\xbf\xbd"
            "b&lt;\xef\xbf\xbd");
}

TEST_F(ExportTest, NothingRestrictedReachesThePublic) {
  world_.AppendHistory();
  for (const v1::Marking marking : {v1::MARKING_COMMERCIAL, v1::MARKING_PERSONAL}) {
    world_.AppendSecret(marking);
  }
  for (const ExportKind& kind : AllKinds()) {
    v1::ExportRequest request = world_.Request(kind.what, kind.format);
    ASSERT_OK_AND_ASSIGN(const Document whole, world_.Make(request));
    request.set_is_public(true);
    ASSERT_OK_AND_ASSIGN(const Document told, world_.Make(request));
    SCOPED_TRACE(told.head.file_name());
    EXPECT_THAT(told.content, Not(HasSubstr("SECRET")));
    EXPECT_THAT(told.head.withheld(), ElementsAre(17, 18));
    EXPECT_THAT(whole.head.withheld(), IsEmpty());
    // The same tree: what is withheld breaks no proof.
    EXPECT_EQ(told.head.root(), whole.head.root());
  }
}

TEST_F(ExportTest, AFocusWithSomethingWithheldReadsWithheldAndTheOthersReadOn) {
  world_.AppendHistory();
  world_.AppendSecret(v1::MARKING_COMMERCIAL);
  const std::string csv = PublicContent({v1::EXPORT_WHAT_MATRIX, v1::EXPORT_FORMAT_CSV});
  EXPECT_THAT(csv, HasSubstr("\r\nSE-AM,Focus SE-AM,SE,LADDER,DEFINED,DEFINED,DEFINED,DEFINED,"
                             "DEFINED,DEFINED,,,WITHHELD,,,,,,,,,,,,,,,,,"));
  EXPECT_THAT(csv, HasSubstr(",DETERMINED,3,,up from 2,"));
  const std::string events = PublicContent({v1::EXPORT_WHAT_EVENTS, v1::EXPORT_FORMAT_CSV});
  EXPECT_THAT(events,
              HasSubstr("\r\n17,LevelDetermined,2025-05-01T12:00:00Z,2025-05-01,,,,,WITHHELD,"));
  EXPECT_THAT(PublicContent({v1::EXPORT_WHAT_RUNS, v1::EXPORT_FORMAT_CSV}),
              HasSubstr("\r\nSE-AM,,WITHHELD,"));
  EXPECT_THAT(PublicContent({v1::EXPORT_WHAT_DETERMINATIONS, v1::EXPORT_FORMAT_CSV}),
              HasSubstr("\r\nSE-AM,WITHHELD,"));
}

TEST_F(ExportTest, PoliciesThatAreNotForThePublicAreNotReplacedByDefaults) {
  world_.AppendHistory();
  v1::PolicySet policy = Policy(v1::POLICY_KEY_GRACE_DAYS, "30", On(2025, 4, 1));
  policy.mutable_common()->set_marking(v1::MARKING_COMMERCIAL);
  world_.ledger().Append("A", policy);
  EXPECT_THAT(Content(v1::EXPORT_WHAT_EVENTS, v1::EXPORT_FORMAT_CSV), HasSubstr("GRACE_DAYS=30"));
  const std::string told = PublicContent({v1::EXPORT_WHAT_EVENTS, v1::EXPORT_FORMAT_CSV});
  EXPECT_THAT(told, Not(HasSubstr("GRACE_DAYS")));
  EXPECT_THAT(told, HasSubstr(",WITHHELD\r\n"));
}

TEST_F(ExportTest, AContractThatIsNotForThePublicIsNotTold) {
  v1::ContractRegistered registered = Registered();
  registered.mutable_common()->set_marking(v1::MARKING_COMMERCIAL);
  world_.ledger().SetNow(On(2025, 5, 1));
  world_.ledger().Append("A", registered);
  v1::ExportRequest request = world_.Request(v1::EXPORT_WHAT_EVENTS, v1::EXPORT_FORMAT_CSV);
  EXPECT_OK(world_.Make(request));
  request.set_is_public(true);
  EXPECT_THAT(world_.Make(request), RefusedWith("MARKING_BREACH"));
}

TEST_F(ExportTest, TheBoardPackTellsOfDissentDependenciesDisputesAndChanges) {
  world_.AppendHistory();
  const std::string html = Content(v1::EXPORT_WHAT_MATRIX, v1::EXPORT_FORMAT_HTML);
  for (const char* said :
       {"Meeting B-1, minute 3, on position 9 (RATIFIED): The survey was small.; votes against: 1",
        "D-1: X owes the asset register, due 2025-02-28, overdue by 61 days", "DIS-1: notified on",
        "meeting B-1 (STRATEGIC) of 2025-01-15, recorded at position 10",
        "<th scope=\"row\">PI-CS</th><td>Level 2, DETERMINED</td><td>Level 3, DETERMINED</td>",
        "level 3 by 2025-03-31: MET from 2025-01-01", "level 4 by 2025-03-31: MISSED",
        "E-1: ACCREDITATION_APPLICATION, SUBMITTED, mandatory, valid to 2025-12-31",
        "<td>SATISFIED</td>", "<dt>Target</dt><dd>none set</dd>", "lang=\"en-GB\"", "scope=\"col\"",
        "@media print"}) {
    EXPECT_THAT(html, HasSubstr(said));
  }
  // No mark calls a level below the highest a failure; only what is drawn has other addresses.
  EXPECT_THAT(html, Not(HasSubstr("ail")));
  EXPECT_THAT(absl::StrReplaceAll(html, {{"http://www.w3.org/2000/svg", ""}}),
              Not(HasSubstr("http")));
}

TEST_F(ExportTest, TargetsAreMilestonesOfTheRelease) {
  world_.AppendHistory();
  world_.ledger().Append("A", Target("CR-FR", 2, On(2026, 3, 31)));
  const std::string json = Content(v1::EXPORT_WHAT_RELEASE, v1::EXPORT_FORMAT_JSON);
  for (
      const char* said :
      {R"("code":"PI-CS","dateMet":"2025-01-01T00:00:00+00:00","dateModified":"2025-01-01T00:00:00+00:00")",
       R"("dueDate":"2025-03-31T23:59:59+01:00","id":"target-3","status":"met")",
       R"("id":"target-4","status":"notMet")", R"("id":"target-17","status":"scheduled")",
       R"("code":"PI","description":"1 of 1 targets met, 0 missed")",
       R"("tag":["implementationUpdate"])", R"("ocid":"ocds-unregistered-A")"}) {
    EXPECT_THAT(json, HasSubstr(said));
  }
}

TEST_F(ExportTest, ACategoryIsMetInPartWhileSomeOfItsTargetsAreMet) {
  world_.AppendHistory();
  v1::MatrixVersionDrafted drafted = Drafted("v2");
  // SE-AM joins the category of PI-CS, whose target is met while SE-AM's is missed.
  drafted.mutable_matrix()->mutable_focuses(1)->set_category("PI");
  world_.ledger().Append("A", drafted);
  v1::MatrixVersionAdopted adopted = Adopted(On(2025, 4, 1), "v2");
  adopted.set_version(
      std::string(merkle::BytesOf(merkle::Sha256(CanonicalMatrix(drafted.matrix())))));
  world_.ledger().Append("A", adopted);
  EXPECT_THAT(Content(v1::EXPORT_WHAT_RELEASE, v1::EXPORT_FORMAT_JSON),
              HasSubstr(R"("id":"category-PI","status":"partiallyMet")"));
}

TEST_F(ExportTest, ANoticeIsADraftWithThePersonsRating) {
  world_.AppendHistory();
  const std::string json = Content(v1::EXPORT_WHAT_PERFORMANCE_NOTICE, v1::EXPORT_FORMAT_JSON);
  EXPECT_THAT(
      json,
      HasSubstr(R"("rating":"Requires improvement","rating_reason":"Asset data came late.")"));
  EXPECT_THAT(json, HasSubstr(R"({"name":"statement","value":"the statement"})"));
  EXPECT_THAT(json, HasSubstr(R"("status":"DRAFT")"));
  const std::string html = Content(v1::EXPORT_WHAT_PERFORMANCE_NOTICE, v1::EXPORT_FORMAT_HTML);
  EXPECT_THAT(html, HasSubstr("DRAFT contract performance notice"));
  EXPECT_THAT(html, HasSubstr("<td>Requires improvement</td>"));
}

TEST_F(ExportTest, RefusalsSayWhatThereIs) {
  world_.AppendHistory();
  struct Case {
    const char* reason;
    std::function<void(v1::ExportRequest*)> change;
  };
  const Case cases[] = {
      {"EXPORT_UNKNOWN", [](auto* request) { request->set_format(v1::EXPORT_FORMAT_JSON); }},
      {"EXPORT_UNKNOWN", [](auto* request) { request->set_what(v1::EXPORT_WHAT_UNSPECIFIED); }},
      {"FIELD_MISSING", [](auto* request) { request->mutable_question()->clear_contract_id(); }},
      {"CONTRACT_UNKNOWN",
       [](auto* request) { request->mutable_question()->set_contract_id("B"); }},
      {"AS_OF_IN_FUTURE",
       [](auto* request) {
         *request->mutable_question()->mutable_as_of() = ToDate(On(2025, 5, 2));
       }},
      {"KNOWN_AT_BEYOND_HEAD",
       [](auto* request) { request->mutable_question()->mutable_known_at()->set_position(17); }},
      {"MIN_POSITION_BEYOND_HEAD",
       [](auto* request) { request->mutable_question()->set_min_position(17); }},
      {"NOTICE_UNKNOWN",
       [](auto* request) {
         request->set_what(v1::EXPORT_WHAT_PERFORMANCE_NOTICE);
         request->set_format(v1::EXPORT_FORMAT_HTML);
         request->set_notice_id("UK9-2026");
       }},
      {"NOTICE_UNKNOWN",
       [](auto* request) {
         request->set_what(v1::EXPORT_WHAT_PERFORMANCE_NOTICE);
         request->set_format(v1::EXPORT_FORMAT_JSON);
         request->mutable_question()->mutable_known_at()->set_position(15);
       }},
  };
  for (const Case& row : cases) {
    v1::ExportRequest request = world_.Request(v1::EXPORT_WHAT_MATRIX, v1::EXPORT_FORMAT_CSV);
    row.change(&request);
    EXPECT_THAT(world_.Make(request), RefusedWith(row.reason));
  }
}

TEST_F(ExportTest, LeafHashesAreThoseOfTheTree) {
  world_.AppendHistory();
  const std::string events = Content(v1::EXPORT_WHAT_EVENTS, v1::EXPORT_FORMAT_CSV);
  ASSERT_OK_AND_ASSIGN(const StoredEvent stored,
                       world_.ledger().log().ReadOne(Position{7}, /*headers_only=*/true));
  EXPECT_THAT(events, HasSubstr(merkle::ToHex(merkle::LeafHash(stored.header))));
}

TEST_F(ExportTest, MorePayloadsThanAnExportReadsAreRefused) {
  world_.AppendHistory();
  v1::AnnotationAdded note;
  note.mutable_common()->set_party_id("X");
  note.set_text(std::string(kPayloadBytesMax - 100, 'n'));
  for (size_t bytes = 0; bytes <= exports::kExportBytesMax; bytes += note.text().size()) {
    world_.ledger().Append("A", note);
  }
  const v1::ExportRequest request = world_.Request(v1::EXPORT_WHAT_RUNS, v1::EXPORT_FORMAT_CSV);
  EXPECT_THAT(world_.Make(request), RefusedWith("EXPORT_TOO_LARGE"));
  v1::ExportRequest earlier = request;
  earlier.mutable_question()->mutable_known_at()->set_position(16);
  EXPECT_OK(world_.Make(earlier));
}

TEST_F(ExportTest, MoreEventsThanAnExportReadsAreRefused) {
  world_.AppendHistory();
  v1::AnnotationAdded note;
  note.mutable_common()->set_party_id("X");
  const OfferedPayload offered{note.GetDescriptor()->full_name(), note.SerializeAsString()};
  const auto append = [&](size_t count) {
    world_.ledger().Append("A", std::vector<OfferedPayload>(count, offered));
  };
  size_t left = exports::kExportEventsMax - world_.ledger().size().value;
  for (; left > kRequestEventsMax; left -= kRequestEventsMax) append(kRequestEventsMax);
  append(left);
  const v1::ExportRequest request = world_.Request(v1::EXPORT_WHAT_RUNS, v1::EXPORT_FORMAT_CSV);
  EXPECT_OK(world_.Make(request));
  append(1);
  EXPECT_THAT(world_.Make(request), RefusedWith("EXPORT_TOO_LARGE"));
}

}  // namespace
}  // namespace waymark::test
