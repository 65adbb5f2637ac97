package fingerprint

// SureBits is the number of a code's bits whose certainty EncodeSure tells: those of the word and the
// first of the signature.
const SureBits = 32

// EncodeSure returns the code of d and how far each of its leading bits is from turning: first the
// bits of the word from bit 0, then those of the signature from bit 0. Only the order and the ratio of
// certainties mean something.
func EncodeSure(d *Descriptor) (c LocalCode, sure [SureBits]int32) {
	v := project(d)
	for i, x := range v {
		if i < len(sure) {
			sure[i] = abs(x)
		}
		if i < wordBits {
			c.Word |= uint16(positive(x)) << i
		} else {
			c.Sig |= positive(x) << (i - wordBits)
		}
	}
	return c, sure
}
