package document

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"os"
	"path"
	"strings"
	"time"

	"beleg/edtf"
)

// Errors that Extract wraps; each message says what to do instead.
var (
	// ErrBinary reports bytes that are no text in any encoding, whatever they are named.
	ErrBinary = errors.New("not a text")
	// ErrFormat reports a known format of documents that is not read.
	ErrFormat = errors.New("document format not read")
	// ErrTooLarge reports more bytes, nodes or pages than are read.
	ErrTooLarge = errors.New("document too large")
	// ErrBroken reports a document of a known format that cannot be parsed.
	ErrBroken = errors.New("document broken")
)

// maxBytes is the most that is read of one document, also after inflation. The 50 MB line of the
// requirements fits.
const maxBytes = 128 << 20

// version names the rules of this package; it grows whenever the same bytes give another text.
const version = "3"

// Hint is what is known about the bytes from outside. All of it is optional, none of it is trusted.
type Hint struct {
	Name      string    // file name
	MediaType string    // as a server sent it, with its charset
	URL       string    // where it was fetched
	Received  time.Time // when it reached us: a publication date after that is impossible
}

// Kind says what was read.
type Kind string

// The kinds of documents.
const (
	Plain     Kind = "text"
	HTML      Kind = "html"
	PDF       Kind = "pdf"
	Subtitles Kind = "subtitles"
)

// Document is an extracted text and what is known about it.
type Document struct {
	Kind       Kind        `json:"kind"`
	Text       string      `json:"-"` // UTF-8
	Title      string      `json:"title,omitempty"`
	Outlet     string      `json:"outlet,omitempty"` // who published it, else the host
	URL        string      `json:"url,omitempty"`    // as the page names itself, else where it was fetched
	Published  Published   `json:"published,omitzero"`
	Captured   Captured    `json:"captured,omitzero"` // when an archiver or browser saved it, as the capture says
	Lang       string      `json:"lang,omitempty"`    // of most of the text, ISO 639-1; "" is unknown
	Encoding   Encoding    `json:"encoding,omitzero"`
	Paragraphs []Paragraph `json:"paragraphs,omitempty"` // in order, apart from each other
	Cues       []Cue       `json:"cues,omitempty"`       // subtitles only, in order
	Pages      []Page      `json:"pages,omitempty"`      // PDF only, in order
	Posts      []Post      `json:"posts,omitempty"`      // pages of posts only, in order
	Warnings   []Warning   `json:"warnings,omitempty"`
	Extractor  Extractor   `json:"extractor"`
}

// Paragraph is a stretch of the text with its language, ISO 639-1; "" is unknown.
type Paragraph struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	Lang  string `json:"lang,omitempty"`
}

// Page is the stretch of the text that came from one page of a PDF, counted from 1.
type Page struct {
	Start  int `json:"start"`
	End    int `json:"end"`
	Number int `json:"number"`
}

// Post is one of the posts of a page and when it says it was sent.
type Post struct {
	Paragraph int       `json:"paragraph"` // its first, counted from 0
	Date      edtf.Date `json:"date,omitzero"`
}

// Warning is something about a document that a person should know.
type Warning struct {
	Code    string `json:"code"` // stable, for programs and translations
	Message string `json:"message"`
	Start   int    `json:"start,omitempty"` // where in the text the first one lies, if End > Start
	End     int    `json:"end,omitempty"`
}

// Extractor names what made a text, for the log of derived files.
type Extractor struct {
	Name       string `json:"name"`
	Version    string `json:"version"`
	Parameters string `json:"parameters,omitempty"`
}

