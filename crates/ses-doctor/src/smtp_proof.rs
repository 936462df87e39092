//! Whether a pair logs in: one session a region, tried again while a new key may not be known to SES yet.

use crate::args::EndpointArgs;
use crate::collect::{Pair, Wire};
use crate::context::{self, Place};
use crate::error::CliError;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use ses_doctor_core::plan::SymptomPath;
use ses_smtp::probe::ProbeFacts;
use ses_smtp::{Goal, Prober, TrustRoots, endpoint};

/// How endpoints are reached.
pub(crate) struct SmtpProof {
    args: EndpointArgs,
    roots: TrustRoots,
    /// How long a refusal may last before it counts.
    patience: SignedDuration,
}

impl SmtpProof {
    /// As the person tells it, else as the plan knows it.
    pub(crate) fn new(
        args: &EndpointArgs,
        path: Option<&SymptomPath>,
        patience: u64,
    ) -> Result<Self, CliError> {
        let args = match path {
            Some(path) => super::commands::apply::endpoint(path, args),
            None => args.clone(),
        };
        Ok(Self {
            roots: context::roots(args.tls_ca.as_deref())?,
            args,
            patience: SignedDuration::from_secs(i64::try_from(patience).unwrap_or(i64::MAX)),
        })
    }

    /// The endpoint of a region: the one that was named if it is of this region, else SES's own.
    fn place(&self, region: &str) -> Result<Place, String> {
        let named = self.args.host.as_deref();
        let is_of_region = |host: &&str| {
            let of_host = endpoint::Endpoint::parse(host).region;
            of_host.is_none_or(|of_host| of_host == region)
        };
        let args = EndpointArgs {
            host: named.filter(is_of_region).map(str::to_owned),
            region: Some(region.to_owned()),
            ..self.args.clone()
        };
        Place::resolve(&args).map_err(|error| error.to_string())
    }

    /// Logs in; why not, otherwise.
    pub(crate) async fn prove(
        &self,
        region: &str,
        username: &str,
        password: SecretString,
    ) -> Result<(), String> {
        let prober = Prober {
            dns_server: self.args.dns_server,
            ..Prober::new(self.roots.clone())
        };
        let pair = Pair {
            username: username.to_owned(),
            password,
        };
        let wire = Wire::new(prober, self.place(region)?, Some(pair), Goal::Auth);
        let until = Timestamp::now()
            .checked_add(self.patience)
            .unwrap_or(Timestamp::MAX);
        let facts = wire.log_in_until(until).await;
        judged(region, facts.known())
    }
}

fn judged(region: &str, facts: Option<&ProbeFacts>) -> Result<(), String> {
    let facts = facts.ok_or("the login was not tried")?;
    match (facts.auth.last(), &facts.failure) {
        (Some(attempt), _) if attempt.reply.code == 235 => Ok(()),
        (Some(attempt), _) => Err(format!("SES in {region} refuses the new pair: {}", attempt.reply)),
        (None, Some(failure)) => Err(format!(
            "the login in {region} could not be tried: {}",
            failure.detail
        )),
        (None, None) => Err(format!("the endpoint in {region} was reached, but took no login")),
    }
}
