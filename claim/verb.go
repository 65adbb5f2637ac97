package claim

import "strings"

// A verbForm is one word form of a verb with the places it can fill.
type verbForm struct {
	text  string
	class class
}

// conjugate forms the verb from its principal parts, or from the infinitive alone when it is regular.
func (l *language) conjugate(inf string) []verbForm {
	if l.v2 {
		return l.conjugateGerman(inf)
	}
	return l.conjugateEnglish(inf)
}

// conjugateGerman forms third persons, participle and both Konjunktive. Konjunktiv I is stem + e
// (er gebe); its plural looks like the indicative and is left out, but for seien.
func (l *language) conjugateGerman(inf string) []verbForm {
	if inf == "sein" {
		return []verbForm{{"sein", vInf | vSein}, {"ist", vPres | vSein}, {"sind", vPres | vPlural | vSein}, {"war", vPast | vSein}, {"waren", vPast | vPlural | vSein}, {"gewesen", vPart},
			{"sei", vK1 | vSein}, {"seien", vK1 | vPlural | vSein}, {"wäre", vK2 | vSein}, {"wären", vK2 | vPlural | vSein}, {"bin", vPres}, {"seid", vPres}}
	}
	stem := strings.TrimSuffix(strings.TrimSuffix(inf, "n"), "e")
	soft := ""
	if softEnd(stem) {
		soft = "e"
	}
	pres, past, part, k2, weak := stem+soft+"t", stem+soft+"te", stem+soft+"t", "", true
	if p, pre, ok := l.principal(inf); ok {
		pres, past, part, k2, weak = pre+p[0], pre+p[1], participle(pre, p[2]), p[3], strings.HasSuffix(p[1], "te")
		if k2 != "" {
			k2 = pre + k2
		}
	} else if !l.unstressed(stem) && !strings.HasSuffix(inf, "ieren") {
		part = "ge" + part
	}
	plural := past + "en"
	if strings.HasSuffix(past, "e") {
		plural = past + "n"
	}
	forms := []verbForm{{inf, vInf | vPres | vPlural}, {pres, vPres}, {part, vPart}, {past, vPast}}
	switch {
	case k2 == "" && weak:
		return append(forms, verbForm{plural, vPast | vPlural | vK2}, verbForm{k1(inf, stem), vK1})
	case k2 == "":
		k2 = umlaut(past) + "e"
	}
	forms = append(forms, verbForm{k1(inf, stem), vK1})
	if k2+"n" == plural { // sollten, hielten; er hielte is clear
		if k2 != past {
			forms = append(forms, verbForm{k2, vK2})
		}
		return append(forms, verbForm{plural, vPast | vPlural | vK2})
	}
	return append(forms, verbForm{plural, vPast | vPlural}, verbForm{k2, vK2}, verbForm{k2 + "n", vK2 | vPlural})
}

func k1(inf, stem string) string {
	if strings.HasSuffix(inf, "eln") {
		return strings.TrimSuffix(stem, "el") + "le"
	}
	return stem + "e"
}

// principal finds the principal parts of inf, also behind an unstressed prefix (versprechen).
func (l *language) principal(inf string) ([4]string, string, bool) {
	if p, ok := l.parts[inf]; ok {
		return p, "", true
	}
	for _, pre := range l.insep {
		if rest, ok := strings.CutPrefix(inf, pre); ok {
			if p, ok := l.parts[rest]; ok {
				return p, pre, true
			}
		}
	}
	return [4]string{}, "", false
}

func participle(prefix, part string) string {
	if prefix == "" {
		return part
	}
	return prefix + strings.TrimPrefix(part, "ge")
}

func (l *language) unstressed(stem string) bool {
	for _, pre := range l.insep {
		if rest, ok := strings.CutPrefix(stem, pre); ok && len(rest) > 2 && strings.ContainsAny(rest, "aeiouäöü") && pre != "unter" && pre != "über" && pre != "um" && pre != "ge" {
			return true
		}
	}
	return strings.HasPrefix(stem, "über") || strings.HasPrefix(stem, "unter") || strings.HasPrefix(stem, "umzing") || strings.HasPrefix(stem, "prophezei") || strings.HasPrefix(stem, "verlautbar")
}

// softEnd reports stems that take an e before t: arbeitet, öffnet.
func softEnd(stem string) bool {
	if strings.HasSuffix(stem, "t") || strings.HasSuffix(stem, "d") {
		return true
	}
	n := len(stem)
	if strings.HasSuffix(stem, "chn") {
		return true
	}
	return n > 2 && (stem[n-1] == 'n' || stem[n-1] == 'm') && strings.IndexByte("bcdfgkptzfs", stem[n-2]) >= 0
}

