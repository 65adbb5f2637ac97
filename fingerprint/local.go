package fingerprint

import (
	"math"

	"beleg/luma"
)

// A Patch is a described keypoint of a picture.
type Patch struct {
	X, Y       int32 // 1/16 pixel, from the centre of the first pixel
	Scale      int32 // log2 of the blob's sigma in pixels, in 1/16
	Descriptor Descriptor
}

// An Extractor finds and describes the local features of pictures. It keeps its memory from one
// picture to the next and is not safe for concurrent use.
type Extractor struct {
	space   pyramid
	picker  picker
	points  []keypoint
	patches []Patch
}

// Patches returns at most n described keypoints of p, spread over the picture and over scales, the
// strongest of their neighbourhood first. The result is valid until the next call.
func (e *Extractor) Patches(p luma.Plane, n int) []Patch {
	e.patches = e.patches[:0]
	if min(p.W, p.H) < minOctave {
		return nil
	}
	e.space.build(p)
	e.points = e.picker.pick(e.space.detect(e.points[:0]), p.W, p.H)
	for _, k := range e.points[:min(n, len(e.points))] {
		e.patches = append(e.patches, Patch{X: k.x, Y: k.y, Scale: k.scale, Descriptor: e.space.describe(k)})
	}
	return e.patches
}

// A LocalCode is a descriptor made small: the visual word under which it is filed and a signature whose
// Hamming distance to another stands for the distance of the descriptors.
type LocalCode struct {
	Word uint16
	Sig  uint64
}

// wordBits and sigBits are the lengths of a code's two halves.
const (
	wordBits = 16
	sigBits  = 64
)

// Encode returns the code of d.
func Encode(d *Descriptor) LocalCode {
	c, _ := encode(d)
	return c
}

// EncodeAll returns the code of d and fills words, at most MaxWords, with its own word and those nearest to it, its own first:
// those that the least certain bits lead to.
func EncodeAll(d *Descriptor, words []uint16) LocalCode {
	c, sure := encode(d)
	probes(words, c.Word, &sure)
	return c
}

// encode returns the code of d and how far each bit of its word is from turning.
func encode(d *Descriptor) (c LocalCode, sure [wordBits]int32) {
	v := project(d)
	for i, x := range v[:wordBits] {
		c.Word |= uint16(positive(x)) << i
		sure[i] = abs(x)
	}
	for i, x := range v[wordBits:] {
		c.Sig |= positive(x) << i
	}
	return c, sure
}

// positive returns 1 for x > 0, else 0: which it is cannot be foretold, so there is no branch.
func positive(x int32) uint64 { return uint64(-int64(x)) >> 63 }

// MaxWords is the most words that EncodeAll returns.
const MaxWords = 8

// ranks are the least of numbers, ascending.
type ranks [MaxWords - 1]int64

func newRanks() (r ranks) {
	for i := range r {
		r[i] = math.MaxInt64
	}
	return r
}

// put takes v if it is among the least. Nothing branches: what is less cannot be foretold.
func (r *ranks) put(v int64) {
	for k := range r {
		r[k], v = min(r[k], v), max(r[k], v)
	}
}

// probes fills words with word and those reached by turning the bits whose sum of certainties is least.
func probes(words []uint16, word uint16, sure *[wordBits]int32) {
	least := newRanks()
	for i, s := range sure {
		least.put(int64(s)<<4 | int64(i))
	}
	var c [len(least)]int64
	var bit [len(least)]uint16
	for i, v := range least {
		c[i], bit[i] = v>>4, 1<<(v&15)
	}
	// The sets of bits that can be among the least, by the places of their bits: 0, 1, 01, 2, 02, 12, 012, 3, 03, 4, 5, 6.
	cost := [...]int64{c[0], c[1], c[0] + c[1], c[2], c[0] + c[2], c[1] + c[2], c[0] + c[1] + c[2], c[3], c[0] + c[3], c[4], c[5], c[6]}
	sets := [16]uint16{bit[0], bit[1], bit[0] | bit[1], bit[2], bit[0] | bit[2], bit[1] | bit[2], bit[0] | bit[1] | bit[2], bit[3], bit[0] | bit[3], bit[4], bit[5], bit[6]}
	best := newRanks()
	for n, v := range cost {
		best.put(v<<4 | int64(n))
	}
	words[0] = word
	for i := range words[1:] {
		words[1+i] = word ^ sets[best[i]&15]
	}
}
