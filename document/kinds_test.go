package document

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// flood is a made-up story of four sentences; each names a number or a body, so that a lost one shows.
var flood = []string{
	"The water board said on Tuesday that 31 houses were flooded when a dam above the village gave way.",
	"Firefighters reported that at least seven residents were injured and that two bridges had been washed away.",
	"The regional governor denied that warnings had come too late, and promised an inquiry by an outside body.",
	"Villagers told a local station that the siren had sounded only after the water stood in the main street.",
}

func floodPage(head, before, after string) string {
	return "<!doctype html><html lang=en><head><title>Dam above village gives way</title>" + head + "</head><body>" + before +
		"<main><article><h1>Dam above village gives way</h1><p>" + strings.Join(flood, "</p><p>") + "</p></article></main>" + after + "</body></html>"
}

func TestDateOfPublication(t *testing.T) {
	ld := func(s string) string { return `<script type="application/ld+json">` + s + `</script>` }
	const article = `{"@type":"NewsArticle","headline":"Dam above village gives way","datePublished":"2018-02-20T09:30:00+01:00"}`
	for _, c := range []struct{ name, head, before, after, want, code string }{
		{"line break in a string", ld(strings.Replace(article, "above village", "above\nvillage", 1)), "", "", "2018-02-20T09:30:00+01:00", ""},
		{"tab in a string", ld(strings.Replace(article, "above village", "above\tvillage", 1)), "", "", "2018-02-20T09:30:00+01:00", ""},
		{"comma before a bracket", ld(article[:len(article)-1] + ",\n}"), "", "", "2018-02-20T09:30:00+01:00", ""},
		{"within a comment", ld("<!--" + article + "-->"), "", "", "2018-02-20T09:30:00+01:00", ""},
		{"within CDATA", ld("//<![CDATA[\n" + article + "\n//]]>"), "", "", "2018-02-20T09:30:00+01:00", ""},
		{"within CDATA on one line", ld("<![CDATA[" + article + "]]>"), "", "", "2018-02-20T09:30:00+01:00", ""},
		{"with comments", ld("/* made by us */" + article + "// end"), "", "", "2018-02-20T09:30:00+01:00", ""},
		{"semicolon behind", ld(article + ";"), "", "", "2018-02-20T09:30:00+01:00", ""},
		{"a lone backslash", ld(strings.Replace(article, "gives way", `gives\way`, 1)), "", "", "2018-02-20T09:30:00+01:00", ""},
		{"two values in a row", ld(`{"@type":"WebSite","name":"x"}` + article), "", "", "2018-02-20T09:30:00+01:00", ""},
		{"beyond help", ld("{{"), "", "", "", "json-ld-broken"},
		{"another story first", ld(`[{"@type":"NewsArticle","headline":"Fair opens","url":"https://bote.example/fair","datePublished":"2011-01-01"},` + article + `]`), "", "", "2018-02-20T09:30:00+01:00", ""},
		{"other stories only", ld(`[{"@type":"NewsArticle","headline":"Fair opens","url":"https://bote.example/fair","datePublished":"2011-01-01"},{"@type":"NewsArticle","headline":"Fair ends","url":"https://bote.example/end","datePublished":"2011-01-09"}]`) + `<link rel=canonical href="https://bote.example/dam">`, "", "", "", ""},
		{"by its address", ld(`[{"@type":"Article","headline":"Fair opens","datePublished":"2011-01-01"},{"@type":"Article","headline":"Flood","mainEntityOfPage":{"@id":"https://www.bote.example/dam/"},"datePublished":"2018-02-20"}]`) + `<link rel=canonical href="https://bote.example/dam">`, "", "", "2018-02-20", ""},
		{"what the page is about", ld(`{"@graph":[{"@type":"Article","headline":"Fair","url":"https://bote.example/fair","datePublished":"2011-01-01"},{"@type":"WebPage","mainEntity":{"@type":"Article","headline":"Flood","url":"/x","datePublished":"2018-02-20"}}]}`), "", "", "2018-02-20", ""},
		{"epoch zero", ld(strings.Replace(article, "2018-02-20T09:30:00+01:00", "1970-01-01T00:00:00Z", 1)) + `<meta name=date content="2018-02-20">`, "", "", "2018-02-20", ""},
		{"update before it", "", "<p>Updated <time datetime='2020-05-05T08:00'>5 May 2020</time></p><p>Published <time datetime='2018-02-20T09:30' pubdate>20 February 2018</time></p>", "", "2018-02-20T09:30:00", ""},
		{"update in the element", "", "<time datetime='2020-05-05'>Last modified: 5 May 2020</time><time datetime='2018-02-20'>20 February 2018</time>", "", "2018-02-20", ""},
		{"modified by its mark", "", "<time itemprop=dateModified datetime='2020-05-05'>5 May 2020</time><time datetime='2018-02-20'>20 February 2018</time>", "", "2018-02-20", ""},
		{"modified by its class", "", "<time class='entry-modified' datetime='2020-05-05'>5 May 2020</time><time datetime='2018-02-20'>20 February 2018</time>", "", "2018-02-20", ""},
		{"foot", "", "", "<footer>© 2024 Bote, 2 March 2024. All rights reserved.</footer>", "", ""},
		{"foot without the element", "", "", "<div class=footer>Bote, 2 March 2024</div>", "", ""},
		{"rights in the page", "", "<p>Copyright 2 March 2024 Bote</p>", "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := extractOK(t, []byte(floodPage(c.head, c.before, c.after)), Hint{Name: "a.html"})
			if got := d.Published.Date.String(); got != c.want || c.code != "" && !d.Warned(c.code) {
				t.Errorf("published %q (%s), want %q; warnings %v", got, d.Published.Words, c.want, d.Warnings)
			}
			for _, s := range flood {
				if !strings.Contains(d.Text, s) {
					t.Errorf("the text lacks %q", s)
				}
			}
		})
	}
}

