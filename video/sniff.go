package video

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Kind says what a file is good for.
type Kind string

const (
	Video    Kind = "video"    // moving pictures, perhaps with sound
	Photo    Kind = "photo"    // a still; an animated one is Video
	Audio    Kind = "audio"    // sound only, by its container
	Document Kind = "document" // text, HTML, subtitles, PDF
)

// Type is what a file's first bytes say it is.
type Type struct {
	Kind Kind
	// Name is short and stable: "mp4", "matroska", "jpeg", "html", ...
	Name string
	// MediaType is the IANA media type.
	MediaType string
	demuxer   string // ffmpeg's name for it; empty when ffmpeg is not to touch it
	formats   string // ffmpeg's format_whitelist; empty: the same as demuxer
	native    bool   // decoded by the photo worker
}

var (
	// ErrEmpty reports a file without a single byte.
	ErrEmpty = errors.New("video: empty file")
	// ErrPlaylist reports a playlist or script: a file that names other files or addresses.
	ErrPlaylist = errors.New("video: playlists and scripts are refused")
	// ErrUnknownType reports bytes that are none of the types known here.
	ErrUnknownType = errors.New("video: unknown type of file")
)

// SniffLen is how many bytes Sniff can make use of.
const SniffLen = 4096

// tsPacket is the length of an MPEG transport stream packet; ISO/IEC 13818-1, 2.4.3.2.
const tsPacket = 188

// Sniff decides what a file is from its first bytes (SniffLen of them, or all), whatever its name.
// It returns ErrEmpty, ErrPlaylist or ErrUnknownType, wrapped with what was seen.
func Sniff(head []byte) (Type, error) {
	if len(head) == 0 {
		return Type{}, ErrEmpty
	}
	head = head[:min(len(head), SniffLen)]
	for _, probe := range []func([]byte) (Type, bool){sniffMagic, sniffRIFF, sniffISO, sniffPNG, sniffMPEG, sniffBare} {
		if t, ok := probe(head); ok {
			return t, nil
		}
	}
	return sniffText(head)
}

func motion(name, mediaType, demuxer string) Type {
	return Type{Kind: Video, Name: name, MediaType: mediaType, demuxer: demuxer}
}

func sound(name, mediaType, demuxer string) Type {
	return Type{Kind: Audio, Name: name, MediaType: mediaType, demuxer: demuxer}
}

func still(name, mediaType string) Type {
	return Type{Kind: Photo, Name: name, MediaType: mediaType, native: true}
}

// magics lists the types told by a fixed string at the start.
var magics = []struct {
	magic string
	typ   Type
}{
	{"\xff\xd8\xff", still("jpeg", "image/jpeg")},
	{"GIF87a", motion("gif", "image/gif", "gif")},
	{"GIF89a", motion("gif", "image/gif", "gif")},
	{"II*\x00", still("tiff", "image/tiff")},
	{"MM\x00*", still("tiff", "image/tiff")},
	{"\x00\x00\x00\x0cJXL \r\n\x87\n", Type{Kind: Photo, Name: "jxl", MediaType: "image/jxl", demuxer: "jpegxl_pipe"}},
	{"\xff\x0a", Type{Kind: Photo, Name: "jxl", MediaType: "image/jxl", demuxer: "jpegxl_pipe"}},
	{"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c", motion("asf", "video/x-ms-asf", "asf")},
	{"FLV\x01", motion("flv", "video/x-flv", "flv")},
	{"OggS", motion("ogg", "application/ogg", "ogg")},
	{"fLaC", sound("flac", "audio/flac", "flac")},
	{"ID3", sound("mp3", "audio/mpeg", "mp3")},
	{"#!AMR", sound("amr", "audio/amr", "amr")},
	{"DKIF\x00\x00", motion("ivf", "video/x-ivf", "ivf")},
	{".RMF\x00\x00", motion("realmedia", "application/vnd.rn-realmedia", "rm")},
	{"nut/multimedia container\x00", motion("nut", "video/x-nut", "nut")},
	{"\xb7\xd8\x00\x20\x37\x49\xda\x11\xa6\x4e\x00\x07\xe9\x5e\xad\x8d", motion("wtv", "video/x-ms-wtv", "wtv")},
	{"YUV4MPEG2 ", motion("y4m", "video/x-yuv4mpeg", "yuv4mpegpipe")},
	{"\x12\x00\x0a", motion("av1", "video/av1", "obu")},
	{"BBCD\x00", motion("dirac", "video/x-dirac", "dirac")},
	{"\x00\x00\x00\x0cjP  \r\n\x87\n", Type{Kind: Photo, Name: "jp2", MediaType: "image/jp2", demuxer: "j2k_pipe"}},
	{"\xff\x4f\xff\x51", Type{Kind: Photo, Name: "jp2", MediaType: "image/jp2", demuxer: "j2k_pipe"}},
	{"8BPS\x00\x01", Type{Kind: Photo, Name: "psd", MediaType: "image/vnd.adobe.photoshop", demuxer: "psd_pipe"}},
	{"v/1\x01", Type{Kind: Photo, Name: "exr", MediaType: "image/x-exr", demuxer: "exr_pipe"}},
	{"DDS |\x00\x00\x00", Type{Kind: Photo, Name: "dds", MediaType: "image/vnd.ms-dds", demuxer: "dds_pipe"}},
	{"wvpk", sound("wavpack", "audio/x-wavpack", "wv")},
	{"MAC ", sound("ape", "audio/x-ape", "ape")},
	{"FORM", sound("aiff", "audio/aiff", "aiff")},
	{"caff\x00\x01", sound("caf", "audio/x-caf", "caf")},
	{"%PDF-", Type{Kind: Document, Name: "pdf", MediaType: "application/pdf"}},
}