// umlaut turns the last a, o or u of a past stem: gab, gäb.
func umlaut(past string) string {
	past = strings.TrimSuffix(past, "e")
	for i := len(past) - 1; i >= 0; i-- {
		switch past[i] {
		case 'a':
			return past[:i] + "ä" + past[i+1:]
		case 'o':
			return past[:i] + "ö" + past[i+1:]
		case 'u':
			if i > 0 && past[i-1] == 'a' {
				continue
			}
			return past[:i] + "ü" + past[i+1:]
		case 'i', 'e':
			return past
		}
	}
	return past
}

// guessGerman knows prefixed forms of known verbs (herausgab, vergab) and verbs on -ieren.
func (l *language) guessGerman(w string) class {
	for _, pre := range l.prefixes {
		rest, ok := strings.CutPrefix(w, pre)
		if !ok || len(rest) < 3 {
			continue
		}
		if base, ok := strings.CutPrefix(rest, "zu"); ok {
			if c, _ := l.look(base, true); c&vInf != 0 || len(base) > 4 && infinitiveEnd(base) {
				return vZu
			}
		}
		if e := l.words[rest]; e != nil && e.class&(vFinite|vInf|vPart) != 0 {
			return e.class & (vFinite | vPlural | vInf | vPart | vSein)
		}
	}
	for _, pre := range l.insep {
		if rest, ok := strings.CutPrefix(w, pre); ok && len(rest) > 2 {
			var c class
			if e := l.words[rest]; e != nil && !(pre == "ge" && weakEnd(rest)) { // geöffneten is no form of a verb with ge-
				c = e.class & (vFinite | vPlural | vInf)
			}
			if e := l.words["ge"+rest]; e != nil && pre != "ge" {
				c |= e.class & vPart
			}
			if c&(vFinite|vInf|vPart) != 0 {
				return c
			}
		}
	}
	for _, s := range []struct {
		end string
		c   class
	}{{"ieren", vInf | vPres | vPlural}, {"iert", vPres | vPart}, {"ierte", vPast | vGuess}, {"ierten", vPast | vPlural | vGuess}, {"iere", vK1}} {
		if strings.HasSuffix(w, s.end) {
			return s.c
		}
	}
	return 0
}

// weakEnd reports the endings of weak past forms, which inflected participles share.
func weakEnd(w string) bool { return strings.HasSuffix(w, "te") || strings.HasSuffix(w, "ten") }

func infinitiveEnd(w string) bool {
	return strings.HasSuffix(w, "en") || strings.HasSuffix(w, "ern") || strings.HasSuffix(w, "eln")
}

// conjugateEnglish forms third person, past, participle and -ing.
func (l *language) conjugateEnglish(inf string) []verbForm {
	ing := strings.TrimSuffix(inf, "e") + "ing"
	if strings.HasSuffix(inf, "ee") || strings.HasSuffix(inf, "ie") {
		ing = inf + "ing"
	}
	if p, ok := l.parts[inf]; ok {
		if inf == "be" {
			return []verbForm{{"is", vPres}, {"are", vPres | vPlural}, {"was", vPast}, {"were", vPast | vPlural}, {"been", vPart}, {"being", vIng}, {"be", vBase}}
		}
		return []verbForm{{inf, vBase | vPres | vPlural}, {p[0], vPres}, {p[1], vPast}, {p[2], vPart}, {ing, vIng}, {double(inf) + "ing", vIng}}
	}
	past := inf + "ed"
	third := inf + "s"
	switch n := len(inf); {
	case strings.HasSuffix(inf, "e"):
		past = inf + "d"
	case strings.HasSuffix(inf, "y") && strings.IndexByte("aeiou", inf[n-2]) < 0:
		past, third = inf[:n-1]+"ied", inf[:n-1]+"ies"
	case strings.HasSuffix(inf, "s") || strings.HasSuffix(inf, "sh") || strings.HasSuffix(inf, "ch") || strings.HasSuffix(inf, "x"):
		third = inf + "es"
	}
	return []verbForm{{inf, vBase | vPres | vPlural}, {third, vPres}, {past, vPast | vPart}, {double(inf) + "ed", vPast | vPart}, {ing, vIng}, {double(inf) + "ing", vIng}}
}

func double(inf string) string { return inf + inf[len(inf)-1:] }

func guessEnglish(w string) class {
	switch {
	case strings.HasSuffix(w, "ed"):
		return vPast | vPart | vGuess
	case strings.HasSuffix(w, "ing"):
		return vIng
	}
	return 0
}
