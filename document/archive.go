package document

import (
	"archive/zip"
	"bufio"
	"bytes"
	"cmp"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"net/textproto"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/andybalholm/brotli"
	"golang.org/x/net/html/charset"

	"beleg/edtf"
)

// maxRatio is how many times its size a packed page may inflate to; text packs to a tenth, seldom to a fiftieth.
const maxRatio = 200

// inflate reads r, which unpacks packed bytes, up to the limits of size and ratio.
func inflate(r io.Reader, packed int) ([]byte, error) {
	limit := int64(min(maxBytes, max(1<<20, packed*maxRatio)))
	out, err := io.ReadAll(io.LimitReader(r, limit+1))
	if int64(len(out)) > limit {
		return nil, fmt.Errorf("%w: it unpacks to more than %d bytes from %d", ErrTooLarge, limit, packed)
	}
	if err != nil {
		return out, fmt.Errorf("%w: unpack: %w", ErrBroken, err)
	}
	return out, nil
}

func isGzip(b []byte) bool { return bytes.HasPrefix(b, []byte("\x1f\x8b")) }

// gzipHolds reports whether the packed bytes begin with prefix.
func gzipHolds(b []byte, prefix string) bool {
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return false
	}
	head := make([]byte, len(prefix))
	_, err = io.ReadFull(z, head)
	return err == nil && string(head) == prefix
}

// extractWARC takes a page of a web archive: see choose.
func extractWARC(ctx context.Context, b []byte, h Hint) (Document, error) {
	broken := error(nil)
	if isGzip(b) {
		z, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			return Document{}, fmt.Errorf("%w: web archive: %w", ErrBroken, err)
		}
		if b, err = inflate(z, len(b)); err != nil {
			if errors.Is(err, ErrTooLarge) || len(b) == 0 {
				return Document{}, err
			}
			broken = err // what came before can be read
		}
	}
	pages, err := pagesOf(ctx, b)
	if err != nil && (ctx.Err() != nil || len(pages) == 0) {
		return Document{}, err
	}
	d, err2 := choose(ctx, pages, "", h)
	if err2 != nil {
		return Document{}, err2
	}
	if err := cmp.Or(broken, err); err != nil {
		d.warn("truncated", "the web archive breaks off: %v", err)
	}
	return d, nil
}

// pagesOf lists the pages of an unpacked web archive; with an error those before it.
func pagesOf(ctx context.Context, b []byte) (pages []record, err error) {
	r := bufio.NewReader(bytes.NewReader(b))
	for {
		if err := ctx.Err(); err != nil {
			return pages, err
		}
		rec, err := readRecord(r)
		if errors.Is(err, io.EOF) {
			return pages, nil
		}
		if err != nil {
			return pages, err
		}
		if rec.isPage() {
			pages = append(pages, rec)
		}
	}
}

const (
	// maxTried is how many pages of a web archive are read to find the story.
	maxTried = 20
	// storyWords is how many words make a page the story without a look at the others.
	storyWords = 40
)

// choose reads the main page, where the archive names one; else the first page that holds a story, as captures begin with
// the page that was asked for, but for frames and walls before it; else the longest. Others are counted in a warning.
func choose(ctx context.Context, pages []record, main string, h Hint) (Document, error) {
	if len(pages) == 0 {
		return Document{}, fmt.Errorf("%w: the web archive holds no HTML page that was answered with 200", ErrFormat)
	}
	tried := pages
	if i := slices.IndexFunc(pages, func(r record) bool { return main != "" && sameAddress(r.uri, main) }); i >= 0 {
		tried = pages[i : i+1]
	}
	var best Document
	var failed error
	most := -1
	for _, rec := range tried[:min(len(tried), maxTried)] {
		if err := ctx.Err(); err != nil {
			return Document{}, err
		}
		d, err := rec.extract(h)
		if err != nil {
			failed = cmp.Or(failed, err)
			continue
		}
		n := len(strings.Fields(d.Text))
		story := n >= storyWords && !d.Warned("consent-wall") && !d.Warned("not-the-page") && !d.Warned("no-article")
		if story || n > most {
			best, most = d, n
		}
		if story {
			break
		}
	}
	if most < 0 {
		return Document{}, failed
	}
	if n := len(pages) - 1; n > 0 {
		best.warn("more-pages", "the web archive holds %d more pages; only %s was read", n, cmp.Or(best.URL, "one"))
	}
	return best, nil
}

