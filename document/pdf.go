package document

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	pdfium "github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/responses"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"beleg/edtf"
)

const pdfiumVersion = "go-pdfium/1.20.0"

// Limits of a PDF.
const (
	maxPages      = 2_000
	maxPageChars  = 200_000 // a page of small print has 10,000
	maxPDFMemory  = 512 << 20
	wasmPageBytes = 64 << 10
	// maxPDFTime ends a file that keeps the parser busy. It gives an error, never another text.
	maxPDFTime = 2 * time.Minute
)

// compiled keeps PDFium's machine code, which takes seconds to make, for the life of the process.
var compiled = sync.OnceValue(wazero.NewCompilationCache)

// pdfParser is PDFium in a WebAssembly sandbox of its own: no files, no network, a memory limit, and a
// stop when ctx ends. It is made anew for every file, so that no file can reach the next.
type pdfParser struct {
	pool     pdfium.Pool
	instance pdfium.Pdfium
}

// newPDFParser makes one that may use so many bytes of memory, the file included.
func newPDFParser(ctx context.Context, memory uint32) (*pdfParser, error) {
	pool, err := webassembly.Init(webassembly.Config{
		Context: ctx, MaxIdle: 1, MaxTotal: 1,
		FSConfig: wazero.NewFSConfig(),
		Stdout:   io.Discard, Stderr: io.Discard,
		RandomSource: rand.NewChaCha8(sha256.Sum256(nil)), // nothing secret in there, and the same every time
		RuntimeConfig: wazero.NewRuntimeConfig().
			WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
			WithCompilationCache(compiled()).
			WithMemoryLimitPages(memory / wasmPageBytes).
			WithCloseOnContextDone(true),
	})
	if err != nil {
		return nil, fmt.Errorf("start PDF parser: %w", err)
	}
	instance, err := pool.GetInstanceWithContext(ctx)
	if err != nil {
		_ = pool.Close()
		return nil, fmt.Errorf("start PDF parser: %w", err)
	}
	return &pdfParser{pool, instance}, nil
}

func (p *pdfParser) close() {
	// An instance that was stopped half-way reports it again here; the error is known by then.
	_ = p.instance.Close()
	_ = p.pool.Close()
}

func extractPDF(ctx context.Context, b []byte) (Document, error) {
	return extractPDFWithin(ctx, b, maxPDFMemory)
}

func extractPDFWithin(ctx context.Context, b []byte, memory uint32) (Document, error) {
	limited, cancel := context.WithTimeout(ctx, maxPDFTime)
	defer cancel()
	p, err := newPDFParser(limited, memory)
	if err != nil {
		return Document{}, err
	}
	defer p.close()
	d, err := p.extract(limited, b)
	if limited.Err() != nil && ctx.Err() == nil {
		return Document{}, fmt.Errorf("%w: the PDF kept the parser busy for %v", ErrTooLarge, maxPDFTime)
	}
	return d, err
}

func (p *pdfParser) extract(ctx context.Context, b []byte) (Document, error) {
	opened, err := p.instance.OpenDocument(&requests.OpenDocument{File: &b})
	if err != nil {
		if strings.Contains(err.Error(), "password") {
			return Document{}, fmt.Errorf("%w: the PDF asks for a password; save it without one", ErrFormat)
		}
		return Document{}, fmt.Errorf("%w: PDF: %w", ErrBroken, err)
	}
	count, err := p.instance.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: opened.Document})
	if err != nil {
		return Document{}, fmt.Errorf("%w: PDF: count pages: %w", ErrBroken, err)
	}
	d := Document{Kind: PDF, Extractor: Extractor{Name: "beleg-pdf", Version: "+" + pdfiumVersion}}
	n := count.PageCount
	if n > maxPages {
		d.warn("truncated", "only the first %d of %d pages were read", maxPages, n)
		n = maxPages
	}
	var t pdfText
	for i := range n {
		if err := ctx.Err(); err != nil {
			return Document{}, err
		}
		lines, err := p.lines(opened.Document, i)
		if err != nil {
			reason, _, _ := strings.Cut(err.Error(), "\n") // a trace of the sandbox follows
			if !trapped(err) {
				d.warn("page-broken", "page %d could not be read: %s", i+1, reason)
				continue
			}
			if len(t.pages) == 0 {
				return Document{}, fmt.Errorf("%w: page %d of the PDF broke the parser: %s", ErrBroken, i+1, reason)
			}
			d.warn("truncated", "page %d broke the parser (%s); it and what follows was not read", i+1, reason)
			break
		}
		t.page(i+1, lines)
		if t.b.Len() > maxBytes {
			return Document{}, fmt.Errorf("%w: the PDF holds more than %d bytes of text", ErrTooLarge, maxBytes)
		}
	}
	d.Text, d.Pages, d.Paragraphs = t.b.String(), t.pages, t.paragraphs
	if strings.TrimSpace(d.Text) == "" {
		d.Text, d.Pages, d.Paragraphs = "", nil, nil
		d.warn("no-text-layer", "the PDF holds no text, only pictures of it perhaps: read it by eye, or by a program for text in pictures")
	}
	p.metadata(&d, opened.Document)
	return d, nil
}

