package eval

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"beleg/document"
)

// A PageShape is a way in which sites build the page of a story: where the dates stand, and what stands around it. The marks are
// those of schema.org, Open Graph, microdata, microformats, AMP and plain lines, as their documents show them; all words are ours.
type PageShape struct {
	Name string
	Lang string
	HTML string
	Date string // that it was published, as EDTF begins; "" when the page does not say
	Text []string
}

// A PageScore is what Beleg read of one of them.
type PageScore struct {
	Shape   PageShape
	Date    string
	DateOK  bool
	Words   float64 // share of the story's words that are in the text
	Foreign float64 // share of the text's words that are not the story's
}

// pageWords are the words of one language.
type pageWords struct {
	title, other, updated, published, by, read, rights, comment, consent, share string
	story                                                                       []string
	day, later, foot                                                            string // 20 February 2018, an update, a year in the foot
}

var pageLangs = map[string]pageWords{
	"en": {
		title: "Dam above the village gives way", other: "Fair opens with a parade", updated: "Updated", published: "Published", by: "By Ann Example", read: "Read also", rights: "All rights reserved",
		comment: "I have seen that dam leak for years and nobody cared.", consent: "We and our partners use cookies and ask for your consent to process personal data. You can change your choice at any time. Our partners process data such as your address and what you look at.",
		share: "Share this story with friends", day: "20 February 2018", later: "5 May 2020", foot: "1 January 2024",
		story: []string{
			"The water board said on Tuesday that 31 houses were flooded when a dam above the village gave way in the night.",
			"Firefighters reported that at least seven residents were injured and that two bridges had been washed away by the water.",
			"The regional governor denied that warnings had come too late, and promised an inquiry by an outside body within a month.",
			"Villagers told a local station that the siren had sounded only after the water already stood in the main street.",
			"Engineers had asked for repairs three times since 2011, according to letters that this newspaper has seen.",
		},
	},
	"de": {
		title: "Damm über dem Dorf gebrochen", other: "Kirmes beginnt mit Umzug", updated: "Aktualisiert", published: "Veröffentlicht", by: "Von Anna Beispiel", read: "Lesen Sie auch", rights: "Alle Rechte vorbehalten",
		comment: "Der Damm war seit Jahren undicht und keinen hat es gekümmert.", consent: "Wir und unsere Partner verwenden Cookies und bitten um Ihre Einwilligung, personenbezogene Daten zu verarbeiten. Sie können Ihre Zustimmung jederzeit ändern. Unsere Partner verarbeiten Daten wie Ihre Adresse.",
		share: "Teilen Sie diesen Beitrag mit Freunden", day: "20. Februar 2018", later: "5. Mai 2020", foot: "1. Januar 2024",
		story: []string{
			"Der Wasserverband teilte am Dienstag mit, dass 31 Häuser überflutet wurden, als in der Nacht ein Damm über dem Dorf brach.",
			"Die Feuerwehr berichtete von mindestens sieben Verletzten und davon, dass zwei Brücken vom Wasser fortgerissen worden seien.",
			"Die Landrätin wies zurück, dass die Warnungen zu spät gekommen seien, und sagte eine Untersuchung durch Fachleute von außen zu.",
			"Bewohner erzählten einem örtlichen Sender, die Sirene habe erst geheult, als das Wasser schon in der Hauptstraße stand.",
			"Ingenieure hatten seit 2011 drei Mal um Reparaturen gebeten, wie aus Briefen hervorgeht, die dieser Zeitung vorliegen.",
		},
	},
}

const (
	pageISO   = "2018-02-20T09:30:00+01:00"
	pageLater = "2020-05-05T18:00:00+02:00"
	pageDay   = "2018-02-20"
)

// PageShapes are the shapes, each in English and German.
func PageShapes() []PageShape {
	var list []PageShape
	for _, lang := range []string{"en", "de"} {
		w := pageLangs[lang]
		list = append(list, shapesOf(lang, w)...)
	}
	return list
}

