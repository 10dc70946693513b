//! The request methods that Node's parser knows.

/// An index into [`METHODS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Method(u8);

/// `http.METHODS`, in its order.
pub const METHODS: [&str; 35] = [
    "ACL",
    "BIND",
    "CHECKOUT",
    "CONNECT",
    "COPY",
    "DELETE",
    "GET",
    "HEAD",
    "LINK",
    "LOCK",
    "M-SEARCH",
    "MERGE",
    "MKACTIVITY",
    "MKCALENDAR",
    "MKCOL",
    "MOVE",
    "NOTIFY",
    "OPTIONS",
    "PATCH",
    "POST",
    "PROPFIND",
    "PROPPATCH",
    "PURGE",
    "PUT",
    "QUERY",
    "REBIND",
    "REPORT",
    "SEARCH",
    "SOURCE",
    "SUBSCRIBE",
    "TRACE",
    "UNBIND",
    "UNLINK",
    "UNLOCK",
    "UNSUBSCRIBE",
];

impl Method {
    /// `CONNECT`.
    pub const CONNECT: Method = Method(3);
    /// `GET`.
    pub const GET: Method = Method(6);
    /// `HEAD`.
    pub const HEAD: Method = Method(7);
    /// `POST`.
    pub const POST: Method = Method(19);

    /// The method of that name; names are case-sensitive.
    pub fn parse(name: &[u8]) -> Option<Method> {
        match name {
            b"GET" => Some(Method::GET),
            b"POST" => Some(Method::POST),
            _ => METHODS
                .binary_search_by(|known| known.as_bytes().cmp(name))
                .ok()
                .map(|index| Method(index as u8)),
        }
    }

    /// Whether some method's name begins so.
    pub fn is_prefix(start: &[u8]) -> bool {
        METHODS
            .iter()
            .any(|known| known.as_bytes().starts_with(start))
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        METHODS[usize::from(self.0)]
    }
}
