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
	Generate()
}

// filter walks 64 pixels at a time: four registers of sums, each tap broadcast once.
func filter() {
	TEXT("filterAVX2", NOSPLIT, "func(dst, src *int16, n, step int, taps *int16, count int)")
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
