#include "ledger/contract/matrix_cells.h"

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/contract/matrix_rules.h"
#include "ledger/contract/matrix_words.h"

namespace waymark {
namespace {

constexpr int kLevels = kLevelMax + 1;

class CellJudge {
 public:
  CellJudge(const std::vector<RowShape>& shapes, v1::Matrix* matrix)
      : shapes_(shapes), matrix_(*matrix) {
    for (const v1::Note& note : matrix_.notes()) {
      for (int level : PendingLevels(note.normalised())) pending_.insert(level);
    }
    int capitals = 0;
    int smalls = 0;
    for (int i = 0; i < matrix_.cells_size(); ++i) {
      texts_.push_back(
          NormaliseText(matrix_.cells(i).verbatim(), matrix_.focuses(i / kLevels).name()));
      capitals += BeginsCapital(texts_.back()) ? 1 : 0;
      smalls += BeginsSmall(texts_.back()) ? 1 : 0;
    }
    capitals_ = capitals > smalls;
  }

  void Judge() {
    for (int f = 0; f < matrix_.focuses_size(); ++f) {
      if (shapes_[f].merged) {
        JudgePassage(f);
      } else if (IsOneTextForAllLevels(f)) {
        SetEnduring(f, texts_[f * kLevels]);
      } else {
        matrix_.mutable_focuses(f)->set_kind(v1::FOCUS_KIND_LADDER);
        for (int level = 0; level < kLevels; ++level) JudgeLevel(f, level);
      }
      JudgeEvidence(f);
    }
  }

 private:
  v1::Cell& CellAt(int f, int level) { return *matrix_.mutable_cells(f * kLevels + level); }

  v1::QuarantineEntry& Quarantine(int f, v1::QuarantinePlace place, v1::QuarantineReason reason) {
    v1::QuarantineEntry& entry = *matrix_.add_quarantine();
    entry.set_focus(matrix_.focuses(f).code());
    entry.set_place(place);
    entry.set_reason(reason);
    entry.set_source_line(matrix_.focuses(f).source_line());
    return entry;
  }

  void SetEnduring(int f, const std::string& passage) {
    v1::Focus& focus = *matrix_.mutable_focuses(f);
    focus.set_kind(v1::FOCUS_KIND_ENDURING);
    focus.set_passage(passage);
    focus.set_binds(SideOfPassage(passage));
    for (int level = 0; level < kLevels; ++level) {
      CellAt(f, level).set_state(v1::CELL_STATE_ENDURING);
      CellAt(f, level).set_normalised(texts_[f * kLevels + level]);
    }
  }

  // Sentences that bind different sides make the whole passage bind both.
  static v1::Side SideOfPassage(const std::string& passage) {
    std::set<v1::Side> sides;
    for (const std::string& sentence : SplitSentences(passage)) sides.insert(BindsOf(sentence));
    if (sides.empty()) return v1::SIDE_UNSPECIFIED;
    return sides.size() == 1 ? *sides.begin() : v1::SIDE_BOTH;
  }

  bool IsOneTextForAllLevels(int f) {
    for (int level = 1; level < kLevels; ++level) {
      if (CellAt(f, level).verbatim() != CellAt(f, 0).verbatim()) return false;
    }
    return SaysEveryLevel(texts_[f * kLevels]);
  }

  void JudgePassage(int f) {
    v1::Focus& focus = *matrix_.mutable_focuses(f);
    const std::string passage = NormaliseText(focus.passage_verbatim(), focus.name());
    if (SaysEveryLevel(passage)) {
      SetEnduring(f, passage);
    } else {
      // A row without any text has lost nothing but its tabs: its levels are known, and empty.
      const bool lost = !passage.empty();
      focus.set_kind(lost ? v1::FOCUS_KIND_UNASSIGNED : v1::FOCUS_KIND_LADDER);
      focus.set_passage(passage);
      focus.set_binds(SideOfPassage(passage));
      for (int level = 0; level < kLevels; ++level) {
        CellAt(f, level).set_state(lost ? v1::CELL_STATE_UNASSIGNED : v1::CELL_STATE_UNDEFINED);
      }
    }
    Quarantine(f, v1::QUARANTINE_PLACE_ROW, v1::QUARANTINE_REASON_MERGED_LEVELS)
        .set_verbatim(focus.passage_verbatim());
  }

  // The texts of a level at the other focuses.
  std::vector<absl::string_view> OthersAt(int f, int level) const {
    std::vector<absl::string_view> others;
    for (int other = 0; other < matrix_.focuses_size(); ++other) {
      if (other != f) others.push_back(texts_[other * kLevels + level]);
    }
    return others;
  }

  void JudgeLevel(int f, int level) {
    v1::Cell& cell = CellAt(f, level);
    const std::string& text = texts_[f * kLevels + level];
    const std::optional<v1::QuarantineReason> damage =
        DamageOf(text, OthersAt(f, level), capitals_);
    if (damage.has_value()) {
      v1::QuarantineEntry& entry = Quarantine(f, v1::QUARANTINE_PLACE_LEVEL, *damage);
      entry.set_level(level);
      entry.set_source_line(cell.source_line());
      entry.set_verbatim(cell.verbatim());
    }
    if (text.empty() || damage == v1::QUARANTINE_REASON_LABEL_IN_CELL) {
      cell.set_state(v1::CELL_STATE_UNDEFINED);
    } else if (!HasLetter(text)) {
      cell.set_state(v1::CELL_STATE_ILLEGIBLE);
    } else {
      const bool provisional =
          damage.has_value() || pending_.count(level) > 0 || IsPlaceholder(text);
      cell.set_state(provisional ? v1::CELL_STATE_PROVISIONAL : v1::CELL_STATE_DEFINED);
      cell.set_normalised(text);
      for (v1::Criterion& criterion : CriteriaOf(matrix_.focuses(f).code(), level, text)) {
        *cell.add_criteria() = std::move(criterion);
      }
    }
  }

  void JudgeEvidence(int f) {
    if (!shapes_[f].evidence_known) return;
    v1::Focus& focus = *matrix_.mutable_focuses(f);
    EvidenceReading reading = ReadEvidence(NormaliseText(focus.evidence_verbatim(), focus.name()));
    focus.set_evidence_base_state(reading.state);
    for (v1::EvidenceBase& item : reading.items) *focus.add_evidence_base() = std::move(item);
    if (reading.damage.has_value()) {
      Quarantine(f, v1::QUARANTINE_PLACE_EVIDENCE, *reading.damage)
          .set_verbatim(focus.evidence_verbatim());
    }
  }

  const std::vector<RowShape>& shapes_;
  v1::Matrix& matrix_;
  // Levels whose descriptions a note says are still to come.
  std::set<int> pending_;
  // Normalised texts of the level cells, in the order of matrix_.cells.
  std::vector<std::string> texts_;
  // More level texts begin with a capital than with a small letter.
  bool capitals_ = false;
};

}  // namespace

void JudgeCells(const std::vector<RowShape>& shapes, v1::Matrix* matrix) {
  WAYMARK_CHECK(static_cast<int>(shapes.size()) == matrix->focuses_size());
  WAYMARK_CHECK(matrix->cells_size() == matrix->focuses_size() * kLevels);
  CellJudge(shapes, matrix).Judge();
}

}  // namespace waymark