// sameAddress compares addresses without scheme, "www.", a slash at the end and what follows a #.
func sameAddress(a, b string) bool { return bareAddress(a) == bareAddress(b) }

func bareAddress(s string) string {
	s, _, _ = strings.Cut(s, "#")
	if _, rest, ok := strings.Cut(s, "://"); ok {
		s = rest
	}
	return strings.TrimSuffix(strings.TrimPrefix(s, "www."), "/")
}

// record is one record of a WARC file, ISO 28500, as far as it may be a page.
type record struct {
	uri    string
	date   string // of the capture, as the record has it
	status int    // 0 for records of other kinds
	header textproto.MIMEHeader
	body   []byte // as it is in the record
}

// readRecord returns io.EOF after the last one.
func readRecord(r *bufio.Reader) (record, error) {
	for { // blank lines end the record before
		c, err := r.Peek(1)
		if err != nil {
			return record{}, io.EOF
		}
		if c[0] != '\r' && c[0] != '\n' {
			break
		}
		if _, err := r.Discard(1); err != nil {
			return record{}, io.EOF
		}
	}
	tp := textproto.NewReader(r)
	line, err := tp.ReadLine()
	if err != nil || !strings.HasPrefix(line, "WARC/1.") && !strings.HasPrefix(line, "WARC/0.") {
		return record{}, fmt.Errorf("%w: web archive: a record begins with %q", ErrBroken, cutRunes(line, 40))
	}
	header, err := tp.ReadMIMEHeader()
	if err != nil {
		return record{}, fmt.Errorf("%w: web archive: record header: %v", ErrBroken, err) // not io.EOF, which ends the file
	}
	size, err := strconv.ParseInt(header.Get("Content-Length"), 10, 64)
	if err != nil || size < 0 || size > maxBytes {
		return record{}, fmt.Errorf("%w: web archive: record of %q bytes", ErrBroken, header.Get("Content-Length"))
	}
	content, err := io.ReadAll(io.LimitReader(r, size))
	if err != nil || int64(len(content)) < size {
		return record{}, fmt.Errorf("%w: web archive: a record of %d bytes has only %d", ErrBroken, size, len(content))
	}
	rec := record{uri: strings.Trim(header.Get("WARC-Target-URI"), "<>"), date: header.Get("WARC-Date")}
	switch kind := header.Get("WARC-Type"); {
	case kind == "response" && strings.HasPrefix(header.Get("Content-Type"), "application/http"):
		rec.answer(content)
	case kind == "resource":
		rec.status, rec.header, rec.body = http.StatusOK, header, content
	}
	return rec, nil
}

// answer takes an answer of a server apart, of any version of HTTP: archivers write down HTTP/2 as well. A broken one is no page.
func (rec *record) answer(content []byte) {
	tp := textproto.NewReader(bufio.NewReader(bytes.NewReader(content)))
	line, err := tp.ReadLine()
	fields := strings.Fields(line)
	if err != nil || len(fields) < 2 || !strings.HasPrefix(fields[0], "HTTP/") {
		return
	}
	status, err := strconv.Atoi(fields[1])
	if err != nil {
		return
	}
	head := bytes.Index(content, []byte("\r\n\r\n")) + 4
	if i := bytes.Index(content, []byte("\n\n")); head < 4 || i >= 0 && i+2 < head {
		head = i + 2
	}
	if head < 2 {
		return
	}
	header, _ := tp.ReadMIMEHeader() // with a broken line, those before it
	rec.status, rec.header, rec.body = status, header, content[head:]
}

func (rec record) isPage() bool {
	if rec.status != http.StatusOK {
		return false
	}
	kind, _, _ := mime.ParseMediaType(rec.header.Get("Content-Type"))
	return kind == "text/html" || kind == "application/xhtml+xml"
}

