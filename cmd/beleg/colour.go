package main

// Colours are for people at a terminal who have not refused them (NO_COLOR), and always beside words.
const (
	sgrRed, sgrGreen, sgrBold, sgrContent, sgrOff = "\x1b[31m", "\x1b[32m", "\x1b[1m", "\x1b[1;36m", "\x1b[0m"
)

func (a *app) colour(sgr, text string) string {
	if !isTerminal(a.out) || a.env("NO_COLOR") != "" {
		return text
	}
	return sgr + text + sgrOff
}

func (a *app) red(text string) string   { return a.colour(sgrRed, text) }
func (a *app) green(text string) string { return a.colour(sgrGreen, text) }
func (a *app) bold(text string) string  { return a.colour(sgrBold, text) }
