package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func extractOK(t testing.TB, b []byte, h Hint) Document {
	t.Helper()
	d, err := Extract(t.Context(), b, h)
	if err != nil {
		t.Fatal(err)
	}
	checkDocument(t, d)
	return d
}

// checkDocument states what holds for every document.
func checkDocument(t testing.TB, d Document) {
	t.Helper()
	if !utf8.ValidString(d.Text) {
		t.Fatal("the text is no UTF-8")
	}
	at := 0
	for _, p := range d.Paragraphs {
		if p.Start < at || p.End <= p.Start || p.End > len(d.Text) {
			t.Fatalf("paragraph [%d,%d) after %d of %d", p.Start, p.End, at, len(d.Text))
		}
		if !utf8.RuneStart(d.Text[p.Start]) || p.End < len(d.Text) && !utf8.RuneStart(d.Text[p.End]) {
			t.Fatalf("paragraph [%d,%d) cuts a character", p.Start, p.End)
		}
		at = p.End
	}
	at = 0
	for _, c := range d.Cues {
		if c.Start < at || c.End <= c.Start || c.End > len(d.Text) || c.To < c.From {
			t.Fatalf("cue %+v after %d of %d", c, at, len(d.Text))
		}
		at = c.End
	}
	at = 0
	for _, p := range d.Pages {
		if p.Start < at || p.End < p.Start || p.End > len(d.Text) {
			t.Fatalf("page %+v after %d of %d", p, at, len(d.Text))
		}
		at = p.End
	}
	for _, w := range d.Warnings {
		if w.Code == "" || w.Message == "" || w.Start > w.End || w.End > len(d.Text) {
			t.Fatalf("warning %+v", w)
		}
	}
	if d.Extractor.Name == "" || d.Extractor.Version == "" {
		t.Fatalf("extractor %+v", d.Extractor)
	}
}

func checkParagraphs(t *testing.T, d Document, want []string) {
	t.Helper()
	var got []string
	for _, p := range d.Paragraphs {
		got = append(got, d.Text[p.Start:p.End])
	}
	if g, w := strings.Join(got, "\n¶\n"), strings.Join(want, "\n¶\n"); g != w {
		t.Errorf("paragraphs are\n%s\nwant\n%s", g, w)
	}
}

func encode(t testing.TB, s, name string) string {
	t.Helper()
	enc, err := htmlindex.Get(name)
	if err != nil {
		t.Fatal(err)
	}
	out, err := enc.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestGolden extracts every file in testdata that is no golden file and compares all of the result.
func TestGolden(t *testing.T) {
	names, err := filepath.Glob("testdata/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if info, err := os.Stat(name); strings.HasSuffix(name, ".golden") || err != nil || info.IsDir() {
			continue
		}
		t.Run(filepath.Base(name), func(t *testing.T) {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			d := extractOK(t, b, Hint{Name: filepath.Base(name)})
			got := golden(t, d)
			if *update {
				if err := os.WriteFile(name+".golden", got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(name + ".golden")
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("extracted\n%s\nwant\n%s", got, want)
			}
			for range 20 {
				if again := golden(t, extractOK(t, b, Hint{Name: filepath.Base(name)})); !bytes.Equal(got, again) {
					t.Fatalf("another run gave\n%s\nafter\n%s", again, got)
				}
			}
		})
	}
}

func golden(t *testing.T, d Document) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "\t")
	if err := e.Encode(d); err != nil {
		t.Fatal(err)
	}
	for i, p := range d.Paragraphs {
		if i == 0 || p.Start-d.Paragraphs[i-1].End > 0 {
			b.WriteString("\n" + d.Text[p.Start:p.End] + "\n")
		}
	}
	return b.Bytes()
}

const story = "Die Behörden sperrten am Mittwoch die Brücke. „Wir prüfen die Pfeiler“, sagte eine Sprecherin – für mindestens drei Wochen."

