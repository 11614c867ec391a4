#include "ledger/merkle/ed25519.h"

#include <gtest/gtest.h>

#include "tests/merkle/vectors.h"
#include "tests/support/status_matchers.h"

namespace waymark::merkle {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::waymark::test::RefusedWith;

TEST(Ed25519, AcceptsExactly208OfThe914EdgeCases) {
  const nlohmann::json vectors = test::LoadVectors("ed25519.json")["vectors"];
  ASSERT_EQ(vectors.size(), 914u);
  int accepted = 0;
  for (const auto& vector : vectors) {
    const bool good = VerifyEd25519(test::Hex(test::Text(vector[0])), test::Text(vector[2]),
                                    test::Hex(test::Text(vector[1])));
    EXPECT_EQ(good, vector[3].get<bool>()) << vector[0] << vector[1] << vector[2];
    accepted += good ? 1 : 0;
  }
  EXPECT_EQ(accepted, 208);
}

TEST(Ed25519, AgreesWithTheRfc) {
  // RFC 8032 section 7.1, TEST 1 and TEST 2.
  const PrivateKey first =
      PrivateKey::FromSeed(
          test::Hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
          .value();
  EXPECT_EQ(ToHex(first.public_key()),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  EXPECT_EQ(
      ToHex(first.Sign("")),
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701"
      "cf9b46bd25bf5f0595bbe24655141438e7a100b");
  const PrivateKey second =
      PrivateKey::FromSeed(
          test::Hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
          .value();
  EXPECT_EQ(
      ToHex(second.Sign("\x72")),
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d"
      "0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

TEST(Ed25519, ASignatureIsForOneKeyAndOneMessage) {
  const PrivateKey key = PrivateKey::Generate();
  const std::string signature = key.Sign("message");
  EXPECT_TRUE(VerifyEd25519(key.public_key(), "message", signature));
  EXPECT_FALSE(VerifyEd25519(key.public_key(), "massage", signature));
  EXPECT_FALSE(VerifyEd25519(PrivateKey::Generate().public_key(), "message", signature));
  EXPECT_FALSE(VerifyEd25519(key.public_key(), "message", signature.substr(0, 63)));
  EXPECT_FALSE(VerifyEd25519(key.public_key(), "message", signature + "x"));
  EXPECT_FALSE(VerifyEd25519(key.public_key().substr(0, 31), "message", signature));
  EXPECT_FALSE(VerifyEd25519("", "", ""));
}

TEST(PrivateKey, ComesBackFromItsPem) {
  const PrivateKey key = PrivateKey::Generate();
  const std::string pem = key.ToPem();
  EXPECT_THAT(pem, HasSubstr("-----BEGIN PRIVATE KEY-----"));
  ASSERT_OK_AND_ASSIGN(const PrivateKey read, PrivateKey::FromPem(pem));
  EXPECT_EQ(read.public_key(), key.public_key());
  EXPECT_EQ(read.Sign("message"), key.Sign("message"));
}

TEST(PrivateKey, RefusesWhatIsNoEd25519KeyAndNeverQuotesIt) {
  // openssl genpkey -algorithm x25519; and -algorithm ed25519 -aes256 -pass pass:secret.
  const char* const x25519 =
      "-----BEGIN PRIVATE "
      "KEY-----\nMC4CAQAwBQYDK2VuBCIEIAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAhI\n"
      "-----END PRIVATE KEY-----\n";
  for (const std::string& text : {std::string(), std::string("secret"), std::string(x25519),
                                  PrivateKey::Generate().ToPem().substr(0, 80)}) {
    const absl::StatusOr<PrivateKey> key = PrivateKey::FromPem(text);
    EXPECT_THAT(key, RefusedWith("KEY_MALFORMED"));
    EXPECT_THAT(std::string(key.status().message()), Not(HasSubstr("secret")));
  }
  EXPECT_THAT(PrivateKey::FromSeed(std::string(31, 's')), RefusedWith("KEY_MALFORMED"));
}

TEST(CheckRegistrable, TakesEveryFreshKey) {
  for (int i = 0; i < 50; ++i) EXPECT_OK(CheckRegistrable(PrivateKey::Generate().public_key()));
}

TEST(CheckRegistrable, RefusesThePointsOfLowOrderAndNonCanonicalForms) {
  const nlohmann::json vectors = test::LoadVectors("ed25519.json");
  ASSERT_EQ(vectors["low_order_keys"].size(), 14u);
  for (const auto& key : vectors["low_order_keys"]) {
    EXPECT_THAT(CheckRegistrable(test::Hex(test::Text(key))), RefusedWith("KEY_REFUSED")) << key;
  }
  for (const auto& key : vectors["non_canonical_keys"]) {
    EXPECT_THAT(CheckRegistrable(test::Hex(test::Text(key))), RefusedWith("KEY_REFUSED")) << key;
  }
  for (const auto& key : vectors["plain_keys"]) {
    EXPECT_OK(CheckRegistrable(test::Hex(test::Text(key)))) << key;
  }
}

TEST(CheckRegistrable, RefusesWhatIsNoPointOrNoKey) {
  // y = 2: (y^2 - 1) / (d y^2 + 1) is no square.
  EXPECT_THAT(CheckRegistrable(test::Hex("02" + std::string(62, '0'))), RefusedWith("KEY_REFUSED"));
  EXPECT_THAT(CheckRegistrable(""), RefusedWith("KEY_REFUSED"));
  EXPECT_THAT(CheckRegistrable(std::string(33, 'k')), RefusedWith("KEY_REFUSED"));
}

}  // namespace
}  // namespace waymark::merkle
