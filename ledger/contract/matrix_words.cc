#include "ledger/contract/matrix_words.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace waymark {
namespace {

constexpr absl::string_view kNoBreakSpace = "\xC2\xA0";
constexpr absl::string_view kReplacement = "\xEF\xBF\xBD";

// Decodes the character at the front of `bytes`. Returns its length, or 0 where it is not UTF-8
// (RFC 3629 section 4).
size_t DecodeUtf8(absl::string_view bytes, uint32_t* character) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(bytes[i]); };
  const uint8_t first = byte(0);
  if (first < 0x80) return *character = first, 1;
  const size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || bytes.size() < length) return 0;
  uint32_t value = first & (0x7F >> length);
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
    value = value << 6 | (byte(i) & 0x3F);
  }
  constexpr std::array<uint32_t, 5> kLeastOfLength = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kLeastOfLength[length] || value > 0x10FFFF) return 0;
  if (value >= 0xD800 && value <= 0xDFFF) return 0;
  *character = value;
  return length;
}

// Blocks beyond ASCII that hold no letters: Latin-1 signs, modifiers and combining marks,
// punctuation to arrows and shapes, CJK punctuation, private use, variation selectors and small
// forms, specials, pictographs.
bool IsLetter(uint32_t character) {
  if (character < 0x80) return absl::ascii_isalpha(static_cast<unsigned char>(character));
  if (character < 0xC0) return character == 0xAA || character == 0xB5 || character == 0xBA;
  constexpr std::pair<uint32_t, uint32_t> kNoLetters[] = {
      {0xD7, 0xD7},     {0xF7, 0xF7},     {0x2B0, 0x36F},     {0x2000, 0x2BFF},
      {0x2E00, 0x2E7F}, {0x3000, 0x303F}, {0xE000, 0xF8FF},   {0xFE00, 0xFE6F},
      {0xFF00, 0xFF20}, {0xFFE0, 0xFFFF}, {0x1F000, 0x1FAFF}, {0xE0000, 0x10FFFF}};
  return std::none_of(std::begin(kNoLetters), std::end(kNoLetters), [&](const auto& block) {
    return character >= block.first && character <= block.second;
  });
}

bool IsWordByte(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '&' || c == '\'' || c == '-' ||
         static_cast<uint8_t>(c) >= 0x80;
}

// U+FFFD in the place of each control character, white space apart. REQUIRES: UTF-8, in which C2
// only begins a character.
std::string WithoutControls(absl::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    const uint8_t byte = static_cast<uint8_t>(text[at]);
    const bool c1 = byte == 0xC2 && static_cast<uint8_t>(text[at + 1]) < 0xA0;
    if (!c1 && (!absl::ascii_iscntrl(byte) || absl::ascii_isspace(byte))) {
      out.push_back(text[at]);
    } else {
      absl::StrAppend(&out, kReplacement);
      at += c1 ? 1 : 0;
    }
  }
  return out;
}

// Single spaces, LF for any line break, none of either at the ends or around a break.
std::string SingleSpaced(absl::string_view text) {
  const std::string plain =
      absl::StrReplaceAll(text, {{"\r\n", "\n"}, {"\r", "\n"}, {kNoBreakSpace, " "}});
  std::string out;
  for (absl::string_view line : absl::StrSplit(plain, '\n')) {
    std::string words;
    for (absl::string_view word :
         absl::StrSplit(line, absl::ByAnyChar(" \t\v\f"), absl::SkipEmpty())) {
      absl::StrAppend(&words, words.empty() ? "" : " ", word);
    }
    if (!words.empty()) absl::StrAppend(&out, out.empty() ? "" : "\n", words);
  }
  return out;
}

// What a known misspelling means, in its own case; otherwise the word itself.
std::string Corrected(absl::string_view word) {
  constexpr std::pair<absl::string_view, absl::string_view> kMisspellings[] = {
      {"accredition", "accreditation"}, {"accreditions", "accreditations"},
      {"contactor", "contractor"},      {"contactors", "contractors"},
      {"stucture", "structure"},        {"stuctures", "structures"},
      {"upto-date", "up-to-date"}};
  for (const auto& [wrong, right] : kMisspellings) {
    if (!absl::EqualsIgnoreCase(word, wrong)) continue;
    std::string corrected(right);
    if (absl::ascii_isupper(word[0])) corrected[0] = absl::ascii_toupper(corrected[0]);
    return corrected;
  }
  return std::string(word);
}

