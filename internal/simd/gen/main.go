// Command gen writes the assembly of package simd: "go generate ./internal/simd".
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

func main() {
	ConstraintExpr("amd64")
	filter()
	dot()
	project()
	correlate()
	agree()
	peaks()
	tables()
	blend()
	blendLine()
	expand()
	subtract()
	add()
	widen()
	evens()
	quarters()
	thirds()
	roots()
	moments()
	standardise()
	gradients()
	Generate()
}

// filter walks 64 pixels at a time: four registers of sums, each tap broadcast once.
func filter() {
	TEXT("filterAVX2", NOSPLIT, "func(dst, src *int16, n, step int, taps *int16, count int)")
	Pragma("noescape")
	Doc("filterAVX2 needs AVX2. n is a multiple of 64, step in bytes.")
	dst, src := Load(Param("dst"), GP64()), Load(Param("src"), GP64())
	n, step := Load(Param("n"), GP64()), Load(Param("step"), GP64())
	taps, count := Load(Param("taps"), GP64()), Load(Param("count"), GP64())
	left, right, tap, j := GP64(), GP64(), GP64(), GP64()
	k, v := YMM(), YMM()
	sums := [4]VecVirtual{YMM(), YMM(), YMM(), YMM()}
	Label("block")
	VPBROADCASTW(Mem{Base: taps.(GPVirtual)}, k)
	for i, s := range sums {
		VMOVDQU(Mem{Base: src.(GPVirtual), Disp: 32 * i}, v)
		VPMULHRSW(k, v, s)
	}
	MOVQ(src, left)
	MOVQ(src, right)
	MOVQ(taps, tap)
	MOVQ(count, j)
	Label("tap")
	DECQ(j)
	JZ(LabelRef("store"))
	SUBQ(step, left)
	ADDQ(step, right)
	ADDQ(Imm(2), tap)
	VPBROADCASTW(Mem{Base: tap}, k)
	for i, s := range sums {
		VMOVDQU(Mem{Base: left, Disp: 32 * i}, v)
		VPADDW(Mem{Base: right, Disp: 32 * i}, v, v)
		VPMULHRSW(k, v, v)
		VPADDW(v, s, s)
	}
	JMP(LabelRef("tap"))
	Label("store")
	for i, s := range sums {
		VMOVDQU(s, Mem{Base: dst.(GPVirtual), Disp: 32 * i})
	}
	ADDQ(U32(128), dst)
	ADDQ(U32(128), src)
	SUBQ(Imm(64), n)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// sum adds the eight 32-bit lanes of y into its lowest.
func sum(y VecVirtual) {
	t, x := XMM(), y.AsX()
	VEXTRACTI128(Imm(1), y.AsY(), t)
	VPADDD(t, x, x)
	VPSHUFD(Imm(0x4e), x, t)
	VPADDD(t, x, x)
	VPSHUFD(Imm(0xb1), x, t)
	VPADDD(t, x, x)
}

func dot() {
	TEXT("dotAVX2", NOSPLIT, "func(a, b *int16, n int) int64")
	Pragma("noescape")
	Doc("dotAVX2 needs AVX2. n is a positive multiple of 16.")
	a, b := Load(Param("a"), GP64()), Load(Param("b"), GP64())
	n := Load(Param("n"), GP64())
	s, v := YMM(), YMM()
	VPXOR(s, s, s)
	Label("next")
	VMOVDQU(Mem{Base: a.(GPVirtual)}, v)
	VPMADDWD(Mem{Base: b.(GPVirtual)}, v, v)
	VPADDD(v, s, s)
	ADDQ(Imm(32), a)
	ADDQ(Imm(32), b)
	SUBQ(Imm(16), n)
	JNZ(LabelRef("next"))
	// The lanes are added in 64 bits.
	t, u := YMM(), YMM()
	VPMOVSXDQ(s.AsX(), t)
	VEXTRACTI128(Imm(1), s, u.AsX())
	VPMOVSXDQ(u.AsX(), u)
	VPADDQ(u, t, t)
	VEXTRACTI128(Imm(1), t, u.AsX())
	VPADDQ(u.AsX(), t.AsX(), t.AsX())
	VPSHUFD(Imm(0x4e), t.AsX(), u.AsX())
	VPADDQ(u.AsX(), t.AsX(), t.AsX())
	r := GP64()
	VMOVQ(t.AsX(), r)
	VZEROUPPER()
	Store(r, ReturnIndex(0))
	RET()
}

func project() {
	TEXT("projectAVX2", NOSPLIT, "func(out *int32, v *uint8, weights *int16, rows int)")
	Pragma("noescape")
	Doc("projectAVX2 needs AVX2. v has 128 values, weights rows of as many.")
	out, in := Load(Param("out"), GP64()), Load(Param("v"), GP64())
	w, rows := Load(Param("weights"), GP64()), Load(Param("rows"), GP64())
	var v [8]VecVirtual
	for i := range v {
		v[i] = YMM()
		VPMOVZXBW(Mem{Base: in.(GPVirtual), Disp: 16 * i}, v[i])
	}
	s, t := YMM(), YMM()
	Label("row")
	VPMADDWD(Mem{Base: w.(GPVirtual)}, v[0], s)
	for i := 1; i < 8; i++ {
		VPMADDWD(Mem{Base: w.(GPVirtual), Disp: 32 * i}, v[i], t)
		VPADDD(t, s, s)
	}
	sum(s)
	VMOVD(s.AsX(), Mem{Base: out.(GPVirtual)})
	ADDQ(Imm(4), out)
	ADDQ(U32(256), w)
	DECQ(rows)
	JNZ(LabelRef("row"))
	VZEROUPPER()
	RET()
}

func correlate() {
	TEXT("correlateAVX2", NOSPLIT, "func(out *int32, own, wide *int16, rows, stride, span int)")
	Pragma("noescape")
	Doc("correlateAVX2 needs AVX2. own has rows of 16; stride in bytes.")
	out, own0, wide0 := Load(Param("out"), GP64()), Load(Param("own"), GP64()), Load(Param("wide"), GP64())
	rows, stride, span := Load(Param("rows"), GP64()), Load(Param("stride"), GP64()), Load(Param("span"), GP64())
	own, wide, line, r, dx, dy := GP64(), GP64(), GP64(), GP64(), GP64(), GP64()
	s, v := YMM(), YMM()
	MOVQ(span, dy)
	Label("down")
	MOVQ(wide0, line)
	MOVQ(span, dx)
	Label("right")
	MOVQ(own0, own)
	MOVQ(line, wide)
	MOVQ(rows, r)
	VPXOR(s, s, s)
	Label("sum")
	VMOVDQU(Mem{Base: own}, v)
	VPMADDWD(Mem{Base: wide}, v, v)
	VPADDD(v, s, s)
	ADDQ(Imm(32), own)
	ADDQ(stride, wide)
	DECQ(r)
	JNZ(LabelRef("sum"))
	sum(s)
	VMOVD(s.AsX(), Mem{Base: out.(GPVirtual)})
	ADDQ(Imm(4), out)
	ADDQ(Imm(2), line)
	DECQ(dx)
	JNZ(LabelRef("right"))
	ADDQ(stride, wide0)
	DECQ(dy)
	JNZ(LabelRef("down"))
	VZEROUPPER()
	RET()
}

// agree keeps eight points in each register.
func agree() {
	TEXT("agreeAVX2", NOSPLIT, "func(points *float32, weights *int32, n, stride int, from *float32) int32")
	Pragma("noescape")
	Doc("agreeAVX2 needs AVX2. n is a positive multiple of 8; stride is in bytes between the five rows of points;",
		"from holds X, Y, U, V, S, 1/scale, and the constants near, share and steps of Agree.")
	points, weights := Load(Param("points"), GP64()), Load(Param("weights"), GP64())
	n, stride := Load(Param("n"), GP64()), Load(Param("stride"), GP64())
	from := Load(Param("from"), GP64())
	var c [9]VecVirtual
	for i := range c {
		c[i] = YMM()
		VBROADCASTSS(Mem{Base: from.(GPVirtual), Disp: 4 * i}, c[i])
	}
	size, s := YMM(), YMM() // size clears signs
	VPCMPEQD(size, size, size)
	VPSRLD(Imm(1), size, size)
	VPXOR(s, s, s)
	p3 := GP64()
	LEAQ(Mem{Base: stride.(GPVirtual), Index: stride.(GPVirtual), Scale: 2}, p3)
	ADDQ(points, p3)
	row := [5]Mem{{Base: points.(GPVirtual)}, {Base: points.(GPVirtual), Index: stride.(GPVirtual), Scale: 1},
		{Base: points.(GPVirtual), Index: stride.(GPVirtual), Scale: 2}, {Base: p3}, {Base: p3, Index: stride.(GPVirtual), Scale: 1}}
	var d [5]VecVirtual
	for i := range d {
		d[i] = YMM()
	}
	Label("points")
	for i := range d {
		VMOVUPS(row[i], d[i])
		VSUBPS(c[i], d[i], d[i])
	}
	VMULPS(c[5], d[2], d[2])
	VSUBPS(d[2], d[0], d[2]) // how far off in x
	VMULPS(d[2], d[2], d[2])
	VMULPS(c[5], d[3], d[3])
	VSUBPS(d[3], d[1], d[3]) // and in y
	VMULPS(d[3], d[3], d[3])
	VADDPS(d[3], d[2], d[2])
	VANDPS(size, d[0], d[0])
	VANDPS(size, d[1], d[1])
	VADDPS(d[1], d[0], d[0])
	VMULPS(c[7], d[0], d[0])
	VADDPS(c[6], d[0], d[0]) // how far off is near
	VMULPS(d[0], d[0], d[0])
	VCMPPS(Imm(1), d[0], d[2], d[2])
	VANDPS(size, d[4], d[4])
	VCMPPS(Imm(2), c[8], d[4], d[4])
	VPAND(d[4], d[2], d[2])
	VPAND(Mem{Base: weights.(GPVirtual)}, d[2], d[2])
	VPADDD(d[2], s, s)
	ADDQ(Imm(32), points)
	ADDQ(Imm(32), p3)
	ADDQ(Imm(32), weights)
	SUBQ(Imm(8), n)
	JNZ(LabelRef("points"))
	sum(s)
	r := GP32()
	VMOVD(s.AsX(), r)
	VZEROUPPER()
	Store(r, ReturnIndex(0))
	RET()
}

// peaks compares 16 pixels at a time with the eight around each and the nine of the level below.
func peaks() {
	TEXT("peaksAVX2", NOSPLIT, "func(mask *uint16, own, below *int16, n, stride int, least int16)")
	Pragma("noescape")
	Doc("peaksAVX2 needs AVX2. n is a positive multiple of 16; stride in bytes.")
	mask, own, below := Load(Param("mask"), GP64()), Load(Param("own"), GP64()), Load(Param("below"), GP64())
	n, stride := Load(Param("n"), GP64()), Load(Param("stride"), GP64())
	floor := GP32()
	Load(Param("least"), floor)
	DECL(floor)
	high, low, zero := YMM(), YMM(), YMM()
	VMOVD(floor, high.AsX())
	VPBROADCASTW(high.AsX(), high)
	VPXOR(zero, zero, zero)
	VPSUBW(high, zero, low)
	up, belowUp := GP64(), GP64()
	MOVQ(own, up)
	SUBQ(stride, up)
	MOVQ(below, belowUp)
	SUBQ(stride, belowUp)
	v, most, fewest, t := YMM(), YMM(), YMM(), YMM()
	r := GP32()
	Label("pixels")
	VMOVDQU(Mem{Base: own.(GPVirtual)}, v)
	VMOVDQA(v, most)
	VMOVDQA(v, fewest)
	around := func(base Register, index Register, own bool) {
		for _, at := range []int{-2, 0, 2} {
			if own && at == 0 {
				continue
			}
			m := Mem{Base: base, Disp: at}
			if index != nil {
				m.Index, m.Scale = index, 1
			}
			VMOVDQU(m, t)
			VPMAXSW(t, most, most)
			VPMINSW(t, fewest, fewest)
		}
	}
	around(up, nil, false)
	around(own, nil, true)
	around(own, stride, false)
	around(belowUp, nil, false)
	around(below, nil, false)
	around(below, stride, false)
	// The pixel is the most and above the floor, or the fewest and below its negative.
	VPCMPEQW(v, most, most)
	VPCMPGTW(high, v, t)
	VPAND(t, most, most)
	VPCMPEQW(v, fewest, fewest)
	VPCMPGTW(v, low, t)
	VPAND(t, fewest, fewest)
	VPOR(fewest, most, most)
	VEXTRACTI128(Imm(1), most, t.AsX())
	VPACKSSWB(t.AsX(), most.AsX(), t.AsX())
	VPMOVMSKB(t.AsX(), r)
	MOVW(r.As16(), Mem{Base: mask.(GPVirtual)})
	ADDQ(Imm(2), mask)
	ADDQ(Imm(32), own)
	ADDQ(Imm(32), up)
	ADDQ(Imm(32), below)
	ADDQ(Imm(32), belowUp)
	SUBQ(Imm(16), n)
	JNZ(LabelRef("pixels"))
	VZEROUPPER()
	RET()
}

// blender mixes pixels of a picture with their neighbours, eight at a time.
type blender struct {
	pix, below                      Register
	stride, zero, all, low, one, by VecVirtual
}

// spread is the shuffle that makes two words of the lower two bytes of each 32-bit lane.
var spread Mem

// newBlender loads what both forms of blending need: pix, stride and zero are parameters.
func newBlender() *blender {
	b := &blender{pix: Load(Param("pix"), GP64()), below: GP64()}
	stride := Load(Param("stride"), GP64())
	MOVQ(b.pix, b.below)
	ADDQ(stride, b.below)
	zero := GP32()
	Load(Param("zero"), zero)
	for _, v := range []*VecVirtual{&b.stride, &b.zero, &b.all, &b.low, &b.one, &b.by} {
		*v = YMM()
	}
	VMOVD(stride.(GPVirtual).As32(), b.stride.AsX())
	VPBROADCASTD(b.stride.AsX(), b.stride)
	VMOVD(zero, b.zero.AsX())
	VPBROADCASTD(b.zero.AsX(), b.zero)
	VPCMPEQD(b.low, b.low, b.low)
	VPSRLD(Imm(24), b.low, b.low) // 255
	VPCMPEQD(b.one, b.one, b.one)
	VPSRLD(Imm(31), b.one, b.one)
	VPSLLD(Imm(8), b.one, b.one) // 256
	VMOVDQU(spread, b.by)
	return b
}

// mix leaves the pixels at places x and y, in 1/256 pixel, less zero, in 1/16 grey levels, in y.
func (b *blender) mix(x, y VecVirtual) {
	i, t, near, far, w := YMM(), YMM(), YMM(), YMM(), YMM()
	VPSRAD(Imm(8), y, i)
	VPMULLD(b.stride, i, i)
	VPSRAD(Imm(8), x, t)
	VPADDD(t, i, i)
	VPCMPEQD(b.all, b.all, b.all)
	VPGATHERDD(b.all, Mem{Base: b.pix, Index: i, Scale: 1}, near)
	VPCMPEQD(b.all, b.all, b.all)
	VPGATHERDD(b.all, Mem{Base: b.below, Index: i, Scale: 1}, far)
	// Two pixels of a row by 256-fx and fx.
	VPAND(b.low, x, t)
	VPSLLD(Imm(16), t, w)
	VPSUBD(t, w, w)
	VPADDD(b.one, w, w)
	VPSHUFB(b.by, near, near)
	VPMADDWD(w, near, near)
	VPSHUFB(b.by, far, far)
	VPMADDWD(w, far, far)
	VPAND(b.low, y, t)
	VPSUBD(near, far, far)
	VPMULLD(t, far, far)
	VPSLLD(Imm(8), near, near)
	VPADDD(far, near, near)
	VPSRAD(Imm(12), near, near)
	VPSUBD(b.zero, near, y)
}

// tables writes what blending needs beside its parameters.
func tables() {
	// Every third word of three times eight, from the first, the second and the third on, out of each eight.
	every = GLOBL("every", RODATA|NOPTR)
	for from := range 3 {
		for block := range 3 {
			for k := range 8 {
				i, word := 3*k+from, uint16(0x8080)
				if i/8 == block {
					word = uint16(2*(i%8)) | uint16(2*(i%8)+1)<<8
				}
				DATA(16*(3*from+block)+2*k, U16(word))
			}
		}
	}
	// Four rows of four bytes as four columns.
	turned = GLOBL("turned", RODATA|NOPTR)
	for i := range 16 {
		DATA(i, U8(uint8(i%4*4+i/4)))
	}
	spread = GLOBL("spread", RODATA|NOPTR)
	for i := range 2 {
		for k := range 4 {
			DATA(16*i+4*k, U32(0x80008000|uint32(4*k)|uint32(4*k+1)<<16))
		}
	}
}

var every, turned Mem

// A place is the memory of the numbers at hand of an array, which have so many bytes each.
type place func(base Register, bytes uint8) Mem

// each goes through n numbers, so many at a time, and returns.
func each(step uint64, n Register, body func(place)) {
	i := GP64()
	XORQ(i, i)
	Label("more")
	body(func(base Register, bytes uint8) Mem { return Mem{Base: base.(GPVirtual), Index: i, Scale: bytes} })
	ADDQ(Imm(step), i)
	CMPQ(i, n)
	JLT(LabelRef("more"))
	VZEROUPPER()
	RET()
}

// widen takes sixteen pixels at a time.
func widen() {
	TEXT("widenAVX2", NOSPLIT, "func(dst *int16, pix *uint8, n int)")
	Pragma("noescape")
	Doc("widenAVX2 needs AVX2. n is a positive multiple of 16.")
	dst, pix, n := Load(Param("dst"), GP64()), Load(Param("pix"), GP64()), Load(Param("n"), GP64())
	v := YMM()
	each(16, n, func(at place) {
		VPMOVZXBW(at(pix, 1), v)
		VPSLLW(Imm(6), v, v)
		VMOVDQU(v, at(dst, 2))
	})
}

// evens widens every second number to 32 bits and packs them again.
func evens() {
	TEXT("evensAVX2", NOSPLIT, "func(dst, src *int16, n int)")
	Pragma("noescape")
	Doc("evensAVX2 needs AVX2. n is a positive multiple of 16.")
	dst, src, n := Load(Param("dst"), GP64()), Load(Param("src"), GP64()), Load(Param("n"), GP64())
	u, v := YMM(), YMM()
	each(16, n, func(at place) {
		VMOVDQU(at(src, 4), u)
		VMOVDQU(at(src, 4).Offset(32), v)
		for _, x := range []VecVirtual{u, v} {
			VPSLLD(Imm(16), x, x)
			VPSRAD(Imm(16), x, x)
		}
		VPACKSSDW(v, u, u)
		VPERMQ(Imm(0xd8), u, u)
		VMOVDQU(u, at(dst, 2))
	})
}

// quarters adds neighbours by multiplying with ones.
func quarters() {
	TEXT("quartersAVX2", NOSPLIT, "func(dst, a, b *uint8, n int)")
	Pragma("noescape")
	Doc("quartersAVX2 needs AVX2. n is a positive multiple of 16.")
	dst, a, b, n := Load(Param("dst"), GP64()), Load(Param("a"), GP64()), Load(Param("b"), GP64()), Load(Param("n"), GP64())
	u, v, ones, half := YMM(), YMM(), YMM(), YMM()
	VPCMPEQB(ones, ones, ones)
	VPABSB(ones, ones)
	VPCMPEQW(half, half, half)
	VPSRLW(Imm(15), half, half)
	VPSLLW(Imm(1), half, half)
	each(16, n, func(at place) {
		VMOVDQU(at(a, 2), u)
		VMOVDQU(at(b, 2), v)
		VPMADDUBSW(ones, u, u)
		VPMADDUBSW(ones, v, v)
		VPADDW(v, u, u)
		VPADDW(half, u, u)
		VPSRLW(Imm(2), u, u)
		VEXTRACTI128(Imm(1), u, v.AsX())
		VPACKUSWB(v.AsX(), u.AsX(), u.AsX())
		VMOVDQU(u.AsX(), at(dst, 1))
	})
}

// thirds adds 24 columns, then every third with the two after it.
func thirds() {
	TEXT("thirdsAVX2", NOSPLIT, "func(dst, a, b, c *uint8, n int)")
	Pragma("noescape")
	Doc("thirdsAVX2 needs AVX2. n is a positive multiple of 8.")
	dst, a, b, c := Load(Param("dst"), GP64()), Load(Param("a"), GP64()), Load(Param("b"), GP64()), Load(Param("c"), GP64())
	n := Load(Param("n"), GP64())
	columns := [3]VecVirtual{XMM(), XMM(), XMM()}
	s, t, four, ninth := XMM(), XMM(), XMM(), XMM()
	k := GP32()
	MOVL(U32(4), k)
	VMOVD(k, four)
	VPBROADCASTW(four, four)
	MOVL(U32(7282), k) // 65536 / 9, up
	VMOVD(k, ninth)
	VPBROADCASTW(ninth, ninth)
	masks := GP64()
	LEAQ(every, masks)
	Label("pixels")
	for i, v := range columns {
		VPMOVZXBW(Mem{Base: a.(GPVirtual), Disp: 8 * i}, v)
		for _, p := range []Register{b, c} {
			VPMOVZXBW(Mem{Base: p.(GPVirtual), Disp: 8 * i}, t)
			VPADDW(t, v, v)
		}
	}
	VMOVDQA(four, s)
	for from := range 3 {
		for block, v := range columns {
			VPSHUFB(Mem{Base: masks, Disp: 16 * (3*from + block)}, v, t)
			VPADDW(t, s, s)
		}
	}
	VPMULHUW(ninth, s, s)
	VPACKUSWB(s, s, s)
	VMOVQ(s, Mem{Base: dst.(GPVirtual)})
	for _, p := range []Register{a, b, c} {
		ADDQ(Imm(24), p)
	}
	ADDQ(Imm(8), dst)
	SUBQ(Imm(8), n)
	JNZ(LabelRef("pixels"))
	VZEROUPPER()
	RET()
}

// roots takes a row of cells at a time: eight directions of four columns.
func roots() {
	TEXT("rootsAVX2", NOSPLIT, "func(d *uint8, hist *int32, whole float64)")
	Pragma("noescape")
	Doc("rootsAVX2 needs AVX2. hist is the first row of cells that counts.")
	d, hist := Load(Param("d"), GP64()), Load(Param("hist"), GP64())
	whole, factor, mask := YMM(), YMM(), XMM()
	Load(Param("whole"), whole.AsX())
	VBROADCASTSD(whole.AsX(), whole)
	k := GP64()
	MOVQ(U64(0x4110000000000000), k) // 2^18
	VMOVQ(k, factor.AsX())
	VBROADCASTSD(factor.AsX(), factor)
	VMOVDQU(turned, mask)
	v := YMM()
	rows := GP64()
	MOVQ(U64(4), rows)
	Label("rows")
	var x [8]VecVirtual
	for i := range x {
		x[i] = XMM()
		VCVTDQ2PD(Mem{Base: hist.(GPVirtual), Disp: 16 * i}, v)
		VMULPD(factor, v, v)
		VDIVPD(whole, v, v)
		VCVTTPD2DQY(v, x[i])
		VCVTDQ2PS(x[i], x[i])
		VSQRTPS(x[i], x[i])
		VCVTTPS2DQ(x[i], x[i])
		if i%2 == 1 {
			VPACKUSDW(x[i], x[i-1], x[i-1])
		}
		if i%4 == 3 {
			VPACKUSWB(x[i-1], x[i-3], x[i-3])
			VPSHUFB(mask, x[i-3], x[i-3])
		}
	}
	VPUNPCKLDQ(x[4], x[0], x[1])
	VPUNPCKHDQ(x[4], x[0], x[2])
	VMOVDQU(x[1], Mem{Base: d.(GPVirtual)})
	VMOVDQU(x[2], Mem{Base: d.(GPVirtual), Disp: 16})
	ADDQ(Imm(32), d)
	ADDQ(U32(128), hist)
	DECQ(rows)
	JNZ(LabelRef("rows"))
	VZEROUPPER()
	RET()
}

// blend reads eight places, x and y in turn, at a time.
func blend() {
	TEXT("blendAVX2", NOSPLIT, "func(dst *int16, pix *uint8, stride int, places *int32, n int, zero int32)")
	Pragma("noescape")
	Doc("blendAVX2 needs AVX2. n is a positive multiple of 8; two bytes after the last neighbour are read as well.")
	dst, places, n := Load(Param("dst"), GP64()), Load(Param("places"), GP64()), Load(Param("n"), GP64())
	b := newBlender()
	u, v, x, y := YMM(), YMM(), YMM(), YMM()
	Label("places")
	VMOVUPS(Mem{Base: places.(GPVirtual)}, u)
	VMOVUPS(Mem{Base: places.(GPVirtual), Disp: 32}, v)
	VSHUFPS(Imm(0x88), v, u, x)
	VSHUFPS(Imm(0xdd), v, u, y)
	b.mix(x, y)
	VPERMQ(Imm(0xd8), y, y)
	store8(y, dst)
	ADDQ(Imm(64), places)
	SUBQ(Imm(8), n)
	JNZ(LabelRef("places"))
	VZEROUPPER()
	RET()
}

// store8 writes the eight 32-bit lanes of y as 16-bit numbers and moves dst on.
func store8(y VecVirtual, dst Register) {
	t := XMM()
	VEXTRACTI128(Imm(1), y, t)
	VPACKSSDW(t, y.AsX(), t)
	VMOVDQU(t, Mem{Base: dst.(GPVirtual)})
	ADDQ(Imm(16), dst)
}

// blendLine makes its places itself.
func blendLine() {
	TEXT("blendLineAVX2", NOSPLIT, "func(dst *int16, pix *uint8, stride int, line *int32, n int, zero int32)")
	Pragma("noescape")
	Doc("blendLineAVX2 needs AVX2. n is a positive multiple of 8; line holds the fields of Line; two bytes after the last neighbour are read as well.")
	dst, line, n := Load(Param("dst"), GP64()), Load(Param("line"), GP64()), Load(Param("n"), GP64())
	b := newBlender()
	k, eight, none, x, y, t := YMM(), YMM(), YMM(), YMM(), YMM(), YMM()
	first := GLOBL("first", RODATA|NOPTR)
	for i := range 8 {
		DATA(4*i, U32(i))
	}
	VMOVDQU(first, k)
	VPCMPEQD(eight, eight, eight)
	VPSRLD(Imm(31), eight, eight)
	VPSLLD(Imm(3), eight, eight)
	VPXOR(none, none, none)
	Label("line")
	for i, p := range []VecVirtual{x, y} {
		field := func(f int) { VPBROADCASTD(Mem{Base: line.(GPVirtual), Disp: 4 * (2*f + i)}, t) }
		field(1) // step
		VPMULLD(k, t, p)
		field(2) // shift
		VPADDD(t, p, p)
		VPSRAD(Imm(8), p, p)
		field(0) // start
		VPADDD(t, p, p)
		VPMAXSD(none, p, p)
		field(3) // most
		VPMINSD(t, p, p)
	}
	VPADDD(eight, k, k)
	b.mix(x, y)
	store8(y, dst)
	SUBQ(Imm(8), n)
	JNZ(LabelRef("line"))
	VZEROUPPER()
	RET()
}

// expand does 32 pixels at a time.
func expand() {
	TEXT("expandAVX2", NOSPLIT, "func(pix *uint8, n int)")
	Pragma("noescape")
	Doc("expandAVX2 needs AVX2. n is a positive multiple of 32.")
	pix, n := Load(Param("pix"), GP64()), Load(Param("n"), GP64())
	black, factor, zero, v, low, high := YMM(), YMM(), YMM(), YMM(), YMM(), YMM()
	c := GP32()
	MOVL(U32(0x10101010), c)
	VMOVD(c, black.AsX())
	VPBROADCASTD(black.AsX(), black)
	MOVL(U32(19077|19077<<16), c) // 255/219 in 1/16384
	VMOVD(c, factor.AsX())
	VPBROADCASTD(factor.AsX(), factor)
	VPXOR(zero, zero, zero)
	Label("pixels")
	VMOVDQU(Mem{Base: pix.(GPVirtual)}, v)
	VPSUBUSB(black, v, v)
	VPUNPCKLBW(zero, v, low)
	VPUNPCKHBW(zero, v, high)
	for _, h := range []VecVirtual{low, high} {
		VPADDW(h, h, h)
		VPMULHRSW(factor, h, h)
	}
	VPACKUSWB(high, low, v)
	VMOVDQU(v, Mem{Base: pix.(GPVirtual)})
	ADDQ(Imm(32), pix)
	SUBQ(Imm(32), n)
	JNZ(LabelRef("pixels"))
	VZEROUPPER()
	RET()
}

func subtract() {
	TEXT("subtractAVX2", NOSPLIT, "func(dst, a, b *int16, n int)")
	Pragma("noescape")
	Doc("subtractAVX2 needs AVX2. n is a positive multiple of 16.")
	dst, a, b, n := Load(Param("dst"), GP64()), Load(Param("a"), GP64()), Load(Param("b"), GP64()), Load(Param("n"), GP64())
	v := YMM()
	each(16, n, func(at place) {
		VMOVDQU(at(a, 2), v)
		VPSUBW(at(b, 2), v, v)
		VMOVDQU(v, at(dst, 2))
	})
}

// add widens numbers as it reads them.
func add() {
	TEXT("addAVX2", NOSPLIT, "func(sums *int32, v *int16, n int)")
	Pragma("noescape")
	Doc("addAVX2 needs AVX2. n is a positive multiple of 8.")
	sums, v, n := Load(Param("sums"), GP64()), Load(Param("v"), GP64()), Load(Param("n"), GP64())
	s := YMM()
	each(8, n, func(at place) {
		VPMOVSXWD(at(v, 2), s)
		VPADDD(at(sums, 4), s, s)
		VMOVDQU(s, at(sums, 4))
	})

	TEXT("addPixelsAVX2", NOSPLIT, "func(sums *uint16, pix *uint8, n int)")
	Pragma("noescape")
	Doc("addPixelsAVX2 needs AVX2. n is a positive multiple of 16.")
	sums, pix, n := Load(Param("sums"), GP64()), Load(Param("pix"), GP64()), Load(Param("n"), GP64())
	each(16, n, func(at place) {
		VPMOVZXBW(at(pix, 1), s)
		VPADDW(at(sums, 2), s, s)
		VMOVDQU(s, at(sums, 2))
	})
}

// moments sums in 32 bits, and squares in 64.
func moments() {
	TEXT("momentsAVX2", NOSPLIT, "func(v *int16, n int) (sum, squares int64)")
	Pragma("noescape")
	Doc("momentsAVX2 needs AVX2. n is a positive multiple of 16 and at most 65536.")
	v, n := Load(Param("v"), GP64()), Load(Param("n"), GP64())
	ones, x, y, s, even, odd, low := YMM(), YMM(), YMM(), YMM(), YMM(), YMM(), YMM()
	VPCMPEQW(ones, ones, ones)
	VPSRLQ(Imm(32), ones, low)
	VPSRLW(Imm(15), ones, ones)
	for _, z := range []VecVirtual{s, even, odd} {
		VPXOR(z, z, z)
	}
	Label("numbers")
	VMOVDQU(Mem{Base: v.(GPVirtual)}, x)
	VPMADDWD(ones, x, y)
	VPADDD(y, s, s)
	VPMADDWD(x, x, x) // at most 2^31, taken without sign
	VPAND(low, x, y)
	VPADDQ(y, even, even)
	VPSRLQ(Imm(32), x, x)
	VPADDQ(x, odd, odd)
	ADDQ(Imm(32), v)
	SUBQ(Imm(16), n)
	JNZ(LabelRef("numbers"))
	VPADDQ(odd, even, even)
	VEXTRACTI128(Imm(1), even, x.AsX())
	VPADDQ(x.AsX(), even.AsX(), even.AsX())
	VPSHUFD(Imm(0x4e), even.AsX(), x.AsX())
	VPADDQ(x.AsX(), even.AsX(), even.AsX())
	r := GP64()
	VMOVQ(even.AsX(), r)
	Store(r, ReturnIndex(1))
	sum(s)
	VPMOVSXDQ(s.AsX(), s.AsX())
	VMOVQ(s.AsX(), r)
	VZEROUPPER()
	Store(r, ReturnIndex(0))
	RET()
}

// standardise divides four numbers at a time, in 64 bits.
func standardise() {
	TEXT("standardiseAVX2", NOSPLIT, "func(v *int16, n int, factor, less int32, norm float64)")
	Pragma("noescape")
	Doc("standardiseAVX2 needs AVX2. n is a positive multiple of 8.")
	v, n := Load(Param("v"), GP64()), Load(Param("n"), GP64())
	factor, less, norm := YMM(), YMM(), YMM()
	r := GP32()
	Load(Param("factor"), r)
	VMOVD(r, factor.AsX())
	VPBROADCASTD(factor.AsX(), factor)
	Load(Param("less"), r)
	VMOVD(r, less.AsX())
	VPBROADCASTD(less.AsX(), less)
	m, _ := Param("norm").Resolve()
	VBROADCASTSD(m.Addr, norm)
	x, a, b := YMM(), YMM(), YMM()
	Label("numbers")
	VPMOVSXWD(Mem{Base: v.(GPVirtual)}, x)
	VPMULLD(factor, x, x)
	VPSUBD(less, x, x)
	VCVTDQ2PD(x.AsX(), a)
	VEXTRACTI128(Imm(1), x, x.AsX())
	VCVTDQ2PD(x.AsX(), b)
	VDIVPD(norm, a, a)
	VDIVPD(norm, b, b)
	VCVTTPD2DQY(a, a.AsX())
	VCVTTPD2DQY(b, b.AsX())
	VPACKSSDW(b.AsX(), a.AsX(), a.AsX())
	VMOVDQU(a.AsX(), Mem{Base: v.(GPVirtual)})
	ADDQ(Imm(16), v)
	SUBQ(Imm(8), n)
	JNZ(LabelRef("numbers"))
	VZEROUPPER()
	RET()
}

// gradients does a row of sixteen samples at a time, in the order 2 to 9 and 10 to 15, 0, 1: so four neighbours that
// share two cells lie side by side.
func gradients() {
	words := func(name string, values ...uint16) Mem {
		m := GLOBL(name, RODATA|NOPTR)
		for i, v := range values {
			DATA(2*i, U16(v))
		}
		return m
	}
	longs := func(name string, values ...uint32) Mem {
		m := GLOBL(name, RODATA|NOPTR)
		for i, v := range values {
			DATA(4*i, U32(v))
		}
		return m
	}
	// Weights of the cell before and after a sample, in 1/65536: v*w>>6 is v*(w<<10)>>16. Samples 14 and 15 have no cell
	// after them, 0 and 1 none before.
	before := words("before", 56<<10, 40<<10, 24<<10, 8<<10, 56<<10, 40<<10, 24<<10, 8<<10, 56<<10, 40<<10, 24<<10, 8<<10, 56<<10, 40<<10, 0, 0)
	after := words("after", 8<<10, 24<<10, 40<<10, 56<<10, 8<<10, 24<<10, 40<<10, 56<<10, 8<<10, 24<<10, 40<<10, 56<<10, 0, 0, 40<<10, 56<<10)
	ones := words("ones", 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)
	root := words("root", 181<<8, 181<<8, 181<<8, 181<<8, 181<<8, 181<<8, 181<<8, 181<<8, 181<<8, 181<<8, 181<<8, 181<<8, 181<<8, 181<<8, 181<<8, 181<<8)
	low := longs("low", 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff)
	// Which of the sums below make cells 1 to 4, twice.
	firsts, seconds := longs("firsts", 0, 1, 3, 5, 0, 1, 3, 5), longs("seconds", 7, 2, 4, 6, 7, 2, 4, 6)
	// Per row: where the row of cells before it begins in hist, in bytes, and the weights of that and of the next.
	table := GLOBL("rowShares", RODATA|NOPTR)
	for r := range 16 {
		p := 16*r - 24
		first := (p+64)/64 - 1
		DATA(16*r, U32(uint32((first+1)*128)))
		DATA(16*r+4, U32(uint32(64-(p+64)%64)))
		DATA(16*r+8, U32(uint32((p+64)%64)))
		DATA(16*r+12, U32(0))
	}

	TEXT("gradientsAVX2", NOSPLIT, "func(hist *int32, pix *int16, stride int, rows, columns *int32)")
	Pragma("noescape")
	Doc("gradientsAVX2 needs AVX2. stride is in bytes; columns has 18 numbers, the last two the first two again; the number after each neighbour is read as well.")
	hist, pix, stride := Load(Param("hist"), GP64()), Load(Param("pix"), GP64()), Load(Param("stride"), GP64())
	rows, columns := Load(Param("rows"), GP64()), Load(Param("columns"), GP64())
	shares, end, row, up, down, cell := GP64(), GP64(), GP64(), GP64(), GP64(), GP64()
	LEAQ(table, shares)
	LEAQ(Mem{Base: shares, Disp: 256}, end)
	i0, i1, idxA, idxB := YMM(), YMM(), YMM(), YMM()
	VMOVDQU(Mem{Base: columns.(GPVirtual), Disp: 8}, i0.AsX())
	VINSERTI128(Imm(1), Mem{Base: columns.(GPVirtual), Disp: 40}, i0, i0)
	VMOVDQU(Mem{Base: columns.(GPVirtual), Disp: 24}, i1.AsX())
	VINSERTI128(Imm(1), Mem{Base: columns.(GPVirtual), Disp: 56}, i1, i1)
	VMOVDQU(firsts, idxA)
	VMOVDQU(seconds, idxB)
	Label("row")
	MOVLQSX(Mem{Base: rows.(GPVirtual)}, row)
	LEAQ(Mem{Base: pix.(GPVirtual), Index: row, Scale: 2}, row)
	MOVQ(row, up)
	SUBQ(stride, up)
	MOVQ(row, down)
	ADDQ(stride, down)
	turn, left, above, axis, diag := YMM(), YMM(), YMM(), YMM(), YMM()
	v, l, h, even, odd := YMM(), YMM(), YMM(), YMM(), YMM()
	take := func(v VecVirtual, base Register, disp int) {
		all, half := odd, diag // registers are scarce
		for k, to := range []VecVirtual{v, half} {
			VPCMPEQD(all, all, all)
			VPGATHERDD(all, Mem{Base: base, Disp: disp, Index: []VecVirtual{i0, i1}[k], Scale: 2}, to)
			VPAND(low, to, to)
		}
		VPACKUSDW(half, v, v)
	}
	dx, dy := v, l
	take(dx, row, 2)
	take(h, row, -2)
	take(dy, down, 0)
	take(even, up, 0)
	VPSUBW(h, dx, dx)
	VPSUBW(even, dy, dy)
	zero := odd
	VPXOR(zero, zero, zero)
	VPCMPGTW(dx, zero, left)
	VPCMPGTW(dy, zero, above)
	VPABSW(dx, dx)
	VPABSW(dy, dy)
	VPCMPGTW(dx, dy, turn)
	VPMINSW(dx, dy, diag)
	VPMAXSW(dx, dy, axis)
	VPSUBW(diag, axis, axis)
	VPADDW(diag, diag, diag)
	VPMULHUW(root, diag, diag)
	MOVLQSX(Mem{Base: shares}, cell)
	ADDQ(hist, cell)
	// sums makes of the values v of the samples the sums of the eight groups that cells consist of.
	sums := func(out VecVirtual) {
		VPMULHUW(before, v, l)
		VPMULHUW(after, v, h)
		VPMADDWD(ones, l, l)
		VPMADDWD(ones, h, h)
		VPHADDD(h, l, out)
	}
	// keep sets v to the sizes of the samples that are first and second, or are not.
	keep := func(sizes, first VecVirtual, is bool, second VecVirtual, too bool) {
		if is {
			VPAND(sizes, first, v)
		} else {
			VPANDN(sizes, first, v)
		}
		if too {
			VPAND(v, second, v)
		} else {
			VPANDN(v, second, v)
		}
	}
	for pair := range 4 {
		// The axis is right, down, left, up; the diagonal after it right and down, left and down, left and up, right and up.
		if pair%2 == 0 {
			keep(axis, turn, false, left, pair == 2)
		} else {
			keep(axis, turn, true, above, pair == 3)
		}
		sums(even)
		keep(diag, left, pair == 1 || pair == 2, above, pair >= 2)
		sums(odd)
		VPERMD(even, idxA, v)
		VPERMD(odd, idxA, l)
		VPBLENDD(Imm(0xf0), l, v, v)
		VPERMD(even, idxB, l)
		VPERMD(odd, idxB, h)
		VPBLENDD(Imm(0xf0), h, l, l)
		VPADDD(l, v, v)
		for k := range 2 { // the rows of cells before and after
			VPBROADCASTD(Mem{Base: shares, Disp: 4 + 4*k}, l)
			VPMULLD(l, v, l)
			VPSRLD(Imm(6), l, l)
			to := Mem{Base: cell, Disp: 128*k + 32*pair}
			VPADDD(to, l, l)
			VMOVDQU(l, to)
		}
	}
	ADDQ(Imm(4), rows)
	ADDQ(Imm(16), shares)
	CMPQ(shares, end)
	JNE(LabelRef("row"))
	VZEROUPPER()
	RET()
}