// content undoes the codings of the way. Many archivers undo them themselves and leave the header: the bytes decide.
func (rec record) content() ([]byte, error) {
	body := rec.body
	if strings.Contains(strings.ToLower(rec.header.Get("Transfer-Encoding")), "chunked") {
		body = dechunk(body)
	}
	var r io.Reader
	var err error
	switch coding := strings.ToLower(strings.TrimSpace(rec.header.Get("Content-Encoding"))); {
	case isGzip(body):
		r, err = gzip.NewReader(bytes.NewReader(body))
	case coding == "" || coding == "identity" || strings.Contains(coding, "gzip") || looksHTML(strings.TrimLeft(asASCII(body[:min(len(body), 4096)]), " \t\r\n"), Hint{}):
		return body, nil
	case coding == "deflate": // zlib by the standard, raw in practice
		if r, err = zlib.NewReader(bytes.NewReader(body)); err != nil {
			r, err = flate.NewReader(bytes.NewReader(body)), nil
		}
	case coding == "br":
		r = brotli.NewReader(bytes.NewReader(body))
	default:
		return nil, fmt.Errorf("%w: the page in the web archive is packed as %q; save it again without", ErrFormat, cutRunes(coding, 20))
	}
	if err != nil {
		return nil, fmt.Errorf("%w: unpack page: %w", ErrBroken, err)
	}
	out, err := inflate(r, len(body))
	if err != nil && (errors.Is(err, ErrTooLarge) || len(out) == 0) {
		return nil, err
	}
	return out, nil
}

// dechunk undoes HTTP/1.1's chunks, RFC 9112 section 7.1, or returns b where there are none.
func dechunk(b []byte) []byte {
	var out []byte
	for rest := b; ; {
		line, after, ok := bytes.Cut(rest, []byte("\n"))
		size, _, _ := strings.Cut(strings.TrimSpace(string(line[:min(len(line), 40)])), ";")
		n, err := strconv.ParseUint(strings.TrimSpace(size), 16, 31)
		switch {
		case !ok && len(out) > 0, err == nil && n == 0:
			return out
		case err != nil && len(out) > 0:
			return out // torn in the middle
		case err != nil || !ok:
			return b
		case n > uint64(len(after)):
			return append(out, after...)
		}
		out = append(out, after[:n]...)
		rest = bytes.TrimPrefix(bytes.TrimPrefix(after[n:], []byte("\r")), []byte("\n"))
		if len(rest) == 0 {
			return out
		}
	}
}

func (rec record) extract(h Hint) (Document, error) {
	body, err := rec.content()
	if err != nil {
		return Document{}, err
	}
	h.MediaType = rec.header.Get("Content-Type")
	h.URL = first(webAddress(rec.uri, nil), h.URL)
	d, err := extractHTML(body, h)
	d.Extractor.Parameters = first("warc " + d.Extractor.Parameters)
	if date, ok := machineDate(rec.date); ok && d.Captured.Date.IsZero() {
		d.Captured = Captured{Date: date, Words: "WARC-Date " + rec.date}
	}
	return d, err
}

// isWACZ reports a ZIP that holds web archives and says so in its table of contents.
func isWACZ(b []byte) bool {
	if !bytes.HasPrefix(b, []byte("PK\x03\x04")) {
		return false
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil || len(z.File) > maxParts {
		return false
	}
	named := func(test func(string) bool) bool {
		return slices.ContainsFunc(z.File, func(f *zip.File) bool { return test(f.Name) })
	}
	return named(isWARCName) && (named(func(n string) bool { return n == "datapackage.json" }) || named(func(n string) bool { return n == "pages/pages.jsonl" }))
}

func isWARCName(n string) bool {
	return strings.HasPrefix(n, "archive/") && (strings.HasSuffix(n, ".warc") || strings.HasSuffix(n, ".warc.gz"))
}

// extractWACZ reads the main page of a packed crawl (WACZ 1.1.1): the one that its package or its list of pages names.
func extractWACZ(ctx context.Context, b []byte, h Hint) (Document, error) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return Document{}, fmt.Errorf("%w: packed crawl: %w", ErrBroken, err)
	}
	var pages []record
	var broken error
	main, total := "", 0
	for _, f := range z.File {
		switch {
		case f.Name == "datapackage.json", f.Name == "pages/pages.jsonl":
			if content, err := unzip(f, total); err == nil {
				main = cmp.Or(mainPage(content), main)
			}
		case isWARCName(f.Name):
			content, err := unzip(f, total)
			if err == nil && isGzip(content) {
				content, err = gunzip(content)
			}
			if err != nil && len(content) == 0 {
				broken = cmp.Or(broken, err)
				continue
			}
			if total += len(content); total > maxBytes {
				return Document{}, fmt.Errorf("%w: the packed crawl holds more than %d bytes", ErrTooLarge, maxBytes)
			}
			more, pagesErr := pagesOf(ctx, content)
			pages, broken = append(pages, more...), cmp.Or(broken, err, pagesErr)
		}
	}
	if len(pages) == 0 && broken != nil {
		return Document{}, broken
	}
	d, err := choose(ctx, pages, main, h)
	if err != nil {
		return Document{}, err
	}
	d.Extractor.Parameters = first("wacz " + d.Extractor.Parameters)
	if broken != nil {
		d.warn("truncated", "a part of the packed crawl could not be read: %v", broken)
	}
	return d, nil
}