bool IsDoubledByMistake(absl::string_view word) {
  for (absl::string_view doubled : {"the", "a", "an", "and", "of", "to", "for", "with"}) {
    if (absl::EqualsIgnoreCase(word, doubled)) return true;
  }
  return false;
}

// {"E&CC", "CC&E"} for a focus that is called "... (CC&E)"; empty where it has no such
// abbreviation.
std::pair<std::string, std::string> SwappedAbbreviation(absl::string_view focus_name) {
  for (absl::string_view word :
       absl::StrSplit(focus_name, absl::ByAnyChar(" ()"), absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> halves =
        absl::StrSplit(word, absl::MaxSplits('&', 1));
    if (halves.first.empty() || halves.second.empty() || halves.first == halves.second) continue;
    return {absl::StrCat(halves.second, "&", halves.first), std::string(word)};
  }
  return {};
}

// Fewest letters to change, add or drop between two words.
size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

bool ReadsAsLevel(absl::string_view word) {
  const std::string small = absl::AsciiStrToLower(word);
  return small == "l" ||
         (small.size() >= 4 && small.size() <= 7 && EditDistance(small, "level") <= 2);
}

// Runs of ASCII letters and digits.
std::vector<std::string> LetterRuns(absl::string_view text) {
  std::vector<std::string> runs;
  bool inside = false;
  for (char c : text) {
    const bool in_run = absl::ascii_isalnum(static_cast<unsigned char>(c));
    if (in_run && !inside) runs.emplace_back();
    if (in_run) runs.back().push_back(c);
    inside = in_run;
  }
  return runs;
}

char FirstLetterOrDigit(absl::string_view text) {
  for (char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || static_cast<uint8_t>(c) >= 0x80)
      return c;
  }
  return '\0';
}

// Whether the full stop at the end of `sentence` belongs to an abbreviation.
bool EndsWithAbbreviation(absl::string_view sentence) {
  for (absl::string_view word : {"e.g.", "i.e.", "etc.", "cf.", "vs.", "no.", "para.", "approx."}) {
    if (!absl::EndsWithIgnoreCase(sentence, word)) continue;
    if (sentence.size() == word.size() || !IsWordByte(sentence[sentence.size() - word.size() - 1]))
      return true;
  }
  return false;
}

absl::string_view WithoutBullet(absl::string_view sentence) {
  sentence = absl::StripAsciiWhitespace(sentence);
  for (absl::string_view bullet : {"- ", "* ", "\xE2\x80\xA2", "\xC2\xB7", "\xE2\x80\x93 "}) {
    if (absl::ConsumePrefix(&sentence, bullet)) break;
  }
  return absl::StripAsciiWhitespace(sentence);
}

}  // namespace

std::optional<size_t> FindInvalidUtf8(absl::string_view bytes) {
  for (size_t at = 0; at < bytes.size();) {
    uint32_t character = 0;
    const size_t length = DecodeUtf8(bytes.substr(at), &character);
    if (length == 0) return at;
    at += length;
  }
  return std::nullopt;
}

bool HasLetter(absl::string_view text) {
  while (!text.empty()) {
    uint32_t character = 0;
    const size_t length = DecodeUtf8(text, &character);
    if (length == 0) return false;
    if (IsLetter(character)) return true;
    text.remove_prefix(length);
  }
  return false;
}

bool IsBlank(absl::string_view text) {
  while (!text.empty()) {
    if (absl::ascii_isspace(static_cast<unsigned char>(text.front()))) {
      text.remove_prefix(1);
    } else if (!absl::ConsumePrefix(&text, kNoBreakSpace)) {
      return false;
    }
  }
  return true;
}

std::vector<std::string> WordsOf(absl::string_view text) {
  std::vector<std::string> words;
  size_t at = 0;
  while (at < text.size()) {
    const size_t begin = at;
    while (at < text.size() && IsWordByte(text[at])) ++at;
    absl::string_view word = text.substr(begin, at - begin);
    while (!word.empty() && absl::StrContains("-'", word.front())) word.remove_prefix(1);
    while (!word.empty() && absl::StrContains("-'", word.back())) word.remove_suffix(1);
    if (!word.empty()) words.push_back(absl::AsciiStrToLower(word));
    if (at == begin) ++at;
  }
  return words;
}

