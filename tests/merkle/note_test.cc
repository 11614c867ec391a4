#include "ledger/merkle/note.h"

#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "ledger/base/limits.h"
#include "tests/merkle/vectors.h"
#include "tests/support/status_matchers.h"

namespace waymark::merkle {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::waymark::test::RefusedWith;

class PublicNotes : public ::testing::Test {
 protected:
  std::string Vkey(const char* who) const { return test::Text(vectors_[who]["vkey"]); }
  VerifierKey Key(const char* who) const { return ParseVkey(Vkey(who)).value(); }
  std::string Line(const char* who) const { return test::Text(vectors_[who]["line"]); }

  const nlohmann::json vectors_ = test::LoadVectors("notes.json");
  const std::string text_ = test::Text(vectors_["text"]);
  const std::string start_ = absl::StrCat(text_, "\n");
};

TEST_F(PublicNotes, VkeysGoBothWays) {
  for (const char* who : {"peter", "enoch", "specification", "go_checksum_database"}) {
    EXPECT_EQ(FormatVkey(Key(who)), Vkey(who));
  }
  for (const auto& vkey : vectors_["good_vkeys"]) EXPECT_OK(ParseVkey(test::Text(vkey)));
}

TEST_F(PublicNotes, RefusesEveryPartAndEveryChangedByteOfAVkey) {
  const std::string vkey = Vkey("peter");
  for (size_t begin = 0; begin <= vkey.size(); ++begin) {
    for (size_t end = begin; end <= vkey.size(); ++end) {
      if (begin == 0 && end == vkey.size()) continue;
      ASSERT_FALSE(ParseVkey(vkey.substr(begin, end - begin)).ok()) << begin << " to " << end;
    }
  }
  for (size_t i = 0; i < vkey.size(); ++i) {
    std::string changed = vkey;
    ++changed[i];
    ASSERT_FALSE(ParseVkey(changed).ok()) << changed;
  }
  for (const auto& bad : vectors_["bad_vkeys"]) {
    EXPECT_FALSE(ParseVkey(test::Text(bad)).ok()) << bad;
  }
  // One algorithm ahead of its time: the id is right, the type unknown.
  EXPECT_THAT(ParseVkey(test::Text(vectors_["vkey_of_type_06"])), RefusedWith("VKEY_TYPE_UNKNOWN"));
}

TEST_F(PublicNotes, RefusesEveryPartAndEveryChangedByteOfASigningKey) {
  const std::string key = test::Text(vectors_["peter"]["signing_key"]);
  ASSERT_OK_AND_ASSIGN(const NoteSigner signer, ParseSigningKey(key));
  EXPECT_EQ(FormatVkey(signer.verifier()), Vkey("peter"));
  for (size_t begin = 0; begin <= key.size(); ++begin) {
    for (size_t end = begin; end <= key.size(); ++end) {
      if (begin == 0 && end == key.size()) continue;
      ASSERT_FALSE(ParseSigningKey(key.substr(begin, end - begin)).ok()) << begin << " to " << end;
    }
  }
  for (size_t i = 0; i < key.size(); ++i) {
    std::string changed = key;
    ++changed[i];
    const absl::StatusOr<NoteSigner> refused = ParseSigningKey(changed);
    ASSERT_FALSE(refused.ok()) << changed;
    ASSERT_THAT(std::string(refused.status().message()), Not(HasSubstr(key.substr(34, 10))));
  }
}

TEST_F(PublicNotes, SigningAgainGivesTheSameBytes) {
  const NoteSigner peter = ParseSigningKey(test::Text(vectors_["peter"]["signing_key"])).value();
  EXPECT_EQ(SignNote(text_, {peter}).value(), start_ + Line("peter"));
}

TEST_F(PublicNotes, OpensWithOneKeyWithBothAndNotWithNone) {
  const std::string note = start_ + Line("peter") + Line("enoch");
  ASSERT_OK_AND_ASSIGN(OpenedNote opened, OpenNote(note, {Key("peter")}));
  EXPECT_EQ(opened.text, text_);
  ASSERT_EQ(opened.verified.size(), 1u);
  EXPECT_EQ(opened.verified[0].key, Key("peter"));
  EXPECT_EQ(opened.verified[0].line, Line("peter"));
  ASSERT_EQ(opened.others.size(), 1u);
  EXPECT_EQ(opened.others[0].line, Line("enoch"));
  EXPECT_EQ(opened.others[0].key_id, 0xaf0cfe78u);

  ASSERT_OK_AND_ASSIGN(opened, OpenNote(note, {Key("enoch"), Key("peter")}));
  ASSERT_EQ(opened.verified.size(), 2u);
  EXPECT_EQ(opened.verified[0].key.name, "PeterNeumann");
  EXPECT_EQ(opened.verified[1].key.name, "EnochRoot");

  EXPECT_THAT(OpenNote(note, {}), RefusedWith("NOTE_UNSIGNED"));
  EXPECT_THAT(OpenNote(note, {Key("specification")}), RefusedWith("NOTE_UNSIGNED"));
}

TEST_F(PublicNotes, OpensTheExampleOfTheSpecificationAndTheGoChecksumDatabase) {
  EXPECT_OK(OpenNote(
      absl::StrCat(test::Text(vectors_["specification"]["text"]), "\n", Line("specification")),
      {Key("specification")}));
  ASSERT_OK_AND_ASSIGN(const OpenedNote opened,
                       OpenNote(test::Text(vectors_["go_checksum_database"]["note"]),
                                {Key("go_checksum_database")}));
  EXPECT_THAT(opened.text, HasSubstr("go.sum database tree\n30055305\n"));
}

TEST_F(PublicNotes, IdenticalLinesCountOnce) {
  std::string changed = Line("enoch");
  changed.insert(60, "ABCD");
  ASSERT_OK_AND_ASSIGN(
      const OpenedNote opened,
      OpenNote(start_ + Line("peter") + Line("peter") + Line("enoch") + Line("enoch") + changed,
               {Key("peter")}));
  EXPECT_EQ(opened.verified.size(), 1u);
  ASSERT_EQ(opened.others.size(), 2u);
  EXPECT_EQ(opened.others[1].line, changed);
}

TEST_F(PublicNotes, RefusesMalformedNotes) {
  for (const auto& malformed : vectors_["malformed"]) {
    const std::string note = test::Text(malformed["note"]);
    EXPECT_THAT(ParseNote(note), RefusedWith("NOTE_MALFORMED")) << note;
    EXPECT_THAT(OpenNote(note, {Key("peter")}), RefusedWith("NOTE_MALFORMED")) << note;
  }
  const std::string good = start_ + Line("peter");
  EXPECT_OK(ParseNote(good));
  for (const std::string& note :
       {std::string(), std::string("\n"), std::string("\n\n"), "\xff" + good, good + "\n",
        start_ + "- PeterNeumann x08go/ZJ\n", start_ + "\xe2\x80\x94 PeterNeumann\n",
        // A payload of four bytes is a key id and no signature; base64 that is not canonical; two
        // spaces.
        start_ + "\xe2\x80\x94 PeterNeumann x08gow==\n",
        start_ + "\xe2\x80\x94 PeterNeumann x08go/Y\n",
        start_ + "\xe2\x80\x94 PeterNeumann  x08go/ZJ\n", start_ + "\xe2\x80\x94 a+b x08go/ZJ\n",
        start_ + "\xe2\x80\x94  x08go/ZJ\n", absl::StrReplaceAll(good, {{"\n", "\r\n"}})}) {
    EXPECT_THAT(ParseNote(note), RefusedWith("NOTE_MALFORMED")) << note;
  }
}

TEST_F(PublicNotes, TakesUpTo100LinesAnd512KiB) {
  std::string note = start_;
  for (int i = 0; i < 100; ++i) note += Line("peter");
  EXPECT_OK(OpenNote(note, {Key("peter")}));
  EXPECT_THAT(ParseNote(note + Line("peter")), RefusedWith("NOTE_MALFORMED"));
  const std::string rest = absl::StrCat("\n\n", Line("peter"));
  EXPECT_OK(ParseNote(std::string(kNoteBytesMax - rest.size(), 't') + rest));
  EXPECT_THAT(ParseNote(std::string(kNoteBytesMax - rest.size() + 1, 't') + rest),
              RefusedWith("NOTE_MALFORMED"));
}

class OwnNotes : public ::testing::Test {
 protected:
  const NoteSigner log_{"log.example", PrivateKey::Generate()};
  const NoteSigner other_{"other.example", PrivateKey::Generate()};
};

TEST_F(OwnNotes, TextAndLinesPartAtTheLastBlankLine) {
  // A reader that parts at the first blank line would take the second paragraph for a signature.
  const std::string text = "first\n\nsecond\n\n\nthird\n";
  ASSERT_OK_AND_ASSIGN(const std::string note, SignNote(text, {log_}));
  EXPECT_EQ(OpenNote(note, {log_.verifier()}).value().text, text);
  // A text that holds a whole note of its own.
  ASSERT_OK_AND_ASSIGN(const std::string nested, SignNote(note, {other_}));
  ASSERT_OK_AND_ASSIGN(const OpenedNote outer, OpenNote(nested, {other_.verifier()}));
  EXPECT_EQ(outer.text, note);
  EXPECT_THAT(OpenNote(nested, {log_.verifier()}), RefusedWith("NOTE_UNSIGNED"));
}

TEST_F(OwnNotes, ABadLineByAKnownKeyRefusesTheNoteWhateverElseVerifies) {
  const std::string text = "text\n";
  const std::string good = absl::StrCat(text, "\n", SignatureLine(text, other_));
  const std::string bad = SignatureLine("another text\n", log_);
  EXPECT_THAT(OpenNote(good + bad, {other_.verifier(), log_.verifier()}),
              RefusedWith("NOTE_SIGNATURE_INVALID"));
  EXPECT_THAT(OpenNote(absl::StrCat(text, "\n", bad, SignatureLine(text, other_)),
                       {other_.verifier(), log_.verifier()}),
              RefusedWith("NOTE_SIGNATURE_INVALID"));
  // A good line by the same key does not heal it.
  EXPECT_THAT(OpenNote(good + SignatureLine(text, log_) + bad, {log_.verifier()}),
              RefusedWith("NOTE_SIGNATURE_INVALID"));
  // To those who do not know that key it is one more unknown line.
  EXPECT_OK(OpenNote(good + bad, {other_.verifier()}));
}

TEST_F(OwnNotes, NamesAreComparedAsBytesAndNeverAsPatterns) {
  const std::string text = "text\n";
  const PrivateKey key = PrivateKey::Generate();
  const NoteSigner pattern{"log.*", key};
  const NoteSigner plain{"log.example", key};
  EXPECT_OK(OpenNote(SignNote(text, {pattern}).value(), {pattern.verifier()}));
  EXPECT_THAT(OpenNote(SignNote(text, {plain}).value(), {pattern.verifier()}),
              RefusedWith("NOTE_UNSIGNED"));
  EXPECT_THAT(OpenNote(SignNote(text, {pattern}).value(), {plain.verifier()}),
              RefusedWith("NOTE_UNSIGNED"));
  const NoteSigner bracket{"[a-z](log|x)?$^\\", key};
  EXPECT_OK(OpenNote(SignNote(text, {bracket}).value(), {bracket.verifier()}));
}

TEST_F(OwnNotes, ALineUnderAnotherNameOrIdIsUnknown) {
  const std::string text = "text\n";
  const std::string line = SignatureLine(text, log_);
  const std::string renamed = absl::StrReplaceAll(line, {{"log.example", "log.exampl"}});
  EXPECT_THAT(OpenNote(absl::StrCat(text, "\n", renamed), {log_.verifier()}),
              RefusedWith("NOTE_UNSIGNED"));
}

TEST_F(OwnNotes, RefusesToSignWhatNoReaderWouldTake) {
  EXPECT_THAT(SignNote("no newline", {log_}), RefusedWith("NOTE_MALFORMED"));
  EXPECT_THAT(SignNote("", {log_}), RefusedWith("NOTE_MALFORMED"));
  EXPECT_THAT(SignNote("text\n", {}), RefusedWith("NOTE_MALFORMED"));
  EXPECT_THAT(SignNote("bell\a\n", {log_}), RefusedWith("NOTE_MALFORMED"));
  EXPECT_THAT(SignNote("text\n", {NoteSigner{"bad name", log_.key}}),
              RefusedWith("NOTE_MALFORMED"));
}

TEST(KeyName, HasNoSpaceOfUnicodeNoPlusAndNoControl) {
  for (const char* name : {"a", "example.com/log",
                           "Stra\xc3\x9f"
                           "e",
                           "\xe2\x80\x94", "a*b", "\xf0\x9f\x93\x9c"}) {
    EXPECT_TRUE(IsKeyName(name)) << name;
  }
  for (const char* name :
       {"", "a b", "a+b", "a\tb", "a\nb", "\xc2\x85", "a\xc2\xa0", "\xe1\x9a\x80", "\xe2\x80\x80",
        "\xe2\x80\x8a", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f",
        "x\xe3\x80\x80y", "\xff"}) {
    EXPECT_FALSE(IsKeyName(name)) << name;
  }
}

TEST(KeyName, KeysOfTwoTypesHaveTwoIds) {
  const std::string key(32, 'k');
  EXPECT_NE(KeyId("name", 0x01, key), KeyId("name", 0x04, key));
  EXPECT_NE(KeyId("name", 0x01, key), KeyId("eman", 0x01, key));
}

}  // namespace
}  // namespace waymark::merkle