// Extract reads b. It returns an error wrapping ErrBinary, ErrFormat, ErrTooLarge or ErrBroken when there
// is no text to be had, and a Document with warnings when there is less than one would wish:
// an empty file gives an empty Text and the warning "empty".
func Extract(ctx context.Context, b []byte, h Hint) (Document, error) {
	if len(b) > maxBytes {
		return Document{}, fmt.Errorf("%w: %d bytes, %d are read at most; split it", ErrTooLarge, len(b), maxBytes)
	}
	if err := ctx.Err(); err != nil {
		return Document{}, err
	}
	d, err := extract(ctx, b, h)
	if err := ctx.Err(); err != nil {
		return Document{}, err
	}
	if err != nil {
		return Document{}, err
	}
	if d.URL == "" {
		d.URL = h.URL
	}
	if d.Outlet == "" {
		d.Outlet = host(d.URL)
	}
	d.Extractor.Version = version + d.Extractor.Version
	d.languages()
	d.inspect()
	d.checkPublished(h.Received)
	return d, nil
}

func extract(ctx context.Context, b []byte, h Hint) (Document, error) {
	switch f := sniff(b, h); f {
	case formatBinary:
		return Document{}, refuseBinary(b, h)
	case formatPDF:
		return extractPDF(ctx, b)
	case formatWARC:
		return extractWARC(ctx, b, h)
	case formatWACZ:
		return extractWACZ(ctx, b, h)
	case formatARC:
		return Document{}, fmt.Errorf("%w: an ARC web archive, the form before WARC; convert it to WARC first", ErrFormat)
	case formatMHTML:
		return extractMHTML(b, h)
	case formatHTML:
		return extractHTML(b, h)
	default:
		text, enc, warnings, err := decode(b, charsetOf(h.MediaType))
		if err != nil {
			return Document{}, err
		}
		d, err := extractText(f, text)
		if err != nil {
			return Document{}, err
		}
		if d.Kind != Plain {
			warnings = unplaced(warnings)
		}
		d.Encoding, d.Warnings = enc, append(warnings, d.Warnings...)
		return d, nil
	}
}

// extractText reads a decoded text of the format.
func extractText(f format, text string) (Document, error) {
	switch f {
	case formatSubtitles:
		return extractSubtitles(text), nil
	case formatTTML:
		return extractTTML(text)
	case formatASS:
		return extractASS(text), nil
	}
	if !strings.Contains(text, "\n") {
		text = strings.ReplaceAll(text, "\r", "\n") // line ends of old Macs
	}
	return Document{Kind: Plain, Text: text, Paragraphs: plainParagraphs(text), Extractor: Extractor{Name: "beleg-text"}}, nil
}

// unplaced takes the places out of warnings about bytes that are not the text of the document.
func unplaced(warnings []Warning) []Warning {
	for i := range warnings {
		warnings[i].Start, warnings[i].End = 0, 0
	}
	return warnings
}

func (d *Document) warn(code, format string, a ...any) {
	d.Warnings = append(d.Warnings, Warning{Code: code, Message: fmt.Sprintf(format, a...)})
}

// Warned reports whether d carries a warning with this code.
func (d Document) Warned(code string) bool {
	for _, w := range d.Warnings {
		if w.Code == code {
			return true
		}
	}
	return false
}

type format int

const (
	formatPlain format = iota
	formatHTML
	formatMHTML
	formatWARC
	formatPDF
	formatSubtitles
	formatTTML
	formatASS
	formatWACZ
	formatARC
	formatBinary
)

// sniff decides by the bytes; the hint only tells HTML from text about HTML.
func sniff(b []byte, h Hint) format {
	head := b[:min(len(b), 4096)]
	switch {
	case isPDF(b):
		return formatPDF
	case bytes.HasPrefix(head, []byte("WARC/1.")) || isGzip(head) && gzipHolds(b, "WARC/1."):
		return formatWARC
	case isWACZ(b):
		return formatWACZ
	case bytes.HasPrefix(head, []byte("filedesc://")) || isGzip(head) && gzipHolds(b, "filedesc://"):
		return formatARC
	case isBinary(b):
		return formatBinary
	case looksMHTML(head):
		return formatMHTML
	}
	text := strings.TrimLeft(asASCII(head), " \t\r\n")
	switch {
	case looksSubtitles(text):
		return formatSubtitles
	case looksTTML(text):
		return formatTTML
	case looksASS(text):
		return formatASS
	case looksHTML(text, h):
		return formatHTML
	}
	return formatPlain
}

