//! `application/x-www-form-urlencoded`, as text. <https://url.spec.whatwg.org/#application/x-www-form-urlencoded>

/// The pairs of a query, decoded.
pub fn parse(query: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}

/// A query from pairs.
pub fn serialize(pairs: &[(String, String)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs {
        query.append_pair(name, value);
    }
    query.finish()
}
