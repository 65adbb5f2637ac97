package fingerprint

import (
	"crypto/sha256"
	_ "embed"
	"encoding/binary"

	"beleg/internal/simd"
)

// vocabulary holds the projections that turn a descriptor into a code: for each bit of the word, then
// of the signature, dims weights as int8 and the threshold as little-endian int32. The program
// internal/train makes it from generated pictures; its seed stands there.
//
//go:embed vocabulary.bin
var vocabulary []byte

const projections = wordBits + sigBits

var weights, thresholds = func() (w [projections][dims]int16, t [projections]int32) {
	if len(vocabulary) != projections*(dims+4) {
		panic("fingerprint: vocabulary of the wrong size")
	}
	b := vocabulary
	for i := range w {
		for j := range w[i] {
			w[i][j] = int16(int8(b[j]))
		}
		t[i] = int32(binary.LittleEndian.Uint32(b[dims:]))
		b = b[dims+4:]
	}
	return w, t
}()

// VocabularyID names the vocabulary: codes of different vocabularies cannot be compared.
func VocabularyID() [32]byte { return sha256.Sum256(vocabulary) }

// project returns the projections of d less their thresholds.
func project(d *Descriptor) (v [projections]int32) {
	simd.Project(v[:], (*[dims]uint8)(d), weights[:])
	for i := range v {
		v[i] -= thresholds[i]
	}
	return v
}
