package document

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// pdfPage is text set in Helvetica on a page of a test PDF: lines with their size and position in points.
type pdfPage []struct {
	x, y, size int
	text       string // windows-1252 letters only
}

// writePDF makes a PDF of the pages by ISO 32000-1, with content packed.
func writePDF(t testing.TB, info string, pages ...pdfPage) []byte {
	t.Helper()
	var objects []string
	add := func(s string) int { objects = append(objects, s); return len(objects) }
	add("<< /Type /Catalog /Pages 2 0 R >>")
	add("") // the page tree, filled in below
	font := add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
	infoObject := add("<< " + info + " >>")
	var kids []string
	for _, p := range pages {
		var content strings.Builder
		for _, l := range p {
			fmt.Fprintf(&content, "BT /F1 %d Tf %d %d Td (%s) Tj ET\n", l.size, l.x, l.y, pdfString(t, l.text))
		}
		stream := add(packed(t, content.String()))
		page := add(fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << /Font << /F1 %d 0 R >> >> >>", stream, font))
		kids = append(kids, fmt.Sprintf("%d 0 R", page))
	}
	objects[1] = fmt.Sprintf("<< /Type /Pages /Count %d /Kids [%s] >>", len(kids), strings.Join(kids, " "))
	return joinPDF(objects, infoObject)
}

func joinPDF(objects []string, info int) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var offsets []int
	for i, o := range objects {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, info, xref)
	return b.Bytes()
}

func packed(t testing.TB, content string) string {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	if _, err := w.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream", z.Len(), z.String())
}

func pdfString(t testing.TB, s string) string {
	s = strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(s)
	return encode(t, s, "windows-1252")
}

var bridge = pdfPage{
	{72, 770, 18, "Brücke gesperrt"},
	{72, 730, 11, "Die Behörden teilten am Mittwochabend mit, die Straßenbrücke sei für „mindestens"},
	{72, 716, 11, "drei Wochen“ gesperrt. Das Gewässer führe Hochwasser, hieß es weiter, und die Über-"},
	{72, 702, 11, "prüfung der Pfeiler dauere an."},
	{72, 674, 11, "Nach Angaben der Stadt sind rund 4.500 Pendler betroffen. Ersatzbusse fahren ab"},
	{72, 660, 11, "Donnerstag im Zehn-Minuten-"},
	{72, 646, 11, "Takt."},
}

func TestPDF(t *testing.T) {
	b := writePDF(t, "/Title (Mitteilung) /CreationDate (D:20161006181200+02'00')", bridge,
		pdfPage{{72, 770, 11, "Auf der zweiten Seite steht noch ein Satz."}})
	d := extractOK(t, b, Hint{Name: "a.pdf"})
	want := []string{
		"Brücke gesperrt",
		"Die Behörden teilten am Mittwochabend mit, die Straßenbrücke sei für „mindestens drei Wochen“ gesperrt. Das Gewässer führe Hochwasser, hieß es weiter, und die Überprüfung der Pfeiler dauere an.",
		"Nach Angaben der Stadt sind rund 4.500 Pendler betroffen. Ersatzbusse fahren ab Donnerstag im Zehn-Minuten-Takt.",
		"Auf der zweiten Seite steht noch ein Satz.",
	}
	checkParagraphs(t, d, want)
	if len(d.Pages) != 2 || d.Text[d.Pages[1].Start:d.Pages[1].End] != want[3] || d.Pages[1].Number != 2 {
		t.Errorf("pages = %v", d.Pages)
	}
	if d.Title != "Mitteilung" || d.Published.Date.String() != "2016-10-06T18:12:00+02:00" || d.Published.Basis != FromFile || d.Lang != "de" {
		t.Errorf("title %q, published %v, lang %q", d.Title, d.Published, d.Lang)
	}
	if led := extractOK(t, append([]byte("\x00\x01junk\x00\x00"), b...), Hint{}); led.Text != d.Text {
		t.Error("bytes before the header change the text")
	}
	if text := extractOK(t, []byte("A PDF file begins with %PDF-1.4 and a line end."), Hint{}); text.Kind != Plain {
		t.Errorf("a text about PDF is read as %s", text.Kind)
	}
	if again := extractOK(t, b, Hint{}); again.Text != d.Text {
		t.Error("the second run gave another text")
	}
}

func TestPDFWithoutText(t *testing.T) {
	d := extractOK(t, writePDF(t, "", pdfPage{}), Hint{})
	if d.Text != "" || !d.Warned("no-text-layer") {
		t.Errorf("text %q, warnings %v", d.Text, d.Warnings)
	}
}

func TestPDFBroken(t *testing.T) {
	whole := writePDF(t, "", bridge)
	if _, err := Extract(t.Context(), whole[:100], Hint{}); !errors.Is(err, ErrBroken) {
		t.Errorf("a cut-off PDF gave %v, want ErrBroken", err)
	}
	if _, err := Extract(t.Context(), []byte("%PDF-1.7\ngarbage"), Hint{}); !errors.Is(err, ErrBroken) {
		t.Errorf("garbage gave %v, want ErrBroken", err)
	}
}

// TestPDFBomb packs a content stream so that it unpacks to far more than the sandbox has.
func TestPDFBomb(t *testing.T) {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	line := bytes.Repeat([]byte("q "), 32<<10)
	for range (128 << 20) / len(line) {
		if _, err := w.Write(line); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Count 1 /Kids [4 0 R] >>",
		fmt.Sprintf("<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream", z.Len(), z.String()),
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R >>", "<< >>",
	}
	if d, err := extractPDFWithin(t.Context(), joinPDF(objects, 5), 64<<20); !errors.Is(err, ErrBroken) || strings.Contains(err.Error(), "\n") {
		t.Errorf("the bomb gave %q, %v", d.Text, err)
	}
	// The next file is not harmed.
	if d := extractOK(t, writePDF(t, "", bridge), Hint{}); d.Text == "" {
		t.Error("no text after a bomb")
	}
}

// TestPDFCancel stops the parser in the middle of a long file.
func TestPDFCancel(t *testing.T) {
	var pages []pdfPage
	for range 400 {
		pages = append(pages, bridge)
	}
	b := writePDF(t, "", pages...)
	extractOK(t, writePDF(t, "", bridge), Hint{}) // so that the parser is compiled
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := Extract(ctx, b, Hint{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("after cancelling: %v", err)
	}
}

func TestPDFDate(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"D:20161006181200+02'00'", "2016-10-06T18:12:00+02:00"},
		{"D:20161006181200+02'00", "2016-10-06T18:12:00+02:00"},
		{"D:20161006181200Z", "2016-10-06T18:12:00Z"},
		{"D:20161006181200Z00'00'", "2016-10-06T18:12:00Z"},
		{"D:20161006181200", "2016-10-06T18:12:00"},
		{"D:20161006", "2016-10-06"},
		{"2016", "2016"},
		{"D:20161340", ""},
		{"", ""},
		{"yesterday", ""},
	} {
		d, _ := pdfDate(c.in)
		if d.String() != c.want {
			t.Errorf("pdfDate(%q) = %q, want %q", c.in, d, c.want)
		}
	}
}