func gunzip(b []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("%w: web archive: %w", ErrBroken, err)
	}
	return inflate(r, len(b))
}

func unzip(f *zip.File, before int) ([]byte, error) {
	if before > maxBytes {
		return nil, fmt.Errorf("%w: the packed crawl holds more than %d bytes", ErrTooLarge, maxBytes)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: packed crawl: %w", ErrBroken, err)
	}
	defer r.Close()
	return inflate(r, int(min(f.CompressedSize64, maxBytes)))
}

// mainPage returns the address of the main page in a datapackage.json, or of the first page in a pages.jsonl.
func mainPage(b []byte) string {
	d := json.NewDecoder(bytes.NewReader(b))
	for range 10 {
		var page struct {
			Main string `json:"mainPageUrl"`
			URL  string `json:"url"`
		}
		if d.Decode(&page) != nil {
			return ""
		}
		if u := cmp.Or(page.Main, page.URL); u != "" {
			return u
		}
	}
	return ""
}

// looksMHTML reports mail headers before a page saved by a browser, or a mail.
func looksMHTML(head []byte) bool {
	text := strings.ReplaceAll(strings.ToLower(string(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))), "\r\n", "\n")
	lines, names := strings.Split(text, "\n"), map[string]bool{}
	for i, line := range lines {
		name, _, ok := strings.Cut(line, ":")
		switch {
		case i == 0 && strings.HasPrefix(line, "from "), line != "" && (line[0] == ' ' || line[0] == '\t'): // an mbox; a line goes on
		case ok && headerName.MatchString(name):
			names[name] = true
		default:
			return names["mime-version"] && names["content-type"] || names["from"] && names["date"] && (names["subject"] || names["message-id"])
		}
	}
	return names["mime-version"] && names["content-type"]
}

var headerName = regexp.MustCompile(`^[a-z][a-z0-9-]{1,60}$`)

// maxParts bounds the parts of a saved page or mail that are looked at, maxPartDepth those within each other.
const (
	maxParts     = 10_000
	maxPartDepth = 8
)

