package intake

import (
	"testing"

	"beleg/video"
)

func TestTagDate(t *testing.T) {
	for _, tt := range []struct{ words, zone, want string }{
		{"2014:05:03 12:30:00", "", "2014-05-03"},
		{"2014:05:03 12:30:00", "+02:00", "2014-05-03T10:30:00Z"},
		{"2014:05:03 23:30:00", "Z", "2014-05-03T23:30:00Z"},
		{"2014:05:03 23:30:00", "-0430", "2014-05-04T04:00:00Z"},
		{"2014:05:03 23:30:00", "+25:00", "2014-05-03"},
		{"2014-05-03T12:30:00+02:00", "", "2014-05-03T10:30:00Z"},
		{"2014-05-03T10:00Z", "", "2014-05-03T10:00:00Z"},
		{"2014-05-03T14:03:21+0300", "", "2014-05-03T11:03:21Z"},
		{"2014-05-03T10:00:00.123456Z", "", "2014-05-03T10:00:00Z"},
		{"2014-05-03 10:11:12", "", "2014-05-03"},
		{"2014/05/03 10:11:12", "", "2014-05-03"},
		{"2014:05:03 24:10:00", "+02:00", "2014-05-03"},
		{"2014-05-03", "", "2014-05-03"},
		{"20140503", "", "2014-05-03"},
		{"20140503T101112Z", "", "2014-05-03T10:11:12Z"},
		{"2014-05", "", "2014-05"},
		{"0000:00:00 00:00:00", "", ""},
		{"1970:01:01 00:00:00", "", ""},
		{"1969:12:31 19:00:00", "", ""},
		{"1970-01-01T01:00:00+01:00", "", ""},
		{"1904-01-01T00:00:00Z", "", ""},
		{"2099-01-01T00:00:00Z", "", ""},
		{"2014:02:30 00:00:00", "", ""},
		{"    :  :     :  :  ", "", ""},
		{"yesterday", "", ""},
	} {
		if got := tagDate(tt.words, tt.zone); got != tt.want {
			t.Errorf("tagDate(%q, %q) = %q, want %q", tt.words, tt.zone, got, tt.want)
		}
	}
}

func TestPositionOf(t *testing.T) {
	for _, tt := range []struct {
		name        string
		tags        map[string]string
		north, east float64
		none        bool
	}{
		{"south and west", map[string]string{"exif.GPSLatitude": "33.43676", "exif.GPSLatitudeRef": "S", "exif.GPSLongitude": "70.65", "exif.GPSLongitudeRef": "W"}, -33.43676, -70.65, false},
		{"XMP", map[string]string{"xmp.GPSLatitude": "36,12.126N", "xmp.GPSLongitude": "37,8,3W"}, 36.2021, -37.134167, false},
		{"ISO 6709", map[string]string{"location": "+36.2021+037.1343/"}, 36.2021, 37.1343, false},
		{"ISO 6709 with height", map[string]string{"com.apple.quicktime.location.iso6709": "-33.4367-070.6500+567.1/"}, -33.4367, -70.65, false},
		{"no fix", map[string]string{"location": "+00.0000+000.0000/"}, 0, 0, true},
		{"too far", map[string]string{"location": "+96.0000+037.0000/"}, 0, 0, true},
		{"no number", map[string]string{"exif.GPSLatitude": "NaN", "exif.GPSLongitude": "7"}, 0, 0, true},
		{"half", map[string]string{"exif.GPSLatitude": "36.2"}, 0, 0, true},
	} {
		p := positionOf(tt.tags)
		if (p == nil) != tt.none || p != nil && (p.North != tt.north || p.East != tt.east || p.Source == "") {
			t.Errorf("%s: %+v, want %v, %v", tt.name, p, tt.north, tt.east)
		}
	}
}

func TestTagAppearances(t *testing.T) {
	film := video.Info{Kind: video.Video, Type: "mov", Tags: map[string]string{
		"com.apple.quicktime.creationdate": "2016-10-06T14:03:21+0300", "creation_time": "2016-10-07T22:30:00.000000Z",
		"title": "Strike", "artist": "Channel Seven", "comment": "https://video.example/watch?v=abc", "location": "+36.2021+037.1343/"}}
	list := tagAppearances(film)
	if len(list) != 2 || list[0].Date != "2016-10-06T11:03:21Z" || list[0].Source != "mov creationdate" || list[1].Date != "2016-10-07T22:30:00Z" {
		t.Fatalf("dates %+v: what the camera wrote comes before what a program wrote", list)
	}
	if a := list[0]; a.Title != "Strike" || a.Outlet != "Channel Seven" || a.URL != "https://video.example/watch?v=abc" || a.Place != "36.20210, 37.13430" {
		t.Errorf("beside the date: %+v", a)
	}
	photo := video.Info{Kind: video.Photo, Type: "jpeg", Tags: map[string]string{"exif.DateTimeOriginal": "2014:05:03 23:30:00", "exif.OffsetTimeOriginal": "Z", "iptc.City": "Kırıkhan", "iptc.Country-PrimaryLocationName": "Türkei"}}
	if list := tagAppearances(photo); len(list) != 1 || list[0].Date != "2014-05-03T23:30:00Z" || list[0].Place != "Kırıkhan, Türkei" || list[0].Source != "EXIF DateTimeOriginal" {
		t.Errorf("photo: %+v", list)
	}
}
