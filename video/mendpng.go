package video

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"io"
)

// mendPNG makes a whole file of a cut or damaged PNG, as browsers show it: checksums are made anew, the pixels that can be
// unpacked are kept, and those that are missing are black. It returns false when there is no row of pixels. want is the length of
// the unpacked pixels in bytes, see pngRows.
func mendPNG(b []byte, want int64) ([]byte, bool) {
	const magic = "\x89PNG\r\n\x1a\n"
	if !bytes.HasPrefix(b, []byte(magic)) || want <= 0 || want > photoBytes+1<<20 {
		return nil, false
	}
	var out, packed bytes.Buffer
	out.WriteString(magic)
	for rest := b[len(magic):]; len(rest) >= 8; {
		size, name := int64(binary.BigEndian.Uint32(rest)), string(rest[4:8])
		data := rest[8:]
		whole := size <= int64(len(data))
		data = data[:min(size, int64(len(data)))]
		switch {
		case name == "IDAT":
			packed.Write(data)
		case whole && (name == "IHDR" || name == "PLTE" || name == "tRNS"):
			writeChunk(&out, name, data)
		}
		if !whole || name == "IEND" {
			break
		}
		rest = rest[8+int64(len(data)):]
		rest = rest[min(4, len(rest)):] // the checksum
	}
	if packed.Len() < 3 {
		return nil, false
	}
	// The two bytes of zlib's head are skipped: its checksum would refuse what can be read.
	pixels, _ := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed.Bytes()[2:])), want))
	if len(pixels) == 0 {
		return nil, false
	}
	var idat bytes.Buffer
	z, err := zlib.NewWriterLevel(&idat, zlib.NoCompression)
	if err != nil {
		return nil, false
	}
	z.Write(pixels)
	z.Write(make([]byte, want-int64(len(pixels))))
	z.Close()
	writeChunk(&out, "IDAT", idat.Bytes())
	writeChunk(&out, "IEND", nil)
	return out.Bytes(), true
}

func writeChunk(out *bytes.Buffer, name string, data []byte) {
	sum := crc32.NewIEEE()
	binary.Write(out, binary.BigEndian, uint32(len(data)))
	for _, part := range [][]byte{[]byte(name), data} {
		out.Write(part)
		sum.Write(part)
	}
	binary.Write(out, binary.BigEndian, sum.Sum32())
}

// pngRows returns the length of the unpacked pixels of a PNG with their filter bytes, 0 when its head is none: PNG, 7.2 and 8.2.
func pngRows(b []byte) int64 {
	if len(b) < 29 || string(b[12:16]) != "IHDR" {
		return 0
	}
	w, h := int64(binary.BigEndian.Uint32(b[16:])), int64(binary.BigEndian.Uint32(b[20:]))
	channels := map[byte]int64{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[b[25]]
	depth := int64(b[24])
	if w <= 0 || h <= 0 || w > 1<<20 || h > 1<<20 || channels == 0 || depth > 16 {
		return 0
	}
	rows := func(w, h int64) int64 {
		if w <= 0 || h <= 0 {
			return 0
		}
		return h * (1 + (w*channels*depth+7)/8)
	}
	if b[28] == 0 {
		return rows(w, h)
	}
	total := int64(0)
	for _, p := range [][4]int64{{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}} {
		total += rows((w-p[0]+p[2]-1)/p[2], (h-p[1]+p[3]-1)/p[3])
	}
	return total
}
