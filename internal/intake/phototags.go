package intake

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/bep/imagemeta"

	"beleg/edtf"
	"beleg/internal/store"
)

// A photo says these things about itself in EXIF, IPTC and XMP. None of it is proof.
type photoTags struct {
	title, place, credit string
	appearances          []store.Appearance
}

// Bounds of reading tags: a photo with more or larger tags is not refused, the rest is left out.
const (
	maxTags    = 2000
	maxTagSize = 8 << 10         // bytes
	tagTime    = 5 * time.Second // of one photo
)

// dateTags are the tags that date a picture, in the order in which they are listed, with the
// layouts they come in. Local times without a zone count as their day only.
var dateTags = []struct {
	source imagemeta.Source
	tag    string
	label  string
}{
	{imagemeta.EXIF, "DateTimeOriginal", "EXIF DateTimeOriginal"},
	{imagemeta.EXIF, "CreateDate", "EXIF CreateDate"},
	{imagemeta.IPTC, "DateCreated", "IPTC DateCreated"},
	{imagemeta.XMP, "DateCreated", "XMP DateCreated"},
	{imagemeta.XMP, "DateTimeOriginal", "XMP DateTimeOriginal"},
	{imagemeta.XMP, "CreateDate", "XMP CreateDate"},
}

var imageFormats = map[string]imagemeta.ImageFormat{
	"jpeg": imagemeta.JPEG, "png": imagemeta.PNG, "webp": imagemeta.WebP,
	"tiff": imagemeta.TIFF, "heic": imagemeta.HEIF, "heif": imagemeta.HEIF, "avif": imagemeta.AVIF,
}

// readPhotoTags reads the tags of a picture of the format (such as "jpeg"). Formats
// without tags give none. A decoder that panics on hostile bytes is an error like any other.
func readPhotoTags(format string, r io.ReadSeeker) (tags photoTags, err error) {
	f, ok := imageFormats[format]
	if !ok {
		return photoTags{}, nil
	}
	defer func() {
		if v := recover(); v != nil {
			tags, err = photoTags{}, fmt.Errorf("read tags of a %s picture: %v", format, v)
		}
	}()
	found := map[imagemeta.Source]map[string]string{imagemeta.EXIF: {}, imagemeta.IPTC: {}, imagemeta.XMP: {}}
	_, err = imagemeta.Decode(imagemeta.Options{
		R: r, ImageFormat: f, Sources: imagemeta.EXIF | imagemeta.IPTC | imagemeta.XMP,
		LimitNumTags: maxTags, LimitTagSize: maxTagSize, Timeout: tagTime,
		ShouldHandleTag: func(t imagemeta.TagInfo) bool { return wanted[t.Tag] },
		HandleTag: func(t imagemeta.TagInfo) error {
			if text := tagText(t.Value); found[t.Source] != nil && found[t.Source][t.Tag] == "" {
				found[t.Source][t.Tag] = text
			}
			return nil
		},
	})
	if err != nil {
		return photoTags{}, fmt.Errorf("read tags of a %s picture: %w", format, err)
	}
	return tagsFrom(found), nil
}

var wanted = map[string]bool{
	"DateTimeOriginal": true, "CreateDate": true, "DateCreated": true, "OffsetTimeOriginal": true,
	"Headline": true, "ObjectName": true, "City": true, "Country": true,
	"Country-PrimaryLocationName": true, "Credit": true, "Source": true, "title": true, "Title": true,
}

func tagText(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(strings.ToValidUTF8(v, "\ufffd"))
	case []string:
		return tagText(strings.Join(v, ", "))
	}
	return ""
}

func tagsFrom(found map[imagemeta.Source]map[string]string) photoTags {
	iptc, xmp, exif := found[imagemeta.IPTC], found[imagemeta.XMP], found[imagemeta.EXIF]
	t := photoTags{
		title:  either(either(iptc["Headline"], iptc["ObjectName"]), either(xmp["Headline"], either(xmp["title"], xmp["Title"]))),
		credit: either(either(iptc["Credit"], iptc["Source"]), either(xmp["Credit"], xmp["Source"])),
		place: join(either(iptc["City"], xmp["City"]),
			either(iptc["Country-PrimaryLocationName"], xmp["Country"])),
	}
	for _, d := range dateTags {
		words := found[d.source][d.tag]
		zone := ""
		if d.source == imagemeta.EXIF && d.tag == "DateTimeOriginal" {
			zone = exif["OffsetTimeOriginal"]
		}
		if date := tagDate(words, zone); date != "" {
			t.appearances = append(t.appearances, store.Appearance{Date: date, How: store.Metadata,
				Source: d.label, Words: words, Outlet: t.credit, Place: t.place, Title: t.title})
		}
	}
	return t
}

func join(a, b string) string {
	if a != "" && b != "" {
		return a + ", " + b
	}
	return either(a, b)
}

// tagDate returns the EDTF date of a tag's words, or "" when they hold none. Zero
// dates, as devices without a set clock write them, are none.
func tagDate(words, zone string) string {
	for _, layout := range []string{"2006:01:02 15:04:05-07:00", "2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05.999Z07:00"} {
		if t, err := time.Parse(layout, words+zone); err == nil && plausible(t) {
			return edtf.Instant(t).String()
		}
	}
	for _, layout := range []string{"2006:01:02 15:04:05", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02", "2006:01:02", "20060102"} {
		if t, err := time.Parse(layout, words); err == nil && plausible(t) {
			return edtf.Day(t).String()
		}
	}
	if t, err := time.Parse("2006-01", words); err == nil && plausible(t) {
		return words
	}
	return ""
}

// plausible refuses the zero points of clocks: 1904 (QuickTime), 1970 (Unix), 1980 (DOS).
func plausible(t time.Time) bool {
	switch t.UTC().Format("2006-01-02") {
	case "1904-01-01", "1970-01-01", "1980-01-01":
		return false
	}
	return t.Year() > 1826 // the year of the first photograph
}