// trapped reports that the parser itself failed, for want of memory or by a fault of its own: its state is lost.
func trapped(err error) bool { return strings.Contains(err.Error(), "wasm error") }

// metadata reads title and creation date, which the maker's program wrote.
func (p *pdfParser) metadata(d *Document, doc references.FPDF_DOCUMENT) {
	get := func(tag string) string {
		r, err := p.instance.FPDF_GetMetaText(&requests.FPDF_GetMetaText{Document: doc, Tag: tag})
		if err != nil {
			return ""
		}
		return first(strings.ToValidUTF8(strings.ReplaceAll(r.Value, "\x00", ""), "\uFFFD"))
	}
	d.Title = cutRunes(get("Title"), 500)
	if d.Published = d.dateLine(); !d.Published.Date.IsZero() {
		return // what it says of itself in words; the file may have been printed much later
	}
	words := get("CreationDate")
	if date, ok := pdfDate(words); ok {
		d.Published = Published{Date: date, Basis: FromFile, Words: words}
	}
}

// headLines is how many paragraphs at the head of a PDF may hold its date line.
const headLines = 8

// dateLine returns the date of a short line at the head of the first page that is no sentence.
func (d *Document) dateLine() Published {
	for _, p := range d.Paragraphs[:min(len(d.Paragraphs), headLines)] {
		line := d.Text[p.Start:p.End]
		if !isDateLine(line) || len(d.Pages) > 1 && p.Start >= d.Pages[0].End {
			continue
		}
		if date, words, ok := humanDate(line); ok {
			return Published{Date: date, Basis: FromText, Words: words}
		}
	}
	return Published{}
}

// pdfDate reads "D:20161006181200+02'00'", ISO 32000-1 section 7.9.4; parts may be missing from the right.
func pdfDate(s string) (edtf.Date, bool) {
	s = strings.TrimPrefix(s, "D:")
	zone := ""
	if i := strings.IndexAny(s, "Z+-"); i >= 0 {
		s, zone = s[:i], strings.Trim(strings.ReplaceAll(s[i:], "'", ":"), ":")
		if zone[0] == 'Z' || zone == "+00:00" || zone == "-00:00" {
			zone = "Z"
		}
	}
	for _, f := range []struct{ layout, print string }{
		{"20060102150405", "2006-01-02T15:04:05"}, {"20060102", "2006-01-02"}, {"200601", "2006-01"}, {"2006", "2006"},
	} {
		if t, err := time.Parse(f.layout, s); err == nil {
			if len(f.layout) < len("20060102150405") {
				zone = ""
			}
			return parseDate(t.Format(f.print) + zone)
		}
	}
	return edtf.Date{}, false
}

// pdfLine is one line of a page: its text and where it stands, in hundredths of a point from the lower left corner.
type pdfLine struct {
	text                     string
	left, right, top, bottom int
	hyphen                   bool // PDFium saw a word divided at its end
}

// hyphenMark is what PDFium gives for a hyphen at the end of a line that divides a word.
const hyphenMark = '\u0002'

// lines returns the lines of page i in reading order, as PDFium's text page has them.
func (p *pdfParser) lines(doc references.FPDF_DOCUMENT, i int) ([]pdfLine, error) {
	loaded, err := p.instance.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: doc, Index: i})
	if err != nil {
		return nil, err
	}
	defer p.instance.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: loaded.Page})
	page := requests.Page{ByReference: &loaded.Page}
	text, err := p.instance.FPDFText_LoadPage(&requests.FPDFText_LoadPage{Page: page})
	if err != nil {
		return nil, err
	}
	count, err := p.instance.FPDFText_CountChars(&requests.FPDFText_CountChars{TextPage: text.TextPage})
	if err == nil && count.Count > maxPageChars {
		err = fmt.Errorf("%w: %d characters on a page", ErrTooLarge, count.Count)
	}
	_, closeErr := p.instance.FPDFText_ClosePage(&requests.FPDFText_ClosePage{TextPage: text.TextPage})
	if err != nil {
		return nil, err
	}
	if closeErr != nil {
		return nil, closeErr
	}
	r, err := p.instance.GetPageTextStructured(&requests.GetPageTextStructured{Page: page, Mode: requests.GetPageTextStructuredModeChars})
	if err != nil {
		return nil, err
	}
	return joinChars(r.Chars), nil
}

