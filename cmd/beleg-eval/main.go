// Command beleg-eval measures Beleg and prints the tables of docs/evaluation.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/alecthomas/kong"

	"beleg/video"
)

// A commandLine has one field for each subcommand; each has a file and a Run method of its own.
type commandLine struct {
	Kernel     kernelCommand     `cmd:"" help:"Speed of the popcount kernels, beside a plain loop and FAISS."`
	Footage    footageCommand    `cmd:"" help:"Recall, precision, boundaries and cost of taking in and checking, through the program itself."`
	Families   familiesCommand   `cmd:"" help:"Make a footage folder that knows which photographs are versions of one picture."`
	Showings   showingsCommand   `cmd:"" help:"Whether every showing of the same footage is named, the earliest first, while an archive of broadcasts grows."`
	Harder     harderCommand     `cmd:"" help:"Make the benchmark of harder cases from a folder of clips."`
	Scale      scaleCommand      `cmd:"" help:"Size, memory, time and recall of an index of many hours with a true archive inside."`
	Odds       oddsCommand       `cmd:"" help:"Fit anew by what a clip is told from another time of its camera."`
	Claims     claimsCommand     `cmd:"" help:"Claims of news texts against gold claims and quotation corpora, by field, language and form."`
	Times      timesCommand      `cmd:"" help:"Expressions of time against an annotated corpus: precision, recall, F1, values."`
	Containers containersCommand `cmd:"" help:"A film written by each muxer of this ffmpeg: decoded, or refused with a sentence."`
	Pages      pagesCommand      `cmd:"" help:"Forty shapes of pages, generated: date of publication, words of the story, foreign words."`
	Border     borderCommand     `cmd:"" help:"Border of the raw grey frames on standard input, as ffmpeg writes them with -pix_fmt gray -f rawvideo."`
}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run returns the exit status: 0, 1 when the measure failed, 2 for wrong usage.
func run(args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 && args[0] == "confine" {
		return video.ConfineMain(args[1:]) // this program started itself to decode a file
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var line commandLine
	exit := -1
	parser, err := kong.New(&line, kong.Name("beleg-eval"), kong.Writers(stdout, stderr),
		kong.Description("Measures Beleg; docs/evaluation holds the results."),
		kong.Exit(func(code int) { exit = code }), kong.BindTo(ctx, (*context.Context)(nil)), kong.BindTo(stdout, (*io.Writer)(nil)))
	if err != nil {
		panic("beleg-eval: " + err.Error()) // the command line's own definition is broken
	}
	command, err := parser.Parse(args)
	if exit >= 0 {
		return exit // --help was printed
	}
	if err != nil {
		fmt.Fprintln(stderr, "beleg-eval:", err)
		return 2
	}
	if err := command.Run(); err != nil {
		fmt.Fprintln(stderr, "beleg-eval:", err)
		return 1
	}
	return 0
}
