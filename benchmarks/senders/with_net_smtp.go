// Go's standard library, built like the core of a newsletter server: one renderer, as many pushers as connections.
//
//	with-net-smtp NUMBER CONNECTIONS PORT
//
// Both cores work. Run it from the repository's root: the letter is read from benchmarks/senders.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"log"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/smtp"
	"net/textproto"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	text "text/template"
	"time"
)

type reader struct{ Name, Address, Unsubscribe string }

type letter struct {
	address string
	data    []byte
}

var (
	first = []string{"Ana", "Íñigo", "Zoë", "João", "Hélène", "سلمى", "Sean", "Begoña"}
	last  = []string{"Gil", "Núñez", "Brontë", "Magalhães", "Benali", "حداد", "Morgan"}
)

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func source(name string) string {
	data, err := os.ReadFile("benchmarks/senders/" + name)
	must(err)
	return strings.NewReplacer("{{ name }}", "{{ .Name }}", "{{ unsubscribe }}", "{{ .Unsubscribe }}").Replace(string(data))
}

func part(into *multipart.Writer, kind string, fill func(*quotedprintable.Writer) error) {
	headers := textproto.MIMEHeader{}
	headers.Set("Content-Type", kind+"; charset=utf-8")
	headers.Set("Content-Transfer-Encoding", "quoted-printable")
	raw, err := into.CreatePart(headers)
	must(err)
	encoded := quotedprintable.NewWriter(raw)
	must(fill(encoded))
	must(encoded.Close())
}

func compose(plain *text.Template, rich *template.Template, to reader, index int) letter {
	var data bytes.Buffer
	parts := multipart.NewWriter(&data)
	fmt.Fprintf(&data, "From: Open government <open@littleton.example.org>\r\nTo: %s <%s>\r\n", mime.QEncoding.Encode("utf-8", to.Name), to.Address)
	fmt.Fprintf(&data, "Subject: An invitation to Littleton, and a question\r\nDate: %s\r\n", time.Now().Format(time.RFC1123Z))
	fmt.Fprintf(&data, "Message-ID: <%d.bench@littleton.example.org>\r\nMIME-Version: 1.0\r\n", index)
	fmt.Fprintf(&data, "List-Unsubscribe: <%s>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", to.Unsubscribe)
	fmt.Fprintf(&data, "Content-Type: multipart/alternative; boundary=%s\r\n\r\n", parts.Boundary())
	part(parts, "text/plain", func(into *quotedprintable.Writer) error { return plain.Execute(into, to) })
	part(parts, "text/html", func(into *quotedprintable.Writer) error { return rich.Execute(into, to) })
	must(parts.Close())
	return letter{to.Address, data.Bytes()}
}

func push(port string, letters <-chan letter) {
	client, err := smtp.Dial("127.0.0.1:" + port)
	must(err)
	for one := range letters {
		must(client.Mail("open@littleton.example.org"))
		must(client.Rcpt(one.address))
		data, err := client.Data()
		must(err)
		_, err = data.Write(one.data)
		must(err)
		must(data.Close())
	}
	must(client.Quit())
}

func cpu() float64 {
	var used syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9
}

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: with-net-smtp NUMBER CONNECTIONS PORT")
	}
	number, err := strconv.Atoi(os.Args[1])
	must(err)
	connections, err := strconv.Atoi(os.Args[2])
	must(err)
	plain := text.Must(text.New("letter.txt").Parse(source("letter.txt")))
	rich := template.Must(template.New("letter.html").Parse(source("letter.html")))
	used, began := cpu(), time.Now()
	letters := make(chan letter, connections)
	var pushers sync.WaitGroup
	for range connections {
		pushers.Add(1)
		go func() { defer pushers.Done(); push(os.Args[3], letters) }()
	}
	for index := range number {
		letters <- compose(plain, rich, reader{
			first[index%len(first)] + " " + last[index%len(last)],
			fmt.Sprintf("person%07d@example.org", index),
			fmt.Sprintf("https://open.littleton.example.org/leave/%031x", index),
		}, index)
	}
	close(letters)
	pushers.Wait()
	result := map[string]any{"sent": number, "seconds": time.Since(began).Seconds(), "cpu_before": used}
	must(json.NewEncoder(os.Stdout).Encode(result))
}