func TestEncodings(t *testing.T) {
	cyrillic := "Городские власти закрыли мост через реку на три недели, сообщили в среду. Инженеры проверяют опоры, движение автобусов изменено."
	for _, c := range []struct {
		name, bytes, text, encoding, how string
		guess                            bool
		hint                             Hint
	}{
		{"utf-8", story, story, "utf-8", "valid", false, Hint{}},
		{"ascii", "Just words and nothing else.", "Just words and nothing else.", "utf-8", "valid", false, Hint{}},
		{"utf-8 with mark", "\ufeff" + story, story, "utf-8", "mark", false, Hint{}},
		{"utf-16le with mark", "\xff\xfe" + encode(t, story, "utf-16le"), story, "utf-16le", "mark", false, Hint{}},
		{"utf-16be with mark", "\xfe\xff" + encode(t, story, "utf-16be"), story, "utf-16be", "mark", false, Hint{}},
		{"utf-16le without mark", encode(t, story, "utf-16le"), story, "utf-16le", "statistics", true, Hint{}},
		{"utf-16be without mark", encode(t, story, "utf-16be"), story, "utf-16be", "statistics", true, Hint{}},
		{"windows-1252", encode(t, story, "windows-1252"), story, "windows-1252", "letters", true, Hint{}},
		{"latin-1", encode(t, "Größe und Höhe der Brücke", "windows-1252"), "Größe und Höhe der Brücke", "windows-1252", "letters", true, Hint{}},
		{"windows-1251", encode(t, cyrillic, "windows-1251"), cyrillic, "windows-1251", "statistics", true, Hint{}},
		{"stated", encode(t, cyrillic, "koi8-r"), cyrillic, "koi8-r", "stated", false, Hint{MediaType: "text/plain; charset=koi8-r"}},
		{"stated wrongly", story, story, "utf-8", "valid", false, Hint{MediaType: "text/plain; charset=iso-8859-1"}},
		{"stated nonsense", encode(t, story, "windows-1252"), story, "windows-1252", "letters", true, Hint{MediaType: "text/plain; charset=nonsense"}},
		{"utf-8 with a broken byte", story + story + "\xff", story + story + "\ufffd", "utf-8", "statistics", true, Hint{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := extractOK(t, []byte(c.bytes), c.hint)
			if d.Text != c.text {
				t.Errorf("text = %q, want %q", d.Text, c.text)
			}
			if d.Encoding.Name != c.encoding || d.Encoding.How != c.how || d.Warned("encoding-guess") != c.guess {
				t.Errorf("encoding = %+v, guessed %t", d.Encoding, d.Warned("encoding-guess"))
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	noise := make([]byte, 5000)
	for i := range noise {
		noise[i] = byte(i*7919>>3 ^ i)
	}
	for _, c := range []struct {
		name  string
		bytes string
		err   error
		says  string
	}{
		{"noise named .txt", string(noise), ErrBinary, "binary data although it is named a.txt"},
		{"zip", "PK\x03\x04aaaaaaaaaaaaaaa", ErrBinary, "docx"},
		{"jpeg", "\xff\xd8\xff\xe0\x00\x10JFIF", ErrBinary, "JPEG"},
		{"mp4", "\x00\x00\x00\x20ftypisom\x00\x00", ErrBinary, "MP4"},
		{"rtf", "{\\rtf1\\ansi Hello}", ErrBinary, "RTF"},
		{"gzip", "\x1f\x8b\x08\x00", ErrBinary, "gzip"},
		{"zero bytes", "text\x00\x00\x00text", ErrBinary, "binary"},
		{"all high bytes", strings.Repeat("\x81\x8d\x90\x9d", 300), ErrBinary, "UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := Extract(t.Context(), []byte(c.bytes), Hint{Name: "a.txt"})
			if !errors.Is(err, c.err) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("Extract = %q, %v; want %v saying %q", d.Text, err, c.err, c.says)
			}
		})
	}
}

func TestEmpty(t *testing.T) {
	for _, s := range []string{"", "\n \n", "\ufeff"} {
		if d := extractOK(t, []byte(s), Hint{Name: "a.txt"}); !d.Warned("empty") || len(d.Paragraphs) != 0 {
			t.Errorf("%q: %+v", s, d)
		}
	}
	if d := extractOK(t, []byte("<html></html>"), Hint{}); d.Text != "" || !d.Warned("no-article") {
		t.Errorf("empty page: %+v", d)
	}
}

// TestTextIsKeptRaw: the text is what the file holds, and the tricks in it are named with their place.
func TestTextIsKeptRaw(t *testing.T) {
	for _, c := range []struct{ name, text, code, at string }{
		{"bidi", "Der Ort heißt \u202eoppelA\u202c, sagte er.", "bidi", "\u202e"},
		{"zero width", "Der Vor\u200bsitzende war nicht zu erreichen.", "zero-width", "\u200b"},
		{"decomposed", "Die Bru\u0308cke war gesperrt, hieß es.", "decomposed", "u"},
		{"control", "Die Brücke\x07 war gesperrt, hieß es.", "control", "\x07"},
		{"tags", "Die Brücke\U000e0041 war gesperrt, hieß es.", "tags", "\U000e0041"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := extractOK(t, []byte(c.text), Hint{})
			if d.Text != c.text {
				t.Errorf("text = %q, want it raw: %q", d.Text, c.text)
			}
			found := false
			for _, w := range d.Warnings {
				found = found || w.Code == c.code && d.Text[w.Start:w.End] == c.at
			}
			if !found {
				t.Errorf("warnings %v, want %s at %q", d.Warnings, c.code, c.at)
			}
		})
	}
	if d := extractOK(t, []byte(story), Hint{}); len(d.Warnings) > 0 {
		t.Errorf("plain text warns: %v", d.Warnings)
	}
}

func TestLongLine(t *testing.T) {
	b := bytes.Repeat([]byte("Die Brücke war gesperrt, hieß es. "), (50<<20)/35)
	d := extractOK(t, b, Hint{Name: "a.txt"})
	if len(d.Paragraphs) != 1 || d.Text != string(b) || !d.Warned("long-line") || d.Lang != "de" {
		t.Errorf("%d paragraphs, warnings %v, lang %q", len(d.Paragraphs), d.Warnings, d.Lang)
	}
	if _, err := Extract(t.Context(), make([]byte, maxBytes+1), Hint{}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("%v, want ErrTooLarge", err)
	}
}

func TestPlainParagraphs(t *testing.T) {
	long := strings.Repeat("Das ist ein Satz, der die Zeile füllt. ", 6)
	for _, c := range []struct {
		name, in string
		want     []string
	}{
		{"blank lines", "Eins\nzwei\n\n drei \r\n\r\nvier", []string{"Eins\nzwei", "drei", "vier"}},
		{"wrapped", "Eins zwei\ndrei vier\nfünf", []string{"Eins zwei\ndrei vier\nfünf"}},
		{"a line each", long + "\n" + long, []string{strings.TrimSpace(long), strings.TrimSpace(long)}},
		{"paragraph separator", "Eins\u2029zwei", []string{"Eins", "zwei"}},
		{"lead and end", "\n\n eins \n\n", []string{"eins"}},
	} {
		t.Run(c.name, func(t *testing.T) { checkParagraphs(t, extractOK(t, []byte(c.in), Hint{}), c.want) })
	}
}

func TestLanguage(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Die Armee teilte mit, dass die Stadt eingenommen worden sei.", "de"},
		{"The army said that the town had been taken.", "en"},
		{"Brücke nach Explosion gesperrt", "de"},
		{"Explosion in Kharkiv", ""},
		{"Dozens killed in strike on market", "en"},
		{"Dozens were killed in the strike on a market", "en"},
		{"Straßenschlacht", "de"},
		{"L'armée a annoncé mercredi soir que la ville avait été prise après trois semaines de combats dans les rues.", "fr"},
		{"El ejército anunció el miércoles por la noche que la ciudad había sido tomada después de tres semanas de combates.", "es"},
		{"Городские власти закрыли мост через реку на три недели, сообщили в среду местные жители.", ""},
		{"أعلن الجيش مساء الأربعاء أن المدينة قد تم الاستيلاء عليها بعد ثلاثة أسابيع من القتال.", "ar"},
		{"12.03.2014 – 17:40", ""},
		{"", ""},
	} {
		if got := Language(c.text); got != c.want {
			t.Errorf("Language(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}

func TestLanguageByParagraph(t *testing.T) {
	d := extractOK(t, []byte("Brücken\n\nDie Stadt hat die Brücke gesperrt, und der Verkehr wird umgeleitet.\n\nThe mayor said in an interview that the bridge would be closed for weeks.\n\nDas Amt wollte sich nicht zu den Kosten äußern."), Hint{})
	var got []string
	for _, p := range d.Paragraphs {
		got = append(got, p.Lang)
	}
	if strings.Join(got, " ") != "de de en de" || d.Lang != "de" || !d.Warned("mixed-languages") {
		t.Errorf("languages %q of %q, warnings %v", got, d.Lang, d.Warnings)
	}
	d = extractOK(t, []byte("Zxqv lmnop wrtz kjhg. Fghj poiu trewq mnbv."), Hint{})
	if d.Lang != "" || !d.Warned("language-unknown") {
		t.Errorf("nonsense is in %q", d.Lang)
	}
}

func TestPublishedDay(t *testing.T) {
	d := extractOK(t, []byte(`<html><head><meta property="article:published_time" content="2016-10-07T00:30:00+02:00"></head><body><p>`+story+story+`</p></body></html>`), Hint{})
	day, ok := d.Published.Day()
	if !ok || !day.Equal(time.Date(2016, 10, 7, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("Day = %v, %t", day, ok)
	}
}
