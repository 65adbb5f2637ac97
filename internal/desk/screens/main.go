// Screens keeps pictures of the pages of a desk that runs: of the main ones, wide and narrow, in both languages, light and
// dark, or of those that are named.
//
//	beleg demo --dir DIR --no-serve && beleg --data DIR/data serve   # prints the link
//	go run ./internal/desk/screens -link LINK -out FOLDER
//	go run ./internal/desk/screens -link LINK -out docs/screens -readme
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// A shooter is a browser at a desk.
type shooter struct {
	ctx  context.Context
	base string // scheme and host of the desk
	out  string
}

// A page is what a picture is taken of.
type page struct{ name, path string }

func main() {
	link := flag.String("link", "", "the link that `beleg serve` printed")
	out := flag.String("out", "", "folder of the pictures")
	only := flag.String("only", "", "names of pages, joined by commas; all by default")
	readme := flag.Bool("readme", false, "only the two pictures of the README, 840 pixels wide")
	flag.Parse()
	if *link == "" || *out == "" {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*link, *out, *only, *readme); err != nil {
		fmt.Fprintln(os.Stderr, "screens:", err)
		os.Exit(1)
	}
}

func run(link, out, only string, readme bool) error {
	u, err := url.Parse(link)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-dev-shm-usage", true))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), options...)
	defer stop()
	ctx, stop := chromedp.NewContext(alloc)
	defer stop()
	s := &shooter{ctx, u.Scheme + "://" + u.Host, out}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(link)); err != nil {
		return err
	}
	pages, err := s.pages()
	if err != nil {
		return err
	}
	if readme {
		return s.forReadme(pages)
	}
	for _, lang := range []string{"de", "en"} {
		for _, width := range []int64{1280, 390} {
			for _, dark := range []bool{false, true} {
				if err := s.all(pages, only, lang, width, dark); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// all takes the pages in one way.
func (s *shooter) all(pages []page, only, lang string, width int64, dark bool) error {
	if err := s.as(lang, dark, width, 1); err != nil {
		return err
	}
	for _, p := range pages {
		if only != "" && !strings.Contains(","+only+",", ","+p.name+",") {
			continue
		}
		name := fmt.Sprintf("%s-%s-%d", p.name, lang, width)
		if dark {
			name += "-dark"
		}
		if err := s.shot(p.path, name, true); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (s *shooter) forReadme(pages []page) error {
	if err := s.as("en", false, 1280, 840.0/1280); err != nil {
		return err
	}
	for _, p := range pages {
		if p.name == "case" || p.name == "compare" {
			if err := s.shot(p.path, p.name, false); err != nil {
				return err
			}
		}
	}
	return nil
}

// as sets language, theme and window.
func (s *shooter) as(lang string, dark bool, width int64, scale float64) error {
	theme := "light"
	if dark {
		theme = "dark"
	}
	if _, err := chromedp.Call(s.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 800, DeviceScaleFactor: scale}); err != nil {
		return err
	}
	return chromedp.Do(s.ctx, chromedp.Navigate(s.base+"/language/"+lang), chromedp.Navigate(s.base+"/theme/"+theme))
}

// pages finds the addresses of the main pages by following links as a person does.
func (s *shooter) pages() ([]page, error) {
	list := []page{{"overview", "/"}, {"items", "/items"}, {"intake", "/intake"}, {"reuse", "/reuse"}, {"claims", "/claims"}, {"cases", "/cases"}, {"sources", "/sources"},
		{"search", "/search?q=armee"}, {"api", "/help/api"}}
	for _, f := range []struct{ name, on, link string }{
		{"item", "/items", `main a[href^="/items/"]`}, {"text", "/claims", `main a[href^="/texts/"]`}, {"case", "/cases", `main a[href^="/cases/"]`}} {
		href, err := s.href(f.on, f.link)
		if err != nil {
			return nil, err
		}
		if href == "" {
			continue
		}
		list = append(list, page{f.name, href})
		switch f.name {
		case "item":
			list = append(list, page{"custody", href + "/custody"})
		case "case":
			for _, pane := range []string{"contradictions", "figures", "evidence", "sources", "notes", "history", "settings"} {
				list = append(list, page{"case-" + pane, href + "?pane=" + pane})
			}
			for name, link := range map[string]string{"verdict": `main a[href*="/verdict?"]`, "compare": `.claimrow a[href^="/reuse/"]`} {
				at, err := s.href(href, link)
				if err != nil {
					return nil, err
				}
				if at != "" {
					list = append(list, page{name, at})
				}
			}
		}
	}
	return list, nil
}

func (s *shooter) href(on, link string) (string, error) {
	if err := chromedp.Do(s.ctx, chromedp.Navigate(s.base+on)); err != nil {
		return "", err
	}
	return chromedp.Run(s.ctx, chromedp.Evaluate[string](fmt.Sprintf("document.querySelector(%q)?.getAttribute('href') ?? ''", link)))
}

// shot takes one picture, of the whole page or of the window.
func (s *shooter) shot(path, name string, whole bool) error {
	if err := chromedp.Do(s.ctx, chromedp.Navigate(s.base+path)); err != nil {
		return err
	}
	for range 100 {
		done, err := chromedp.Run(s.ctx, chromedp.Evaluate[bool](`[...document.images].every((i) => i.complete || i.loading === "lazy") && [...document.querySelectorAll("video[src]")].every((v) => v.preload === "none" || v.readyState >= 2)`))
		if err != nil {
			return err
		}
		if done {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	var b []byte
	var err error
	if whole {
		b, err = chromedp.Run(s.ctx, chromedp.FullScreenshot(100))
	} else {
		b, err = chromedp.Run(s.ctx, chromedp.CaptureScreenshot())
	}
	if err == nil && !whole {
		b, err = lighter(b)
	}
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(s.out, name+".png"), b, 0o644)
}

// lighter keeps five bits of each colour, so that a picture of the README stays under 150 KB.
func lighter(b []byte) ([]byte, error) {
	in, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	out := image.NewNRGBA(in.Bounds())
	draw.Draw(out, out.Rect, in, in.Bounds().Min, draw.Src)
	for i, v := range out.Pix {
		if i%4 != 3 {
			out.Pix[i] = v&0xf8 | v>>5
		}
	}
	var buf bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&buf, out)
	return buf.Bytes(), err
}
