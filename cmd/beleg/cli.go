package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// confineCommand is the hidden command by which the program starts itself again, confined,
// around the decoder.
const confineCommand = "confine"

// options hold for every command.
type options struct {
	Data   string `help:"${help_data}" env:"BELEG_DATA" placeholder:"DIR"`
	Lang   string `help:"${help_lang}" enum:"de,en," default:"" placeholder:"de|en"`
	FFmpeg string `help:"${help_ffmpeg}" name:"ffmpeg" env:"BELEG_FFMPEG" placeholder:"FILE"`

	Memory   int64         `help:"${help_memory}" default:"256" placeholder:"MIB"`
	Patience time.Duration `help:"${help_patience}" default:"2m" placeholder:"TIME"`
}

// cli is the command line.
type cli struct {
	options

	Demo       demoCmd       `cmd:"" help:"${help_demo}"`
	Add        addCmd        `cmd:"" help:"${help_add}"`
	Check      checkCmd      `cmd:"" help:"${help_check}"`
	Read       readCmd       `cmd:"" help:"${help_read}"`
	Claims     claimsCmd     `cmd:"" help:"${help_claims}"`
	Serve      serveCmd      `cmd:"" help:"${help_serve}"`
	Case       caseCmd       `cmd:"" help:"${help_case_cmd}"`
	User       userCmd       `cmd:"" help:"${help_user}"`
	Verify     verifyCmd     `cmd:"" help:"${help_verify}"`
	Stamp      stampCmd      `cmd:"" help:"${help_stamp}"`
	Witness    witnessCmd    `cmd:"" help:"${help_witness}"`
	Backup     backupCmd     `cmd:"" help:"${help_backup}"`
	Erase      eraseCmd      `cmd:"" help:"${help_erase}"`
	Repair     repairCmd     `cmd:"" help:"${help_repair}"`
	Checkpoint checkpointCmd `cmd:"" help:"${help_checkpoint}"`
	Items      itemsCmd      `cmd:"" help:"${help_items}"`
	Search     searchCmd     `cmd:"" help:"${help_search}"`
	Show       showCmd       `cmd:"" help:"${help_show}"`
	Rebuild    rebuildCmd    `cmd:"" help:"${help_rebuild}"`
	Doctor     doctorCmd     `cmd:"" help:"${help_doctor}"`
	Completion completionCmd `cmd:"" help:"${help_completion}"`
	Version    versionCmd    `cmd:"" help:"${help_version}"`
}

func (a *app) newParser(c *cli) (*kong.Kong, error) {
	vars := kong.Vars{}
	for key, text := range a.Table("help.") {
		vars["help_"+strings.NewReplacer("-", "_", ".", "_").Replace(key)] = text
	}
	return kong.New(c, kong.Name("beleg"), kong.Description(a.Say("help.beleg")), vars,
		kong.Writers(a.out, a.err), kong.Help(a.help), kong.Bind(a),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}))
}

// help prints kong's help in the language of the person, with examples of the command.
func (a *app) help(o kong.HelpOptions, ctx *kong.Context) error {
	var text bytes.Buffer
	to := ctx.Stdout
	ctx.Stdout = &text
	err := kong.DefaultHelpPrinter(o, ctx)
	ctx.Stdout = to
	if err != nil {
		return err
	}
	var out strings.Builder
	for line := range strings.Lines(text.String()) {
		out.WriteString(a.translateHelp(line))
	}
	if examples := a.examples(ctx.Selected()); len(examples) > 0 {
		fmt.Fprintf(&out, "\n%s\n", a.Say("help.examples"))
		for _, line := range examples {
			out.WriteString("  " + line + "\n")
		}
	}
	_, err = to.Write([]byte(out.String()))
	return err
}

// examples are those of a command; of a command within another, the lines that show that very one.
func (a *app) examples(node *kong.Node) []string {
	path := []string{"beleg"}
	if node != nil {
		path = append(path, strings.Fields(node.Path())...)
	}
	var list []string
	for line := range strings.Lines(a.Maybe("example."+path[min(1, len(path)-1)], "")) {
		line = strings.TrimRight(line, "\n")
		if len(path) < 3 || strings.HasPrefix(line+" ", strings.Join(path, " ")+" ") {
			list = append(list, line)
		}
	}
	return list
}

// translateHelp puts the labels that kong prints into the language of the person.
func (a *app) translateHelp(line string) string {
	for english, key := range map[string]string{
		"Usage:": "label.usage", "Arguments:": "label.arguments", "Flags:": "label.flags", "Commands:": "label.commands",
	} {
		if rest, ok := strings.CutPrefix(line, english); ok {
			return a.Say(key) + rest
		}
	}
	line = strings.Replace(line, "Show context-sensitive help.", a.Say("label.help"), 1)
	return strings.Replace(line, `Run "beleg <command> --help" for more information on a command.`, a.Say("label.more"), 1)
}

// langFlag finds --lang before the command line is read, since reading it already speaks.
func langFlag(args []string) string {
	for i, arg := range args {
		if v, ok := strings.CutPrefix(arg, "--lang="); ok {
			return v
		}
		if arg == "--lang" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return ""
}

// dataDir returns the data folder: the flag or BELEG_DATA, else the platform's place for
// a user's data.
func (a *app) dataDir() (string, error) {
	if a.Data != "" {
		return filepath.Abs(a.Data)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", usageError{a.Say("error.nohome")}
	}
	switch runtime.GOOS {
	case "darwin":
		return filepath.Join(home, "Library", "Application Support", "Beleg"), nil
	case "windows":
		if local := a.env("LOCALAPPDATA"); local != "" {
			return filepath.Join(local, "Beleg"), nil
		}
		return filepath.Join(home, "AppData", "Local", "Beleg"), nil
	}
	if share := a.env("XDG_DATA_HOME"); filepath.IsAbs(share) {
		return filepath.Join(share, "beleg"), nil
	}
	return filepath.Join(home, ".local", "share", "beleg"), nil
}
