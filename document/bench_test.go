package document

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkPlain shows that time is linear in length.
func BenchmarkPlain(b *testing.B) {
	for _, size := range []int{1 << 10, 10 << 10, 100 << 10, 1 << 20, 10 << 20} {
		text := []byte(strings.Repeat(story+"\n\n", size/len(story)+1)[:size])
		text = []byte(strings.ToValidUTF8(string(text), ""))
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				extractOK(b, text, Hint{})
			}
		})
	}
}

func BenchmarkPage(b *testing.B) {
	for _, paragraphs := range []int{10, 100, 1000} {
		page := []byte("<html><body><article>" + strings.Repeat("<p>"+story+"</p>", paragraphs) + "</article></body></html>")
		b.Run(fmt.Sprint(len(page)), func(b *testing.B) {
			b.SetBytes(int64(len(page)))
			for b.Loop() {
				extractOK(b, page, Hint{})
			}
		})
	}
}
