// Package simd holds the few loops in which the engines spend their time, in assembly where the
// processor has AVX2 and in plain Go elsewhere. Both give the same bits: sums are of integers, and
// each operation on 32-bit floats is rounded by itself.
//
// The assembly is written by gen and committed.
package simd

//go:generate go run ./gen -out simd_amd64.s -stubs simd_amd64.go -pkg simd
