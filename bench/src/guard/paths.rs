//! The hot paths that are guarded. Each is a script in `bench/guard`: it does its operation as often as its argument
//! says, checks what came of it, prints `done` with that number and ends.

/// A hot path.
#[derive(Debug)]
pub struct HotPath {
    /// Also that of the script.
    pub name: &'static str,
    /// What one operation is.
    pub what: &'static str,
    pub operations: Operations,
    pub client: Option<Client>,
}

/// How often a script does its operation.
#[derive(Clone, Copy, Debug)]
pub enum Operations {
    /// The process as a whole is what is counted.
    Process,
    /// Two runs. What the second has more of is counted, so that starting and ending are not; the first is long enough that all
    /// is loaded and grown to its size.
    Between(u64, u64),
}

/// Who asks a script that listens.
#[derive(Clone, Copy, Debug)]
pub enum Client {
    HttpGet,
    HttpPost,
    Echo,
}

/// All of them, those that take longest first.
pub const PATHS: &[HotPath] = &[
    HotPath {
        name: "http",
        what: "GET on a kept connection",
        operations: Operations::Between(100, 500),
        client: Some(Client::HttpGet),
    },
    HotPath {
        name: "http-post",
        what: "POST of 1 KB, sent back",
        operations: Operations::Between(50, 200),
        client: Some(Client::HttpPost),
    },
    HotPath {
        name: "net-echo",
        what: "64 bytes to a socket and back",
        operations: Operations::Between(50, 250),
        client: Some(Client::Echo),
    },
    HotPath {
        name: "read-file",
        what: "fs.readFile of a small file",
        operations: Operations::Between(100, 600),
        client: None,
    },
    HotPath {
        name: "transform",
        what: "1 KB through a Transform",
        operations: Operations::Between(50, 250),
        client: None,
    },
    HotPath {
        name: "timers",
        what: "a timer set and fired, one set and cleared",
        operations: Operations::Between(500, 2000),
        client: None,
    },
    HotPath {
        name: "turns",
        what: "process.nextTick, two turns of promises",
        operations: Operations::Between(500, 2000),
        client: None,
    },
    HotPath {
        name: "emit",
        what: "an event with two listeners",
        operations: Operations::Between(1000, 4000),
        client: None,
    },
    HotPath {
        name: "buffer",
        what: "text to base64, to hex, to text",
        operations: Operations::Between(100, 600),
        client: None,
    },
    HotPath {
        name: "start",
        what: "hello world, the whole process",
        operations: Operations::Process,
        client: None,
    },
];