func shapesOf(lang string, w pageWords) []PageShape {
	ps := "<p>" + strings.Join(w.story, "</p>\n<p>") + "</p>"
	ld := func(s string) string { return `<script type="application/ld+json">` + s + "</script>" }
	article := fmt.Sprintf(`{"@context":"https://schema.org","@type":"NewsArticle","headline":%q,"datePublished":%q,"dateModified":%q,"publisher":{"@type":"Organization","name":"Bote"}}`, w.title, pageISO, pageLater)
	nav := `<header class="site-header"><nav><ul><li><a href="/">Home</a></li><li><a href="/a">Region</a></li><li><a href="/b">Sport</a></li></ul></nav></header>`
	foot := fmt.Sprintf(`<footer><p>© 2024 Bote, %s. %s.</p></footer>`, w.foot, w.rights)
	teaser := fmt.Sprintf(`<aside class="related"><h3>%s</h3><a href="/fair"><h4>%s</h4><time datetime="2011-01-01">1.1.2011</time></a></aside>`, w.read, w.other)
	page := func(head, body string) string {
		return fmt.Sprintf(`<!DOCTYPE html><html lang="%s"><head><meta charset="utf-8"><title>%s | Bote</title>%s</head><body>%s%s%s</body></html>`, lang, w.title, head, nav, body, foot)
	}
	main := func(before, after string) string {
		return "<main><article><h1>" + w.title + "</h1>" + before + ps + after + "</article></main>"
	}
	shape := func(name, date, html string) PageShape {
		return PageShape{Name: name, Lang: lang, HTML: html, Date: date, Text: w.story}
	}
	return []PageShape{
		shape("news site, JSON-LD and teasers", pageDay, page(ld(article), main("<p class=byline>"+w.by+"</p>", "")+teaser)),
		shape("JSON-LD graph of a blog system", pageDay, page(ld(`{"@context":"https://schema.org","@graph":[{"@type":"WebSite","name":"Bote"},{"@type":"WebPage","datePublished":"2018-02-20T08:30:00+00:00","dateModified":"`+pageLater+`"},`+article+`]}`), main("", "")+teaser)),
		shape("JSON-LD with other stories first", pageDay, page(ld(`[{"@type":"NewsArticle","headline":"`+w.other+`","url":"https://bote.example/fair","datePublished":"2011-01-01"},`+article+`]`)+`<link rel="canonical" href="https://bote.example/dam">`, main("", ""))),
		shape("JSON-LD with faults", pageDay, page(ld("<!--\n"+strings.Replace(article[:len(article)-1]+",}", w.title, strings.Replace(w.title, " ", "\n", 1), 1)+";\n-->"), main("", ""))),
		shape("Open Graph", pageDay, page(`<meta property="og:title" content="`+w.title+`"><meta property="article:published_time" content="`+pageISO+`"><meta property="article:modified_time" content="`+pageLater+`">`, main("", "")+teaser)),
		shape("microdata", pageDay, page("", `<main itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">`+w.title+`</h1><time itemprop="dateModified" datetime="`+pageLater+`">`+w.later+`</time><time itemprop="datePublished" datetime="`+pageISO+`">`+w.day+`</time><div itemprop="articleBody">`+ps+`</div></main>`)),
		shape("microformats", pageDay, page("", `<main><article class="h-entry"><h1 class="p-name">`+w.title+`</h1><time class="dt-updated" datetime="`+pageLater+`">`+w.later+`</time> <time class="dt-published" datetime="`+pageISO+`">`+w.day+`</time><div class="e-content">`+ps+`</div></article></main>`)),
		shape("AMP", pageDay, strings.Replace(page(ld(article)+`<style amp-boilerplate>body{}</style><script async src="https://cdn.example/v0.js"></script>`, main(`<amp-img src="a.jpg" width="9" height="9"></amp-img>`, `<amp-social-share type="x"></amp-social-share>`)), "<html ", "<html amp ", 1)),
		shape("update before publication", pageDay, page("", main(`<p>`+w.updated+` <time datetime="`+pageLater+`">`+w.later+`</time></p><p>`+w.published+` <time datetime="`+pageISO+`">`+w.day+`</time></p>`, ""))),
		shape("plain byline", pageDay, page("", main("<p>"+w.by+", "+w.day+"</p>", ""))),
		shape("plain byline with an update", pageDay, page("", main("<p>"+w.updated+": "+w.later+" | "+w.published+": "+w.day+"</p>", ""))),
		shape("agency, date at the end", pageDay, page("", main("", "<p>(Agency, "+w.day+")</p>"))),
		shape("ministry", pageDay, page(`<meta name="DC.date.issued" content="`+pageDay+`">`, `<div id="content"><div class="breadcrumb"><a href="/">Home</a> &gt; <a href="/p">Press</a></div><h1>`+w.title+`</h1><div class="text">`+ps+`</div></div>`)),
		shape("ministry, tables for layout", pageDay, page("", `<table><tr><td><a href="/">Home</a><br><a href="/b">Press</a></td><td><h1>`+w.title+`</h1><p>`+w.day+`</p>`+ps+`</td></tr></table>`)),
		shape("NGO, date in the address", pageDay, page(`<link rel="canonical" href="https://ngo.example/2018/02/20/dam">`, `<div class="post"><h1>`+w.title+`</h1><div class="entry-content">`+ps+`</div><div class="share">`+w.share+`</div></div>`)),
		shape("comments below", pageDay, page(ld(article), main("", "")+`<section id="comments"><h2>Comments</h2><div class="comment"><p>`+w.comment+`</p><time datetime="`+pageLater+`">x</time></div></section>`)),
		shape("consent before the story", pageDay, page(ld(article), `<div id="onetrust-consent-sdk"><p>`+w.consent+`</p><p>`+w.consent+`</p><p>`+w.consent+`</p></div>`+main("", ""))),
		shape("archive toolbar", pageDay, page(ld(article), `<!-- BEGIN WAYBACK TOOLBAR INSERT --><div id="wm-ipp-base">JAN FEB MAR 20 2017 2018 2019</div><!-- END WAYBACK TOOLBAR INSERT -->`+main("", ""))),
		shape("shadow root", pageDay, page(ld(article), `<bote-story><template shadowrootmode="open"><article><h1>`+w.title+`</h1>`+ps+`</article></template></bote-story>`)),
		shape("post of a channel", pageDay, `<!DOCTYPE html><html><head><title>Channel</title></head><body><div class="tgme_widget_message"><div class="tgme_widget_message_text">`+strings.Join(w.story, "<br><br>")+`</div><time datetime="`+pageISO+`">09:30</time></div></body></html>`),
		shape("no date at all", "", page("", main("<p>"+w.by+"</p>", ""))),
	}
}

