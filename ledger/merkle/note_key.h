// This header defines the names that keys have in signed notes (C2SP signed-note): verifier keys,
// and private keys under a name. Safe from any thread.
//
//   ASSIGN_OR_RETURN(const VerifierKey key, ParseVkey("example.com/log+33d7b496+AeHT..."));
#ifndef WAYMARK_LEDGER_MERKLE_NOTE_KEY_H_
#define WAYMARK_LEDGER_MERKLE_NOTE_KEY_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/merkle/ed25519.h"

namespace waymark::merkle {

// What a key signs. Other types exist; lines by them are carried and ignored.
enum class KeyType : uint8_t {
  // The text itself.
  kLog = 0x01,
  // "cosignature/v1", the time, and the text.
  kCosignature = 0x04,
};

// A public key under a name. The id is a label: two keys may share one.
struct VerifierKey {
  std::string name;
  KeyType type = KeyType::kLog;
  // 32 bytes.
  std::string public_key;

  uint32_t id() const;
  friend bool operator==(const VerifierKey&, const VerifierKey&) = default;
};

// First four bytes of SHA-256(name || 0a || type || public_key), read big-endian.
uint32_t KeyId(absl::string_view name, uint8_t type, absl::string_view public_key);

// Not empty, UTF-8, no control byte, no Unicode space, no '+'.
bool IsKeyName(absl::string_view name);

// "name+hex8(id)+base64(type || public_key)". InvalidArgument VKEY_MALFORMED for another form, name
// or id; VKEY_TYPE_UNKNOWN for a type that is not in KeyType.
absl::StatusOr<VerifierKey> ParseVkey(absl::string_view vkey);
std::string FormatVkey(const VerifierKey& key);

// A private key under a name.
struct NoteSigner {
  std::string name;
  PrivateKey key;
  VerifierKey verifier() const { return {name, KeyType::kLog, key.public_key()}; }
};

// "PRIVATE+KEY+name+hex8+base64(01 || seed)", a form for tests: real keys are PEM files.
// InvalidArgument VKEY_MALFORMED; the message never quotes the text.
absl::StatusOr<NoteSigner> ParseSigningKey(absl::string_view text);

}  // namespace waymark::merkle

#endif  // WAYMARK_LEDGER_MERKLE_NOTE_KEY_H_