// mxfPartition is the head of the key of a header partition pack.
var mxfPartition = []byte("\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01\x02")

func sniffMagic(b []byte) (Type, bool) {
	for _, m := range magics {
		if bytes.HasPrefix(b, []byte(m.magic)) {
			return m.typ, true
		}
	}
	if bytes.HasPrefix(b, []byte("BM")) && len(b) >= 26 && binary.LittleEndian.Uint32(b[14:]) <= 124 && b[6]|b[7]|b[8]|b[9] == 0 {
		return still("bmp", "image/bmp"), true
	}
	if bytes.Contains(b, mxfPartition) { // a run-in may come before it: SMPTE ST 377-1, 5.3
		return motion("mxf", "application/mxf", "mxf"), true
	}
	if len(b) >= 16 && bytes.HasPrefix(b, []byte("\x00\x00\x00\x00\x01\xbc")) && b[14] == 0xe1 && b[15] == 0xe2 { // SMPTE ST 360, packet leader
		return motion("gxf", "application/gxf", "gxf"), true
	}
	if len(b) >= 160 && b[0] == 0x1f && b[1] == 0x07 && b[2] == 0 && b[3]&0x7f == 0x3f && b[80]>>5 == 1 { // header block, then a subcode block: IEC 61834-2
		return motion("dv", "video/dv", "dv"), true
	}
	if bytes.HasPrefix(b, []byte("\x1a\x45\xdf\xa3")) {
		t := motion("matroska", "video/matroska", "matroska")
		t.formats = "matroska,webm"
		if bytes.Contains(b[:min(len(b), 64)], []byte("webm")) {
			t.Name, t.MediaType = "webm", "video/webm"
		}
		return t, true
	}
	return Type{}, false
}

func sniffRIFF(b []byte) (Type, bool) {
	if len(b) < 12 || string(b[:4]) != "RIFF" {
		return Type{}, false
	}
	switch string(b[8:12]) {
	case "AVI ", "AVIX", "AMV ":
		return motion("avi", "video/vnd.avi", "avi"), true
	case "WAVE":
		return sound("wav", "audio/wav", "wav"), true
	case "WEBP":
		t := still("webp", "image/webp")
		const animation = 1 << 1 // in the VP8X flags; WebP container specification, "Extended file format"
		if len(b) > 20 && string(b[12:16]) == "VP8X" && b[20]&animation != 0 {
			t.Kind = Video
		}
		return t, true
	}
	return Type{}, false
}

