package document

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"net/textproto"
	"strconv"
	"strings"
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

// extractWARC takes the first HTML page of a web archive. Others are counted in a warning: a crawl is to be split before it is read.
func extractWARC(ctx context.Context, b []byte, h Hint) (Document, error) {
	if isGzip(b) {
		z, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			return Document{}, fmt.Errorf("%w: web archive: %w", ErrBroken, err)
		}
		if b, err = inflate(z, len(b)); err != nil {
			return Document{}, err
		}
	}
	var d Document
	found, others := false, 0
	r := bufio.NewReader(bytes.NewReader(b))
	for {
		if err := ctx.Err(); err != nil {
			return Document{}, err
		}
		rec, err := readRecord(r)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			if !found {
				return Document{}, err
			}
			d.warn("truncated", "the web archive breaks off: %v", err)
			break
		}
		if !rec.isPage() {
			continue
		}
		if found {
			others++
			continue
		}
		if d, err = rec.extract(h); err != nil {
			return Document{}, err
		}
		found = true
	}
	if !found {
		return Document{}, fmt.Errorf("%w: the web archive holds no HTML page that was answered with 200", ErrFormat)
	}
	if others > 0 {
		d.warn("more-pages", "the web archive holds %d more pages; only the first was read", others)
	}
	return d, nil
}

// record is one response of a WARC file, ISO 28500.
type record struct {
	uri      string
	response *http.Response // nil for records of other kinds
	body     []byte         // as sent
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
	if err != nil || !strings.HasPrefix(line, "WARC/1.") {
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
	rec := record{uri: strings.Trim(header.Get("WARC-Target-URI"), "<>")}
	if header.Get("WARC-Type") != "response" || !strings.HasPrefix(header.Get("Content-Type"), "application/http") {
		return rec, nil
	}
	rec.response, err = http.ReadResponse(bufio.NewReader(bytes.NewReader(content)), nil)
	if err != nil {
		return record{uri: rec.uri}, nil // a broken answer is no page; others may be
	}
	defer rec.response.Body.Close()
	rec.body, err = io.ReadAll(rec.response.Body)
	if err != nil && len(rec.body) == 0 {
		rec.response = nil
	}
	return rec, nil
}

func (rec record) isPage() bool {
	if rec.response == nil || rec.response.StatusCode != http.StatusOK {
		return false
	}
	kind, _, _ := mime.ParseMediaType(rec.response.Header.Get("Content-Type"))
	return kind == "text/html" || kind == "application/xhtml+xml"
}

func (rec record) extract(h Hint) (Document, error) {
	body := rec.body
	var r io.Reader
	var err error
	switch coding := strings.ToLower(strings.TrimSpace(rec.response.Header.Get("Content-Encoding"))); coding {
	case "", "identity":
	case "gzip", "x-gzip":
		r, err = gzip.NewReader(bytes.NewReader(body))
	case "deflate": // zlib by the standard, raw in practice
		if r, err = zlib.NewReader(bytes.NewReader(body)); err != nil {
			r, err = flate.NewReader(bytes.NewReader(body)), nil
		}
	default:
		return Document{}, fmt.Errorf("%w: the page in the web archive is packed as %q; save it again without", ErrFormat, cutRunes(coding, 20))
	}
	if err != nil {
		return Document{}, fmt.Errorf("%w: unpack page: %w", ErrBroken, err)
	}
	if r != nil {
		if body, err = inflate(r, len(body)); err != nil {
			return Document{}, err
		}
	}
	h.MediaType = rec.response.Header.Get("Content-Type")
	h.URL = first(webAddress(rec.uri, nil), h.URL)
	d, err := extractHTML(body, h)
	d.Extractor.Parameters = first("warc " + d.Extractor.Parameters)
	return d, err
}

// looksMHTML reports mail headers that announce parts of a page, as browsers save them.
func looksMHTML(head []byte) bool {
	text := strings.ToLower(string(head))
	end := strings.Index(text, "\r\n\r\n")
	if end < 0 {
		end = strings.Index(text, "\n\n")
	}
	if end < 0 || !strings.Contains(text[:end], "mime-version:") {
		return false
	}
	i := strings.Index(text[:end], "content-type:")
	return i >= 0 && (strings.Contains(text[i:end], "multipart/related") || strings.Contains(text[i:end], "text/html"))
}

// maxParts bounds the parts of a saved page that are looked at.
const maxParts = 10_000

// extractMHTML takes the root page of a page saved with its parts, RFC 2557.
func extractMHTML(b []byte, h Hint) (Document, error) {
	m, err := mail.ReadMessage(bytes.NewReader(b))
	if err != nil {
		return Document{}, fmt.Errorf("%w: saved page: %w", ErrBroken, err)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return Document{}, fmt.Errorf("%w: saved page: content type: %w", ErrBroken, err)
	}
	h.URL = first(webAddress(m.Header.Get("Snapshot-Content-Location"), nil), h.URL)
	if !strings.HasPrefix(kind, "multipart/") {
		return extractPart(textproto.MIMEHeader(m.Header), m.Body, h)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for range maxParts {
		part, err := parts.NextRawPart()
		if err != nil {
			break
		}
		kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
		start := params["start"] == "" || params["start"] == part.Header.Get("Content-Id")
		if start && (kind == "text/html" || kind == "application/xhtml+xml") {
			return extractPart(part.Header, part, h)
		}
	}
	return Document{}, fmt.Errorf("%w: the saved page holds no HTML part", ErrBroken)
}

func extractPart(header textproto.MIMEHeader, r io.Reader, h Hint) (Document, error) {
	switch strings.ToLower(strings.TrimSpace(header.Get("Content-Transfer-Encoding"))) {
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	}
	body, err := io.ReadAll(io.LimitReader(r, maxBytes))
	if err != nil && len(body) == 0 {
		return Document{}, fmt.Errorf("%w: saved page: %w", ErrBroken, err)
	}
	h.MediaType = header.Get("Content-Type")
	h.URL = first(webAddress(header.Get("Content-Location"), nil), h.URL)
	d, htmlErr := extractHTML(body, h)
	if htmlErr != nil {
		return Document{}, htmlErr
	}
	d.Extractor.Parameters = first("mhtml " + d.Extractor.Parameters)
	if err != nil {
		d.warn("truncated", "the saved page breaks off: %v", err)
	}
	return d, nil
}
