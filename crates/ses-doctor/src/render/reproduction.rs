//! A reproduction for people, and for a case at AWS Support: everything in it may be sent as it is.

use super::text::{paragraph, sentence};
use ses_doctor_core::report::reproduction::{Exchange, Header, Reproduction, Response};
use std::io::{self, Write};

/// Writes it. Without colours, since it is saved as well.
pub(crate) fn text(out: &mut dyn Write, report: &Reproduction) -> io::Result<()> {
    let sent = match &report.exchange {
        Some(_) => "sent",
        None => "not sent; --send sends it",
    };
    writeln!(
        out,
        "{} in {}, signed at {} ({sent})",
        report.operation, report.region, report.signed_at
    )?;
    section(out, "Endpoint")?;
    writeln!(out, "  {}{}", report.endpoint.url, report.request.path)?;
    paragraph(out, "  decided by ", &report.endpoint.decided_by)?;
    request(out, report)?;
    signature(out, report)?;
    if let Some(exchange) = &report.exchange {
        exchanged(out, exchange)?;
    }
    if let Some(interpretation) = &report.interpretation {
        section(out, "What it points to")?;
        paragraph(out, "  ", &sentence(&interpretation.summary))?;
        if !interpretation.causes.is_empty() {
            paragraph(out, "  causes: ", &interpretation.causes.join(", "))?;
        }
        paragraph(out, "  next: ", &sentence(&interpretation.next))?;
    }
    section(out, "About this file")?;
    let about = format!(
        "Written by {}. The secret key and the password are not in it, the signature is cut and session tokens are masked, so \
         that it can be sent to AWS Support as it is",
        report.written_by
    );
    paragraph(out, "  ", &sentence(&about))
}

fn request(out: &mut dyn Write, report: &Reproduction) -> io::Result<()> {
    section(out, "Request")?;
    writeln!(
        out,
        "  {} {} HTTP/1.1",
        report.request.method, report.request.path
    )?;
    headers(out, &report.request.headers)?;
    if !report.request.body.is_empty() {
        writeln!(out, "\n  {}", report.request.body)?;
    }
    Ok(())
}

fn headers(out: &mut dyn Write, headers: &[Header]) -> io::Result<()> {
    for Header { name, value } in headers {
        writeln!(out, "  {name}: {value}")?;
    }
    Ok(())
}

fn signature(out: &mut dyn Write, report: &Reproduction) -> io::Result<()> {
    let signature = &report.signature;
    section(out, "Canonical request")?;
    indented(out, &signature.canonical_request)?;
    section(out, "String to sign")?;
    indented(out, &signature.string_to_sign)?;
    section(out, "Signature")?;
    writeln!(out, "  access key       {}", signature.access_key_id)?;
    writeln!(out, "  credential scope {}", signature.credential_scope)?;
    writeln!(out, "  signed headers   {}", signature.signed_headers)?;
    writeln!(out, "  begins with      {}", signature.begins_with)
}

fn exchanged(out: &mut dyn Write, exchange: &Exchange) -> io::Result<()> {
    section(out, "Connection")?;
    if let Some(peer) = &exchange.peer {
        writeln!(out, "  connected to {peer}")?;
    }
    if let Some(variable) = &exchange.proxy_not_used {
        writeln!(out, "  {variable} names a proxy; this call went straight")?;
    }
    if let Some(tls) = &exchange.tls {
        writeln!(
            out,
            "  {} {}, name checked: {}",
            tls.version, tls.cipher, tls.server_name
        )?;
        for certificate in &tls.chain {
            let (subject, issuer, until) = (&certificate.subject, &certificate.issuer, certificate.not_after);
            writeln!(
                out,
                "  certificate of {subject}, issued by {issuer}, until {until}"
            )?;
        }
        if let Some(problem) = &tls.problem {
            writeln!(out, "  not trusted: {problem}")?;
        }
    }
    let timing = &exchange.timing;
    let steps = [
        ("resolve", timing.resolve_ms),
        ("connect", timing.connect_ms),
        ("TLS", timing.tls_ms),
        ("answer", timing.answer_ms),
    ];
    let steps = steps
        .iter()
        .filter_map(|(name, took)| Some(format!("{name} {} ms", (*took)?)));
    let steps: Vec<String> = steps.chain([format!("in all {} ms", timing.total_ms)]).collect();
    writeln!(out, "  {}", steps.join(", "))?;
    if let Some(failure) = &exchange.failure {
        writeln!(out, "  failed: {failure}")?;
    }
    match &exchange.response {
        Some(response) => answer(out, response),
        None => Ok(()),
    }
}

fn answer(out: &mut dyn Write, response: &Response) -> io::Result<()> {
    section(out, "Answer")?;
    writeln!(out, "  HTTP {}", response.status)?;
    let ids = [
        ("request id", &response.request_id),
        ("extended request id", &response.extended_request_id),
    ];
    for (name, id) in ids {
        if let Some(id) = id {
            writeln!(out, "  {name}: {id}")?;
        }
    }
    if let Some(seconds) = response.clock_ahead_seconds {
        writeln!(
            out,
            "  this computer's clock against the answer's date: {seconds:+} s"
        )?;
    }
    writeln!(out)?;
    headers(out, &response.headers)?;
    writeln!(out)?;
    indented(out, &response.body)
}

fn section(out: &mut dyn Write, title: &str) -> io::Result<()> {
    writeln!(out, "\n{title}")
}

fn indented(out: &mut dyn Write, text: &str) -> io::Result<()> {
    text.lines().try_for_each(|line| writeln!(out, "  {line}"))
}
