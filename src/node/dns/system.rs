//! What the system knows without asking anybody: its name servers and its list of hosts. Where a system keeps no
//! `/etc/resolv.conf` the servers are those that the program names.

use std::{fs, net::IpAddr};

use boa_engine::{Context, JsArgs, JsResult, JsString, JsValue, object::builtins::JsArray};

use crate::{
    node::net::address,
    runtime::pool::{self, Class},
};

const RESOLV_CONF: &str = "/etc/resolv.conf";
#[cfg(unix)]
const HOSTS: &str = "/etc/hosts";
#[cfg(windows)]
const HOSTS: &str = r"C:\Windows\System32\drivers\etc\hosts";

/// What `resolv.conf` says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Configuration {
    servers: Vec<String>,
    /// In seconds, for the first try.
    timeout: Option<u32>,
    /// Each question begins with another server.
    rotate: bool,
}

impl Configuration {
    /// Lines that mean nothing are passed over.
    fn read(text: &str) -> Self {
        let mut read = Self::default();
        for line in text.lines() {
            let line = line.split(['#', ';']).next().unwrap_or_default();
            let mut words = line.split_ascii_whitespace();
            match words.next() {
                Some("nameserver") => {
                    let server = words
                        .next()
                        .filter(|word| address::parse(word, 0).is_some());
                    read.servers.extend(server.map(str::to_owned));
                }
                Some("options") => {
                    for option in words {
                        match option.split_once(':') {
                            Some(("timeout", seconds)) => {
                                read.timeout = seconds.parse().ok().filter(|seconds| *seconds > 0);
                            }
                            None if option == "rotate" => read.rotate = true,
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        read
    }
}

/// `systemServers()`: `[servers, timeout in seconds or 0, rotate]`
pub fn servers(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = fs::read_to_string(RESOLV_CONF).unwrap_or_default();
    let mut read = Configuration::read(&text);
    if read.servers.is_empty() {
        read.servers.push("127.0.0.1".to_owned());
    }
    let servers = read.servers.into_iter();
    let servers: Vec<JsValue> = servers
        .map(|server| JsString::from(server).into())
        .collect();
    let parts = [
        JsArray::from_iter(servers, context).into(),
        read.timeout.unwrap_or(0).into(),
        read.rotate.into(),
    ];
    Ok(JsArray::from_iter(parts, context).into())
}

/// `hostsOf(address, done)`: `done(names)` with the names that the list of hosts has for an address.
pub fn hosts_of(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let address = args.get_or_undefined(0).to_string(context)?;
    let address = address.to_std_string_lossy();
    let Some(done) = args.get_or_undefined(1).as_callable() else {
        return Ok(JsValue::undefined());
    };
    pool::submit_as(
        Class::Dns,
        "QUERYWRAP",
        context,
        move || {
            let text = fs::read_to_string(HOSTS).unwrap_or_default();
            names_of(&address, &text)
        },
        move |names, context| {
            let names = names.unwrap_or_default().into_iter();
            let names: Vec<JsValue> = names.map(|name| JsString::from(name).into()).collect();
            let names = JsArray::from_iter(names, context);
            done.call(&JsValue::undefined(), &[names.into()], context)
                .map(drop)
        },
    );
    Ok(JsValue::undefined())
}

/// The names of an address in a list of hosts, each once.
fn names_of(address: &str, list: &str) -> Vec<String> {
    let Ok(wanted) = address.parse::<IpAddr>() else {
        return Vec::new();
    };
    let mut names: Vec<String> = Vec::new();
    for line in list.lines() {
        let line = line.split('#').next().unwrap_or_default();
        let mut words = line.split_ascii_whitespace();
        if words.next().and_then(|word| word.parse().ok()) != Some(wanted) {
            continue;
        }
        for name in words {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::{Configuration, names_of};

    #[test]
    fn a_configuration_is_read_past_what_means_nothing() {
        let text = "# made by hand\nsearch example.org\nnameserver 10.0.0.1 # first\nnameserver bad\n\
                    nameserver ::1\noptions ndots:2 timeout:3 rotate\n; nameserver 10.0.0.9\nnameserver\n";
        let read = Configuration::read(text);
        assert_eq!(read.servers, ["10.0.0.1", "::1"]);
        assert_eq!((read.timeout, read.rotate), (Some(3), true));
        assert_eq!(Configuration::read(""), Configuration::default());
    }

    #[test]
    fn an_address_has_the_names_of_all_its_lines() {
        let list = "127.0.0.1 localhost local # here\n::1 six\n127.0.0.1\tlocalhost box\n127.0.0.2 other\n";
        assert_eq!(names_of("127.0.0.1", list), ["localhost", "local", "box"]);
        assert_eq!(names_of("0:0::1", list), ["six"]);
        assert_eq!(names_of("10.0.0.1", list), Vec::<String>::new());
        assert_eq!(names_of("x", list), Vec::<String>::new());
    }
}
