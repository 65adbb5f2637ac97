package luma

import "fmt"

// Plane is an 8-bit luminance plane, full range, row-major: the pixel in column x of row y is
// Pix[y*Stride+x]. Stride is in bytes and may exceed W.
type Plane struct {
	Pix    []byte
	W, H   int // pixels
	Stride int // bytes from one row to the next
}

// room is how many bytes of capacity follow the pixels of a new plane: fast loops read some at a time.
const room = 4

// New returns a black plane of w by h pixels. It panics on negative sizes.
func New(w, h int) Plane {
	return Plane{Pix: make([]byte, w*h, w*h+room), W: w, H: h, Stride: w}
}

// Check reports whether the plane's sizes fit its pixels.
func (p Plane) Check() error {
	if p.W <= 0 || p.H <= 0 || p.Stride < p.W {
		return fmt.Errorf("luma plane of %d x %d pixels with stride %d", p.W, p.H, p.Stride)
	}
	if need := (p.H-1)*p.Stride + p.W; len(p.Pix) < need {
		return fmt.Errorf("luma plane of %d x %d pixels has %d bytes, want %d", p.W, p.H, len(p.Pix), need)
	}
	return nil
}

// Row returns the W pixels of row y, shared with p.
func (p Plane) Row(y int) []byte { return p.Pix[y*p.Stride : y*p.Stride+p.W] }

// Crop returns the part of p from (x0, y0) up to but not including (x1, y1), sharing its pixels.
// It panics when the part is empty or not inside p.
func (p Plane) Crop(x0, y0, x1, y1 int) Plane {
	if x0 < 0 || y0 < 0 || x1 > p.W || y1 > p.H || x0 >= x1 || y0 >= y1 {
		panic(fmt.Sprintf("luma: crop (%d,%d)-(%d,%d) of a %d x %d plane", x0, y0, x1, y1, p.W, p.H))
	}
	return Plane{Pix: p.Pix[y0*p.Stride+x0 : (y1-1)*p.Stride+x1], W: x1 - x0, H: y1 - y0, Stride: p.Stride}
}

// Clone returns a copy with Stride equal to W.
func (p Plane) Clone() Plane {
	q := New(p.W, p.H)
	for y := range p.H {
		copy(q.Row(y), p.Row(y))
	}
	return q
}

// Mirror returns a copy with left and right exchanged.
func (p Plane) Mirror() Plane {
	q := New(p.W, p.H)
	for y := range p.H {
		src, dst := p.Row(y), q.Row(y)
		for x, v := range src {
			dst[p.W-1-x] = v
		}
	}
	return q
}

// Transpose returns a copy with rows and columns exchanged.
func (p Plane) Transpose() Plane {
	q := New(p.H, p.W)
	for y := range p.H {
		for x, v := range p.Row(y) {
			q.Pix[x*q.Stride+y] = v
		}
	}
	return q
}
