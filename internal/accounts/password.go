package accounts

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"sync"

	"golang.org/x/crypto/argon2"
)

// Costs of argon2id, the first of the settings that OWASP's password storage cheat sheet lists: 19 MiB, two passes, one lane.
const (
	memory = 19 * 1024 // KiB
	passes = 2
	lanes  = 1
)

// hashPassword returns the PHC string of a password: costs and salt stand in it.
func hashPassword(password string) string {
	var salt [16]byte
	rand.Read(salt[:])
	key := argon2.IDKey([]byte(password), salt[:], passes, memory, lanes, 32)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memory, passes, lanes,
		base64.RawStdEncoding.EncodeToString(salt[:]), base64.RawStdEncoding.EncodeToString(key))
}

// nobody is what a password is compared with when there is no account, so that this takes as long.
var nobody = sync.OnceValue(func() string { return hashPassword(rand.Text()) })

// samePassword reports whether hash is that of password. An empty hash fits none.
func samePassword(hash, password string) bool {
	known := hash != ""
	if !known {
		hash = nobody()
	}
	var version, m, t, p int
	var rest string
	if _, err := fmt.Sscanf(hash, "$argon2id$v=%d$m=%d,t=%d,p=%d$%s", &version, &m, &t, &p, &rest); err != nil || version != argon2.Version {
		return false
	}
	if m < 1 || m > 1<<20 || t < 1 || t > 64 || p < 1 || p > 64 || len(rest) < 24 {
		return false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(rest[:22])
	want, err2 := base64.RawStdEncoding.DecodeString(rest[23:])
	if err1 != nil || err2 != nil || len(want) == 0 {
		return false
	}
	got := argon2.IDKey([]byte(password), salt, uint32(t), uint32(m), uint8(p), uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1 && known
}
