package claim

import (
	"bufio"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"beleg/claim/lexicon"
)

// A class is a set of word classes and verb forms, one bit each.
type class uint64

const (
	cDet class = 1 << iota
	cArticle
	cDative
	cGenitive
	cPron
	cThird // third person pronoun
	cObject
	cDemonstrative
	cPrep
	cConj
	cContrast
	cSub
	cThat
	cRel
	cAsk
	cPurpose
	cAdverb
	cMonth
	cWeekday
	cOrdinalNoun
	cOrdinalLead
	cPrefix
	cAbbrev
	cName
	cFirst
	cNegator
	cHearsay
	cPassive
	cModal
	cFuture
	cStative
	cAddressee
	cReport
	cUtterance
	cHedgedNoun
	cFindingNoun
	cChannel
	cOutlet
	cMedia
	cPerson
	cOrg
	cEvent
	cAnaphora
	cHedge
	cBe
	cHave
	cVague
	cDenialNoun
	// Verb forms. A word may be several: "meldeten" is past and Konjunktiv II.
	vPres
	vPast
	vPlural
	vK1 // Konjunktiv I that no indicative of the third person looks like
	vK2
	vInf
	vPart
	vZu  // infinitive with zu inside: mitzuteilen
	vIng // English -ing
	vGuess
	vBase // English base form
	vSein
	cSourceWord // opens a particle: laut, according
	cPartial    // says that a figure is a part or comes on top: darunter, weitere
	cParticle   // closes a verb bracket: "nahm ... fest"
)

const vFinite = vPres | vPast | vK1 | vK2

var classNames = map[string]class{
	"det": cDet, "article": cArticle, "dative": cDative, "genitive": cGenitive, "pron": cPron, "third": cThird, "object": cObject, "demonstrative": cDemonstrative,
	"prep": cPrep, "conj": cConj, "contrast": cContrast, "sub": cSub, "that": cThat, "rel": cRel, "ask": cAsk, "purpose": cPurpose, "adverb": cAdverb, "month": cMonth,
	"weekday": cWeekday, "ordinalnoun": cOrdinalNoun, "ordinallead": cOrdinalLead, "prefix": cPrefix, "particle": cParticle, "partial": cPartial, "abbrev": cAbbrev, "name": cName, "first": cFirst,
	"negator": cNegator, "hearsay": cHearsay, "passive": cPassive, "modal": cModal, "future": cFuture, "stative": cStative, "addressee": cAddressee,
	"report": cReport, "utterance": cUtterance, "hedgednoun": cHedgedNoun, "findingnoun": cFindingNoun, "channel": cChannel, "outlet": cOutlet, "media": cMedia, "person": cPerson,
	"org": cOrg, "event": cEvent, "anaphora": cAnaphora, "be": cBe, "have": cHave, "vague": cVague, "denialnoun": cDenialNoun, "pastaux": 0, "inseparable": 0, "ignorance": 0, "kicker": 0, "nothing": 0,
}

// slot says what may follow a reporting verb; the letters are explained in speech.txt.
type slot uint16

const (
	sClause slot = 1 << iota
	sZu
	sNoun
	sDative
	sPrep
	sPredicate
	sWeak
	sHedge
	sQuote
	sTell
	sIng
	sUttered
	sRejects
	sAccuses
)

var slotNames = map[string]slot{"c": sClause, "z": sZu, "n": sNoun, "d": sDative, "a": sPredicate, "w": sWeak, "h": sHedge, "q": sQuote, "t": sTell, "g": sIng, "e": sUttered, "r": sRejects, "b": sAccuses}

// A cue is one reporting verb with its slots.
type cue struct {
	name   string // as in speech.txt
	verb   string // infinitive without prefix
	prefix string // separable prefix, or ""
	need   string // word that must stand in the clause, or ""
	after  string // English particle that must follow, or ""
	kind   string
	slots  slot
	preps  []string // prepositions that open the content
}

// A cueForm is a cue as one of its verb's forms.
type cueForm struct {
	*cue
	form class
	sep  bool // the prefix stands apart
}

// An entry is all that the lexicon knows of one lower-case word.
type entry struct {
	class class
	cues  []cueForm
}

// A language is one folder of the lexicon, loaded.
type language struct {
	name       string
	v2         bool // verb second, as in German
	capital    bool // nouns are capitalised
	words      map[string]*entry
	prefixes   []string
	insep      []string
	ignorance  map[string]bool // forms of to know
	kickers    map[string]bool // words in front of a headline that name nobody
	nothing    string
	hedgeNeeds map[string]string // hedges that need a word behind them: appear to
	particles  map[string]string // word -> place
	cues       []*cue
	parts      map[string][4]string // irregular verbs
}

var languages = sync.OnceValue(loadAll)

// Languages lists the languages that can be read, in order of their names.
func Languages() []string {
	var names []string
	dirs, _ := fs.ReadDir(lexicon.Files, ".")
	for _, d := range dirs {
		if d.IsDir() {
			names = append(names, d.Name())
		}
	}
	return names
}

func loadAll() map[string]*language {
	all := map[string]*language{}
	for _, name := range Languages() {
		l, err := load(lexicon.Files, name)
		if err != nil {
			panic("claim: embedded lexicon: " + err.Error()) // the files are part of the program
		}
		all[name] = l
	}
	return all
}

