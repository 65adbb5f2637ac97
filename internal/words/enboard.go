package words

// englishBoard are the texts of the look of the desk and of the case as a board.
var englishBoard = map[string]string{
	"look.menu":         "Menu",
	"look.theme":        "Appearance",
	"look.theme.system": "as the system",
	"look.theme.light":  "light",
	"look.theme.dark":   "dark",
}
