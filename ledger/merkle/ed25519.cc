#include "ledger/merkle/ed25519.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"

namespace waymark::merkle {
namespace {

constexpr size_t kKeyBytes = 32;

struct Free {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(BIGNUM* number) const { BN_free(number); }
  void operator()(BN_CTX* context) const { BN_CTX_free(context); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

const uint8_t* Bytes(absl::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

absl::Status Malformed(absl::string_view message) {
  // What failed stays out of this thread's error queue, where another library would take it for its
  // own.
  ERR_clear_error();
  return Refuse(
      {absl::StatusCode::kInvalidArgument, "KEY_MALFORMED", absl::StrCat("key: ", message)});
}

// Arithmetic modulo 2^255 - 19, for judging a key once when it is registered. Not in constant time:
// public keys only.
class Field {
 public:
  Field() : context_(BN_CTX_new()), prime_(BN_new()) {
    WAYMARK_CHECK(context_ != nullptr && prime_ != nullptr);
    WAYMARK_CHECK(BN_set_bit(prime_.get(), 255) == 1 && BN_sub_word(prime_.get(), 19) == 1);
  }

  using Element = Owned<BIGNUM>;
  Element Number(uint64_t value) const {
    Element element = New();
    WAYMARK_CHECK(BN_set_word(element.get(), value) == 1);
    return element;
  }
  // Null unless the bytes, little-endian, are below the prime.
  Element FromLittleEndian(absl::string_view bytes) const {
    Element element(BN_lebin2bn(Bytes(bytes), static_cast<int>(bytes.size()), nullptr));
    WAYMARK_CHECK(element != nullptr);
    if (BN_cmp(element.get(), prime_.get()) >= 0) element.reset();
    return element;
  }
  Element Add(const Element& a, const Element& b) const {
    Element out = New();
    WAYMARK_CHECK(BN_mod_add(out.get(), a.get(), b.get(), prime_.get(), context_.get()) == 1);
    return out;
  }
  Element Subtract(const Element& a, const Element& b) const {
    Element out = New();
    WAYMARK_CHECK(BN_mod_sub(out.get(), a.get(), b.get(), prime_.get(), context_.get()) == 1);
    return out;
  }
  Element Multiply(const Element& a, const Element& b) const {
    Element out = New();
    WAYMARK_CHECK(BN_mod_mul(out.get(), a.get(), b.get(), prime_.get(), context_.get()) == 1);
    return out;
  }
  Element Invert(const Element& a) const {
    Element out = New();
    WAYMARK_CHECK(BN_mod_inverse(out.get(), a.get(), prime_.get(), context_.get()) != nullptr);
    return out;
  }
  // Euler's criterion: a^((p-1)/2) is 0 or 1.
  bool IsSquare(const Element& a) const {
    Element exponent(BN_dup(prime_.get()));
    WAYMARK_CHECK(exponent != nullptr && BN_rshift1(exponent.get(), exponent.get()) == 1);
    Element out = New();
    WAYMARK_CHECK(BN_mod_exp(out.get(), a.get(), exponent.get(), prime_.get(), context_.get()) ==
                  1);
    return BN_is_zero(out.get()) || BN_is_one(out.get());
  }

 private:
  static Element New() {
    Element element(BN_new());
    WAYMARK_CHECK(element != nullptr);
    return element;
  }

  Owned<BN_CTX> context_;
  Owned<BIGNUM> prime_;
};

}  // namespace

PrivateKey::PrivateKey(std::shared_ptr<EVP_PKEY> key) : key_(std::move(key)) {
  char raw[kKeyBytes];
  size_t bytes = sizeof(raw);
  WAYMARK_CHECK(EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<uint8_t*>(raw), &bytes) ==
                1);
  WAYMARK_CHECK(bytes == kKeyBytes);
  public_key_.assign(raw, bytes);
}

PrivateKey PrivateKey::Generate() {
  Owned<EVP_PKEY> key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  // Without randomness there is no key worth going on with.
  WAYMARK_CHECK(key != nullptr);
  return PrivateKey(std::move(key));
}

absl::StatusOr<PrivateKey> PrivateKey::FromSeed(absl::string_view seed) {
  if (seed.size() != kKeyBytes) {
    return Malformed(absl::StrCat("seed of ", seed.size(), " bytes, must be ", kKeyBytes));
  }
  Owned<EVP_PKEY> key(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Bytes(seed), seed.size()));
  WAYMARK_CHECK(key != nullptr);
  return PrivateKey(std::move(key));
}

absl::StatusOr<PrivateKey> PrivateKey::FromPem(absl::string_view pem) {
  Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  WAYMARK_CHECK(bio != nullptr);
  // The default would ask for a passphrase at the terminal.
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  if (key == nullptr) return Malformed("not an unencrypted PKCS#8 PEM private key");
  if (!EVP_PKEY_is_a(key.get(), "ED25519")) return Malformed("not an Ed25519 key");
  return PrivateKey(std::move(key));
}

std::string PrivateKey::ToPem() const {
  Owned<BIO> bio(BIO_new(BIO_s_secmem()));
  WAYMARK_CHECK(bio != nullptr);
  WAYMARK_CHECK(PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr,
                                              nullptr) == 1);
  char* text = nullptr;
  const long bytes = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<size_t>(bytes));
}