func TestDateInALine(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"By our staff, 20 February 2018", "2018-02-20"},
		{"Updated 5 May 2020", ""},
		{"Updated 5 May 2020, published 20 February 2018", "2018-02-20"},
		{"20 February 2018, updated 5 May 2020", "2018-02-20"},
		{"Published: 20 February 2018 | Updated: 5 May 2020", "2018-02-20"},
		{"Aktualisiert am 05.05.2020, veröffentlicht am 20.02.2018", "2018-02-20"},
		{"20. Februar 2018 (zuletzt geändert am 5. Mai 2020)", "2018-02-20"},
		{"Stand: 05.05.2020", ""},
		{"5 May 2020 (updated) / 20 February 2018", "2018-02-20"},
		{"© 2018-02-20 Bote", ""},
		{"nothing at all", ""},
	} {
		d, _, _ := humanDate(c.line)
		if d.String() != c.want {
			t.Errorf("humanDate(%q) = %q, want %q", c.line, d, c.want)
		}
	}
}

func TestPagesAsTheyAreSaved(t *testing.T) {
	story := "<p>" + strings.Join(flood, "</p><p>") + "</p>"
	consent := `<div id="onetrust-consent-sdk"><p>` + strings.Repeat("We and our partners use cookies and ask for your consent to process personal data on your device. ", 12) + "</p></div>"
	for _, c := range []struct {
		name, in, code string
		has, lacks     []string
	}{
		{"mark of a footnote", floodPage("", "", "<p>The dam held back 12<sup>3</sup> million litres when it broke, engineers said afterwards.</p>"), "", nil, []string{"123"}},
		{"linked marks", strings.Replace(floodPage("", "", ""), "31 houses", "31<sup><a href='#n1'>[4]</a></sup> houses", 1), "", []string{"that 31 houses"}, []string{"[4]"}},
		{"a bracketed link", strings.Replace(floodPage("", "", ""), "31 houses", "31<a href='#n1'>[5]</a> houses", 1), "", []string{"that 31 houses"}, []string{"[5]"}},
		{"square metres", strings.Replace(floodPage("", "", ""), "31 houses", "31 km<sup>2</sup> of houses", 1), "", []string{"31 km² of"}, nil},
		{"a power", strings.Replace(floodPage("", "", ""), "31 houses", "10<sup>6</sup> houses", 1), "", []string{"10⁶ houses"}, nil},
		{"an ordinal", strings.Replace(floodPage("", "", ""), "on Tuesday", "on the 1<sup>st</sup>", 1), "", []string{"on the 1st"}, nil},
		{"words struck out", strings.Replace(floodPage("", "", ""), "31 houses", "<s>13</s> <ins>31</ins> houses", 1), "deleted", []string{"that 31 houses"}, []string{"13"}},
		{"soft hyphens", strings.Replace(floodPage("", "", ""), "flooded", "flo&shy;oded", 1), "", flood[:1], []string{"\u00ad"}},
		{"consent before the story", floodPage("", consent, ""), "", flood, []string{"cookies"}},
		{"consent alone", "<!doctype html><title>Before you continue</title>" + consent, "not-the-page", nil, nil},
		{"an error page", "<!doctype html><title>404 - Page not found</title><h1>Oops</h1><p>The page that you were looking for was moved or never existed. Try the search.</p>", "not-the-page", nil, nil},
		{"a German error page", "<!doctype html><title>Seite nicht gefunden</title><h1>Seite nicht gefunden</h1><p>Die Seite, die Sie suchen, gibt es nicht mehr. Versuchen Sie es mit der Suche.</p>", "not-the-page", nil, nil},
		{"a check for robots", "<!doctype html><title>Attention Required!</title><h1>Please verify you are human</h1><p>This site is protected. Please wait while we look at your browser.</p>", "not-the-page", nil, nil},
		{"a story of an error", strings.ReplaceAll(floodPage("", "", "<p>"+strings.Repeat("The board said that its page on the dam could not be opened for days on end. ", 14)+"</p>"), "Dam above village gives way", "404: how a town lost its page"), "", flood, nil},
		{"a shadow root", "<!doctype html><title>x</title><x-story><template shadowrootmode=open><article><h1>Dam</h1>" + story + "</article></template></x-story>", "", flood, nil},
		{"a frame saved in place", "<!doctype html><title>x</title><body><iframe srcdoc=\"" + strings.ReplaceAll("<html><body><article><h1>Dam</h1>"+story+"</article></body></html>", `"`, "&quot;") + "\"></iframe>", "", flood, nil},
		{"Telegram", "<!doctype html><title>Channel</title><main>" + strings.Repeat(`<div class="tgme_widget_message" data-post="c/1"><div class="tgme_widget_message_text">`+flood[0]+`<br>`+flood[1]+`</div><time datetime="2018-02-20T09:30:00+00:00">09:30</time></div>`, 1) + "</main>", "", flood[:2], []string{"09:30"}},
		{"Mastodon and its answers", `<!doctype html><title>x</title><div class="activity-stream detailed-status"><div class="status__content">` + flood[0] + `</div><time datetime="2018-02-20T09:30:00Z">x</time></div><div class="status entry-reply"><div class="status__content">` + flood[1] + `</div></div>`, "replies", flood[:1], flood[1:2]},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := extractOK(t, []byte(c.in), Hint{Name: "a.html"})
			if c.code != "" && !d.Warned(c.code) || c.code == "" && (d.Warned("not-the-page") || d.Warned("consent-wall")) {
				t.Errorf("warnings %v, want %q", d.Warnings, c.code)
			}
			for _, s := range c.has {
				if !strings.Contains(d.Text, s) {
					t.Errorf("the text lacks %q: %q", s, d.Text)
				}
			}
			for _, s := range c.lacks {
				if strings.Contains(d.Text, s) {
					t.Errorf("the text has %q: %q", s, d.Text)
				}
			}
		})
	}
}

