// This header defines what the matrix import reads out of a text. Each rule is general: it would
// say the same of any matrix of this kind, and where it cannot tell it says nothing.
//
//   BindsOf("Both the Council and the provider review the plan.") == v1::SIDE_BOTH
#ifndef WAYMARK_LEDGER_CONTRACT_MATRIX_RULES_H_
#define WAYMARK_LEDGER_CONTRACT_MATRIX_RULES_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "waymark/v1/matrix.pb.h"

namespace waymark {

// The levels 0 to 5 whose texts a note says are still to come: one sentence that names levels by
// number, speaks of their descriptions (or begins with the word levels) and says that they will be,
// or are to be, added, written, supplied, provided, defined, described, drafted, inserted, agreed
// or confirmed.
std::set<int> PendingLevels(absl::string_view note);

// Whether a text says that it stands at every level: all, every or each before the word level(s),
// after at, for, across, on or through.
bool SaysEveryLevel(absl::string_view text);

// Who has to meet a sentence. BOTH if it joins the two sides ("both the Council and the provider",
// "both parties", "between the parties") or the Authority is its subject and the provider is named
// too; AUTHORITY if the Authority is its subject; otherwise PROVIDER, whose service the matrix
// describes.
v1::Side BindsOf(absl::string_view sentence);

// Whether a sentence names duration: sustain and its forms, regularly, consistently, continuously,
// continually, throughout, long-term, over time, at all times.
bool NamesDuration(absl::string_view sentence);

// The criteria of a cell: its sentences in order, with ids such as "PI-CS.L3.2".
std::vector<v1::Criterion> CriteriaOf(absl::string_view focus_code, int level,
                                      absl::string_view normalised);

// An evidence cell, read.
struct EvidenceReading {
  v1::EvidenceBaseState state = v1::EVIDENCE_BASE_STATE_UNSPECIFIED;
  // One entry for each listed item, in order; empty unless state is LISTED. What no rule knows is
  // OTHER.
  std::vector<v1::EvidenceBase> items;
  // How the cell is damaged: EMPTY_EVIDENCE, UNREADABLE, or FRAGMENT where the list plainly goes
  // on. Then no type is taken from it.
  std::optional<v1::QuarantineReason> damage;
};
EvidenceReading ReadEvidence(absl::string_view normalised);

// What is wrong with the text of a level cell as it stands alone; none if nothing is. `others` are
// the texts of the same level at the other focuses. All texts are normalised.
//   LABEL_IN_CELL  only a level label or a misreading of one
//   UNREADABLE     no letter at all, or a replacement character U+FFFD
//   FRAGMENT       begins with a small letter although texts here begin with capitals (`capitals`)
//   TRUNCATED      ends hanging, or ends without a stop in four words after which another text goes
//   on
std::optional<v1::QuarantineReason> DamageOf(absl::string_view text,
                                             const std::vector<absl::string_view>& others,
                                             bool capitals);

// Gives each category and focus a code, the same for the same document. A focus whose name is in
// the table of known names (in the .cc) has its code there; otherwise the initials of its first two
// words that carry weight, or where that is taken its first two letters, its first three initials,
// its first three letters. Not synchronised.
class CodeBook {
 public:
  // The code of a category, such as "PI". None if every candidate is taken.
  std::optional<std::string> ForCategory(absl::string_view name);
  // The code of a focus, such as "PI-CS". None if every candidate is taken.
  std::optional<std::string> ForFocus(absl::string_view category_code, absl::string_view name);
  // Takes a code that the document gives itself. False if it is taken.
  bool Take(absl::string_view code);

 private:
  std::optional<std::string> FirstFree(absl::string_view prefix, absl::string_view name);

  std::set<std::string> taken_;
};

// Whether a code the document gives can be one: capital letters, digits and hyphens, 1 to 48 bytes.
bool IsCode(absl::string_view code);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_MATRIX_RULES_H_
