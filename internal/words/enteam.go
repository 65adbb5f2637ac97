package words

// englishTeam are the texts of accounts, rights and what others decide.
var englishTeam = map[string]string{
	"signin.often": "That was often. Each further try from here is looked at slowly, one after another.",
	"field.on.needs an id that ends in 26 random letters and digits, as the page gives it": "Take the id that the page gives the new case.",
}
