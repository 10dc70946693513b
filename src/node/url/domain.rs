//! Domains between Unicode and ASCII.

/// The ASCII form; empty when the domain is not valid.
pub fn to_ascii(domain: &str) -> String {
    url::quirks::domain_to_ascii(domain)
}

/// The Unicode form; empty when the domain is not valid.
pub fn to_unicode(domain: &str) -> String {
    url::quirks::domain_to_unicode(domain)
}
