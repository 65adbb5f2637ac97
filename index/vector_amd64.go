package index

import (
	"golang.org/x/sys/cpu"

	"beleg/fingerprint"
)

func vectorKernels() []Kernel {
	var out []Kernel
	if cpu.X86.HasAVX512F && cpu.X86.HasAVX512VPOPCNTDQ {
		out = append(out, Kernel{"avx512", vectorScan(scanAVX512)})
	}
	if cpu.X86.HasAVX2 {
		out = append(out, Kernel{"avx2", vectorScan(scanAVX2)})
	}
	return out
}

// vectorScan checks the lengths that the assembly takes on trust.
func vectorScan(scan func(blocks *byte, n int, query *uint64, radius int, masks *byte)) func([]byte, *fingerprint.Code, int, []byte) {
	return func(blocks []byte, q *fingerprint.Code, radius int, masks []byte) {
		if len(masks) == 0 {
			return
		}
		_ = blocks[len(masks)*blockSize-1]
		scan(&blocks[0], len(masks), &q[0], radius, &masks[0])
	}
}
