package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"beleg/internal/eval"
)

type claimsCommand struct {
	Text   string `required:"" help:"Folder with dev/, corpora/ and score.py." type:"existingdir" placeholder:"DIR"`
	Out    string `help:"Keep the predictions in this folder." type:"path" placeholder:"DIR"`
	Set    string `help:"Folder of texts with gold claims below --text." default:"dev"`
	Split  string `help:"Split of the corpora." default:"dev"`
	Errors bool   `help:"List misses, false claims and wrong sources too."`
}

func (c *claimsCommand) Run(out io.Writer) error {
	if c.Out == "" {
		dir, err := os.MkdirTemp("", "beleg-eval-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		c.Out = dir
	} else if err := os.MkdirAll(c.Out, 0o777); err != nil {
		return err
	}
	if err := c.texts(out); err != nil {
		return err
	}
	for _, name := range []string{"wikinews-de-quotes", "redewiedergabe"} {
		if err := c.corpus(out, name); err != nil {
			return err
		}
	}
	return nil
}

// texts reads the texts with gold claims; score.py beside them counts.
func (c *claimsCommand) texts(out io.Writer) error {
	dir := filepath.Join(c.Text, c.Set)
	docs, err := eval.ReadTextFolder(dir)
	if err != nil {
		return err
	}
	pred := filepath.Join(c.Out, c.Set+".jsonl")
	f, err := os.Create(pred)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := eval.WriteClaims(f, docs); err != nil {
		return err
	}
	args := []string{filepath.Join(c.Text, "score.py"), "claims", "--gold", dir, "--pred", pred, "--text", dir}
	if c.Errors {
		args = append(args, "-v")
	}
	score := exec.Command("python3", args...)
	score.Stdout, score.Stderr = out, out
	if err := score.Run(); err != nil {
		return fmt.Errorf("score claims with python3: %w", err)
	}
	return nil
}

func (c *claimsCommand) corpus(out io.Writer, name string) error {
	gold, err := os.Open(filepath.Join(c.Text, "corpora", name, c.Split+".jsonl"))
	if err != nil {
		return err
	}
	defer gold.Close()
	f, err := os.Create(filepath.Join(c.Out, name+".jsonl"))
	if err != nil {
		return err
	}
	defer f.Close()
	score, err := eval.ScoreCorpus(f, gold)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\n%s, %s\n", name, c.Split)
	score.Print(out)
	if c.Errors {
		for _, e := range score.Errors {
			fmt.Fprintln(out, e)
		}
	}
	return nil
}
