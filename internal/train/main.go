// Train makes the vocabulary of package fingerprint: linear projections of descriptors whose signs are
// the bits of a code.
//
// It needs no pictures from elsewhere. It paints "dead leaves" (overlapping textured shapes whose sizes
// follow a power law, which have the statistics of natural scenes: Lee, Mumford and Huang 2001), edits
// a copy of each as a broadcaster would (scale, grade, blur, noise, coarse block transform), and takes
// descriptors of the same spot in both. Projections are the directions in which descriptors differ most
// between spots for how little they differ between edits of one spot (Cai, Mikolajczyk and Matas,
// "Learning linear discriminant projections for dimensionality reduction of image descriptors", 2011),
// turned by a random rotation so that all bits weigh the same; thresholds are medians.
//
//	go run ./internal/train -o fingerprint/vocabulary.bin
package main

import (
	"encoding/binary"
	"flag"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"os"
	"slices"

	"beleg/fingerprint"
	"beleg/luma"
)

const dims = len(fingerprint.Descriptor{})

func main() {
	out := flag.String("o", "", "file to write")
	seed := flag.Uint64("seed", 1, "seed of the generator")
	pictures := flag.Int("pictures", 240, "number of pictures to learn from")
	wordDims := flag.Int("word-dims", 20, "dimensions the word is taken from")
	sigDims := flag.Int("sig-dims", 40, "dimensions the signature is taken from")
	flag.Parse()
	pairs := collect(*pictures, *seed)
	held := collect(40, *seed+1000)
	fmt.Printf("%d pairs, %d held out\n", len(pairs), len(held))
	v := learn(pairs, *wordDims, *sigDims, rand.New(rand.NewPCG(*seed, 3)))
	report(v, held)
	if *out != "" {
		if err := os.WriteFile(*out, v.bytes(), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

type vector [dims]float64

type pair [2]vector

// collect returns descriptors of the same spots in pictures and in their edits.
func collect(n int, seed uint64) (out []pair) {
	var e fingerprint.Extractor
	for i := range n {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		p := paint(480, 320, r)
		a := slices.Clone(e.Patches(p, 400))
		scale := math.Exp2(r.Float64()*2 - 1.3)
		w, h := int(480*scale), int(320*scale)
		q := edit(p, w, h, r)
		b := e.Patches(q, 600)
		out = append(out, same(a, b, float64(w)/480, float64(h)/320)...)
	}
	return out
}

func same(a, b []fingerprint.Patch, sx, sy float64) (out []pair) {
	for _, p := range a {
		x, y := (float64(p.X)/16+.5)*sx-.5, (float64(p.Y)/16+.5)*sy-.5
		s := float64(p.Scale)/16 + math.Log2(math.Sqrt(sx*sy))
		best, found := 0.6, -1
		for j, q := range b {
			if math.Abs(float64(q.Scale)/16-s) > .4 {
				continue
			}
			d := math.Hypot(float64(q.X)/16-x, float64(q.Y)/16-y) / math.Exp2(s)
			if d < best {
				best, found = d, j
			}
		}
		if found >= 0 {
			out = append(out, pair{float(&p.Descriptor), float(&b[found].Descriptor)})
		}
	}
	return out
}

func float(d *fingerprint.Descriptor) (v vector) {
	for i, x := range d {
		v[i] = float64(x)
	}
	return v
}

// paint returns a picture of overlapping shapes, large ones first.
func paint(w, h int, r *rand.Rand) luma.Plane {
	img := make([]float64, w*h)
	for i := range img {
		img[i] = 128
	}
	count := 300 + r.IntN(1500)
	for range count {
		// Sizes between 3 and 160 pixels with density size^-3.
		u := r.Float64()
		size := 1 / math.Sqrt(u/(3*3)+(1-u)/(160*160))
		cx, cy := r.Float64()*float64(w), r.Float64()*float64(h)
		angle := r.Float64() * math.Pi
		flat := .3 + .7*r.Float64()
		kind := r.IntN(4)
		v := 255 * r.Float64()
		gx, gy := (r.Float64()-.5)*80/size, (r.Float64()-.5)*80/size
		tex, fx, fy := 0.0, r.Float64()*2, r.Float64()*2
		if r.IntN(3) == 0 {
			tex = r.Float64() * 40
		}
		cos, sin := math.Cos(angle), math.Sin(angle)
		for y := max(0, int(cy-size)); y < min(h, int(cy+size)+1); y++ {
			for x := max(0, int(cx-size)); x < min(w, int(cx+size)+1); x++ {
				dx, dy := float64(x)-cx, float64(y)-cy
				a, b := dx*cos+dy*sin, (dy*cos-dx*sin)/flat
				in := false
				switch kind {
				case 0, 1:
					in = a*a+b*b < size*size
				case 2:
					in = math.Abs(a) < size*.7 && math.Abs(b) < size*.7
				case 3:
					in = b > -size*.5 && b+2*math.Abs(a) < size
				}
				if in {
					img[y*w+x] = v + gx*dx + gy*dy + tex*math.Sin(fx*dx+fy*dy)
				}
			}
		}
	}
	return plane(w, h, blurred(img, w, h, .7))
}

func plane(w, h int, img []float64) luma.Plane {
	p := luma.New(w, h)
	for i, v := range img {
		p.Pix[i] = byte(math.Max(0, math.Min(255, math.Round(v))))
	}
	return p
}

// edit returns p at w by h pixels after some of the things that are done to footage.
func edit(p luma.Plane, w, h int, r *rand.Rand) luma.Plane {
	q := p.Resize(w, h)
	img := make([]float64, w*h)
	gamma, gain, lift := 1.0, 1.0, 0.0
	if r.IntN(2) == 0 {
		gamma, gain, lift = math.Exp2(r.Float64()*1.4-.7), .7+.6*r.Float64(), 30*r.Float64()-15
	}
	for i, v := range q.Pix {
		img[i] = math.Max(0, math.Min(255, 255*gain*math.Pow(float64(v)/255, gamma)+lift))
	}
	if r.IntN(2) == 0 {
		img = blurred(img, w, h, .5+2*r.Float64())
	}
	if r.IntN(2) == 0 {
		amount := 12 * r.Float64()
		for i := range img {
			img[i] += amount * r.NormFloat64()
		}
	}
	if r.IntN(2) == 0 {
		coarse(img, w, h, 8+50*r.Float64())
	}
	return plane(w, h, img)
}

// coarse rounds the cosine transform of 8 x 8 blocks to multiples of step, as a codec does.
func coarse(img []float64, w, h int, step float64) {
	var c [8][8]float64
	for k := range 8 {
		for n := range 8 {
			c[k][n] = math.Cos(math.Pi*(float64(n)+.5)*float64(k)/8) / 2
			if k == 0 {
				c[k][n] /= math.Sqrt2
			}
		}
	}
	for y := 0; y+8 <= h; y += 8 {
		for x := 0; x+8 <= w; x += 8 {
			var t, f [8][8]float64
			for i := range 8 {
				for k := range 8 {
					for n := range 8 {
						t[i][k] += c[k][n] * img[(y+i)*w+x+n]
					}
				}
			}
			for k := range 8 {
				for j := range 8 {
					for n := range 8 {
						f[k][j] += c[k][n] * t[n][j]
					}
					s := step * (1 + float64(k+j)/8)
					if k+j == 0 {
						s = step / 4
					}
					f[k][j] = math.Round(f[k][j]/s) * s
				}
			}
			for n := range 8 {
				for j := range 8 {
					t[n][j] = 0
					for k := range 8 {
						t[n][j] += c[k][n] * f[k][j]
					}
				}
			}
			for n := range 8 {
				for m := range 8 {
					v := 0.0
					for j := range 8 {
						v += c[j][m] * t[n][j]
					}
					img[(y+n)*w+x+m] = v
				}
			}
		}
	}
}

func blurred(img []float64, w, h int, sigma float64) []float64 {
	n := int(3*sigma) + 1
	k := make([]float64, n+1)
	sum := 0.0
	for i := range k {
		k[i] = math.Exp(-float64(i*i) / (2 * sigma * sigma))
		sum += 2 * k[i]
	}
	sum -= k[0]
	pass := func(src []float64, n0, n1, s0, s1 int) []float64 {
		dst := make([]float64, len(src))
		for a := range n0 {
			for b := range n1 {
				v := 0.0
				for i := -n; i <= n; i++ {
					j := min(max(b+i, 0), n1-1)
					v += k[max(i, -i)] * src[a*s0+j*s1]
				}
				dst[a*s0+b*s1] = v / sum
			}
		}
		return dst
	}
	return pass(pass(img, h, w, w, 1), w, h, 1, w)
}

type projections struct {
	weights    [][]float64
	thresholds []float64
}

const (
	wordBits = 16
	sigBits  = 64
)

func learn(pairs []pair, wordDims, sigDims int, r *rand.Rand) projections {
	mean := vector{}
	for _, p := range pairs {
		for i := range mean {
			mean[i] += (p[0][i] + p[1][i]) / float64(2*len(pairs))
		}
	}
	within, total := square(dims), square(dims)
	for _, p := range pairs {
		for i := range dims {
			for j := range dims {
				within[i][j] += (p[0][i] - p[1][i]) * (p[0][j] - p[1][j]) / float64(2*len(pairs))
				total[i][j] += ((p[0][i]-mean[i])*(p[0][j]-mean[j]) + (p[1][i]-mean[i])*(p[1][j]-mean[j])) / float64(2*len(pairs))
			}
		}
	}
	trace := 0.0
	for i := range dims {
		trace += within[i][i]
	}
	for i := range dims {
		within[i][i] += .05 * trace / float64(dims)
	}
	// Whiten by within, then turn to the main axes of total.
	values, axes := eigen(within)
	white := square(dims)
	for i := range dims {
		for j := range dims {
			white[i][j] = axes[i][j] / math.Sqrt(values[i])
		}
	}
	values, axes = eigen(multiply(multiply(white, total), transpose(white)))
	lda := multiply(axes, white)
	fmt.Printf("signal to noise of the axes: first %.1f, 16th %.1f, 32nd %.1f, 64th %.1f\n", values[0], values[15], values[31], values[63])
	var v projections
	add := func(n, d int) {
		for _, row := range rotation(n, d, r) {
			w := make([]float64, dims)
			for i, x := range row {
				for j := range dims {
					w[j] += x * lda[i][j]
				}
			}
			largest := 0.0
			for _, x := range w {
				largest = max(largest, math.Abs(x))
			}
			for j := range w {
				w[j] = math.Round(w[j] / largest * 127)
			}
			v.weights = append(v.weights, w)
			var seen []float64
			for _, p := range pairs {
				seen = append(seen, dot(w, &p[0]), dot(w, &p[1]))
			}
			slices.Sort(seen)
			v.thresholds = append(v.thresholds, math.Round(seen[len(seen)/2]))
		}
	}
	add(wordBits, wordDims)
	add(sigBits, sigDims)
	return v
}

func dot(w []float64, d *vector) (s float64) {
	for i, x := range w {
		s += x * d[i]
	}
	return s
}

// rotation returns n rows of d values: orthogonal as far as n allows, in blocks of d.
func rotation(n, d int, r *rand.Rand) (rows [][]float64) {
	for len(rows) < n {
		block := len(rows) / d * d
		row := make([]float64, d)
		for i := range row {
			row[i] = r.NormFloat64()
		}
		for _, q := range rows[block:] {
			p := 0.0
			for i := range row {
				p += row[i] * q[i]
			}
			for i := range row {
				row[i] -= p * q[i]
			}
		}
		norm := 0.0
		for _, x := range row {
			norm += x * x
		}
		for i := range row {
			row[i] /= math.Sqrt(norm)
		}
		rows = append(rows, row)
	}
	return rows
}

func square(n int) [][]float64 {
	m := make([][]float64, n)
	for i := range m {
		m[i] = make([]float64, n)
	}
	return m
}

func multiply(a, b [][]float64) [][]float64 {
	c := square(len(a))
	for i := range a {
		for k, v := range a[i] {
			for j, w := range b[k] {
				c[i][j] += v * w
			}
		}
	}
	return c
}

func transpose(a [][]float64) [][]float64 {
	t := square(len(a))
	for i := range a {
		for j, v := range a[i] {
			t[j][i] = v
		}
	}
	return t
}

// eigen returns the eigenvalues of the symmetric matrix a, largest first, and its eigenvectors as
// rows, by Jacobi rotations.
func eigen(a [][]float64) ([]float64, [][]float64) {
	n := len(a)
	m, v := square(n), square(n)
	for i := range n {
		copy(m[i], a[i])
		v[i][i] = 1
	}
	for range 30 {
		for p := range n {
			for q := p + 1; q < n; q++ {
				if math.Abs(m[p][q]) < 1e-12 {
					continue
				}
				t := (m[q][q] - m[p][p]) / (2 * m[p][q])
				t = math.Copysign(1/(math.Abs(t)+math.Sqrt(t*t+1)), t)
				c := 1 / math.Sqrt(t*t+1)
				s := t * c
				for k := range n {
					x, y := m[k][p], m[k][q]
					m[k][p], m[k][q] = c*x-s*y, s*x+c*y
				}
				for k := range n {
					x, y := m[p][k], m[q][k]
					m[p][k], m[q][k] = c*x-s*y, s*x+c*y
					x, y = v[p][k], v[q][k]
					v[p][k], v[q][k] = c*x-s*y, s*x+c*y
				}
			}
		}
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		if m[i][i] > m[j][j] {
			return -1
		}
		return 1
	})
	values, rows := make([]float64, n), make([][]float64, n)
	for i, o := range order {
		values[i], rows[i] = m[o][o], v[o]
	}
	return values, rows
}

func (v projections) bytes() (out []byte) {
	for i, w := range v.weights {
		for _, x := range w {
			out = append(out, byte(int8(x)))
		}
		out = binary.LittleEndian.AppendUint32(out, uint32(int32(v.thresholds[i])))
	}
	return out
}

func (v projections) code(d *vector) (word uint16, sig uint64, sure [wordBits]float64) {
	for i, w := range v.weights {
		x := dot(w, d) - v.thresholds[i]
		switch {
		case i < wordBits:
			sure[i] = math.Abs(x)
			if x > 0 {
				word |= 1 << i
			}
		case x > 0:
			sig |= 1 << (i - wordBits)
		}
	}
	return word, sig, sure
}

// report prints how well codes find the same spot among the pairs held out.
func report(v projections, held []pair) {
	var words [2][]uint16
	var sigs [2][]uint64
	var sures [][wordBits]float64
	for _, p := range held {
		for k := range p {
			w, s, sure := v.code(&p[k])
			words[k], sigs[k] = append(words[k], w), append(sigs[k], s)
			if k == 1 {
				sures = append(sures, sure)
			}
		}
	}
	var true64, false64 [sigBits + 1]int
	var found [9]int
	var turned [4]int
	n := len(held)
	for i := range n {
		true64[bits.OnesCount64(sigs[0][i]^sigs[1][i])]++
		for j := i % 7; j < n; j += 7 {
			if j != i {
				false64[bits.OnesCount64(sigs[0][i]^sigs[1][j])]++
			}
		}
		x := words[0][i] ^ words[1][i]
		turned[min(bits.OnesCount16(x), 3)]++
		cost := 0.0
		for b := range wordBits {
			if x>>b&1 == 1 {
				cost += sures[i][b]
			}
		}
		// Rank among all words by cost of turning.
		rank := 0
		for y := range 1 << wordBits {
			if bits.OnesCount(uint(y)) > 4 {
				continue
			}
			c := 0.0
			for z := y; z != 0; z &= z - 1 {
				c += sures[i][bits.TrailingZeros(uint(z))]
			}
			if c < cost {
				rank++
			}
		}
		for k := range found {
			if rank < 1<<k {
				found[k]++
			}
		}
	}
	fmt.Printf("word bits turned 0,1,2,3+: %v of %d\n", turned, n)
	for k, f := range found {
		fmt.Printf("found with %3d probes: %.3f\n", 1<<k, float64(f)/float64(n))
	}
	falses := 0
	for _, f := range false64 {
		falses += f
	}
	ct, cf := 0, 0
	for d := range sigBits {
		ct, cf = ct+true64[d], cf+false64[d]
		if d%2 == 0 && d >= 8 && d <= 28 {
			fmt.Printf("signature within %d: same %.3f other %.6f\n", d, float64(ct)/float64(n), float64(cf)/float64(falses))
		}
	}
}
