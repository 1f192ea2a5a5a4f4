// nodemailer with its pool of kept connections: NUMBER CONNECTIONS PORT [KEY]; with a key mail is signed (DKIM).
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(new URL("../../var/bench/node/package.json", import.meta.url));
const nodemailer = require("nodemailer");

const [number, connections, port, key] = process.argv.slice(2);
const read = (name) => readFileSync(new URL(name, import.meta.url), "utf8");
const FIRST = ["Ana", "Íñigo", "Zoë", "João", "Hélène", "سلمى", "Sean", "Begoña"];
const LAST = ["Gil", "Núñez", "Brontë", "Magalhães", "Benali", "حداد", "Morgan"];

// A template is cut once; filling it is joining, the least that JavaScript can do.
function compiled(template) {
  const parts = template.split(/\{\{ (\w+) \}\}/);
  return (values) => parts.map((part, index) => (index % 2 ? values[part] : part)).join("");
}

const text = compiled(read("letter.txt"));
const html = compiled(read("letter.html"));
const transport = nodemailer.createTransport({
  pool: true,
  host: "127.0.0.1",
  port: Number(port),
  secure: false,
  ignoreTLS: true,
  maxConnections: Number(connections),
  maxMessages: Infinity,
  ...(key && {
    dkim: { domainName: "littleton.example.org", keySelector: "bench", privateKey: readFileSync(key, "utf8") },
  }),
});

async function sendOne(index) {
  const id = String(index).padStart(7, "0");
  const values = {
    name: `${FIRST[index % FIRST.length]} ${LAST[index % LAST.length]}`,
    unsubscribe: `https://open.littleton.example.org/leave/${index.toString(16).padStart(31, "0")}`,
  };
  await transport.sendMail({
    from: { name: "Open government", address: "open@littleton.example.org" },
    to: { name: values.name, address: `person${id}@example.org` },
    subject: "An invitation to Littleton, and a question",
    text: text(values),
    html: html(values),
    headers: {
      "List-Unsubscribe": `<${values.unsubscribe}>`,
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    },
  });
}

const before = process.cpuUsage();
const began = performance.now();
let next = 0;
let sent = 0;
async function keepSending() {
  while (next < Number(number)) {
    await sendOne(next++);
    sent++;
  }
}
// Twice as many under way as connections, so that composing one overlaps with sending another.
await Promise.all(Array.from({ length: 2 * Number(connections) }, keepSending));
const seconds = (performance.now() - began) / 1000;
transport.close();
console.log(JSON.stringify({ sent, seconds, cpu_before: (before.user + before.system) / 1e6 }));