// load reads one language folder.
func load(files fs.FS, name string) (*language, error) {
	l := &language{name: name, words: map[string]*entry{}, ignorance: map[string]bool{}, kickers: map[string]bool{}, hedgeNeeds: map[string]string{}, particles: map[string]string{}, parts: map[string][4]string{}}
	for _, f := range []struct {
		file string
		read func(line string) error
	}{
		{"language.txt", l.setting}, {"words.txt", l.classLine}, {"noun.txt", l.classLine}, {"verbs.txt", l.verbLine()},
		{"speech.txt", l.speechLine}, {"particle.txt", l.particleLine}, {"hedge.txt", l.hedgeLine},
	} {
		if err := eachLine(files, name+"/"+f.file, f.read); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// eachLine calls read for every line that is no comment, example or blank.
func eachLine(files fs.FS, path string, read func(string) error) error {
	f, err := files.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for n := 1; s.Scan(); n++ {
		line := strings.TrimSpace(s.Text())
		if line == "" || strings.ContainsAny(line[:1], "#+-") {
			continue
		}
		if err := read(line); err != nil {
			return fmt.Errorf("%s:%d: %w", path, n, err)
		}
	}
	return s.Err()
}

func (l *language) setting(line string) error {
	switch line {
	case "order verb-second":
		l.v2 = true
	case "nouns capital":
		l.capital = true
	case "order subject-verb", "subjunctive reports":
	default:
		return fmt.Errorf("unknown setting %q", line)
	}
	return nil
}

func (l *language) classLine(line string) error {
	name, list, ok := strings.Cut(line, ":")
	c, known := classNames[name]
	if !ok || !known {
		return fmt.Errorf("unknown class in %q", line)
	}
	for _, w := range strings.Fields(list) {
		switch name {
		case "inseparable":
			l.insep = append(l.insep, w)
		case "ignorance":
			l.ignorance[w] = true
		case "kicker":
			l.kickers[w] = true
		case "nothing":
			l.nothing = w
		case "prefix":
			l.prefixes = append(l.prefixes, w)
		}
		l.add(w, c)
	}
	return nil
}

func (l *language) add(w string, c class) *entry {
	e := l.words[w]
	if e == nil {
		e = &entry{}
		l.words[w] = e
	}
	e.class |= c
	return e
}

func (l *language) verbLine() func(string) error {
	regular := false
	return func(line string) error {
		switch {
		case line == "irregular" || line == "regular":
			regular = line == "regular"
		case regular:
			for _, inf := range strings.Fields(line) {
				l.addVerb(inf)
			}
		default:
			f := strings.Fields(line)
			if len(f) < 4 {
				return fmt.Errorf("verb %q lacks forms", line)
			}
			p := [4]string{f[1], f[2], f[3]}
			if len(f) > 4 {
				p[3] = f[4]
			}
			l.parts[f[0]] = p
			l.addVerb(f[0])
		}
		return nil
	}
}

func (l *language) addVerb(inf string) {
	for _, f := range l.conjugate(inf) {
		l.add(f.text, f.class)
	}
}

// speechLine reads "infinitive kind slots...".
func (l *language) speechLine(line string) error {
	f := strings.Fields(line)
	if len(f) < 3 {
		return fmt.Errorf("cue %q lacks kind or slots", line)
	}
	c := &cue{name: f[0], kind: f[1]}
	for _, s := range f[2:] {
		if p, ok := strings.CutPrefix(s, "p:"); ok {
			c.preps, c.slots = append(c.preps, p), c.slots|sPrep
		} else if bit, ok := slotNames[s]; ok {
			c.slots |= bit
		} else {
			return fmt.Errorf("cue %q: unknown slot %q", f[0], s)
		}
	}
	l.spell(c)
	l.cues = append(l.cues, c)
	for _, f := range l.conjugate(c.verb) {
		l.cueForms(c, f)
	}
	return nil
}

// spell takes the name of a cue apart: prefix|verb, needed_verb, verb_(needed), verb_particle.
func (l *language) spell(c *cue) {
	words := strings.Split(strings.ToLower(c.name), "_")
	c.verb = words[0]
	if n := len(words); n > 1 {
		switch last := words[n-1]; {
		case strings.HasPrefix(last, "("):
			c.need = strings.Trim(last, "()")
		case l.v2:
			c.verb, c.need = last, words[n-2]
		default:
			c.after = last
		}
	}
	if p, v, ok := strings.Cut(c.verb, "|"); ok {
		c.prefix, c.verb = p, v
	}
}

func (l *language) cueForms(c *cue, f verbForm) {
	put := func(w string, class class, sep bool) {
		e := l.add(w, class)
		e.cues = append(e.cues, cueForm{c, class, sep})
	}
	if c.prefix == "" {
		put(f.text, f.class, false)
		return
	}
	put(f.text, f.class, true)
	if f.class == vInf {
		put(c.prefix+"zu"+f.text, vZu, false)
	}
	put(c.prefix+f.text, f.class, false)
}

func (l *language) particleLine(line string) error {
	w, place, ok := strings.Cut(line, " ")
	if !ok {
		return fmt.Errorf("particle %q lacks a place", line)
	}
	l.particles[w] = place
	first, _, _ := strings.Cut(w, "_")
	l.add(first, cSourceWord)
	return nil
}

func (l *language) hedgeLine(line string) error {
	w, need, _ := strings.Cut(line, "_")
	l.add(w, cHedge)
	if need != "" {
		l.hedgeNeeds[w] = need
	}
	return nil
}

// look returns what is known of a lower-case word, guessing prefixed verbs where the word is not
// listed. lower tells whether the word stood in lower case in the text.
func (l *language) look(w string, lower bool) (class, []cueForm) {
	if e := l.words[w]; e != nil {
		return e.class, e.cues
	}
	if !lower || len(w) < 5 {
		return 0, nil
	}
	if l.v2 {
		return l.guessGerman(w), nil
	}
	return guessEnglish(w), nil
}
