package fingerprint

import (
	"encoding/hex"
	"fmt"
	"math/bits"
)

// Code is a 256-bit picture code. Bit k is bit k%64 of word k/64. For PDQ, bit 16*i+j says whether
// the coefficient of vertical frequency i+1 and horizontal frequency j+1 is above the median.
type Code [4]uint64

// Distance returns the number of bits in which c and o differ, 0 to 256.
func (c Code) Distance(o Code) int {
	return bits.OnesCount64(c[0]^o[0]) + bits.OnesCount64(c[1]^o[1]) +
		bits.OnesCount64(c[2]^o[2]) + bits.OnesCount64(c[3]^o[3])
}

// String returns c as 64 hexadecimal digits, bit 255 first, the form in which PDQ codes are exchanged.
func (c Code) String() string {
	return fmt.Sprintf("%016x%016x%016x%016x", c[3], c[2], c[1], c[0])
}

// ParseCode reads the form that String writes.
func ParseCode(s string) (Code, error) {
	var b [32]byte
	if len(s) != 64 {
		return Code{}, fmt.Errorf("read code: %d characters, want 64 hexadecimal digits", len(s))
	}
	if _, err := hex.Decode(b[:], []byte(s)); err != nil {
		return Code{}, fmt.Errorf("read code %q: %w", s, err)
	}
	var c Code
	for i, v := range b {
		c[3-i/8] = c[3-i/8]<<8 | uint64(v)
	}
	return c, nil
}
