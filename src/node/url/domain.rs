//! Domains between Unicode and ASCII.

use url::Url;

/// The ASCII form; empty when the domain is not valid.
pub fn to_ascii(domain: &str) -> String {
    let Ok(mut url) = Url::parse("ws://x") else {
        return String::new();
    };
    match url::quirks::set_hostname(&mut url, domain) {
        Ok(()) => url.host_str().unwrap_or_default().to_owned(),
        Err(()) => String::new(),
    }
}

/// The ASCII form as the legacy parser wants it: what isn't a valid domain but harmless stays.
pub fn to_ascii_lenient(domain: &str) -> String {
    if domain.is_ascii() {
        return domain.to_owned();
    }
    url::quirks::domain_to_ascii(domain)
}

/// The Unicode form; empty when the domain is not valid.
pub fn to_unicode(domain: &str) -> String {
    let ascii = to_ascii(domain);
    if ascii.is_empty() {
        return ascii;
    }
    let (unicode, _) = idna::domain_to_unicode(&ascii);
    unicode
}
