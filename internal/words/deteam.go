package words

// germanTeam are the texts of accounts, rights and what others decide.
var germanTeam = map[string]string{
	"signin.often": "Das war oft. Jeder weitere Versuch von hier wird langsam geprüft, einer nach dem anderen.",
	"field.on.needs an id that ends in 26 random letters and digits, as the page gives it": "Nehmen Sie die Kennung, die die Seite dem neuen Fall gibt.",
}
