package words

// germanBoard are the texts of the look of the desk and of the case as a board.
var germanBoard = map[string]string{
	"look.menu":         "Menü",
	"look.theme":        "Aussehen",
	"look.theme.system": "wie das System",
	"look.theme.light":  "hell",
	"look.theme.dark":   "dunkel",
}
