#include "ledger/contract/matrix_rules.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "ledger/base/limits.h"
#include "ledger/contract/matrix_words.h"

namespace waymark {
namespace {

using Words = std::vector<std::string>;

bool IsOneOf(absl::string_view word, std::initializer_list<absl::string_view> list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool HasOneOf(const Words& words, std::initializer_list<absl::string_view> list) {
  return std::any_of(words.begin(), words.end(),
                     [&](const std::string& w) { return IsOneOf(w, list); });
}

// Whether a word begins with `stem`.
bool HasStem(const Words& words, absl::string_view stem) {
  return std::any_of(words.begin(), words.end(),
                     [&](const std::string& w) { return absl::StartsWith(w, stem); });
}

bool IsLevelWord(absl::string_view word) { return word == "level" || word == "levels"; }

// The levels listed from words[at] on ("0", "2", "and", "4"; "0-2"; "0", "to", "2"); moves `at`
// past them.
std::set<int> ListedLevels(const Words& words, size_t* at) {
  std::set<int> levels;
  std::optional<int> from;  // The number before "to".
  for (; *at < words.size(); ++*at) {
    const std::string& word = words[*at];
    if (IsOneOf(word, {"and", "or", "&"}) || IsLevelWord(word)) continue;
    if (word == "to" && !levels.empty()) {
      from = *levels.rbegin();
      continue;
    }
    const std::pair<absl::string_view, absl::string_view> ends =
        absl::StrSplit(word, absl::MaxSplits('-', 1));
    const std::optional<int> first = NumberNamed(ends.first);
    const std::optional<int> last = ends.second.empty() ? first : NumberNamed(ends.second);
    if (!first.has_value() || !last.has_value()) break;
    for (int level = from.value_or(*first); level <= *last; ++level) {
      if (level <= kLevelMax) levels.insert(level);
    }
    from.reset();
  }
  return levels;
}

// Whether from words[at] on it says that something will be, or is to be, supplied.
bool SaysStillToCome(const Words& words, size_t at) {
  for (size_t i = std::max<size_t>(at, 1); i + 1 < words.size(); ++i) {
    // "will be", "are to be", "will later be".
    const bool future = IsOneOf(words[i - 1], {"will", "to", "shall"}) ||
                        (i >= 2 && IsOneOf(words[i - 2], {"will", "shall"}));
    if (words[i] != "be" || !future) continue;
    for (size_t verb = i + 1; verb < std::min(i + 3, words.size()); ++verb) {
      if (IsOneOf(words[verb], {"added", "written", "supplied", "provided", "defined", "described",
                                "drafted", "inserted", "agreed", "confirmed"})) {
        return true;
      }
    }
  }
  return false;
}

bool IsAuthority(absl::string_view word) {
  return IsOneOf(word, {"authority", "authorities", "council", "councils", "client", "clients"});
}

bool IsProvider(absl::string_view word) {
  return IsOneOf(word, {"provider", "providers", "contractor", "contractors", "supplier"});
}

// One row of the table by which an evidence item is known: all stems must begin a word of the item.
struct EvidenceRule {
  std::initializer_list<absl::string_view> stems;
  v1::EvidenceType type;
};

// The first row that fits counts, so the narrower ones stand first.
v1::EvidenceType TypeOf(const Words& words) {
  static const EvidenceRule kRules[] = {
      {{"client", "overview"}, v1::EVIDENCE_TYPE_CLIENT_OVERVIEW_REPORT},
      {{"accreditation"}, v1::EVIDENCE_TYPE_ACCREDITATION_APPLICATION},
      {{"certification"}, v1::EVIDENCE_TYPE_ACCREDITATION_APPLICATION},
      {{"complaint"}, v1::EVIDENCE_TYPE_COMPLAINTS_REPORT},
      {{"condition", "survey"}, v1::EVIDENCE_TYPE_ASSET_CONDITION_SURVEY},
      {{"business", "case"}, v1::EVIDENCE_TYPE_BUSINESS_CASE},
      {{"evaluation"}, v1::EVIDENCE_TYPE_EVALUATION_REPORT},
      {{"toms"}, v1::EVIDENCE_TYPE_TOMS_REPORT},
      {{"annual", "plan"}, v1::EVIDENCE_TYPE_ANNUAL_PLAN_UPDATE},
      {{"progress", "plan"}, v1::EVIDENCE_TYPE_PLAN_PROGRESS},
      {{"customer", "survey"}, v1::EVIDENCE_TYPE_CUSTOMER_SURVEY},
      {{"satisfaction", "survey"}, v1::EVIDENCE_TYPE_CUSTOMER_SURVEY},
      {{"feedback"}, v1::EVIDENCE_TYPE_STAKEHOLDER_FEEDBACK},
      {{"kpi"}, v1::EVIDENCE_TYPE_KPI_REPORT}};
  for (const EvidenceRule& rule : kRules) {
    if (std::all_of(rule.stems.begin(), rule.stems.end(),
                    [&](absl::string_view stem) { return HasStem(words, stem); })) {
      return rule.type;
    }
  }
  return v1::EVIDENCE_TYPE_OTHER;
}

v1::EvidenceBase ReadItem(absl::string_view item) {
  const Words words = WordsOf(item);
  v1::EvidenceBase base;
  base.set_type(TypeOf(words));
  if (base.type() == v1::EVIDENCE_TYPE_ACCREDITATION_APPLICATION) {
    const bool submitted = HasStem(words, "submi");
    const bool awarded = HasStem(words, "award");
    if (submitted != awarded) {
      base.set_subtype(submitted ? v1::EVIDENCE_SUBTYPE_SUBMITTED : v1::EVIDENCE_SUBTYPE_AWARDED);
    }
  }
  base.set_mandatory(HasOneOf(words, {"mandatory"}));
  base.set_words(std::string(item));
  return base;
}

// The words of a name that carry weight, without what stands in brackets; in small letters.
Words WeightyWords(absl::string_view name) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(name, absl::MaxSplits('(', 1));
  Words weighty;
  for (std::string& word : WordsOf(parts.first)) {
    if (IsOneOf(word, {"and", "&", "the", "of", "to", "for", "a", "an", "in", "on", "with", "by"}))
      continue;
    if (absl::ascii_isalnum(static_cast<unsigned char>(word[0])))
      weighty.push_back(std::move(word));
  }
  return weighty;
}

// Abbreviations by which highways contracts know these focuses, where initials would say something
// else or nothing.
absl::string_view KnownCode(const Words& weighty) {
  constexpr std::pair<absl::string_view, absl::string_view> kKnown[] = {
      {"customer service", "CS"},
      {"innovation improvement value money", "IV"},
      {"social value", "SV"},
      {"climate change environment", "CC"},
      {"asset management", "AM"},
      {"network management", "NM"},
      {"day day service delivery", "DD"},
      {"contract financial resilience", "FR"},
      {"culture collaborative benefit", "CU"}};
  const std::string name = absl::StrJoin(weighty, " ");
  for (const auto& [known, code] : kKnown) {
    if (name == known) return code;
  }
  return "";
}

std::string Initials(const Words& words, size_t count) {
  std::string initials;
  for (size_t i = 0; i < std::min(count, words.size()); ++i) initials.push_back(words[i][0]);
  return absl::AsciiStrToUpper(initials);
}

}  // namespace

std::set<int> PendingLevels(absl::string_view note) {
  std::set<int> pending;
  for (const std::string& sentence : SplitSentences(note)) {
    const Words words = WordsOf(sentence);
    const bool about_texts = IsLevelWord(words.empty() ? "" : words.front()) ||
                             HasOneOf(words, {"description", "descriptions", "definition",
                                              "definitions", "descriptor", "descriptors", "text",
                                              "texts", "wording", "words", "details", "criteria"});
    for (size_t at = 0; about_texts && at < words.size(); ++at) {
      if (!IsLevelWord(words[at])) continue;
      size_t end = at + 1;
      const std::set<int> levels = ListedLevels(words, &end);
      if (!levels.empty() && SaysStillToCome(words, end))
        pending.insert(levels.begin(), levels.end());
      at = end - 1;
    }
  }
  return pending;
}

bool SaysEveryLevel(absl::string_view text) {
  const Words words = WordsOf(text);
  for (size_t i = 2; i < words.size(); ++i) {
    if (IsLevelWord(words[i]) && IsOneOf(words[i - 1], {"all", "every", "each"}) &&
        IsOneOf(words[i - 2], {"at", "for", "across", "on", "through"})) {
      return true;
    }
  }
  return false;
}

v1::Side BindsOf(absl::string_view sentence) {
  const Words words = WordsOf(sentence);
  const bool provider = std::any_of(words.begin(), words.end(), IsProvider);
  const bool authority = std::any_of(words.begin(), words.end(), IsAuthority);
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "both" && i + 1 < words.size() && words[i + 1] == "parties")
      return v1::SIDE_BOTH;
    if (words[i] == "parties" && i >= 2 && words[i - 1] == "the" && words[i - 2] == "between")
      return v1::SIDE_BOTH;
  }
  if (HasOneOf(words, {"both"}) && provider && authority) return v1::SIDE_BOTH;
  size_t subject = 0;
  while (subject < words.size() && IsOneOf(words[subject], {"the", "both"})) ++subject;
  if (subject < words.size() && IsAuthority(words[subject])) {
    return provider ? v1::SIDE_BOTH : v1::SIDE_AUTHORITY;
  }
  return v1::SIDE_PROVIDER;
}