func TestCapturedByAnArchive(t *testing.T) {
	in := floodPage("", `<!-- BEGIN WAYBACK TOOLBAR INSERT --><div id="wm-ipp-base">JAN FEB Mar 20 2017 2018 2019 About this capture</div><!-- END WAYBACK TOOLBAR INSERT -->`,
		"<!--\n FILE ARCHIVED ON 09:31:02 Feb 21, 2018 AND RETRIEVED FROM THE\n INTERNET ARCHIVE ON 10:00:00 Mar 1, 2024.\n-->")
	d := extractOK(t, []byte(in), Hint{})
	if got := d.Captured.Date.String(); got != "2018-02-21T09:31:02Z" || !d.Published.Date.IsZero() || strings.Contains(d.Text, "About this capture") {
		t.Errorf("captured %q, published %v, text %q", got, d.Published, d.Text)
	}
}

func TestEncodingsOfPages(t *testing.T) {
	russian := strings.Repeat("Водоканал сообщил во вторник, что вода залила тридцать один дом. Пожарные говорят о семи раненых. ", 3)
	japanese1 := strings.Repeat("水道局は火曜日、三十一軒の家が浸水したと発表した。消防によると七人がけがをした。", 3)
	chinese := strings.Repeat("水务局周二表示，三十一所房屋被淹。消防员说七人受伤，两座桥被冲走。", 3)
	for _, c := range []struct {
		name, text string
		enc        encoding.Encoding
		stated     string
	}{
		{"windows-1251", russian, charmap.Windows1251, ""}, {"windows-1251 stated", russian, charmap.Windows1251, "windows-1251"},
		{"koi8-r", russian, charmap.KOI8R, ""}, {"koi8-r stated", russian, charmap.KOI8R, "koi8-r"},
		{"shift_jis", japanese1, japanese.ShiftJIS, ""}, {"shift_jis stated", japanese1, japanese.ShiftJIS, "shift_jis"}, {"euc-jp stated", japanese1, japanese.EUCJP, "euc-jp"},
		{"gb18030", chinese, simplifiedchinese.GB18030, ""}, {"gb18030 stated", chinese, simplifiedchinese.GB18030, "gb18030"},
		{"utf-16 without mark", strings.Join(flood, " "), unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			meta := ""
			if c.stated != "" {
				meta = "<meta charset=" + c.stated + ">"
			}
			page, err := c.enc.NewEncoder().String("<!doctype html><html><head>" + meta + "<title>x</title></head><body><article><p>" + c.text + "</p><p>" + c.text + "</p></article></body></html>")
			if err != nil {
				t.Fatal(err)
			}
			if d := extractOK(t, []byte(page), Hint{}); !strings.Contains(d.Text, strings.TrimSpace(c.text)) {
				t.Errorf("%s: %q, warnings %v", d.Encoding.Name, d.Text, d.Warnings)
			}
		})
	}
	if d := extractOK(t, []byte(strings.Join(flood, "\r\r")), Hint{}); len(d.Paragraphs) != len(flood) {
		t.Errorf("line ends of old Macs: %d paragraphs, want %d", len(d.Paragraphs), len(flood))
	}
}

