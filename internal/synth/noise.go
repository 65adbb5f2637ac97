package synth

// A lattice is smooth value noise on integers: the same seed gives the same values everywhere.
type lattice uint32

func (l lattice) at(x, y int) int {
	h := uint32(x)*0x9E3779B1 ^ uint32(y)*0x85EBCA77 ^ uint32(l)*0xC2B2AE3D
	h ^= h >> 15
	h *= 0x2C1B3C6D
	h ^= h >> 12
	h *= 0x297A2D39
	h ^= h >> 15
	return int(h & 255)
}

// smooth is the noise at (x, y) with cells of size pixels, 0-255.
func (l lattice) smooth(x, y, size int) int {
	cx, cy := floorDiv(x, size), floorDiv(y, size)
	fx, fy := ease((x-cx*size)*256/size), ease((y-cy*size)*256/size)
	top := l.at(cx, cy)*(256-fx) + l.at(cx+1, cy)*fx
	low := l.at(cx, cy+1)*(256-fx) + l.at(cx+1, cy+1)*fx
	return (top*(256-fy) + low*fy) >> 16
}

// cloud sums octaves of smooth noise from cells of size pixels down to 3, 0-255.
func (l lattice) cloud(x, y, size int) int {
	sum, weight := 0, 0
	for w := 128; size >= 3; size, w = size/2, w/2+8 {
		sum += l.smooth(x, y, size) * w
		weight += w
		l += 0x1234567
	}
	return sum / max(1, weight)
}

func ease(f int) int { return f * f * (768 - 2*f) >> 16 }

func floorDiv(a, b int) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
