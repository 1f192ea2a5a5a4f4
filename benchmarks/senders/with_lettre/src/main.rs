//! lettre's pool of kept connections, with a template filled for each mail: as many threads as connections.
//!
//!     with-lettre NUMBER CONNECTIONS PORT
//!
//! All cores work. Run it from the repository's root: the letter is read from benchmarks/senders.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use std::{env, fs, thread};

use lettre::address::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart};
use lettre::transport::smtp::{PoolConfig, SmtpTransport};
use lettre::Transport;
use minijinja::{context, Environment};

const FIRST: [&str; 8] = ["Ana", "Íñigo", "Zoë", "João", "Hélène", "سلمى", "Sean", "Begoña"];
const LAST: [&str; 7] = ["Gil", "Núñez", "Brontë", "Magalhães", "Benali", "حداد", "Morgan"];

fn mailbox(name: &str, address: &str) -> Mailbox {
    Mailbox::new(Some(name.to_owned()), address.parse::<Address>().expect("an address"))
}

fn header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

fn compose(letters: &Environment, index: usize) -> Message {
    let name = format!("{} {}", FIRST[index % FIRST.len()], LAST[index % LAST.len()]);
    let unsubscribe = format!("https://open.littleton.example.org/leave/{index:031x}");
    let filled = |letter| {
        let template = letters.get_template(letter).expect("the letter");
        template.render(context! { name, unsubscribe }).expect("its text")
    };
    Message::builder()
        .from(mailbox("Open government", "open@littleton.example.org"))
        .to(mailbox(&name, &format!("person{index:07}@example.org")))
        .subject("An invitation to Littleton, and a question")
        .message_id(Some(format!("<{index}.bench@littleton.example.org>")))
        .raw_header(header("List-Unsubscribe", format!("<{unsubscribe}>")))
        .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()))
        .multipart(MultiPart::alternative_plain_html(filled("letter.txt"), filled("letter.html")))
        .expect("a mail")
}

/// Seconds of processor time, of all threads.
fn cpu() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux");
    let after_name = stat.rsplit_once(')').expect("a name").1;
    after_name.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<f64>().expect("ticks") / 100.0).sum()
}

fn main() {
    let given: Vec<usize> = env::args().skip(1).map(|each| each.parse().expect("NUMBER CONNECTIONS PORT")).collect();
    let [number, connections, port] = given[..] else { panic!("usage: with-lettre NUMBER CONNECTIONS PORT") };
    let mut letters = Environment::new();
    for name in ["letter.txt", "letter.html"] {
        let text = fs::read_to_string(format!("benchmarks/senders/{name}")).expect("run it from the repository's root");
        letters.add_template_owned(name, text).expect("a template");
    }
    let mailer = SmtpTransport::builder_dangerous("127.0.0.1")
        .port(port as u16)
        .pool_config(PoolConfig::new().max_size(connections as u32))
        .build();
    let (used, began) = (cpu(), Instant::now());
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..connections {
            scope.spawn(|| loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= number {
                    break;
                }
                mailer.send(&compose(&letters, index)).expect("accepted");
            });
        }
    });
    let seconds = began.elapsed().as_secs_f64();
    println!(r#"{{"sent": {number}, "seconds": {seconds}, "cpu_before": {used}}}"#);
}
