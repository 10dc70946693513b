//! Where the parts of an address are in its text.

use std::ops::Range;

use url::{Position, Url};

/// The ends of the parts, as offsets.
#[derive(Clone, Copy, Debug, Default)]
pub struct Parts {
    /// That of the `:`.
    scheme_end: u32,
    username: (u32, u32),
    password: (u32, u32),
    host_start: u32,
    host_end: u32,
    port_end: u32,
    path_start: u32,
    path_end: u32,
    query_end: u32,
}

fn range((start, end): (u32, u32)) -> Range<usize> {
    start as usize..end as usize
}

impl Parts {
    /// Those of what the crate has read.
    pub fn of(url: &Url) -> Self {
        // Text is far shorter than four gigabytes: strings of script are.
        let at = |position: Position| url[..position].len() as u32;
        // The crate's position after a password isn't meant for a user without one.
        let user = at(Position::BeforeUsername);
        let user_end = user + url.username().len() as u32;
        let password = url.password().map_or((user_end, user_end), |password| {
            (user_end + 1, user_end + 1 + password.len() as u32)
        });
        Self {
            scheme_end: at(Position::AfterScheme),
            username: (user, user_end),
            password,
            host_start: at(Position::BeforeHost),
            host_end: at(Position::AfterHost),
            port_end: at(Position::AfterPort),
            path_start: at(Position::BeforePath),
            path_end: at(Position::AfterPath),
            query_end: at(Position::AfterQuery),
        }
    }

    /// Of an address that begins with a scheme and two slashes.
    pub(super) fn after_scheme(end: usize) -> Self {
        let (end, start) = (end as u32, end as u32 + 3);
        Self {
            scheme_end: end,
            username: (start, start),
            password: (start, start),
            host_start: start,
            host_end: start,
            ..Self::default()
        }
    }

    /// `user`, or `user:password`, from the start of the host so far; `mark` is where the `@` is.
    pub(super) fn set_credentials(&mut self, end_of_user: usize, mark: usize) {
        let (end, mark) = (end_of_user as u32, mark as u32);
        self.username.1 = end;
        self.password = ((end + 1).min(mark), mark);
    }

    pub(super) fn set_host(&mut self, start: usize, end: usize) {
        self.host_start = start as u32;
        self.host_end = end as u32;
    }

    /// The path begins where the port ends.
    pub(super) fn set_path_start(&mut self, at: usize) {
        (self.port_end, self.path_start) = (at as u32, at as u32);
    }

    pub(super) fn set_path_end(&mut self, at: usize) {
        self.path_end = at as u32;
    }

    pub(super) fn set_query_end(&mut self, at: usize) {
        self.query_end = at as u32;
    }

    pub fn path_start(&self) -> usize {
        self.path_start as usize
    }

    /// With the colon.
    pub fn protocol(&self) -> Range<usize> {
        0..self.scheme_end as usize + 1
    }

    pub fn username(&self) -> Range<usize> {
        range(self.username)
    }

    pub fn password(&self) -> Range<usize> {
        range(self.password)
    }

    /// With the port.
    pub fn host(&self) -> Range<usize> {
        range((self.host_start, self.port_end))
    }

    pub fn hostname(&self) -> Range<usize> {
        range((self.host_start, self.host_end))
    }

    pub fn port(&self) -> Range<usize> {
        range(((self.host_end + 1).min(self.port_end), self.port_end))
    }

    pub fn pathname(&self) -> Range<usize> {
        range((self.path_start, self.path_end))
    }

    /// With the question mark, nothing if there is nothing behind it.
    pub fn search(&self, text: &[u8]) -> Range<usize> {
        marked(range((self.path_end, self.query_end)), text)
    }

    /// What follows the question mark.
    pub fn query(&self) -> Range<usize> {
        range(((self.path_end + 1).min(self.query_end), self.query_end))
    }

    /// With the number sign, nothing if there is nothing behind it.
    pub fn hash(&self, text: &[u8]) -> Range<usize> {
        marked(self.query_end as usize..text.len(), text)
    }

    /// Whether there is a user or a password.
    pub fn has_credentials(&self) -> bool {
        !self.username().is_empty() || !self.password().is_empty()
    }
}

fn marked(range: Range<usize>, text: &[u8]) -> Range<usize> {
    debug_assert!(range.end <= text.len());
    match range.len() {
        1 => range.end..range.end,
        _ => range,
    }
}