// extractMHTML takes the root page of a page saved with its parts, RFC 2557, or the text of a mail: one of the forms in which
// it comes, the page before the plain text.
func extractMHTML(b []byte, h Hint) (Document, error) {
	if bytes.HasPrefix(b, []byte("From ")) { // the separator of a mailbox
		_, b, _ = bytes.Cut(b, []byte("\n"))
	}
	m, err := mail.ReadMessage(bytes.NewReader(b))
	if err != nil {
		return Document{}, fmt.Errorf("%w: saved page: %w", ErrBroken, err)
	}
	saved := m.Header.Get("Snapshot-Content-Location") != "" || strings.HasPrefix(m.Header.Get("From"), "<Saved by")
	h.URL = first(webAddress(m.Header.Get("Snapshot-Content-Location"), nil), h.URL)
	found := mailParts{}
	found.walk(textproto.MIMEHeader(m.Header), m.Body, 0)
	part := found.html
	if part == nil {
		part = found.plain
	}
	if part == nil {
		return Document{}, fmt.Errorf("%w: the saved page or mail holds no text", ErrBroken)
	}
	d, err := part.extract(h)
	if err != nil {
		return Document{}, err
	}
	if found.err != nil {
		d.warn("truncated", "the saved page breaks off: %v", found.err)
	}
	date, dateErr := m.Header.Date()
	if saved {
		if dateErr == nil {
			d.Captured = Captured{Date: edtf.Instant(date), Words: cutRunes(m.Header.Get("Date"), 100)}
		}
		return d, nil
	}
	if found.attached > 0 {
		d.warn("attachments", "the mail carries %d attachments, which were not read; add them as files of their own", found.attached)
	}
	decoder := mime.WordDecoder{CharsetReader: charset.NewReaderLabel}
	if s, err := decoder.DecodeHeader(m.Header.Get("Subject")); err == nil && strings.TrimSpace(s) != "" {
		d.Title = cutRunes(first(s), 500)
	}
	if from, err := (&mail.AddressParser{WordDecoder: &decoder}).Parse(m.Header.Get("From")); err == nil {
		d.Outlet = cutRunes(first(from.Name, from.Address), 200)
	}
	if dateErr == nil {
		if day, ok := parseDate(date.Format(time.RFC3339)); ok {
			d.Published = Published{Date: day, Basis: FromMail, Words: cutRunes(m.Header.Get("Date"), 100)}
		}
	}
	return d, nil
}

// mailParts are the first texts of a mail.
type mailParts struct {
	html, plain *mailPart
	seen        int
	attached    int
	err         error
}

type mailPart struct {
	header textproto.MIMEHeader
	body   []byte
	html   bool
}

func (m *mailParts) walk(header textproto.MIMEHeader, r io.Reader, depth int) {
	kind, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		kind = "text/plain"
	}
	disposition, _, _ := mime.ParseMediaType(header.Get("Content-Disposition"))
	switch isHTML := kind == "text/html" || kind == "application/xhtml+xml"; {
	case strings.HasPrefix(kind, "multipart/"):
		if depth < maxPartDepth {
			m.parts(kind, params, r, depth)
		}
	case disposition == "attachment":
		m.attached++
	case isHTML && m.html == nil, kind == "text/plain" && m.plain == nil && m.html == nil:
		body, err := decodePart(header, r)
		m.err = cmp.Or(m.err, err)
		if len(body) == 0 {
			return
		}
		p := &mailPart{header, body, isHTML}
		if isHTML {
			m.html = p
		} else {
			m.plain = p
		}
	case depth == 1 && !isHTML && kind != "text/plain" && header.Get("Content-Location") == "" && header.Get("Content-Id") == "":
		m.attached++
	}
}

func (m *mailParts) parts(kind string, params map[string]string, r io.Reader, depth int) {
	parts := multipart.NewReader(r, params["boundary"])
	for m.seen < maxParts {
		part, err := parts.NextRawPart()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				m.err = cmp.Or(m.err, err)
			}
			return
		}
		m.seen++
		if start := params["start"]; kind == "multipart/related" && start != "" && start != part.Header.Get("Content-Id") && m.html == nil {
			continue
		}
		m.walk(part.Header, part, depth+1)
	}
}

func decodePart(header textproto.MIMEHeader, r io.Reader) ([]byte, error) {
	switch strings.ToLower(strings.TrimSpace(header.Get("Content-Transfer-Encoding"))) {
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	}
	return io.ReadAll(io.LimitReader(r, maxBytes))
}

func (p mailPart) extract(h Hint) (Document, error) {
	h.MediaType = p.header.Get("Content-Type")
	h.URL = first(webAddress(p.header.Get("Content-Location"), nil), h.URL)
	if p.html {
		d, err := extractHTML(p.body, h)
		d.Extractor.Parameters = first("mhtml " + d.Extractor.Parameters)
		return d, err
	}
	text, enc, warnings, err := decode(p.body, charsetOf(h.MediaType))
	if err != nil {
		return Document{}, err
	}
	d, err := extractText(formatPlain, text)
	d.Encoding, d.Warnings, d.URL, d.Extractor.Parameters = enc, warnings, h.URL, "mail"
	return d, err
}
