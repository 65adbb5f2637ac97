//go:build !amd64

package simd

const fast = false

func filterAVX2(dst, src *int16, n, step int, taps *int16, count int) { panic("simd: no AVX2") }
func dotAVX2(a, b *int16, n int) int64                                { panic("simd: no AVX2") }
func projectAVX2(out *int32, v *uint8, weights *int16, rows int)      { panic("simd: no AVX2") }

func peaksAVX2(mask *uint16, own, below *int16, n, stride int, least int16) { panic("simd: no AVX2") }

func agreeAVX2(points *float32, weights *int32, n, stride int, from *float32) int32 {
	panic("simd: no AVX2")
}

func correlateAVX2(out *int32, own, wide *int16, rows, stride, span int) { panic("simd: no AVX2") }
