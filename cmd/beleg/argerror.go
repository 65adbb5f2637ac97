package main

import (
	"regexp"
	"strings"
)

// argErrors are the errors that the reader of the command line has for what a person typed, with the key of the text that says it
// instead; the groups fill that text in. TestArgumentErrors makes each of them.
var argErrors = []struct {
	is  *regexp.Regexp
	key string
}{
	{regexp.MustCompile(`^unknown flag (\S+), did you mean (.+)\?$`), "arg.unknownflag.near"},
	{regexp.MustCompile(`^unknown flag (\S+)$`), "arg.unknownflag"},
	{regexp.MustCompile(`^unexpected argument (.+), did you mean (.+)\?$`), "arg.unexpected.near"},
	{regexp.MustCompile(`^unexpected argument (.+)$`), "arg.unexpected"},
	{regexp.MustCompile(`^unexpected flag argument "(.*)"$`), "arg.noargument"},
	{regexp.MustCompile(`^missing flags: (.+)$`), "arg.missing"},
	{regexp.MustCompile(`^missing positional arguments (.+)$`), "arg.missing"},
	{regexp.MustCompile(`^expected one of (.+)$`), "arg.oneof"},
	{regexp.MustCompile(`^(\S+) must be one of (.*) but got "(.*)"$`), "arg.choice"},
	{regexp.MustCompile(`^(\S+) and (\S+) can't be used together$`), "arg.together"},
	{regexp.MustCompile(`^(\S+): missing value, expecting .*$`), "arg.novalue"},
	{regexp.MustCompile(`^(\S+): expected a valid (?:\d+) bit u?int but got "(.*)"$`), "arg.number"},
	{regexp.MustCompile(`^(\S+): expected (?:an int|a float) but got "(.*)" \(.*\)$`), "arg.number"},
	{regexp.MustCompile(`^(\S+): expected duration but got "([^"]*)".*$`), "arg.duration"},
	{regexp.MustCompile(`^(\S+): bool value must be .* but got "(.*)"$`), "arg.bool"},
	{regexp.MustCompile(`^(\S+): expected \S+ value but got .*$`), "arg.novalue"},
	{regexp.MustCompile(`^expected (.+)$`), "arg.missing"},
}

// argument says what is wrong with what was typed.
func (a *app) argument(err error) string {
	text := printable(err.Error())
	for _, e := range argErrors {
		groups := e.is.FindStringSubmatch(text)
		if groups == nil {
			continue
		}
		args := make([]any, len(groups)-1)
		for i, g := range groups[1:] {
			args[i] = listed(g)
		}
		return a.Say(e.key, args...)
	}
	return a.Say("arg.other", text)
}

var quoted = regexp.MustCompile(`"([^"]+)"`)

// listed writes names that stand in straight quotation marks with commas alone, and what has none as it is.
func listed(s string) string {
	var list []string
	for _, m := range quoted.FindAllStringSubmatch(strings.ReplaceAll(s, `"",`, ""), -1) {
		if m[1] != "," {
			list = append(list, m[1])
		}
	}
	if len(list) == 0 {
		return strings.Trim(s, `"`)
	}
	if strings.HasSuffix(s, "...") {
		list = append(list, "…")
	}
	return strings.Join(list, ", ")
}