bool NamesDuration(absl::string_view sentence) {
  const Words words = WordsOf(sentence);
  if (HasOneOf(words, {"sustain", "sustains", "sustained", "sustaining", "sustainably", "regularly",
                       "consistently", "continuously", "continually", "throughout", "long-term"})) {
    return true;
  }
  const std::string joined = absl::StrCat(" ", absl::StrJoin(words, " "), " ");
  return absl::StrContains(joined, " over time ") || absl::StrContains(joined, " at all times ");
}

std::vector<v1::Criterion> CriteriaOf(absl::string_view focus_code, int level,
                                      absl::string_view normalised) {
  std::vector<v1::Criterion> criteria;
  for (std::string& sentence : SplitSentences(normalised)) {
    v1::Criterion criterion;
    criterion.set_id(absl::StrCat(focus_code, ".L", level, ".", criteria.size() + 1));
    criterion.set_binds(BindsOf(sentence));
    criterion.set_names_duration(NamesDuration(sentence));
    criterion.set_words(std::move(sentence));
    criteria.push_back(std::move(criterion));
  }
  return criteria;
}

EvidenceReading ReadEvidence(absl::string_view normalised) {
  EvidenceReading reading;
  if (normalised.empty()) {
    reading.damage = v1::QUARANTINE_REASON_EMPTY_EVIDENCE;
  } else if (!HasLetter(normalised) || absl::StrContains(normalised, "\xEF\xBF\xBD")) {
    reading.damage = v1::QUARANTINE_REASON_UNREADABLE;
  } else if (EndsHanging(normalised)) {
    reading.damage = v1::QUARANTINE_REASON_FRAGMENT;
  } else {
    reading.state = v1::EVIDENCE_BASE_STATE_LISTED;
    for (absl::string_view item : absl::StrSplit(normalised, absl::ByAnyChar(",;\n"))) {
      item = absl::StripAsciiWhitespace(item);
      absl::ConsumeSuffix(&item, ".");
      if (HasLetter(item)) reading.items.push_back(ReadItem(item));
    }
  }
  return reading;
}

