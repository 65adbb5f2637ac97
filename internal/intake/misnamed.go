package intake

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"beleg/document"
	"beleg/video"
)

// Classes of files as people name them; what a name says is a hint, the bytes decide.
const (
	pictures = "a picture"
	films    = "a film"
	sounds   = "a recording of sound"
	texts    = "a text"
	pages    = "a page"
)

// nameClasses are the endings of names and what they say.
var nameClasses = []struct {
	class   string
	endings []string
}{
	{pictures, []string{".jpg", ".jpeg", ".jpe", ".png", ".webp", ".tif", ".tiff", ".bmp", ".heic", ".heif", ".avif", ".jxl"}},
	{films, []string{".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".wmv", ".asf", ".flv", ".mpg", ".mpeg", ".ts", ".m2ts", ".mts", ".3gp", ".mxf", ".ogv", ".vob", ".rm", ".rmvb", ".dv"}},
	{sounds, []string{".mp3", ".wav", ".m4a", ".aac", ".flac", ".amr", ".opus", ".aiff"}},
	{texts, []string{".pdf", ".txt", ".srt", ".vtt", ".ttml", ".ass", ".sbv", ".html", ".htm", ".mhtml", ".eml", ".warc", ".wacz", ".json"}},
}

// misnamed says that a name and the bytes under it disagree; "" when they do not, or the name says nothing. is what the bytes
// are.
func misnamed(name, is string) string {
	ending := strings.ToLower(path.Ext(name))
	for _, c := range nameClasses {
		if !slices.Contains(c.endings, ending) {
			continue
		}
		if c.class == is || c.class == texts && is == pages {
			return ""
		}
		return fmt.Sprintf("the name says %s (%s), the bytes are %s", c.class, ending, is)
	}
	return ""
}

func textClass(k document.Kind) string {
	if k == document.HTML {
		return pages
	}
	return texts
}

// classOf names what footage is, as misnamed compares it. An animation may be called a picture.
func classOf(name string, k video.Kind) string {
	switch k {
	case video.Photo:
		return pictures
	case video.Audio:
		return sounds
	}
	if slices.Contains(nameClasses[0].endings, strings.ToLower(path.Ext(name))) && slices.Contains([]string{".png", ".webp", ".avif", ".heic", ".heif"}, strings.ToLower(path.Ext(name))) {
		return pictures
	}
	return films
}
