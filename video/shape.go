package video

import (
	"encoding/binary"
	"io"
	"os"
)

// A shape is what the frame of a file's own structure says, read without decoding: a few sizes and one matrix.
type shape struct {
	cut      string // how it shows that the end is missing; "" when it does not
	mirrored bool   // the display matrix of a track turns left and right about
}

// shape reads the structure of the file that was decoded.
func (d *decoding) shape() shape {
	f, err := os.Open(d.request.Path)
	if err != nil {
		return shape{}
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return shape{}
	}
	return shapeOf(f, info.Size(), d.typ.demuxer)
}

func shapeOf(r io.ReaderAt, size int64, demuxer string) (s shape) {
	switch demuxer {
	case "mov":
		b := boxes{r: r, left: maxBoxes}
		b.walk(0, size, 0)
		return b.shape
	case "gif":
		if !gifEnds(r, size) {
			s.cut = "the end mark of the animation is missing"
		}
	case "avi":
		if n := riffSize(r); n > size {
			s.cut = cutText(missingText(n-size, n), 200)
		}
	case "matroska":
		if n := segmentEnd(r); n > size {
			s.cut = cutText(missingText(n-size, n), 200)
		}
	}
	return s
}

func missingText(missing, of int64) string {
	return "the file breaks off: " + itoa(missing) + " of " + itoa(of) + " bytes are missing"
}

// gifEnds reports whether the last byte that is not zero is the trailer: GIF89a, 27.
func gifEnds(r io.ReaderAt, size int64) bool {
	tail := make([]byte, min(size, 64))
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil {
		return true // nothing can be said
	}
	for i := len(tail) - 1; i >= 0; i-- {
		if tail[i] != 0 {
			return tail[i] == 0x3b
		}
	}
	return false
}

// riffSize is the length that an AVI declares of its first part, in bytes; 0 when it says none, as after a crash.
func riffSize(r io.ReaderAt) int64 {
	var b [8]byte
	if _, err := r.ReadAt(b[:], 0); err != nil {
		return 0
	}
	n := int64(binary.LittleEndian.Uint32(b[4:]))
	if n == 0 || n == 1<<32-1 {
		return 0
	}
	return n + 8
}

// segmentEnd is where the segment of a Matroska file ends as it declares it; 0 when it declares none (RFC 8794, 4 and 6).
func segmentEnd(r io.ReaderAt) int64 {
	var at int64
	for range 8 {
		var b [12]byte
		if n, _ := r.ReadAt(b[:], at); n < len(b) {
			return 0
		}
		id, idLen := vint(b[:], true)
		size, sizeLen := vint(b[min(idLen, 4):], false)
		if idLen == 0 || idLen > 4 || sizeLen == 0 {
			return 0
		}
		unknown := size == 1<<(7*sizeLen)-1
		at += int64(idLen + sizeLen)
		if id == 0x18538067 {
			if unknown || size > 1<<50 {
				return 0
			}
			return at + int64(size)
		}
		if unknown || size > 1<<30 {
			return 0
		}
		at += int64(size)
	}
	return 0
}

// vint reads a number of variable length; marked keeps the bit that tells the length. Length 0 is none.
func vint(b []byte, marked bool) (v uint64, n int) {
	if len(b) == 0 || b[0] == 0 {
		return 0, 0
	}
	n = 1
	for mask := byte(0x80); b[0]&mask == 0; mask >>= 1 {
		n++
	}
	if n > len(b) {
		return 0, 0
	}
	v = uint64(b[0])
	if !marked {
		v &= 1<<(8-n) - 1
	}
	for _, c := range b[1:n] {
		v = v<<8 | uint64(c)
	}
	return v, n
}

// boxes walks the boxes of an ISO base media file: ISO/IEC 14496-12, 4.2.
type boxes struct {
	r     io.ReaderAt
	left  int // boxes that may still be looked at
	shape shape
}

// maxBoxes bounds the walk: an hour in fragments of a second has 7,200.
const maxBoxes = 200_000

func (w *boxes) walk(from, to int64, depth int) {
	for at := from; at+8 <= to && w.left > 0; w.left-- {
		var b [16]byte
		if n, _ := w.r.ReadAt(b[:], at); n < 8 {
			return
		}
		size, head := int64(binary.BigEndian.Uint32(b[:])), int64(8)
		switch {
		case size == 1:
			size, head = int64(binary.BigEndian.Uint64(b[8:])), 16
		case size == 0: // to the end of the file
			size = to - at
		}
		if size < head {
			return
		}
		if depth == 0 && size > to-at {
			w.shape.cut = missingText(size-(to-at), at+size)
			return
		}
		switch name := string(b[4:8]); {
		case depth == 0 && name == "moov", depth == 1 && name == "trak":
			w.walk(at+head, min(at+size, to), depth+1)
		case depth == 2 && name == "tkhd":
			w.matrix(at + head)
		}
		at += size
	}
}

// matrix notes a track header's matrix whose determinant is negative: 8.3.2.
func (w *boxes) matrix(at int64) {
	var b [96]byte
	n, _ := w.r.ReadAt(b[:], at)
	from := 40
	if b[0] == 1 {
		from = 52
	}
	if n < from+20 {
		return
	}
	value := func(i int) int64 { return int64(int32(binary.BigEndian.Uint32(b[from+4*i:]))) }
	w.shape.mirrored = w.shape.mirrored || value(0)*value(4)-value(1)*value(3) < 0
}