// isPDF allows for bytes before the header, as readers do, unless the whole is a text that speaks of PDF.
func isPDF(b []byte) bool {
	head := b[:min(len(b), 1024)]
	return bytes.HasPrefix(bytes.TrimLeft(head, "\ufeff \t\r\n"), []byte("%PDF-")) || bytes.Contains(head, []byte("%PDF-")) && isBinary(b)
}

// asASCII drops the byte order mark and the zero bytes of UTF-16, enough to look for tags.
func asASCII(head []byte) string {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	if wide(head) != "" {
		head = bytes.ReplaceAll(head, []byte{0}, nil)
	}
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		head = bytes.ReplaceAll(head[2:], []byte{0}, nil)
	}
	return string(head)
}

func looksHTML(text string, h Hint) bool {
	lower := strings.ToLower(text)
	for _, start := range []string{"<!doctype html", "<html", "<head", "<body", "<article", "<main", "<title", "<meta", "<?xml"} {
		if strings.HasPrefix(lower, start) {
			return start != "<?xml" || strings.Contains(lower, "<html")
		}
	}
	kind, _, _ := mime.ParseMediaType(h.MediaType)
	ext := strings.ToLower(path.Ext(h.Name))
	named := kind == "text/html" || kind == "application/xhtml+xml" || ext == ".html" || ext == ".htm" || ext == ".xhtml"
	return (named || strings.HasPrefix(lower, "<!--")) && strings.Contains(lower, "<") && strings.Contains(lower, ">")
}

func charsetOf(mediaType string) string {
	_, params, err := mime.ParseMediaType(mediaType)
	if err != nil {
		return ""
	}
	return params["charset"]
}

// magics are the starts of files that people rename or drop here by mistake.
var magics = []struct{ prefix, name, advice string }{
	{"PK\x03\x04", "a ZIP archive (also .docx, .odt, .epub)", "save the document as PDF or text, or unpack it"},
	{"\xd0\xcf\x11\xe0", "an old Office document", "save it as PDF or text"},
	{"{\\rtf", "RTF", "save it as PDF or text"},
	{"\x89PNG", "a PNG picture", "add it as a photo"},
	{"\xff\xd8\xff", "a JPEG picture", "add it as a photo"},
	{"GIF8", "a GIF picture", "add it as a photo"},
	{"RIFF", "a WebP, WAV or AVI file", "add it as media"},
	{"\x1aE\xdf\xa3", "a Matroska or WebM video", "add it as media"},
	{"OggS", "an Ogg file", "add it as media"},
	{"ID3", "an MP3 file", "add it as media"},
	{"\x7fELF", "a program", "it is not evidence that can be read"},
	{"MZ\x90", "a program", "it is not evidence that can be read"},
	{"Rar!", "a RAR archive", "unpack it"},
	{"7z\xbc\xaf", "a 7z archive", "unpack it"},
	{"\xfd7zXZ", "an xz archive", "unpack it"},
	{"\x28\xb5\x2f\xfd", "a zstd archive", "unpack it"},
	{"BZh9", "a bzip2 archive", "unpack it"},
	{"\x1f\x8b", "a gzip archive without a WARC inside", "unpack it"},
	{"SQLite format 3", "a database", "export it as text"},
}

