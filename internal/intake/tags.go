package intake

import (
	"cmp"
	"math"
	"strconv"
	"strings"

	"beleg/internal/store"
	"beleg/video"
)

// A dateTag is a tag that dates an item, as video.Info.Tags names it, and how a person calls it.
type dateTag struct{ key, zone, label string }

// photoDates are those of stills, in the order in which they are listed. Where they disagree, all stand side by side.
var photoDates = []dateTag{
	{"exif.DateTimeOriginal", "exif.OffsetTimeOriginal", "EXIF DateTimeOriginal"},
	{"exif.DateTimeDigitized", "exif.OffsetTimeDigitized", "EXIF DateTimeDigitized"},
	{"exif.CreateDate", "exif.OffsetTimeDigitized", "EXIF CreateDate"},
	{"iptc.DateCreated", "", "IPTC DateCreated"},
	{"xmp.DateCreated", "", "XMP DateCreated"},
	{"xmp.DateTimeOriginal", "", "XMP DateTimeOriginal"},
	{"xmp.CreateDate", "", "XMP CreateDate"},
}

// filmDates are those of containers: what the camera wrote before what a program wrote later.
var filmDates = []dateTag{
	{"com.apple.quicktime.creationdate", "", "creationdate"},
	{"date_recorded", "", "date recorded"},
	{"creation_time", "", "creation time"},
	{"video.creation_time", "", "creation time of the picture"},
	{"date", "", "date"},
	{"date_released", "", "date released"},
	{"icrd", "", "date"},
	{"wm/encodingtime", "", "encoding time"},
}

// tagAppearances are what an item's own tags say about when it was made or shown, where, by whom. None of it is proof.
func tagAppearances(i video.Info) (list []store.Appearance) {
	get := func(keys ...string) string {
		for _, k := range keys {
			if v := strings.TrimSpace(i.Tags[k]); v != "" {
				return v
			}
		}
		return ""
	}
	said := store.Appearance{How: store.Metadata}
	dates, prefix := filmDates, cmp.Or(i.Type, "container")+" "
	said.Title = get("title")
	said.Outlet = get("artist", "album_artist", "author", "publisher", "wm/publisher", "copyright")
	for _, k := range []string{"purl", "comment", "description", "synopsis", "url", "com.apple.quicktime.comment"} {
		if address := strings.TrimSpace(i.Tags[k]); said.URL == "" && webLink(address) {
			said.URL = address
		}
	}
	if i.Kind == video.Photo && !hasAny(i.Tags, filmDates) {
		dates, prefix = photoDates, ""
		said.Title = get("iptc.Headline", "iptc.ObjectName", "xmp.Headline", "xmp.title", "xmp.Title")
		said.Outlet = get("iptc.Credit", "iptc.Source", "xmp.Credit", "xmp.Source")
		said.URL = ""
		said.Place = photoPlace(get)
	}
	if p := positionOf(i.Tags); said.Place == "" && p != nil {
		said.Place = placeText(p.North, p.East)
	}
	seen := map[string]bool{}
	for _, d := range dates {
		words := get(d.key)
		if date := tagDate(words, i.Tags[d.zone]); date != "" && !seen[date] {
			a := said
			a.Date, a.Source, a.Words = date, prefix+d.label, words
			list, seen[date] = append(list, a), true
		}
	}
	return list
}

func hasAny(tags map[string]string, dates []dateTag) bool {
	for _, d := range dates {
		if tags[d.key] != "" {
			return true
		}
	}
	return false
}

func webLink(s string) bool {
	return (strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")) && !strings.ContainsAny(s, " \t\r\n")
}

// photoPlace joins the names of place and country; the fields of where the picture was made come before those of what it shows.
func photoPlace(get func(...string) string) string {
	return join(get("iptc.City", "xmp.City", "xmp.LocationCreated/City", "xmp.LocationShown/City", "iptc.Sub-location", "xmp.Location"),
		get("iptc.Country-PrimaryLocationName", "xmp.Country", "xmp.LocationCreated/CountryName", "xmp.LocationShown/CountryName"))
}

func join(a, b string) string {
	if a != "" && b != "" {
		return a + ", " + b
	}
	return either(a, b)
}

// positionOf reads the position that tags state: EXIF GPS, XMP, or ISO 6709 as phones write it into films. Zero degrees both ways is
// a receiver without a fix.
func positionOf(tags map[string]string) *store.Position {
	p := &store.Position{Source: "EXIF GPS"}
	var ok, ok2 bool
	p.North, ok = degrees(tags["exif.GPSLatitude"], tags["exif.GPSLatitudeRef"], "S")
	p.East, ok2 = degrees(tags["exif.GPSLongitude"], tags["exif.GPSLongitudeRef"], "W")
	if !ok || !ok2 {
		p.Source = "XMP GPS"
		p.North, ok = xmpDegrees(tags["xmp.GPSLatitude"])
		p.East, ok2 = xmpDegrees(tags["xmp.GPSLongitude"])
	}
	for _, k := range []string{"com.apple.quicktime.location.iso6709", "location", "location-eng", "video.location", "©xyz", "xyz"} {
		if m := isoPlace.FindStringSubmatch(tags[k]); m != nil && (!ok || !ok2) {
			p.Source = k
			p.North, ok = degrees(m[1], "", "")
			p.East, ok2 = degrees(m[2], "", "")
		}
	}
	if !ok || !ok2 || math.Abs(p.North) > 90 || math.Abs(p.East) > 180 || p.North == 0 && p.East == 0 {
		return nil
	}
	p.North, p.East = math.Round(p.North*1e6)/1e6, math.Round(p.East*1e6)/1e6
	if e, err := strconv.ParseFloat(tags["exif.GPSHPositioningError"], 64); err == nil && e > 0 && e < 1e6 {
		p.Within = e
	} else if e, err := strconv.ParseFloat(tags["com.apple.quicktime.location.accuracy.horizontal"], 64); err == nil && e > 0 && e < 1e6 {
		p.Within = e
	}
	return p
}

func degrees(s, ref, negative string) (float64, bool) {
	f, err := strconv.ParseFloat(strings.TrimPrefix(s, "+"), 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, false
	}
	if ref != "" && strings.EqualFold(ref[:1], negative) && f > 0 {
		f = -f
	}
	return f, true
}

// xmpDegrees reads "36,12.126N" and "36,12,7.5S" (XMP, part 2, GPSCoordinate).
func xmpDegrees(s string) (float64, bool) {
	if s == "" {
		return 0, false
	}
	ref := s[len(s)-1:]
	if !strings.Contains("NSEWnsew", ref) {
		return degrees(s, "", "")
	}
	total, unit := 0.0, 1.0
	for part := range strings.SplitSeq(s[:len(s)-1], ",") {
		f, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || f < 0 || math.IsNaN(f) || math.IsInf(f, 0) {
			return 0, false
		}
		total += f / unit
		unit *= 60
	}
	if strings.Contains("SWsw", ref) {
		total = -total
	}
	return total, true
}
