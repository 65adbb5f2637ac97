package fingerprint

import "beleg/luma"

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

// EncodeAll returns the code of d and up to MaxWords words, n at most: its own and those nearest to its own, its own first: those that the
// least certain bits lead to.
func EncodeAll(d *Descriptor, n int) (LocalCode, []uint16) {
	c, sure := encode(d)
	return c, probes(c.Word, &sure, n)
}

// encode returns the code of d and how far each bit of its word is from turning.
func encode(d *Descriptor) (c LocalCode, sure [wordBits]int32) {
	v := project(d)
	for i, x := range v[:wordBits] {
		if x > 0 {
			c.Word |= 1 << i
		}
		sure[i] = abs(x)
	}
	for i, x := range v[wordBits:] {
		if x > 0 {
			c.Sig |= 1 << i
		}
	}
	return c, sure
}

// leaps are the sets of uncertain bits that can be among the seven least certain sets; bit i stands for
// the i-th least certain one.
var leaps = [...]uint8{1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 32, 64}

// MaxWords is the most words that EncodeAll returns.
const MaxWords = 8

// probes returns word and the n-1 words reached by turning the bits whose sum of certainties is least.
func probes(word uint16, sure *[wordBits]int32, n int) []uint16 {
	var least [7]int
	for i := range least {
		least[i] = -1
	}
	for i, s := range sure {
		for k := range least {
			if least[k] < 0 || s < sure[least[k]] {
				copy(least[k+1:], least[k:])
				least[k] = i
				break
			}
		}
	}
	type leap struct {
		word uint16
		cost int32
	}
	var best [MaxWords - 1]leap
	found := 0
	n = min(n, MaxWords)
	for _, set := range leaps {
		l := leap{word, 0}
		for k, i := range least {
			if set>>k&1 == 1 {
				l.word ^= 1 << i
				l.cost += sure[i]
			}
		}
		for k := range n - 1 {
			if k >= found || l.cost < best[k].cost {
				copy(best[k+1:n-1], best[k:])
				best[k] = l
				found = min(found+1, n-1)
				break
			}
		}
	}
	out := make([]uint16, 1, MaxWords)
	out[0] = word
	for _, l := range best[:found] {
		out = append(out, l.word)
	}
	return out
}
