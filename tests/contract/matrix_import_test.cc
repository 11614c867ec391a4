#include "ledger/contract/matrix_import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "ledger/base/limits.h"
#include "ledger/contract/matrix_source.h"
#include "tests/support/status_matchers.h"

namespace waymark {
namespace {

using test::RefusedWith;
using test::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The bytes of a file, or none if it is not there.
std::optional<std::string> FileBytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

std::string SampleBytes(const std::string& name) {
  return FileBytes(absl::StrCat(WAYMARK_SOURCE_DIR, "/deploy/matrices/", name)).value();
}

constexpr char kSample[] = "sample-matrix.tsv";
constexpr char kRefined[] = "sample-matrix-refined.tsv";
constexpr char kRefinedCsv[] = "sample-matrix-refined.csv";

// A header and rows; each cell is set apart by '|'.
std::string TableOf(const std::vector<std::string>& rows) {
  return absl::StrReplaceAll(absl::StrJoin(rows, "\n"), {{"|", "\t"}}) + "\n";
}

constexpr char kHeader[] =
    "Category|Focus|Level 0|Level 1|Level 2|Level 3|Level 4|Level 5|Evidence base";
constexpr char kFocusRow[] = "Roads|Winter care|None.|Some.|More.|Most.|All.|Best.|KPI report";

// "PI-CS 0 LABEL_IN_CELL 6": focus, place, reason and line of an entry.
std::string Described(const v1::QuarantineEntry& entry) {
  const std::string place = entry.place() == v1::QUARANTINE_PLACE_LEVEL
                                ? absl::StrCat(entry.level())
                            : entry.place() == v1::QUARANTINE_PLACE_EVIDENCE ? "EVIDENCE"
                                                                             : "ROW";
  return absl::StrCat(
      entry.focus(), " ", place, " ",
      v1::QuarantineReason_Name(entry.reason()).substr(sizeof("QUARANTINE_REASON_") - 1), " ",
      entry.source_line());
}

std::vector<std::string> Described(const v1::Matrix& matrix) {
  std::vector<std::string> entries;
  for (const v1::QuarantineEntry& entry : matrix.quarantine()) entries.push_back(Described(entry));
  return entries;
}

const v1::Cell& CellOf(const v1::Matrix& matrix, const std::string& focus, uint32_t level) {
  for (const v1::Cell& cell : matrix.cells()) {
    if (cell.focus() == focus && cell.level() == level) return cell;
  }
  ADD_FAILURE() << "no cell " << focus << " " << level;
  return v1::Cell::default_instance();
}

// The counts that a matrix as the client wrote it has, ours in the same shape included.
void ExpectTenderCounts(const MatrixImport& import) {
  const MatrixCounts& counts = import.counts;
  EXPECT_EQ(counts.categories, 3);
  EXPECT_EQ(counts.focuses, 9);
  EXPECT_EQ(counts.level_cells, 54);
  EXPECT_EQ(counts.evidence_cells, 9);
  EXPECT_EQ(counts.notes, 9);
  EXPECT_EQ(counts.cell_states[v1::CELL_STATE_DEFINED], 17);
  EXPECT_EQ(counts.cell_states[v1::CELL_STATE_PROVISIONAL], 6);
  EXPECT_EQ(counts.cell_states[v1::CELL_STATE_UNDEFINED], 12);
  EXPECT_EQ(counts.cell_states[v1::CELL_STATE_ILLEGIBLE], 1);
  EXPECT_EQ(counts.cell_states[v1::CELL_STATE_ENDURING], 6);
  EXPECT_EQ(counts.cell_states[v1::CELL_STATE_UNASSIGNED], 12);
  EXPECT_EQ(counts.focus_kinds[v1::FOCUS_KIND_LADDER], 6);
  EXPECT_EQ(counts.focus_kinds[v1::FOCUS_KIND_ENDURING], 1);
  EXPECT_EQ(counts.focus_kinds[v1::FOCUS_KIND_UNASSIGNED], 2);
  EXPECT_EQ(counts.evidence_listed, 6);
  EXPECT_EQ(counts.evidence_items, 38);
  EXPECT_EQ(counts.evidence_fragments, 2);
  EXPECT_EQ(counts.evidence_empty, 1);
  EXPECT_EQ(counts.quarantined, 12);
  EXPECT_EQ(counts.layout_notes, 1);

  const v1::Matrix& matrix = import.matrix;
  EXPECT_THAT(
      Described(matrix),
      ElementsAre("PI-CS 0 LABEL_IN_CELL 6", "PI-CS 2 TRUNCATED 6", "PI-CS 4 LABEL_IN_CELL 6",
                  "PI-IV 2 FRAGMENT 7", "PI-CC 2 TRUNCATED 9", "SE-NM 5 UNREADABLE 11",
                  "SE-DD ROW MERGED_LEVELS 13", "SE-DD EVIDENCE FRAGMENT 13",
                  "CR-FR ROW MERGED_LEVELS 14", "CR-FR EVIDENCE EMPTY_EVIDENCE 14",
                  "CR-CU ROW MERGED_LEVELS 15", "CR-CU EVIDENCE FRAGMENT 15"));
  EXPECT_EQ(matrix.layout_notes(0).source_line(), 12u);

  std::vector<std::string> focuses;
  for (const v1::Focus& focus : matrix.focuses()) {
    focuses.push_back(absl::StrCat(focus.category(), " ", focus.code(), " ", focus.source_line()));
  }
  EXPECT_THAT(focuses,
              ElementsAre("PI PI-CS 6", "PI PI-IV 7", "PI PI-SV 8", "PI PI-CC 9", "SE SE-AM 10",
                          "SE SE-NM 11", "SE SE-DD 13", "CR CR-FR 14", "CR CR-CU 15"));
}

// Which level is what, in every ladder and row.
void ExpectTenderStates(const v1::Matrix& matrix) {
  for (const std::string ladder : {"PI-CS", "PI-IV", "PI-SV", "PI-CC", "SE-AM", "SE-NM"}) {
    for (uint32_t level : {0, 4}) {
      EXPECT_EQ(CellOf(matrix, ladder, level).state(), v1::CELL_STATE_UNDEFINED) << ladder << level;
      EXPECT_EQ(CellOf(matrix, ladder, level).normalised(), "") << ladder << level;
    }
    EXPECT_EQ(CellOf(matrix, ladder, 2).state(), v1::CELL_STATE_PROVISIONAL) << ladder;
    for (uint32_t level : {1, 3, 5}) {
      const bool dots = ladder == "SE-NM" && level == 5;
      EXPECT_EQ(CellOf(matrix, ladder, level).state(),
                dots ? v1::CELL_STATE_ILLEGIBLE : v1::CELL_STATE_DEFINED)
          << ladder << level;
      EXPECT_EQ(CellOf(matrix, ladder, level).criteria().empty(), dots) << ladder << level;
    }
  }
  for (const std::string ladder : {"PI-SV", "SE-AM", "SE-NM"}) {
    EXPECT_THAT(CellOf(matrix, ladder, 2).normalised(), HasSubstr("by March 2025"));
  }
  for (int f = 6; f < 9; ++f) {
    EXPECT_NE(matrix.focuses(f).passage_verbatim(), "");
    EXPECT_EQ(CellOf(matrix, matrix.focuses(f).code(), 3).verbatim(), "")
        << "the text is kept once, at the focus";
  }
  EXPECT_EQ(matrix.focuses(7).binds(), v1::SIDE_BOTH);
  EXPECT_EQ(matrix.focuses(8).binds(), v1::SIDE_BOTH);
}

using EvidenceTypes = std::vector<v1::EvidenceType>;

// The evidence types of the six ladders, in the order listed.
void ExpectTenderEvidence(const v1::Matrix& matrix) {
  constexpr auto kReport = v1::EVIDENCE_TYPE_CLIENT_OVERVIEW_REPORT;
  constexpr auto kAccreditation = v1::EVIDENCE_TYPE_ACCREDITATION_APPLICATION;
  constexpr auto kFeedback = v1::EVIDENCE_TYPE_STAKEHOLDER_FEEDBACK;
  constexpr auto kProgress = v1::EVIDENCE_TYPE_PLAN_PROGRESS;
  constexpr auto kCase = v1::EVIDENCE_TYPE_BUSINESS_CASE;
  constexpr auto kEvaluation = v1::EVIDENCE_TYPE_EVALUATION_REPORT;
  constexpr auto kSurvey = v1::EVIDENCE_TYPE_CUSTOMER_SURVEY;
  constexpr auto kKpi = v1::EVIDENCE_TYPE_KPI_REPORT;
  constexpr auto kToms = v1::EVIDENCE_TYPE_TOMS_REPORT;
  const EvidenceTypes kWanted[] = {
      {kReport, kSurvey, v1::EVIDENCE_TYPE_COMPLAINTS_REPORT, kAccreditation, kFeedback},
      {kReport, kProgress, kCase, kAccreditation, kEvaluation, kFeedback, kKpi},
      {kReport, kProgress, kCase, kAccreditation, kEvaluation, kFeedback, kToms},
      {kReport, kProgress, kCase, kAccreditation, kEvaluation, kFeedback, kToms},
      {kReport, kProgress, v1::EVIDENCE_TYPE_ASSET_CONDITION_SURVEY, kCase, kEvaluation, kFeedback},
      {kReport, kProgress, v1::EVIDENCE_TYPE_ANNUAL_PLAN_UPDATE, kSurvey, kFeedback, kKpi}};
  for (int f = 0; f < 6; ++f) {
    EvidenceTypes types;
    for (const v1::EvidenceBase& item : matrix.focuses(f).evidence_base()) {
      types.push_back(item.type());
      EXPECT_EQ(item.subtype(), item.type() == kAccreditation ? v1::EVIDENCE_SUBTYPE_SUBMITTED
                                                              : v1::EVIDENCE_SUBTYPE_UNSPECIFIED);
      EXPECT_FALSE(item.mandatory());
    }
    EXPECT_EQ(types, kWanted[f]) << matrix.focuses(f).code();
  }
  for (int f = 6; f < 9; ++f) {
    EXPECT_EQ(matrix.focuses(f).evidence_base_state(), v1::EVIDENCE_BASE_STATE_UNSPECIFIED);
    EXPECT_TRUE(matrix.focuses(f).evidence_base().empty());
  }
}

TEST(MatrixImport, ReadsTheClientsDocumentExactlyAsTheRequirementsCountIt) {
  const std::optional<std::string> bytes = FileBytes(absl::StrCat(
      WAYMARK_SOURCE_DIR, "/../shared/seed/strategic-performance-maturity-matrix.tsv"));
  if (!bytes.has_value())
    GTEST_SKIP() << "../shared/seed/strategic-performance-maturity-matrix.tsv is not here";
  ASSERT_OK_AND_ASSIGN(const MatrixImport import, ImportMatrix(*bytes, TableFormat::kTsv));
  ExpectTenderCounts(import);
  ExpectTenderStates(import.matrix);
  ExpectTenderEvidence(import.matrix);
  // The corrections show in the normalised texts alone.
  EXPECT_THAT(CellOf(import.matrix, "PI-CS", 5).verbatim(), HasSubstr("with the the way"));
  EXPECT_THAT(CellOf(import.matrix, "PI-CS", 5).normalised(), HasSubstr("with the way"));
  EXPECT_THAT(CellOf(import.matrix, "PI-CC", 1).verbatim(), HasSubstr("E&CC"));
  EXPECT_THAT(CellOf(import.matrix, "PI-CC", 1).normalised(), Not(HasSubstr("E&CC")));
  EXPECT_THAT(import.matrix.focuses(6).passage(), Not(HasSubstr("upto-date")));
  EXPECT_THAT(import.matrix.notes(4).normalised(), HasSubstr("structures/arrangements"));
  EXPECT_THAT(import.matrix.notes(8).normalised(), testing::StartsWith("Contractor decisions"));
  EXPECT_THAT(ExportMatrixSource(import.matrix),
              testing::Property(&absl::StatusOr<std::string>::value, *bytes));
}

TEST(MatrixImport, ReadsTheSampleWithTheSameCounts) {
  ASSERT_OK_AND_ASSIGN(const MatrixImport import,
                       ImportMatrix(SampleBytes(kSample), TableFormat::kTsv));
  ExpectTenderCounts(import);
  ExpectTenderStates(import.matrix);
  ExpectTenderEvidence(import.matrix);
  EXPECT_THAT(CellOf(import.matrix, "PI-CS", 3).verbatim(), HasSubstr("what the the changes"));
  EXPECT_THAT(CellOf(import.matrix, "PI-CS", 3).normalised(), HasSubstr("what the changes"));
  EXPECT_THAT(CellOf(import.matrix, "PI-CC", 3).normalised(), HasSubstr("The CC&E plan"));
  EXPECT_EQ(CellOf(import.matrix, "PI-CS", 4).verbatim(), "_ Levcl 4") << "damaged text is kept";
}

TEST(MatrixImport, EveryQuarantineEntryHoldsTheBytesOfItsCell) {
  ASSERT_OK_AND_ASSIGN(const MatrixImport import,
                       ImportMatrix(SampleBytes(kSample), TableFormat::kTsv));
  for (const v1::QuarantineEntry& entry : import.matrix.quarantine()) {
    EXPECT_EQ(entry.has_level(), entry.place() == v1::QUARANTINE_PLACE_LEVEL);
    for (const v1::Focus& focus : import.matrix.focuses()) {
      if (focus.code() != entry.focus()) continue;
      EXPECT_EQ(entry.verbatim(),
                entry.has_level() ? CellOf(import.matrix, focus.code(), entry.level()).verbatim()
                : entry.place() == v1::QUARANTINE_PLACE_EVIDENCE ? focus.evidence_verbatim()
                                                                 : focus.passage_verbatim());
    }
  }
}

TEST(MatrixImport, ReadsTheRefinedSampleWithEveryLadderDefined) {
  ASSERT_OK_AND_ASSIGN(const MatrixImport import,
                       ImportMatrix(SampleBytes(kRefined), TableFormat::kTsv));
  EXPECT_EQ(import.counts.cell_states[v1::CELL_STATE_DEFINED], 36);
  EXPECT_EQ(import.counts.cell_states[v1::CELL_STATE_ENDURING], 6);
  EXPECT_EQ(import.counts.cell_states[v1::CELL_STATE_UNASSIGNED], 12);
  EXPECT_EQ(import.counts.evidence_items, 38);
  EXPECT_THAT(Described(import.matrix),
              ElementsAre("SE-DD ROW MERGED_LEVELS 13", "SE-DD EVIDENCE FRAGMENT 13",
                          "CR-FR ROW MERGED_LEVELS 14", "CR-FR EVIDENCE EMPTY_EVIDENCE 14",
                          "CR-CU ROW MERGED_LEVELS 15", "CR-CU EVIDENCE FRAGMENT 15"));
  for (const v1::Cell& cell : import.matrix.cells()) {
    EXPECT_EQ(cell.criteria().empty(), cell.state() != v1::CELL_STATE_DEFINED)
        << cell.focus() << cell.level();
  }
}

TEST(MatrixImport, ReadsTheSameTextsFromCsvAsFromTsv) {
  ASSERT_OK_AND_ASSIGN(MatrixImport tsv, ImportMatrix(SampleBytes(kRefined), TableFormat::kTsv));
  ASSERT_OK_AND_ASSIGN(MatrixImport csv, ImportMatrix(SampleBytes(kRefinedCsv), TableFormat::kCsv));
  tsv.matrix.clear_source_layout();
  csv.matrix.clear_source_layout();
  EXPECT_EQ(tsv.matrix.DebugString(), csv.matrix.DebugString());
}

TEST(MatrixImport, GivesEverySourceBackByteForByteAlsoAfterAJourney) {
  for (const char* name : {kSample, kRefined, kRefinedCsv}) {
    const TableFormat format = name == kRefinedCsv ? TableFormat::kCsv : TableFormat::kTsv;
    const std::string lf = SampleBytes(name);
    for (const std::string& bytes : {lf, lf.substr(0, lf.size() - 1),
                                     absl::StrReplaceAll(lf, {{"\n", "\r\n"}}), lf + "\n\n"}) {
      ASSERT_OK_AND_ASSIGN(const MatrixImport import, ImportMatrix(bytes, format));
      v1::Matrix matrix;
      ASSERT_TRUE(matrix.ParseFromString(import.matrix.SerializeAsString()));
      ASSERT_OK_AND_ASSIGN(const std::string exported, ExportMatrixSource(matrix));
      EXPECT_EQ(exported, bytes) << name;
    }
  }
}

TEST(MatrixImport, ALayoutThatNamesAMissingTextIsRefused) {
  ASSERT_OK_AND_ASSIGN(MatrixImport import, ImportMatrix(SampleBytes(kSample), TableFormat::kTsv));
  import.matrix.mutable_notes()->RemoveLast();
  EXPECT_THAT(ExportMatrixSource(import.matrix), RefusedWith("MATRIX_LAYOUT_INVALID"));
  import.matrix.mutable_source_layout()->clear_rows();
  EXPECT_THAT(ExportMatrixSource(import.matrix), RefusedWith("MATRIX_LAYOUT_INVALID"));
  import.matrix.clear_source_layout();
  EXPECT_THAT(ExportMatrixSource(import.matrix), RefusedWith("MATRIX_SOURCE_ABSENT"));
}

TEST(MatrixImport, TakesACleanMatrixOfAUsersOwnWithoutQuarantine) {
  const std::string everywhere = "Staff are safe. This holds at every level.";
  const std::string same = absl::StrJoin(std::vector<std::string>(6, everywhere), "|");
  ASSERT_OK_AND_ASSIGN(
      const MatrixImport import,
      ImportMatrix(
          TableOf(
              {"evidence BASE|LEVEL 5|Level 4| level 3|Level 2|Level 1|Level 0|Focus|Code|Category",
               "KPI report|best|all|most|more|some|none|Winter care|R1-W|Roads",
               absl::StrCat("Photographs|", same, "|Safety|R1-S|"),
               "Toms report|best|all|most|more|some|none|Bridges|R2-B|Structures"}),
          TableFormat::kTsv));
  const v1::Matrix& matrix = import.matrix;
  EXPECT_EQ(matrix.quarantine_size(), 0) << matrix.quarantine(0).DebugString();
  EXPECT_EQ(matrix.layout_notes_size(), 0);
  EXPECT_EQ(import.counts.cell_states[v1::CELL_STATE_DEFINED], 12);
  EXPECT_EQ(import.counts.cell_states[v1::CELL_STATE_ENDURING], 6);
  EXPECT_EQ(matrix.focuses(1).kind(), v1::FOCUS_KIND_ENDURING);
  EXPECT_EQ(matrix.focuses(1).category(), "R1");
  EXPECT_EQ(matrix.focuses(2).code(), "R2-B");
  EXPECT_EQ(CellOf(matrix, "R1-W", 5).normalised(), "best");
  EXPECT_EQ(CellOf(matrix, "R1-W", 0).criteria(0).id(), "R1-W.L0.1");
}

TEST(MatrixImport, KeepsBothANoteThatLevelsAreStillToComeAndTheWordsAlreadyThere) {
  ASSERT_OK_AND_ASSIGN(const MatrixImport import,
                       ImportMatrix(TableOf({kHeader, kFocusRow,
                                             "Notes:", "Texts for levels 2 and 4 will be added"}),
                                    TableFormat::kTsv));
  EXPECT_EQ(CellOf(import.matrix, "RO-WC", 2).state(), v1::CELL_STATE_PROVISIONAL);
  EXPECT_EQ(CellOf(import.matrix, "RO-WC", 2).normalised(), "More.");
  EXPECT_EQ(CellOf(import.matrix, "RO-WC", 3).state(), v1::CELL_STATE_DEFINED);
  EXPECT_EQ(import.matrix.notes(0).verbatim(), "Texts for levels 2 and 4 will be added");
}

// Bytes of another encoding, read as UTF-8 by whoever saved the file, leave control characters
// behind: nobody can read them, and no event takes them as text.
TEST(MatrixImport, MarksACellWithControlCharactersAsUnreadableAndKeepsItsBytes) {
  for (const char* control : {"\x01", "\x1b", "\x7f", "\xC2\x92", "\xC2\x80", "\xC2\x9F"}) {
    std::string document =
        "Category\tFocus\tLevel 0\tLevel 1\tLevel 2\tLevel 3\tLevel 4\tLevel 5\tEvidence base\n"
        "Works\tRoads\tNone.\tThe Council@s plan stands.\tMore.\tMost.\tNearly all.\tAll.\t"
        "KPI report\n";
    document.replace(document.find('@'), 1, control);
    ASSERT_OK_AND_ASSIGN(const MatrixImport import, ImportMatrix(document, TableFormat::kTsv));
    EXPECT_THAT(Described(import.matrix), ElementsAre("WO-RO 1 UNREADABLE 2"));
    EXPECT_EQ(import.matrix.cells(1).state(), v1::CELL_STATE_PROVISIONAL);
    EXPECT_EQ(import.matrix.cells(1).normalised(), "The Council\xEF\xBF\xBDs plan stands.");
    EXPECT_THAT(import.matrix.cells(1).verbatim(), testing::HasSubstr(control));
  }
}

TEST(MatrixImport, ReadsAPlaceholderAsTextStillToCome) {
  ASSERT_OK_AND_ASSIGN(
      const MatrixImport import,
      ImportMatrix(TableOf({kHeader, "Roads|Winter care|TBC|To be agreed.|a.|b.|c.|d.|KPI report"}),
                   TableFormat::kTsv));
  EXPECT_EQ(import.counts.cell_states[v1::CELL_STATE_PROVISIONAL], 2);
  EXPECT_EQ(import.counts.quarantined, 0);
}

TEST(MatrixImport, NeverSpreadsAShortRowOverLevels) {
  // Four cells stand for one merged block; any other number says less, so even the evidence cell is
  // not guessed.
  for (const std::string row :
       {"Roads|Winter care|One text.|KPI report", "Roads|Winter care|One|two|three|KPI report",
        "Roads|Winter care|One text.", "Roads|Winter care"}) {
    const std::string bytes = TableOf({kHeader, row});
    ASSERT_OK_AND_ASSIGN(const MatrixImport import, ImportMatrix(bytes, TableFormat::kTsv));
    const bool four = absl::StrContains(row, "text.|KPI");
    const bool empty = row == "Roads|Winter care";
    EXPECT_EQ(import.matrix.focuses(0).kind(),
              empty ? v1::FOCUS_KIND_LADDER : v1::FOCUS_KIND_UNASSIGNED)
        << row;
    EXPECT_EQ(
        import.counts.cell_states[empty ? v1::CELL_STATE_UNDEFINED : v1::CELL_STATE_UNASSIGNED], 6)
        << row;
    EXPECT_EQ(import.counts.evidence_listed, four ? 1 : 0) << row;
    EXPECT_THAT(Described(import.matrix), ElementsAre("RO-WC ROW MERGED_LEVELS 2")) << row;
    ASSERT_OK_AND_ASSIGN(const std::string exported, ExportMatrixSource(import.matrix));
    EXPECT_EQ(exported, bytes);
  }
}

TEST(MatrixImport, KeepsACategoryThroughBlankLinesAndRepeats) {
  const std::string rest = "|a.|b.|c.|d.|e.|f.|KPI report";
  ASSERT_OK_AND_ASSIGN(
      const MatrixImport import,
      ImportMatrix(TableOf({"", kHeader, "", "1. Roads|Winter care" + rest, "", "|Verges" + rest,
                            "Roads|Signs" + rest, "Water|Drains" + rest, "", "Notes", "", "One."}),
                   TableFormat::kTsv));
  EXPECT_EQ(import.matrix.categories_size(), 2);
  EXPECT_EQ(import.matrix.categories(0).name(), "Roads");
  EXPECT_EQ(import.matrix.categories(0).verbatim(), "1. Roads");
  EXPECT_EQ(import.matrix.focuses(2).category(), "RO");
  EXPECT_EQ(import.matrix.focuses(3).category(), "WA");
  ASSERT_EQ(import.matrix.layout_notes_size(), 1)
      << "blank lines above the first focus and below the last are no news";
  EXPECT_EQ(import.matrix.layout_notes(0).source_line(), 5u);
}

struct BadMatrix {
  std::vector<std::string> rows;
  std::string reason;
  std::string message;
};

TEST(MatrixImport, RefusesWhatItWouldHaveToGuess) {
  std::vector<std::string> crowd = {kHeader};
  for (size_t i = 0; i <= kMatrixFocusesMax; ++i) {
    crowd.push_back(absl::StrCat("Roads|", std::string(1, 'A' + i % 26),
                                 std::string(1, 'a' + i / 26), "x Duty", i,
                                 "|a.|b.|c.|d.|e.|f.|KPI report"));
  }
  const std::string coded = absl::StrCat("Code|", kHeader);
  const BadMatrix kBad[] = {
      {{"just words"}, "MATRIX_HEADER_MISSING", "no header row"},
      {{kFocusRow}, "MATRIX_HEADER_MISSING", "no header row"},
      {{"Focus|Level 0|Level 1|Level 2|Level 3|Level 4|Level 5|Evidence base", kFocusRow},
       "MATRIX_COLUMN_MISSING",
       "no column \"category\""},
      {{"Category|Focus|Level 0|Level 1|Level 2|Level 3|Level 5|Evidence base", kFocusRow},
       "MATRIX_COLUMN_MISSING",
       "no column \"level 4\""},
      {{absl::StrCat(kHeader, "|level 3"), kFocusRow},
       "MATRIX_COLUMN_DUPLICATE",
       "column 10: \"level 3\" stands in column 6 already"},
      {{absl::StrCat(kHeader, "|Level 6"), kFocusRow},
       "LEVEL_OUT_OF_RANGE",
       "\"level 6\" is no level"},
      {{absl::StrCat(kHeader, "|Level -1"), kFocusRow},
       "LEVEL_OUT_OF_RANGE",
       "\"level -1\" is no level"},
      {{absl::StrCat(kHeader, "|Level 2.5"), kFocusRow},
       "LEVEL_OUT_OF_RANGE",
       "\"level 2.5\" is no level"},
      {{absl::StrCat(kHeader, "|Owner"), kFocusRow},
       "MATRIX_COLUMN_UNKNOWN",
       "line 1, column 10: an unknown column"},
      {{absl::StrCat(kHeader, "|"), kFocusRow}, "MATRIX_COLUMN_UNKNOWN", "a column without a name"},
      {{kHeader}, "MATRIX_FOCUS_NONE", "line 1"},
      {{kHeader, "", "Notes", "One."},
       "MATRIX_FOCUS_NONE",
       "no row below this header names a focus"},
      {{kHeader, absl::StrCat(kFocusRow, "|")},
       "MATRIX_ROW_TOO_LONG",
       "line 2: 10 cells, the header has 9"},
      {{kHeader, kFocusRow, "stray words"}, "MATRIX_ROW_SHORT", "line 3: 1 cells, too few"},
      {{kHeader, "Roads||a.|b.|c.|d.|e.|f.|KPI report"}, "MATRIX_FOCUS_UNNAMED", "line 2"},
      {{kHeader, "|Winter care|a.|b.|c.|d.|e.|f.|KPI report"}, "MATRIX_CATEGORY_MISSING", "line 2"},
      {{kHeader, kFocusRow, "|winter  CARE|a.|b.|c.|d.|e.|f.|KPI"},
       "DUPLICATE_FOCUS",
       "line 3: focus \"winter CARE\" stands on line 2 already"},
      {{coded, absl::StrCat("R-A|", kFocusRow), "R-A||Verges|a.|b.|c.|d.|e.|f.|KPI"},
       "DUPLICATE_FOCUS",
       "line 3: code R-A is taken"},
      {{coded, absl::StrCat("r a|", kFocusRow)}, "MATRIX_CODE_INVALID", "line 2"},
      {{coded, absl::StrCat(std::string(49, 'A'), "|", kFocusRow)},
       "MATRIX_CODE_INVALID",
       "1 to 48 bytes"},
      {{coded, absl::StrCat("|", kFocusRow)}, "MATRIX_CODE_INVALID", "line 2"},
      {{kHeader, "Roads|\xE9\x81\x93|a.|b.|c.|d.|e.|f.|KPI report"},
       "MATRIX_CODE_UNKNOWN",
       "add a column Code"},
      {crowd, "MATRIX_FOCUS_TOO_MANY", "line 66: more than 64 focuses"},
      {{kHeader, kFocusRow, "Notes", "one|two"}, "MATRIX_NOTE_SPLIT", "line 4"},
  };
  for (const BadMatrix& bad : kBad) {
    const absl::StatusOr<MatrixImport> import = ImportMatrix(TableOf(bad.rows), TableFormat::kTsv);
    EXPECT_THAT(import, RefusedWith(bad.reason)) << bad.rows.back();
    EXPECT_THAT(import, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(bad.message)));
  }
}

TEST(MatrixImport, TellsAllViolationsAtOnce) {
  const absl::StatusOr<MatrixImport> import = ImportMatrix(
      TableOf({"Category|Focus|Focus|Level 0|Level 1|Level 2|Level 3|Level 4|Level 6|Owner"}),
      TableFormat::kTsv);
  std::vector<std::string> reasons;
  for (const Violation& violation : ViolationsOf(import.status()))
    reasons.push_back(violation.reason);
  EXPECT_THAT(reasons,
              ElementsAre("MATRIX_COLUMN_DUPLICATE", "LEVEL_OUT_OF_RANGE", "MATRIX_COLUMN_UNKNOWN",
                          "MATRIX_COLUMN_MISSING", "MATRIX_COLUMN_MISSING"));

  std::vector<std::string> rows = {kHeader};
  for (int i = 0; i < 100; ++i) rows.push_back("stray");
  EXPECT_EQ(ViolationsOf(ImportMatrix(TableOf(rows), TableFormat::kTsv).status()).size(),
            kMatrixViolationsMax);
}

// Numbers from a seed, the same on every machine.
class Numbers {
 public:
  explicit Numbers(uint64_t seed) : state_(seed) {}
  // Below `bound`; SplitMix64.
  size_t Below(size_t bound) {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (z ^ (z >> 31)) % bound;
  }

