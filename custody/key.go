package custody

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// ErrKey reports that the private key that signs the log is missing, is another log's, or is open to other
// users. The message says which and what to do. Reading and [Verify] work without it.
var ErrKey = errors.New("custody: no usable signing key")

// keyName is the name in the private key's file. Each log signs under a name of its own, derived from its
// origin.
const keyName = "beleg"

// algEd25519 is the algorithm byte of sumdb/note keys.
const algEd25519 = 1

// DefaultKeyFile returns where the private key lies: the environment's BELEG_KEY, else beleg/signing.key in the
// user's configuration folder. It is never inside a data folder: whoever gets hold of that must not be able to
// sign.
func DefaultKeyFile() (string, error) {
	if p := os.Getenv("BELEG_KEY"); p != "" {
		return p, nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("find signing key: %w; set BELEG_KEY to a file outside the data folder: %w", err, ErrKey)
	}
	return filepath.Join(dir, "beleg", "signing.key"), nil
}

// readKey reads a private key. The error wraps fs.ErrNotExist when there is none.
func readKey(file string) (ed25519.PrivateKey, error) {
	h, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("open signing key: %w", err)
	}
	defer h.Close()
	st, err := h.Stat()
	if err != nil {
		return nil, fmt.Errorf("open signing key: %w", err)
	}
	if st.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("signing key %s can be read by other users: run chmod 600 on it: %w", file, ErrKey)
	}
	b, err := io.ReadAll(io.LimitReader(h, 1<<12))
	if err != nil {
		return nil, fmt.Errorf("read signing key: %w", err)
	}
	return parseKey(file, string(b))
}

func parseKey(file, text string) (ed25519.PrivateKey, error) {
	text = strings.TrimSuffix(text, "\n")
	if _, err := note.NewSigner(text); err != nil {
		return nil, fmt.Errorf("signing key %s: %w: %w", file, err, ErrKey)
	}
	// The last part may itself hold plus signs, so it is found by its length.
	part := text[max(0, len(text)-base64.StdEncoding.EncodedLen(1+ed25519.SeedSize)):]
	raw, err := base64.StdEncoding.DecodeString(part)
	if err != nil || len(raw) != 1+ed25519.SeedSize {
		return nil, fmt.Errorf("signing key %s is not an ed25519 key: %w", file, ErrKey)
	}
	return ed25519.NewKeyFromSeed(raw[1:]), nil
}

// createKey makes a private key for its owner only, durable before it signs anything.
func createKey(file string, random io.Reader) (ed25519.PrivateKey, error) {
	_, key, err := ed25519.GenerateKey(random)
	if err != nil {
		return nil, fmt.Errorf("make signing key: %w", err)
	}
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make signing key: %w", err)
	}
	h, err := os.CreateTemp(dir, ".signing-*") // 0600
	if err != nil {
		return nil, fmt.Errorf("make signing key: %w", err)
	}
	defer os.Remove(h.Name())
	if err = writeSealed(h, []byte(privateText(keyName, key)+"\n"), 0o600); err == nil {
		err = os.Link(h.Name(), file)
	}
	if errors.Is(err, fs.ErrExist) { // another process was faster: its key is the key
		return readKey(file)
	}
	if err == nil {
		err = syncPath(dir)
	}
	if err != nil {
		return nil, fmt.Errorf("make signing key: %w", err)
	}
	return key, nil
}

func syncPath(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// privateText is the form of golang.org/x/mod/sumdb/note: PRIVATE+KEY+name+hash+base64(algorithm byte, seed).
func privateText(name string, key ed25519.PrivateKey) string {
	raw := append([]byte{algEd25519}, key.Seed()...)
	return fmt.Sprintf("PRIVATE+KEY+%s+%s+%s", name, keyHash(name, key), base64.StdEncoding.EncodeToString(raw))
}

// keyHash is the first four bytes, in hex, of SHA-256(name, newline, algorithm byte, public key).
func keyHash(name string, key ed25519.PrivateKey) string {
	h := sha256.New()
	io.WriteString(h, name+"\n")
	h.Write([]byte{algEd25519})
	h.Write(key.Public().(ed25519.PublicKey))
	return hex.EncodeToString(h.Sum(nil)[:4])
}

// verifierText is the public half of key under a log's origin.
func verifierText(origin string, key ed25519.PrivateKey) string {
	s, err := note.NewEd25519VerifierKey(origin, key.Public().(ed25519.PublicKey))
	if err != nil {
		panic("custody: verifier key: " + err.Error())
	}
	return s
}

func signerFor(origin string, key ed25519.PrivateKey) (note.Signer, error) {
	return note.NewSigner(privateText(origin, key))
}

// parseVerifier reads a verifier key, and nothing but the one form in which verifierText writes it.
func parseVerifier(text string) (note.Verifier, error) {
	v, err := note.NewVerifier(text)
	if err != nil {
		return nil, fmt.Errorf("log key %.200q: %w", text, err)
	}
	// The library also takes capitals in the key hash and line breaks in the base64 part.
	if !strings.HasPrefix(text, fmt.Sprintf("%s+%08x+", v.Name(), v.KeyHash())) || strings.ContainsAny(text, "\r\n") {
		return nil, fmt.Errorf("log key %.200q is not as it was written", text)
	}
	return v, nil
}
