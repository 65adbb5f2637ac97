package intake

import (
	"bytes"
	"encoding/binary"
	"testing"
)

func TestTagDate(t *testing.T) {
	for _, tt := range []struct{ words, zone, want string }{
		{"2014:05:03 12:30:00", "", "2014-05-03"},
		{"2014:05:03 12:30:00", "+02:00", "2014-05-03T10:30:00Z"},
		{"2014-05-03T12:30:00+02:00", "", "2014-05-03T10:30:00Z"},
		{"2014-05-03", "", "2014-05-03"},
		{"20140503", "", "2014-05-03"},
		{"2014-05", "", "2014-05"},
		{"0000:00:00 00:00:00", "", ""},
		{"1970:01:01 00:00:00", "", ""},
		{"    :  :     :  :  ", "", ""},
		{"yesterday", "", ""},
	} {
		if got := tagDate(tt.words, tt.zone); got != tt.want {
			t.Errorf("tagDate(%q, %q) = %q, want %q", tt.words, tt.zone, got, tt.want)
		}
	}
}

// exifJPEG returns a JPEG of nothing but an EXIF segment with DateTimeOriginal.
func exifJPEG(date string) []byte {
	le := binary.LittleEndian
	tiff := []byte("II*\x00\x08\x00\x00\x00")
	entry := func(tag, kind uint16, n, value uint32) {
		tiff = le.AppendUint16(le.AppendUint16(tiff, tag), kind)
		tiff = le.AppendUint32(le.AppendUint32(tiff, n), value)
	}
	tiff = le.AppendUint16(tiff, 1)
	entry(0x8769, 4, 1, 26) // where the EXIF directory lies
	tiff = le.AppendUint32(tiff, 0)
	tiff = le.AppendUint16(tiff, 1)
	entry(0x9003, 2, uint32(len(date)+1), 44)
	tiff = le.AppendUint32(tiff, 0)
	tiff = append(append(tiff, date...), 0)
	segment := append([]byte("Exif\x00\x00"), tiff...)
	b := []byte{0xff, 0xd8, 0xff, 0xe1}
	b = binary.BigEndian.AppendUint16(b, uint16(len(segment)+2))
	return append(append(b, segment...), 0xff, 0xd9)
}

func TestReadPhotoTags(t *testing.T) {
	tags, err := readPhotoTags("jpeg", bytes.NewReader(exifJPEG("2014:05:03 12:30:00")))
	if err != nil {
		t.Fatal(err)
	}
	if len(tags.appearances) != 1 || tags.appearances[0].Date != "2014-05-03" || tags.appearances[0].Source != "EXIF DateTimeOriginal" {
		t.Errorf("appearances = %+v, want 2014-05-03 by EXIF DateTimeOriginal", tags.appearances)
	}
	if tags, err := readPhotoTags("gif", bytes.NewReader(nil)); err != nil || len(tags.appearances) != 0 {
		t.Errorf("a format without tags gives %v, %v, want nothing", tags, err)
	}
}

func FuzzReadPhotoTags(f *testing.F) {
	f.Add("jpeg", exifJPEG("2014:05:03 12:30:00"))
	f.Add("png", []byte("\x89PNG\r\n\x1a\n"))
	f.Add("heic", []byte("\x00\x00\x00\x18ftypheic"))
	f.Fuzz(func(t *testing.T, format string, b []byte) {
		readPhotoTags(format, bytes.NewReader(b)) // must not panic, must end
	})
}