// isBinary reports bytes that are text in no encoding: a known magic number, or too many control
// bytes for text in any encoding, UTF-16 aside.
func isBinary(b []byte) bool {
	head := b[:min(len(b), 64<<10)]
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.prefix)) {
			return true
		}
	}
	if len(head) >= 12 && string(head[4:8]) == "ftyp" {
		return true
	}
	if wide(head) != "" {
		return false
	}
	controls, zeros := 0, 0
	for _, c := range b[:min(len(b), 1<<20)] {
		if c == 0 {
			zeros++
		}
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b || c == 0x7f {
			controls++
		}
	}
	// One control byte in a hundred is more than any text has. Zero bytes are a format, but for the few that broken
	// publishing systems leave in pages.
	n := min(len(b), 1<<20)
	return zeros > 1 && zeros*1000 > n || controls > 2 && controls*100 > n
}

// IsText reports whether the file at path is of a kind that Extract reads, by its first MiB; a packed crawl is.
func IsText(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, 1<<20))
	if err != nil || len(head) == 0 {
		return false
	}
	return sniff(head, Hint{}) != formatBinary || bytes.HasPrefix(head, []byte("PK\x03\x04")) && bytes.Contains(head, []byte("archive/")) && bytes.Contains(head, []byte(".warc"))
}

func refuseBinary(b []byte, h Hint) error {
	what, advice := "binary data", "add it as what it is, or give the text in it as .txt"
	for _, m := range magics {
		if bytes.HasPrefix(b, []byte(m.prefix)) {
			what, advice = m.name, m.advice
			break
		}
	}
	if len(b) >= 12 && string(b[4:8]) == "ftyp" {
		what, advice = "an MP4, MOV or HEIC file", "add it as media"
	}
	name := ""
	if h.Name != "" {
		name = " although it is named " + path.Base(h.Name)
	}
	return fmt.Errorf("%w: the bytes are %s%s; %s", ErrBinary, what, name, advice)
}

// plainParagraphs cuts at blank lines; where there are none and lines are as long as paragraphs,
// at every line.
func plainParagraphs(text string) []Paragraph {
	blank := splitParagraphs(text, true)
	if len(blank) != 1 {
		return blank
	}
	lines := splitParagraphs(text, false)
	if p := blank[0]; len(lines) > 1 && (p.End-p.Start)/len(lines) > wrapped {
		return lines
	}
	return blank
}

// wrapped is the longest mean line, in bytes, that is taken for hard-wrapped text.
const wrapped = 100

func splitParagraphs(text string, blank bool) []Paragraph {
	var out []Paragraph
	open := false
	for at := 0; at < len(text); {
		end := len(text)
		if i := strings.IndexAny(text[at:], "\n\u2029"); i >= 0 {
			end = at + i
		}
		start, stop := trimSpan(text, at, end)
		switch {
		case start == stop:
			open = false
		case open && blank:
			out[len(out)-1].End = stop
		default:
			out = append(out, Paragraph{Start: start, End: stop})
			open = true
		}
		at = end + 1
		if end < len(text) && text[end] == 0xe2 {
			at, open = end+len("\u2029"), false
		}
	}
	return out
}

// trimSpan moves the ends of text[start:end] over white space; the span is empty if nothing remains.
func trimSpan(text string, start, end int) (int, int) {
	inner := strings.TrimSpace(text[start:end])
	if inner == "" {
		return start, start
	}
	start += strings.Index(text[start:end], inner)
	return start, start + len(inner)
}

// Day returns the calendar day of publication as written, at midnight UTC: the day that "today" means
// in the text, whatever the zone. It is false without a full date.
func (p Published) Day() (time.Time, bool) {
	s := p.Date.String()
	if len(s) < 10 {
		return time.Time{}, false
	}
	day, err := time.Parse("2006-01-02", s[:10])
	return day, err == nil
}

// Captured is when a page was saved, as the capture says of itself.
type Captured struct {
	Date  edtf.Date `json:"date,omitzero"`
	Words string    `json:"words,omitempty"` // as the capture has it
}

// Published is a publication date and how we know it.
type Published struct {
	Date  edtf.Date `json:"date,omitzero"`
	Basis Basis     `json:"basis,omitempty"`
	Words string    `json:"words,omitempty"` // as the document has it
}