func TestSubtitleForms(t *testing.T) {
	want := []Cue{{From: time.Second, To: 4 * time.Second}, {From: 5 * time.Second, To: 8 * time.Second}}
	for _, c := range []struct{ name, in string }{
		{"SubRip", "1\n00:00:01,000 --> 00:00:04,000\nWater rose.\n\n2\n00:00:05,000 --> 00:00:08,000\nThe dam broke.\n"},
		{"blank line within", "1\n00:00:01,000 --> 00:00:04,000\nWater\n\nrose.\n\n2\n00:00:05,000 --> 00:00:08,000\nThe dam\n\n\nbroke.\n"},
		{"no fraction", "1\n00:00:01 --> 00:00:04\nWater rose.\n\n2\n00:00:05 --> 00:00:08\nThe dam broke.\n"},
		{"odd arrows", "1\n00:00:01.000 → 00:00:04.000\nWater rose.\n\n2\n00:00:05,000 -> 00:00:08,000\nThe dam broke.\n"},
		{"frames behind a colon", "1\n00:00:01:000 --> 00:00:04:000\nWater rose.\n\n2\n00:00:05:000 --> 00:00:08:000\nThe dam broke.\n"},
		{"old Mac", "1\r00:00:01,000 --> 00:00:04,000\rWater rose.\r\r2\r00:00:05,000 --> 00:00:08,000\rThe dam broke.\r"},
		{"credit first", "made by a friend\n\n1\n00:00:01,000 --> 00:00:04,000\nWater rose.\n\n2\n00:00:05,000 --> 00:00:08,000\nThe dam broke.\n"},
		{"SBV", "0:00:01.000,0:00:04.000\nWater rose.\n\n0:00:05.000,0:00:08.000\nThe dam broke.\n"},
		{"TTML", `<?xml version="1.0"?><tt xmlns="http://www.w3.org/ns/ttml"><body><div><p begin="00:00:01.000" end="00:00:04.000">Water<br/>rose.</p><p begin="5s" dur="3s"><span>The dam</span> broke.</p></div></body></tt>`},
		{"TTML in frames", `<tt:tt xmlns:tt="http://www.w3.org/ns/ttml" ttp:frameRate="25" xmlns:ttp="p"><tt:body begin="1s"><tt:div><tt:p begin="0s" end="75f">Water rose.</tt:p><tt:p begin="00:00:04:00" end="00:00:07:00">The dam broke.</tt:p></tt:div></tt:body></tt:tt>`},
		{"ASS", "[Script Info]\nTitle: x\n\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\nDialogue: 0,0:00:01.00,0:00:04.00,Default,,0,0,0,,{\\i1}Water\\Nrose.\nComment: 0,0:00:02.00,0:00:03.00,Default,,0,0,0,,not shown\nDialogue: 0,0:00:05.00,0:00:08.00,Default,,0,0,0,,The dam broke.\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := extractOK(t, []byte(c.in), Hint{})
			words := strings.Join(strings.Fields(d.Text), " ")
			if d.Kind != Subtitles || !strings.HasSuffix(words, "Water rose. The dam broke.") || len(d.Cues) != 2 {
				t.Fatalf("%s: %q with cues %+v", d.Kind, d.Text, d.Cues)
			}
			for i, w := range want {
				if d.Cues[i].From != w.From || d.Cues[i].To != w.To {
					t.Errorf("cue %d from %v to %v, want %v to %v", i, d.Cues[i].From, d.Cues[i].To, w.From, w.To)
				}
			}
		})
	}
	if d := extractOK(t, []byte("1\n-00:00:01,000 --> 00:00:02,000\nWater rose.\n"), Hint{}); len(d.Cues) != 1 || d.Cues[0].From != 0 || d.Text != "Water rose." {
		t.Errorf("a time below zero: %q, %+v", d.Text, d.Cues)
	}
}

