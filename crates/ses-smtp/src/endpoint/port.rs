//! The ports of SES (developer guide, "Connecting to an Amazon SES SMTP endpoint").

use crate::probe::TlsMode;

/// A port that SES listens on, and how TLS begins there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Port {
    /// The number.
    pub number: u16,
    /// How TLS begins.
    pub tls: TlsMode,
}

/// All ports, the preferred of each mode first: 25 is throttled or blocked by default from EC2 and Lambda.
pub const PORTS: [Port; 5] = [
    Port {
        number: 587,
        tls: TlsMode::StartTls,
    },
    Port {
        number: 2587,
        tls: TlsMode::StartTls,
    },
    Port {
        number: 465,
        tls: TlsMode::Wrapper,
    },
    Port {
        number: 2465,
        tls: TlsMode::Wrapper,
    },
    Port {
        number: 25,
        tls: TlsMode::StartTls,
    },
];

/// How TLS begins on a port of SES; `None` for any other port.
pub fn tls_mode_of_port(number: u16) -> Option<TlsMode> {
    PORTS
        .iter()
        .find(|port| port.number == number)
        .map(|port| port.tls)
}