// isoBrands are the major brands of ISO/IEC 14496-12 files that hold stills.
var isoBrands = map[string]Type{
	"heic": {Kind: Photo, Name: "heic", MediaType: "image/heic", demuxer: "mov"},
	"heix": {Kind: Photo, Name: "heic", MediaType: "image/heic", demuxer: "mov"},
	"mif1": {Kind: Photo, Name: "heic", MediaType: "image/heif", demuxer: "mov"},
	"avif": {Kind: Photo, Name: "avif", MediaType: "image/avif", demuxer: "mov"},
	"avis": {Kind: Video, Name: "avif", MediaType: "image/avif", demuxer: "mov"},
	"hevc": {Kind: Video, Name: "heic", MediaType: "image/heic-sequence", demuxer: "mov"},
	"msf1": {Kind: Video, Name: "heic", MediaType: "image/heif-sequence", demuxer: "mov"},
	"M4A ": {Kind: Audio, Name: "m4a", MediaType: "audio/mp4", demuxer: "mov"},
	"M4B ": {Kind: Audio, Name: "m4a", MediaType: "audio/mp4", demuxer: "mov"},
	"qt  ": {Kind: Video, Name: "mov", MediaType: "video/quicktime", demuxer: "mov"},
}

func sniffISO(b []byte) (Type, bool) {
	if len(b) < 12 {
		return Type{}, false
	}
	const formats = "mov,mp4,m4a,3gp,3g2,mj2"
	switch string(b[4:8]) {
	case "ftyp":
		t, ok := isoBrands[string(b[8:12])]
		if brand := string(b[8:12]); brand == "mif1" || brand == "msf1" { // what it holds is told by the brands it is compatible with
			end := min(int(binary.BigEndian.Uint32(b)), len(b))
			for p := 16; p+4 <= end; p += 4 {
				if c := string(b[p : p+4]); c == "avif" || c == "avis" {
					t = isoBrands[c]
				}
			}
		}
		if !ok {
			t = motion("mp4", "video/mp4", "mov")
		}
		if string(b[8:10]) == "3g" {
			t.Name, t.MediaType = "3gp", "video/3gpp"
		}
		t.formats = formats
		return t, true
	case "moov", "mdat", "wide", "pnot", "free", "skip", "moof", "styp", "sidx": // QuickTime without ftyp; a fragment
		if size := binary.BigEndian.Uint32(b); size == 0 || size == 1 || size >= 8 {
			t := motion("mov", "video/quicktime", "mov")
			t.formats = formats
			return t, true
		}
	}
	return Type{}, false
}

// sniffPNG tells an animated PNG by the acTL chunk, which must come before IDAT.
func sniffPNG(b []byte) (Type, bool) {
	const magic = "\x89PNG\r\n\x1a\n"
	if !bytes.HasPrefix(b, []byte(magic)) {
		return Type{}, false
	}
	for p := int64(len(magic)); p+8 <= int64(len(b)); {
		switch name := string(b[p+4 : p+8]); name {
		case "acTL":
			return motion("apng", "image/apng", "apng"), true
		case "IDAT":
			return still("png", "image/png"), true
		}
		p += 12 + int64(binary.BigEndian.Uint32(b[p:]))
	}
	return still("png", "image/png"), true
}

// sniffMPEG tells transport and program streams, elementary MPEG video and bare MPEG audio.
func sniffMPEG(b []byte) (Type, bool) {
	if transport(b) {
		return motion("mpegts", "video/mp2t", "mpegts"), true
	}
	switch {
	case bytes.HasPrefix(b, []byte("\x00\x00\x01\xba")):
		return motion("mpegps", "video/mpeg", "mpeg"), true
	case bytes.HasPrefix(b, []byte("\x00\x00\x01\xb3")):
		return motion("mpegvideo", "video/mpeg", "mpegvideo"), true
	case bytes.HasPrefix(b, []byte("\x00\x00\x01\xb0")), bytes.HasPrefix(b, []byte("\x00\x00\x01\x00\x00\x00\x01\x20")):
		return motion("mpeg4", "video/mp4v-es", "m4v"), true
	case bytes.HasPrefix(b, []byte("\x00\x00\x01\x0f")):
		return motion("vc1", "video/x-vc1", "vc1"), true
	case len(b) >= 4 && b[0] == 0xff && b[1]&0xf6 == 0xf0:
		return sound("aac", "audio/aac", "aac"), true
	// Layers II and III; a byte order mark of UTF-16 looks like layer I.
	case len(b) >= 4 && b[0] == 0xff && b[1]&0xe0 == 0xe0 && b[1]&0x18 != 0x08 && b[1]&0x06 != 0 && b[1]&0x06 != 0x06 && b[2]&0xf0 != 0xf0 && b[2]&0x0c != 0x0c:
		return sound("mp3", "audio/mpeg", "mp3"), true
	}
	return Type{}, false
}

