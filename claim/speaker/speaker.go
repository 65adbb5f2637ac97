package speaker

import (
	"slices"
	"strings"
	"unicode"
)

// ID makes the id of a source out of its name in a text. Forms of one name have one id: without case, article and
// the endings of German cases ("das syrische Staatsfernsehen", "dem syrischen Staatsfernsehen"), and with the common
// names of institutions in English ("die Beobachtungsstelle", "the observer group"). A pronoun is no name: its id is "",
// as that of the author. ID of an id is that id.
func ID(name string) string {
	parts, genitive := unarticled(nameParts(name))
	if len(parts) == 0 || len(parts) == 1 && slices.Contains(pronouns, parts[0]) {
		return ""
	}
	for i, w := range parts {
		parts[i] = uninflected(w)
	}
	if genitive {
		parts[len(parts)-1] = ungenitive(parts[len(parts)-1])
	}
	return strings.Join(inEnglish(parts), "-")
}

// split cuts words at all that is no letter and no digit.
func split(words string) []string {
	return strings.FieldsFunc(strings.ToLower(words), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// ungenitives takes the English genitive off the words of a name.
var ungenitives = strings.NewReplacer("’s ", " ", "'s ", " ", "’s-", "-", "'s-", "-")

// nameParts are the words of a name, without the English genitive ("Syria's army").
func nameParts(name string) []string { return split(ungenitives.Replace(name + " ")) }

var (
	articles = []string{"der", "die", "das", "dem", "den", "des", "the", "a", "an", "ein", "eine", "einer", "eines", "einem", "einen", "vom", "beim", "dieser", "diese", "dieses", "diesem"}
	pronouns = []string{"er", "sie", "es", "ihm", "ihr", "ihnen", "man", "wir", "ich", "uns", "mir", "der", "die", "das", "dem", "den", "dieser", "diese", "dieses", "jener", "jene", "welcher", "wer", "beide", "beiden", "letzterer", "letztere",
		"he", "she", "it", "they", "them", "him", "her", "we", "us", "i", "you", "who", "which", "that", "this", "these", "those", "both", "one", "someone", "somebody", "others"}
)

// unarticled drops a leading article; genitive reports one that asks for a genitive.
func unarticled(parts []string) (rest []string, genitive bool) {
	if len(parts) < 2 || !slices.Contains(articles, parts[0]) {
		return parts, false
	}
	return parts[1:], slices.Contains([]string{"des", "eines", "dieses"}, parts[0])
}

// adjectives are the endings of stems that take endings of cases; before others an ending is part of the word.
var adjectives = []string{"isch", "lich", "rot", "vereint", "staatsnah", "unabhängig", "örtlich", "freiwillig", "international", "national", "regional", "lokal", "humanitär", "militärisch", "deutsch", "neu", "oberst"}

// uninflected drops the ending of an adjective ("syrischen"), of a dative plural ("helfern") and of the genitive of a
// few kinds of noun ("ministeriums", "russlands").
func uninflected(w string) string {
	for _, end := range []string{"en", "er", "es", "em", "e"} {
		stem, ok := strings.CutSuffix(w, end)
		if ok && slices.ContainsFunc(adjectives, func(a string) bool { return strings.HasSuffix(stem, a) }) {
			return stem
		}
	}
	switch {
	case strings.HasSuffix(w, "iums"), strings.HasSuffix(w, "lands"), strings.HasSuffix(w, "fernsehens"), strings.HasSuffix(w, "sprechers"), strings.HasSuffix(w, "militärs"):
		return w[:len(w)-1]
	case strings.HasSuffix(w, "helfern"), strings.HasSuffix(w, "sprechern"), strings.HasSuffix(w, "bewohnern"), strings.HasSuffix(w, "beobachtern"), strings.HasSuffix(w, "vertretern"), strings.HasSuffix(w, "ärzten"):
		return w[:len(w)-1]
	}
	return w
}

// ungenitive drops the ending of a noun behind "des".
func ungenitive(w string) string {
	if strings.HasSuffix(w, "ss") || !strings.HasSuffix(w, "s") || len(w) < 5 {
		return w
	}
	return w[:len(w)-1]
}

// institutions are names that reports in both languages use for the same kind of speaker, and other words for them. A
// name of several words stands before those that are part of it.
var institutions = []struct{ name, others string }{
	{"observatory", "observer-group monitoring-group monitor-group war-monitor beobachtungsstelle beobachtergruppe beobachtungsgruppe"},
	{"un", "united-nations vereint-nationen u-n uno"},
	{"state-television", "state-tv state-run-television staatsfernsehen staatlich-fernsehen staats-tv staatssender"},
	{"state-news-agency", "state-agency staatsagentur staatlich-nachrichtenagentur"},
	{"defence-ministry", "defense-ministry ministry-of-defence ministry-of-defense verteidigungsministerium"},
	{"foreign-ministry", "ministry-of-foreign-affairs außenministerium aussenministerium auswärtig-amt"},
	{"interior-ministry", "ministry-of-the-interior innenministerium"},
	{"health-ministry", "ministry-of-health gesundheitsministerium"},
	{"red-cross", "rot-kreuz"},
	{"red-crescent", "rot-halbmond"},
	{"army", "armee streitkräfte streitkräften armed-forces"},
	{"military", "militär"},
	{"government", "regierung"},
	{"police", "polizei"},
	{"rebels", "rebellen"},
	{"activists", "aktivisten"},
	{"aid-workers", "helfer hilfskräfte hilfskräften"},
	{"residents", "bewohner anwohner"},
	{"doctors", "ärzte"},
	{"syrian", "syrisch"}, {"russian", "russisch"}, {"ukrainian", "ukrainisch"}, {"israeli", "israelisch"}, {"turkish", "türkisch"}, {"iranian", "iranisch"}, {"iraqi", "irakisch"},
}

// A renaming is one line of institutions, cut into words.
type renaming struct{ from, to []string }

var renamings = cutInstitutions()

// cutInstitutions cuts the table once: ID is called for every claim of a text.
func cutInstitutions() (out []renaming) {
	for _, x := range institutions {
		for other := range strings.FieldsSeq(x.others) {
			out = append(out, renaming{strings.Split(other, "-"), strings.Split(x.name, "-")})
		}
	}
	return out
}

// inEnglish puts the common names of institutions in one language.
func inEnglish(parts []string) []string {
	for _, x := range renamings {
		for i := 0; i+len(x.from) <= len(parts); i++ {
			if slices.Equal(parts[i:i+len(x.from)], x.from) {
				parts = slices.Replace(slices.Clone(parts), i, i+len(x.from), x.to...)
			}
		}
	}
	return parts
}

// most is the number of ids that Short looks at: a case or a text names a few dozen.
const most = 2000

// Short says which of the ids of one case are short for another one of it: "observatory" where "syrian-observatory" is
// the only longer name with that end. What could be short for two is short for none.
func Short(ids []string) map[string]string {
	out := map[string]string{}
	if len(ids) > most {
		return out
	}
	for _, id := range ids {
		if long, ok := longer(id, ids); ok {
			out[id] = long
		}
	}
	return out
}

// longer is the longest name that id is short for; false when there is none, or when there are two that are not short for
// one another.
func longer(id string, ids []string) (long string, ok bool) {
	for _, other := range ids {
		if other == id || !shortens(id, other) {
			continue
		}
		if long != "" && long != other && !shortens(long, other) && !shortens(other, long) {
			return "", false
		}
		if len(other) > len(long) {
			long = other
		}
	}
	return long, long != ""
}

// shortens reports whether id is the end of another id, what stands behind its preposition aside:
// "observatory" of "syrian-observatory-for-human-rights".
func shortens(id, other string) bool {
	if id == "" || len(other) <= len(id) || !strings.Contains(other, id) {
		return false
	}
	parts := strings.Split(other, "-")
	if i := slices.IndexFunc(parts, func(w string) bool { return slices.Contains([]string{"for", "für", "in", "of", "von"}, w) }); i > 0 {
		parts = parts[:i]
	}
	end := strings.Join(parts, "-")
	return end == id || strings.HasSuffix(end, "-"+id)
}
