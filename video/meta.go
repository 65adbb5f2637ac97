package video

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/bep/imagemeta"
)

// metaFormats are the stills whose metadata are read.
var metaFormats = map[string]imagemeta.ImageFormat{"jpeg": imagemeta.JPEG, "png": imagemeta.PNG, "webp": imagemeta.WebP, "tiff": imagemeta.TIFF, "heic": imagemeta.HEIF, "avif": imagemeta.AVIF}

// keptTags are the EXIF tags that say when, where, by whom and with what. The rest (thumbnails,
// notes of the maker) stays in the original.
var keptTags = []string{
	"DateTime", "DateTimeOriginal", "DateTimeDigitized", "CreateDate", "ModifyDate", "OffsetTime", "OffsetTimeOriginal", "OffsetTimeDigitized", "SubSecTimeOriginal",
	"GPSLatitude", "GPSLatitudeRef", "GPSLongitude", "GPSLongitudeRef", "GPSAltitude", "GPSDateStamp", "GPSTimeStamp", "GPSImgDirection", "GPSHPositioningError",
	"Make", "Model", "LensModel", "Software", "Artist", "Copyright", "ImageDescription", "UserComment", "ImageUniqueID", "Orientation", "OwnerName", "BodySerialNumber",
}

// readPhotoTags reads EXIF, IPTC and XMP of a still into i.Tags ("exif.DateTimeOriginal",
// "iptc.City", "xmp.LocationCreated/City"), and returns the orientation, 1 to 8. What
// cannot be read is not there: metadata are no reason to refuse a picture.
func (i *Info) readPhotoTags(kind string, b []byte) (orientation int) {
	orientation = 1
	format, ok := metaFormats[kind]
	if !ok {
		return orientation
	}
	i.Tags = map[string]string{}
	var total int
	put := func(key, value string) {
		value = strings.TrimSpace(strings.ToValidUTF8(strings.TrimRight(value, "\x00"), "\ufffd"))
		if _, ok := i.Tags[key]; ok || value == "" || len(i.Tags) >= maxTags || total > maxAllTags {
			return
		}
		value = cutText(value, maxTagLen)
		i.Tags[key] = value
		total += len(key) + len(value)
	}
	imagemeta.Decode(imagemeta.Options{
		R: bytes.NewReader(b), ImageFormat: format, Sources: imagemeta.EXIF | imagemeta.IPTC | imagemeta.XMP,
		LimitNumTags: 2000, LimitTagSize: maxTagLen, Warnf: func(string, ...any) {},
		ShouldHandleTag: func(t imagemeta.TagInfo) bool {
			return t.Source != imagemeta.EXIF || slices.Contains(keptTags, t.Tag) && !strings.HasPrefix(t.Namespace, "IFD1")
		},
		HandleTag: func(t imagemeta.TagInfo) error {
			if t.Source == imagemeta.EXIF && t.Tag == "Orientation" {
				if o := fmt.Sprint(t.Value); len(o) == 1 && o[0] >= '1' && o[0] <= '8' {
					orientation = int(o[0] - '0')
				}
			}
			prefix := map[imagemeta.Source]string{imagemeta.EXIF: "exif.", imagemeta.IPTC: "iptc."}[t.Source]
			put(prefix+t.Tag, tagText(t.Value))
			return nil
		},
		HandleXMP: func(r io.Reader) error {
			packet, err := io.ReadAll(io.LimitReader(r, maxXMP))
			io.Copy(io.Discard, r)
			if err == nil {
				readXMP(packet, put)
			}
			return nil
		},
	})
	return orientation
}

const (
	maxAllTags = 64 << 10 // bytes of keys and values
	maxXMP     = 1 << 20  // bytes of a packet
	maxDepth   = 24       // of its elements
)

func tagText(v any) string {
	switch v := v.(type) {
	case []string:
		return strings.Join(v, "; ")
	case []byte:
		return ""
	}
	return cutText(fmt.Sprint(v), maxTagLen)
}

// cutText returns at most n bytes of s, whole characters.
func cutText(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}

// ReadXMP returns the properties of an XMP packet as [Info.Tags] has them: "xmp.City". What cannot be read is not there.
func ReadXMP(packet []byte) map[string]string {
	tags := map[string]string{}
	readXMP(packet[:min(len(packet), maxXMP)], func(key, value string) {
		if _, ok := tags[key]; !ok && len(tags) < maxTags {
			tags[key] = cutText(strings.ToValidUTF8(value, "\ufffd"), maxTagLen)
		}
	})
	return tags
}

// readXMP flattens a packet: a property's key is the local names of the elements around it without
// those of RDF itself, as in "xmp.LocationShown/City". Lists are joined with "; ".
func readXMP(packet []byte, put func(key, value string)) {
	const rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	type level struct {
		key  string
		text strings.Builder
	}
	stack := []*level{{}}
	lists := map[string]string{}
	var order []string
	add := func(key, value string) {
		value = strings.TrimSpace(value)
		if key == "" || value == "" {
			return
		}
		if old, ok := lists[key]; !ok {
			order = append(order, key)
			lists[key] = value
		} else if len(old) < maxTagLen {
			lists[key] = old + "; " + value
		}
	}
	d := xml.NewDecoder(bytes.NewReader(packet))
	d.Strict = false
	for len(order) <= maxTags {
		token, err := d.Token()
		if err != nil {
			break
		}
		top := stack[len(stack)-1]
		switch token := token.(type) {
		case xml.StartElement:
			if len(stack) > maxDepth {
				order = order[:0] // nothing decent nests so deep
				return
			}
			l := &level{key: top.key}
			if token.Name.Space != rdf && token.Name.Local != "xmpmeta" {
				l.key = strings.TrimPrefix(top.key+"/"+token.Name.Local, "/")
			}
			for _, a := range token.Attr {
				if a.Name.Space != rdf && a.Name.Space != "xmlns" && a.Name.Local != "xmlns" && a.Name.Local != "lang" && a.Name.Local != "xmptk" {
					add(strings.TrimPrefix(l.key+"/"+a.Name.Local, "/"), a.Value)
				}
			}
			stack = append(stack, l)
		case xml.EndElement:
			if len(stack) > 1 {
				add(top.key, top.text.String())
				stack = stack[:len(stack)-1]
			}
		case xml.CharData:
			if top.text.Len()+len(token) <= maxTagLen {
				top.text.Write(token)
			}
		}
	}
	for _, key := range order {
		put("xmp."+cutText(key, 100), lists[key])
	}
}