// ScorePages reads each shape.
func ScorePages(ctx context.Context) ([]PageScore, error) {
	var list []PageScore
	for _, s := range PageShapes() {
		d, err := document.Extract(ctx, []byte(s.HTML), document.Hint{Name: "page.html", Received: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			return nil, fmt.Errorf("read %s (%s): %w", s.Name, s.Lang, err)
		}
		date := d.Published.Date.String()
		score := PageScore{Shape: s, Date: date, DateOK: s.Date == "" && date == "" || s.Date != "" && strings.HasPrefix(date, s.Date)}
		want, title := bag(strings.Join(s.Text, " ")), bag(pageLangs[s.Lang].title)
		have, total, found := bag(d.Text), 0, 0
		for word, n := range want {
			total += n
			found += min(n, have[word])
		}
		all, foreign := 0, 0
		for word, n := range have {
			all += n
			foreign += max(0, n-want[word]-title[word])
		}
		score.Words = float64(found) / float64(max(total, 1))
		score.Foreign = float64(foreign) / float64(max(all, 1))
		list = append(list, score)
	}
	return list, nil
}

func bag(text string) map[string]int {
	words := map[string]int{}
	for w := range strings.FieldsSeq(text) {
		words[w]++
	}
	return words
}

// WritePages prints the table of docs/evaluation/pages.md, and returns the three shares.
func WritePages(w io.Writer, list []PageScore) (dates, words, foreign float64) {
	fmt.Fprintf(w, "| shape | language | date | words | foreign |\n| --- | --- | --- | --- | --- |\n")
	for _, s := range list {
		date := s.Date
		if !s.DateOK {
			date += " (want " + s.Shape.Date + ")"
		} else {
			dates++
		}
		words += s.Words
		foreign += s.Foreign
		fmt.Fprintf(w, "| %s | %s | %s | %.3f | %.3f |\n", s.Shape.Name, s.Shape.Lang, date, s.Words, s.Foreign)
	}
	n := float64(max(len(list), 1))
	dates, words, foreign = dates/n, words/n, foreign/n
	fmt.Fprintf(w, "\n%d shapes: date of publication right %.3f, words of the story %.3f, foreign words %.3f.\n", len(list), dates, words, foreign)
	return dates, words, foreign
}