// transport reports a transport stream: sync bytes at the distance of packets, which may have a time code before them (M2TS, 192
// bytes) or a check behind (204). A recording that begins inside a packet has them from some later byte on.
func transport(b []byte) bool {
	for _, size := range []int{tsPacket, tsPacket + 4, tsPacket + 16} {
		start := size - tsPacket
		if size > tsPacket+4 {
			start = 0
		}
		if n := countSync(b, start, size); n >= 3 || n >= 1 && start+n*size >= len(b) && len(b) >= tsPacket {
			return true
		}
		for off := range size {
			if countSync(b, off, size) >= 8 {
				return true
			}
		}
	}
	return false
}

// countSync counts transport stream sync bytes in a row, at most 8.
func countSync(b []byte, from, size int) int {
	n := 0
	for p := from; p < len(b) && n < 8 && b[p] == 0x47; p += size {
		n++
	}
	return n
}

// sniffBare tells bare H.264 and H.265 by their parameter sets: ITU-T H.264, 7.3.1 and Annex B; H.265, 7.3.1.2.
func sniffBare(b []byte) (Type, bool) {
	if !bytes.HasPrefix(b, []byte("\x00\x00\x01")) && !bytes.HasPrefix(b, []byte("\x00\x00\x00\x01")) {
		return Type{}, false
	}
	for p := 0; p+6 < len(b); p++ {
		i := bytes.Index(b[p:], []byte("\x00\x00\x01"))
		if i < 0 || p+i+6 >= len(b) {
			break
		}
		p += i
		switch h := b[p+3:]; {
		case h[0] == 0x40 && h[1] == 0x01: // video parameter set
			return motion("h265", "video/h265", "hevc"), true
		case h[0]&0x9f == 0x07 && h[0]&0x60 != 0 && (h[1] == 66 || h[1] == 77 || h[1] == 88 || h[1] == 100 || h[1] == 110 || h[1] == 122 || h[1] == 244 || h[1] == 44) && h[3] >= 9 && h[3] <= 62: // sequence parameter set
			return motion("h264", "video/h264", "h264"), true
		}
	}
	return Type{}, false
}

// scripts are how files begin that make a player open others. Compared in lower case, after white
// space and a byte order mark.
var scripts = []struct{ prefix, what string }{
	{"#extm3u", "HLS or m3u playlist"}, {"#ext-x-", "HLS playlist"},
	{"ffconcat version", "ffmpeg concat script"}, {"file '", "ffmpeg concat script"}, {"file \"", "ffmpeg concat script"}, {"file file:", "ffmpeg concat script"}, {"file /", "ffmpeg concat script"},
	{"[playlist]", "pls playlist"}, {"[reference]", "ASX reference"}, {"<asx", "ASX playlist"}, {"asf ", "ASF redirector"},
	{"v=0\r\no=", "SDP session"}, {"v=0\no=", "SDP session"},
	{"<smil", "SMIL playlist"}, {"rtsp://", "address list"}, {"rtmp://", "address list"}, {"http://", "address list"}, {"https://", "address list"},
	{";ffmetadata", "ffmpeg metadata script"}, {"#!", "script"}, {"concat:", "ffmpeg protocol"}, {"# mplayer edl", "edit list"}, {"# mpv edl", "edit list"},
}

