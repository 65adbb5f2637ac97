package match

import (
	"math"

	"beleg/index"
)

// A Transform maps points of the query picture to points of the archive's, both in units of
// 1/1024 of the picture's longer side, by
//
//	X = (t[0]x + t[1]y + t[2]) / w,  Y = (t[3]x + t[4]y + t[5]) / w,  w = t[6]x + t[7]y + 1.
type Transform [8]float64

// identity takes each point to itself.
var identity = Transform{1, 0, 0, 0, 1, 0, 0, 0}

// mul multiplies without letting the compiler fuse the product with a following sum, so that all
// machines round alike.
func mul(a, b float64) float64 { return float64(a * b) }

// At returns where t takes the point (x, y).
func (t *Transform) At(x, y float64) (float64, float64) {
	w := mul(t[6], x) + mul(t[7], y) + 1
	return (mul(t[0], x) + mul(t[1], y) + t[2]) / w, (mul(t[3], x) + mul(t[4], y) + t[5]) / w
}

// after returns the transform that applies u, then t. Neither may have a vanishing last row.
func (t *Transform) after(u *Transform) Transform {
	a := [9]float64{t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7], 1}
	b := [9]float64{u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7], 1}
	var c [9]float64
	for i := range 3 {
		for j := range 3 {
			c[3*i+j] = mul(a[3*i], b[j]) + mul(a[3*i+1], b[3+j]) + mul(a[3*i+2], b[6+j])
		}
	}
	var out Transform
	for i := range out {
		out[i] = c[i] / c[8]
	}
	return out
}

// moved returns by how many units a corner of a 16:9 picture lies elsewhere under u than under t, at most.
func (t *Transform) moved(u *Transform) (most float64) {
	for _, x := range []float64{0, index.Extent} {
		for _, y := range []float64{0, index.Extent * 9 / 16} {
			a, b := t.At(x, y)
			c, d := u.At(x, y)
			most = max(most, math.Abs(a-c), math.Abs(b-d))
		}
	}
	return most
}

// invert returns the inverse of t, and false when t squeezes the picture to nothing.
func (t *Transform) invert() (Transform, bool) {
	a, b, c, d, e, f, g, h := t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7]
	m := [9]float64{
		e - mul(f, h), mul(c, h) - b, mul(b, f) - mul(c, e),
		mul(f, g) - d, a - mul(c, g), mul(c, d) - mul(a, f),
		mul(d, h) - mul(e, g), mul(b, g) - mul(a, h), mul(a, e) - mul(b, d),
	}
	if math.Abs(m[8]) < 1e-9 {
		return Transform{}, false
	}
	var out Transform
	for i := range out {
		out[i] = m[i] / m[8]
	}
	return out, true
}

// scale returns how many archive units one query unit spans around (x, y), and whether the transform
// keeps the picture's sense there (no mirror).
func (t *Transform) scale(x, y float64) (float64, bool) {
	x0, y0 := t.At(x, y)
	x1, y1 := t.At(x+1, y)
	x2, y2 := t.At(x, y+1)
	det := mul(x1-x0, y2-y0) - mul(x2-x0, y1-y0)
	return math.Sqrt(math.Abs(det)), det > 0
}

// A tie says that point (x, y) of the query shows point (u, v) of the archive picture.
type tie struct{ x, y, u, v, weight float64 }

// similarity returns the fit u = s*x + a, v = s*y + b and false when the ties do not hold it.
func fitUpright(ties []tie) (Transform, bool) {
	var n, mx, my, mu, mv float64
	for _, t := range ties {
		n += t.weight
		mx, my = mx+mul(t.weight, t.x), my+mul(t.weight, t.y)
		mu, mv = mu+mul(t.weight, t.u), mv+mul(t.weight, t.v)
	}
	if n <= 0 {
		return Transform{}, false
	}
	mx, my, mu, mv = mx/n, my/n, mu/n, mv/n
	var xx, xu float64
	for _, t := range ties {
		x, y, u, v := t.x-mx, t.y-my, t.u-mu, t.v-mv
		xx += mul(t.weight, mul(x, x)+mul(y, y))
		xu += mul(t.weight, mul(x, u)+mul(y, v))
	}
	if xx < 1 {
		return Transform{}, false
	}
	s := xu / xx
	return Transform{s, 0, mu - mul(s, mx), 0, s, mv - mul(s, my), 0, 0}, s > 0
}