 private:
  uint64_t state_;
};

// Cuts, doubles and overwrites pieces, and puts in what tables are made of.
std::string Damaged(std::string bytes, Numbers* numbers) {
  const std::string kPieces[] = {"\t",
                                 "\n",
                                 "\r\n",
                                 "\r",
                                 "\"",
                                 "\"\"",
                                 ",",
                                 " ",
                                 "Notes\n",
                                 "Level 3",
                                 "TBC",
                                 "\xC2\xB7",
                                 "\xEF\xBF\xBD",
                                 "\xFF",
                                 std::string(1, '\0'),
                                 "\nCategory\tFocus\tLevel 0\n",
                                 "and"};
  for (size_t changes = 1 + numbers->Below(4); changes > 0; --changes) {
    const size_t at = numbers->Below(bytes.size() + 1);
    switch (numbers->Below(4)) {
      case 0:
        bytes.erase(at, numbers->Below(200));
        break;
      case 1:
        bytes.insert(at, bytes.substr(numbers->Below(bytes.size() + 1), numbers->Below(200)));
        break;
      default:
        bytes.insert(at, kPieces[numbers->Below(std::size(kPieces))]);
    }
  }
  return bytes;
}

TEST(MatrixImport, EitherRefusesADamagedFileWithAReasonOrGivesItBackExactly) {
  int taken = 0;
  constexpr uint64_t kRounds = 3000;
  for (uint64_t seed = 0; seed < kRounds; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Numbers numbers(seed);
    const char* name = std::array{kSample, kRefined, kRefinedCsv}[numbers.Below(3)];
    const TableFormat format = name == kRefinedCsv ? TableFormat::kCsv : TableFormat::kTsv;
    const std::string bytes = Damaged(SampleBytes(name), &numbers);
    const absl::StatusOr<MatrixImport> import = ImportMatrix(bytes, format);
    if (!import.ok()) {
      EXPECT_THAT(import, StatusIs(absl::StatusCode::kInvalidArgument));
      EXPECT_NE(ReasonOf(import.status()), "");
      continue;
    }
    ++taken;
    ASSERT_OK_AND_ASSIGN(const std::string exported, ExportMatrixSource(import->matrix));
    EXPECT_EQ(exported, bytes);
    EXPECT_EQ(import->matrix.cells_size(), 6 * import->matrix.focuses_size());
    EXPECT_EQ(import->counts.cell_states[v1::CELL_STATE_UNSPECIFIED], 0);
    EXPECT_EQ(import->counts.quarantine_reasons[v1::QUARANTINE_REASON_UNSPECIFIED], 0);
    EXPECT_EQ(import->counts.focus_kinds[v1::FOCUS_KIND_UNSPECIFIED], 0);
  }
  EXPECT_GT(taken, static_cast<int>(kRounds / 4))
      << "too few damaged files are taken for the test to mean much";
}

}  // namespace
}  // namespace waymark
