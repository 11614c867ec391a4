// This header defines how the matrix import looks at words: letters, sentences, corrections,
// labels. Every rule is the same on any machine: it reads bytes, never a locale.
//
//   NormaliseText("Feedback  on the the E&CC plan", "Climate (CC&E)") == "Feedback on the CC&E
//   plan"
#ifndef WAYMARK_LEDGER_CONTRACT_MATRIX_WORDS_H_
#define WAYMARK_LEDGER_CONTRACT_MATRIX_WORDS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace waymark {

// Byte offset of the first sequence that is not UTF-8 (RFC 3629: shortest form, no surrogates, at
// most U+10FFFF); none if all of it is.
std::optional<size_t> FindInvalidUtf8(absl::string_view bytes);

// Whether any character could be part of a word: ASCII letters, and beyond ASCII whatever is
// neither punctuation, symbol, space nor private. Digits, dots, dashes and the replacement
// character U+FFFD are not letters. REQUIRES: UTF-8.
bool HasLetter(absl::string_view text);

// Whether `text` has no character but ASCII white space and no-break spaces.
bool IsBlank(absl::string_view text);

// The words of `text` in ASCII small letters: longest runs of letters, digits, '&', '-' and
// apostrophes, with dashes and apostrophes at their ends cut off. No word is empty.
std::vector<std::string> WordsOf(absl::string_view text);

// `text` with its typing errors mended and its spaces made single; line breaks stay. A control
// character becomes U+FFFD, since nobody can read it. The corrections, all by whole words: a
// doubled article or preposition ("the the"), a few known misspellings (a table in the .cc), and an
// abbreviation around '&' whose halves are swapped against the one that stands in `focus_name`.
// Nothing else changes.
std::string NormaliseText(absl::string_view text, absl::string_view focus_name);

// Whether `text` is nothing but a level label, such as "Level 4", or a misreading of one, such as
// "- Tevel 4": one word at most two letters away from "level", or "L", followed by one digit (or a
// letter read for one).
bool IsLevelLabel(absl::string_view text);

// Whether `text` says only that it is still to come, such as "TBC" or "To be agreed.".
bool IsPlaceholder(absl::string_view text);

// Whether `text` plainly goes on where it ends: after a comma, a dash, an article or a conjunction.
bool EndsHanging(absl::string_view text);

// Whether the first letter or digit of `text` is a small / a capital ASCII letter.
bool BeginsSmall(absl::string_view text);
bool BeginsCapital(absl::string_view text);

// Whether the last character but spaces, quotes and brackets is '.', '!', '?', ';' or ':'.
bool EndsSentence(absl::string_view text);

// The sentences of `text`, in order, trimmed, none empty: split at line breaks, and after '.', '!'
// or '?' where white space and a capital letter follow, but for a few abbreviations ("e.g."). A
// bullet before a sentence is left out.
std::vector<std::string> SplitSentences(absl::string_view text);

// The number 0 to 9 that a word names: a digit, or zero to nine. None for any other word.
std::optional<int> NumberNamed(absl::string_view word);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_MATRIX_WORDS_H_