// fitAffine returns the affine transform nearest to the ties in least squares, held towards t by
// stiffness (in units of weight), so that few or badly spread ties do not bend it.
func fitAffine(ties []tie, t Transform, stiffness float64) (Transform, bool) {
	var n, mx, my, mu, mv float64
	for _, t := range ties {
		n += t.weight
		mx, my = mx+mul(t.weight, t.x), my+mul(t.weight, t.y)
		mu, mv = mu+mul(t.weight, t.u), mv+mul(t.weight, t.v)
	}
	if n <= 0 {
		return t, false
	}
	mx, my, mu, mv = mx/n, my/n, mu/n, mv/n
	// The prior is a picture's spread of points (200 units) that t maps exactly.
	k := mul(stiffness, 200*200)
	xx, xy, yy := k, 0.0, k
	xu, yu := mul(k, t[0]), mul(k, t[1])
	xv, yv := mul(k, t[3]), mul(k, t[4])
	for _, t := range ties {
		x, y, u, v := t.x-mx, t.y-my, t.u-mu, t.v-mv
		xx += mul(t.weight, mul(x, x))
		xy += mul(t.weight, mul(x, y))
		yy += mul(t.weight, mul(y, y))
		xu += mul(t.weight, mul(x, u))
		yu += mul(t.weight, mul(y, u))
		xv += mul(t.weight, mul(x, v))
		yv += mul(t.weight, mul(y, v))
	}
	det := mul(xx, yy) - mul(xy, xy)
	if det < 1 {
		return t, false
	}
	a := (mul(xu, yy) - mul(yu, xy)) / det
	b := (mul(yu, xx) - mul(xu, xy)) / det
	c := (mul(xv, yy) - mul(yv, xy)) / det
	d := (mul(yv, xx) - mul(xv, xy)) / det
	return Transform{a, b, mu - mul(a, mx) - mul(b, my), c, d, mv - mul(c, mx) - mul(d, my), 0, 0}, true
}

// fitPlane returns the homography nearest to the ties in linear least squares, held towards the
// affine transform t by stiffness.
func fitPlane(ties []tie, t Transform, stiffness float64) (Transform, bool) {
	// Coordinates about the middle in units of 512 keep the equations well conditioned.
	const unit = 512
	var m [8][9]float64
	add := func(row [8]float64, rhs, w float64) {
		for i := range 8 {
			for j := range 8 {
				m[i][j] += mul(w, mul(row[i], row[j]))
			}
			m[i][8] += mul(w, mul(row[i], rhs))
		}
	}
	for _, p := range ties {
		x, y, u, v := p.x/unit, p.y/unit, p.u/unit, p.v/unit
		add([8]float64{x, y, 1, 0, 0, 0, -mul(u, x), -mul(u, y)}, u, p.weight)
		add([8]float64{0, 0, 0, x, y, 1, -mul(v, x), -mul(v, y)}, v, p.weight)
	}
	prior := [8]float64{t[0], t[1], t[2] / unit, t[3], t[4], t[5] / unit, mul(t[6], unit), mul(t[7], unit)}
	for i, v := range prior {
		k := stiffness
		if i >= 6 {
			k = mul(stiffness, 10)
		}
		m[i][i] += k
		m[i][8] += mul(k, v)
	}
	s, ok := solve(&m)
	if !ok {
		return t, false
	}
	return Transform{s[0], s[1], mul(s[2], unit), s[3], s[4], mul(s[5], unit), s[6] / unit, s[7] / unit}, true
}

// solve solves the eight equations by elimination with pivots.
func solve(m *[8][9]float64) (s [8]float64, ok bool) {
	for c := range 8 {
		p := c
		for r := c + 1; r < 8; r++ {
			if math.Abs(m[r][c]) > math.Abs(m[p][c]) {
				p = r
			}
		}
		if math.Abs(m[p][c]) < 1e-12 {
			return s, false
		}
		m[c], m[p] = m[p], m[c]
		for r := c + 1; r < 8; r++ {
			f := m[r][c] / m[c][c]
			for j := c; j < 9; j++ {
				m[r][j] -= mul(f, m[c][j])
			}
		}
	}
	for c := 7; c >= 0; c-- {
		v := m[c][8]
		for j := c + 1; j < 8; j++ {
			v -= mul(m[c][j], s[j])
		}
		s[c] = v / m[c][c]
	}
	return s, true
}