std::optional<v1::QuarantineReason> DamageOf(absl::string_view text,
                                             const std::vector<absl::string_view>& others,
                                             bool capitals) {
  if (text.empty()) return std::nullopt;
  if (!HasLetter(text)) return v1::QUARANTINE_REASON_UNREADABLE;
  if (IsLevelLabel(text)) return v1::QUARANTINE_REASON_LABEL_IN_CELL;
  if (absl::StrContains(text, "\xEF\xBF\xBD")) return v1::QUARANTINE_REASON_UNREADABLE;
  if (capitals && BeginsSmall(text)) return v1::QUARANTINE_REASON_FRAGMENT;
  if (EndsHanging(text)) return v1::QUARANTINE_REASON_TRUNCATED;
  if (EndsSentence(text)) return std::nullopt;
  constexpr size_t kTailWords = 4;
  const std::vector<absl::string_view> words =
      absl::StrSplit(text, absl::ByAnyChar(" \n"), absl::SkipEmpty());
  if (words.size() < kTailWords) return std::nullopt;
  const std::string tail =
      absl::StrCat(" ", absl::StrJoin(words.end() - kTailWords, words.end(), " "), " ");
  for (absl::string_view other : others) {
    if (absl::StrContains(other, tail) || absl::StartsWith(other, tail.substr(1))) {
      return v1::QUARANTINE_REASON_TRUNCATED;
    }
  }
  return std::nullopt;
}

std::optional<std::string> CodeBook::ForCategory(absl::string_view name) {
  return FirstFree("", name);
}

std::optional<std::string> CodeBook::ForFocus(absl::string_view category_code,
                                              absl::string_view name) {
  return FirstFree(absl::StrCat(category_code, "-"), name);
}

bool CodeBook::Take(absl::string_view code) { return taken_.emplace(code).second; }

std::optional<std::string> CodeBook::FirstFree(absl::string_view prefix, absl::string_view name) {
  const Words words = WeightyWords(name);
  if (words.empty()) return std::nullopt;
  const std::string letters = absl::AsciiStrToUpper(words[0]);
  for (const std::string& candidate :
       {std::string(prefix.empty() ? "" : KnownCode(words)),
        words.size() > 1 ? Initials(words, 2) : std::string(), letters.substr(0, 2),
        words.size() > 2 ? Initials(words, 3) : std::string(), letters.substr(0, 3)}) {
    if (!IsCode(candidate)) continue;
    std::string code = absl::StrCat(prefix, candidate);
    if (Take(code)) return code;
  }
  return std::nullopt;
}

bool IsCode(absl::string_view code) {
  return !code.empty() && code.size() <= kMatrixFocusCodeBytesMax &&
         std::all_of(code.begin(), code.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
         });
}

}  // namespace waymark