// joinChars cuts the characters of a page into lines at PDFium's line ends, and where it joined a divided word.
func joinChars(chars []*responses.GetPageTextStructuredChar) []pdfLine {
	var lines []pdfLine
	var b strings.Builder
	var cur pdfLine
	boxed := false
	end := func() {
		if cur.text = strings.TrimSpace(b.String()); cur.text != "" {
			lines = append(lines, cur)
		}
		b.Reset()
		cur, boxed = pdfLine{}, false
	}
	for _, c := range chars {
		switch r := c.Text; r {
		case "\r", "\n":
			end()
			continue
		case string(hyphenMark), "\ufffe":
			cur.hyphen = true
			end()
			continue
		case "":
			continue
		default:
			b.WriteString(strings.ReplaceAll(r, "\u00ad", ""))
			if strings.TrimSpace(r) == "" {
				continue
			}
		}
		box := c.PointPosition
		left, right, top, bottom := hundredths(box.Left), hundredths(box.Right), hundredths(box.Top), hundredths(box.Bottom)
		if !boxed {
			cur.left, cur.right, cur.top, cur.bottom, boxed = left, right, top, bottom, true
			continue
		}
		cur.left, cur.right = min(cur.left, left), max(cur.right, right)
		cur.top, cur.bottom = max(cur.top, top), min(cur.bottom, bottom)
	}
	end()
	return lines
}

// hundredths keeps positions as integers, within what a page can have.
func hundredths(points float64) int {
	const far = 1e6
	if !(points > -far) {
		points = -far
	}
	if points > far {
		points = far
	}
	return int(points * 100)
}

// pdfText joins lines to paragraphs.
type pdfText struct {
	b          strings.Builder
	pages      []Page
	paragraphs []Paragraph
}

func (t *pdfText) page(number int, lines []pdfLine) {
	if len(lines) == 0 {
		return
	}
	if t.b.Len() > 0 {
		t.b.WriteString("\n\n")
	}
	start := t.b.Len()
	pitch := usualPitch(lines)
	wide := usualRight(lines)
	from := start
	for i, l := range lines {
		if i > 0 {
			switch before := lines[i-1]; {
			case before.newParagraph(l, pitch, wide):
				t.paragraphs = append(t.paragraphs, Paragraph{Start: from, End: t.b.Len()})
				t.b.WriteString("\n\n")
				from = t.b.Len()
			case !before.hyphen:
				t.b.WriteByte(' ')
			case !startsLower(l.text):
				t.b.WriteByte('-') // "Zehn-Minuten-" and "Takt": the hyphen is the word's own
			}
		}
		t.b.WriteString(l.text)
	}
	t.paragraphs = append(t.paragraphs, Paragraph{Start: from, End: t.b.Len()})
	t.pages = append(t.pages, Page{Start: start, End: t.b.Len(), Number: number})
}

// usualPitch is the median distance from one line to the next below it, 0 without any.
func usualPitch(lines []pdfLine) int {
	var all []int
	for i := 1; i < len(lines); i++ {
		if d := lines[i-1].bottom - lines[i].bottom; d > 0 {
			all = append(all, d)
		}
	}
	return median(all)
}

// usualRight is the right end that a quarter of the lines reach: that of full lines.
func usualRight(lines []pdfLine) int {
	var all []int
	for _, l := range lines {
		all = append(all, l.right)
	}
	slices.Sort(all)
	return all[len(all)*3/4]
}

func median(all []int) int {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// newParagraph reports whether next begins one: after a gap, in another size of letters, further up (a new column), or
// after a line that ends a sentence short of the margin.
func (l pdfLine) newParagraph(next pdfLine, pitch, wide int) bool {
	if l.hyphen {
		return false
	}
	drop := l.bottom - next.bottom
	height, nextHeight := l.top-l.bottom, next.top-next.bottom
	switch {
	case pitch > 0 && drop*2 > pitch*3:
		return true
	case drop < 0 && endsSentence(l.text):
		return true
	case height*2 > nextHeight*3 || nextHeight*2 > height*3:
		return true
	}
	short := (wide-l.right)*10 > (wide-l.left)*2
	return short && endsSentence(l.text)
}

func startsLower(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLower(r)
}

func endsSentence(s string) bool {
	return strings.ContainsAny(lastRune(strings.TrimRight(s, `"”“’»«')]`)), ".!?…:")
}
