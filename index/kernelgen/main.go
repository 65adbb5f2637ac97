// Command kernelgen writes the assembly of index's popcount kernels: "go generate ./index".
//
// Both functions walk n blocks of 256 bytes (8 codes, word-major) and write one byte of hits for
// each: bit j is set when code j differs from the query in at most radius bits.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

func main() {
	ConstraintExpr("amd64")
	avx512()
	avx2()
	Generate()
}

const signature = "func(blocks *byte, n int, query *uint64, radius int, masks *byte)"

// ahead is how far before its use a block is fetched: bytes.
const ahead = 4096

// walk emits the loop over the blocks around body.
func walk(body func(block, mask GPVirtual)) {
	block, mask := Load(Param("blocks"), GP64()), Load(Param("masks"), GP64())
	n := Load(Param("n"), GP64())
	TESTQ(n.(GPVirtual), n.(GPVirtual))
	JLE(LabelRef("done"))
	Label("loop")
	for line := range 4 {
		PREFETCHT0(Mem{Base: block.(GPVirtual), Disp: ahead + 64*line})
	}
	body(block.(GPVirtual), mask.(GPVirtual))
	ADDQ(U32(256), block)
	INCQ(mask)
	DECQ(n)
	JNZ(LabelRef("loop"))
	Label("done")
	VZEROUPPER()
	RET()
}

func avx512() {
	TEXT("scanAVX512", NOSPLIT, signature)
	Pragma("noescape")
	Doc("scanAVX512 needs AVX512F and AVX512VPOPCNTDQ.")
	query := Load(Param("query"), GP64())
	q := [4]VecVirtual{ZMM(), ZMM(), ZMM(), ZMM()}
	for w := range q {
		VPBROADCASTQ(Mem{Base: query, Disp: 8 * w}, q[w])
	}
	radius := ZMM()
	VPBROADCASTQ(NewParamAddr("radius", 24), radius)
	walk(func(block, mask GPVirtual) {
		var d [4]VecVirtual
		for w := range d {
			d[w] = ZMM()
			VPXORQ(Mem{Base: block, Disp: 64 * w}, q[w], d[w])
			VPOPCNTQ(d[w], d[w])
		}
		VPADDQ(d[0], d[1], d[0])
		VPADDQ(d[2], d[3], d[2])
		VPADDQ(d[0], d[2], d[0])
		k, hit := K(), GP32()
		Comment("Distance at most radius, as unsigned numbers.")
		VPCMPUQ(U8(2), radius, d[0], k)
		KMOVW(k, hit)
		MOVB(hit.As8(), Mem{Base: mask})
	})
}

func avx2() {
	nibble := GLOBL("nibbleCounts", RODATA|NOPTR)
	for i := range 32 {
		ones := [16]uint8{0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4}[i%16]
		DATA(i, U8(ones))
	}
	low := GLOBL("nibbleMask", RODATA|NOPTR)
	for i := range 32 {
		DATA(i, U8(15))
	}
	TEXT("scanAVX2", NOSPLIT, signature)
	Pragma("noescape")
	Doc("scanAVX2 needs AVX2; it counts bits by a table of nibbles.")
	query := Load(Param("query"), GP64())
	q := [4]VecVirtual{YMM(), YMM(), YMM(), YMM()}
	for w := range q {
		VPBROADCASTQ(Mem{Base: query, Disp: 8 * w}, q[w])
	}
	counts, lowMask, zeros, radius := YMM(), YMM(), YMM(), YMM()
	VMOVDQU(nibble, counts)
	VMOVDQU(low, lowMask)
	VPXOR(zeros, zeros, zeros)
	VPBROADCASTQ(NewParamAddr("radius", 24), radius)
	walk(func(block, mask GPVirtual) {
		hit := [2]GPVirtual{GP32(), GP32()}
		for half := range hit {
			sum := YMM()
			Commentf("Codes %d to %d: at most 32 in each byte of the sum.", 4*half, 4*half+3)
			for w := range q {
				bits, upper := YMM(), YMM()
				VPXOR(Mem{Base: block, Disp: 64*w + 32*half}, q[w], bits)
				VPSRLW(U8(4), bits, upper)
				VPAND(lowMask, bits, bits)
				VPAND(lowMask, upper, upper)
				VPSHUFB(bits, counts, bits)
				VPSHUFB(upper, counts, upper)
				VPADDB(bits, upper, bits)
				if w == 0 {
					sum = bits
				} else {
					VPADDB(sum, bits, sum)
				}
			}
			VPSADBW(zeros, sum, sum)
			VPCMPGTQ(radius, sum, sum)
			VMOVMSKPD(sum, hit[half])
		}
		SHLL(U8(4), hit[1])
		ORL(hit[1], hit[0])
		Comment("So far a bit says that the distance is above radius.")
		NOTL(hit[0])
		MOVB(hit[0].As8(), Mem{Base: mask})
	})
}