std::string PrivateKey::Sign(absl::string_view message) const {
  Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  WAYMARK_CHECK(context != nullptr);
  WAYMARK_CHECK(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1);
  std::string signature(kSignatureBytes, '\0');
  size_t bytes = signature.size();
  WAYMARK_CHECK(EVP_DigestSign(context.get(), reinterpret_cast<uint8_t*>(signature.data()), &bytes,
                               Bytes(message), message.size()) == 1);
  WAYMARK_CHECK(bytes == kSignatureBytes);
  return signature;
}

bool VerifyEd25519(absl::string_view public_key, absl::string_view message,
                   absl::string_view signature) {
  if (public_key.size() != kKeyBytes || signature.size() != kSignatureBytes) return false;
  Owned<EVP_PKEY> key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(public_key), public_key.size()));
  Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  WAYMARK_CHECK(key != nullptr && context != nullptr);
  WAYMARK_CHECK(EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1);
  const bool good = EVP_DigestVerify(context.get(), Bytes(signature), signature.size(),
                                     Bytes(message), message.size()) == 1;
  if (!good) ERR_clear_error();
  return good;
}

// A public key is y, little-endian in 255 bits, and the parity of x in the last bit (RFC 8032
// section 5.1.2), of a point with  -x^2 + y^2 = 1 + d x^2 y^2.
absl::Status CheckRegistrable(absl::string_view public_key) {
  const auto refuse = [](absl::string_view why) {
    return Refuse({absl::StatusCode::kInvalidArgument, "KEY_REFUSED",
                   absl::StrCat("public_key: ", why), -1, "public_key"});
  };
  if (public_key.size() != kKeyBytes) {
    return refuse(absl::StrCat(public_key.size(), " bytes, must be ", kKeyBytes));
  }
  std::string y_bytes(public_key);
  y_bytes.back() = static_cast<char>(y_bytes.back() & 0x7f);
  const Field field;
  const Field::Element y = field.FromLittleEndian(y_bytes);
  if (y == nullptr) return refuse("not the canonical form of its point");

  const Field::Element zero = field.Number(0);
  const Field::Element one = field.Number(1);
  const Field::Element d = field.Multiply(field.Subtract(zero, field.Number(121665)),
                                          field.Invert(field.Number(121666)));
  const Field::Element yy = field.Multiply(y, y);
  // x^2 = (y^2 - 1) / (d y^2 + 1), and a quotient is a square just when the product is.
  const Field::Element above = field.Subtract(yy, one);
  const Field::Element below = field.Add(field.Multiply(d, yy), one);
  if (!field.IsSquare(field.Multiply(above, below))) return refuse("not a point of the curve");

  // Orders 1 and 2 have y = 1 and -1, order 4 has y = 0, and doubling a point of order 8 gives y =
  // 0, that is x^2 + y^2 = 0, or d y^4 + 2 y^2 - 1 = 0. (With y = 1 or -1, x is 0, and both its
  // parities end here.)
  const Field::Element order_8 =
      field.Subtract(field.Add(field.Multiply(d, field.Multiply(yy, yy)), field.Add(yy, yy)), one);
  if (BN_is_zero(yy.get()) || BN_is_zero(above.get()) || BN_is_zero(order_8.get())) {
    return refuse("a point of low order, whose signatures fit many messages");
  }
  return absl::OkStatus();
}

}  // namespace waymark::merkle
