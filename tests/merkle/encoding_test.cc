#include "ledger/merkle/encoding.h"

#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace waymark::merkle {
namespace {

using ::waymark::test::RefusedWith;

TEST(Encoding, HexIsLowerCaseAndGoesBothWays) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
  const std::string hex = ToHex(bytes);
  EXPECT_EQ(hex.substr(0, 6), "000102");
  EXPECT_EQ(hex.substr(hex.size() - 4), "feff");
  EXPECT_EQ(FromHex(hex).value(), bytes);
}

TEST(Encoding, RefusesHexThatIsNotCanonical) {
  for (const char* text : {"0", "0G", "FF", "0x", " 00", "00 ", "000"}) {
    EXPECT_THAT(FromHex(text), RefusedWith("HEX_MALFORMED")) << text;
  }
}

TEST(Encoding, Base64GoesBothWays) {
  for (size_t size = 0; size < 70; ++size) {
    const std::string bytes(size, '\xfb');
    EXPECT_EQ(FromBase64(ToBase64(bytes)).value(), bytes);
  }
}

TEST(Encoding, RefusesBase64ThatIsNotCanonical) {
  // Padding missing, too much or alone; stray bits in the last digit; the other alphabet; spaces.
  for (const char* text : {"QQ", "QQ=", "QQ===", "====", "=", "QR==", "QUF=", "QUE", "-_-_",
                           "Q Q=", "QQ==\n", " QQ==", "QQ==QQ=="}) {
    EXPECT_THAT(FromBase64(text), RefusedWith("BASE64_MALFORMED")) << text;
  }
}

TEST(Encoding, RefusesADigestOfAnotherLength) {
  EXPECT_THAT(DigestFromBytes(std::string(31, 'd')), RefusedWith("DIGEST_MALFORMED"));
  EXPECT_THAT(DigestFromBase64(ToBase64(std::string(33, 'd'))), RefusedWith("DIGEST_MALFORMED"));
  EXPECT_THAT(DigestFromHex("00"), RefusedWith("DIGEST_MALFORMED"));
}

TEST(Encoding, DecimalHasNoSignZeroOrSpaceInFront) {
  EXPECT_EQ(FromDecimal("0").value(), 0u);
  EXPECT_EQ(FromDecimal("18446744073709551615").value(), UINT64_MAX);
  for (const char* text : {"", "00", "01", "+1", "-1", " 1", "1 ", "1\n", "0x1", "1e3",
                           "18446744073709551616", "99999999999999999999999"}) {
    EXPECT_THAT(FromDecimal(text), RefusedWith("NUMBER_MALFORMED")) << text;
  }
}

TEST(Encoding, IntegerBytesAreFrozen) {
  std::string out;
  AppendU16be(0x0102, &out);
  AppendU32be(0x03040506, &out);
  AppendU32le(0x03040506, &out);
  AppendU64be(0x0708090a0b0c0d0e, &out);
  AppendU64le(0x0708090a0b0c0d0e, &out);
  EXPECT_EQ(ToHex(out),
            "01020304050606050403"
            "0708090a0b0c0d0e"
            "0e0d0c0b0a090807");
  EXPECT_EQ(GetU16be(out), 0x0102);
  EXPECT_EQ(GetU32be(out.substr(2)), 0x03040506u);
  EXPECT_EQ(GetU32le(out.substr(6)), 0x03040506u);
  EXPECT_EQ(GetU64be(out.substr(10)), 0x0708090a0b0c0d0eu);
  EXPECT_EQ(GetU64le(out.substr(18)), 0x0708090a0b0c0d0eu);
}

TEST(Encoding, TellsUtf8FromWhatOnlyLooksLikeIt) {
  for (const char* text :
       {"", "a", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "\xe2\x80\x94 x"}) {
    EXPECT_TRUE(IsUtf8(text)) << ToHex(text);
  }
  // Stray continuations, overlong forms, surrogates, above U+10FFFF, cut short.
  for (const char* text : {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80",
                           "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
                           "\xf5\x80\x80\x80", "\xff", "\xc2", "\xe2\x80", "\xf0\x90\x80",
                           "\xc2"
                           "a",
                           "\xe2\x80"
                           "a"}) {
    EXPECT_FALSE(IsUtf8(text)) << ToHex(text);
  }
}

TEST(Encoding, ATextHasBoundsAndNoControlCharacters) {
  EXPECT_OK(CheckText("contract_id", std::string(64, 'c'), 64));
  EXPECT_OK(CheckText("contract_id",
                      "Stra\xc3\x9f"
                      "e 7",
                      64));
  for (const std::string& text :
       {std::string(), std::string(65, 'c'), std::string("a\x1f"), std::string("a\x7f"),
        std::string("a\0", 2), std::string("\xff")}) {
    EXPECT_THAT(CheckText("contract_id", text, 64), RefusedWith("TEXT_INVALID")) << ToHex(text);
  }
}

}  // namespace
}  // namespace waymark::merkle
