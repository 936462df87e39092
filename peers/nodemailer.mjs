// Sends one message with Nodemailer. The settings come on standard input as JSON, the outcome goes out as JSON.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const settings = JSON.parse(readFileSync(0, "utf8"));
const nodemailer = createRequire(settings.modules + "/")("nodemailer");

const transport = nodemailer.createTransport({
  host: settings.host,
  port: settings.port,
  secure: settings.secure,
  requireTLS: !settings.secure,
  auth: { user: settings.user, pass: settings.password },
  tls: { ca: readFileSync(settings.ca), servername: settings.name },
});

try {
  const info = await transport.sendMail({
    from: settings.sender,
    to: settings.recipient,
    subject: "from Nodemailer",
    text: "hello",
  });
  console.log(JSON.stringify({ reply: info.response }));
} catch (error) {
  console.log(JSON.stringify({ reply: error.response ?? String(error), code: error.code }));
}
