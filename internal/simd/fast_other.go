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

func blendAVX2(dst *int16, pix *uint8, stride int, places *int32, n int, zero int32) {
	panic("simd: no AVX2")
}

func blendLineAVX2(dst *int16, pix *uint8, stride int, line *int32, n int, zero int32) {
	panic("simd: no AVX2")
}

func expandAVX2(pix *uint8, n int)                                      { panic("simd: no AVX2") }
func subtractAVX2(dst, a, b *int16, n int)                              { panic("simd: no AVX2") }
func addAVX2(sums *int32, v *int16, n int)                              { panic("simd: no AVX2") }
func addPixelsAVX2(sums *uint16, pix *uint8, n int)                     { panic("simd: no AVX2") }
func widenAVX2(dst *int16, pix *uint8, n int)                           { panic("simd: no AVX2") }
func evensAVX2(dst, src *int16, n int)                                  { panic("simd: no AVX2") }
func quartersAVX2(dst, a, b *uint8, n int)                              { panic("simd: no AVX2") }
func thirdsAVX2(dst, a, b, c *uint8, n int)                             { panic("simd: no AVX2") }
func rootsAVX2(d *uint8, hist *int32, whole float64)                    { panic("simd: no AVX2") }
func momentsAVX2(v *int16, n int) (sum, squares int64)                  { panic("simd: no AVX2") }
func standardiseAVX2(v *int16, n int, factor, less int32, norm float64) { panic("simd: no AVX2") }

func gradientsAVX2(hist *int32, pix *int16, stride int, rows, columns *int32) {
	panic("simd: no AVX2")
}