std::string NormaliseText(absl::string_view text, absl::string_view focus_name) {
  const std::string spaced = SingleSpaced(WithoutControls(text));
  const auto [swapped, abbreviation] = SwappedAbbreviation(focus_name);
  std::string out;
  absl::string_view last;  // The word before, while nothing but one space came after it.
  for (size_t at = 0; at < spaced.size();) {
    if (!IsWordByte(spaced[at])) {
      if (spaced[at] != ' ') last = absl::string_view();
      out.push_back(spaced[at++]);
      continue;
    }
    const size_t begin = at;
    while (at < spaced.size() && IsWordByte(spaced[at])) ++at;
    const absl::string_view word = absl::string_view(spaced).substr(begin, at - begin);
    if (absl::EqualsIgnoreCase(word, last) && IsDoubledByMistake(word)) {
      out.pop_back();  // The space between the two.
      continue;
    }
    absl::StrAppend(&out, !swapped.empty() && word == swapped ? abbreviation : Corrected(word));
    last = word;
  }
  return out;
}

bool IsLevelLabel(absl::string_view text) {
  const std::vector<std::string> runs = LetterRuns(text);
  if (runs.size() == 2) {
    const bool number = runs[1].size() == 1 && absl::StrContains("0123456789OoIl", runs[1]);
    return (number || NumberNamed(runs[1]).has_value()) && ReadsAsLevel(runs[0]);
  }
  if (runs.size() != 1 || runs[0].size() < 2) return false;
  absl::string_view run = runs[0];
  return absl::ascii_isdigit(run.back()) && ReadsAsLevel(run.substr(0, run.size() - 1));
}

bool IsPlaceholder(absl::string_view text) {
  const std::vector<std::string> words = WordsOf(text);
  if (words.size() == 1) return words[0] == "tbc" || words[0] == "tba" || words[0] == "tbd";
  if (words.size() != 3 || words[0] != "to" || words[1] != "be") return false;
  for (absl::string_view verb :
       {"added", "agreed", "confirmed", "defined", "supplied", "written", "completed"}) {
    if (words[2] == verb) return true;
  }
  return false;
}

bool EndsHanging(absl::string_view text) {
  text = absl::StripTrailingAsciiWhitespace(text);
  for (absl::string_view mark : {",", "-", "&", "/", "\xE2\x80\x93", "\xE2\x80\x94"}) {
    if (absl::EndsWith(text, mark)) return true;
  }
  if (text.empty() || !IsWordByte(text.back())) return false;
  const std::vector<std::string> words = WordsOf(text);
  for (absl::string_view word :
       {"and", "or", "the", "a", "an", "of", "its", "their", "that", "which"}) {
    if (!words.empty() && words.back() == word) return true;
  }
  return false;
}

bool BeginsSmall(absl::string_view text) { return absl::ascii_islower(FirstLetterOrDigit(text)); }

bool BeginsCapital(absl::string_view text) { return absl::ascii_isupper(FirstLetterOrDigit(text)); }

bool EndsSentence(absl::string_view text) {
  while (!text.empty() &&
         (absl::ascii_isspace(text.back()) || absl::StrContains("\"')]", text.back()))) {
    text.remove_suffix(1);
  }
  return !text.empty() && absl::StrContains(".!?;:", text.back());
}

std::vector<std::string> SplitSentences(absl::string_view text) {
  std::vector<std::string> sentences;
  const auto add = [&](absl::string_view sentence) {
    sentence = WithoutBullet(sentence);
    if (!sentence.empty()) sentences.emplace_back(sentence);
  };
  for (absl::string_view line : absl::StrSplit(text, absl::ByAnyChar("\r\n"), absl::SkipEmpty())) {
    size_t begin = 0;
    for (size_t at = 0; at < line.size(); ++at) {
      if (!absl::StrContains(".!?", line[at])) continue;
      const absl::string_view rest = line.substr(at + 1);
      if (rest.empty() || !absl::ascii_isspace(rest.front()) || !BeginsCapital(rest)) continue;
      if (EndsWithAbbreviation(line.substr(begin, at + 1 - begin))) continue;
      add(line.substr(begin, at + 1 - begin));
      begin = at + 1;
    }
    add(line.substr(begin));
  }
  return sentences;
}

std::optional<int> NumberNamed(absl::string_view word) {
  if (word.size() == 1 && absl::ascii_isdigit(word[0])) return word[0] - '0';
  constexpr absl::string_view kNames[] = {"zero", "one", "two",   "three", "four",
                                          "five", "six", "seven", "eight", "nine"};
  for (int i = 0; i < 10; ++i) {
    if (absl::EqualsIgnoreCase(word, kNames[i])) return i;
  }
  return std::nullopt;
}

}  // namespace waymark
