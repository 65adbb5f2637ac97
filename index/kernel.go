package index

import (
	"encoding/binary"
	"math/bits"

	"beleg/fingerprint"
)

//go:generate go run ./kernelgen -out kernel_amd64.s -stubs kernel_amd64.go -pkg index

// blockCodes codes lie together in a block of blockSize bytes, word-major: word w of code j is the
// little-endian number at 64*w + 8*j. A vector register then holds one word of all eight, and the
// distances of eight codes come from three additions without sums across lanes.
const (
	blockCodes = 8
	blockSize  = blockCodes * 32
)

// Kernel finds the codes near a query in a run of blocks. All kernels give the same masks.
type Kernel struct {
	Name string
	// Scan sets bit j of masks[i] when code j of block i is within radius bits of q. It reads
	// len(masks) blocks, 256 bytes each; radius is 0 to 256.
	Scan func(blocks []byte, q *fingerprint.Code, radius int, masks []byte)
}

// Kernels returns the kernels that this machine can run, the fastest first; the last is the plain
// loop, which runs everywhere.
func Kernels() []Kernel {
	return append(vectorKernels(), Kernel{"plain", scanPlain})
}

// scanPlain is the kernel in plain Go.
func scanPlain(blocks []byte, q *fingerprint.Code, radius int, masks []byte) {
	le := binary.LittleEndian
	for i := range masks {
		b := (*[blockSize]byte)(blocks[i*blockSize:])
		var mask byte
		for j := range blockCodes {
			d := bits.OnesCount64(le.Uint64(b[8*j:])^q[0]) + bits.OnesCount64(le.Uint64(b[64+8*j:])^q[1]) +
				bits.OnesCount64(le.Uint64(b[128+8*j:])^q[2]) + bits.OnesCount64(le.Uint64(b[192+8*j:])^q[3])
			if d <= radius {
				mask |= 1 << j
			}
		}
		masks[i] = mask
	}
}

// putCode stores c as code i of blocks.
func putCode(blocks []byte, i int, c fingerprint.Code) {
	b := blocks[i/blockCodes*blockSize+i%blockCodes*8:]
	for w, v := range c {
		binary.LittleEndian.PutUint64(b[64*w:], v)
	}
}

// codeAt returns code i of blocks.
func codeAt(blocks []byte, i int) (c fingerprint.Code) {
	b := blocks[i/blockCodes*blockSize+i%blockCodes*8:]
	for w := range c {
		c[w] = binary.LittleEndian.Uint64(b[64*w:])
	}
	return c
}

// blocksFor returns how many blocks n codes fill.
func blocksFor(n int) int { return (n + blockCodes - 1) / blockCodes }

// Blocks returns codes in the blocked layout; the last block is filled with zero codes.
func Blocks(codes []fingerprint.Code) []byte {
	b := make([]byte, blocksFor(len(codes))*blockSize)
	for i, c := range codes {
		putCode(b, i, c)
	}
	return b
}
