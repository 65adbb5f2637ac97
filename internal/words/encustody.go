package words

// englishCustody are the texts about the log, its checkpoints and its repair.
var englishCustody = map[string]string{
	"help.checkpoint":         "Print the newest signed checkpoint, or compare the log with one kept elsewhere",
	"help.checkpoint.export":  "write the signed checkpoint into this file",
	"help.checkpoint.compare": "check that the log goes on from the checkpoint in this file",
	"example.checkpoint":      "beleg checkpoint\nbeleg checkpoint --export to-the-notary.note\nbeleg checkpoint --compare from-the-notary.note",
	"checkpoint.newest":       "Log %s: %d entries, root %s",
	"checkpoint.keep":         "Print this or send it to somebody: with it, anyone can show that the log was set back or rewritten.",
	"checkpoint.none":         "Nothing has been logged yet.",
	"checkpoint.exported":     "Signed checkpoint of %d entries written to %s",
	"checkpoint.continues":    "The log goes on from that checkpoint: its first %d entries are the same, %d were added since.",
	"error.checkpoint":        "The file is not a checkpoint that this log signed. Ask for the one that beleg checkpoint --export wrote.",
	"error.replaced":          "If you put this folder here yourself, say so once: beleg verify --key KEY, with the key of the new log. Else somebody replaced it: put the old one back from a backup.",
	"verify.key.other":        "the key at hand is not the one that signed this log: whether it is the right log, only its owner's key tells (--key)",
	"verify.behind":           "this copy lacks the newest %d entries: the log had them when it was seen in another folder",
	"verify.fork":             "the log went on in another way in %s: both copies were worked on, and only one can be kept",
}