// xmlScripts are root elements of playlists in XML.
var xmlScripts = []struct{ element, what string }{
	{"<mpd", "DASH manifest"}, {"<playlist", "XSPF playlist"}, {"<smil", "SMIL playlist"}, {"<smoothstreamingmedia", "Smooth Streaming manifest"}, {"<asx", "ASX playlist"}, {"<manifest xmlns=\"http://ns.adobe.com/f4m", "F4M manifest"},
}

// sniffText routes text to the document reader and refuses playlists.
func sniffText(b []byte) (Type, error) {
	text, ok := plainText(b)
	if !ok {
		return Type{}, fmt.Errorf("%w: begins with % x", ErrUnknownType, b[:min(len(b), 12)])
	}
	trimmed := bytes.TrimSpace(text)
	if len(trimmed) == 0 {
		return Type{}, fmt.Errorf("%w: nothing but white space", ErrUnknownType)
	}
	low := bytes.ToLower(trimmed)
	for _, s := range scripts {
		if bytes.HasPrefix(low, []byte(s.prefix)) {
			return Type{}, fmt.Errorf("%w: %s", ErrPlaylist, s.what)
		}
	}
	html := bytes.HasPrefix(low, []byte("<!doctype html")) || bytes.HasPrefix(low, []byte("<html"))
	if low[0] == '<' && !html {
		for _, s := range xmlScripts {
			if i := bytes.Index(low, []byte(s.element)); i >= 0 && i < 1024 && boundary(low[i+len(s.element):]) {
				return Type{}, fmt.Errorf("%w: %s", ErrPlaylist, s.what)
			}
		}
	}
	return documentType(trimmed, low, html), nil
}

func boundary(rest []byte) bool {
	return len(rest) == 0 || bytes.IndexByte([]byte(" \t\r\n>/:.-"), rest[0]) >= 0
}

func documentType(text, low []byte, html bool) Type {
	doc := func(name, mediaType string) Type {
		return Type{Kind: Document, Name: name, MediaType: mediaType}
	}
	switch {
	case html || low[0] == '<' && (bytes.Contains(low, []byte("<html")) || bytes.Contains(low, []byte("<head")) || bytes.Contains(low, []byte("<body")) || bytes.Contains(low, []byte("<p>"))):
		return doc("html", "text/html")
	case bytes.HasPrefix(text, []byte("WEBVTT")):
		return doc("vtt", "text/vtt")
	case isSRT(text):
		return doc("srt", "application/x-subrip")
	case low[0] == '<':
		return doc("xml", "application/xml")
	case low[0] == '{' || low[0] == '[':
		return doc("json", "application/json")
	}
	return doc("text", "text/plain")
}

// isSRT reports whether text starts with a number on a line and a line with " --> ".
func isSRT(text []byte) bool {
	first, rest, ok := bytes.Cut(text, []byte("\n"))
	first = bytes.TrimSpace(first)
	if !ok || len(first) == 0 || len(first) > 9 || len(bytes.Trim(first, "0123456789")) != 0 {
		return false
	}
	second, _, _ := bytes.Cut(rest, []byte("\n"))
	return bytes.Contains(second, []byte(" --> "))
}

// plainText returns b as bytes that can be compared with ASCII, whether UTF-8, Latin or UTF-16, and
// false when it is binary.
func plainText(b []byte) ([]byte, bool) {
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		b = b[3:]
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		b = everySecond(b[2:], 0)
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		b = everySecond(b[2:], 1)
	}
	odd := 0
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		switch {
		case b[i] < 0x20 && bytes.IndexByte([]byte("\t\n\v\f\r\x1b"), b[i]) < 0:
			return nil, false
		case r == utf8.RuneError && n == 1 && len(b)-i >= utf8.UTFMax:
			odd++
		}
		i += n
	}
	return b, odd*4 <= len(b) // text in an 8-bit code page has some such bytes, compressed data more
}

// everySecond keeps one byte of each UTF-16 unit: ASCII stays what it is.
func everySecond(b []byte, from int) []byte {
	out := make([]byte, 0, len(b)/2)
	for i := from; i+1-from < len(b); i += 2 {
		c := b[i]
		if b[i^1] != 0 {
			c = '?'
		}
		out = append(out, c)
	}
	return out
}
