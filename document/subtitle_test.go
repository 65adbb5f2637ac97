package document

import (
	"strings"
	"testing"
	"time"
)

const srt = "\ufeff1\r\n00:00:01,000 --> 00:00:03,500\r\n<i>Die Behörden sperrten</i>\r\nam Mittwoch\r\n\r\n" +
	"2\r\n00:00:03,600 --> 00:00:05,000 X1:10 X2:20\r\n{\\an8}die alte Brücke.\r\n\r\n" +
	"3\r\n00:00:09,000 --> 00:00:11,000\r\nDie Prüfung dauert an.\r\n\r\n" +
	"4\r\n00:00:11,100 --> 00:00:12,000\r\n- Wer sagt das?\r\n- Das Amt.\r\n"

const vtt = `WEBVTT Kind: captions
Language: en

STYLE
::cue { color: white }

NOTE
This is no cue:
nothing of it may show

intro
00:01.000 --> 00:03.000 align:start
<v Mayor Jane Roe>The bridge is <b>closed</b> &amp; guarded

00:03.000 --> 00:05.000
<v Mayor Jane Roe>for <00:04.000><c>three</c> weeks.

1:00:05.000 --> 1:00:06.000
<v Reporter>Why now?
`

const rolling = `WEBVTT

00:00:01.000 --> 00:00:03.000
the first line

00:00:03.000 --> 00:00:05.000
the first line
and the second

00:00:05.000 --> 00:00:05.010
and the second

00:00:05.010 --> 00:00:07.000
and the second
ends here.
`

func TestSubtitles(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     []string
		cues     []string
	}{
		{"srt", srt,
			[]string{"Die Behörden sperrten am Mittwoch die alte Brücke.", "Die Prüfung dauert an.", "- Wer sagt das?\n- Das Amt."},
			[]string{"1s 3.5s Die Behörden sperrten am Mittwoch", "3.6s 5s die alte Brücke.", "9s 11s Die Prüfung dauert an.", "11.1s 12s - Wer sagt das?\n- Das Amt."}},
		{"vtt", vtt,
			[]string{"The bridge is closed & guarded for three weeks.", "Why now?"},
			[]string{"1s 3s The bridge is closed & guarded", "3s 5s for three weeks.", "1h0m5s 1h0m6s Why now?"}},
		{"rolling captions", rolling,
			[]string{"the first line and the second ends here."},
			[]string{"1s 3s the first line", "3s 5.01s and the second", "5.01s 7s ends here."}},
		{"no blank lines", "1\n00:00:01,000 --> 00:00:02,000\neins\n2\n00:00:02,000 --> 00:00:03,000\nzwei.\n",
			[]string{"eins zwei."}, []string{"1s 2s eins", "2s 3s zwei."}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := extractOK(t, []byte(c.in), Hint{})
			if d.Kind != Subtitles {
				t.Fatalf("kind = %s", d.Kind)
			}
			checkParagraphs(t, d, c.want)
			var got []string
			for _, q := range d.Cues {
				got = append(got, q.From.String()+" "+q.To.String()+" "+d.Text[q.Start:q.End])
			}
			if g, w := strings.Join(got, "\n¶\n"), strings.Join(c.cues, "\n¶\n"); g != w {
				t.Errorf("cues are\n%s\nwant\n%s", g, w)
			}
			if len(d.Warnings) > 0 && c.name != "no blank lines" {
				t.Errorf("warnings %v", d.Warnings)
			}
		})
	}
}

func TestTimeOfASpan(t *testing.T) {
	d := extractOK(t, []byte(srt), Hint{})
	sentence := strings.Index(d.Text, "am Mittwoch")
	from, to, ok := d.At(sentence, sentence+len("am Mittwoch die alte"))
	if !ok || from != time.Second || to != 5*time.Second {
		t.Errorf("At = %v, %v, %t; want 1s to 5s", from, to, ok)
	}
	if _, _, ok := d.At(len(d.Text), len(d.Text)+1); ok {
		t.Error("a span outside the text has a time")
	}
	v := extractOK(t, []byte(vtt), Hint{})
	if v.Cues[0].Voice != "Mayor Jane Roe" || v.Cues[2].Voice != "Reporter" {
		t.Errorf("voices of %+v", v.Cues)
	}
}

func TestBadSubtitles(t *testing.T) {
	for _, c := range []struct{ name, in, code, text string }{
		{"broken time", "1\n00:00:01,000 --> 00:00:02,000\neins\n\n2\n00:00:0x,000 --> 00:00:03,000\nzwei\n", "cue-broken", "eins\n\nzwei"},
		{"backwards", "1\n00:00:05,000 --> 00:00:06,000\neins\n\n2\n00:00:01,000 --> 00:00:02,000\nzwei\n", "cue-order", "eins zwei"},
		{"end before start", "1\n00:00:05,000 --> 00:00:04,000\neins\n", "", "eins"},
		{"no cues", "WEBVTT\n\nNOTE nothing here\n", "empty", ""},
		{"huge time", "1\n99999999999999999999:00:05,000 --> 99999999999999999999:00:06,000\neins\n", "", "eins"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := extractOK(t, []byte(c.in), Hint{})
			if c.code != "" && !d.Warned(c.code) || d.Text != c.text || d.Kind != Subtitles {
				t.Errorf("text %q, warnings %v", d.Text, d.Warnings)
			}
		})
	}
}