func TestWACZ(t *testing.T) {
	page := func(n string) []byte {
		return []byte(strings.ReplaceAll(floodPage("", "", ""), "Dam above village", n))
	}
	warc := warcRecord("response", "https://bote.example/other", answer("", page("Another page"))) + warcRecord("response", "https://bote.example/dam", answer("", page("The main page")))
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range []struct{ name, content string }{
		{"archive/data.warc.gz", string(gz(t, []byte(warc)))}, {"datapackage.json", `{"mainPageUrl":"https://bote.example/dam"}`}, {"pages/pages.jsonl", `{"format":"json-pages-1.0"}` + "\n"},
	} {
		w, err := z.Create(f.name)
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(f.content))
	}
	z.Close()
	d := extractOK(t, b.Bytes(), Hint{})
	if !strings.HasPrefix(d.Text, "The main page") || !d.Warned("more-pages") || d.URL != "https://bote.example/dam" || !strings.HasPrefix(d.Extractor.Parameters, "wacz ") {
		t.Errorf("%+v %q", d, d.Text)
	}
}

func TestMail(t *testing.T) {
	parts := "From: Press office <press@board.example>\r\nDate: Tue, 20 Feb 2018 10:00:00 +0100\r\nSubject: =?utf-8?q?Dam_=C3=BCber_Dorf?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=M\r\n\r\n" +
		"--M\r\nContent-Type: multipart/alternative; boundary=A\r\n\r\n--A\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + flood[0] + "\r\n--A\r\nContent-Type: text/html\r\n\r\n<p>" + flood[0] + "</p><p>" + flood[1] + "</p>\r\n--A--\r\n" +
		"--M\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment\r\n\r\nx\r\n--M--\r\n"
	d := extractOK(t, []byte(parts), Hint{Name: "a.eml"})
	if strings.Count(d.Text, flood[0]) != 1 || d.Published.Date.String() != "2018-02-20T10:00:00+01:00" || d.Published.Basis != FromMail || d.Title != "Dam über Dorf" || d.Outlet != "Press office" || !d.Warned("attachments") || strings.Contains(d.Text, "Content-Type") {
		t.Errorf("%+v %q", d, d.Text)
	}
	plain := "From: a@b.example\nDate: Tue, 20 Feb 2018 10:00:00 +0100\nSubject: Dam\n\n" + flood[0] + "\n"
	if d := extractOK(t, []byte(plain), Hint{}); strings.TrimSpace(d.Text) != flood[0] || d.Title != "Dam" {
		t.Errorf("without parts: %+v %q", d, d.Text)
	}
}

func FuzzTidyJSON(f *testing.F) {
	f.Add(`{"a":[1,2,],}`)
	f.Add("//<![CDATA[\n{\"a\":\"x\ny\"};//]]>")
	f.Fuzz(func(t *testing.T, s string) {
		if len(tidyJSON(s)) > 2*len(s)+2 {
			t.Errorf("tidyJSON(%q) grows to %d bytes", s, len(tidyJSON(s)))
		}
		lenientJSON(s)
	})
}

func FuzzTTML(f *testing.F) {
	f.Add(`<tt><p begin="1s" end="2s">a<br/>b</p></tt>`)
	f.Fuzz(func(t *testing.T, s string) {
		d, err := extractTTML(s)
		for _, c := range d.Cues {
			if err == nil && (c.Start > c.End || c.End > len(d.Text) || c.From > c.To) {
				t.Errorf("cue %+v in %d bytes", c, len(d.Text))
			}
		}
	})
}

func FuzzDechunk(f *testing.F) {
	f.Add([]byte("5\r\nhello\r\n0\r\n\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if out := dechunk(b); len(out) > len(b) {
			t.Errorf("%d bytes of %d", len(out), len(b))
		}
	})
}
